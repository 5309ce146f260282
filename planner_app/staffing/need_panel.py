"""The card of a requirement: the goals that must hold, and who is needed for them."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from planner_app import cards
from planner_app.running.askers import asker
from planner_app.running.background import Background
from planner_app.services import Services
from planner_app.staffing import goals, need_view, provenance
from planner_app.staffing.found import asked, fits, subject_asked
from planner_app.staffing.questions import NeedQuestion
from planner_app.staffing.standing import cancel_button, progress
from planner_app.studies.stack_view import problem_list
from sim.staffing import goals_of

TICK_MS = 1200
"""Between two looks: longer than a look takes, even while both processors simulate."""
NOW = "?now"
"""At the end of an address: ask at once."""
_HIDDEN = {"display": "none"}


def card() -> Component:
    """Goals and the button; what was found is drawn below."""
    controls = [
        dmc.Button(
            "Add a goal", id="goal-add", variant="default", leftSection=cards.icon("plus"), n_clicks=0
        ),
        dmc.Button("Find who is needed", id="need-start", leftSection=cards.icon("play"), n_clicks=0),
        cancel_button("need-cancel"),
    ]
    return cards.section(
        "What must hold",
        [
            html.Div(id="goal-rows", className="goal-rows"),
            html.Div(controls, className="assumed-controls"),
            html.Div(id="goal-problems", role="status"),
            html.Div(id="need-progress"),
            html.Div("", id="need-said", role="status", className="visually-hidden"),
        ],
        note="The fewest agents in each group and interval with which all of this holds, by simulation. "
        "It takes some seconds, and goes on if you leave this page.",
    )


# -- behaviour -------------------------------------------------------------------------------------


def register(app: Dash, services: Services, work: Background) -> None:
    """Goals, and the requirement."""
    _register_goals(app, services, work)
    _register_need(app, services, work)


# -- goals -----------------------------------------------------------------------------------------

_GOAL_STATES = {part: State({"goal": part, "index": ALL}, "value") for part in goals.PARTS}


def _register_goals(app: Dash, services: Services, work: Background) -> None:
    @app.callback(
        Output("goal-rows", "children"),
        Output("staffing-drawn", "data"),
        Input("goal-add", "n_clicks"),
        Input({"goal": "remove", "index": ALL}, "n_clicks"),
        Input({"goal": "measure", "index": ALL}, "value"),
        State("staffing-drawn", "data"),
        State("staffing-subject", "data"),
        _GOAL_STATES,
    )
    def draw(
        add: int | None, removed: list[int | None], measures: list[str], drawn: list[str],
        about: list[str] | None, given: dict[str, list[Any]],
    ) -> Any:  # fmt: skip
        subject = subject_asked(services, about)
        scenario = subject.scenario
        if not drawn:
            question = asked(work, subject)
            held = () if question is None else question.goals
            now = list(held if held and not goals.problems(held, scenario) else goals_of(scenario))
        else:
            now = list(goals.read(given, scenario))
            trigger = ctx.triggered_id
            if trigger == "goal-add" and add and len(now) < goals.MOST:
                now.append(goals.new_goal())
            elif isinstance(trigger, dict) and trigger["goal"] == "remove" and any(removed):
                del now[trigger["index"]]
            elif measures != drawn and len(measures) == len(drawn):
                now = [
                    goals.changed_measure(goal, new) if new != old else goal
                    for goal, new, old in zip(now, measures, drawn, strict=True)
                ]
            else:
                raise PreventUpdate
        return goals.rows(scenario, now), [goal.measure for goal in now]


# -- the requirement -------------------------------------------------------------------------------


def _register_need(app: Dash, services: Services, work: Background) -> None:
    @app.callback(
        Output("need-progress", "children"),
        Output("need-view", "children"),
        Output("need-tick", "disabled"),
        Output("need-start", "disabled"),
        Output("need-cancel", "style"),
        Output("need-said", "children"),
        Output("staffing-after", "style"),
        Output("staffing-xlsx", "disabled"),
        Output("staffing-csv", "disabled"),
        Output("goal-problems", "children"),
        Input("need-start", "n_clicks"),
        Input("need-cancel", "n_clicks"),
        Input("need-tick", "n_intervals"),
        State("staffing-subject", "data"),
        State("url", "search"),
        _GOAL_STATES,
    )
    def watch(
        start: int | None, cancel: int | None, _tick: int | None, about: list[str] | None,
        search: str | None, given: dict[str, list[Any]],
    ) -> Any:  # fmt: skip
        subject = subject_asked(services, about)
        if ctx.triggered_id == "need-start" and start:
            wanted = goals.read(given, subject.scenario)
            wrong = goals.problems(wanted, subject.scenario)
            if wrong:
                told = problem_list("These goals cannot be used", wrong)
                return (*[no_update] * 9, told)
            work.submit(
                NeedQuestion(subject.baseline, subject.steps, wanted), f"need {subject.about}", asker()
            )
        question = asked(work, subject)
        if search == NOW and not ctx.triggered_id and (question is None or not fits(question, subject)):
            question = NeedQuestion(subject.baseline, subject.steps, goals_of(subject.scenario))
            work.submit(question, f"need {subject.about}", asker())
        if ctx.triggered_id == "need-cancel" and cancel and question is not None:
            work.cancel(question)
        standing = None if question is None else work.look(question)
        if standing is None:
            return None, None, True, False, _HIDDEN, "", _HIDDEN, True, True, None
        if standing.is_live:
            # A look must not wake what hangs on it: the browser would still draw when the next one comes.
            ticked = ctx.triggered_id == "need-tick"
            return (
                progress(standing, "simulated days"),
                no_update if ticked else None,
                False,
                True,
                {},
                no_update,
                no_update if ticked else _HIDDEN,
                True,
                True,
                None,
            )
        done = standing.status == "done"
        view = None
        if done and question is not None:
            told = need_view.told(standing.answer, standing.answer.need.base)
            view = [*provenance.of_need(question, standing, subject), *told]
        said = "The answer is ready." if done else "There is no answer."
        after = {} if done else _HIDDEN
        return progress(standing, ""), view, True, False, _HIDDEN, said, after, not done, not done, None

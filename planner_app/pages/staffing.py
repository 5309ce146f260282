"""Staffing: who is needed for the goals of a study or a result, which shifts deliver it, and at what cost."""

from __future__ import annotations

import json
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from planner_app import cards, missing
from planner_app.moments import moment
from planner_app.services import Services
from planner_app.staffing import (
    calculator,
    charts,
    downloads,
    goals,
    need_view,
    shift_rows,
    shifts_view,
)
from planner_app.staffing.found import asked, needed, shifts_asked, subject_asked
from planner_app.staffing.questions import (
    ChangedQuestion,
    Needed,
    NeedQuestion,
    ShiftsQuestion,
    plan_of,
    rules_of,
)
from planner_app.staffing.standing import cancel_button, progress
from planner_app.staffing.subjects import Subject, subject_of
from planner_app.staffing.work import Work
from planner_app.studies.stack_view import problem_list
from planner_app.studies.upload import decoded
from scenarios import Problem, ScenarioError
from scenarios.shifts import load_shifts, shift_library
from sim.staffing import goals_of
from sim.staffing.demand import demand_of

TICK_MS = 600
NOW = "?now"
"""At the end of an address: ask at once."""
OWN = "own file"
_HIDDEN = {"display": "none"}
_READ_SCHEME = "() => document.documentElement.getAttribute('data-mantine-color-scheme')"


# -- layout ----------------------------------------------------------------------------------------


def layout(services: Services, kind: str = "", subject_id: str = "") -> Component:
    """The page of a study (``kind`` is ``study``) or a result; without either, the calculator and a list."""
    if not kind:
        return _overview(services)
    subject = subject_of(services, kind, subject_id)
    if subject is None:
        return missing.no_study() if kind == "study" else missing.layout()
    return html.Div(
        [
            dcc.Store(id="staffing-subject", data=[kind, subject_id]),
            dcc.Store(id="staffing-scheme"),
            dcc.Store(id="staffing-drawn", data=[]),
            dcc.Store(id="shift-own"),
            dcc.Download(id="staffing-file"),
            dcc.Interval(id="need-tick", interval=TICK_MS, disabled=True),
            dcc.Interval(id="shift-tick", interval=TICK_MS, disabled=True),
            _head(subject),
            *([_left_out(subject)] if subject.left_out else []),
            html.Div(
                [
                    _goals_card(),
                    html.Div(id="need-view", className="stack"),
                    html.Div(
                        [_shifts_card(), html.Div(id="shift-view", className="stack")],
                        id="staffing-after",
                        className="stack",
                        style=_HIDDEN,
                    ),
                ],
                className="stack",
            ),
        ]
    )


def _head(subject: Subject) -> Component:
    back = "Back to the study" if subject.kind == "study" else "Back to the result"
    actions = [
        dmc.Button(
            "Download for Excel",
            id="staffing-xlsx",
            variant="default",
            leftSection=cards.icon("download"),
            n_clicks=0,
            disabled=True,
        ),
        dmc.Button(
            "Requirement as CSV",
            id="staffing-csv",
            variant="default",
            leftSection=cards.icon("download"),
            n_clicks=0,
            disabled=True,
        ),
    ]
    return cards.page_head(
        "Staffing",
        above=dcc.Link(f"{back}: {subject.title}", href=subject.back, className="crumb"),
        lead=cards.chips(subject.scenario.name, subject.phrases),
        actions=actions,
    )


def _left_out(subject: Subject) -> Component:
    number = subject.left_out
    what = "A what-if does" if number == 1 else f"{number} what-ifs do"
    return cards.notice(
        f"{what} not fit and {'is' if number == 1 else 'are'} left out here",
        "Go back to the study to see why.",
        tone="warning",
    )


def _overview(services: Services) -> Component:
    studies = services.studies.all()
    rows = [
        html.Tr(
            [
                html.Td(dcc.Link(study.name, href=f"/staffing/study/{study.id}", className="study-link")),
                html.Td(str(sum(step.enabled for step in study.steps)), className="number-cell"),
                html.Td(moment(study.updated), className="nowrap"),
            ]
        )
        for study in studies
    ]
    head = html.Tr([html.Th("Study"), html.Th("What-ifs", className="number-cell"), html.Th("Saved")])
    listed: Component = html.Div(
        html.Table([html.Thead(head), html.Tbody(rows)], className="plain-table results"),
        className="scroll-x",
    )
    if not studies:
        link = cards.link_button("Open a scenario", "/scenarios", primary=True)
        listed = cards.notice("No study is open yet", "Open a scenario first.", actions=[link])
    lead = "Who is needed by interval and group, which shifts deliver it, and what it costs."
    return html.Div(
        [
            cards.page_head("Staffing", lead=html.P(lead, className="lead")),
            html.Div(
                [
                    calculator.panel(),
                    cards.section(
                        "Staff a study",
                        listed,
                        note="Every result has a button for the same: Put it right.",
                    ),
                ],
                className="stack",
            ),
        ]
    )


def _goals_card() -> Component:
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


def _shifts_card() -> Component:
    options = [{"value": name, "label": load_shifts(name).name} for name in shift_library()]
    controls = [
        dmc.Select(
            id="shift-rules",
            label="Shift rules",
            data=options,
            value="standard",
            allowDeselect=False,
            w=260,
            size="md",
        ),
        dcc.Upload(
            dmc.Button("Your own rules (YAML)", variant="default", leftSection=cards.icon("upload")),
            id="shift-upload",
            max_size=2_000_000,
        ),
        dmc.Button("Find the shifts", id="shift-start", leftSection=cards.icon("play"), n_clicks=0),
        cancel_button("shift-cancel"),
        dcc.Upload(
            dmc.Button("Try a schedule you have (CSV)", variant="default", leftSection=cards.icon("upload")),
            id="shift-import",
            max_size=20_000_000,
        ),
    ]
    return cards.section(
        "Which shifts deliver it?",
        [
            html.Div(controls, className="assumed-controls tornado-controls"),
            html.Div(id="shift-note", className="chart-note"),
            html.Div(id="shift-problems", role="status"),
            html.Div(id="shift-progress"),
            html.Div("", id="shift-said", role="status", className="visually-hidden"),
        ],
        note="The cheapest shifts that these rules allow, found by optimisation, then simulated with their "
        "breaks; where a goal is missed the requirement is raised and shifts are found again. A schedule "
        "that you have is a CSV file with columns group, start, end (local date and time) and agents; "
        "breaks, template and contract if known.",
    )


# -- behaviour -------------------------------------------------------------------------------------


def register(app: Dash, services: Services, work: Work) -> None:
    """Goals, the requirement, its price, the shifts, and files."""
    calculator.register(app)
    _register_goals(app, services, work)
    _register_need(app, services, work)
    _register_shifts(app, services, work)
    charts.register(app, services, work)
    downloads.register(app, services, work)
    app.clientside_callback(
        _READ_SCHEME, Output("staffing-scheme", "data"), Input("scheme", "computedColorScheme")
    )


# -- goals -----------------------------------------------------------------------------------------

_GOAL_STATES = {part: State({"goal": part, "index": ALL}, "value") for part in goals.PARTS}


def _register_goals(app: Dash, services: Services, work: Work) -> None:
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
            now = list(question.goals if question else goals_of(scenario))
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


def _register_need(app: Dash, services: Services, work: Work) -> None:
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
            work.submit(NeedQuestion(subject.baseline, subject.steps, wanted), f"need {subject.about}")
        question = asked(work, subject)
        if question is None and search == NOW:
            question = NeedQuestion(subject.baseline, subject.steps, goals_of(subject.scenario))
            work.submit(question, f"need {subject.about}")
        if ctx.triggered_id == "need-cancel" and cancel and question is not None:
            work.cancel(question)
        standing = None if question is None else work.look(question)
        if standing is None:
            return None, None, True, False, _HIDDEN, "", _HIDDEN, True, True, None
        if standing.is_live:
            drawn = no_update if ctx.triggered_id == "need-tick" else None
            return (
                progress(standing, "simulated days"),
                drawn,
                False,
                True,
                {},
                no_update,
                _HIDDEN,
                True,
                True,
                None,
            )
        done = standing.status == "done"
        view = need_view.told(standing.answer, subject.scenario) if done else None
        said = "The answer is ready." if done else "There is no answer."
        after = {} if done else _HIDDEN
        return progress(standing, ""), view, True, False, _HIDDEN, said, after, not done, not done, None


# -- shifts ----------------------------------------------------------------------------------------


def _register_shifts(app: Dash, services: Services, work: Work) -> None:
    @app.callback(
        Output("shift-own", "data"),
        Output("shift-rules", "data"),
        Output("shift-rules", "value"),
        Output("shift-problems", "children", allow_duplicate=True),
        Input("shift-upload", "contents"),
        State("shift-upload", "filename"),
        State("shift-rules", "data"),
        prevent_initial_call=True,
    )
    def upload(contents: str | None, filename: str | None, options: list[dict[str, str]]) -> Any:
        if not contents:
            raise PreventUpdate
        try:
            text = decoded(contents)
            rules = rules_of(text)
        except ScenarioError as error:
            told = problem_list(f"{filename or 'The file'} cannot be used", error.problems)
            return no_update, no_update, no_update, told
        kept = [option for option in options if option["value"] != OWN]
        return text, [*kept, {"value": OWN, "label": f"{rules.name} (yours)"}], OWN, None

    @app.callback(Output("shift-note", "children"), Input("shift-rules", "value"), State("shift-own", "data"))
    def describe(name: str, own: str | None) -> Any:
        return rules_of(own or "" if name == OWN else name).description

    @app.callback(
        Output("shift-progress", "children"),
        Output("shift-view", "children"),
        Output("shift-tick", "disabled"),
        Output("shift-start", "disabled"),
        Output("shift-cancel", "style"),
        Output("shift-said", "children"),
        Output("shift-problems", "children"),
        Input("shift-start", "n_clicks"),
        Input("shift-cancel", "n_clicks"),
        Input("shift-tick", "n_intervals"),
        Input("shift-import", "contents"),
        Input("staffing-after", "style"),
        State("shift-import", "filename"),
        State("shift-rules", "value"),
        State("shift-own", "data"),
        State("staffing-subject", "data"),
    )
    def watch(
        start: int | None, cancel: int | None, _tick: int | None, contents: str | None, _after: Any,
        filename: str | None, name: str, own: str | None, about: list[str] | None,
    ) -> Any:  # fmt: skip
        subject = subject_asked(services, about)
        found = needed(work, subject)
        if found is None:
            return None, None, True, False, _HIDDEN, "", None
        rules = own or "" if name == OWN else name
        if ctx.triggered_id == "shift-start" and start:
            work.submit(ShiftsQuestion(found[0], rules), f"shifts {subject.about}")
        if ctx.triggered_id == "shift-import" and contents:
            try:
                rows = shift_rows.read_csv(decoded(contents))
                _submit_rows(work, subject, found, rules, rows)
            except ScenarioError as error:
                told = problem_list(f"{filename or 'The file'} cannot be used", error.problems)
                return (*[no_update] * 6, told)
        question = shifts_asked(work, subject)
        if ctx.triggered_id == "shift-cancel" and cancel and question is not None:
            work.cancel(question)
        return (*_shift_standing(work, subject, question, ctx.triggered_id == "shift-tick"), None)

    @app.callback(
        Output("shift-tick", "disabled", allow_duplicate=True),
        Output("shift-edited", "children"),
        Output("shift-problems", "children", allow_duplicate=True),
        Input("shift-again", "n_clicks"),
        State("shift-grid", "rowData"),
        State("staffing-subject", "data"),
        prevent_initial_call=True,
    )
    def again(clicks: int | None, rows: list[dict[str, Any]], about: list[str] | None) -> Any:
        subject = subject_asked(services, about)
        found, question = needed(work, subject), shifts_asked(work, subject)
        if not clicks or found is None or question is None:
            raise PreventUpdate
        try:
            _submit_rows(work, subject, found, question.rules, shift_rows.table_of(rows))
        except ScenarioError as error:
            told = problem_list("These shifts cannot be simulated", error.problems)
            return no_update, "Not simulated: see above.", told
        return False, "Simulating …", None

    @app.callback(
        Output("shift-grid", "rowTransaction"),
        Output("shift-edited", "children", allow_duplicate=True),
        Input("shift-grid", "cellValueChanged"),
        prevent_initial_call=True,
    )
    def edit(changes: list[dict[str, Any]] | None) -> Any:
        if not changes:
            raise PreventUpdate
        moved, wrong = [], ""
        for change in changes:
            try:
                moved.append(shift_rows.moved(change["data"]))
            except ScenarioError as error:
                wrong = str(error)
                before = change["data"] | {"start_text": change["oldValue"]}
                moved.append(before)
        return {
            "update": moved,
            "async": False,
        }, wrong or "Changed: simulate it to see what becomes of the goals."


def _submit_rows(
    work: Work,
    subject: Subject,
    found: tuple[NeedQuestion, Needed],
    rules: str,
    rows: list[dict[str, Any]],
) -> None:
    """Have rows simulated; raises ``ScenarioError`` when they cannot be read."""
    question, known = found
    plan = plan_of(demand_of(known.need), subject.scenario, rules_of(rules), rows)
    if not plan.lines:
        raise ScenarioError(
            [Problem("shifts", 0, "one shift or more with agents", "give a shift its agents")]
        )
    work.submit(ChangedQuestion(question, rules, json.dumps(rows)), f"shifts {subject.about}")


def _shift_standing(
    work: Work, subject: Subject, question: ShiftsQuestion | ChangedQuestion | None, ticked: bool
) -> tuple[Any, ...]:
    standing = None if question is None else work.look(question)
    if standing is None:
        return None, None, True, False, _HIDDEN, ""
    if standing.is_live:
        return progress(standing, "rounds"), no_update if ticked else None, False, True, {}, no_update
    if standing.status != "done":
        return progress(standing, ""), None, True, False, _HIDDEN, "There are no shifts."
    changed = isinstance(question, ChangedQuestion)
    view = shifts_view.told(standing.answer, subject.scenario, changed=changed)
    return None, view, True, False, _HIDDEN, "The shifts are ready."

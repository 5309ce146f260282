"""The card of shifts: the rules, the shifts that they allow at least cost, and a schedule that exists."""

from __future__ import annotations

import json
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from planner_app import cards
from planner_app.running.askers import asker
from planner_app.running.background import Background
from planner_app.services import Services
from planner_app.staffing import provenance, shift_rows, shifts_view
from planner_app.staffing.found import needed, shifts_asked, subject_asked
from planner_app.staffing.questions import (
    ChangedQuestion,
    Needed,
    NeedQuestion,
    ShiftsQuestion,
    plan_of,
    rules_of,
)
from planner_app.staffing.standing import cancel_button, progress
from planner_app.staffing.subjects import Subject
from planner_app.studies.stack_view import problem_list
from planner_app.studies.upload import decoded
from scenarios import Problem, ScenarioError
from scenarios.shifts import load_shifts, shift_library
from sim.staffing.demand import demand_of

OWN = "own file"
_HIDDEN = {"display": "none"}


def card() -> Component:
    """Rules and buttons; what was found is drawn below."""
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


def register(app: Dash, services: Services, work: Background) -> None:
    """Rules, shifts, and a schedule from a file or changed by hand."""
    _register_rules(app)
    _register_shifts(app, services, work)
    _register_editor(app, services, work)


def _register_rules(app: Dash) -> None:
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


def _register_shifts(app: Dash, services: Services, work: Background) -> None:
    @app.callback(
        Output("shift-progress", "children"),
        Output("shift-view", "children"),
        Output("shift-tick", "disabled"),
        Output("shift-start", "disabled"),
        Output("shift-cancel", "style"),
        Output("shift-said", "children"),
        Output("roster-after", "style"),
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
            return None, None, True, False, _HIDDEN, "", _HIDDEN, None
        rules = own or "" if name == OWN else name
        if ctx.triggered_id == "shift-start" and start:
            work.submit(ShiftsQuestion(found[0], rules), f"shifts {subject.about}", asker())
        if ctx.triggered_id == "shift-import" and contents:
            try:
                rows = shift_rows.read_csv(decoded(contents))
                _submit_rows(work, subject, found, rules, rows)
            except ScenarioError as error:
                told = problem_list(f"{filename or 'The file'} cannot be used", error.problems)
                return (*[no_update] * 7, told)
        question = shifts_asked(work, subject)
        if ctx.triggered_id == "shift-cancel" and cancel and question is not None:
            work.cancel(question)
        ticked = ctx.triggered_id == "shift-tick"
        return (*_shift_standing(work, found[0], question, ticked), None)


def _register_editor(app: Dash, services: Services, work: Background) -> None:
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
    work: Background,
    subject: Subject,
    found: tuple[NeedQuestion, Needed],
    rules: str,
    rows: list[dict[str, Any]],
) -> None:
    """Have rows simulated; raises ``ScenarioError`` when they cannot be read."""
    question, known = found
    plan = plan_of(demand_of(known.need), known.need.base, rules_of(rules), rows)
    if not plan.lines:
        raise ScenarioError(
            [Problem("shifts", 0, "one shift or more with agents", "give a shift its agents")]
        )
    work.submit(ChangedQuestion(question, rules, json.dumps(rows)), f"shifts {subject.about}", asker())


def _shift_standing(
    work: Background, need: NeedQuestion, question: ShiftsQuestion | ChangedQuestion | None, ticked: bool
) -> tuple[Any, ...]:
    standing = None if question is None else work.look(question)
    if standing is None or question is None:
        return None, None, True, False, _HIDDEN, "", _HIDDEN
    if standing.is_live:
        drawn, after = (no_update, no_update) if ticked else (None, _HIDDEN)
        return progress(standing, "rounds"), drawn, False, True, {}, no_update, after
    if standing.status != "done":
        return progress(standing, ""), None, True, False, _HIDDEN, "There are no shifts.", _HIDDEN
    changed = isinstance(question, ChangedQuestion)
    told = shifts_view.told(standing.answer, standing.answer.demand.scenario, changed=changed)
    view = [*provenance.of_shifts(question, standing, need), *told]
    return None, view, True, False, _HIDDEN, "The shifts are ready.", {}

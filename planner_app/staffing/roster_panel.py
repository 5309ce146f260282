"""The card of a roster: the agents by name, from a file, the clipboard or the grid, and who works what."""

from __future__ import annotations

import json
from typing import Any

import dash_ag_grid as dag
import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from planner_app import cards
from planner_app.answers import grids
from planner_app.running.askers import asker
from planner_app.running.background import Background
from planner_app.services import Services
from planner_app.staffing import need_panel, provenance, roster_view, team_rows
from planner_app.staffing.found import planned, roster_asked, subject_asked
from planner_app.staffing.questions import ChangedQuestion, RosterQuestion, ShiftsQuestion
from planner_app.staffing.standing import cancel_button, progress
from planner_app.studies.stack_view import problem_list
from scenarios import ScenarioError
from scenarios.shifts import ShiftRules

HIDDEN = {"display": "none"}
_HEIGHT = 300
_NOTE = (
    "Give the shifts to people: a row per agent with groups, contract, the times when they can work and days "
    "off. Nobody works two shifts a day, without the rest or beyond the hours that the rules allow; as many "
    "shifts as can be have an agent, then contract hours are given, then hours are shared out evenly."
)


def card() -> Component:
    """The agents and the button; what was found is drawn below."""
    return html.Div(
        [
            dcc.Interval(id="roster-tick", interval=need_panel.TICK_MS, disabled=True),
            cards.section(
                "Who works which shift?",
                [
                    html.Div(_sources(), className="assumed-controls"),
                    _paste(),
                    html.Div(id="team-problems", role="status"),
                    _grid(),
                    html.Div("No agents yet.", id="team-count", className="chart-note", role="status"),
                    html.Div(_buttons(), className="assumed-controls"),
                    html.Div(id="roster-progress"),
                    html.Div("", id="roster-said", role="status", className="visually-hidden"),
                ],
                note=_NOTE,
            ),
            html.Div(id="roster-view", className="stack"),
        ],
        id="roster-after",
        className="stack",
        style=HIDDEN,
    )


def _sources() -> list[Component]:
    def button(label: str, picture: str, **more: Any) -> Component:
        return dmc.Button(label, variant="default", leftSection=cards.icon(picture), **more)

    return [
        dcc.Upload(
            button("Agents from a file (CSV, Excel)", "upload"), id="team-upload", max_size=20_000_000
        ),
        button("As many as needed, numbered", "people", id="team-fill", n_clicks=0),
        button("Template for Excel", "download", id="team-xlsx", n_clicks=0),
        button("Template as CSV", "download", id="team-csv", n_clicks=0),
    ]


def _paste() -> Component:
    return html.Details(
        [
            html.Summary("Paste from a spreadsheet"),
            dmc.Textarea(
                id="team-paste",
                label="Cells copied from a spreadsheet",
                description="With a header, or in the order of the table below. They replace what is there.",
                autosize=True,
                minRows=3,
                maxRows=10,
                className="yaml",
            ),
            dmc.Button("Put them in the table", id="team-take", mt="sm", variant="default", n_clicks=0),
        ],
        className="contents",
    )


def _grid() -> Component:
    options = {
        **grids.grid_options(),
        "domLayout": "normal",
        "singleClickEdit": True,
        "stopEditingWhenCellsLoseFocus": True,
        "enableCellTextSelection": False,
        "rowSelection": {"mode": "multiRow", "enableClickSelection": False},
        "localeText": {"noRowsToShow": "No agents yet"},
    }
    return dag.AgGrid(
        id="team-grid",
        columnDefs=team_rows.columns(()),
        rowData=[],
        getRowId="params.data.id",
        dashGridOptions=options,
        defaultColDef={"resizable": True, "sortable": False, "suppressHeaderMenuButton": True},
        style={"height": f"{_HEIGHT}px", "width": "100%"},
    )


def _buttons() -> list[Component]:
    return [
        dmc.Button(
            "Add an agent", id="team-add", variant="default", leftSection=cards.icon("plus"), n_clicks=0
        ),
        dmc.Button("Remove the ticked", id="team-remove", variant="default", n_clicks=0),
        dmc.Button("Give out the shifts", id="roster-start", leftSection=cards.icon("play"), n_clicks=0),
        cancel_button("roster-cancel"),
    ]


# -- behaviour -------------------------------------------------------------------------------------


def register(app: Dash, services: Services, work: Background) -> None:
    """The grid of agents, and the roster."""
    _register_grid(app, services, work)
    _register_roster(app, services, work)


def _register_grid(app: Dash, services: Services, work: Background) -> None:
    @app.callback(
        Output("team-grid", "rowData"),
        Output("team-grid", "columnDefs"),
        Output("team-count", "children"),
        Output("team-problems", "children"),
        Output("team-paste", "value"),
        Input("roster-after", "style"),
        Input("team-upload", "contents"),
        Input("team-take", "n_clicks"),
        Input("team-fill", "n_clicks"),
        Input("team-add", "n_clicks"),
        Input("team-remove", "n_clicks"),
        State("team-upload", "filename"),
        State("team-paste", "value"),
        State("team-grid", "rowData"),
        State("team-grid", "selectedRows"),
        State("staffing-subject", "data"),
    )
    def fill(
        _after: Any, contents: str | None, _take: int, _fill: int, _add: int, _remove: int,
        filename: str | None, text: str | None, rows: list[dict[str, Any]] | None,
        ticked: list[dict[str, Any]] | None, about: list[str] | None,
    ) -> Any:  # fmt: skip
        subject = subject_asked(services, about)
        plan = planned(work, subject)
        if plan is None:
            raise PreventUpdate
        rows, rules, trigger = rows or [], plan[1].rules, ctx.triggered_id
        try:
            if trigger == "team-upload" and contents:
                found: Any = team_rows.from_file(contents, filename)
            elif trigger == "team-take" and text and text.strip():
                found = team_rows.pasted(text)
            elif trigger == "team-fill":
                found = team_rows.as_needed(plan[1])
            elif trigger == "team-add":
                found = [*rows, team_rows.BLANK]
            elif trigger == "team-remove" and ticked:
                gone = {row["id"] for row in ticked}
                found = [row for row in rows if row["id"] not in gone]
            elif not rows:  # another visit
                found = kept_rows(work, subject.about)
            else:
                raise PreventUpdate
        except ScenarioError as error:
            name = filename if trigger == "team-upload" else "What was pasted"
            told = problem_list(f"{name or 'The file'} cannot be used", error.problems)
            return no_update, no_update, no_update, told, no_update
        made = team_rows.numbered(found)
        if trigger in ("team-upload", "team-take", "team-fill", "team-add", "team-remove"):
            work.note(f"team {subject.about}", json.dumps(made))
        problems = wrong(made, plan[1]) if trigger in ("team-upload", "team-take") else None
        emptied = "" if trigger == "team-take" else no_update
        return made, team_rows.columns(tuple(rules.contracts)), count(made, rules), problems, emptied

    @app.callback(
        Output("team-count", "children", allow_duplicate=True),
        Input("team-grid", "cellValueChanged"),
        State("team-grid", "rowData"),
        State("staffing-subject", "data"),
        prevent_initial_call=True,
    )
    def edit(changes: Any, rows: list[dict[str, Any]] | None, about: list[str] | None) -> Any:
        subject = subject_asked(services, about)
        plan = planned(work, subject)
        if not changes or plan is None:
            raise PreventUpdate
        changed = {change["data"]["id"]: change["data"] for change in changes}
        made = [changed.get(row["id"], row) for row in rows or []]
        work.note(f"team {subject.about}", json.dumps(made))
        return count(made, plan[1].rules)


def kept_rows(work: Background, about: str) -> list[dict[str, str]]:
    """The agents as they were left; those of the last roster where nobody touched them since."""
    noted = work.noted(f"team {about}")
    question = work.latest(f"roster {about}")
    text = noted or (question.table if isinstance(question, RosterQuestion) else "[]")
    return list(json.loads(text))


def count(rows: list[dict[str, Any]], rules: ShiftRules) -> str:
    """How many agents there are, and which contracts there may be."""
    number = sum(1 for row in rows if any(row.get(name) for name in team_rows.BLANK))
    if not number:
        return "No agents yet."
    who = "1 agent" if number == 1 else f"{number:,} agents"
    return f"{who}. Contracts of these rules: {', '.join(rules.contracts)}."


def wrong(rows: list[dict[str, Any]], plan: Any) -> Component | None:
    """What is wrong with the agents; None where nothing is."""
    try:
        team_rows.checked(rows, plan)
    except ScenarioError as error:
        number = len(error.problems)
        head = "1 cell of the table must be put right" if number == 1 else f"{number} cells must be put right"
        return problem_list(head, error.problems)
    return None


def _register_roster(app: Dash, services: Services, work: Background) -> None:
    @app.callback(
        Output("roster-progress", "children"),
        Output("roster-view", "children"),
        Output("roster-tick", "disabled"),
        Output("roster-start", "disabled"),
        Output("roster-cancel", "style"),
        Output("roster-said", "children"),
        Output("team-problems", "children", allow_duplicate=True),
        Input("roster-start", "n_clicks"),
        Input("roster-cancel", "n_clicks"),
        Input("roster-tick", "n_intervals"),
        Input("roster-after", "style"),
        State("team-grid", "rowData"),
        State("staffing-subject", "data"),
        prevent_initial_call="initial_duplicate",
    )
    def watch(
        start: int | None, cancel: int | None, _tick: int | None, _after: Any,
        rows: list[dict[str, Any]] | None, about: list[str] | None,
    ) -> Any:  # fmt: skip
        subject = subject_asked(services, about)
        plan = planned(work, subject)
        if plan is None:
            return None, None, True, False, HIDDEN, "", None
        trigger, problems = ctx.triggered_id, no_update
        if trigger == "roster-start" and start:
            told = wrong(rows or [], plan[1])
            if told is not None:
                return (*[no_update] * 6, told)
            table = json.dumps(team_rows.sheet_of(rows or []).rows)
            work.submit(RosterQuestion(plan[0], table), f"roster {subject.about}", asker())
            problems = None
        question = roster_asked(work, subject)
        if trigger == "roster-cancel" and cancel and question is not None:
            work.cancel(question)
        return (*_standing(work, question, plan[0], trigger == "roster-tick"), problems)


def _standing(
    work: Background,
    question: RosterQuestion | None,
    shifts: ShiftsQuestion | ChangedQuestion,
    ticked: bool,
) -> tuple[Any, ...]:
    standing = None if question is None else work.look(question)
    if standing is None or question is None:
        return None, None, True, False, HIDDEN, ""
    if standing.is_live:
        return progress(standing, "shifts"), no_update if ticked else None, False, True, {}, no_update
    if standing.status != "done":
        return progress(standing, ""), None, True, False, HIDDEN, "There is no roster."
    view = [*provenance.of_roster(question, standing, shifts), *roster_view.told(standing.answer)]
    return None, view, True, False, HIDDEN, "The roster is ready."

"""Files of the Staffing page: the workbook, the requirement and the schedule."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import Dash, Input, Output, State, ctx, dcc
from dash.exceptions import PreventUpdate

from planner_app.answers import export as reports
from planner_app.answers.words import money, whole
from planner_app.assumed.swings import fitting
from planner_app.running.background import Background
from planner_app.services import Services
from planner_app.staffing import export, need_view, roster_view
from planner_app.staffing import xlsx as workbooks
from planner_app.staffing.calendar import Days
from planner_app.staffing.found import fits, needed, planned, rostered, subject_asked
from planner_app.staffing.provenance import OLD, changes
from planner_app.staffing.questions import ChangedQuestion, Needed, NeedQuestion, ShiftsQuestion
from planner_app.staffing.subjects import Subject
from planner_app.studies.stacks import phrases
from scenarios.assumptions import assumptions
from scenarios.team_sheets import COLUMNS, template_rows
from sim.staffing.plans import ShiftPlan
from sim.staffing.rostered import sentence
from sim.staffing.rosters import Roster


def register(app: Dash, services: Services, work: Background) -> None:
    """Offer them."""

    @app.callback(
        Output("staffing-file", "data"),
        Input("staffing-xlsx", "n_clicks"),
        Input("staffing-csv", "n_clicks"),
        State("staffing-subject", "data"),
        prevent_initial_call=True,
    )
    def download(xlsx: int | None, as_csv: int | None, about: list[str] | None) -> Any:
        subject = subject_asked(services, about)
        found = needed(work, subject)
        if not (xlsx or as_csv) or found is None:
            raise PreventUpdate
        if ctx.triggered_id == "staffing-csv":
            return _csv(found[1].need.agents, subject, "requirement")
        plan = planned(work, subject)
        body = workbook_of(subject, found, plan)
        return dcc.send_bytes(body, export.file_name(subject.title, "staffing", "xlsx"), type=reports.MIME)

    @app.callback(
        Output("staffing-file", "data", allow_duplicate=True),
        Input("shift-csv", "n_clicks"),
        State("staffing-subject", "data"),
        prevent_initial_call=True,
    )
    def shifts(clicks: int | None, about: list[str] | None) -> Any:
        subject = subject_asked(services, about)
        plan = planned(work, subject)
        if not clicks or plan is None:
            raise PreventUpdate
        return _csv(plan[1].shifts, subject, "schedule")

    @app.callback(
        Output("staffing-file", "data", allow_duplicate=True),
        Input("roster-xlsx", "n_clicks"),
        Input("roster-csv", "n_clicks"),
        State("staffing-subject", "data"),
        prevent_initial_call=True,
    )
    def roster(xlsx: int | None, as_csv: int | None, about: list[str] | None) -> Any:
        subject = subject_asked(services, about)
        found = rostered(work, subject)
        if not (xlsx or as_csv) or found is None:
            raise PreventUpdate
        if ctx.triggered_id == "roster-csv":
            return _csv(found.assignments, subject, "roster")
        body = roster_book(subject, found)
        return dcc.send_bytes(body, export.file_name(subject.title, "roster", "xlsx"), type=reports.MIME)

    @app.callback(
        Output("staffing-file", "data", allow_duplicate=True),
        Input("team-xlsx", "n_clicks"),
        Input("team-csv", "n_clicks"),
        State("staffing-subject", "data"),
        prevent_initial_call=True,
    )
    def template(xlsx: int | None, as_csv: int | None, about: list[str] | None) -> Any:
        plan = planned(work, subject_asked(services, about))
        if not (xlsx or as_csv) or plan is None:
            raise PreventUpdate
        demand, rules = plan[1].demand, plan[1].rules
        rows = template_rows(demand.groups, tuple(rules.contracts), demand.scenario.calendar.start)
        if ctx.triggered_id == "team-csv":
            text = export.csv_text(pd.DataFrame(rows, columns=list(COLUMNS)))
            return {"content": text, "filename": "agents.csv", "type": "text/csv"}
        return dcc.send_bytes(workbooks.template(COLUMNS, rows), "agents.xlsx", type=reports.MIME)


def roster_book(subject: Subject, found: Roster) -> bytes:
    """The workbook of a roster: who works when, every shift with its agent, and what nobody works."""
    plan = found.plan
    facts = [
        ("Study or result", subject.title),
        ("Answer", sentence(found)),
        ("Shifts", f"{plan.rules.name}: {plan.sentence}"),
        ("Rest between shifts", f"{plan.rules.rest / 3600:g} h"),
    ]
    tables = {
        "Who works when": roster_view.table(found),
        "Shifts": found.assignments,
        "Nobody works": found.unassigned,
        "Hours": found.agents,
    }
    return export.book(f"Roster: {subject.title}", facts, tables)


def _csv(table: Any, subject: Subject, what: str) -> dict[str, Any]:
    name = export.file_name(subject.title, what, "csv")
    return {"content": export.csv_text(table), "filename": name, "type": "text/csv"}


def workbook_of(
    subject: Subject,
    found: tuple[NeedQuestion, Needed],
    planned: tuple[ShiftsQuestion | ChangedQuestion, ShiftPlan] | None,
) -> bytes:
    """The workbook of a subject: of the scenario for which the answer was found."""
    question, need = found[0], found[1].need
    base = need.base
    stacked = phrases(question.baseline, question.steps)
    facts = [
        ("Study or result", subject.title),
        ("What-ifs", "; ".join(stacked) or "none"),
        ("Answer", need.sentence),
        ("Why the formulas differ", found[1].gap.sentence),
        ("Goals", "; ".join(map(str, need.goals))),
        ("Required", f"{whole(need.hours)} agent hours, {money(need.cost, base.currency)}"),
        ("Rests on", need_view.trust(need, Days.of(base))),
    ]
    if not fits(question, subject):
        facts.append(("Note", f"{OLD}. {changes(question, subject)}"))
    if planned is not None:
        facts.append(("Shifts", f"{planned[1].rules.name}: {planned[1].sentence}"))
        if planned[0].need != question:
            facts.append(("Note", "The shifts were found for an earlier requirement."))
    more = {"Methods": found[1].gap.results, "Service and cost": found[1].frontier}
    plan = None if planned is None else planned[1]
    baseline, stack = fitting(question.baseline, question.steps)
    return export.workbook(subject.title, need, more, plan, assumptions(baseline, stack), facts)

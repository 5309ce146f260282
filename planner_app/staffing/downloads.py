"""Files of the Staffing page: the workbook, the requirement and the schedule."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State, ctx, dcc
from dash.exceptions import PreventUpdate

from planner_app.answers import export as reports
from planner_app.answers.words import money, whole
from planner_app.assumed.swings import fitting
from planner_app.services import Services
from planner_app.staffing import export, need_view
from planner_app.staffing.calendar import Days
from planner_app.staffing.found import needed, planned, subject_asked
from planner_app.staffing.questions import Needed
from planner_app.staffing.subjects import Subject
from planner_app.staffing.work import Work
from scenarios.assumptions import assumptions
from sim.staffing.plans import ShiftPlan


def register(app: Dash, services: Services, work: Work) -> None:
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
        body = workbook_of(subject, found[1], None if plan is None else plan[1])
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


def _csv(table: Any, subject: Subject, what: str) -> dict[str, Any]:
    name = export.file_name(subject.title, what, "csv")
    return {"content": export.csv_text(table), "filename": name, "type": "text/csv"}


def workbook_of(subject: Subject, found: Needed, plan: ShiftPlan | None) -> bytes:
    """The workbook of a subject."""
    need = found.need
    currency = subject.scenario.currency
    facts = [
        ("Study or result", subject.title),
        ("What-ifs", "; ".join(subject.phrases) or "none"),
        ("Answer", need.sentence),
        ("Why the formulas differ", found.gap.sentence),
        ("Goals", "; ".join(map(str, need.goals))),
        ("Required", f"{whole(need.hours)} agent hours, {money(need.cost, currency)}"),
        ("Rests on", need_view.trust(need, Days.of(subject.scenario))),
    ]
    if plan is not None:
        facts.append(("Shifts", f"{plan.rules.name}: {plan.sentence}"))
    more = {"Methods": found.gap.results, "Service and cost": found.frontier}
    base, stack = fitting(subject.baseline, subject.steps)
    return export.workbook(subject.title, need, more, plan, assumptions(base, stack), facts)

"""A schedule, told: hours and cost, the Gantt chart, coverage, whether the goals hold, and the table to "
"edit."""

from __future__ import annotations

from typing import Any

import dash_ag_grid as dag
import dash_mantine_components as dmc
import plotly.graph_objects as go
from dash import html
from dash.development.base_component import Component

from planner_app import cards
from planner_app.answers import grids
from planner_app.answers.readings import span_label
from planner_app.answers.telling import plain_table
from planner_app.answers.words import Estimate, half_width, money, per_cent, title, value, whole
from planner_app.figures import shifts as gantts
from planner_app.figures import staffing as pictures
from planner_app.staffing import need_view, shift_rows
from planner_app.staffing.calendar import Days
from planner_app.staffing.need_view import ALL_GROUPS, BY_TIME
from scenarios import Scenario
from sim.staffing.plans import ShiftPlan
from sim.staffing.targets import KINDS

GRID_HEIGHT = 460
_GANTT_NOTE = (
    "A bar per start and length; the number is how many agents. Lighter stretches are breaks, the "
    "lighter the more of them are on one."
)
_COVERAGE_NOTE = (
    "Agents on shift and not on a break, before the rest of shrinkage. Required includes what the simulation "
    "asked for where a goal was missed."
)
_TABLE_NOTE = (
    "Change a start or a number of agents in the table, then simulate it again. End and breaks move with "
    "the start."
)


def told(plan: ShiftPlan, scenario: Scenario, *, changed: bool) -> list[Component]:
    """Everything that a plan says."""
    days = Days.of(scenario)
    groups = [name for name in scenario.groups if any(one.group == name for one in plan.lines)]
    return [
        html.P(plan.sentence, className="answer-text"),
        *verdict(plan, changed),
        headcount(plan, scenario.currency),
        html.Div(
            [gantt_card(plan, days, groups), coverage_card(plan, days, list(scenario.groups))],
            className="charts",
        ),
        checks(plan, days),
        editor(plan, days, scenario.currency),
    ]


def verdict(plan: ShiftPlan, changed: bool) -> list[Component]:
    """Whether the goals hold with the rostered staff, in a sentence."""
    if plan.holds is None:
        return []
    rounds = "once" if plan.rounds == 1 else f"{plan.rounds} times"
    raised = f" The requirement was raised {rounds} on the way." if plan.rounds else ""
    who = "the changed shifts" if changed else "these shifts"
    if plan.holds:
        text = f"Simulated with {who}, breaks and all, every goal holds.{raised}"
        return [html.P(text, className="chart-note")]
    missed = ", ".join(
        dict.fromkeys(str(row["goal"]) for row in plan.checks.to_dict("records") if not row["holds"])
    )
    cure = (
        "Add agents where the coverage is short, or go back to the optimised shifts."
        if changed
        else "The rules leave no room for more: allow other starts, or more agents."
    )
    return [cards.notice(f"Missed with {who}: {missed}", f"{cure}{raised}", tone="warning")]


def headcount(plan: ShiftPlan, currency: str) -> Component:
    """The fewest agents, by group and contract."""
    rows = [
        [
            title(row["group"]),
            title(row["contract"]) or "–",
            *([f"Week {row['week'] + 1}"] if several else []),
            whole(row["agents"]),
            whole(row["shifts"]),
            f"{whole(row['paid_hours'])} h",
            money(float(row["cost"]), currency),
        ]
        for several in [plan.headcount["week"].nunique() > 1]
        for row in plan.headcount.to_dict("records")
    ]
    week = ["Week"] if plan.headcount["week"].nunique() > 1 else []
    headings = ["Group", "Contract", *week, "Agents", "Shifts", "Paid hours", "Cost"]
    note = "Agents: the fewest who can work these shifts by days and hours a week. Cost: pay with premiums."
    return cards.section(
        "Hours and cost", plain_table(headings, rows, "Hours and cost by contract"), note=note
    )


# -- charts ----------------------------------------------------------------------------------------


def gantt_card(plan: ShiftPlan, days: Days, groups: list[str]) -> Component:
    """The Gantt chart of a group and day."""
    worked = shift_rows.days_of(plan.lines) or [0]
    group = groups[0] if groups else ""
    heading, figure = gantt(plan, days, group, worked[0])
    options = [{"value": str(day), "label": days.name(day)} for day in worked]
    which = dmc.Select(
        id="gantt-day",
        data=options,
        value=str(worked[0]),
        allowDeselect=False,
        w=150,
        **{"aria-label": "Day"},
    )
    control = html.Div(
        [
            dmc.Select(
                id="gantt-group",
                data=[{"value": one, "label": title(one)} for one in groups],
                value=group,
                allowDeselect=False,
                w=180,
                **{"aria-label": "Group of agents"},
            ),
            which if len(worked) > 1 else html.Div(which, hidden=True),
        ],
        className="chart-controls",
    )
    return cards.chart("gantt", heading, figure, _GANTT_NOTE, control=control, wide=True)


def gantt(plan: ShiftPlan, days: Days, group: str, day: int) -> tuple[str, go.Figure]:
    """The finding as a heading, and the picture."""
    bars = shift_rows.bars(plan.lines, group, day)
    agents = sum(bar.agents for bar in bars)
    starts = len({bar.start for bar in bars})
    when = f" on {days.name(day)}" if days.number > 1 else ""
    heading = f"{title(group)}{when}: {agents} shifts, {starts} {'start' if starts == 1 else 'starts'}"
    return heading, gantts.gantt(days, bars)


def coverage_card(plan: ShiftPlan, days: Days, groups: list[str]) -> Component:
    """Required against rostered."""
    heading, figure = coverage(plan, days, ALL_GROUPS, BY_TIME)
    control = need_view.controls("rostered", groups, days)
    return cards.chart("rostered", heading, figure, _COVERAGE_NOTE, control=control, wide=True)


def coverage(plan: ShiftPlan, days: Days, group: str, view: str) -> tuple[str, go.Figure]:
    """The finding as a heading, and the picture."""
    frame = plan.coverage.assign(start_seconds=plan.coverage["interval"] * days.interval)
    table = pictures.by_interval(frame, None if group == ALL_GROUPS else group)
    names = ("Required on shift", "Rostered")
    return need_view.picture_of(days, table, view, ("required", "rostered"), names, group)


# -- goals and the table ---------------------------------------------------------------------------


def checks(plan: ShiftPlan, days: Days) -> Component:
    """Each goal as simulated with the rostered staff."""
    if plan.checks.empty:
        return html.Div()
    shown = (
        plan.checks if len(plan.checks) <= 40 else plan.checks[~plan.checks["holds"].astype(bool)].head(40)
    )
    rows = [
        [row["goal"], span(row, days), found(row), per_cent(float(row["probability"])), _held(row)]
        for row in shown.to_dict("records")
    ]
    headings = ["Goal", "When", "With these shifts", "Probability that it holds", "Verdict"]
    table = plain_table(headings, rows, "Goals with the rostered staff")
    note = "Simulated on days that the optimisation has not seen. ± is half of the 95% interval."
    return cards.section("Do the shifts hold the goals?", table, note=note)


def _held(row: dict[str, Any]) -> str:
    return "holds" if row["holds"] else "missed"


def span(row: dict[str, Any], days: Days) -> str:
    """The day or interval of a check."""
    width = int(row["until"]) - int(row["interval"])
    if width == 1:
        return span_label(days, float(row["interval"]) * days.interval)
    day = int(float(row["interval"]) * days.interval // shift_rows.DAY)
    return days.noun if width * days.interval > shift_rows.DAY or days.number == 1 else days.name(day)


def found(row: dict[str, Any]) -> str:
    """An estimate with its half-width."""
    kinds = {"share": "share", "s": "seconds", "points": "score"}
    kind: Any = kinds[
        next((k.unit for k in KINDS.values() if f" {k.title} " in f" {row['goal']} "), "points")
    ]
    estimate = Estimate(float(row["estimate"]), float(row["half_width"]))
    return f"{value(estimate.mean, kind)} {half_width(estimate, kind)}".strip()


def editor(plan: ShiftPlan, days: Days, currency: str) -> Component:
    """The table of shifts, to be changed and simulated again."""
    options = {
        **grids.grid_options(),
        "domLayout": "normal",
        "singleClickEdit": True,
        "stopEditingWhenCellsLoseFocus": True,
        "enableCellTextSelection": False,
    }
    grid = dag.AgGrid(
        id="shift-grid",
        columnDefs=shift_rows.columns(days),
        rowData=shift_rows.rows(plan, days, currency),
        getRowId="params.data.id",
        dashGridOptions=options,
        defaultColDef={"resizable": True, "sortable": True, "suppressHeaderMenuButton": True},
        style={"height": f"{GRID_HEIGHT}px", "width": "100%"},
    )
    again = dmc.Group(
        [
            dmc.Button(
                "Simulate the changed shifts", id="shift-again", leftSection=cards.icon("play"), n_clicks=0
            ),
            dmc.Button(
                "Shifts as CSV",
                id="shift-csv",
                variant="default",
                leftSection=cards.icon("download"),
                n_clicks=0,
            ),
            html.Span("", id="shift-edited", className="chart-note", role="status"),
        ],
        gap="sm",
        mt="sm",
    )
    return cards.section("The shifts", [grid, again], note=_TABLE_NOTE)

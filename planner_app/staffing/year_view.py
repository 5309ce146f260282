"""A year, told: the sentence, the weeks in a picture, classes to hire, service, and the table."""

from __future__ import annotations

import math
from typing import Any

import dash_ag_grid as dag
from dash import html
from dash.development.base_component import Component

from planner_app import cards
from planner_app.answers import grids
from planner_app.answers.telling import plain_table
from planner_app.answers.words import money, per_cent, title, whole
from planner_app.figures import capacity as pictures
from planner_app.staffing.years import EVERY
from sim.staffing.capacity import CapacityPlan

_WEEKS_NOTE = (
    "Full-time agents. Needed on the floor: the requirement of the study, with the load growing as the "
    "volume and what is needed beyond it as its square root. Productive: trained agents by the ramp, "
    "after shrinkage."
)
_SERVICE_NOTE = (
    f"Every {EVERY}th week simulated with the agents that the plan has then; dashed: targets. Whiskers are "
    "95% intervals."
)


def told(plan: CapacityPlan, currency: str) -> list[Component]:
    """Everything that a plan for the year says."""
    weeks = plan.weeks
    heading = headline(plan)
    shown = pictures.headcount(weeks)
    parts = [
        cards.answer(sentence(plan, currency), "Numbers of people are expected values."),
        html.Div(
            [
                cards.chart(
                    "year", heading, shown, _WEEKS_NOTE, summary=f"{heading}. {plan.sentence}", wide=True
                )
            ],
            className="charts",
        ),
        classes(plan),
        costs(plan, currency),
    ]
    if not plan.service.empty:
        finding = service_finding(plan)
        chart = cards.chart("service", finding, pictures.service(plan.service), _SERVICE_NOTE, wide=True)
        parts.append(html.Div([chart], className="charts"))
    return [*parts, table(plan, currency)]


def sentence(plan: CapacityPlan, currency: str) -> str:
    """The plan in a sentence."""
    hires, starts = int(plan.hires.sum()), len(plan.starts)
    first = (
        f"{_count(hires, 'hire')} in {_count(starts, 'start')} over {len(plan.needed)} weeks, for "
        f"{money(plan.cost, currency)} in all"
        if hires
        else f"Nobody is to be hired in {len(plan.needed)} weeks, which cost {money(plan.cost, currency)}"
    )
    tenths = math.ceil(1000 * plan.gap - 1e-9) / 10
    proof = f"at most {tenths:.1f}% above the cheapest" if tenths else "no plan is cheaper"
    return f"{first}; {_shortage(plan)}; {proof}."


def _shortage(plan: CapacityPlan) -> str:
    if not plan.short_weeks:
        return "no week is short of agents"
    missing = plan.needed - plan.on_floor
    worst = plan.weeks.iloc[int(missing.argmax())]
    start = worst["start"]
    return (
        f"{_count(plan.short_weeks, 'week')} {'is' if plan.short_weeks == 1 else 'are'} short, that of "
        f"{start.day} {start:%b %Y} the most, by {whole(float(missing.max()))} agents"
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def headline(plan: CapacityPlan) -> str:
    """The finding of the chart."""
    first, last = float(plan.needed[0]), float(plan.needed[-1])
    change = f"from {whole(first)} to {whole(last)}" if abs(last - first) >= 0.5 else f"{whole(first)}"
    return f"Agents needed on the floor: {change}"


def classes(plan: CapacityPlan) -> Component:
    """Who starts when."""
    rows = [
        [
            _date(row["decide_by"]),
            _date(row["start"]),
            f"{row['agents']} in {row['classes']} {'class' if row['classes'] == 1 else 'classes'}",
            _date(row["on_contacts"]),
            _date(row["up_to_speed"]),
        ]
        for row in plan.starts.to_dict("records")
    ]
    if not rows:
        return cards.section("Classes", html.P("No class starts."))
    headings = ["Decide by", "Training begins", "Agents", "First contacts", "Up to speed"]
    return cards.section("Classes to hire", plain_table(headings, rows, "Classes to hire"))


def costs(plan: CapacityPlan, currency: str) -> Component:
    """What the year costs, by part."""
    weeks = plan.weeks
    rows = [
        [name, money(float(weeks[column].sum()), currency)]
        for name, column in (
            ("Pay of all employed", "pay"),
            ("Hiring and classes", "hiring_cost"),
            ("Agents missing, at their price", "shortage_cost"),
            ("In all", "cost"),
        )
    ]
    return cards.section("Cost", plain_table(["Part", "Cost"], rows, "Cost of the weeks"))


def service_finding(plan: CapacityPlan) -> str:
    """The week and channel that fall shortest of their target, in so far as that is clear."""
    found = plan.service.assign(short=plan.service["target"] - plan.service["service_level"])
    clear = found[found["short"] > found["service_level_half_width"]]
    if clear.empty:
        return "Every simulated week is at its target, or not clearly below it"
    worst = clear.loc[clear["short"].idxmax()]
    start = worst["start"]
    level = per_cent(worst["service_level"])
    return f"{title(worst['channel'])} falls to {level} in the week of {start.day} {start:%b %Y}"


def table(plan: CapacityPlan, currency: str) -> Component:
    """A row per week."""
    names = {
        "start": "Week of",
        "volume": "Volume",
        "needed": "Needed",
        "on_floor": "Productive",
        "gap": "To spare",
        "employed": "Employed",
        "in_training": "In training",
        "hires": "Hires",
        "leavers": "Leavers",
        "cost": f"Cost ({currency})",
    }
    number: dict[str, Any] = {"type": "rightAligned", "cellClass": "grid-number"}
    columns = [
        {
            "headerName": label,
            "field": name,
            "minWidth": 100,
            "flex": 1,
            **({} if name == "start" else number),
        }
        for name, label in names.items()
    ]
    rows = [
        {
            "id": str(row["week"]),
            "start": _date(row["start"]),
            "volume": f"{row['volume']:.2f}",
            **{
                name: f"{row[name]:,.1f}"
                for name in ("needed", "on_floor", "gap", "employed", "in_training", "leavers")
            },
            "hires": int(row["hires"]),
            "cost": f"{row['cost']:,.0f}",
        }
        for row in plan.weeks.to_dict("records")
    ]
    grid = dag.AgGrid(
        id="year-grid",
        columnDefs=columns,
        rowData=rows,
        getRowId="params.data.id",
        dashGridOptions={**grids.grid_options(), "domLayout": "normal"},
        defaultColDef={"resizable": True, "suppressHeaderMenuButton": True},
        style={"height": "420px", "width": "100%"},
    )
    return cards.section("Week by week", grid)


def _date(day: Any) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"

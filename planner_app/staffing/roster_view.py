"""A roster, told: how much of it is given, who works when, a day by name, and what nobody works."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

import dash_ag_grid as dag
import dash_mantine_components as dmc
import pandas as pd
import plotly.graph_objects as go
from dash import html
from dash.development.base_component import Component

from planner_app import cards
from planner_app.answers import grids
from planner_app.answers.telling import plain_table
from planner_app.answers.words import title
from planner_app.figures import rosters as gantts
from planner_app.staffing.calendar import Days
from planner_app.staffing.need_view import ALL_GROUPS
from sim.staffing.plans import Shift
from sim.staffing.rostered import promised, sentence
from sim.staffing.rosters import Roster

MOST_LEFT = 40
"""Rows of shifts that nobody works, on the page."""
_GRID_HEIGHT = 460
_ROW = 34
_GRID_NOTE = (
    "A row per agent. Contract: the paid hours that it promises and allows. Short: promised in whole weeks "
    "and not given. “off” is a day off that was asked for."
)
_GANTT_NOTE = "A row per agent, in order of start; greyed stretches are breaks, hatched shifts nobody works."


def told(roster: Roster) -> list[Component]:
    """Everything that a roster says."""
    days = Days.of(roster.plan.demand.scenario)
    return [
        html.P(sentence(roster), className="answer-text"),
        grid_card(roster, days),
        gantt_card(roster, days),
        *([left_card(roster, days)] if roster.left else []),
    ]


# -- who works when --------------------------------------------------------------------------------


def grid_card(roster: Roster, days: Days) -> Component:
    """The grid of agents and days, and its files."""
    rows = grid_rows(roster, days)
    grid = dag.AgGrid(
        id="roster-grid",
        columnDefs=grid_columns(days),
        rowData=rows,
        getRowId="params.data.id",
        dashGridOptions={**grids.grid_options(), "domLayout": "normal"},
        defaultColDef={"resizable": True, "sortable": True, "suppressHeaderMenuButton": True},
        style={"height": f"{min(_GRID_HEIGHT, 58 + _ROW * len(rows))}px", "width": "100%"},
    )
    files = dmc.Group(
        [
            dmc.Button(label, id=name, variant="default", leftSection=cards.icon("download"), n_clicks=0)
            for name, label in (("roster-xlsx", "Roster for Excel"), ("roster-csv", "Roster as CSV"))
        ],
        gap="sm",
        mt="sm",
    )
    return cards.section("Who works when", [grid, files], note=_GRID_NOTE)


def grid_columns(days: Days) -> list[dict[str, Any]]:
    """Agent, hours beside the contract's, and a column per day."""
    number = {"type": "rightAligned", "cellClass": "grid-number"}
    found: list[dict[str, Any]] = [
        {"headerName": "Agent", "field": "agent", "pinned": "left", "width": 150, "cellClass": "grid-name"},
        {"headerName": "Paid hours", "field": "hours", "width": 112, **number},
        {"headerName": "Contract", "field": "contract", "width": 245},
        {"headerName": "Short", "field": "short", "width": 86, **number},
        {"headerName": "Shifts", "field": "shifts", "width": 86, **number},
    ]
    if days.number > 1:
        found.append({"headerName": "Weekend", "field": "weekend", "width": 105, **number})
    return found + [
        {"headerName": days.name(day), "field": f"day{day}", "minWidth": 138, "flex": 1, "sortable": False}
        for day in range(days.number)
    ]


def grid_rows(roster: Roster, days: Days) -> list[dict[str, Any]]:
    """A row per agent of the team, in its order."""
    worked = shifts_by_day(roster)
    rows = []
    for place, (agent, row) in enumerate(
        zip(roster.team.agents, roster.agents.to_dict("records"), strict=True)
    ):
        contract = roster.plan.rules.contracts.get(agent.contract or "")
        asks = promised(contract, days.number)
        found: dict[str, Any] = {
            "id": str(place),
            "agent": agent.name,
            "hours": round(float(row["paid_hours"]), 2),
            "contract": f"{title(agent.contract)}: {asks}" if agent.contract else "None",
            "short": round(float(row["short_hours"]), 2) or "",
            "shifts": int(row["shifts"]),
            "weekend": int(row["weekend_shifts"]),
        }
        for day in range(days.number):
            mine = worked.get((agent.name, day), [])
            off = "off" if days.date(day) in agent.days_off else ""
            found[f"day{day}"] = ", ".join(_times(one, len(agent.groups) > 1) for one in mine) or off
        rows.append(found)
    return rows


def shifts_by_day(roster: Roster) -> dict[tuple[str, int], list[Shift]]:
    """Shifts of each agent on each day."""
    found: dict[tuple[str, int], list[Shift]] = defaultdict(list)
    for agent, one in roster.given:
        found[agent.name, one.day].append(one)
    return found


def _times(one: Shift, with_group: bool) -> str:
    text = f"{clock(one.start)}–{clock(one.end)}"
    return f"{text} {title(one.group)}" if with_group else text


def clock(seconds: float) -> str:
    """A time of day, from seconds after the first midnight.

    >>> clock(86_400 + 30_600)
    '08:30'
    """
    return f"{(dt.datetime(2000, 1, 1) + dt.timedelta(seconds=seconds)):%H:%M}"


def table(roster: Roster) -> pd.DataFrame:
    """Who works when as a table: a row per agent, a column per day; for files."""
    days = Days.of(roster.plan.demand.scenario)
    names = {column["field"]: column["headerName"] for column in grid_columns(days)}
    rows = [
        {names[key]: value for key, value in row.items() if key in names} for row in grid_rows(roster, days)
    ]
    return pd.DataFrame(rows, columns=list(names.values()))


# -- a day -----------------------------------------------------------------------------------------


def gantt_card(roster: Roster, days: Days) -> Component:
    """The Gantt chart of a day, by name."""
    worked = sorted({one.day for one in roster.plan.lines}) or [0]
    groups = [name for name in roster.plan.demand.groups if any(s.group == name for s in roster.plan.lines)]
    options = [(ALL_GROUPS, "All groups"), *((one, title(one)) for one in groups)]
    chosen = ALL_GROUPS if len(groups) > 1 else groups[0] if groups else ALL_GROUPS
    heading, figure = gantt(roster, days, chosen, worked[0])
    which = [
        _select("turns-group", "Group of agents", chosen, options, 180),
        _select("turns-day", "Day", str(worked[0]), [(str(day), days.name(day)) for day in worked], 150),
    ]
    shown = [len(groups) > 1, len(worked) > 1]
    control = html.Div(
        [one if seen else html.Div(one, hidden=True) for one, seen in zip(which, shown, strict=True)],
        className="chart-controls",
    )
    return cards.chart("turns", heading, figure, _GANTT_NOTE, control=control, wide=True)


def _select(name: str, label: str, value: str, options: list[tuple[str, str]], width: int) -> Component:
    return dmc.Select(
        id=name,
        data=[{"value": key, "label": text} for key, text in options],
        value=value,
        allowDeselect=False,
        w=width,
        **{"aria-label": label},
    )


def gantt(roster: Roster, days: Days, group: str, day: int) -> tuple[str, go.Figure]:
    """The finding as a heading, and the picture."""
    everybody = group == ALL_GROUPS
    turns = [
        gantts.Turn(
            agent.name,
            one.group if everybody else one.template,
            one.start,
            one.end,
            tuple((pause.start, pause.start + pause.length) for pause in one.breaks),
        )
        for agent, one in roster.given
        if one.day == day and (everybody or one.group == group)
    ]
    left = [
        gantts.Turn("", one.group if everybody else one.template, one.start, one.end, agents=number)
        for one, number, _ in roster.left
        if one.day == day and (everybody or one.group == group)
    ]
    when = f" on {days.name(day)}" if days.number > 1 else ""
    whose = "" if everybody else f"{title(group)}: "
    who = "1 agent works" if len(turns) == 1 else f"{len(turns)} agents work"
    heading = f"{whose}{who}{when}"
    missing = sum(one.agents for one in left)
    if missing:
        heading += f", {missing} {'is' if missing == 1 else 'are'} missing"
    if len(turns) + len(left) > gantts.MOST_ROWS:
        heading += f" (the first {gantts.MOST_ROWS} rows)"
    return heading, gantts.gantt(days, [*turns, *left])


# -- what nobody works -----------------------------------------------------------------------------


def left_card(roster: Roster, days: Days) -> Component:
    """Shifts that lack agents, and why."""
    rows = [
        [
            f"{days.name(one.day)}, {clock(one.start)}–{clock(one.end)}",
            title(one.group),
            title(one.template) or "–",
            title(one.contract) or "–",
            f"{number}",
            f"{reason[:1].upper()}{reason[1:]}",
        ]
        for one, number, reason in roster.left[:MOST_LEFT]
    ]
    headings = ["When", "Group", "Shift", "Contract", "Agents missing", "Why nobody takes it"]
    note = "For each shift, what stands in the way of every agent of its group, counted."
    if len(roster.left) > MOST_LEFT:
        note += f" The first {MOST_LEFT} of {len(roster.left):,}; the files have all."
    table = html.Div(plain_table(headings, rows, "Shifts that nobody works"), className="left-shifts")
    return cards.section("What nobody works", [table], note=note)

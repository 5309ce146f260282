"""Shifts as rows of a grid that people edit, and rows as a table that can be simulated again."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from planner_app.answers.words import title
from planner_app.figures.shifts import Bar
from planner_app.staffing.calendar import Days
from planner_app.studies.forms import read_clock
from scenarios import Problem, ScenarioError
from scenarios.times import clock_seconds
from sim.staffing.plans import Shift, ShiftPlan

Row = dict[str, Any]
DAY = 86_400
_CLOCKS = re.compile(r"\d{1,2}:\d{2}")


def columns(days: Days) -> list[dict[str, Any]]:
    """Columns of the grid; start and agents are edited in place."""
    number = {"type": "rightAligned", "cellClass": "grid-number"}
    edited = {"editable": True, "cellClass": "grid-edit"}
    found: list[dict[str, Any]] = [
        {"headerName": "Group", "field": "group_text", "minWidth": 130, "flex": 2},
        {"headerName": "Shift", "field": "template_text", "minWidth": 90, "flex": 1},
        {"headerName": "Contract", "field": "contract_text", "minWidth": 100, "flex": 1},
        {"headerName": "Start (edit)", "field": "start_text", "minWidth": 110, "flex": 1, **edited},
        {"headerName": "End", "field": "end_text", "minWidth": 80, "flex": 1},
        {"headerName": "Breaks", "field": "breaks", "minWidth": 210, "flex": 3},
        {
            "headerName": "Agents (edit)",
            "field": "agents",
            "minWidth": 115,
            "flex": 1,
            "editable": True,
            "type": "rightAligned",
            "cellClass": "grid-edit grid-number",
            "cellEditor": "agNumberCellEditor",
            "cellEditorParams": {"min": 0, "max": 50_000, "precision": 0},
        },
        {"headerName": "Paid hours", "field": "hours", "minWidth": 105, "flex": 1, **number},
        {"headerName": "Cost", "field": "cost", "minWidth": 100, "flex": 1, **number},
    ]
    if days.number > 1:
        found.insert(3, {"headerName": "Day", "field": "day_text", "minWidth": 110, "flex": 1})
    return found


def rows(plan: ShiftPlan, days: Days, currency: str) -> list[Row]:
    """A row per shift with its breaks."""
    prefix = f"{currency}{' ' if currency[-1:].isalpha() else ''}"
    return [
        {
            "id": str(place),
            "group": row["group"],
            "template": row["template"],
            "contract": row["contract"],
            "start": row["start"].isoformat(),
            "end": row["end"].isoformat(),
            "breaks": row["breaks"],
            "group_text": title(row["group"]),
            "template_text": title(row["template"]),
            "contract_text": title(row["contract"]),
            "day_text": days.name(int(row["day"])),
            "start_text": f"{row['start']:%H:%M}",
            "end_text": f"{row['end']:%H:%M}",
            "agents": int(row["agents"]),
            "hours": round(float(row["paid_hours"]), 2),
            "cost": f"{prefix}{row['cost']:,.0f}",
        }
        for place, row in enumerate(plan.shifts.to_dict("records"))
    ]


def moved(row: Mapping[str, Any]) -> Row:
    """A row whose start was edited: its end and breaks move along.

    >>> row = {"start": "2026-03-02T08:00:00", "end": "2026-03-02T12:00:00", "start_text": "8.30"}
    >>> found = moved({**row, "breaks": "10:00–10:15", "id": "1"})
    >>> found["start"], found["end_text"], found["breaks"]
    ('2026-03-02T08:30:00', '12:30', '10:30–10:45')

    Raises ``ScenarioError`` for a time that cannot be read.
    """
    before, end = (dt.datetime.fromisoformat(row[name]) for name in ("start", "end"))
    try:
        clock = clock_seconds(read_clock(str(row["start_text"])))
    except ValueError:
        problem = Problem("start", row["start_text"], "a time of day", "write it like 08:30")
        raise ScenarioError([problem]) from None
    start = dt.datetime.combine(before.date(), dt.time()) + dt.timedelta(seconds=clock)
    by = start - before
    later = end + by

    def shifted(match: re.Match[str]) -> str:
        hours, minutes = match[0].split(":")
        found = dt.datetime.combine(before.date(), dt.time(int(hours) % 24, int(minutes))) + by
        return f"{found:%H:%M}"

    return {
        **row,
        "start": start.isoformat(),
        "end": later.isoformat(),
        "start_text": f"{start:%H:%M}",
        "end_text": f"{later:%H:%M}",
        "breaks": _CLOCKS.sub(shifted, str(row["breaks"] or "")),
    }


def table_of(edited: Iterable[Mapping[str, Any]]) -> list[Row]:
    """What the simulator reads of rows: those in which anybody works."""
    kept = ("group", "template", "contract", "start", "end", "breaks")
    return [
        {**{name: row[name] for name in kept}, "agents": int(row["agents"] or 0)}
        for row in map(moved, edited)
        if int(row["agents"] or 0) > 0
    ]


def read_csv(text: str) -> list[Row]:
    """Rows of a schedule from a CSV file; raises ``ScenarioError`` when it is none."""
    try:
        table = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
    except ValueError as error:
        said = " ".join(str(error).split())[:120]
        found = f"a file that cannot be read ({said})"
        raise ScenarioError([Problem("", found, "CSV in UTF-8 with a header", "save it again")]) from None
    return table.to_dict("records")  # type: ignore[return-value]


# -- the chart -------------------------------------------------------------------------------------


def bars(lines: Sequence[Shift], group: str, day: int) -> list[Bar]:
    """The bars of a group and day: shifts that begin and end together are one."""
    together: dict[tuple[str, float, float], list[Shift]] = {}
    for one in lines:
        if one.group == group and one.day == day:
            together.setdefault((one.template, one.start, one.end), []).append(one)
    return [
        Bar(
            template,
            start,
            end,
            sum(one.agents for one in mine),
            tuple((b.start, b.start + b.length, one.agents) for one in mine for b in one.breaks),
        )
        for (template, start, end), mine in together.items()
    ]


def days_of(lines: Sequence[Shift]) -> list[int]:
    """Days on which a shift begins."""
    return sorted({one.day for one in lines})

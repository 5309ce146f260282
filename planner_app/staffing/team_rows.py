"""Agents as rows of a grid that people fill, paste into and correct; what is wrong is said by row."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from planner_app.staffing import xlsx
from planner_app.studies.upload import decoded
from scenarios import Team
from scenarios.team_sheets import (
    COLUMNS,
    Row,
    Sheet,
    has_header,
    read_sheet,
    rows_of,
    sheet_of_cells,
    team_of_sheet,
)
from sim.staffing.plans import ShiftPlan
from sim.staffing.rosters import team_of

GridRow = dict[str, Any]
BLANK = dict.fromkeys(COLUMNS, "")
_HEADINGS = {
    "name": ("Name", 150, 2),
    "groups": ("Groups", 150, 2),
    "contract": ("Contract", 120, 1),
    "available": ("Available", 250, 3),
    "days_off": ("Days off", 200, 3),
}


def columns(contracts: Sequence[str]) -> list[dict[str, Any]]:
    """Columns of the grid: the row's number, as errors name it, and the cells, all edited in place."""
    found: list[dict[str, Any]] = [{"headerName": "Row", "field": "row", "width": 72, "editable": False}]
    for name, (heading, width, flex) in _HEADINGS.items():
        column = {"headerName": heading, "field": name, "minWidth": width, "flex": flex, "editable": True}
        column["headerTooltip"] = COLUMNS[name]
        if name == "contract":
            column["cellEditor"] = "agSelectCellEditor"
            column["cellEditorParams"] = {"values": ["", *contracts]}
        found.append(column)
    return found


def numbered(rows: Iterable[Mapping[str, Any]]) -> list[GridRow]:
    """Rows of a sheet as those of the grid, numbered from 1."""
    return [
        {name: str(row.get(name) or "") for name in COLUMNS} | {"row": place, "id": str(place)}
        for place, row in enumerate(rows, 1)
    ]


def sheet_of(rows: Iterable[Mapping[str, Any]]) -> Sheet:
    """The grid as a sheet without a file: what is wrong is named by row."""
    return Sheet(tuple({name: str(row.get(name) or "") for name in COLUMNS} for row in rows))


def checked(rows: Iterable[Mapping[str, Any]], plan: ShiftPlan) -> Team:
    """The agents of the grid, who must fit the plan; raises ``ScenarioError`` with all that is wrong."""
    return team_of_sheet(sheet_of(rows), plan.demand.groups, plan.rules.contracts)


def from_file(contents: str, filename: str | None) -> tuple[Row, ...]:
    """Rows of an uploaded file, CSV or Excel; raises ``ScenarioError`` where it has no such columns."""
    if (filename or "").lower().endswith((".xlsx", ".xlsm")):
        try:
            body = base64.b64decode(contents.partition(",")[2], validate=True)
        except binascii.Error:
            body = b""
        return sheet_of_cells(xlsx.read_cells(body)).rows
    return read_sheet(decoded(contents)).rows


def pasted(text: str) -> tuple[Row, ...]:
    """Rows of cells copied from a spreadsheet, with their header or, in its order, without."""
    if not has_header(text):
        text = "\t".join(COLUMNS) + "\n" + text.lstrip("\n")
    return read_sheet(text).rows


def as_needed(plan: ShiftPlan) -> list[dict[str, str]]:
    """As many agents, numbered, as the plan's headcount says."""
    return rows_of(team_of(plan))

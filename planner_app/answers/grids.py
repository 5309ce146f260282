"""Report tables to grid columns and rows: pure data for AG Grid (community), no Dash.

A cell carries its number (it sorts) and, in a field that ends in ``_text``, the words of
:mod:`planner_app.answers.words` (it is read), so no format is written twice.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Sequence
from typing import Any

from planner_app.answers import readings, words
from planner_app.answers.readings import Reading
from planner_app.services import Report
from planner_app.theme import FONT_FAMILY
from sim.measures import Measure, Scope

CHANNEL_MEASURES = (
    "offered",
    "answered",
    "asa_seconds",
    "wait_seconds_p90",
    "service_level",
    "abandonment",
    "spillover_in",
    "aht_seconds",
    "resolution",
)
GROUP_MEASURES = ("paid_hours", "staffed_hours", "occupancy", "utilisation", "overtime_hours", "agent_cost")

Column = dict[str, Any]
Row = dict[str, Any]

_TEXT = {"function": "params.data[params.colDef.field + '_text']"}
_PARAMS = {
    "backgroundColor": "var(--ground-card)",
    "foregroundColor": "var(--ground-text)",
    "headerBackgroundColor": "var(--plain-ground)",
    "headerTextColor": "var(--ground-text)",
    "borderColor": "var(--ground-line)",
    "rowHoverColor": "var(--plain-ground)",
    "accentColor": "var(--link)",
    "fontFamily": FONT_FAMILY,
    "fontSize": 15,
    "spacing": 6,
    "wrapperBorderRadius": 8,
}


def grid_options() -> dict[str, Any]:
    """Options of every grid: a theme of CSS variables (light and dark at once), as high as its rows."""
    params = ", ".join(f"{key}: {value!r}" for key, value in _PARAMS.items())
    return {
        "theme": {"function": f"themeQuartz.withParams({{{params}}})"},
        "domLayout": "autoHeight",
        "suppressMovableColumns": True,
        "rowHeight": 34,
        "headerHeight": 38,
        "tooltipShowDelay": 300,
        "ensureDomOrder": True,
        "enableCellTextSelection": True,
        "suppressColumnVirtualisation": True,
    }


def channel_grid(report: Report) -> tuple[list[Column], list[Row]]:
    """Columns and rows of the table by channel."""
    return scope_grid(report, "channel", CHANNEL_MEASURES)


def group_grid(report: Report) -> tuple[list[Column], list[Row]]:
    """Columns and rows of the table by group of agents."""
    return scope_grid(report, "group", GROUP_MEASURES)


def scope_grid(report: Report, scope: Scope, chosen: Sequence[str]) -> tuple[list[Column], list[Row]]:
    """One row per channel or group and measure; columns baseline, what-if and paired difference."""
    rows: list[Row] = []
    known = {(r.name, r.measure.name): r for r in readings.all_readings(report) if r.scope == scope}
    for name in readings.names(report, scope):
        for measure in chosen:
            found = known.get((name, measure))
            if found is not None and any(e.known and e.mean for e in (found.baseline, found.current)):
                rows.append(_row(found, readings.currency(report)))
    heading = {"channel": "Channel", "group": "Group"}.get(scope, words.title(scope))
    columns = [
        {"headerName": heading, "field": "name", "width": 136, "cellClass": "grid-name"},
        {
            "headerName": "Measure",
            "field": "measure",
            "minWidth": 200,
            "flex": 2,
            "tooltipField": "definition",
        },
    ]
    if readings.has_what_if(report):
        columns += [
            _number_column("Baseline", "baseline", 150, 2),
            _number_column("What-if", "what_if", 150, 2),
            _number_column("Difference", "delta", 220, 3),
        ]
    else:
        columns.append(_number_column("Value", "baseline", 170, 2))
    return columns, rows


def header(measure: Measure, currency: str) -> str:
    """The title of a measure with its unit.

    >>> from sim.measures import measure
    >>> header(measure("asa_seconds", "channel"), "£")
    'ASA (min:s)'
    """
    units = {"s": "min:s", "share": "%", "money": currency, "1–7": "1–7"}
    unit = units.get(measure.unit, measure.unit)
    return measure.title if unit.lower() in measure.title.lower() else f"{measure.title} ({unit})"


def diff_rows(report: Report) -> list[tuple[str, str, str]]:
    """What the stack changes: field, old, new, as text."""
    table = report.diff
    return [
        (_shown(row[0]), _shown(row[1]), _shown(row[2]))
        for row in table[["field", "old", "new"]].itertuples(index=False)
    ]


def _number_column(heading: str, field: str, width: int, flex: int) -> Column:
    return {
        "headerName": heading,
        "field": field,
        "type": "rightAligned",
        "minWidth": width,
        "flex": flex,
        "valueFormatter": _TEXT,
        "cellDataType": "number",
        "cellClass": "grid-number",
    }


def _row(found: Reading, currency: str) -> Row:
    kind = found.kind
    row: Row = {
        "id": f"{found.name} {found.measure.name}",
        "name": words.title(found.name),
        "measure": header(found.measure, currency),
        "definition": found.measure.definition,
        "baseline": _finite(found.baseline.mean),
        "baseline_text": words.with_interval(found.baseline, kind, currency),
    }
    if found.what_if is not None and found.delta is not None:
        direction = readings.better(found.measure)
        row["what_if"] = _finite(found.what_if.mean)
        row["what_if_text"] = words.with_interval(found.what_if, kind, currency)
        row["delta"] = _finite(found.delta.mean)
        row["delta_text"] = words.difference(found.delta, kind, direction, currency)
    return row


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def _shown(value: object) -> str:
    """A value of a change as people write it; the report has Python's spelling of lists and numbers."""
    if value is None or value != value:
        return words.MISSING
    try:
        return _written(ast.literal_eval(str(value)))
    except (ValueError, SyntaxError):
        return str(value)


def _written(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{words.plain(str(key))} {_written(part)}" for key, part in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(_written(part) for part in value) or "none"
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    return str(value)

"""Assumptions as rows: of the grid, of a CSV file and of a workbook. Pure, no Dash.

Text is always written as text, so no name in a scenario can become a formula.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pandas as pd
import xlsxwriter

from planner_app.answers.export import Writer
from planner_app.studies.stack_view import place, sentence_case
from scenarios.assumptions import OWN, Assumption, Origin, told
from scenarios.parameters import GRADES
from scenarios.units import format_duration

Show = Literal["all", "changed", "weak"]

SETTING = "–"
"""What stands for the grade of a neutral setting."""

MEANING: Mapping[str, str] = {
    **GRADES,
    OWN: "not the library's figure: written in the scenario or set by a what-if; whoever wrote it knows "
    "where it comes from",
    SETTING: "a neutral setting of the simulation, such as a factor of 1: it needs no source",
}
"""Every grade, and what it means."""

ORIGINS: Mapping[Origin, str] = {
    "library": "Library default",
    "scenario": "Written in the scenario",
    "model": "Neutral setting",
}

HEADERS = (
    "Field", "Name", "Value", "Before", "Comes from", "What-if", "Grade", "Meaning of the grade",
    "Low", "High", "Unit of the range", "Library parameter", "Library default", "Source", "Note",
)  # fmt: skip
"""Columns of the files."""


def grade(one: Assumption) -> str:
    """The grade, or what stands for it."""
    return one.grade or SETTING


def chosen(found: Sequence[Assumption], show: Show) -> list[Assumption]:
    """Those that a filter lets through."""
    if show == "changed":
        return [one for one in found if one.is_changed]
    return [one for one in found if one.lacks_measured_source] if show == "weak" else list(found)


def in_unit(number: float, unit: str, currency: str = "£") -> str:
    """A number in a parameter's unit as people read it.

    >>> in_unit(180.0, "s"), in_unit(0.2, "share"), in_unit(12.0, "money/h")
    ('3 min', '20%', '£12/h')
    """
    return format_duration(number) if unit == "s" else told(number, unit, currency)


def range_text(one: Assumption) -> str:
    """The published range: ``3 min to 10 min``; of a law it is that of its mean."""
    found = one.range
    if found is None or one.parameter is None:
        return ""
    low, high = (in_unit(number, one.parameter.unit, one.currency) for number in found)
    return f"{low} to {high}" + (" (mean)" if isinstance(one.value, Mapping) else "")


def origin(one: Assumption) -> str:
    """Where the value comes from, in a few words."""
    if not one.is_changed:
        return ORIGINS[one.origin]
    did = "Removed" if one.value is None else "Set" if one.step else "Added" if one.old is None else "Changed"
    return f"{did} by a what-if"


def source(one: Assumption) -> str:
    """What stands behind the value, for the grid: its source, what it replaced, what the library has."""
    entry = one.parameter
    said = [f"{sentence_case(one.source)}."] if one.is_changed else []
    if entry is not None and one.is_library_figure:
        said += [f"{entry.source}.", entry.note]
    elif entry is not None:
        default = told(one.default, one.unit, one.currency)
        said.append(f"The library has {default} (grade {entry.grade}): {entry.source}.")
    return " ".join(filter(None, said))


def grid(found: Sequence[Assumption]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Columns and rows of the grid."""
    wraps = {"wrapText": True, "autoHeight": True, "cellClass": "assumed-text"}
    columns = [
        {"headerName": "Figure", "field": "figure", "minWidth": 210, "flex": 3, **wraps},
        {"headerName": "Value", "field": "value", "minWidth": 150, "flex": 2, **wraps},
        {
            "headerName": "Grade",
            "field": "grade",
            "width": 92,
            "cellClassRules": {
                f"grade-cell grade-{_class(name)}": f"params.value === {name!r}" for name in MEANING
            },
            "tooltipField": "meaning",
        },
        {"headerName": "Comes from", "field": "origin", "minWidth": 168, "flex": 1, **wraps},
        {"headerName": "Published range", "field": "range", "minWidth": 140, "flex": 1, **wraps},
        {"headerName": "Source", "field": "source", "minWidth": 280, "flex": 4, **wraps},
    ]
    return columns, [row(one) for one in in_order(found)]


def in_order(found: Sequence[Assumption]) -> list[Assumption]:
    """What what-ifs changed first, then the weakest source first."""
    order = ["X", "C", "B", "A", OWN, SETTING]
    return sorted(found, key=lambda one: (not one.is_changed, order.index(grade(one))))


def row(one: Assumption) -> dict[str, Any]:
    """One figure in the grid."""
    return {
        "id": one.field,
        "figure": place(one.field),
        "value": one.text,
        "grade": grade(one),
        "meaning": sentence_case(MEANING[grade(one)]),
        "origin": origin(one),
        "range": range_text(one),
        "source": source(one),
    }


def class_of(name: str) -> str:
    """The class of a grade's badge."""
    return f"grade grade-{_class(name)}"


def _class(name: str) -> str:
    return "setting" if name == SETTING else name


# -- files -------------------------------------------------------------------------------------------


def file_name(title: str, ending: str) -> str:
    """A name for a file.

    >>> file_name("The portal / Monday", "csv")
    'the-portal-monday-assumptions.csv'
    """
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60] or "study"
    return f"{slug}-assumptions.{ending}"


def cells(one: Assumption) -> list[str | float | None]:
    """One figure in a file, in the order of :data:`HEADERS`."""
    entry = one.parameter
    low, high = one.range or (None, None)
    return [
        one.field,
        one.title,
        one.text,
        one.old_text if one.is_changed and one.old is not None else "",
        origin(one),
        "; ".join(one.by),
        grade(one),
        MEANING[grade(one)],
        low,
        high,
        entry.unit if entry is not None and low is not None else "",
        entry.name if entry is not None else "",
        told(one.default, one.unit, one.currency) if entry is not None else "",
        entry.source if entry is not None else "",
        entry.note if entry is not None else "",
    ]


def csv_text(found: Sequence[Assumption]) -> str:
    """All figures as CSV, with a mark that lets Excel read it as UTF-8."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(HEADERS)
    for one in found:
        writer.writerow([_harmless(cell) for cell in cells(one)])
    return "\ufeff" + stream.getvalue()


def _harmless(cell: str | float | None) -> str | float | None:
    """Text that a spreadsheet would take for a formula, marked as text."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@")) else cell


def workbook(title: str, found: Sequence[Assumption], swings: Mapping[str, pd.DataFrame]) -> bytes:
    """All figures as an Excel workbook, what the grades mean, and the tornados there are, by title."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": f"Assumptions: {title}"})
    writer = Writer(book)
    kinds = ["number" if header in ("Low", "High") else "text" for header in HEADERS]
    rows = ([(cell, kind) for cell, kind in zip(cells(one), kinds, strict=True)] for one in found)
    writer.table("Assumptions", HEADERS, rows)
    meanings = ([(name, "text"), (sentence_case(text), "text")] for name, text in MEANING.items())
    writer.table("Grades", ["Grade", "Meaning"], meanings)
    for number, (name, table) in enumerate(swings.items(), start=1):
        headers = ["Answer", *(sentence_case(str(column).replace("_", " ")) for column in table.columns)]
        lines = (
            [(name, "text"), *((cell, "text" if isinstance(cell, str) else "number") for cell in line)]
            for line in table.itertuples(index=False)
        )
        writer.table(f"Tornado {number}", headers, lines)
    book.close()
    return stream.getvalue()

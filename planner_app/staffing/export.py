"""Requirement and schedule as files: one workbook with everything, and CSV tables."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
import xlsxwriter

from planner_app.answers.export import Writer
from planner_app.assumed import rows as assumed
from planner_app.studies.stack_view import sentence_case
from scenarios.assumptions import Assumption
from sim.staffing import Requirement
from sim.staffing.plans import ShiftPlan

_MONEY = ("cost",)
_SHARES = ("probability",)


def file_name(title: str, what: str, ending: str) -> str:
    """A name for a file.

    >>> file_name("The portal / Monday", "staffing", "xlsx")
    'the-portal-monday-staffing.xlsx'
    """
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60] or "study"
    return f"{slug}-{what}.{ending}"


def csv_text(table: pd.DataFrame) -> str:
    """A table as CSV, with a mark that lets Excel read it as UTF-8, and no cell that it takes for a "
    "formula."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(table.columns)
    for row in table.itertuples(index=False):
        writer.writerow([_harmless(_plain(cell)) for cell in row])
    return "\ufeff" + stream.getvalue()


def _plain(cell: Any) -> Any:
    if isinstance(cell, dt.datetime):
        return "" if pd.isna(cell) else cell.isoformat(sep=" ", timespec="minutes")
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return "" if isinstance(cell, float) and cell != cell else cell


def _harmless(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@")) else cell


def workbook(
    title: str,
    need: Requirement,
    more: dict[str, pd.DataFrame],
    plan: ShiftPlan | None,
    found: Sequence[Assumption],
    about: Sequence[tuple[str, str]],
) -> bytes:
    """The answer, the requirement, the goals, the schedule if there is one, and every assumption."""
    tables: dict[str, pd.DataFrame] = {"Requirement": need.agents, "Goals": need.certificate}
    tables |= more
    if plan is not None:
        tables |= {
            "Schedule": plan.shifts,
            "Coverage": plan.coverage,
            "Headcount": plan.headcount,
            "Goals with shifts": plan.checks,
        }
    return book(f"Staffing: {title}", about, tables, found)


def book(
    title: str,
    about: Sequence[tuple[str, str]],
    tables: dict[str, pd.DataFrame],
    found: Sequence[Assumption] = (),
) -> bytes:
    """A workbook: what it is about, tables by the names of their sheets, and assumptions."""
    stream = io.BytesIO()
    made = xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    made.set_properties({"title": title})
    writer = Writer(made)
    writer.table("Answer", ["What", "Answer"], ([(name, "text"), (text, "text")] for name, text in about))
    for name, table in tables.items():
        if len(table.columns):
            writer.table(name, [_header(str(column)) for column in table.columns], _cells(table))
    if found:
        kinds = ["number" if header in ("Low", "High") else "text" for header in assumed.HEADERS]
        lines = ([(c, k) for c, k in zip(assumed.cells(one), kinds, strict=True)] for one in found)
        writer.table("Assumptions", assumed.HEADERS, lines)
    made.close()
    return stream.getvalue()


def _header(column: str) -> str:
    return sentence_case(column.replace("_", " "))


def _cells(table: pd.DataFrame) -> Iterable[list[tuple[Any, str]]]:
    kinds = [
        "money" if name in _MONEY else "share" if name in _SHARES else "general" for name in table.columns
    ]
    for row in table.itertuples(index=False):
        plain = [_plain(cell) for cell in row]
        yield [
            (_shown(cell), "text" if isinstance(cell, str | bool) else kind)
            for cell, kind in zip(plain, kinds, strict=True)
        ]


def _shown(cell: Any) -> Any:
    return ("yes" if cell else "no") if isinstance(cell, bool) else cell

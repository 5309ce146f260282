"""A report as an Excel workbook, in memory: the answer, what was asked, and every table with units.

Text is always written as text, so no name in a scenario can become a formula.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from planner_app.answers import findings, readings, words
from planner_app.answers.readings import Reading
from planner_app.services import Report, RunRow, Step
from sim.measures import Scope

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDEST = 70
_CELL_LIMIT = 32_000
"""Excel refuses longer text in a cell; long text is cut there."""

_FORMATS = {
    "share": "0.0%",
    "seconds": "0.0",
    "money": "#,##0.00",
    "count": "#,##0.0",
    "ratio": "0.000",
    "score": "0.00",
    "hours": "#,##0.0",
}


def file_name(run: RunRow) -> str:
    """A name for the file, from the run's title.

    >>> from types import SimpleNamespace as Row
    >>> file_name(Row(title="The portal is down / Monday", id="abcdef123456"))
    'the-portal-is-down-monday-abcdef12.xlsx'
    """
    slug = re.sub(r"[^a-z0-9]+", "-", run.title.lower()).strip("-")[:60] or "result"
    return f"{slug}-{run.id[:8]}.xlsx"


def workbook(report: Report, run: RunRow, phrases: Sequence[str] = ()) -> bytes:
    """The workbook of a run; ``phrases`` describe its what-ifs in words.

    Sheets: Answer, Inputs, KPIs, Intervals, Channels, Groups, Coverage, Spillover, Journeys, Causes
    (where they are known), Effort, Changes. Shares are fractions shown as per cent, waits are seconds,
    times are local.
    """
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": run.title, "comments": f"Run {run.id}, version {run.version}"})
    writer = Writer(book)
    _answer(writer, report, run)
    _inputs(writer, report, run, phrases)
    found = readings.all_readings(report)
    _kpis(writer, "KPIs", report, found)
    _intervals(writer, report)
    _kpis(writer, "Channels", report, _of(report, "channel", found))
    _kpis(writer, "Groups", report, _of(report, "group", found))
    _coverage(writer, report)
    _frame(writer, "Spillover", report.spillover)
    _frame(writer, "Journeys", report.journeys)
    if report.meta.get("causes"):
        _frame(writer, "Causes", pd.DataFrame(report.meta["causes"]))
    _kpis(writer, "Effort", report, readings.driver_readings(report))
    _frame(writer, "Changes", report.diff)
    book.close()
    return stream.getvalue()


class Writer:
    """Writes rows of a sheet, keeps column widths, and formats by kind."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._formats: dict[str, Format] = {}
        self.head = book.add_format({"bold": True, "bg_color": "#E8EEF5", "bottom": 1, "text_wrap": True})
        self.title = book.add_format({"bold": True, "font_size": 15})
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self.bold = book.add_format({"bold": True, "valign": "top"})

    def number_format(self, kind: str) -> Format:
        """The number format of a kind, made once."""
        if kind not in self._formats:
            self._formats[kind] = self._book.add_format({"num_format": _FORMATS.get(kind, "General")})
        return self._formats[kind]

    def sheet(self, name: str) -> Worksheet:
        """A new sheet."""
        return self._book.add_worksheet(name)

    def table(
        self, name: str, headers: Sequence[str], rows: Iterable[Sequence[tuple[Any, str]]]
    ) -> Worksheet:
        """A sheet with a frozen, filtered header; each cell is a value and its kind (or ``text``)."""
        sheet = self.sheet(name)
        widths = [len(text) + 2 for text in headers]
        for column, text in enumerate(headers):
            sheet.write_string(0, column, text, self.head)
        last = 0
        for last, row in enumerate(rows, start=1):
            for column, (value, kind) in enumerate(row):
                text = self.cell(sheet, last, column, value, kind)
                widths[column] = max(widths[column], len(text) + 2)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, min(max(width, 9), _WIDEST))
        sheet.freeze_panes(1, 1)
        if last:
            sheet.autofilter(0, 0, last, len(headers) - 1)
        return sheet

    def cell(self, sheet: Worksheet, row: int, column: int, value: Any, kind: str) -> str:
        """Write one cell; returns about what it shows, for the width. Unknown numbers stay empty."""
        if kind == "text" or isinstance(value, str):
            text = _clean("" if value is None or value != value else str(value))
            sheet.write_string(row, column, text)
            return text
        if value is None or not math.isfinite(float(value)):
            sheet.write_blank(row, column, None)
            return ""
        sheet.write_number(row, column, float(value), self.number_format(kind))
        return f"{float(value):,.2f}"


def _answer(writer: Writer, report: Report, run: RunRow) -> None:
    sheet = writer.sheet("Answer")
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 22)
    sheet.set_column(2, 2, 22)
    sheet.set_column(3, 3, 34)
    sheet.write_string(0, 0, _clean(run.title), writer.title)
    sheet.merge_range(1, 0, 1, 3, "", writer.wrap)
    sheet.write_string(1, 0, _clean(findings.answer(report, run.steps)), writer.wrap)
    sheet.set_row(1, 64)
    sheet.write_string(2, 0, f"How sure: {findings.precision(report)}")
    compared = readings.has_what_if(report)
    heads = ["Measure", "Baseline", "What-if", "Difference"] if compared else ["Measure", "Value"]
    for column, text in enumerate(heads):
        sheet.write_string(4, column, text, writer.head)
    money = readings.currency(report)
    for row, found in enumerate(readings.key_readings(report), start=5):
        sheet.write_string(row, 0, found.label, writer.bold)
        sheet.write_string(row, 1, words.with_interval(found.baseline, found.kind, money))
        if found.what_if is not None and found.delta is not None:
            sheet.write_string(row, 2, words.with_interval(found.what_if, found.kind, money))
            text = words.difference(found.delta, found.kind, readings.better(found.measure), money)
            sheet.write_string(row, 3, text)


def _inputs(writer: Writer, report: Report, run: RunRow, phrases: Sequence[str]) -> None:
    sheet = writer.sheet("Inputs")
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 100)
    meta = report.meta
    facts: list[tuple[str, object]] = [
        ("Run", run.id),
        ("Title", run.title),
        ("Scenario", meta.get("name", "")),
        ("Replications", meta.get("replications", run.done)),
        ("Replications asked", run.replications),
        ("Seed", run.seed),
        ("Version", run.version),
        ("Engine", meta.get("engine", "")),
        ("Finished (UTC)", "" if run.finished is None else f"{run.finished:%Y-%m-%d %H:%M}"),
        ("Target", meta.get("target") or ""),
    ]
    row = 0
    for name, value in facts:
        sheet.write_string(row, 0, name, writer.bold)
        if isinstance(value, int):
            sheet.write_number(row, 1, value)
        else:
            sheet.write_string(row, 1, _clean(str(value)))
        row += 1
    active = [step for step in run.steps if step.enabled]
    for i, step in enumerate(active):
        sheet.write_string(row, 0, f"What-if {i + 1}", writer.bold)
        phrase = f"{phrases[i]}  " if i < len(phrases) else ""
        sheet.write_string(row, 1, _clean(f"{phrase}[{_step_text(step)}]"), writer.wrap)
        row += 1
    sheet.write_string(row + 1, 0, "Scenario file (YAML)", writer.bold)
    for line in run.baseline.splitlines():
        row += 1
        sheet.write_string(row, 1, _clean(line))


def _kpis(writer: Writer, name: str, report: Report, found: Sequence[Reading]) -> None:
    compared = readings.has_what_if(report)
    headers = ["Measure", "Scope", "Name", "Baseline", "± baseline"]
    if compared:
        headers += ["What-if", "± what-if", "Difference", "± difference", "Verdict"]
    headers += ["Unit", "Definition", "Measure id"]

    def row(one: Reading) -> list[tuple[Any, str]]:
        kind = one.kind
        cells: list[tuple[Any, str]] = [
            (one.measure.title, "text"),
            (one.scope, "text"),
            (one.name, "text"),
            (one.baseline.mean, kind),
            (one.baseline.half_width, kind),
        ]
        if one.what_if is not None and one.delta is not None:
            cells += [(one.what_if.mean, kind), (one.what_if.half_width, kind)]
            cells += [(one.delta.mean, kind), (one.delta.half_width, kind), (one.verdict, "text")]
        elif compared:
            cells += [(None, kind)] * 4 + [("", "text")]
        unit = readings.currency(report) if one.measure.unit == "money" else one.measure.unit
        return [*cells, (unit, "text"), (one.measure.definition, "text"), (one.measure.name, "text")]

    writer.table(name, headers, (row(one) for one in found))


def _intervals(writer: Writer, report: Report) -> None:
    table = report.intervals
    headers = ["Scenario", "Channel", "Interval", "Local time", "Start (s)", "Measure", "Mean", "± mean"]

    def rows() -> Iterable[list[tuple[Any, str]]]:
        for record in table.to_dict("records"):
            kind = "share" if record["measure"] in ("service_level", "abandonment") else "score"
            start = float(record["start_seconds"])
            yield [
                (record.get("scenario", readings.BASELINE), "text"),
                (record["channel"], "text"),
                (int(record["interval"]), "count_whole"),
                (readings.time_label(report, start), "text"),
                (start, "count_whole"),
                (record["measure"], "text"),
                (record["mean"], kind),
                (record["half_width"], kind),
            ]

    writer.table("Intervals", headers, rows())


def _coverage(writer: Writer, report: Report) -> None:
    headers = ["Scenario", "Group", "Interval", "Local time", "Start (s)"]
    headers += ["Staffed (agents)", "Required (agents)", "Busy (agents)"]

    def rows() -> Iterable[list[tuple[Any, str]]]:
        for record in report.coverage.to_dict("records"):
            start = float(record["start_seconds"])
            yield [
                (record.get("scenario", readings.BASELINE), "text"),
                (record["group"], "text"),
                (int(record["interval"]), "count_whole"),
                (readings.time_label(report, start), "text"),
                (start, "count_whole"),
                *[(record[name], "score") for name in ("scheduled", "required", "busy")],
            ]

    writer.table("Coverage", headers, rows())


def _of(report: Report, scope: Scope, found: Sequence[Reading]) -> list[Reading]:
    """The readings of a scope, name by name."""
    order = {name: i for i, name in enumerate(readings.names(report, scope))}
    return sorted((one for one in found if one.scope == scope), key=lambda one: order[one.name])


def _frame(writer: Writer, name: str, table: pd.DataFrame) -> None:
    kinds: dict[str, Callable[[str], bool]] = {
        "share": lambda column: column.startswith("share"),
        "count_whole": lambda column: column in ("attempt", "interval"),
        "count": lambda column: column.startswith("cases"),
    }
    columns = [str(column) for column in table.columns]
    chosen = [next((kind for kind, fits in kinds.items() if fits(c)), "general") for c in columns]
    headers = [words.title(column) for column in columns]
    rows = (
        [(value, "text" if isinstance(value, str) else kind) for value, kind in zip(row, chosen, strict=True)]
        for row in table.itertuples(index=False)
    )
    writer.table(name, headers, rows)


def _step_text(step: Step) -> str:
    values = ", ".join(f"{name}: {value}" for name, value in step.values.items())
    return f"{step.kind} {{{values}}}"


def _clean(text: str) -> str:
    # Control characters are not allowed in the file's XML.
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", " ", text)[:_CELL_LIMIT]

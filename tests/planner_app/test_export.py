"""The workbook holds every table, with numbers as numbers and text as text."""

from __future__ import annotations

import dataclasses
import io

import pytest
from openpyxl import Workbook, load_workbook

from planner_app.answers import export, findings
from tests.planner_app.reports import OUTAGE_STEP, make_report, make_run


def opened(body: bytes) -> Workbook:
    return load_workbook(io.BytesIO(body))


@pytest.fixture(scope="module")
def book() -> Workbook:
    return opened(export.workbook(make_report(), make_run(), ["portal down 10:00–11:30"]))


def table(book: Workbook, sheet: str) -> list[dict[str, object]]:
    head, *rows = book[sheet].iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def test_sheets(book: Workbook) -> None:
    assert book.sheetnames == [
        "Answer", "Inputs", "KPIs", "Intervals", "Channels", "Groups", "Coverage", "Spillover",
        "Journeys", "Effort", "Changes",
    ]  # fmt: skip


def test_the_answer_is_the_one_on_the_page(book: Workbook) -> None:
    sheet = book["Answer"]
    assert sheet["A2"].value == findings.answer(make_report(), [OUTAGE_STEP])
    rows = {row[0]: row for row in sheet.iter_rows(min_row=6, values_only=True)}
    assert rows["Service level"] == ("Service level", "81% ± 1.4 pts", "64% ± 1.4 pts", "−17 ± 0.8 pts worse")


def test_inputs_make_the_run_again(book: Workbook) -> None:
    cells = {row[0]: row[1] for row in book["Inputs"].iter_rows(values_only=True) if row[0]}
    assert cells["Seed"] == 1
    assert cells["Version"] == "0.1.0"
    assert cells["Replications"] == 20
    assert str(cells["What-if 1"]).startswith("portal down 10:00–11:30")
    assert "channel: portal" in str(cells["What-if 1"])
    lines = [row[1] for row in book["Inputs"].iter_rows(values_only=True)]
    assert "name: Retail bank, a Monday" in lines


def test_measures_are_numbers_with_their_unit_definition_and_verdict(book: Workbook) -> None:
    found = [
        row for row in table(book, "KPIs") if row["Measure id"] == "service_level" and row["Name"] == "phone"
    ]
    (row,) = found
    assert row["Baseline"] == pytest.approx(0.812)
    assert row["Difference"] == pytest.approx(-0.171)
    assert row["± difference"] == pytest.approx(0.6 * 0.014)
    assert row["Verdict"] == "worse"
    assert row["Unit"] == "share"
    assert str(row["Definition"]).startswith("Share within the target's time of contacts offered")


def test_intervals_carry_local_times(book: Workbook) -> None:
    rows = [
        row
        for row in table(book, "Intervals")
        if row["Measure"] == "asa_seconds" and row["Local time"] == "10:15" and row["Scenario"] == "what-if"
    ]
    (row,) = rows
    assert row["Start (s)"] == 10.25 * 3600
    assert isinstance(row["Mean"], float)


def test_an_unknown_number_is_an_empty_cell(book: Workbook) -> None:
    night = [
        r for r in table(book, "Intervals") if r["Measure"] == "asa_seconds" and r["Local time"] == "03:00"
    ]
    assert [row["Mean"] for row in night] == [None, None]


def test_headers_are_frozen_and_columns_wide_enough(book: Workbook) -> None:
    for name in ("KPIs", "Intervals", "Coverage", "Spillover"):
        assert book[name].freeze_panes == "B2"
    assert book["KPIs"].column_dimensions["A"].width >= len("Spillover to phone")


@pytest.mark.parametrize(
    "evil", ["=cmd|' /C calc'!A0", "+1+1", "@SUM(A1)", "-2+3", "http://example.com/x", "\x00\x07bad"]
)
def test_no_text_becomes_a_formula_or_a_link(evil: str) -> None:
    report = make_report()
    report.spillover.loc[0, "from"] = evil
    report.diff.loc[0, "new"] = evil
    run = dataclasses.replace(make_run(), title=evil, baseline=f"{evil}\nname: x")
    book = opened(export.workbook(report, run, [evil]))
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    assert not any(cell.hyperlink for sheet in book for row in sheet.iter_rows() for cell in row)


def test_a_plain_and_a_partial_run_export_too() -> None:
    book = opened(
        export.workbook(make_report(what_if=False, replications=7), make_run("cancelled", steps=(), done=7))
    )
    cells = {row[0]: row[1] for row in book["Inputs"].iter_rows(values_only=True) if row[0]}
    assert (cells["Replications"], cells["Replications asked"]) == (7, 20)
    assert "Difference" not in [cell.value for cell in book["KPIs"][1]]


def test_text_longer_than_a_cell_is_cut() -> None:
    run = dataclasses.replace(make_run(), baseline="x" * 50_000)
    values = [
        row[1] for row in opened(export.workbook(make_report(), run))["Inputs"].iter_rows(values_only=True)
    ]
    assert max(len(str(value)) for value in values) == 32_000

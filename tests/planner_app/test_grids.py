"""Grids: numbers that sort, words that are read."""

from __future__ import annotations

import dataclasses

import pandas as pd

from planner_app.answers import grids
from tests.planner_app.reports import make_report


def rows_of(name: str) -> dict[str, grids.Row]:
    _, rows = grids.channel_grid(make_report())
    return {row["id"].split()[1]: row for row in rows if row["id"].startswith(f"{name} ")}


def test_a_row_sorts_by_numbers_and_reads_as_words() -> None:
    row = rows_of("phone")["service_level"]
    assert (row["baseline"], row["what_if"]) == (0.812, 0.641)
    assert row["baseline_text"] == "81% ± 1.4 pts"
    assert row["delta_text"] == "−17 ± 0.8 pts worse"
    assert row["measure"] == "Service level (%)"


def test_units_stand_beside_measures() -> None:
    phone = rows_of("phone")
    assert phone["asa_seconds"]["measure"] == "ASA (min:s)"
    assert phone["offered"]["measure"] == "Offered (contacts)"


def test_a_difference_that_is_not_clear_says_so() -> None:
    assert rows_of("portal")["offered"]["delta_text"] == "no clear difference"


def test_numbers_are_right_aligned_and_only_compared_where_there_is_something_to_compare() -> None:
    columns, _ = grids.channel_grid(make_report())
    assert [c["headerName"] for c in columns] == ["Channel", "Measure", "Baseline", "What-if", "Difference"]
    assert {c["type"] for c in columns[2:]} == {"rightAligned"}
    columns, rows = grids.channel_grid(make_report(what_if=False))
    assert [c["headerName"] for c in columns] == ["Channel", "Measure", "Value"]
    assert all("delta" not in row for row in rows)


def test_row_ids_are_unique_and_every_text_field_is_there() -> None:
    for columns, rows in (grids.channel_grid(make_report()), grids.group_grid(make_report())):
        ids = [row["id"] for row in rows]
        assert len(ids) == len(set(ids)) > 0
        for column in columns[2:]:
            assert all(isinstance(row[f"{column['field']}_text"], str) for row in rows)


def test_a_channel_that_only_the_what_if_has() -> None:
    report = make_report()
    table = report.summary
    gone = (table["name"] == "chat") & (table["scenario"] == "baseline")
    chat = table["name"] == "chat"
    table.loc[chat, ["delta", "delta_half_width"]] = float("nan")
    _, rows = grids.channel_grid(dataclasses.replace(report, summary=table[~gone]))
    row = next(row for row in rows if row["id"] == "chat offered")
    assert row["baseline"] is None
    assert (row["baseline_text"], row["delta_text"]) == ("–", "–")


def test_changes_are_written_as_people_write_them() -> None:
    report = make_report()
    diff = pd.DataFrame(
        {
            "field": ["channels.chat.duration", "segments.young.adoption.chat", "incidents", "name"],
            "old": ["–", "0.2", "[]", "Monday"],
            "new": [
                "{'lognormal': {'mean': '4 min', 'cv': 0.8}}",
                "0.27272727272727276",
                "['a', 'b']",
                "Tuesday",
            ],
        }
    )
    assert grids.diff_rows(dataclasses.replace(report, diff=diff)) == [
        ("channels.chat.duration", "–", "lognormal mean 4 min, cv 0.8"),
        ("segments.young.adoption.chat", "0.2", "0.2727"),
        ("incidents", "none", "a; b"),
        ("name", "Monday", "Tuesday"),
    ]


def test_the_theme_is_made_of_variables_so_that_it_follows_the_scheme() -> None:
    theme = grids.grid_options()["theme"]["function"]
    assert theme.startswith("themeQuartz.withParams({")
    assert "'var(--ground-card)'" in theme
    assert "#" not in theme

"""Numbers as planners read them, and the sentences written from them."""

from __future__ import annotations

import dataclasses
import math

import pandas as pd
import pytest

from planner_app.answers import findings, headlines, readings, words
from planner_app.answers.words import Estimate
from planner_app.services import Step
from tests.planner_app.reports import OUTAGE_STEP, make_report

CUT = Step("change_staff", {"percent": -10})


@pytest.mark.parametrize(
    ("number", "kind", "text"),
    [
        (0.0, "seconds", "0 s"),
        (59.4, "seconds", "59 s"),
        (59.6, "seconds", "1:00"),
        (-75.0, "seconds", "−1:15"),
        (7322.0, "seconds", "2:02:02"),
        (0.0, "share", "0%"),
        (0.0002, "share", "under 0.1%"),
        (0.9999, "share", "99.9%"),
        (0.08, "share", "8%"),
        (1234567.0, "count", "1,234,567"),
        (-0.01, "ratio", "−0.01"),
        (-0.001, "ratio", "0.00"),
        (99.996, "money", "£100"),
        (12.5, "hours", "12 h"),
        (math.nan, "money", "–"),
        (math.inf, "seconds", "–"),
    ],
)
def test_value(number: float, kind: words.Kind, text: str) -> None:
    assert words.value(number, kind) == text


def test_a_unit_is_told_once_and_what_rounds_to_nothing_is_not_told_as_nothing() -> None:
    assert words.shift(Estimate(-0.171, 0.008), "share") == "−17 ± 0.8 pts"
    assert words.shift(Estimate(2.0, 0.7), "hours") == "+2 ± 0.7 h"
    assert words.shift(Estimate(0.0023, 0.0012), "money", "€") == "+€0.002 ± €0.001"
    assert words.half_width(Estimate(6.0, 0.012), "score") == "± 0.01"
    assert words.half_width(Estimate(5.0, 0.0), "count") == ""
    assert words.with_interval(Estimate(1161.0, 0.0), "hours") == "1,161 h"


@pytest.mark.parametrize(
    ("mean", "width", "better", "kind", "verdict"),
    [
        (5.0, 1.0, "lower", "seconds", "worse"),
        (-5.0, 1.0, "lower", "seconds", "better"),
        (0.1, 0.02, "higher", "share", "better"),
        (-0.1, 0.02, "higher", "share", "worse"),
        (0.1, 0.1, "higher", "share", "no clear difference"),
        (0.1, math.nan, "higher", "share", "no clear difference"),
        (math.nan, 0.1, "higher", "share", "no clear difference"),
        (40.0, 3.0, "neither", "count", "more"),
        (-40.0, 3.0, "neither", "count", "fewer"),
        (-0.1, 0.01, "neither", "share", "lower"),
    ],
)
def test_verdict(mean: float, width: float, better: words.Better, kind: words.Kind, verdict: str) -> None:
    delta = Estimate(mean, width)
    assert words.verdict(delta, better, kind) == verdict
    clear = verdict != "no clear difference"
    assert (words.arrow(delta) == words.ARROWS["flat"]) is not clear


def test_a_difference_says_its_verdict_in_words() -> None:
    assert words.difference(Estimate(0.02, 0.06), "money", "lower") == "no clear difference"
    assert words.difference(Estimate(-0.17, 0.01), "share", "higher") == "−17 ± 1 pt worse"
    assert words.difference(Estimate(math.nan), "share", "higher") == "–"


def test_local_time_counts_elapsed_seconds_where_clocks_change() -> None:
    # In London clocks go from 01:00 to 02:00 on 29 March 2026, and back on 25 October.
    labels = [words.local_time("2026-03-29", "Europe/London", h * 3600) for h in range(3)]
    assert [f"{t:%H:%M}" for t in labels] == ["00:00", "02:00", "03:00"]
    labels = [words.local_time("2026-10-25", "Europe/London", h * 3600) for h in range(4)]
    assert [f"{t:%H:%M}" for t in labels] == ["00:00", "01:00", "01:00", "02:00"]


def test_times_that_come_twice_are_told_with_their_offset() -> None:
    report = make_report()
    for start, zone, hours, labels in (
        (
            "2026-10-25",
            "Europe/London",
            (0.75, 1, 2, 3),
            ("00:45", "01:00 (UTC+1)", "01:00 (UTC+0)", "02:00"),
        ),
        ("2026-11-01", "America/New_York", (1, 2, 25), ("01:00 (UTC−4)", "01:00 (UTC−5)", "24:00")),
        ("2026-04-05", "Australia/Lord_Howe", (1.5, 2), ("01:30 (UTC+11)", "01:30 (UTC+10:30)")),
        ("2026-03-29", "Europe/London", (0.75, 1, 23), ("00:45", "02:00", "24:00")),
        ("2026-11-01", "America/Havana", (0, 1), ("00:00 (UTC−4)", "00:00 (UTC−5)")),
    ):
        told = dataclasses.replace(report, meta={**report.meta, "start": start, "timezone": zone})
        assert tuple(readings.time_label(told, hour * 3600) for hour in hours) == labels
    told = dataclasses.replace(
        report, meta={**report.meta, "start": "2026-10-24", "timezone": "Europe/London", "days": 2}
    )
    assert readings.time_label(told, 25.5 * 3600) == "Sun 01:30 (UTC+1)"
    assert len({readings.time_label(told, 900.0 * quarter) for quarter in range(4 * 49)}) == 4 * 49


def test_the_answer_tells_contacts_the_worst_interval_and_the_day() -> None:
    report = make_report()
    peak = findings.peak_wait(report)
    assert peak is not None
    assert findings.answer(report, [OUTAGE_STEP]) == (
        "The portal outage sends 412 ± 17 extra contacts to the phone between 10:00 and 12:15. "
        f"Average wait goes from {words.spoken(peak.before)} to {words.spoken(peak.after)} at "
        f"{readings.time_label(report, peak.start_seconds)} and is back to normal by 12:15; "
        "service level for the day from 81% to 64%."
    )


def test_the_worst_interval_is_the_one_that_moved_most() -> None:
    report = make_report()
    before = readings.series(report, "baseline", "phone", "asa_seconds").set_index("start_seconds")["mean"]
    after = readings.series(report, "what-if", "phone", "asa_seconds").set_index("start_seconds")["mean"]
    peak = findings.peak_wait(report)
    assert peak is not None
    assert peak.start_seconds == (after - before).idxmax()
    assert peak.after - peak.before == (after - before).max()


def test_no_difference_is_claimed_where_none_is_clear() -> None:
    report = make_report(effect=0.0)
    assert findings.answer(report, [OUTAGE_STEP]).startswith("No clear difference in waits")
    assert "20 simulated Mondays" in findings.answer(report, [OUTAGE_STEP])
    assert headlines.waits(report) == "Waits on the phone: no clear difference in any interval"
    assert headlines.spillover(report) == "Spillover to the phone: no clear difference"
    assert headlines.effort(report, []) == "No effort by any driver"


def test_what_is_not_clear_is_left_out_of_the_answer() -> None:
    report = make_report()
    table = report.summary
    level = (table["measure"] == "service_level") & (table["name"] == "phone")
    table.loc[level, "delta_half_width"] = 1.0
    told = findings.answer(report, [OUTAGE_STEP])
    assert "service level" not in told
    assert "abandonment from 3.1% to 9.9%" in told


def test_a_relief_reads_as_one() -> None:
    told = findings.answer(make_report(effect=-0.4), [OUTAGE_STEP])
    assert told.startswith("The portal outage spares the phone 165 ± 17 contacts")
    assert "extra" not in told


def test_fewer_calls_although_more_spill_over() -> None:
    report = make_report()
    rows = (report.summary["measure"] == "offered") & (report.summary["name"] == "phone")
    report.summary.loc[rows, "delta"] = -200.0
    told = findings.answer(report, [Step("launch_channel", {"name": "new_chat"})])
    assert told.startswith(
        "The new chat takes 200 ± 19 contacts off the phone in all, although 412 ± 17 more spill"
    )


def test_a_change_of_staff_tells_waits_first_and_the_cost() -> None:
    report = make_report()
    table = report.summary
    table.loc[table["measure"] == "spillover_to_phone", "delta"] = 1.0
    cost = table["measure"] == "cost_per_case"
    table.loc[cost & (table["scenario"] == "what-if"), ["mean", "delta", "delta_half_width"]] = [
        3.5,
        -0.52,
        0.01,
    ]
    told = findings.answer(report, [CUT])
    assert told.startswith("With the cut in staff, average wait goes from")
    assert "cost per case from £4.02 to £3.50" in told
    assert told.endswith("The phone gets 402 ± 19 more contacts in all.")


def test_a_run_without_what_ifs_tells_the_day() -> None:
    told = findings.answer(make_report(what_if=False))
    assert told.startswith("Over 20 simulated Mondays, customers wait")
    assert "service level is 81%" in told


def test_steps_that_are_off_do_not_count() -> None:
    off = Step("scale_volume", {"factor": 1.1}, enabled=False)
    assert findings.subject([off, OUTAGE_STEP]) == ("The portal outage", False)
    assert findings.subject([CUT, OUTAGE_STEP]) == ("The 2 changes together", True)
    assert findings.subject([off]) == ("This change", False)


def test_a_rise_over_the_whole_day_is_no_window() -> None:
    report = make_report()
    table = report.intervals
    spilled = (table["measure"] == "spilled_in") & (table["scenario"] == "what-if")
    base = table.loc[
        (table["measure"] == "spilled_in") & (table["scenario"] == "baseline"), "mean"
    ].to_numpy()
    assert findings.surge_window(report) == ("10:00", "12:15")
    table.loc[spilled, "mean"] = base * 3
    assert findings.surge_window(report) is None


def test_precision_in_words() -> None:
    assert findings.precision(make_report(replications=7)).startswith(
        "7 simulated Mondays; service level to ± 1.4 pts"
    )


def test_the_end_of_the_day_is_24_hours() -> None:
    report = make_report()
    assert readings.time_label(report, 86400.0) == "24:00"
    assert readings.span_label(report, 85500.0) == "23:45–24:00"


def test_without_a_phone_the_first_channel_with_agents_is_told() -> None:
    report = make_report()
    chat = dataclasses.replace(
        report, meta={**report.meta, "phone": None, "channels": report.meta["channels"][2:]}
    )
    assert readings.phone(chat) == "chat"
    labels = [found.label for found in readings.key_readings(chat)]
    assert labels[0] == "Chat ASA"
    assert not any(label.startswith("Spillover") for label in labels)


def test_a_centre_without_agents_tells_what_is_resolved() -> None:
    report = make_report(what_if=False)
    row = {**report.summary.iloc[-1], "scope": "all", "name": "all", "measure": "resolved_share", "mean": 0.9}
    only = dataclasses.replace(report, summary=pd.DataFrame([row]))
    assert (
        findings.answer(only)
        == "Over 20 simulated Mondays, nobody waits for an agent; 90% of cases are resolved."
    )
    nobody = dataclasses.replace(report, summary=report.summary.iloc[:0])
    assert findings.answer(nobody) == "Nobody came in 20 simulated Mondays."


def test_precision_leaves_out_what_has_no_width() -> None:
    report = make_report()
    report.summary["half_width"] = 0.0
    assert findings.precision(report) == "20 simulated Mondays"

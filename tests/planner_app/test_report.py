from __future__ import annotations

import pandas as pd
import pytest

import scenarios
import sim
from planner_app.running.report import WHAT_IF, differences, incidents, phone_of, report_of
from planner_app.services import Report
from planner_app.store.reports import TABLES, pack, unpack
from scenarios.whatifs import ChangeStaff, ChannelOutage, apply_stack
from sim.results import BASELINE, Comparison

DESK = scenarios.load("helpdesk")
BANK = scenarios.load("retail_bank")

COLUMNS = {
    "summary": {"scenario", "scope", "name", "measure", "mean", "half_width", "delta", "delta_half_width"},
    "intervals": {"scenario", "channel", "interval", "start_seconds", "measure", "mean", "half_width"},
    "coverage": {"scenario", "group", "interval", "start_seconds", "scheduled", "required", "busy"},
    "spillover": {"scenario", "from", "to", "outcome", "cases", "share"},
    "journeys": {"scenario", "attempt", "from", "to", "outcome", "cases"},
    "diff": {"field", "old", "new"},
    "incidents": {"name", "channel", "from_seconds", "until_seconds", "failure"},
}


@pytest.fixture(scope="module")
def report() -> Report:
    variant = apply_stack(DESK, [ChangeStaff(by=-2)])
    return report_of(sim.compare(DESK, {WHAT_IF: variant}, replications=3, seed=4))


def test_a_report_has_the_tables_that_pages_expect(report: Report) -> None:
    for name, columns in COLUMNS.items():
        assert columns <= set(getattr(report, name).columns), name
    for name in ("summary", "intervals", "coverage"):
        assert set(getattr(report, name)["scenario"]) == {BASELINE, WHAT_IF}
    assert set(COLUMNS) == set(TABLES)


def test_a_report_says_what_it_rests_on(report: Report) -> None:
    meta = report.meta
    assert (meta["replications"], meta["replications_asked"], meta["seed"]) == (3, 3, 4)
    assert (meta["name"], meta["currency"], meta["phone"]) == (DESK.name, DESK.currency, "phone")
    assert meta["interval_seconds"] == 900
    assert meta["target"] == "80% of calls offered within 20 s"
    assert meta["channels"] == [
        {"name": "phone", "mode": "live", "target": {"share": 0.8, "within": 20.0, "of": "offered"}}
    ]


def test_a_report_keeps_every_number_when_it_is_stored(report: Report) -> None:
    again = unpack(pack(report))
    assert again.meta == report.meta
    for name in TABLES:
        before, after = getattr(report, name), getattr(again, name)
        assert list(before.columns) == list(after.columns)
        for column in before.columns:
            if before[column].dtype.kind in "iuf":
                assert before[column].to_numpy(float).tobytes() == after[column].to_numpy(float).tobytes()
            else:
                assert before[column].astype(str).tolist() == after[column].astype(str).tolist()


def test_a_report_of_the_baseline_alone_has_no_what_if() -> None:
    result = sim.run(DESK, replications=2)
    report = report_of(Comparison({BASELINE: result}))
    assert set(report.summary["scenario"]) == {BASELINE}
    assert report.diff.empty
    assert report.incidents.empty


def test_differences_are_text_old_and_new() -> None:
    table = differences(DESK, apply_stack(DESK, [ChangeStaff(by=-2)]))
    row = table[table["field"] == "groups.agents.staff.08:00"].iloc[0]
    assert (row["old"], row["new"]) == ("7", "5")


def test_incidents_are_windows_in_seconds_from_the_start() -> None:
    variant = ChannelOutage(channel="portal", start="10:00", end="11:30", failure=0.5).apply(BANK)
    table = incidents(variant)
    assert table["channel"].tolist() == ["portal"]
    assert table["from_seconds"].tolist() == [36_000.0]
    assert table["until_seconds"].tolist() == [41_400.0]
    assert table["failure"].tolist() == [0.5]
    assert isinstance(incidents(BANK), pd.DataFrame)


def test_the_phone_is_the_main_live_channel() -> None:
    assert phone_of(BANK) == "phone"
    only_portal = BANK.model_copy(update={"channels": {"portal": BANK.channels["portal"]}})
    assert phone_of(only_portal) is None

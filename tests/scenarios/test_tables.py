"""CSV files onto the grid of intervals: finer rows add up, coarser ones spread, bad cells are all named."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scenarios
from scenarios import Scenario, ScenarioError, tables
from scenarios.distributions import Empirical
from scenarios.tables import Grid, Meaning, placed
from tests.scenarios.examples import small

HOURS = Grid(dt.date(2026, 3, 2), 1, 3600.0)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def with_volume(text: str, here: Path, **calendar: Any) -> Scenario:
    (here / "volume.csv").write_text(text)
    data = small(intents={"help": {"volume": {"per_interval": "volume.csv"}}})
    data["calendar"] |= {"interval": "1 h", **calendar}
    data["groups"]["team"]["staff"] = {"00:00": 1}
    return Scenario(**data)


def volumes(text: str, here: Path, **calendar: Any) -> dict[int, float]:
    """Cases by interval, those without any left out."""
    values = with_volume(text, here, **calendar).intents["help"].volume.per_interval or ()
    return {interval: cases for interval, cases in enumerate(values) if cases}


def problems(text: str, here: Path, **calendar: Any) -> list[scenarios.Problem]:
    with pytest.raises(ScenarioError) as caught:
        with_volume(text, here, **calendar)
    return list(caught.value.problems)


def test_rows_as_long_as_intervals_go_where_they_belong(here: Path) -> None:
    assert volumes("time,cases\n08:00,3\n09:00,4\n11:00,5\n", here) == {8: 3, 9: 4, 11: 5}


def test_finer_rows_add_up(here: Path) -> None:
    assert volumes("time,cases\n08:00,3\n08:15,4\n08:45,5\n09:00,1\n", here) == {8: 12, 9: 1}


def test_coarser_rows_spread_evenly(here: Path) -> None:
    assert volumes("time,cases\n08:00,6\n10:00,2\n", here) == {8: 3, 9: 3, 10: 1, 11: 1}


def test_a_single_row_is_one_interval(here: Path) -> None:
    assert volumes("time,cases\n08:00,6\n", here) == {8: 6}


def test_rows_need_no_order_and_may_use_semicolons_and_a_byte_order_mark(here: Path) -> None:
    assert volumes("\ufefftime;cases\n09:00;4\n08:00;3\n\n", here) == {8: 3, 9: 4}


def test_one_column_gives_values_in_order(here: Path) -> None:
    assert volumes("cases\n" + "\n".join(["2"] * 24), here) == dict.fromkeys(range(24), 2.0)
    assert problems("cases\n1\n2\n", here)[0].allowed.startswith("24 rows")


def test_the_scenarios_day_is_selected_from_many(here: Path) -> None:
    rows = ("2026-03-01 08:00:00,9", "2026-03-02 08:00:00,3.0", "2026-03-02T08:05:00,4", "2026-03-03 08:00,9")
    assert volumes("\n".join(["at,calls", *rows]), here) == {8: 7}


def test_several_days_are_taken_when_all_are_there(here: Path) -> None:
    text = "at,calls\n2026-03-02 08:00,1\n2026-03-02 09:00,1\n2026-03-03 08:00,2\n"
    assert volumes(text, here, days=2) == {8: 1, 9: 1, 32: 2}
    (problem,) = problems(text, here, days=3)
    assert "2026-03-04" in problem.allowed


def test_a_day_that_is_not_in_the_file_is_a_problem_with_a_cure(here: Path) -> None:
    (problem,) = problems("at,calls\n2025-03-02 08:00,1\n", here)
    assert problem.field == "intents.help.volume.per_interval"
    assert "2025-03-02" in problem.cure


def test_every_bad_cell_is_named_with_its_row(here: Path) -> None:
    bad = (
        "09:00,-1",
        "10:00,nan",
        "11:00,many",
        "25:00,1",
        "08:00,2",
        "13:00",
        "14:00,1,2",
        "15:00,inf",
        "16:00,",
    )
    found = problems("\n".join(["time,cases", "08:00,3", *bad]), here)
    assert [problem.line for problem in found] == [3, 4, 5, 6, 7, 8, 9, 10, 11]
    assert {problem.file for problem in found} == {"volume.csv"}


def test_a_thousand_bad_cells_are_not_a_thousand_problems(here: Path) -> None:
    found = problems("cases\n" + "x\n" * 1000, here)
    assert len(found) == 21
    assert "980" in str(found[-1])


@pytest.mark.parametrize(
    "text",
    ["", "time,cases\n", "08:00,3\n09:00,4\n", "a,b,c\n1,2,3\n", "t,v\n08:00,1\n2026-03-02 09:00,1\n",
     "t,v\n2026-03-02T08:00+01:00,1\n", "t,v\n02/03/2026 08:00,1\n", '"\n'],
)  # fmt: skip
def test_a_file_of_another_form_is_one_clear_problem(here: Path, text: str) -> None:
    assert len(problems(text, here)) == 1


@pytest.mark.parametrize("name", ["gone.csv", "/etc/passwd", "../x.csv", ".", "a\0.csv", "x" * 300 + ".csv"])
def test_a_file_that_is_not_there_or_no_csv_is_refused(here: Path, name: str) -> None:
    data = small()
    data["groups"]["team"]["staff"] = name
    with pytest.raises(ScenarioError) as caught:
        Scenario(**data)
    assert [problem.field for problem in caught.value.problems] == ["groups.team.staff"]


def test_a_large_csv_file_is_refused_unread(here: Path) -> None:
    with (here / "volume.csv").open("wb") as stream:
        stream.truncate(tables.LARGEST_BYTES + 1)
    data = small(intents={"help": {"volume": {"per_interval": "volume.csv"}}})
    with pytest.raises(ScenarioError, match="20 MB"):
        Scenario(**data)


def test_other_problems_are_reported_with_those_of_the_file(here: Path) -> None:
    data = small(max_attempts=0, intents={"help": {"volume": {"per_interval": "gone.csv"}}})
    with pytest.raises(ScenarioError) as caught:
        Scenario(**data)
    assert {problem.field for problem in caught.value.problems} == {
        "intents.help.volume.per_interval",
        "max_attempts",
    }


def staff(text: str, here: Path) -> list[float]:
    (here / "staff.csv").write_text(text)
    data = small()
    data["calendar"]["interval"] = "1 h"
    data["groups"]["team"]["staff"] = "staff.csv"
    return list(Scenario(**data).groups["team"].staff)  # type: ignore[arg-type]


def test_staff_at_a_few_times_holds_until_the_next(here: Path) -> None:
    numbers = staff("from,agents\n08:00,5\n12:00,7\n18:00,0\n", here)
    assert numbers == [0.0] * 8 + [5.0] * 4 + [7.0] * 6 + [0.0] * 6


def test_staff_by_interval_is_absent_where_no_row_is(here: Path) -> None:
    assert staff("from,agents\n08:00,5\n09:00,7\n11:00,3\n", here)[7:13] == [0, 5, 7, 0, 3, 0]


def test_staff_by_shorter_intervals_is_averaged(here: Path) -> None:
    assert staff("from,agents\n08:00,4\n08:30,6\n09:00,5\n09:30,5\n", here)[8:10] == [5, 5]


def test_observed_durations_are_read_with_their_weights(here: Path) -> None:
    (here / "patience.csv").write_text("seconds,weight\n30,2\n2 min,1\n")
    data = small(channels={"phone": {"mode": "live", "patience": {"empirical": {"file": "patience.csv"}}}})
    law = Scenario(**data).channels["phone"].patience  # type: ignore[union-attr]
    assert law == Empirical(values=(30.0, 120.0), weights=(2.0, 1.0))
    assert law.law_mean == pytest.approx(60.0)
    (here / "patience.csv").write_text("seconds,weight\n30,2\nlong,1\n5,-1\n")
    with pytest.raises(ScenarioError) as caught:
        Scenario(**data)
    assert [problem.line for problem in caught.value.problems] == [3, 4]


def test_a_profile_may_be_a_file(here: Path) -> None:
    (here / "day.csv").write_text("time,weight\n09:00,2\n10:00,1\n")
    data = small(intents={"help": {"volume": {"per_day": 30, "profile": "day.csv"}}})
    data["calendar"]["interval"] = "1 h"
    scenario = Scenario(**data)
    assert scenario.intents["help"].volume.profile[9:11] == (2.0, 1.0)
    assert scenarios.check(scenario) == []


@given(
    values=st.lists(st.floats(0, 1e6), min_size=1, max_size=96),
    step_minutes=st.sampled_from([5, 10, 15, 20, 30, 60, 90, 120]),
    interval_minutes=st.sampled_from([5, 15, 30, 60, 240, 1440]),
    meaning=st.sampled_from(["counts", "levels"]),
)
def test_nothing_is_lost_or_gained(
    values: list[float], step_minutes: int, interval_minutes: int, meaning: Meaning
) -> None:
    step, values = step_minutes * 60.0, values[: 1440 // step_minutes]
    rows: list[tuple[tables.Moment | None, float]] = [((None, i * step), v) for i, v in enumerate(values)]
    on_grid = placed(rows, Grid(dt.date(2026, 3, 2), 1, interval_minutes * 60.0), meaning)
    assert len(on_grid) == 1440 // interval_minutes
    if meaning == "counts":
        assert math.fsum(on_grid) == pytest.approx(math.fsum(values), rel=1e-9, abs=1e-9)
    else:
        assert max(on_grid) <= max(values) * (1 + 1e-9)


def test_calls_by_five_minutes_of_one_weekday_become_quarter_hours(here: Path) -> None:
    """The form in which centres export their calls: every day of months, in steps finer than the grid."""
    rows = [
        f"2026-{month:02d}-{day:02d} {7 + minute // 60:02d}:{minute % 60:02d}:00,{float(10 * month + day)}"
        for month in (2, 3)
        for day in (2, 3, 4)
        for minute in range(0, 850, 5)
    ]
    (here / "calls.csv").write_text("DateTime,Calls\n" + "\n".join(rows) + "\n")
    data = small(intents={"help": {"volume": {"per_interval": "calls.csv"}}})
    values = Scenario(**data).intents["help"].volume.per_interval or ()
    assert len(values) == 96
    assert values[27:30] == (0.0, 96.0, 96.0)
    assert values[84:86] == (64.0, 0.0)

"""Timetables: what a plan says is read back alike, and rows that cannot be read are named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from scenarios import ScenarioError
from sim.staffing.plans import ShiftPlan
from sim.staffing.shifts import schedule
from sim.staffing.timetables import shifts_from_table
from tests.sim.staffing.desk import demand, desk, second_count
from tests.sim.staffing.test_shifts import WEEKLY


@pytest.fixture(scope="module")
def plan() -> ShiftPlan:
    need = demand(np.repeat([2, 3, 5, 4], 6), interval=1800, shrinkage=0.2)
    return schedule(need, WEEKLY, verify=False, gap=0.05)


def test_a_plan_is_read_back_from_its_table_and_from_a_file(plan: ShiftPlan, tmp_path: Path) -> None:
    plan.shifts.to_csv(tmp_path / "shifts.csv", index=False)
    for source in (plan.shifts, tmp_path / "shifts.csv"):
        again = shifts_from_table(source, plan.demand.scenario, WEEKLY, plan.demand)
        assert again.lines == plan.lines
        assert again.cost == pytest.approx(plan.cost)
        assert again.coverage.equals(plan.coverage)
        assert again.gap is None
        assert "cheap" not in again.sentence


def test_a_timetable_is_simulated_with_its_breaks() -> None:
    table = pd.DataFrame(
        {"group": "desk", "start": ["2026-03-02 08:00", "2026-03-02 12:00"], "agents": [6, 5],
         "end": ["2026-03-02 16:00", "2026-03-02 20:00"], "breaks": ["12:00-13:00", "15:00-16:00 unpaid"]}
    )  # fmt: skip
    plan = shifts_from_table(table, desk())
    assert plan.rostered[0, 8:20].tolist() == [6, 6, 6, 6, 5, 11, 11, 6, 5, 5, 5, 5]
    assert plan.cost == 6 * 80.0 + 5 * 70.0
    result = sim.run(plan.scenario, replications=2, workers=1)
    assert result.coverage["scheduled"].tolist()[8:20] == plan.rostered[0, 8:20].tolist()
    assert result.value("paid_hours", "desk", "group") == plan.rostered.sum()


def test_shifts_past_midnight() -> None:
    table = pd.DataFrame(
        {"group": ["desk"], "start": ["2026-03-02 22:00"], "end": ["2026-03-03 06:00"], "agents": [3],
         "breaks": ["23:45-00:15, 02:00–02:30 unpaid"]}
    )  # fmt: skip
    plan = shifts_from_table(table, desk(days=2, interval=900))
    plan.rules.shifts["any"]  # the bare rules
    assert plan.shifts["breaks"][0] == "23:45–00:15, 02:00–02:30 unpaid"
    assert plan.hours == 3 * 7.5
    present, _ = second_count(_named(plan))
    assert np.abs(plan.rostered - present).max() < 1e-9


def _named(plan: ShiftPlan) -> ShiftPlan:
    """The plan with the bare rules' template, which the second count looks up."""
    from dataclasses import replace

    return replace(plan, lines=tuple(replace(one, template="any") for one in plan.lines))


def test_rows_that_cannot_be_read_are_named() -> None:
    table = pd.DataFrame(
        {
            "group": ["dsk", "desk", "desk", "desk", "desk", "desk"],
            "start": [
                "2026-03-02 08:00",
                "soon",
                "2026-03-02 08:00",
                "2026-03-04 08:00",
                "2026-03-02 08:00",
                pd.NaT,
            ],
            "end": [
                "2026-03-02 09:00",
                "later",
                "2026-03-02 07:00",
                "2026-03-04 09:00",
                "2026-03-02 12:00",
                pd.NaT,
            ],
            "agents": [1, 1.5, 1, 1, 1, 1],
            "breaks": ["", "", "", "", "07:00-07:30", ""],
        }
    )
    with pytest.raises(ScenarioError) as raised:
        shifts_from_table(table, desk())
    assert [problem.field for problem in raised.value.problems] == [
        "row 1 group", "row 2 start", "row 2 end", "row 2 agents", "row 3 end", "row 4 start", "row 5 breaks",
        "row 6 start",
    ]  # fmt: skip
    with pytest.raises(ScenarioError) as raised:
        shifts_from_table(table.drop(columns=["agents", "end"]), desk())
    assert [problem.field for problem in raised.value.problems] == ["end", "agents"]


def test_files_that_are_no_timetable(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="check the path"):
        shifts_from_table(tmp_path / "none.csv", desk())
    (tmp_path / "bad.csv").write_bytes(b"\xff\xfe\x00group")
    with pytest.raises(ScenarioError, match="CSV in UTF-8"):
        shifts_from_table(tmp_path / "bad.csv", desk())

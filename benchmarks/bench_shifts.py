"""Shifts, rosters and capacity: how long the mixed-integer programmes take, and how near they come."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

import scenarios
from scenarios import Hiring, ShiftRules
from sim.staffing.capacity import capacity
from sim.staffing.demand import Demand
from sim.staffing.outlook import weekly_volume
from sim.staffing.rosters import roster, team_of
from sim.staffing.shifts import schedule

BREAKS = {
    8: [
        ("15 min", True, "90 min", "150 min"),
        ("30 min", False, "3 h", "5 h"),
        ("15 min", True, "6 h", "7 h"),
    ],
    6: [("15 min", True, "90 min", "135 min"), ("30 min", False, "165 min", "4 h")],
    4: [("15 min", True, "90 min", "150 min")],
}


def sixty_templates() -> ShiftRules:
    """Five lengths, twelve windows of an hour to start in, breaks with windows, two contracts."""
    shifts = {}
    for length in (4, 5, 6, 8, 9):
        for hour in range(6, 18):
            breaks = [
                {"length": long, "paid": paid, "earliest": earliest, "latest": latest}
                for long, paid, earliest, latest in BREAKS[max(least for least in BREAKS if least <= length)]
            ]
            shifts[f"h{length}_from_{hour}"] = {
                "earliest": f"{hour:02d}:00", "latest": f"{hour:02d}:45", "length": f"{length} h",
                "breaks": breaks, "contracts": "full" if length >= 8 else "part",
            }  # fmt: skip
    return ShiftRules(
        shifts=shifts,
        contracts={"full": {"least_hours": "30 h", "most_hours": "40 h", "most_days": 5},
                   "part": {"least_hours": "12 h", "most_hours": "30 h", "most_days": 5}},
        premiums={"evening": {"hours": {"daily": "18:00-24:00"}, "extra": 0.2}},
        under_price=60.0,
        breaks_in_shrinkage=0.1,
    )  # fmt: skip


def week(peaks: tuple[int, ...]) -> Demand:
    """A bank's week of 15-minute intervals, two peaks a day, fewer at the weekend; ``peaks`` by group."""
    bank = scenarios.load("retail_bank")
    calendar = bank.calendar.model_copy(update={"days": 7})
    hours = np.arange(96) / 4
    day = np.exp(-(((hours - 11) / 2.5) ** 2)) + 0.8 * np.exp(-(((hours - 16) / 2.5) ** 2))
    rng = np.random.default_rng(0)
    rows = []
    for peak in peaks:
        factors = np.array([1.1, 1.0, 0.95, 0.95, 1.0, 0.6, 0.4])[:, None] * peak / day.max()
        wanted = factors * day * (1 + 0.05 * rng.standard_normal((7, 96)))
        rows.append(np.where((hours >= 8) & (hours < 20), np.maximum(2, np.round(wanted)), 0).ravel())
    return Demand(bank.model_copy(update={"calendar": calendar}), np.array(rows, dtype=np.int64))


@pytest.mark.benchmark(group="shifts")
def bench_day(benchmark: Any) -> None:
    """One day of the bank's own staff in standard shifts, to a gap of 1%."""
    bank = scenarios.load("retail_bank")
    plan = benchmark.pedantic(schedule, (bank, "standard"), {"verify": False}, rounds=3)
    benchmark.extra_info["gap"] = plan.gap


@pytest.mark.benchmark(group="shifts")
@pytest.mark.parametrize("peaks", [(90, 30, 20), (300, 100, 60)], ids=str)
def bench_week(benchmark: Any, peaks: tuple[int, ...]) -> None:
    """A week, three groups, 60 templates, 5,040 possible shifts and their breaks, to a gap of 1%."""
    need, rules = week(peaks), sixty_templates()
    plan = benchmark.pedantic(schedule, (need, rules), {"verify": False}, rounds=1)
    benchmark.extra_info["gap"] = plan.gap


@pytest.mark.benchmark(group="shifts")
def bench_roster(benchmark: Any) -> None:
    """A day's shifts of the bank given to as many named agents as they need."""
    plan = schedule(scenarios.load("retail_bank"), "standard", verify=False)
    found = benchmark.pedantic(roster, (plan, team_of(plan)), rounds=1)
    assert found.complete


@pytest.mark.benchmark(group="shifts")
def bench_capacity(benchmark: Any) -> None:
    """A year of hiring for 150 agents."""
    start = dt.date(2026, 1, 5)
    volume = weekly_volume(52, start, 0.05, {12: 1.15, 11: 1.1, 7: 0.9, 8: 0.9})
    hiring = Hiring(agents=150, class_least=8, class_most=20, classes_at_once=2, shortage_price=60.0,
                    cost_per_hire=2000, cost_per_class=5000)  # fmt: skip
    benchmark.pedantic(capacity, (100 * volume, hiring), {"start": start, "volume": volume}, rounds=3)

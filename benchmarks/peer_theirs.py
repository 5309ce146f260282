"""The peers' side, in a process of its own: OR-Tools brings a HiGHS that ours cannot be loaded next to.

``python -m benchmarks.peer_theirs`` reads names of problems, one a line, and answers each with a line of
JSON: its figure and the seconds that it took.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

from ortools.sat.python import cp_model
from pyworkforce import scheduling
from pyworkforce.queuing import ErlangC
from pyworkforce.rostering import MinHoursRoster

from benchmarks.peer_data import (
    BY_DAY,
    MOST_A_SHIFT,
    MOST_AT_ONCE,
    NAMES,
    NURSE_DAYS,
    NURSE_SHIFTS,
    NURSES,
    REQUIRED,
    SHIFT_HOURS,
    STARTS,
)


def erlang_c() -> float:
    """100 calls of 3 minutes in half an hour, 80% in 20 s, at most 85% busy, 30% shrinkage: to schedule."""
    queue = ErlangC(transactions=100, asa=20 / 60, aht=3, interval=30, shrinkage=0.3)
    return float(queue.required_positions(service_level=0.8, max_occupancy=0.85)["positions"])


def shifts(method: str) -> float:
    """The objective of pyworkforce's scheduler."""
    coverage = {name: [int((hour - start) % 24 < 8) for hour in range(24)] for name, start in STARTS.items()}
    scheduler = getattr(scheduling, method)(
        num_days=len(REQUIRED),
        periods=24,
        shifts_coverage=coverage,
        required_resources=[list(day) for day in REQUIRED],
        max_period_concurrency=MOST_AT_ONCE,
        max_shift_concurrency=MOST_A_SHIFT,
    )
    return float(scheduler.solve()["cost"])


def week() -> float:
    """Hours given by pyworkforce's roster, of its example without least days and preferences."""
    found = MinHoursRoster(
        num_days=7,
        resources=list(NAMES),
        shifts=list(SHIFT_HOURS),
        shifts_hours=list(SHIFT_HOURS.values()),
        min_working_hours=0,
        max_resting=7,
        banned_shifts=None,
        non_sequential_shifts=[{"origin": "Night", "destination": "Morning"}],
        required_resources={name: list(numbers) for name, numbers in BY_DAY.items()},
    ).solve()
    return float(found["shifted_hours"])


def nurses() -> float:
    """Shifts given by the model of OR-Tools' guide: one nurse a shift, one shift a day, evenly."""
    model = cp_model.CpModel()
    works = {
        (nurse, day, shift): model.new_bool_var(f"{nurse} {day} {shift}")
        for nurse in range(NURSES)
        for day in range(NURSE_DAYS)
        for shift in range(NURSE_SHIFTS)
    }
    for day in range(NURSE_DAYS):
        for shift in range(NURSE_SHIFTS):
            model.add_exactly_one(works[nurse, day, shift] for nurse in range(NURSES))
        for nurse in range(NURSES):
            model.add_at_most_one(works[nurse, day, shift] for shift in range(NURSE_SHIFTS))
    least = NURSE_SHIFTS * NURSE_DAYS // NURSES
    for nurse in range(NURSES):
        mine = sum(works[nurse, day, shift] for day in range(NURSE_DAYS) for shift in range(NURSE_SHIFTS))
        model.add(mine >= least)
        model.add(mine <= least + 1)
    solver = cp_model.CpSolver()
    solver.solve(model)
    return float(sum(solver.value(one) for one in works.values()))


PROBLEMS: dict[str, Callable[[], float]] = {
    "erlang_c": erlang_c,
    "fewest_agents": lambda: shifts("MinRequiredResources"),
    "least_difference": lambda: shifts("MinAbsDifference"),
    "week": week,
    "nurses": nurses,
}


def main() -> None:
    """Answer until nothing more is asked."""
    for line in sys.stdin:
        began = time.perf_counter()
        figure = PROBLEMS[line.strip()]()
        print(json.dumps([figure, time.perf_counter() - began]), flush=True)


if __name__ == "__main__":
    main()

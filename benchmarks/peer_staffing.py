"""The same staffing, shift and roster problems as pyworkforce and OR-Tools solve in their own examples.

Each problem is solved by both sides in turn, in one run; both tell one figure that can be compared. The
packages come with the extra ``peers``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from statistics import median
from typing import Any

import numpy as np
import pandas as pd

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
from scenarios import Scenario, ShiftRules
from scenarios.team import Agent
from sim.staffing.agents import agents_for, scheduled_for
from sim.staffing.demand import Demand
from sim.staffing.plans import ShiftPlan
from sim.staffing.rosters import roster
from sim.staffing.shifts import schedule
from sim.staffing.timetables import shifts_from_table

START = "2026-03-02"


@dataclass(frozen=True)
class Problem:
    """A problem that both sides solve, and what its figure is."""

    name: str
    figure: str
    peer: str
    solve: Callable[[], float]
    more_is_better: bool = False

    def as_good(self, ours: float, theirs: float) -> bool:
        """Whether our figure is equal or better."""
        return ours >= theirs - 1e-6 if self.more_is_better else ours <= theirs + 1e-6


class Peers:
    """The peers' side in its own process (:mod:`benchmarks.peer_theirs`)."""

    def __enter__(self) -> Peers:
        command = [sys.executable, "-m", "benchmarks.peer_theirs"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def solve(self, problem: str) -> tuple[float, float]:
        """The peers' figure, and the seconds that it took."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(problem, file=self._process.stdin, flush=True)
        figure, seconds = json.loads(self._process.stdout.readline())
        return figure, seconds


def missing() -> list[str]:
    """Packages of the peers that are not installed."""
    return [name for name in ("pyworkforce", "ortools") if find_spec(name) is None]


def compared(rounds: int) -> Iterator[tuple[Problem, float, float, float, float]]:
    """Each problem, our figure and theirs, and median seconds of each side, in turn in the same run."""
    with Peers() as peers:
        for key, problem in PROBLEMS.items():
            problem.solve(), peers.solve(key)  # whatever is made only once
            seconds: list[tuple[float, float]] = []
            for _ in range(rounds):
                began = time.perf_counter()
                ours = problem.solve()
                took = time.perf_counter() - began
                theirs, their_seconds = peers.solve(key)
                seconds.append((took, their_seconds))
            mine, other = (median(column) for column in zip(*seconds, strict=True))
            yield problem, ours, theirs, mine, other


def print_table(rounds: int = 3) -> None:
    """The table of problems that both sides solve."""
    print("| problem | figure | ours | theirs | our seconds | their seconds | peer |")
    print("|---|---|---:|---:|---:|---:|---|")
    for problem, ours, theirs, mine, other in compared(rounds):
        figures = f"{ours:,.0f} | {theirs:,.0f} | {mine:.4f} | {other:.4f}"
        print(f"| {problem.name} | {problem.figure} | {figures} | {problem.peer} |")


# -- Erlang C ----------------------------------------------------------------------------------------


def erlang_c() -> float:
    """The same by our formulas."""
    agents = agents_for(200, 180, service_level=0.8, within_seconds=20, occupancy=0.85)
    return float(scheduled_for(agents, shrinkage=0.3))


# -- shifts ------------------------------------------------------------------------------------------


def fewest_agents() -> float:
    """Shifts that cover every hour: agents."""
    return float(sum(_agents(_scheduled(day, {})) for day in REQUIRED))


def least_difference() -> float:
    """Shifts that are nearest to what is required: agent-hours too many or too few."""
    prices = {"under_price": 1.0, "over_price": 1.0}
    plans = [_scheduled(day, prices, pay=0.0) for day in REQUIRED]
    return float(sum(plan.coverage[["under", "over"]].to_numpy().sum() for plan in plans))


def _scheduled(required: tuple[int, ...], prices: dict[str, float], pay: float = 1.0) -> ShiftPlan:
    shifts = {
        name: {"earliest": f"{hour:02d}:00", "length": "8 h", "most_agents": MOST_A_SHIFT}
        for name, hour in STARTS.items()
    }
    rules = ShiftRules(shifts=shifts, seats=MOST_AT_ONCE, repeats=True, **prices)
    return schedule(Demand(_desk(1, pay), np.array([required])), rules, verify=False, gap=0.0)


def _agents(plan: ShiftPlan) -> int:
    return sum(line.agents for line in plan.lines)


def _desk(days: int, pay: float = 1.0) -> Scenario:
    group = {"skills": {"phone": {}}, "staff": {"00:00": 1}, "shrinkage": 0.0, "pay_per_hour": pay}
    return Scenario(
        name="Desk",
        calendar={"start": START, "days": days, "interval": 3600},
        intents={"ask": {"volume": {"per_day": 100}, "first_channel": {"phone": 1.0}}},
        channels={"phone": {"mode": "live"}},
        groups={"desk": group},
    )


# -- rosters -----------------------------------------------------------------------------------------


def week() -> float:
    """Hours given by our roster, which shares them out evenly too; infinite where a shift has nobody."""
    rows = [
        (name, day, STARTS[name], SHIFT_HOURS[name], number)
        for name, numbers in BY_DAY.items()
        for day, number in enumerate(numbers)
    ]
    found = roster(_timetable(rows, days=7, rest="1 h"), [_agent(name) for name in NAMES])
    return float(found.agents["paid_hours"].sum()) if found.complete else float("inf")


def nurses() -> float:
    """The same shifts by our roster; 0 where a nurse has more than one shift more than another."""
    rows = [
        (f"shift_{shift}", day, 8 * shift, 8, 1) for day in range(NURSE_DAYS) for shift in range(NURSE_SHIFTS)
    ]
    plan = _timetable(rows, days=NURSE_DAYS, rest="0 h")
    found = roster(plan, [_agent(f"nurse {number}") for number in range(NURSES)])
    given = found.agents["shifts"]
    return float(given.sum()) if given.max() - given.min() <= 1 else 0.0


def _agent(name: str) -> Agent:
    return Agent(name=name, groups=("desk",))


def _timetable(rows: list[tuple[str, int, int, int, int]], days: int, rest: str) -> ShiftPlan:
    """A plan of shifts that are given: name, day, hour, hours, agents."""
    midnight = pd.Timestamp(START)
    table = pd.DataFrame(
        [
            (
                "desk",
                name,
                midnight + pd.Timedelta(hours=24 * day + hour),
                midnight + pd.Timedelta(hours=24 * day + hour + hours),
                number,
            )
            for name, day, hour, hours, number in rows
        ],
        columns=["group", "template", "start", "end", "agents"],
    )
    names = {row[0]: row for row in rows}
    shifts: dict[str, Any] = {
        name: {"earliest": f"{row[2]:02d}:00", "length": f"{row[3]} h"} for name, row in names.items()
    }
    return shifts_from_table(table, _desk(days), ShiftRules(shifts=shifts, rest=rest))


PROBLEMS = {
    "erlang_c": Problem("Erlang C, the README's queue", "agents scheduled", "pyworkforce", erlang_c),
    "fewest_agents": Problem("shifts that cover two days", "agents", "pyworkforce", fewest_agents),
    "least_difference": Problem(
        "shifts nearest to two days", "agent-hours off", "pyworkforce", least_difference
    ),
    "week": Problem("a week's roster for 55 agents", "hours given", "pyworkforce", week),
    "nurses": Problem("4 nurses for 9 shifts", "shifts given", "OR-Tools", nurses, more_is_better=True),
}

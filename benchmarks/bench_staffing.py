"""Staffing: Erlang's formulas while somebody types, and the staff of a bank's day found by simulation."""

from __future__ import annotations

import time

import numpy as np
import pytest

import scenarios
import sim
from benchmarks.sides import Race, Side
from sim.staffing import agents_for, requirement

DAYS = 100


@pytest.mark.benchmark(group="staffing")
def bench_formulas(race: Race) -> None:
    """Agents by Erlang A for every interval of a day, by number of agents: cost should hardly grow."""
    shape = np.linspace(0.2, 1.0, 56)

    def side(busiest: float) -> Side:
        return Side(lambda: agents_for(shape * busiest, 360, 150, service_level=0.8), len(shape))

    race.run({"1,000 agents": side(10_000), "10 agents": side(100)})
    race.figure("staffing: seconds of Erlang A for 56 intervals", 56 * race.cost("1,000 agents"))
    race.figure("staffing: Erlang A with 1,000 agents over 10", race.times("1,000 agents", "10 agents"))


@pytest.mark.benchmark(group="staffing")
def bench_requirement(race: Race) -> None:
    """The staff of every group of ``retail_bank``, found and verified, next to simulating the bank."""
    bank = scenarios.load("retail_bank")
    race.run(
        {
            "100 days": Side(lambda: sim.run(bank, DAYS, workers=2), 1, time.perf_counter),
            "requirement": Side(lambda: requirement(bank, workers=2), 1, time.perf_counter),
        }
    )
    race.figure(
        "staffing: a requirement of retail_bank over 100 days of it", race.times("requirement", "100 days")
    )
    race.figure("staffing: seconds of a requirement of retail_bank", race.cost("requirement"))

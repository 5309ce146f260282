"""The bank's day, from luck to sums: both engines, on one thread and on two."""

from __future__ import annotations

import time

import pytest

import scenarios
import sim
from benchmarks.sides import Race, Side
from sim import engines, plan
from sim.luck.streams import draw

DAYS = 100


@pytest.fixture(scope="module")
def contacts() -> list[int]:
    """How many contacts there are in each of the first days."""
    prepared = plan.build(scenarios.load("retail_bank"))
    simulate = engines.get("compiled")
    return [len(simulate(prepared, draw(prepared, 1, day)).case) for day in range(DAYS)]


@pytest.mark.benchmark(group="retail_bank")
def bench_days(race: Race, contacts: list[int]) -> None:
    """Draws, simulation and sums, as :func:`sim.run` does them: a day by the reference, many compiled."""
    bank = scenarios.load("retail_bank")

    def side(engine: str, days: int, workers: int) -> Side:
        return Side(
            lambda: sim.run(bank, replications=days, engine=engine, workers=workers),
            sum(contacts[:days]),
            time.perf_counter,
        )

    race.run(
        {
            "reference, one thread": side("reference", 1, 1),
            "compiled, one thread": side("compiled", DAYS, 1),
            "compiled, two threads": side("compiled", DAYS, 2),
        }
    )
    race.figure(
        "retail_bank: one thread is faster than the reference by",
        race.times("reference, one thread", "compiled, one thread"),
    )
    race.figure(
        "retail_bank: two threads are faster than the reference on one by",
        race.times("reference, one thread", "compiled, two threads"),
    )
    race.figure(
        "retail_bank: two threads are faster than one by",
        race.times("compiled, one thread", "compiled, two threads"),
    )
    race.figure(
        "retail_bank: seconds of 100 days on two threads", race.cost("compiled, two threads") * sum(contacts)
    )

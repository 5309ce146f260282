"""One big queue, M/M/50+M at load 1: what the engines cost when there is nothing else to do."""

from __future__ import annotations

import pytest

from benchmarks.bench_growth import kernel_alone
from benchmarks.peers import AGENTS, simpy_tutorial
from benchmarks.sides import Race, Side
from benchmarks.workloads import single_queue
from sim import engines, plan
from sim.luck.streams import draw

FEW, MANY = 14_400, 1_000_000


def _side(engine: str, contacts: int) -> Side:
    prepared = plan.build(single_queue(contacts, AGENTS))
    draws = draw(prepared, seed=1, replication=0)
    simulate = engines.get(engine)
    return Side(lambda: simulate(prepared, draws), len(simulate(prepared, draws).case))


@pytest.mark.benchmark(group="single queue")
def bench_single_queue(race: Race) -> None:
    """A day of SimPy as its tutorial writes it, and of both engines."""
    race.run(
        {
            "SimPy, as its tutorial": Side(lambda: simpy_tutorial(FEW, seed=1), FEW),
            "reference": _side("reference", FEW),
            "compiled": _side("compiled", FEW),
        }
    )
    race.figure(
        "single queue: the reference is faster than SimPy's tutorial by",
        race.times("SimPy, as its tutorial", "reference"),
    )
    race.figure("single queue: compiled is faster than the reference by", race.times("reference", "compiled"))


@pytest.mark.benchmark(group="single queue")
def bench_million(race: Race) -> None:
    """A million contacts in a day; next to a tenth of them, which fit in the processor's caches."""
    sizes = {f"kernel, {contacts:,}": contacts for contacts in (MANY // 10, MANY)}
    race.run({name: kernel_alone(single_queue(contacts, AGENTS)) for name, contacts in sizes.items()})
    race.figure(
        "single queue: million contacts a second, of a million", 1e-6 / race.cost(f"kernel, {MANY:,}")
    )

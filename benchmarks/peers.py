"""The same queue as others simulate it: ``python -m benchmarks.peers`` prints the table of the README.

M/M/50+M at load 1: 50 agents, calls of 300 s, callers with a patience of 180 s, both exponential. Everybody
keeps what is needed to tell the share that gave up, so that the answers can be compared as well as the times.
A second table is of staffing problems that pyworkforce and OR-Tools solve in their own examples
(:mod:`benchmarks.peer_staffing`). Ciw and these come with the extra ``peers``.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from statistics import median
from typing import Any

import simpy

from benchmarks import peer_staffing
from benchmarks.workloads import single_queue
from sim import plan
from sim.contract import Outcome
from sim.engines.compiled.station import Station
from sim.engines.reference import simulate as simulate_reference
from sim.luck.streams import draw

AGENTS, HANDLE_SECONDS, PATIENCE_SECONDS = 50, 300.0, 180.0
CONTACTS, MANY = 14_400, 1_000_000
ROUNDS = 5
EXTRA = "contact-centre-planner[peers]"


def simpy_tutorial(contacts: int, seed: int) -> float:
    """As SimPy's documentation would write it: a Resource, a request, a race. Returns the share given up."""
    luck = random.Random(seed)
    env = simpy.Environment()
    agents = simpy.Resource(env, AGENTS)
    lost = 0

    def customer() -> Any:
        nonlocal lost
        with agents.request() as request:
            answered = yield request | env.timeout(luck.expovariate(1 / PATIENCE_SECONDS))
            if request in answered:
                yield env.timeout(luck.expovariate(1 / HANDLE_SECONDS))
            else:
                lost += 1

    def arrivals() -> Any:
        for _ in range(contacts):
            yield env.timeout(luck.expovariate(AGENTS / HANDLE_SECONDS))
            env.process(customer())

    env.process(arrivals())
    env.run()
    return lost / contacts


def ciw_manual(contacts: int, seed: int) -> float:
    """As Ciw's documentation writes it: a network of one node with reneging. Returns the share given up."""
    import ciw

    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=AGENTS / HANDLE_SECONDS)],
        service_distributions=[ciw.dists.Exponential(rate=1 / HANDLE_SECONDS)],
        reneging_time_distributions=[ciw.dists.Exponential(rate=1 / PATIENCE_SECONDS)],
        number_of_servers=[AGENTS],
    )
    ciw.seed(seed)
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(contacts, method="Arrive")
    records = simulation.get_all_records()
    return sum(record.record_type == "renege" for record in records) / contacts


def ours(engine: str, contacts: int) -> Callable[[int], float]:
    """Draws and simulation by one of our engines, which note every contact with its times."""
    prepared = plan.build(single_queue(contacts, AGENTS))
    # The compiled engine keeps a thread's workspace for one plan only: here every queue has its own.
    simulate = Station(prepared).simulate if engine == "compiled" else partial(simulate_reference, prepared)

    def one(seed: int) -> float:
        trace = simulate(draw(prepared, seed, 0))
        return float((trace.outcome == Outcome.ABANDONED).mean())

    return one


def main() -> int:
    """Print the tables; what is not installed is said and left out."""
    rows: dict[str, tuple[int, Callable[[int], float]]] = {
        "SimPy, as its tutorial writes it": (CONTACTS, lambda seed: simpy_tutorial(CONTACTS, seed)),
        "our reference engine (SimPy)": (CONTACTS, ours("reference", CONTACTS)),
        "our compiled engine": (CONTACTS, ours("compiled", CONTACTS)),
        "our compiled engine, a million contacts": (MANY, ours("compiled", MANY)),
    }
    if find_spec("ciw"):
        rows = {"Ciw": (CONTACTS, lambda seed: ciw_manual(CONTACTS, seed)), **rows}
    else:
        print(f"not installed: ciw: pip install {EXTRA!r}", file=sys.stderr)
    seconds: dict[str, list[float]] = {name: [] for name in rows}
    lost: dict[str, list[float]] = {name: [] for name in rows}
    for _, simulate in rows.values():
        simulate(0)  # whatever is made only once
    for seed in range(1, ROUNDS + 1):
        for name, (contacts, simulate) in rows.items():
            started = time.thread_time()
            lost[name].append(simulate(seed))
            seconds[name].append((time.thread_time() - started) / contacts)
    tutorial = seconds["SimPy, as its tutorial writes it"]
    print("| M/M/50+M at load 1 | contacts a second | times SimPy's tutorial | gave up |")
    print("|---|---:|---:|---:|")
    for name in rows:
        cost = median(seconds[name])
        times = median(a / b for a, b in zip(tutorial, seconds[name], strict=True))
        share = sum(lost[name]) / ROUNDS
        print(f"| {name} | {1 / cost:,.0f} | {times:,.1f} | {share:.1%} |")
    print()
    if absent := peer_staffing.missing():
        print(f"not installed: {', '.join(absent)}: pip install {EXTRA!r}", file=sys.stderr)
    else:
        peer_staffing.print_table()
    return 0


if __name__ == "__main__":
    sys.exit(main())

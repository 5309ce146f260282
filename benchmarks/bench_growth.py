"""Growth: what a contact costs must not depend on how many there are, nor on agents or groups."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import pytest

from benchmarks.sides import Race, Side
from benchmarks.workloads import centre, single_queue
from scenarios import Scenario
from sim import engines, plan
from sim.engines.compiled.kernel import simulate_once
from sim.engines.compiled.station import Station
from sim.experiments.tasks import Model, Models, Task, perform
from sim.luck.streams import draw
from sim.terms import terms_of

CONTACTS = 20_000
"""A side simulates at least so many, in as many days as it takes."""

MakeSide = Callable[[Scenario], Side]


def kernel_alone(scenario: Scenario) -> Side:
    """Events from first to last, given a day's cases: no trace is written."""
    prepared = plan.build(scenario)
    draws = draw(prepared, seed=1, replication=0)
    station = Station(prepared)
    contacts, cases = len(station.simulate(draws).case), len(draws.arrival)
    return Side(lambda: simulate_once(station.desk.record, cases), contacts)


def _end_to_end(scenario: Scenario) -> Side:
    """Draws, simulation and sums of one task."""
    prepared = plan.build(scenario)
    days = max(1, round(CONTACTS / prepared.rate.sum()))
    models = Models((Model(prepared, terms_of(scenario, prepared)),))
    task = Task(models, seed=1, engine="compiled", first=0, size=days)
    simulate = engines.get("compiled")
    contacts = sum(len(simulate(prepared, draw(prepared, 1, day)).case) for day in range(days))
    return Side(lambda: perform(task), contacts)


WAYS = pytest.mark.parametrize(
    "way", [pytest.param(kernel_alone, id="kernel"), pytest.param(_end_to_end, id="end to end")]
)


def _spread(race: Race, names: Iterable[str]) -> float:
    """The dearest over the cheapest."""
    costs = [race.cost(name) for name in names]
    return max(costs) / min(costs)


def _run(race: Race, way: MakeSide, workloads: Mapping[str, Scenario]) -> None:
    race.run({name: way(scenario) for name, scenario in workloads.items()})


@pytest.mark.benchmark(group="growth: contacts a day")
@WAYS
def bench_volume(race: Race, way: MakeSide, request: pytest.FixtureRequest) -> None:
    """Volume and staff together."""
    sizes = {f"{cases:,} cases": cases for cases in (1_000, 10_000, 100_000, 1_000_000)}
    _run(race, way, {name: centre(cases) for name, cases in sizes.items()})
    *usual, largest = sizes
    how = request.node.callspec.id
    race.figure(f"growth, {how}: dearest over cheapest, 1,000 to 100,000 a day", _spread(race, usual))
    race.figure(
        f"growth, {how}: 1,000,000 a day over the cheapest",
        race.cost(largest) / min(map(race.cost, sizes)),
    )


@pytest.mark.benchmark(group="growth: agents")
@WAYS
def bench_agents(race: Race, way: MakeSide, request: pytest.FixtureRequest) -> None:
    """As many contacts, each as much longer as there are more agents."""
    workloads = {f"{agents:,} agents": single_queue(20_000, agents) for agents in (10, 50, 500, 5_000)}
    _run(race, way, workloads)
    how = request.node.callspec.id
    race.figure(f"growth, {how}: dearest over cheapest, 10 to 5,000 agents", _spread(race, workloads))


@pytest.mark.benchmark(group="growth: groups")
@WAYS
def bench_groups(race: Race, way: MakeSide, request: pytest.FixtureRequest) -> None:
    """As many contacts and agents, in more groups for more channels."""
    sizes = {2: 5, 8: 5, 16: 10, 32: 20, 64: 30}
    workloads = {
        f"{groups} groups, {channels} channels": centre(20_000, groups, channels)
        for groups, channels in sizes.items()
    }
    _run(race, way, workloads)
    how = request.node.callspec.id
    race.figure(f"growth, {how}: dearest over cheapest, 2 to 64 groups", _spread(race, workloads))

"""The reference engine: contacts per second, on shipped scenarios and on one big queue."""

from __future__ import annotations

import random
from typing import Any

import pytest
import simpy

import scenarios
from scenarios import Scenario
from sim import engines, plan, streams

AGENTS, PATIENCE_SECONDS, HANDLE_SECONDS = 50, 180.0, 300.0
CONTACTS = round(86_400 * AGENTS / HANDLE_SECONDS)


def _single_queue() -> Scenario:
    """M/M/50+M at load 1, for one day."""
    return Scenario(
        name="One queue",
        calendar={"start": "2026-01-05", "timezone": "UTC"},
        intents={"call": {"volume": {"per_day": CONTACTS}, "first_channel": {"phone": 1.0}}},
        channels={
            "phone": {
                "mode": "live",
                "handle_time": {"exponential": {"mean": HANDLE_SECONDS}},
                "patience": {"exponential": {"mean": PATIENCE_SECONDS}},
                "resolution": 1.0,
            }
        },
        groups={"agents": {"skills": {"phone": {}}, "staff": {"00:00": AGENTS}, "shrinkage": 0.0}},
    )


def _simulate(benchmark: Any, scenario: Scenario) -> None:
    prepared = plan.build(scenario)
    draws = streams.draw(prepared, seed=1, replication=0)
    trace = benchmark(engines.get("reference"), prepared, draws)
    benchmark.extra_info["contacts"] = len(trace.case)


@pytest.mark.benchmark(group="reference engine")
@pytest.mark.parametrize("name", ["helpdesk", "retail_bank"])
def bench_reference(benchmark: Any, name: str) -> None:
    _simulate(benchmark, scenarios.load(name))


@pytest.mark.benchmark(group="single queue")
def bench_reference_single_queue(benchmark: Any) -> None:
    _simulate(benchmark, _single_queue())


@pytest.mark.benchmark(group="single queue")
def bench_simpy_tutorial_single_queue(benchmark: Any) -> None:
    """The same queue as SimPy's documentation would write it: a Resource, a request, a race."""

    def customer(env: simpy.Environment, agents: simpy.Resource, luck: random.Random) -> Any:
        with agents.request() as request:
            answered = yield request | env.timeout(luck.expovariate(1 / PATIENCE_SECONDS))
            if request in answered:
                yield env.timeout(luck.expovariate(1 / HANDLE_SECONDS))

    def arrivals(env: simpy.Environment, agents: simpy.Resource, luck: random.Random) -> Any:
        for _ in range(CONTACTS):
            yield env.timeout(luck.expovariate(AGENTS / HANDLE_SECONDS))
            env.process(customer(env, agents, luck))

    def simulate() -> None:
        env = simpy.Environment()
        env.process(arrivals(env, simpy.Resource(env, AGENTS), random.Random(1)))
        env.run()

    benchmark(simulate)
    benchmark.extra_info["contacts"] = CONTACTS

"""Drawing one replication's luck: every quantity that the first attempts need."""

from __future__ import annotations

from typing import Any

import pytest

import scenarios
from sim import engines, plan, streams


@pytest.mark.benchmark(group="draws")
@pytest.mark.parametrize("name", ["helpdesk", "retail_bank"])
def bench_draws(benchmark: Any, name: str) -> None:
    prepared = plan.build(scenarios.load(name))

    def draw() -> streams.Draws:
        draws = streams.draw(prepared, seed=1, replication=0)
        for channel in range(len(prepared.channels)):
            draws.work(channel, 0)
            draws.patience(channel, 0)
            draws.resolves(channel, 0)
        return draws

    draws = benchmark(draw)
    trace = engines.get("reference")(prepared, draws)
    benchmark.extra_info["contacts"] = len(trace.case)

"""From a trace to the sums that results are made of, and from sums to the summary table."""

from __future__ import annotations

from typing import Any

import pytest

import scenarios
import sim
from sim import engines, plan, summary, terms
from sim.counting import count_trace
from sim.luck.streams import draw


@pytest.mark.benchmark(group="results")
@pytest.mark.parametrize("name", ["helpdesk", "retail_bank"])
def bench_results(benchmark: Any, name: str) -> None:
    """One replication counted, from Python."""
    scenario = scenarios.load(name)
    prepared = plan.build(scenario)
    conditions = terms.terms_of(scenario, prepared)
    draws = draw(prepared, seed=1, replication=0)
    trace = engines.get()(prepared, draws)
    benchmark(count_trace, prepared, conditions, draws, trace, 0)
    benchmark.extra_info["contacts"] = len(trace.case)


@pytest.mark.benchmark(group="results")
def bench_summary(benchmark: Any) -> None:
    """The summary table of 20 replications of the help desk."""
    result = sim.run(scenarios.load("helpdesk"), replications=20, workers=1)

    def summarise() -> object:
        estimates = summary.estimates(summary.by_scope(result.plan, result.terms, result.counted))
        return summary.summary_table(result.plan, estimates, result.scenario.currency)

    benchmark(summarise)

"""From a trace to the sums that results are made of, and from sums to the summary table."""

from __future__ import annotations

from typing import Any

import pytest

import scenarios
from sim import engines, plan, streams, summary, tally, terms


@pytest.mark.benchmark(group="results")
@pytest.mark.parametrize("name", ["helpdesk", "retail_bank"])
def bench_results(benchmark: Any, name: str) -> None:
    """One replication counted, the case table left out, as the app and long experiments do."""
    scenario = scenarios.load(name)
    prepared = plan.build(scenario)
    conditions = terms.terms_of(scenario, prepared)
    draws = streams.draw(prepared, seed=1, replication=0)
    trace = engines.get("reference")(prepared, draws)
    benchmark(tally.count, prepared, conditions, draws, trace, 0, keep_cases=False, keep_contacts=False)
    benchmark.extra_info["contacts"] = len(trace.case)


@pytest.mark.benchmark(group="results")
def bench_summary(benchmark: Any) -> None:
    """The summary table of 20 replications of the help desk."""
    scenario = scenarios.load("helpdesk")
    prepared = plan.build(scenario)
    conditions = terms.terms_of(scenario, prepared)
    tallies = []
    for replication in range(20):
        draws = streams.draw(prepared, seed=1, replication=replication)
        trace = engines.get("reference")(prepared, draws)
        tallies.append(
            tally.count(
                prepared, conditions, draws, trace, replication, keep_cases=False, keep_contacts=False
            )
        )

    def summarise() -> object:
        estimates = summary.estimates(summary.by_scope(prepared, conditions, tallies))
        return summary.summary_table(prepared, estimates, scenario.currency)

    benchmark(summarise)

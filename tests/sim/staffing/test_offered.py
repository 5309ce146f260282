"""Offered load over time against M(t)/G/∞ integrated numerically, and against a simulation."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import sim
from scenarios import Scenario
from sim.errors import RunError
from sim.staffing.agents import agents_for
from sim.staffing.offered import (
    METHODS,
    agents_over_time,
    constant,
    exponential,
    gamma,
    lagged,
    lognormal,
    offered_load,
)

RATES = [30.0, 90.0, 240.0, 300.0, 120.0, 10.0, 0.0, 60.0]
LAWS = {
    "exponential": (exponential(420), stats.expon(scale=420)),
    "lognormal": (lognormal(420, 1.0), stats.lognorm(math.log(2) ** 0.5, scale=420 / 2**0.5)),
    "gamma": (gamma(420, 0.5), stats.gamma(4, scale=105)),
    "constant": (constant(420), stats.uniform(420, 1e-9)),
}


@pytest.mark.parametrize("name", LAWS)
def test_calls_in_progress_by_integration(name):
    """Averages over each interval of Integral rate(t - u) P(S > u) du, done point by point."""
    law, known = LAWS[name]
    interval = 900.0
    found = offered_load(RATES, interval, 420, law)
    for place in (0, 2, 6):
        means = []
        for moment in interval * (place + (np.arange(24) + 0.5) / 24):
            ago = (np.arange(20_000) + 0.5) * moment / 20_000
            rates = np.array(RATES)[((moment - ago) // interval).astype(int)] / 3600
            means.append(np.sum(rates * known.sf(ago)) * moment / 20_000)
        assert found[place] == pytest.approx(np.mean(means), rel=2e-3)


def test_exponential_in_closed_form():
    """dm/dt = rate − m/mean, interval by interval."""
    mean, interval, level = 300.0, 900.0, 0.0
    exact = []
    for calls in RATES:
        settled = calls / 3600 * mean
        left = 1 - np.exp(-interval / mean)
        exact.append(settled + (level - settled) * left * mean / interval)
        level = settled + (level - settled) * (1 - left)
    assert offered_load(RATES, interval, mean) == pytest.approx(exact, rel=1e-10)


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=30), st.floats(10, 7200))
@settings(max_examples=40, deadline=None)
def test_work_is_neither_lost_nor_made(rates, handle):
    quiet = [0.0] * 60  # until it is over
    load = offered_load([*rates, *quiet], 1800, handle, constant(handle))
    assert load.sum() == pytest.approx(sum(rates) * handle / 3600, rel=2e-3, abs=1e-9)
    assert lagged([*rates, *quiet], 1800, handle).sum() == pytest.approx(sum(rates), rel=1e-9, abs=1e-9)
    assert lagged(rates, 1800, 0.0).tolist() == rates


def test_steady_demand_is_the_steady_state():
    goal = {"service_level": 0.8, "within_seconds": 20}
    settled = int(agents_for(300, 240, 90, **goal))
    for method in METHODS:
        assert agents_over_time([300.0] * 40, 900, 240, 90, method=method, **goal)[-1] == settled


@pytest.mark.law
def test_busy_agents_of_a_simulated_day():
    """With agents for all, those busy are the calls in progress."""
    day = [0.0] * 8 + [60.0, 240.0, 600.0, 480.0, 240.0] + [60.0] * 3 + [0.0] * 8
    centre = Scenario(
        name="Ample",
        calendar={"start": "2026-03-02", "interval": 3600},
        intents={"ask": {"volume": {"per_interval": day}, "first_channel": {"phone": 1}}},
        channels={"phone": {"mode": "live", "handle_time": {"lognormal": {"mean": 1200, "cv": 0.8}}}},
        groups={"agents": {"skills": {"phone": {}}, "staff": [500] * 24, "shrinkage": 0}},
    )
    busy = sim.run(centre, replications=40, seed=3).coverage["busy"].to_numpy()
    expected = offered_load(day, 3600, 1200, lognormal(1200, 0.8))
    assert busy == pytest.approx(expected, rel=0.03, abs=0.6)
    assert np.abs(busy - np.array(day) / 3).max() > 20  # which the rates alone are not


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"calls_per_hour": 5.0}, "calls_per_hour"), ({"calls_per_hour": [-1.0]}, "calls_per_hour"),
        ({"interval_seconds": 0.0}, "interval_seconds"), ({"handle_seconds": 0.0}, "handle_seconds"),
    ],
)  # fmt: skip
def test_figures_that_are_refused(given, named):
    with pytest.raises(RunError, match=named):
        offered_load(**{"calls_per_hour": [1.0], "interval_seconds": 900.0, "handle_seconds": 60.0, **given})
    with pytest.raises(RunError, match="method"):
        agents_over_time([1.0], 900, 60, method="best", service_level=0.8)

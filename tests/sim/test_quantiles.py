"""Laws by their quantile functions, against scipy's distributions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from scenarios.distributions import parse_law
from sim.clock import to_ticks
from sim.compiling import compiled
from sim.contract import FAR, NOBODY
from sim.luck import laws
from sim.luck.counts import day_factor, poisson
from sim.plan.laws import LawTable
from tests.sim.loops import over

U = np.concatenate([[2.0**-53, 1 - 2.0**-53], (np.arange(2000) + 0.5) / 2000])
S2 = math.log(2.0)


FINE = 1e4
"""Durations are asked for in 1e-10 s, so that rounding to ticks does not hide anything."""


@compiled
def _duration(u: float, rows: Any, table: Any, law: int, factor: float) -> int:
    return laws.duration(rows, table, law, u, factor)


duration = over(_duration)


def ticks(written: Any, u: Any = U, factor: float = 1.0) -> Any:
    table = LawTable()
    law = table.add(parse_law(written))
    frozen = table.freeze()
    return duration(u, laws.rows(frozen), laws.observed(frozen), law, factor, dtype=np.int64)


def seconds(written: Any, u: Any = U) -> Any:
    return ticks(written, u, FINE) / (1e6 * FINE)


@pytest.mark.parametrize(
    ("written", "law"),
    [
        ({"exponential": {"mean": 60}}, stats.expon(scale=60)),
        ({"lognormal": {"mean": 60, "cv": 1}}, stats.lognorm(math.sqrt(S2), scale=60 * math.exp(-S2 / 2))),
        ({"gamma": {"mean": 60, "cv": 0.5}}, stats.gamma(4, scale=15)),
        ({"erlang": {"mean": 60, "phases": 3}}, stats.gamma(3, scale=20)),
        ({"weibull": {"mean": 60, "shape": 2}}, stats.weibull_min(2, scale=60 / math.gamma(1.5))),
        ({"uniform": {"low": 10, "high": 50}}, stats.uniform(10, 40)),
        ({"triangular": {"low": 10, "mode": 20, "high": 50}}, stats.triang(0.25, loc=10, scale=40)),
        ({"triangular": {"low": 10, "mode": 10, "high": 50}}, stats.triang(0, loc=10, scale=40)),
        ({"triangular": {"low": 10, "mode": 50, "high": 50}}, stats.triang(1, loc=10, scale=40)),
    ],
)
def test_quantiles_are_scipys(written: Any, law: Any) -> None:
    np.testing.assert_allclose(seconds(written), law.ppf(U), rtol=1e-9, atol=1e-10)
    # Truncated: the law conditioned on the interval.
    ((name, body),) = written.items()
    low, high = law.cdf(15), law.cdf(45)
    cut = seconds({name: {**body, "at_least": 15, "at_most": 45}})
    np.testing.assert_allclose(cut, np.clip(law.ppf(low + U * (high - low)), 15, 45), rtol=1e-7)
    assert cut.min() >= 15
    assert cut.max() <= 45


@pytest.mark.parametrize("written", ["5 min", 0, {"uniform": {"low": 7, "high": 7}}])
def test_laws_without_spread_are_constants(written: Any) -> None:
    assert np.all(seconds(written) == parse_law(written).law_mean)


def test_observed_values_by_their_weights() -> None:
    drawn = seconds(
        {"empirical": {"values": [30, 10, 20, 99], "weights": [1, 2, 1, 0]}}, (np.arange(400) + 0.5) / 400
    )
    values, counts = np.unique(drawn, return_counts=True)
    assert (values.tolist(), counts.tolist()) == ([10, 20, 30], [200, 100, 100])


def test_observed_values_truncated_at_both_ends_inclusively() -> None:
    written = {"empirical": {"values": [10, 20, 30, 40], "at_least": 20, "at_most": 30}}
    assert np.unique(seconds(written)).tolist() == [20, 30]


def test_mass_at_zero() -> None:
    drawn = seconds({"exponential": {"mean": 60, "zero": 0.25}}, (np.arange(4000) + 0.5) / 4000)
    assert np.mean(drawn == 0) == 0.25
    assert np.mean(drawn) == pytest.approx(45, rel=1e-3)
    assert np.all(seconds({"exponential": {"mean": 60, "zero": 1}}) == 0)


def test_never() -> None:
    assert np.all(ticks("unlimited") == FAR)
    assert np.all(ticks("unlimited", factor=0.0) == FAR)


def test_no_law_takes_no_time() -> None:
    none = duration(U, np.zeros(1, dtype=laws.LAW), np.zeros(1, dtype=laws.OBSERVED), NOBODY, 1.0)
    assert not none.any()


def test_ticks_are_rounded_once_half_to_even_and_cut() -> None:
    halves = [0.0, 4e-7, 5e-7, 1.5e-6, 2.5e-6, 0.5000005, 1.0000015, (2**51 + 0.5) / 1e6, (2**52 - 0.5) / 1e6]
    beyond = [2**52 / 1e6, 1e300, math.inf]
    assert {s * 1e6 % 1 for s in halves} >= {0.0, 0.5}
    some = np.random.default_rng(1).uniform(0, 1e10, 10_000).tolist()
    exact = np.array([*halves, *beyond, *some])
    assert over(laws.ticks)(exact, dtype=np.int64).tolist() == [to_ticks(s) for s in exact.tolist()]


@pytest.mark.parametrize("written", [{"exponential": {"mean": 60}}, {"lognormal": {"mean": 60, "cv": 1}}])
def test_a_law_without_limits_and_one_with_wide_limits_agree(written: Any) -> None:
    ((name, body),) = written.items()
    limited = ticks({name: {**body, "at_least": 1e-12, "at_most": 1e8}})
    assert np.max(np.abs(ticks(written)[2:] - limited[2:])) <= 1


def test_patience_factors_stretch_durations() -> None:
    plain, longer = (ticks({"exponential": {"mean": 60}}, factor=factor) for factor in (1.0, 2.0))
    assert np.max(np.abs(longer - 2 * plain)) <= 1


def test_truncation_far_in_the_tail_stays_within_it() -> None:
    drawn = seconds({"lognormal": {"mean": 60, "cv": 1, "at_least": "30 min"}})
    assert np.all((drawn >= 1_800) & np.isfinite(drawn))


def count(u: Any, mean: float) -> Any:
    return over(_count)(u, mean, dtype=np.int64)


@compiled
def _count(u: float, mean: float) -> int:
    return poisson(mean, u)


@pytest.mark.parametrize("mean", [0.0, 1e-9, 0.3, 1.0, 4.5, 11.99, 12.0, 17.0, 36.7, 80.0, 1234.5, 1e6])
def test_poisson_counts_are_scipys(mean: float) -> None:
    inner = U[2:]
    counts = count(inner, mean)
    assert np.array_equal(counts, stats.poisson(mean).ppf(inner).astype(np.int64))
    low, high = count(U[:2], mean)
    assert 0 <= mean - low <= 9 * np.sqrt(mean) + 1
    assert 0 <= high - mean <= 9 * np.sqrt(mean) + 15


def test_counts_and_durations_grow_with_what_they_depend_on() -> None:
    means = np.linspace(0, 50, 2000)
    for u in (2.0**-53, 0.001, 0.3, 0.999, 1 - 2.0**-53):
        assert np.all(np.diff(over(poisson)(means, u, dtype=np.int64)) >= 0)
    for mean in (0.5, 11.0, 13.0, 300.0):
        assert np.all(np.diff(count(np.sort(U), mean)) >= 0)
    assert np.all(seconds({"gamma": {"mean": 66, "cv": 1}}) >= seconds({"gamma": {"mean": 60, "cv": 1}}))


@pytest.mark.parametrize("cv", [1e-6, 0.063, 1.0])
def test_day_factor_has_mean_1_and_its_cv(cv: float) -> None:
    u = (np.arange(200_000) + 0.5) / 200_000
    drawn = over(_factor)(u, cv)
    assert drawn.mean() == pytest.approx(1, rel=1e-4)
    assert drawn.std() == pytest.approx(cv, rel=2e-3)
    assert np.all(over(_factor)(np.array([0.1, 0.5, 0.9]), 0.0) == 1)


@compiled
def _factor(u: float, cv: float) -> float:
    return day_factor(cv, u)

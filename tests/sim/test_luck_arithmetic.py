"""Elementary functions and the gamma law, against numpy's long doubles and scipy, within stated errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import special

from sim.compiling import compiled
from sim.luck import arithmetic, gamma
from tests.sim.loops import over, relative

RANDOM = np.random.default_rng(1)
U = np.concatenate(
    [
        [2.0**-53, 1 - 2.0**-53, 0.5],
        RANDOM.random(50_000),
        2.0 ** -RANDOM.uniform(0, 53, 50_000),
        1 - 2.0 ** -RANDOM.uniform(1, 53, 50_000),
    ]
)
"""Uniform numbers, with both ends as dense as the middle."""
WIDE = 10.0 ** RANDOM.uniform(-300, 300, 50_000)
NEAR_ONE = 1 + RANDOM.uniform(-0.3, 0.5, 50_000)


@pytest.mark.parametrize("x", [U, WIDE, NEAR_ONE])
def test_logarithm(x: Any) -> None:
    exact = np.log(x.astype(np.longdouble))
    assert relative(over(arithmetic.log)(x), exact) < 2.3e-16
    assert relative(over(arithmetic.rough_log)(x), exact) < 6e-5


def test_logarithm_of_one_is_exactly_0() -> None:
    assert over(arithmetic.log)(np.ones(1)).tolist() == [0.0]


def test_logarithm_of_the_rest() -> None:
    log_of_rest = over(arithmetic.log_of_rest)
    assert relative(log_of_rest(U), np.log1p(-U.astype(np.longdouble))) < 4.5e-16
    assert log_of_rest(np.zeros(1)).tolist() == [0.0]


def test_exponential() -> None:
    x = np.concatenate(
        [RANDOM.uniform(-708.3, 709.7, 100_000), RANDOM.uniform(-1, 1, 100_000), [0.0, -1e-300]]
    )
    assert relative(over(arithmetic.exp)(x), np.exp(x.astype(np.longdouble))) < 2.3e-16
    ends = over(arithmetic.exp)(np.array([0.0, -709, -1e300, -np.inf, 709.79, np.inf]))
    assert ends.tolist() == [1.0, 0.0, 0.0, 0.0, np.inf, np.inf]


@pytest.mark.parametrize("exponent", [0.01, 0.5, 1.0, 2.0, 7.3])
def test_power(exponent: float) -> None:
    x = 10.0 ** RANDOM.uniform(-30, 30, 50_000)
    exact = x.astype(np.longdouble) ** np.longdouble(exponent)
    error = np.abs((over(arithmetic.power)(x, exponent) - exact) / exact)
    assert np.all(error < (2 + 2 * np.abs(exponent * np.log(x))) * 2.0**-53)


def test_normal_quantile() -> None:
    normal_quantile = over(arithmetic.normal_quantile)
    assert relative(normal_quantile(U), special.ndtri(U)) < 2e-15
    assert np.all(np.diff(normal_quantile(np.sort(U))) >= -1e-15)
    assert np.array_equal(normal_quantile(1 - U[U > 0.5]), -normal_quantile(U[U > 0.5]))


SHAPES = (0.02, 0.1, 0.5, 0.7, 1.0, 1.5, 4.0, 15.9, 16.0, 50.0, 252.0, 1000.0, 9999.0, 1e4, 1e5)


@compiled
def _below(x: float, a: float) -> float:
    return gamma.tails(a, x)[0]


@compiled
def _above(x: float, a: float) -> float:
    return gamma.tails(a, x)[1]


@compiled
def _quantile(p: float, a: float) -> float:
    return gamma.quantile(a, p)


below, above, quantile = over(_below), over(_above), over(_quantile)
P = np.concatenate(
    [(np.arange(2000) + 0.5) / 2000, 2.0 ** -np.arange(2.0, 54), 1 - 2.0 ** -np.arange(2.0, 54)]
)


@pytest.mark.parametrize("shape", SHAPES)
def test_gamma_law(shape: float) -> None:
    exact = np.where(P > 0.5, special.gammainccinv(shape, 1 - P), special.gammaincinv(shape, P))
    normal = exact > 1e-280
    p, x = P[normal], exact[normal]
    assert relative(quantile(p, shape), x) < 1e-12
    lower = np.where(p < 0.5, below(x, shape) / special.gammainc(shape, x), 1)
    upper = np.where(p > 0.5, above(x, shape) / special.gammaincc(shape, x), 1)
    assert np.max(np.abs(lower - 1)) < 1e-12
    assert np.max(np.abs(upper - 1)) < 1e-12
    assert np.all(quantile(P[~normal], shape) < 1e-270)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_gamma_quantile_grows_and_is_the_inverse(shape: float) -> None:
    x = quantile(np.sort(P), shape)
    assert np.all(np.diff(x) >= 0)
    back = np.where(P < 0.5, below(quantile(P, shape), shape) / P, above(quantile(P, shape), shape) / (1 - P))
    some = quantile(P, shape) > 1e-280
    # An error of the quantile moves a tail by some sqrt(shape) times as much.
    assert np.max(np.abs(back[some] - 1)) < 1e-11 * max(np.sqrt(shape), 1)


@pytest.mark.parametrize("shape", [1e6, 1e12, 1e18])
def test_many_phases_are_nearly_normal(shape: float) -> None:
    middle = P[:2000]
    z = (quantile(middle, shape) / shape - 1) * np.sqrt(shape)
    third = (special.ndtri(middle) ** 2 - 1) / (3 * np.sqrt(shape))
    assert np.max(np.abs(z - special.ndtri(middle) - third)) < 20 / shape + 4e-16 * np.sqrt(shape)


def test_the_logarithm_of_the_factorial() -> None:
    a = np.concatenate([RANDOM.uniform(1e-3, 16, 2000), RANDOM.uniform(16, 1e4, 2000)])
    exact = special.gammaln(a + 1)
    assert np.max(np.abs(over(gamma.log_factorial)(a) - exact) / np.maximum(exact, 10)) < 2e-15

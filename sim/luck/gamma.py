"""The gamma law in plain arithmetic: its distribution function and its quantile.

The regularised incomplete gamma functions P(a, x) and Q(a, x) = 1 - P(a, x) are the power series below
the mean and Legendre's continued fraction (by Lentz's method) above it: DLMF 8.11.4 and 8.9.2. Their common
factor x**a e**-x / gamma(a + 1) is computed by Loader's saddle-point form ("Fast and accurate computation
of binomial probabilities", 2000), which keeps its digits for large a. Both take some ``6 sqrt(a)`` terms
near the mean.
"""

from __future__ import annotations

import math

import numpy as np

from sim.compiling import compiled
from sim.luck.arithmetic import exp, log, log_of_rest, normal_quantile

_ROOT_TWO_PI = 2.5066282746310005024
_ENOUGH_FOR_STIRLING = 16.0
_MANY_PHASES = 1e4
"""Shapes from which the quantile is the normal one, put right by an expansion."""
_MOST_TERMS = 20_000
_NEGLIGIBLE = 1e-17
_TINY = 1e-290


@compiled
def tails(a: float, x: float) -> tuple[float, float]:
    """P(a, x) and Q(a, x), for a > 0: relative error below 1e-13 of the smaller for a up to 1e4."""
    if x <= _TINY:
        return (0.0, 1.0)
    factor = _leading(a, x)
    if x < a + 1.0:
        p = min(factor * _series(a, x), 1.0)
        return (p, 1.0 - p)
    q = min(factor * a * _fraction(a, x), 1.0)
    return (1.0 - q, q)


@compiled
def quantile(a: float, p: float) -> float:
    """x with P(a, x) = p, for p in [1e-300, 1 - 2**-53]; relative error below 1e-12 for a from 0.02 on.

    From :data:`_MANY_PHASES` on by the expansion of Goldberg and Levine (1946); below, Halley's steps from
    a first guess, on the smaller of both tails, kept within what is known to bracket the answer.
    """
    if a >= _MANY_PHASES:
        return _of_many_phases(a, p)
    q = 1.0 - p
    x = _first_guess(a, p)
    if x < _TINY:
        return x
    low, high = 0.0, np.inf
    for _ in range(100):
        below, above = tails(a, x)
        excess = below - p if p < 0.5 else q - above
        if excess > 0.0:
            high = x
        else:
            low = x
        density = _leading(a, x) * a / x
        step = excess / density if density > 0.0 else np.inf
        bent = 0.5 * step * ((a - 1.0) / x - 1.0)
        step /= 1.0 - min(bent, 0.5) if bent > -1.0 else 2.0
        if abs(step) <= 1e-15 * x:
            break
        after = x - step
        if not low < after < high:
            after = 2.0 * x if high == np.inf else (0.5 * (low + high) if low > 0.0 else 0.125 * high)
            if after < _TINY:
                return after
        elif abs(step) <= 1e-6 * x:
            # Each step about triples the digits.
            return after
        x = after
    return x


@compiled
def _leading(a: float, x: float) -> float:
    """x**a e**-x / gamma(a + 1)."""
    if a >= _ENOUGH_FOR_STIRLING:
        return exp(-_deviance(a, x) - _stirling(a)) / (_ROOT_TWO_PI * math.sqrt(a))
    return exp(a * log(x) - x - log_factorial(a))


@compiled
def log_factorial(a: float) -> float:
    """log gamma(a + 1) for a > 0, by Stirling's series after a shift; absolute error below 5e-15 up to 16."""
    product = 1.0
    while a < _ENOUGH_FOR_STIRLING:
        a += 1.0
        product *= a
    return (a + 0.5) * log(a) - a + log(_ROOT_TWO_PI) + _stirling(a) - log(product)


@compiled
def _stirling(a: float) -> float:
    """What Stirling's formula for log gamma(a + 1) lacks, for a from 16 on: DLMF 5.11.1."""
    r = 1.0 / a
    r2 = r * r
    return r * (
        8.3333333333333333e-2
        - r2
        * (
            2.7777777777777778e-3
            - r2 * (7.9365079365079365e-4 - r2 * (5.9523809523809524e-4 - r2 * 8.4175084175084175e-4))
        )
    )


@compiled
def _deviance(a: float, x: float) -> float:
    """a log(a / x) + x - a, without cancellation near x = a (Loader's bd0)."""
    apart = a - x
    v = apart / (a + x)
    if abs(v) >= 0.1:
        return a * log(a / x) - apart
    total = apart * v
    power = 2.0 * a * v
    v2 = v * v
    odd = 1.0
    while True:
        power *= v2
        odd += 2.0
        after = total + power / odd
        if after == total:
            return total
        total = after


@compiled
def _series(a: float, x: float) -> float:
    """1 + x / (a + 1) + x**2 / ((a + 1) (a + 2)) + …"""
    total = term = 1.0
    for _ in range(_MOST_TERMS):
        a += 1.0
        term *= x / a
        total += term
        if term < _NEGLIGIBLE * total:
            break
    return total


@compiled
def _fraction(a: float, x: float) -> float:
    """1 / (x + 1 - a - 1 (1 - a) / (x + 3 - a - 2 (2 - a) / (x + 5 - a - …)))."""
    b = x + 1.0 - a
    c = 1.0 / _TINY
    d = 1.0 / b
    h = d
    for n in range(1, _MOST_TERMS):
        weight = -np.float64(n) * (np.float64(n) - a)
        b += 2.0
        d = 1.0 / (weight * d + b)
        c = b + weight / c
        change = d * c
        h *= change
        if abs(change - 1.0) < 2e-16:
            break
    return h


@compiled
def _first_guess(a: float, p: float) -> float:
    """Wilson and Hilferty's cube where it holds, else the first term of the series for small x."""
    if a > 0.5:
        cube = 1.0 - 1.0 / (9.0 * a) + normal_quantile(p) / (3.0 * math.sqrt(a))
        if cube > 0.3:
            return a * cube * cube * cube
    small = exp((log(p) + log_factorial(a)) / a)
    if small < 0.7 * (a + 1.0):
        return small
    return max(-log_of_rest(p), 0.7 * (a + 1.0))


@compiled
def _of_many_phases(a: float, p: float) -> float:
    """Goldberg and Levine's expansion of the chi-square quantile with 2 a degrees of freedom, halved."""
    z = normal_quantile(p)
    z2 = z * z
    n = 2.0 * a
    r = math.sqrt(2.0 / n)
    # Written in powers of r = sqrt(2 / n); the quantile over n.
    return a * (
        1.0
        + r * z
        + r * r * (z2 - 1.0) / 3.0
        + r * r * r * z * (z2 - 7.0) / 36.0
        - r * r * r * r * ((6.0 * z2 + 14.0) * z2 - 32.0) / 1620.0
        + r * r * r * r * r * z * ((9.0 * z2 + 256.0) * z2 - 433.0) / 38880.0
        + r * r * r * r * r * r * (((12.0 * z2 - 243.0) * z2 - 923.0) * z2 + 1472.0) / 204120.0
    )

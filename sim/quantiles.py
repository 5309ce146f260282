"""Quantile functions: how a uniform number becomes a count, a busy day or a duration.

Every law is sampled by its quantile function, so that the same luck gives a longer duration, or more
cases, whenever the law's parameters grow. Formulas: the inverses of the distribution functions in
scipy's parametrisations (``scipy.special``).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from sim.contract import Floats, Ints, LawKind, Laws

_ALMOST_ONE = 1.0 - 2.0**-53
_SMALLEST_CV = 1e-9


def poisson(mean: Floats, u: Floats) -> Ints:
    """The smallest count n with P(N <= n) >= ``u`` where N is Poisson with that ``mean``.

    A normal guess is put right against the distribution function (``scipy.special.pdtr``).

    >>> poisson(np.array([0.0, 4.0, 4.0]), np.array([0.5, 0.01, 0.99])).tolist()
    [0, 0, 9]
    """
    count = np.maximum(np.rint(mean + np.sqrt(mean) * special.ndtri(u)), 0.0)
    moving = mean > 0
    while True:
        too_low = moving & (special.pdtr(count, mean) < u)
        too_high = moving & ~too_low & (count > 0) & (special.pdtr(np.maximum(count - 1, 0), mean) >= u)
        if not (too_low.any() or too_high.any()):
            return np.where(moving, count, 0.0).astype(np.int64)
        count += too_low.astype(np.float64) - too_high.astype(np.float64)


def day_factor(cv: Floats, u: Floats) -> Floats:
    """Gamma quantile with mean 1 and coefficient of variation ``cv`` (0: always 1).

    >>> day_factor(np.array([0.0, 0.1]), np.array([0.9, 0.5])).round(4).tolist()
    [1.0, 0.9967]
    """
    variance = np.maximum(cv, _SMALLEST_CV) ** 2
    return np.where(cv > 0, special.gammaincinv(1.0 / variance, u) * variance, 1.0)


def duration_seconds(laws: Laws, law: int, u: Floats) -> Floats:
    """Quantile in seconds of law number ``law`` at ``u`` in (0, 1); infinity where it never ends.

    Below the mass at zero it is 0; the rest of the unit interval is mapped on the part of the law
    between its truncations.
    """
    zero = laws.zero[law]
    low, high = laws.from_quantile[law], laws.until_quantile[law]
    rest = np.clip((u - zero) / (1.0 - zero), 0.0, 1.0) if zero < 1.0 else u
    q = np.minimum(low + rest * (high - low), _ALMOST_ONE)
    seconds = np.minimum(np.maximum(_law_seconds(laws, law, q), laws.at_least[law]), laws.at_most[law])
    return np.where(u < zero, 0.0, seconds)


def _law_seconds(laws: Laws, law: int, q: Floats) -> Floats:
    return np.asarray(_of_kind(laws, law, q), dtype=np.float64)


def _of_kind(laws: Laws, law: int, q: Floats) -> Any:
    a, b, c = (float(parameter) for parameter in laws.parameters[law])
    kind = LawKind(int(laws.kind[law]))
    if kind is LawKind.DETERMINISTIC:
        return np.full(len(q), a)
    if kind is LawKind.EXPONENTIAL:
        return -a * np.log1p(-q)
    if kind is LawKind.LOGNORMAL:
        return np.exp(a + b * special.ndtri(q))
    if kind is LawKind.GAMMA:
        return special.gammaincinv(a, q) * b
    if kind is LawKind.WEIBULL:
        return b * (-np.log1p(-q)) ** (1.0 / a)
    if kind is LawKind.UNIFORM:
        return a + (b - a) * q
    if kind is LawKind.TRIANGULAR:
        rising = a + np.sqrt(q * (c - a) * (b - a))
        falling = c - np.sqrt((1.0 - q) * (c - a) * (c - b))
        return np.where(q * (c - a) < b - a, rising, falling)
    if kind is LawKind.EMPIRICAL:
        entries = slice(int(laws.table_index[law]), int(laws.table_index[law + 1]))
        return laws.table_seconds[entries][np.searchsorted(laws.table_cumulative[entries], q)]
    return np.full(len(q), np.inf)


def cumulative(laws: Laws, law: int, seconds: float, *, strictly_below: bool = False) -> float:
    """P(X <= ``seconds``) of the law itself, or P(X < ``seconds``); without mass at zero or truncation."""
    a, b, c = (float(parameter) for parameter in laws.parameters[law])
    kind = LawKind(int(laws.kind[law]))
    x = max(seconds, 0.0)
    if kind is LawKind.DETERMINISTIC:
        return float(a < x if strictly_below else a <= x)
    if kind is LawKind.EXPONENTIAL:
        return float(-np.expm1(-x / a))
    if kind is LawKind.LOGNORMAL:
        return float(special.ndtr((np.log(x) - a) / b)) if x > 0 else 0.0
    if kind is LawKind.GAMMA:
        return float(special.gammainc(a, x / b))
    if kind is LawKind.WEIBULL:
        return float(-np.expm1(-((x / b) ** a)))
    if kind is LawKind.UNIFORM:
        return float(np.clip((x - a) / (b - a), 0.0, 1.0))
    if kind is LawKind.TRIANGULAR:
        return _triangular_cumulative(a, b, c, x)
    if kind is LawKind.EMPIRICAL:
        entries = slice(int(laws.table_index[law]), int(laws.table_index[law + 1]))
        values = laws.table_seconds[entries]
        below = int(np.sum(values < x) if strictly_below else np.sum(values <= x))
        return float(laws.table_cumulative[entries][below - 1]) if below else 0.0
    return 0.0


def _triangular_cumulative(low: float, mode: float, high: float, x: float) -> float:
    if x <= low:
        return 0.0
    if x >= high:
        return 1.0
    if x < mode:
        return (x - low) ** 2 / ((high - low) * (mode - low))
    return 1.0 - (high - x) ** 2 / ((high - low) * (high - mode))

"""How many cases come: Poisson counts, exact counts and the busy day, in plain arithmetic."""

from __future__ import annotations

import math

import numpy as np

from sim.compiling import compiled
from sim.contract import Floats, Ints, Keys
from sim.luck import gamma
from sim.luck.arithmetic import exp, normal_quantile
from sim.luck.hashing import folded, mixed, uniform
from sim.luck.prepared import Luck, Purpose

_COUNT, _DAY_FACTOR = np.uint64(Purpose.COUNT), np.uint64(Purpose.DAY_FACTOR)
_0 = np.uint64(0)

_SMALLEST_CV = 1e-9
FEW = 12.0
"""Means below which the probabilities are summed one by one."""
_NEARLY_ONE = 1.0 - 1e-6


_INVERSE = 1.0 / np.maximum(np.arange(64.0), 1.0)
"""1 / n, for more cases than a mean below :data:`FEW` brings with a chance above 1e-6."""


@compiled
def draw_counts(luck: Luck, root: np.uint64, count: Ints, u: Floats, none: Floats) -> int:
    """Fill ``count`` [K, I] for one replication, whose chain of hashes begins with ``root``; their sum.

    ``u`` and ``none`` are room for K numbers.
    """
    total = 0
    days = luck.day_index.size - 1
    day_root = folded(root, _DAY_FACTOR)
    factor = 1.0
    for intent in range(luck.intent_key.size):
        chain = folded(folded(root, _COUNT), luck.intent_key[intent])
        _uniforms(chain, luck.interval_link, u)
        if luck.exact_counts[intent]:
            total += _exactly(luck.so_far, intent, u[0], count)
            continue
        cv = luck.day_factor_cv[intent]
        for day in range(days):
            if days > 1 or intent == 0 or cv != luck.day_factor_cv[intent - 1]:
                factor = day_factor(cv, uniform(folded(day_root, np.uint64(day)), _0))
            first = luck.day_index[day]
            until = luck.day_index[day + 1]
            for interval in range(first, until):
                none[interval] = exp(-luck.rate[intent, interval] * factor)
            for interval in range(first, until):
                mean = luck.rate[intent, interval] * factor
                n = few(mean, u[interval], none[interval]) if mean < FEW else poisson(mean, u[interval])
                count[interval, intent] = n
                total += n
    return total


@compiled
def _uniforms(chain: np.uint64, links: Keys, u: Floats) -> None:
    for interval in range(links.size):
        u[interval] = uniform(mixed(chain ^ links[interval]), _0)


@compiled
def _exactly(so_far: Floats, intent: int, u: float, count: Ints) -> int:
    """Counts that add up to the volume so far, never more than one case off (systematic rounding)."""
    before = 0
    for interval in range(so_far.shape[1]):
        reached = int(so_far[intent, interval] + u)
        count[interval, intent] = reached - before
        before = reached
    return before


@compiled
def poisson(mean: float, u: float) -> int:
    """The smallest count n with P(N <= n) >= ``u`` where N is Poisson with that ``mean``.

    For small means the probabilities are summed. Else a real number near the count comes from the
    expansion Q_N3 of Giles ("Algorithm 955: approximation of the inverse Poisson cumulative distribution
    function", ACM TOMS 42, 2016); where an integer is closer to it than twice the expansion's error, the
    distribution function decides.
    """
    if mean < FEW:
        return few(mean, u, exp(-mean))
    w = normal_quantile(u)
    w2 = w * w
    root = math.sqrt(mean)
    near = (
        mean
        + root * w
        + (2.0 + w2) / 6.0
        - w * (2.0 + w2) / (72.0 * root)
        + ((3.0 * w2 + 7.0) * w2 - 16.0) / (810.0 * mean)
    )
    error = 2.0 * (0.025 + w2 * (0.0125 + w2 * 0.00625)) / mean
    count = int(max(near + error, 0.0))
    if near - error >= float(count) and abs(w) < 5.0:
        return count
    return _put_right(mean, u, count)


@compiled
def few(mean: float, u: float, none: float) -> int:
    """The same for small means by summing probabilities; ``none`` is that of 0, ``exp(-mean)``."""
    if u > _NEARLY_ONE and mean > 0.0:
        # Here the sum's rounding would tell.
        return _put_right(mean, u, int(mean))
    count = 0
    chance = none
    total = none
    while total < u:
        count += 1
        chance *= mean * _INVERSE[count]
        total += chance
    return count


@compiled
def _put_right(mean: float, u: float, count: int) -> int:
    """Walk from a guess to the count, by the distribution function: P(N <= n) = Q(n + 1, mean)."""
    while not _reached(mean, u, count):
        count += 1
    while count > 0 and _reached(mean, u, count - 1):
        count -= 1
    return count


@compiled
def _reached(mean: float, u: float, count: int) -> bool:
    """Whether P(N <= count) >= u, on the smaller tail."""
    above, below = gamma.tails(float(count) + 1.0, mean)
    return below >= u if u < 0.5 else above <= 1.0 - u


@compiled
def day_factor(cv: float, u: float) -> float:
    """Gamma quantile with mean 1 and coefficient of variation ``cv`` (0: always 1)."""
    if cv <= 0.0:
        return 1.0
    spread = max(cv, _SMALLEST_CV)
    variance = spread * spread
    return gamma.quantile(1.0 / variance, u) * variance

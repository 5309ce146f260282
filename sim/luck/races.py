"""Choices among named alternatives: exponential races, for many cases at once.

An alternative's clock rings after -ln(u) / share, with u hashed from the case's key and the alternative's
name; the first to ring is chosen. Of independent exponential clocks each is first with a probability in
proportion to its rate: so an alternative that is new, or whose share grows, takes away only those whom it
wins.

Logarithms are most of the cost of drawing cases, and most races are not close: they are run with a rough
logarithm first, and again with the exact one where the two soonest are nearer than the rough one's error.
"""

from __future__ import annotations

import numpy as np

from sim.compiling import compiled
from sim.contract import Floats, Ints, Keys
from sim.luck.arithmetic import log, rough_log
from sim.luck.hashing import uniform

CLEAR = 1.0 + 2e-4
"""A lead that the rough logarithm, with its relative error below 6e-5, cannot have mistaken."""
_1 = np.uint64(1)


@compiled
def race(
    alternatives: Ints,
    salts: Keys,
    means: Floats,
    column: Ints,
    key: Keys,
    winner: Ints,
    at: np.uint64,
    n: np.uint64,
    soonest: Floats,
    second: Floats,
    mean: Floats,
) -> None:
    """Who wins for each of the cases ``at:at + n``; in ``winner``, one of the ``alternatives``.

    ``salts`` is [alternatives] and ``means``, 1 / share or infinity, [alternatives, columns]; ``column``
    is [n]. ``soonest``, ``second`` and ``mean`` are room for n numbers.
    """
    if alternatives.size == 1:
        for j in range(n):
            winner[at + j] = alternatives[0]
        return
    for j in range(n):
        soonest[j] = second[j] = np.inf
    for index in range(alternatives.size):
        # Apart from what follows, because looking up keeps a loop from becoming vector code.
        for j in range(n):
            mean[j] = means[index, np.uint64(column[j])]
        _run(alternatives[index], salts[index], key, winner, at, n, soonest, second, mean)
    if _close(n, soonest, second) > 0:
        for j in range(n):
            if second[j] < soonest[j] * CLEAR:
                winner[at + j] = _again(alternatives, salts, means, np.uint64(column[j]), key[at + j])


@compiled
def _run(
    alternative: int,
    salt: np.uint64,
    key: Keys,
    winner: Ints,
    at: np.uint64,
    n: np.uint64,
    soonest: Floats,
    second: Floats,
    mean: Floats,
) -> None:
    for j in range(n):
        rings = -rough_log(uniform(key[at + j], salt)) * mean[j]
        before = soonest[j]
        was = winner[at + j]
        winner[at + j] = alternative if rings < before else was
        soonest[j] = min(rings, before)
        second[j] = min(second[j], max(rings, before))


@compiled
def _close(n: np.uint64, soonest: Floats, second: Floats) -> int:
    """How many races are close."""
    found = 0
    for j in range(n):
        found += 1 if second[j] < soonest[j] * CLEAR else 0
    return found


@compiled
def _again(alternatives: Ints, salts: Keys, means: Floats, column: np.uint64, key: np.uint64) -> int:
    """The winner of one race by exact logarithms; of equals, the first."""
    soonest = np.inf
    winner = int(alternatives[0])
    for index in range(alternatives.size):
        rings = -log(uniform(key, salts[index])) * means[index, column]
        if rings < soonest:
            soonest = rings
            winner = int(alternatives[index])
    return winner

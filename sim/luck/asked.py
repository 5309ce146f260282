"""What is asked about a contact: work, patience, resolution, incidents, next steps.

Each answer depends on the case's key, the attempt and what is asked alone, never on when it is asked.
``key`` is ``np.uint64``; all other arguments are integers from 0 on.
"""

from __future__ import annotations

import numpy as np

from sim.compiling import compiled, inlined
from sim.contract import Front
from sim.luck.arithmetic import log, rough_log
from sim.luck.hashing import uniform
from sim.luck.laws import duration
from sim.luck.prepared import BALK, FRONT_ENDS, SILENCE, Luck, luck_of
from sim.luck.races import CLEAR

__all__ = [
    "Luck",
    "balks",
    "chance",
    "delay",
    "front_ends",
    "incident_luck",
    "leaves_silently",
    "luck_of",
    "next_channel",
    "patience",
    "resolution_luck",
    "stage",
    "work",
]

_FRONT_ENDS, _BALK, _SILENCE = np.uint64(FRONT_ENDS), np.uint64(BALK), np.uint64(SILENCE)
_PASSES, _CONTAINS, _LOSES, _MISROUTES = (int(front) for front in Front)


@inlined
def work(luck: Luck, key: np.uint64, intent: int, channel: int, attempt: int) -> int:
    """Base handle time, or duration of self-service, in ticks, before factors."""
    u = uniform(key, luck.work_salt[np.uint64(attempt), np.uint64(channel)])
    law = luck.work_law[np.uint64(channel), np.uint64(intent)]
    return duration(luck.laws, luck.table, law, u, 1.0)


@inlined
def patience(luck: Luck, key: np.uint64, intent: int, segment: int, channel: int, attempt: int) -> int:
    """Patience in ticks, the segment's factor included, before frustration."""
    u = uniform(key, luck.patience_salt[np.uint64(attempt), np.uint64(channel)])
    law = luck.patience_law[np.uint64(channel), np.uint64(intent)]
    factor = luck.patience_factor[np.uint64(segment)]
    return duration(luck.laws, luck.table, law, u, factor)


@inlined
def resolution_luck(luck: Luck, key: np.uint64, channel: int, attempt: int) -> float:
    """Uniform in (0, 1); a contact that runs its course resolves the case if it is below the share."""
    return uniform(key, luck.resolves_salt[np.uint64(attempt), np.uint64(channel)])


@inlined
def incident_luck(luck: Luck, key: np.uint64, attempt: int) -> float:
    """Uniform in (0, 1); the attempt fails if it is below the incident's failure."""
    return uniform(key, luck.incident_salt[np.uint64(attempt)])


@inlined
def chance(luck: Luck, key: np.uint64, which: int, attempt: int) -> float:
    """Uniform in (0, 1) for each of :class:`sim.contract.Chance`."""
    return uniform(key, luck.chance_salt[np.uint64(which), np.uint64(attempt)])


@compiled
def stage(luck: Luck, key: np.uint64, intent: int, channel: int, attempt: int, which: int) -> int:
    """Ticks of a stage with a law: of the front, of wrap, or of finding out a silent customer (``which``)."""
    u = uniform(key, luck.stage_salt[np.uint64(which), np.uint64(attempt), np.uint64(channel)])
    law = luck.stage_law[np.uint64(which), np.uint64(channel), np.uint64(intent)]
    return duration(luck.laws, luck.table, law, u, 1.0)


@compiled
def front_ends(luck: Luck, key: np.uint64, intent: int, channel: int, attempt: int) -> int:
    """How the automated front ends: :class:`sim.contract.Front`."""
    u = uniform(key, luck.stage_salt[_FRONT_ENDS, np.uint64(attempt), np.uint64(channel)])
    c, i = np.uint64(channel), np.uint64(intent)
    if u < luck.front_share[c, i, 0]:
        return _CONTAINS
    if u < luck.front_share[c, i, 1]:
        return _LOSES
    return _MISROUTES if u < luck.front_share[c, i, 2] else _PASSES


@compiled
def balks(luck: Luck, key: np.uint64, channel: int, attempt: int) -> bool:
    """Whether the customer leaves at once when there would be a wait."""
    u = uniform(key, luck.stage_salt[_BALK, np.uint64(attempt), np.uint64(channel)])
    return bool(u < luck.balk[np.uint64(channel)])


@compiled
def leaves_silently(luck: Luck, key: np.uint64, channel: int, attempt: int) -> bool:
    """Whether the customer, when giving up, does so without a sign."""
    u = uniform(key, luck.stage_salt[_SILENCE, np.uint64(attempt), np.uint64(channel)])
    return bool(u < luck.silence[np.uint64(channel)])


@inlined
def next_channel(luck: Luck, key: np.uint64, row: int, attempt: int) -> int:
    """Channel by next-step row ``row``, or ``NOBODY``: gives up.

    Of independent exponential clocks, each as fast as its share, the first to ring is chosen: with a
    probability in proportion to the share, and an alternative that is new, or whose share grows, takes
    away only those whom it wins. Logarithms are rough where that is enough (:mod:`sim.luck.races`).
    """
    begin = np.uint64(luck.next_index[np.uint64(row)])
    end = np.uint64(luck.next_index[np.uint64(row) + np.uint64(1)])
    winner = int(luck.choices[begin].channel)
    if end - begin == np.uint64(1):
        return winner
    soonest = second = np.inf
    for j in range(begin, end):
        choice = luck.choices[j]
        u = uniform(key, luck.next_salt[np.uint64(attempt), np.uint64(choice.salt)])
        rings = -rough_log(u) * choice.mean
        if rings < soonest:
            second = soonest
            soonest = rings
            winner = int(choice.channel)
        else:
            second = min(second, rings)
    if second < soonest * CLEAR:
        return _next_of_close(luck, key, begin, end, attempt)
    return winner


@compiled
def _next_of_close(luck: Luck, key: np.uint64, begin: np.uint64, end: np.uint64, attempt: int) -> int:
    """The same by exact logarithms; of equals, the first."""
    soonest = np.inf
    winner = int(luck.choices[begin].channel)
    for j in range(begin, end):
        choice = luck.choices[j]
        rings = -log(uniform(key, luck.next_salt[np.uint64(attempt), np.uint64(choice.salt)])) * choice.mean
        if rings < soonest:
            soonest = rings
            winner = int(choice.channel)
    return winner


@inlined
def delay(luck: Luck, key: np.uint64, intent: int, row: int, attempt: int) -> int:
    """Delay in ticks before the next attempt; 0 where the row has none."""
    u = uniform(key, luck.delay_salt[np.uint64(attempt)])
    law = luck.delay_law[np.uint64(row)]
    return duration(luck.laws, luck.table, law, u, 1.0)

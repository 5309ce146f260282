"""Fortune: what a contact's luck says, computed from its case's key, or looked up where it is given."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.compiling import Apart, Int, compiled, inlined
from sim.contract import FAR
from sim.engines.compiled.centre import (
    CENTRE,
    first_work,
    given_chance,
    given_delay,
    given_incident,
    given_next,
    given_patience,
    given_resolution,
    given_stage,
    given_work,
    intent,
    key,
    luck,
    segment,
)
from sim.luck import asked
from sim.luck.prepared import BALK, FRONT_ENDS, SILENCE


@inlined
def scaled(ticks: Int, factor: float) -> Int:
    """:func:`sim.contract.scaled`."""
    if ticks >= FAR:
        return FAR
    return np.int64(min(np.rint(ticks * factor), np.float64(FAR)))


_WORK, _PATIENCE, _DELAY, _STAGE = range(4)


def _time(centre: Any, what: Int, case: Int, place: Int, attempt: Int) -> Int:
    """A time of any kind, in ticks; ``place`` is a channel or a next-step row."""
    case, place, attempt = np.uint64(case), np.uint64(place), np.uint64(attempt)
    if what == _WORK:
        if centre.given:
            return given_work(centre)[place, attempt, case]
        return asked.work(luck(centre), key(centre)[case], intent(centre)[case], place, attempt)
    if what == _PATIENCE:
        if centre.given:
            return given_patience(centre)[place, attempt, case]
        return asked.patience(
            luck(centre), key(centre)[case], intent(centre)[case], segment(centre)[case], place, attempt
        )
    if what == _DELAY:
        if centre.given:
            return given_delay(centre)[place, attempt, case]
        return asked.delay(luck(centre), key(centre)[case], intent(centre)[case], place, attempt)
    which: Int = np.uint64(what - _STAGE)
    if centre.given:
        return given_stage(centre)[which, place, attempt, case]
    return asked.stage(luck(centre), key(centre)[case], intent(centre)[case], place, attempt, which)


TIME = Apart(_time, CENTRE, 4)
"""Quantiles of all the laws are long, and asked for in many places."""
_time_of = TIME.caller("time_address")


@inlined
def work(centre: Any, case: Int, channel: Int, attempt: Int) -> Int:
    """Base handle time, or duration of self-service."""
    if attempt == 0 and not centre.given and first_work(centre).size:
        return first_work(centre)[case]
    return _time_of(centre, (_WORK, np.int64(case), np.int64(channel), np.int64(attempt)))


@inlined
def patience(centre: Any, case: Int, channel: Int, attempt: Int) -> Int:
    """Patience before frustration."""
    return _time_of(centre, (_PATIENCE, np.int64(case), np.int64(channel), np.int64(attempt)))


@inlined
def delay(centre: Any, case: Int, row: Int, attempt: Int) -> Int:
    """The delay before the attempt after this one, by a next-step row."""
    return _time_of(centre, (_DELAY, np.int64(case), np.int64(row), np.int64(attempt)))


@inlined
def stage(centre: Any, case: Int, channel: Int, attempt: Int, which: Int) -> Int:
    """How long the front, wrap or finding out a silent customer takes: a place in ``STAGES``."""
    return _time_of(centre, (_STAGE + np.int64(which), np.int64(case), np.int64(channel), np.int64(attempt)))


@inlined
def resolution_luck(centre: Any, case: Int, channel: Int, attempt: Int) -> float:
    """A contact that runs its course resolves the case if this is below the share of those that do."""
    if centre.given:
        return given_resolution(centre)[channel, attempt, case]
    return asked.resolution_luck(luck(centre), key(centre)[case], channel, attempt)


@compiled
def chance(centre: Any, case: Int, which: Int, attempt: Int) -> float:
    """What is left to chance: :class:`sim.contract.Chance`."""
    if centre.given:
        return given_chance(centre)[which, attempt, case]
    return asked.chance(luck(centre), key(centre)[case], which, attempt)


@inlined
def incident_luck(centre: Any, case: Int, attempt: Int) -> float:
    """The attempt fails if this is below the incidents' failure."""
    if centre.given:
        return given_incident(centre)[attempt, case]
    return asked.incident_luck(luck(centre), key(centre)[case], attempt)


@compiled
def front_ends(centre: Any, case: Int, channel: Int, attempt: Int) -> Int:
    """How the automated front ends."""
    if centre.given:
        return given_stage(centre)[FRONT_ENDS, channel, attempt, case]
    return asked.front_ends(luck(centre), key(centre)[case], intent(centre)[case], channel, attempt)


@compiled
def balks(centre: Any, case: Int, channel: Int, attempt: Int) -> bool:
    """Whether the customer leaves at once when there would be a wait."""
    if centre.given:
        return given_stage(centre)[BALK, channel, attempt, case] != 0
    return asked.balks(luck(centre), key(centre)[case], channel, attempt)


@compiled
def leaves_silently(centre: Any, case: Int, channel: Int, attempt: Int) -> bool:
    """Whether the customer, when giving up, does so without a sign."""
    if centre.given:
        return given_stage(centre)[SILENCE, channel, attempt, case] != 0
    return asked.leaves_silently(luck(centre), key(centre)[case], channel, attempt)


@compiled
def next_channel(centre: Any, case: Int, row: Int, attempt: Int) -> Int:
    """The channel by a next-step row, or NOBODY."""
    if centre.given:
        return given_next(centre)[row, attempt, case]
    return asked.next_channel(luck(centre), key(centre)[case], row, attempt)

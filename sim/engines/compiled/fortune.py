"""Fortune: what a contact's luck says, computed from its case's key, or looked up where it is given."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.compiling import Int, compiled, inlined
from sim.contract import FAR
from sim.engines.compiled.centre import (
    first_work,
    given_delay,
    given_incident,
    given_next,
    given_patience,
    given_resolves,
    given_work,
    intent,
    key,
    luck,
    segment,
)
from sim.luck import asked


@inlined
def scaled(ticks: Int, factor: float) -> Int:
    """:func:`sim.contract.scaled`."""
    if ticks >= FAR:
        return FAR
    return np.int64(min(np.rint(ticks * factor), np.float64(FAR)))


@inlined
def work(centre: Any, case: Int, channel: Int, attempt: Int) -> Int:
    """Base handle time, or duration of self-service."""
    if centre.given:
        return given_work(centre)[channel, attempt, case]
    if attempt == 0 and first_work(centre).size:
        return first_work(centre)[case]
    return _later_work(centre, case, channel, attempt)


@compiled
def _later_work(centre: Any, case: Int, channel: Int, attempt: Int) -> Int:
    return asked.work(luck(centre), key(centre)[case], intent(centre)[case], channel, attempt)


@compiled
def patience(centre: Any, case: Int, channel: Int, attempt: Int) -> Int:
    """Patience before frustration."""
    if centre.given:
        return given_patience(centre)[channel, attempt, case]
    return asked.patience(
        luck(centre), key(centre)[case], intent(centre)[case], segment(centre)[case], channel, attempt
    )


@inlined
def resolves(centre: Any, case: Int, channel: Int, attempt: Int) -> bool:
    """Whether a contact that runs its course resolves the case."""
    if centre.given:
        return given_resolves(centre)[channel, attempt, case] != 0
    return asked.resolves(
        luck(centre), key(centre)[case], intent(centre)[case], segment(centre)[case], channel, attempt
    )


@inlined
def incident_luck(centre: Any, case: Int, attempt: Int) -> float:
    """The attempt fails if this is below the incidents' failure."""
    if centre.given:
        return given_incident(centre)[attempt, case]
    return asked.incident_luck(luck(centre), key(centre)[case], attempt)


@compiled
def next_channel(centre: Any, case: Int, row: Int, attempt: Int) -> Int:
    """The channel by a next-step row, or NOBODY."""
    if centre.given:
        return given_next(centre)[row, attempt, case]
    return asked.next_channel(luck(centre), key(centre)[case], row, attempt)


@compiled
def delay(centre: Any, case: Int, row: Int, attempt: Int) -> Int:
    """The delay before that attempt."""
    if centre.given:
        return given_delay(centre)[row, attempt, case]
    return asked.delay(luck(centre), key(centre)[case], intent(centre)[case], row, attempt)

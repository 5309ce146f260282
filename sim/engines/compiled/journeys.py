"""Journeys: when channels are open, how a contact ends, and whether the customer tries again."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.compiling import Int, compiled, inlined
from sim.contract import NOBODY, Kind, Outcome
from sim.engines.compiled import fortune
from sim.engines.compiled.agenda import foresee
from sim.engines.compiled.centre import (
    channels,
    closes,
    contacts,
    first_contact,
    helped,
    helper,
    intent,
    next_row,
    opens,
    passing_on,
    segment,
)
from sim.engines.compiled.incidents import comes_back
from sim.engines.compiled.records import CALLBACK, DOOMED, MISROUTED, NONE, PASSED_ON

_ARRIVAL = np.uint8(Kind.ARRIVAL)
_RESOLVED, _TRANSFERRED = np.uint8(Outcome.RESOLVED), np.uint8(Outcome.TRANSFERRED)
_CALLED_BACK, _UNREACHED = np.uint8(Outcome.CALLED_BACK), np.uint8(Outcome.UNREACHED)


@inlined
def is_open(centre: Any, channel: Int) -> bool:
    """Whether a channel is open now."""
    record, now = channels(centre)[channel], centre.now
    while record.closes <= now:
        record.window += 1
        find_window(centre, channel)
    return record.opens <= now


@compiled
def find_window(centre: Any, channel: Int) -> None:
    """Read the channel's present window; after the last there is none that ever begins."""
    record = channels(centre)[channel]
    if record.window < record.last_window:
        record.opens = opens(centre)[record.window]
        record.closes = closes(centre)[record.window]
    else:
        record.opens = np.iinfo(np.int64).max
        record.closes = np.iinfo(np.int64).max


@compiled
def new_contact(centre: Any, case: Int, attempt: Int, channel: Int, previous: Int) -> Int:
    """A record for an attempt to come, after ``previous`` or NONE; NONE when there is no room."""
    if centre.new_contact >= centre.most_contacts:
        centre.full = 1
        return NONE
    contact = np.uint32(centre.new_contact)
    centre.new_contact = contact + np.uint32(1)
    record = contacts(centre)[contact]
    contacts(centre)[contact] = contacts(centre)[centre.blank]
    record.case = case
    record.attempt = attempt
    record.channel = channel
    if centre.consulting:
        helper(centre)[contact] = NOBODY
        helped(centre)[contact] = 0
    if previous == NONE:
        first_contact(centre)[case] = contact
    else:
        before = contacts(centre)[previous]
        before.following = contact
        record.failed = before.failed + (0 if _is_no_failure(before.outcome) else 1)
    return contact


@inlined
def _is_no_failure(outcome: Int) -> bool:
    """Whether the customer did not try in vain."""
    return outcome in (_TRANSFERRED, _CALLED_BACK, _UNREACHED)


@compiled
def conclude(centre: Any, contact: Int, outcome: Int) -> None:
    """A contact that was in its channel ends."""
    channels(centre)[contacts(centre)[contact].channel].inside -= 1
    finish(centre, contact, outcome)


@compiled
def finish(centre: Any, contact: Int, outcome: Int) -> None:
    """A contact ends; unless the case is resolved, the customer may try again."""
    record, now = contacts(centre)[contact], centre.now
    record.ended = now
    record.outcome = outcome
    attempt = np.int64(record.attempt)
    if outcome == _RESOLVED or attempt + 1 == centre.attempts:
        return
    if record.mark & DOOMED:
        tick = comes_back(centre, contact)
        if tick != NOBODY:
            _try_again(centre, contact, np.int64(record.channel), tick)
            return
    case = record.case
    if outcome == _CALLED_BACK:
        _continue(centre, contact, np.int64(record.channel), CALLBACK)
        return
    row = next_row(centre)[record.channel, outcome, intent(centre)[case], segment(centre)[case]]
    if row == NOBODY:
        if outcome == _TRANSFERRED:
            to = np.int64(record.channel)
            if not record.mark & MISROUTED:
                to = np.int64(passing_on(centre)[record.channel].to)
            _continue(centre, contact, to, PASSED_ON)
        return
    channel = fortune.next_channel(centre, case, row, attempt)
    if channel != NOBODY:
        _try_again(centre, contact, channel, now + fortune.delay(centre, case, row, attempt))


@compiled
def _try_again(centre: Any, contact: Int, channel: Int, tick: Int) -> None:
    """The customer will try a channel at a tick, if that is before the horizon."""
    record = contacts(centre)[contact]
    record.next_channel = channel
    if tick < centre.horizon:
        following = new_contact(centre, record.case, record.attempt + 1, channel, contact)
        if following != NONE:
            foresee(centre, following, tick, _ARRIVAL)


@compiled
def _continue(centre: Any, contact: Int, channel: Int, mark: Int) -> None:
    """The case goes on at this tick in the centre's hands: it is transferred, or will be called back."""
    record = contacts(centre)[contact]
    record.next_channel = channel
    following = new_contact(centre, record.case, record.attempt + 1, channel, contact)
    if following != NONE:
        contacts(centre)[following].mark = mark
        foresee(centre, following, centre.now, _ARRIVAL)

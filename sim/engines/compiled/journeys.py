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
    incidents,
    intent,
    next_row,
    opens,
    segment,
)
from sim.engines.compiled.records import NONE, PASSED_ON

_ARRIVAL = np.uint8(Kind.ARRIVAL)
_RESOLVED, _TRANSFERRED = np.uint8(Outcome.RESOLVED), np.uint8(Outcome.TRANSFERRED)


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


@inlined
def has_incidents(centre: Any, channel: Int) -> bool:
    """Whether there ever is an incident in a channel."""
    return channels(centre)[channel].first_incident < channels(centre)[channel].last_incident


@compiled
def meets_incident(centre: Any, contact: Int) -> bool:
    """Whether the incidents of this moment, as independent causes, make the attempt fail."""
    record, now = contacts(centre)[contact], centre.now
    channel = channels(centre)[record.channel]
    works = 1.0
    for place in range(channel.first_incident, channel.last_incident):
        incident = incidents(centre)[place]
        if incident.begins <= now < incident.ends:
            works *= 1.0 - incident.failure
    return works < 1.0 and (
        fortune.incident_luck(centre, record.case, np.int64(record.attempt)) < 1.0 - works
    )


@compiled
def slowed(centre: Any, channel: Int, time: Int) -> Int:
    """A time that begins now in a channel, lengthened by the incidents of this moment."""
    factor, now, record = 1.0, centre.now, channels(centre)[channel]
    for place in range(record.first_incident, record.last_incident):
        incident = incidents(centre)[place]
        if incident.begins <= now < incident.ends:
            factor *= incident.slowdown
    return fortune.scaled(time, factor) if factor != 1.0 else time


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
    if previous == NONE:
        first_contact(centre)[case] = contact
    else:
        before = contacts(centre)[previous]
        before.following = contact
        record.failed = before.failed + (before.outcome != _TRANSFERRED)
    return contact


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
    case = record.case
    row = next_row(centre)[record.channel, outcome, intent(centre)[case], segment(centre)[case]]
    if row == NOBODY:
        if outcome == _TRANSFERRED:
            _pass_on(centre, contact)
        return
    channel = fortune.next_channel(centre, case, row, attempt)
    record.next_channel = channel
    if channel != NOBODY:
        tick = now + fortune.delay(centre, case, row, attempt)
        if tick < centre.horizon:
            following = new_contact(centre, case, attempt + 1, channel, contact)
            if following != NONE:
                foresee(centre, following, tick, _ARRIVAL)


@compiled
def _pass_on(centre: Any, contact: Int) -> None:
    """An agent transfers a misrouted contact to where it belongs."""
    record = contacts(centre)[contact]
    record.next_channel = record.channel
    following = new_contact(centre, record.case, record.attempt + 1, record.channel, contact)
    if following != NONE:
        contacts(centre)[following].mark = PASSED_ON
        foresee(centre, following, centre.now, _ARRIVAL)

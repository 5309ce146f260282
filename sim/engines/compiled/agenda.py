"""The agenda: what is foreseen, in buckets of time.

Each contact has at most one event to come: its arrival, the end of its front, of its handling or of its
time in self-service, or while it waits whatever comes first, the end of its patience or the opening of
another skill. Contacts of the same bucket are linked; a bucket is put in order only when its time has
come, so that entering and crossing out cost the same however much is foreseen. What the calendar brings
(first attempts, staffing, closings) is sorted beforehand and never entered; see
:mod:`sim.engines.compiled.kernel`.

R. Brown, "Calendar queues", Communications of the ACM 31 (1988), has the idea.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.compiling import Int, compiled, inlined
from sim.contract import ID_BITS
from sim.engines.compiled.centre import buckets, contacts
from sim.engines.compiled.records import NO_EVENT, NONE


@inlined
def identity(centre: Any, contact: Int) -> Int:
    """What breaks ties: :func:`sim.contract.contact_id`."""
    record = contacts(centre)[contact]
    return np.int64(record.case) * centre.attempts + np.int64(record.attempt)


@inlined
def order_of(centre: Any, contact: Int) -> Int:
    """The order among events of the same tick: :func:`sim.contract.event_order`."""
    record = contacts(centre)[contact]
    return (np.int64(record.event) << ID_BITS) | identity(centre, contact)


@inlined
def before(centre: Any, one: Int, other: Int) -> bool:
    """Whether the event of ``one`` comes before that of ``other``."""
    tick, other_tick = contacts(centre)[one].tick, contacts(centre)[other].tick
    if tick != other_tick:
        return tick < other_tick
    return order_of(centre, one) < order_of(centre, other)


@compiled
def foresee(centre: Any, contact: Int, tick: Int, kind: Int) -> None:
    """Enter the one event of a contact. Nothing happens at or after the horizon."""
    record = contacts(centre)[contact]
    record.tick = tick
    if tick >= centre.horizon:
        record.event = NO_EVENT
        return
    record.event = kind
    bucket = np.uint64(tick >> centre.shift)
    if np.int64(bucket) == centre.opened:
        _enter_in_order(centre, contact, bucket)
        return
    first = buckets(centre)[bucket]
    record.previous_event = NONE
    record.next_event = first
    if first != NONE:
        contacts(centre)[first].previous_event = contact
    buckets(centre)[bucket] = contact


@compiled
def _enter_in_order(centre: Any, contact: Int, bucket: Int) -> None:
    """Enter into the bucket that is in order: most are the last, so look from behind."""
    record = contacts(centre)[contact]
    ahead = centre.opened_last
    while ahead != NONE and before(centre, contact, ahead):
        ahead = contacts(centre)[ahead].previous_event
    if ahead == NONE:
        behind = buckets(centre)[bucket]
        buckets(centre)[bucket] = contact
    else:
        behind = contacts(centre)[ahead].next_event
        contacts(centre)[ahead].next_event = contact
    record.previous_event = ahead
    record.next_event = behind
    if behind == NONE:
        centre.opened_last = contact
    else:
        contacts(centre)[behind].previous_event = contact


@compiled
def cross_out(centre: Any, contact: Int) -> None:
    """The event of a contact will not happen; without one, nothing is done."""
    record = contacts(centre)[contact]
    if record.event == NO_EVENT:
        return
    bucket = np.uint64(record.tick >> centre.shift)
    ahead, behind = record.previous_event, record.next_event
    if ahead == NONE:
        buckets(centre)[bucket] = behind
    else:
        contacts(centre)[ahead].next_event = behind
    if behind != NONE:
        contacts(centre)[behind].previous_event = ahead
    elif np.int64(bucket) == centre.opened:
        centre.opened_last = ahead
    record.event = NO_EVENT


@inlined
def cross_out_first(centre: Any, contact: Int) -> None:
    """:func:`cross_out` for what :func:`next_before` found: it happens now."""
    record = contacts(centre)[contact]
    behind = record.next_event
    buckets(centre)[np.uint64(centre.cursor)] = behind
    if behind != NONE:
        contacts(centre)[behind].previous_event = NONE
    else:
        centre.opened_last = NONE
    record.event = NO_EVENT


@inlined
def next_before(centre: Any, tick: Int, order: Int) -> Int:
    """The contact whose event comes before (tick, order), the first of all; NONE without one.

    The cursor goes forward over empty buckets, at most to that of ``tick``: nothing will ever be entered
    before it, so it never goes back, and all buckets of the horizon are crossed once.
    """
    cursor = centre.cursor
    limit = min(tick >> centre.shift, centre.buckets_count - 1)
    while cursor < limit and buckets(centre)[np.uint64(cursor)] == NONE:
        cursor += 1
    centre.cursor = cursor
    first = buckets(centre)[np.uint64(cursor)]
    if first == NONE:
        return NONE
    if centre.opened != cursor:
        if contacts(centre)[first].next_event != NONE:
            first = _open(centre, np.uint64(cursor))
        else:
            centre.opened = cursor
            centre.opened_last = first
    record = contacts(centre)[first]
    if record.tick < tick or (record.tick == tick and order_of(centre, first) < order):
        return first
    return NONE


@compiled
def _open(centre: Any, bucket: Int) -> Int:
    """Put a bucket in order; returns its first contact."""
    first = _sorted(centre, buckets(centre)[bucket])
    buckets(centre)[bucket] = first
    last, at = NONE, first
    while at != NONE:
        contacts(centre)[at].previous_event = last
        last = at
        at = contacts(centre)[at].next_event
    centre.opened = np.int64(bucket)
    centre.opened_last = last
    return first


@compiled
def _sorted(centre: Any, first: Int) -> Int:
    """Merge sort of a list linked by ``next_event``: runs of 1, 2, 4, … are merged until one is left."""
    width = 1
    while True:
        left, first, last, merges = first, NONE, NONE, 0
        while left != NONE:
            merges += 1
            right, lefts = left, 0
            while lefts < width and right != NONE:
                right = contacts(centre)[right].next_event
                lefts += 1
            rights = width
            while lefts > 0 or (rights > 0 and right != NONE):
                if lefts == 0 or (rights > 0 and right != NONE and before(centre, right, left)):
                    taken = right
                    right = contacts(centre)[right].next_event
                    rights -= 1
                else:
                    taken = left
                    left = contacts(centre)[left].next_event
                    lefts -= 1
                if last == NONE:
                    first = taken
                else:
                    contacts(centre)[last].next_event = taken
                last = taken
            left = right
        contacts(centre)[last].next_event = NONE
        if merges <= 1:
            return first
        width *= 2

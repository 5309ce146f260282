"""Queues: waiting contacts in order of place, that is of when they asked for an agent and then identity.

Contacts come in that order, so a queue is a ring: new ones join at the end. Work that was interrupted,
and who was rung up in vain, keeps the old place; it waits in a heap beside the ring (a skew heap: Sleator
and Tarjan, "Self-adjusting heaps", SIAM Journal on Computing 15, 1986), from which only the first is ever
taken.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.compiling import Int, compiled, inlined
from sim.contract import NOBODY
from sim.engines.compiled.agenda import identity
from sim.engines.compiled.centre import METERS, contacts, queues, waiting
from sim.engines.compiled.floor import change
from sim.engines.compiled.records import CALLBACK, NONE, RETURNED, WAITING

_ONE = np.uint64(1)
_LOW = np.uint64(63)
_SIX = np.uint64(6)


@compiled
def clear_queues(centre: Any) -> None:
    """Nobody waits."""
    for queue in range(centre.queues_count):
        sentinel = np.uint32(queue)
        contacts(centre)[sentinel].ahead = sentinel
        contacts(centre)[sentinel].behind = sentinel
        queues(centre)[queue].returned = NONE
        queues(centre)[queue].length = 0
        queues(centre)[queue].last_wait = 0
    for word in range(len(waiting(centre))):
        waiting(centre)[word] = np.uint64(0)


@inlined
def sooner(centre: Any, one: Int, other: Int) -> bool:
    """Whether ``one`` has the earlier place."""
    mine, theirs = contacts(centre)[one], contacts(centre)[other]
    if mine.entered != theirs.entered:
        return mine.entered < theirs.entered
    return identity(centre, one) < identity(centre, other)


@inlined
def head(centre: Any, queue: Int) -> Int:
    """The first in order of place; NONE when nobody waits."""
    first = contacts(centre)[queue].behind
    returned = queues(centre)[queue].returned
    if first == queue:
        return returned
    if returned != NONE and sooner(centre, returned, first):
        return returned
    return first


@compiled
def join(centre: Any, contact: Int) -> None:
    """Begin to wait; for a callback no customer does."""
    record, now = contacts(centre)[contact], centre.now
    queue = np.uint32(record.queue)
    record.since = now
    queues(centre)[queue].length += 1
    if not record.mark & CALLBACK:
        record.mark |= WAITING
        change(centre, METERS * centre.groups_count + np.int64(record.channel), 1)
    if record.answered != NOBODY or (record.mark & CALLBACK and record.tries > 0):
        record.mark |= RETURNED
        record.ahead = NONE
        record.behind = NONE
        queues(centre)[queue].returned = _merged(centre, contact, queues(centre)[queue].returned)
    else:
        ahead = contacts(centre)[queue].ahead
        while ahead != queue and sooner(centre, contact, ahead):  # of those that came at this very tick
            ahead = contacts(centre)[ahead].ahead
        behind = contacts(centre)[ahead].behind
        record.ahead = ahead
        record.behind = behind
        contacts(centre)[ahead].behind = contact
        contacts(centre)[behind].ahead = contact
    word = np.uint64(queue) >> _SIX
    waiting(centre)[word] |= _ONE << (np.uint64(queue) & _LOW)


@compiled
def leave(centre: Any, contact: Int) -> None:
    """End the wait; of those that were interrupted, only the first may."""
    record = contacts(centre)[contact]
    queue = np.uint32(record.queue)
    queues(centre)[queue].length -= 1
    if record.mark & WAITING:
        stop_clock(centre, contact)
    if record.mark & RETURNED:
        record.mark &= ~RETURNED
        queues(centre)[queue].returned = _merged(centre, record.ahead, record.behind)
    else:
        contacts(centre)[record.ahead].behind = record.behind
        contacts(centre)[record.behind].ahead = record.ahead
    if contacts(centre)[queue].behind == queue and queues(centre)[queue].returned == NONE:
        word = np.uint64(queue) >> _SIX
        waiting(centre)[word] &= ~(_ONE << (np.uint64(queue) & _LOW))


@inlined
def stop_clock(centre: Any, contact: Int) -> None:
    """The customer waits no longer."""
    record = contacts(centre)[contact]
    record.queued += centre.now - record.since
    record.mark &= ~WAITING
    change(centre, METERS * centre.groups_count + np.int64(record.channel), -1)


@compiled
def _merged(centre: Any, one: Int, other: Int) -> Int:
    """Two skew heaps as one: along the right edges, and each node's children change sides."""
    root, parent = NONE, NONE
    while one != NONE and other != NONE:
        if sooner(centre, other, one):
            one, other = other, one
        if parent == NONE:
            root = one
        else:
            contacts(centre)[parent].ahead = one
        parent, record = one, contacts(centre)[one]
        one = record.behind
        record.behind = record.ahead
    rest = one if one != NONE else other
    if parent == NONE:
        return rest
    contacts(centre)[parent].ahead = rest
    return root

"""The dispatcher: which agent for a contact, which contact for an agent. Every rule of matching is here.

The rules are those of DESIGN.md, "Rules of the simulation"; the reference engine's dispatcher says the same
in plain Python. What concludes a contact is in :mod:`sim.engines.compiled.journeys`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.compiling import Int, compiled, inlined, lowest_bit
from sim.contract import Kind, Mode
from sim.engines.compiled import fortune
from sim.engines.compiled.agenda import cross_out, foresee
from sim.engines.compiled.attention import begin, end, ends_at
from sim.engines.compiled.centre import (
    OPEN,
    agent_ranks,
    agents,
    channels,
    choices,
    contacts,
    first_choice,
    free,
    frustration,
    hands,
    queues,
    room_for,
    waiting,
)
from sim.engines.compiled.floor import (
    change,
    meter,
    put_back,
    shelf_interruptible,
    shelf_with_room,
    take_off,
)
from sim.engines.compiled.journeys import is_open
from sim.engines.compiled.queues import head, join, leave, sooner
from sim.engines.compiled.records import NO_EVENT, NONE
from sim.engines.compiled.sheet import WORD

_END = np.uint8(Kind.END)
_PATIENCE = np.uint8(Kind.PATIENCE)
_DEFERRED = np.uint8(Mode.DEFERRED)
_ONE = np.uint64(1)
_ZERO = np.uint64(0)


@inlined
def enter(centre: Any, contact: Int) -> None:
    """A contact comes in: an agent takes it at once if one is free, or is freed for it; else it waits."""
    agent = _free_agent(centre, contact)
    if agent != NONE:
        _give(centre, contact, agent)
        _settle(centre, agent)
    elif not _interrupt_for(centre, contact):
        join(centre, contact)
        _lose_patience(centre, contact)


@compiled
def find_work(centre: Any, agent: Int) -> None:
    """The agent takes contacts until it has no room or none is found."""
    record = agents(centre)[agent]
    while record.load < record.limit:
        contact = _next_contact(centre, agent)
        if contact == NONE:
            break
        stop_waiting(centre, contact)
        _give(centre, contact, agent)
    _settle(centre, agent)


# -- choosing an agent for a contact ---------------------------------------------------------------


@inlined
def _free_agent(centre: Any, contact: Int) -> Int:
    """Smallest (priority, contacts open, turn) among agents with room; NONE without one."""
    record = contacts(centre)[contact]
    queue = queues(centre)[record.queue]
    loads = np.uint64(channels(centre)[record.channel].cap)
    for rank in range(queue.first_rank, queue.last_rank):
        for load in range(loads):
            agent = _longest_at_it(centre, rank, load)
            if agent != NONE:
                return agent
    return NONE


@inlined
def _longest_at_it(centre: Any, rank: Int, row: Int) -> Int:
    """Of a rank's groups, the agent with the smallest turn on the shelves that a row of ``free`` tells."""
    longest = NONE
    for word in range(free(centre).shape[1]):
        groups = free(centre)[row, word] & agent_ranks(centre)[rank, word]
        while groups != _ZERO:
            group = np.int64(lowest_bit(groups)) + word * WORD
            groups &= groups - _ONE
            if row < centre.most_cap:
                shelf = shelf_with_room(centre, group, row)
            else:
                shelf = shelf_interruptible(centre, group)
            agent = agents(centre)[shelf].next
            if longest == NONE or agents(centre)[agent].turn < agents(centre)[longest].turn:
                longest = agent
    return longest


@compiled
def _interrupt_for(centre: Any, contact: Int) -> bool:
    """Take an agent off deferred work: smallest (priority, turn). Whether there was one."""
    record = contacts(centre)[contact]
    if channels(centre)[record.channel].mode == _DEFERRED:
        return False
    queue = queues(centre)[record.queue]
    for rank in range(queue.first_rank, queue.last_rank):
        agent = _longest_at_it(centre, rank, centre.most_cap)
        if agent != NONE:
            interrupted = hands(centre)[agent, 0]
            release(centre, interrupted)
            _give(centre, contact, agent)
            find_work(centre, agent)
            _resume(centre, interrupted)
            return True
    return False


@compiled
def _resume(centre: Any, interrupted: Int) -> None:
    agent = _free_agent(centre, interrupted)
    if agent != NONE:
        _give(centre, interrupted, agent)
        _settle(centre, agent)
    else:
        join(centre, interrupted)


# -- choosing a contact for an agent ---------------------------------------------------------------


@inlined
def _next_contact(centre: Any, agent: Int) -> Int:
    """Smallest (deferred last, priority, place) among the heads of queues the agent may take."""
    record = agents(centre)[agent]
    group, load = np.uint64(record.group), np.uint64(record.load)
    for rank in range(first_choice(centre)[group], first_choice(centre)[group + _ONE]):
        first = NONE
        for word in range(len(waiting(centre))):
            heads = waiting(centre)[word] & choices(centre)[rank, word] & room_for(centre)[load, word]
            while heads != _ZERO:
                queue = np.uint32(lowest_bit(heads)) + np.uint32(word * WORD)
                heads &= heads - _ONE
                if not record.leaving or _serves_out(centre, queue):
                    contact = head(centre, queue)
                    if first == NONE or sooner(centre, contact, first):
                        first = contact
        if first != NONE:
            return first
    return NONE


@inlined
def _serves_out(centre: Any, queue: Int) -> bool:
    """Whether the channel has closed, and those still waiting are served before agents go home."""
    channel = queues(centre)[queue].channel
    return channels(centre)[channel].mode != _DEFERRED and not is_open(centre, channel)


# -- handling --------------------------------------------------------------------------------------


@inlined
def _give(centre: Any, contact: Int, agent: Int) -> None:
    """The agent opens the contact; :func:`_settle` must follow."""
    take_off(centre, agent)
    begin(centre, agent, contact)
    change(centre, meter(agents(centre)[agent].group, OPEN), 1)


@inlined
def release(centre: Any, contact: Int) -> Int:
    """The agent puts the contact down; :func:`_settle` must follow."""
    cross_out(centre, contact)
    agent = end(centre, contact)
    take_off(centre, agent)
    change(centre, meter(agents(centre)[agent].group, OPEN), -1)
    return agent


@inlined
def _settle(centre: Any, agent: Int) -> None:
    """The agent has come to a new load: file it under that, and foresee when its contacts end."""
    put_back(centre, agent)
    load = np.uint64(agents(centre)[agent].load)
    for place in range(load):
        contact = hands(centre)[agent, place]
        record = contacts(centre)[contact]
        tick = ends_at(centre, contact, load)
        if tick != record.tick:
            cross_out(centre, contact)
            foresee(centre, contact, tick, _END)


# -- waiting ---------------------------------------------------------------------------------------


@inlined
def stop_waiting(centre: Any, contact: Int) -> None:
    """The contact leaves its queue; its patience is no longer asked."""
    cross_out(centre, contact)
    leave(centre, contact)


@inlined
def _lose_patience(centre: Any, contact: Int) -> None:
    """Foresee when the customer gives up, unless answered before; deferred contacts never do."""
    record = contacts(centre)[contact]
    if channels(centre)[record.channel].mode == _DEFERRED:
        record.event = NO_EVENT
        return
    drawn = fortune.patience(centre, record.case, np.int64(record.channel), np.int64(record.attempt))
    patience = fortune.scaled(drawn, frustration(centre)[record.attempt, 1])
    foresee(centre, contact, centre.now + patience, _PATIENCE)

"""Attention: how an agent's time becomes progress on the contacts that are open, in exact integers.

What is left of a concurrent contact is counted in work units, of which each tick does
``speed[channel, k]`` with k contacts open; what is left of any other, in ticks of its agent.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.compiling import Int, compiled, inlined
from sim.contract import LONGEST_SHARED, NOBODY, WORK, Chance, Mode
from sim.engines.compiled import fortune
from sim.engines.compiled.centre import (
    agents,
    channels,
    contacts,
    factor,
    frustration,
    hands,
    intent,
    offers,
    passing_on,
    queues,
    skill_transfer,
    speed,
    transfer_part,
    transfer_share,
)
from sim.engines.compiled.consulting import time_alone
from sim.engines.compiled.incidents import has_incidents, slowed, tell
from sim.engines.compiled.records import CALLBACK, MISROUTED, NONE, SILENT, WITHOUT_CUSTOMER, WRAPPING
from sim.luck.prepared import SILENT as SILENT_STAGE
from sim.luck.prepared import WRAP as WRAP_STAGE

_CONCURRENT = np.uint8(Mode.CONCURRENT)
_CONNECTS, _TRANSFERS = int(Chance.CONNECTS), int(Chance.TRANSFERS)


@compiled
def begin(centre: Any, agent: Int, contact: Int) -> None:
    """The agent opens the contact: for the first time, or what is left of it."""
    _update(centre, agent)
    now = centre.now
    record, taker = contacts(centre)[contact], agents(centre)[agent]
    channel = channels(centre)[record.channel]
    group, queue = np.int64(taker.group), np.int64(record.queue)
    slower = factor(centre)[group, queue]
    if record.left == NOBODY:
        if record.tries == 0 or not record.mark & CALLBACK:
            queues(centre)[record.queue].last_wait = now - record.entered
        if channel.consults:
            record.ahead = NONE
        if record.mark & SILENT:
            time = fortune.scaled(_stage_of(centre, contact, SILENT_STAGE), slower)
        elif record.mark & CALLBACK and not _connects(centre, contact):
            time = offers(centre)[record.channel].ring
        else:
            time = _handle_time(centre, contact, group, slower)
            _answer(centre, contact)
            if channel.consults:
                time = time_alone(centre, contact, time)
        record.left = min(time, LONGEST_SHARED) * WORK if channel.mode == _CONCURRENT else time
    elif np.int64(record.group) != group:
        before = factor(centre)[np.int64(record.group), queue]
        record.left = fortune.scaled(record.left, slower / before)
    record.group = group
    record.agent = agent
    record.since = now
    record.updated = now
    record.tick = NOBODY
    taker.limit = min(taker.limit, channel.cap) if taker.load > 0 else channel.cap
    taker.interruptible = channel.interruptible
    hands(centre)[agent, np.uint64(taker.load)] = contact
    taker.load += 1


@compiled
def _connects(centre: Any, contact: Int) -> bool:
    """Whether the customer who is rung back answers this try."""
    record = contacts(centre)[contact]
    attempt, which = np.int64(record.attempt), _CONNECTS + np.int64(record.tries)
    return fortune.chance(centre, record.case, which, attempt) < offers(centre)[record.channel].connects


@inlined
def _answer(centre: Any, contact: Int) -> None:
    """Customer and agent begin to talk."""
    record = contacts(centre)[contact]
    record.answered = centre.now
    if record.mark & CALLBACK:
        channels(centre)[record.channel].inside += 1
    if centre.troubled:
        tell(centre, record.case)


@inlined
def is_alone(centre: Any, contact: Int) -> bool:
    """Whether an agent has the contact open without its customer."""
    record = contacts(centre)[contact]
    if record.mark & WITHOUT_CUSTOMER:
        return True
    return (record.mark & CALLBACK) != 0 and record.answered == NOBODY


@compiled
def would_pass_on(centre: Any, contact: Int, group: Int) -> bool:
    """Whether the agents of a group pass the contact on rather than end it."""
    record = contacts(centre)[contact]
    attempt = np.int64(record.attempt)
    if record.mark & MISROUTED or attempt + 1 == centre.attempts:
        return False
    share = skill_transfer(centre)[group, np.int64(record.queue)]
    if np.isnan(share):
        share = transfer_share(centre)[record.channel, intent(centre)[record.case]]
    return fortune.chance(centre, record.case, _TRANSFERS, attempt) < share


@compiled
def _handle_time(centre: Any, contact: Int, group: Int, slower: float) -> Int:
    """The agent's time with the customer."""
    record = contacts(centre)[contact]
    channel = np.int64(record.channel)
    drawn = fortune.work(centre, record.case, channel, np.int64(record.attempt))
    time = fortune.scaled(drawn, frustration(centre)[record.failed, 0])
    time = fortune.scaled(time, slower)
    if has_incidents(centre, channel):
        time = slowed(centre, channel, time)
    if record.mark & MISROUTED:
        time = fortune.scaled(time, transfer_part(centre)[record.channel])
    elif channels(centre)[record.channel].passes_on and would_pass_on(centre, contact, group):
        time = fortune.scaled(time, passing_on(centre)[record.channel].part)
    return time


@compiled
def wrap_time(centre: Any, contact: Int) -> Int:
    """The agent's time after the customer has gone."""
    record = contacts(centre)[contact]
    slower = factor(centre)[np.int64(record.group), np.int64(record.queue)]
    return fortune.scaled(_stage_of(centre, contact, WRAP_STAGE), slower)


@inlined
def _stage_of(centre: Any, contact: Int, which: Int) -> Int:
    record = contacts(centre)[contact]
    return fortune.stage(centre, record.case, np.int64(record.channel), np.int64(record.attempt), which)


@compiled
def begin_wrap(centre: Any, contact: Int, time: Int) -> None:
    """The customer goes; the agent writes up."""
    now = centre.now
    record = contacts(centre)[contact]
    _update(centre, record.agent)
    record.handled += now - record.since
    record.since = now
    record.updated = now
    record.tick = NOBODY
    shared = channels(centre)[record.channel].mode == _CONCURRENT
    record.left = min(time, LONGEST_SHARED) * WORK if shared else time
    record.mark |= WRAPPING
    agents(centre)[record.agent].interruptible = 0


@compiled
def end(centre: Any, contact: Int) -> Int:
    """Its agent puts the contact down, done or not."""
    now = centre.now
    record = contacts(centre)[contact]
    agent = record.agent
    _update(centre, agent)
    if is_alone(centre, contact):
        record.wrapped += now - record.since
    else:
        record.handled += now - record.since
    record.agent = NONE
    putter = agents(centre)[agent]
    load = np.uint64(putter.load) - np.uint64(1)
    limit, place = np.int64(1) << 16, np.uint64(0)
    while hands(centre)[agent, place] != contact:
        place += np.uint64(1)
    hands(centre)[agent, place] = hands(centre)[agent, load]
    for other in range(load):
        cap = channels(centre)[contacts(centre)[hands(centre)[agent, other]].channel].cap
        limit = min(limit, np.int64(cap))
    putter.load = load
    putter.limit = limit if load > 0 else 1
    putter.interruptible = 0
    return agent


@inlined
def ends_at(centre: Any, contact: Int, load: Int) -> Int:
    """The first tick by which nothing remains if the agent's load stays as it is."""
    record = contacts(centre)[contact]
    if channels(centre)[record.channel].mode != _CONCURRENT:
        return record.updated + record.left
    each = speed(centre)[record.channel, load]
    return record.updated + (record.left + each - 1) // each


@compiled
def _update(centre: Any, agent: Int) -> None:
    """Bring what is left of all the agent's contacts up to date."""
    now, load = centre.now, np.uint64(agents(centre)[agent].load)
    for place in range(load):
        record = contacts(centre)[hands(centre)[agent, place]]
        passed = now - record.updated
        if channels(centre)[record.channel].mode == _CONCURRENT:
            passed *= speed(centre)[record.channel, load]
        record.left = max(record.left - passed, 0)
        record.updated = now

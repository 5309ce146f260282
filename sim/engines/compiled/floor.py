"""The floor: agents on shelves by what they are doing, in rings ordered by turn; and the meters.

A group has a shelf for each number of contacts open with room for more, one for each number without, one
for those on work that may be interrupted, and a list of those due to leave. An agent comes on a shelf
under a new turn, so always as its last: each shelf is in order by itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.compiling import Int, compiled, inlined
from sim.engines.compiled.centre import BUSY, METERS, OVERTIME, PRESENT, agents, crews, free, meters
from sim.engines.compiled.records import NO_MASK, NONE

_ONE = np.uint64(1)
_LOW = np.uint64(63)
_SIX = np.uint64(6)


# -- meters ----------------------------------------------------------------------------------------


@inlined
def change(centre: Any, row: Int, by: Int) -> None:
    """The level of a meter changes: for the rest of this interval, and for all later ones whole."""
    level = meters(centre)[np.uint64(row), np.uint64(centre.interval)]
    level.rest -= by * (centre.now - centre.interval_begins)
    level.change += by


@inlined
def meter(group: Int, which: Int) -> Int:
    """The row of one of a group's meters."""
    return METERS * np.int64(group) + which


# -- shelves ---------------------------------------------------------------------------------------


@inlined
def shelf_with_room(centre: Any, group: Int, load: Int) -> Int:
    """[load 0 … most cap - 1]."""
    return np.uint32(group * centre.shelves + load)


@inlined
def shelf_full(centre: Any, group: Int, load: Int) -> Int:
    """[load 1 … most cap]."""
    return np.uint32(group * centre.shelves + centre.most_cap + load - 1)


@inlined
def shelf_interruptible(centre: Any, group: Int) -> Int:
    """Those with one contact open that may be interrupted."""
    return np.uint32(group * centre.shelves + 2 * centre.most_cap)


@inlined
def shelf_leaving(centre: Any, group: Int) -> Int:
    """Those due to leave, in the order in which they were marked."""
    return np.uint32(group * centre.shelves + 2 * centre.most_cap + 1)


@compiled
def clear_floor(centre: Any) -> None:
    """Nobody is there."""
    for group in range(centre.groups_count):
        crews(centre)[group].here = 0
        crews(centre)[group].busy = 0
        for place in range(centre.shelves):
            shelf = np.uint32(group * centre.shelves + place)
            sentinel = agents(centre)[shelf]
            sentinel.next = shelf
            sentinel.previous = shelf
            sentinel.group = group
            sentinel.mask = NO_MASK
            if place < centre.most_cap:
                sentinel.mask = place
            elif place == 2 * centre.most_cap:
                sentinel.mask = centre.most_cap
    for row in range(free(centre).shape[0]):
        for word in range(free(centre).shape[1]):
            free(centre)[row, word] = np.uint64(0)
    centre.new_agent = centre.groups_count * centre.shelves
    centre.spare_agent = NONE
    centre.turn = 0


@compiled
def place_on(centre: Any, shelf: Int, agent: Int) -> None:
    """The agent becomes the last of a shelf."""
    sentinel, record = agents(centre)[shelf], agents(centre)[agent]
    last = sentinel.previous
    record.previous = last
    record.next = shelf
    record.shelf = shelf
    agents(centre)[last].next = agent
    sentinel.previous = agent
    if last == shelf and sentinel.mask != NO_MASK:
        group = np.uint64(sentinel.group)
        free(centre)[np.uint64(sentinel.mask), group >> _SIX] |= _ONE << (group & _LOW)


@compiled
def take_off(centre: Any, agent: Int) -> None:
    """The agent is not to be found while its load changes; one due to leave stays among those who are."""
    record = agents(centre)[agent]
    if record.shelf != NONE and not record.leaving:
        _lift(centre, agent)


@compiled
def _lift(centre: Any, agent: Int) -> None:
    record = agents(centre)[agent]
    shelf = record.shelf
    agents(centre)[record.previous].next = record.next
    agents(centre)[record.next].previous = record.previous
    record.shelf = NONE
    sentinel = agents(centre)[shelf]
    if sentinel.next == shelf and sentinel.mask != NO_MASK:
        group = np.uint64(sentinel.group)
        free(centre)[np.uint64(sentinel.mask), group >> _SIX] &= ~(_ONE << (group & _LOW))


@compiled
def put_back(centre: Any, agent: Int) -> None:
    """The agent has come to a new load: the last of all who have it. If due to leave, it may go."""
    record = agents(centre)[agent]
    centre.turn += 1
    record.turn = centre.turn
    group, load = np.int64(record.group), np.int64(record.load)
    if record.leaving:
        if load == 0:
            change(centre, meter(group, OVERTIME), -1)
            go(centre, agent)
        return
    if load < record.limit:
        shelf = shelf_with_room(centre, group, load)
    elif record.interruptible:
        shelf = shelf_interruptible(centre, group)
    else:
        shelf = shelf_full(centre, group, load)
    place_on(centre, shelf, agent)
    busy = np.uint8(load > 0)
    if busy != record.busy:
        by = 1 if busy else -1
        change(centre, meter(group, BUSY), by)
        crews(centre)[group].busy += by
        record.busy = busy


# -- staffing --------------------------------------------------------------------------------------


@compiled
def come(centre: Any, group: Int) -> Int:
    """One more agent, not yet to be found: the one last marked as leaving stays, or a new one comes."""
    crews(centre)[group].here += 1
    leaving = shelf_leaving(centre, group)
    last = agents(centre)[leaving].previous
    if last != leaving:
        _lift(centre, last)
        agents(centre)[last].leaving = 0
        change(centre, meter(group, OVERTIME), -1)
        return last
    agent = centre.spare_agent
    if agent != NONE:
        centre.spare_agent = agents(centre)[agent].next
    else:
        agent = centre.new_agent
        centre.new_agent = agent + np.uint32(1)
    record = agents(centre)[agent]
    record.group = group
    record.load = 0
    record.limit = 1
    record.leaving = 0
    record.busy = 0
    record.interruptible = 0
    record.shelf = NONE
    change(centre, meter(group, PRESENT), 1)
    return agent


@compiled
def go(centre: Any, agent: Int) -> None:
    """The agent goes home; the record is used again."""
    _lift(centre, agent)
    record = agents(centre)[agent]
    change(centre, meter(record.group, PRESENT), -1)
    record.next = centre.spare_agent
    centre.spare_agent = agent


@compiled
def fewer(centre: Any, group: Int, by: Int) -> None:
    """So many leave: the idle first, the longest idle of all first; then busy ones are marked,
    those with the fewest contacts first, then the longest at their load."""
    idle = shelf_with_room(centre, group, 0)
    crews(centre)[group].here -= by
    while by > 0 and agents(centre)[idle].next != idle:
        go(centre, agents(centre)[idle].next)
        by -= 1
    load = 1
    while by > 0 and load <= centre.most_cap:
        agent = _longest_at(centre, group, load)
        if agent == NONE:
            load += 1
        else:
            _mark_leaving(centre, agent)
            by -= 1


@compiled
def _longest_at(centre: Any, group: Int, load: Int) -> Int:
    """Of a group's agents with so many contacts open who are to stay, the longest at it; NONE without one."""
    longest = NONE
    if load < centre.most_cap:
        longest = _first(centre, shelf_with_room(centre, group, load), longest)
    longest = _first(centre, shelf_full(centre, group, load), longest)
    if load == 1:
        longest = _first(centre, shelf_interruptible(centre, group), longest)
    return longest


@compiled
def _first(centre: Any, shelf: Int, longest: Int) -> Int:
    """The first of a shelf or ``longest``, whichever has the smaller turn."""
    first = agents(centre)[shelf].next
    if first == shelf:
        return longest
    if longest == NONE or agents(centre)[first].turn < agents(centre)[longest].turn:
        return first
    return longest


@compiled
def _mark_leaving(centre: Any, agent: Int) -> None:
    _lift(centre, agent)
    record = agents(centre)[agent]
    group = np.int64(record.group)
    record.leaving = 1
    record.busy = 0
    place_on(centre, shelf_leaving(centre, group), agent)
    change(centre, meter(group, BUSY), -1)
    crews(centre)[group].busy -= 1
    change(centre, meter(group, OVERTIME), 1)

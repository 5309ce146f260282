"""Consulting: a contact whose handling needs a second agent for its last part.

How far that is stands in the contact's ``ahead`` while an agent of a channel that consults has it open: that
one will be asked for, that contact and agent wait for one, who it is, or that there is nothing (more) to ask.
The rules are those of DESIGN.md, "Rules of the simulation".
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.compiling import Int, compiled, inlined
from sim.contract import FAR, Chance, Kind
from sim.engines.compiled import fortune
from sim.engines.compiled.agenda import foresee
from sim.engines.compiled.centre import (
    OPEN,
    agents,
    consult_share,
    consults,
    contacts,
    hands,
    helped,
    helper,
    intent,
    lines,
)
from sim.engines.compiled.floor import change, meter, shelf_with_room, take_off
from sim.engines.compiled.records import MISROUTED, NONE

_ASKS = np.uint32(0xFFFF_FFFE)
_WAITS = np.uint32(0xFFFF_FFFD)
_END = np.uint8(Kind.END)
_CONSULTS = int(Chance.CONSULTS)


@compiled
def clear_lines(centre: Any) -> None:
    """Nobody waits for a second agent."""
    for group in range(centre.groups_count):
        lines(centre)[group].first = NONE
        lines(centre)[group].last = NONE


@compiled
def time_alone(centre: Any, contact: Int, time: Int) -> Int:
    """Of a handle time that begins, what comes before a second agent is asked for: all, if none is."""
    record = contacts(centre)[contact]
    share = consult_share(centre)[record.channel, intent(centre)[record.case]]
    lucky = fortune.chance(centre, record.case, _CONSULTS, np.int64(record.attempt)) >= share
    if record.mark & MISROUTED or lucky:
        return time
    together = fortune.scaled(time, consults(centre)[record.channel].part)
    record.ahead = _ASKS
    helped(centre)[contact] = together
    return time - together


@inlined
def is_to_ask(centre: Any, contact: Int) -> bool:
    """Whether the time has come to ask for a second agent."""
    return contacts(centre)[contact].ahead == _ASKS


@compiled
def ask(centre: Any, contact: Int) -> Int:
    """Ask for a second agent: one who joins, for whom to settle must follow, or NONE."""
    record = contacts(centre)[contact]
    way = consults(centre)[record.channel]
    group = np.int64(way.group)
    shelf = shelf_with_room(centre, group, 0)
    second = agents(centre)[shelf].next
    if second != shelf:
        join_in(centre, contact, second)
        return second
    if way.waits:
        _stand_in_line(centre, contact, group)
    else:
        record.ahead = NONE
        record.left = helped(centre)[contact]
        record.updated = centre.now
        helped(centre)[contact] = 0
        foresee(centre, contact, centre.now + record.left, _END)
    return NONE


@compiled
def _stand_in_line(centre: Any, contact: Int, group: Int) -> None:
    record, line = contacts(centre)[contact], lines(centre)[group]
    record.ahead = _WAITS
    record.behind = NONE
    record.left = FAR
    record.updated = centre.now
    if line.first == NONE:
        line.first = contact
    else:
        contacts(centre)[line.last].behind = contact
    line.last = contact


@inlined
def next_in_line(centre: Any, group: Int) -> Int:
    """Who waits longest for a second agent of a group leaves the line; NONE when nobody does."""
    line = lines(centre)[group]
    contact = line.first
    if contact != NONE:
        line.first = contacts(centre)[contact].behind
    return contact


@compiled
def join_in(centre: Any, contact: Int, second: Int) -> None:
    """A second agent joins; to settle must follow."""
    take_off(centre, second)
    record, agent = contacts(centre)[contact], agents(centre)[second]
    record.ahead = second
    record.left = helped(centre)[contact]
    record.updated = centre.now
    helper(centre)[contact] = np.int64(agent.group)
    hands(centre)[second, 0] = contact
    agent.load = 1
    agent.limit = 1
    agent.interruptible = 0
    change(centre, meter(agent.group, OPEN), 1)
    foresee(centre, contact, centre.now + record.left, _END)


@compiled
def part(centre: Any, contact: Int) -> Int:
    """The handling is over: the second agent, who is to look for work, or NONE."""
    record = contacts(centre)[contact]
    second = record.ahead
    record.ahead = NONE
    if second != NONE:
        take_off(centre, second)
        agent = agents(centre)[second]
        agent.load = 0
        change(centre, meter(agent.group, OPEN), -1)
    return second


@compiled
def help_so_far(centre: Any, contact: Int) -> Int:
    """The second agent's clock time, at the horizon, on a contact that is being handled."""
    record = contacts(centre)[contact]
    if record.ahead == NONE or record.ahead == _ASKS or record.ahead == _WAITS:
        return np.int64(0)
    return centre.horizon - record.updated

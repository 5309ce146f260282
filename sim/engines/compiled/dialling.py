"""Dialling: customers on a list are called while agents are idle.

The rules are those of DESIGN.md, "Rules of the simulation".
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.compiling import Int, compiled
from sim.contract import Chance, Kind
from sim.engines.compiled import fortune
from sim.engines.compiled.agenda import foresee
from sim.engines.compiled.centre import channels, contacts, crews, diallers, keep_idle, priority
from sim.engines.compiled.journeys import is_open
from sim.engines.compiled.records import NONE

_CONNECTS = int(Chance.CONNECTS)
_FRONT = np.uint8(Kind.FRONT)


@compiled
def clear_lists(centre: Any) -> None:
    """Nobody is to be called."""
    if centre.dialling:
        for channel in range(centre.channels_count):
            diallers(centre)[channel].first = NONE
            diallers(centre)[channel].last = NONE
            diallers(centre)[channel].ringing = 0


@compiled
def put_on_list(centre: Any, contact: Int) -> None:
    """The customer is to be called after all others on the list."""
    record = contacts(centre)[contact]
    dialler = diallers(centre)[record.channel]
    record.behind = NONE
    if dialler.first == NONE:
        dialler.first = contact
    else:
        contacts(centre)[dialler.last].behind = contact
    dialler.last = contact


@compiled
def next_on_list(centre: Any, channel: Int) -> Int:
    """Who comes first leaves the list; NONE when nobody is on it."""
    dialler = diallers(centre)[channel]
    contact = dialler.first
    if contact != NONE:
        dialler.first = contacts(centre)[contact].behind
    return contact


@compiled
def place_calls(centre: Any) -> None:
    """As many calls as the agents who are idle allow, in every channel that is open."""
    for channel in range(centre.channels_count):
        if channels(centre)[channel].dials and is_open(centre, channel):
            place, dialler = channels(centre)[channel], diallers(centre)[channel]
            while dialler.first != NONE and place.inside < place.lines:
                spare = _spare(centre, np.int64(contacts(centre)[dialler.first].queue))
                if dialler.ringing >= np.int64(dialler.pace * np.float64(spare)):
                    break
                contact = next_on_list(centre, channel)
                place.inside += 1
                dialler.ringing += 1
                foresee(centre, contact, centre.now + dialler.ring, _FRONT)


@compiled
def _spare(centre: Any, queue: Int) -> Int:
    """Agents idle beyond those whom the skills for a queue keep idle."""
    spare = np.int64(0)
    for group in range(centre.groups_count):
        if priority(centre)[group, queue] > 0:
            crew = crews(centre)[group]
            spare += max(crew.here - crew.busy - keep_idle(centre)[group, queue], 0)
    return spare


@compiled
def answers(centre: Any, contact: Int) -> bool:
    """A call has rung: whether the customer answers it."""
    record = contacts(centre)[contact]
    dialler = diallers(centre)[record.channel]
    dialler.ringing -= 1
    attempt, which = np.int64(record.attempt), _CONNECTS + np.int64(record.tries)
    return fortune.chance(centre, record.case, which, attempt) < dialler.reaches

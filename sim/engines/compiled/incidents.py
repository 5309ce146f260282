"""Incidents: whom they fail, how they come to be known, and when they end.

The rules are those of DESIGN.md, "Rules of the simulation".
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.compiling import Int, compiled, inlined
from sim.contract import NOBODY, Chance
from sim.engines.compiled import fortune
from sim.engines.compiled.centre import channels, contacts, fix, hurt_by, incidents, planned_incidents

_HEEDS, _RETURNS = int(Chance.HEEDS), int(Chance.RETURNS)


@compiled
def clear_incidents(centre: Any, number: Int) -> None:
    """Nothing has gone wrong yet, for none of the first ``number`` cases."""
    if centre.troubled:
        for place in range(len(incidents(centre))):
            incidents(centre)[place] = planned_incidents(centre)[place]
        for case in range(number):
            hurt_by(centre)[case] = 0


@inlined
def has_incidents(centre: Any, channel: Int) -> bool:
    """Whether there ever is an incident in a channel."""
    return channels(centre)[channel].first_incident < channels(centre)[channel].last_incident


@compiled
def meets_incident(centre: Any, contact: Int) -> bool:
    """Whether the incidents of this moment, as independent causes, make the attempt fail.

    The first of them has done it.
    """
    record, now = contacts(centre)[contact], centre.now
    channel = channels(centre)[record.channel]
    works, first = 1.0, np.int64(NOBODY)
    for place in range(channel.first_incident, channel.last_incident):
        incident = incidents(centre)[place]
        if incident.begins <= now < incident.ends and incident.failure > 0.0:
            works *= 1.0 - incident.failure
            if first == NOBODY:
                first = np.int64(place)
    if first == NOBODY:
        return False
    if fortune.incident_luck(centre, record.case, np.int64(record.attempt)) >= 1.0 - works:
        return False
    incidents(centre)[first].failed += 1
    hurt_by(centre)[record.case] = first + 1
    return True


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
def tell(centre: Any, case: Int) -> None:
    """A customer whom an incident has failed tells an agent."""
    if hurt_by(centre)[case] == 0:
        return
    place = np.int64(hurt_by(centre)[case]) - 1
    hurt_by(centre)[case] = 0
    incident = incidents(centre)[place]
    incident.reported += 1
    if 0 < incident.reports <= incident.reported:
        detect(centre, place)


@compiled
def detect(centre: Any, place: Int) -> None:
    """It is known now, unless it was or is over: from now on it is being fixed."""
    incident, now = incidents(centre)[place], centre.now
    if incident.detected == NOBODY and incident.begins <= now < incident.ends:
        incident.detected = now
        incident.ends = min(incident.ends, now + fix(centre)[incident.place])


@compiled
def comes_back(centre: Any, contact: Int) -> Int:
    """When the customer comes back who heeds what is announced of the failure, or NOBODY."""
    record, now = contacts(centre)[contact], centre.now
    if hurt_by(centre)[record.case] == 0:
        return NOBODY
    attempt = np.int64(record.attempt)
    incident = incidents(centre)[np.int64(hurt_by(centre)[record.case]) - 1]
    if incident.announced_after == NOBODY or incident.detected == NOBODY:
        return NOBODY
    if now < incident.detected + incident.announced_after or now >= incident.ends:
        return NOBODY
    incident.told += 1
    if fortune.chance(centre, record.case, _HEEDS, attempt) >= incident.heeded:
        return NOBODY
    incident.waits += 1
    later = fortune.chance(centre, record.case, _RETURNS, attempt)
    return incident.ends + fortune.scaled(incident.returns_within, later)

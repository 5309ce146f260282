"""Incidents: when each strikes and how hard, who notices it, and what follows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from scenarios.model import Incident, Scenario
from sim.clock import Clock, to_ticks
from sim.contract import NOBODY, Floats, Ints, Keys, Ticks
from sim.luck.hashing import key_of
from sim.plan.laws import LawTable


class Incidents(NamedTuple):
    """[N] each, as in :class:`~sim.contract.Plan`."""

    incident_channel: Ints
    incident_from: Ticks
    incident_until: Ticks
    incident_failure: Floats
    incident_slowdown: Floats
    incident_noticed: Ticks
    incident_reports: Ints
    fix_law: Ints
    announced_after: Ticks
    announcement_heeded: Floats
    returns_within: Ticks
    incident_key: Keys


def incidents(scenario: Scenario, clock: Clock, table: LawTable) -> Incidents:
    """The incidents of a scenario, in its order."""
    channels, every = list(scenario.channels), scenario.incidents
    told = [incident.announcement for incident in every]
    return Incidents(
        incident_channel=_whole(channels.index(incident.channel) for incident in every),
        incident_from=_whole(clock.tick(incident.window[0]) for incident in every),
        incident_until=_whole(clock.tick(incident.window[1]) for incident in every),
        incident_failure=np.array([incident.failure for incident in every], np.float64),
        incident_slowdown=np.array([incident.slow_down for incident in every], np.float64),
        incident_noticed=_whole(_noticed(incident, clock) for incident in every),
        incident_reports=_whole(
            0 if incident.detection is None else incident.detection.reports or 0 for incident in every
        ),
        fix_law=_whole(NOBODY if incident.fix is None else table.add(incident.fix) for incident in every),
        announced_after=_whole(NOBODY if one is None else to_ticks(one.after) for one in told),
        announcement_heeded=np.array([0.0 if one is None else one.heeded for one in told], np.float64),
        returns_within=_whole(0 if one is None else to_ticks(one.return_within) for one in told),
        incident_key=np.array([key_of(incident.name) for incident in every], np.uint64),
    )


def _noticed(incident: Incident, clock: Clock) -> int:
    """When monitoring detects an incident, or ``NOBODY`` if it is over by then or nothing monitors it.

    What was seen before the simulation begins is known when it does.
    """
    if incident.detection is None or incident.detection.monitoring is None:
        return NOBODY
    begins, ends = (clock.tick(moment) for moment in incident.window)
    noticed = begins + to_ticks(incident.detection.monitoring)
    return max(noticed, 0) if noticed < ends else NOBODY


def _whole(numbers: Iterable[int]) -> Ints:
    return np.array(list(numbers), np.int64)

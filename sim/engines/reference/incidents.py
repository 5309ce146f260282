"""Incidents: times at which a channel fails, or at which all in it takes longer; how they are detected, and
what customers are told meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.contract import NOBODY, Chance, Draws, IncidentFact, Ints, Kind, Plan, scaled
from sim.engines.reference.agenda import Agenda
from sim.engines.reference.people import Contact


@dataclass(slots=True, eq=False)
class Incident:
    """One incident: what the plan says of it, and what is known and has happened so far."""

    begins: int
    ends: int
    """At first the end of its window; once it is detected, maybe sooner."""
    failure: float
    slowdown: float
    noticed: int
    """When monitoring notices it, or ``NOBODY``."""
    reports: int
    """So many customers who tell of it reveal it; 0: that never does."""
    time_to_fix: int
    announced_after: int
    heeded_share: float
    returns_within: int

    detected: int = NOBODY
    failed: int = 0
    """Attempts that it made fail."""
    reported: int = 0
    """Customers among those who told an agent."""
    told: int = 0
    """Customers who were told by the announcement."""
    heeded: int = 0
    """Customers among those who heeded the announcement."""

    def is_active(self, now: int) -> bool:
        """Whether it has begun and is not over."""
        return self.begins <= now < self.ends

    def is_announced(self, now: int) -> bool:
        """Whether customers are told of it."""
        if self.detected == NOBODY or self.announced_after == NOBODY:
            return False
        return self.detected + self.announced_after <= now < self.ends


class Incidents:
    """What the incidents of a moment do to a channel; they combine in the order of the plan.

    A customer whose attempt an incident made fail has that to tell to the first agent who answers.
    """

    def __init__(self, plan: Plan, draws: Draws, agenda: Agenda) -> None:
        self._draws = draws
        self._agenda = agenda
        self._all = _of_plan(plan, draws)
        channels: list[int] = plan.incident_channel.tolist()
        self._of = [
            [incident for incident, where in zip(self._all, channels, strict=True) if where == channel]
            for channel in range(len(plan.channels))
        ]
        self._hurt: dict[int, Incident] = {}
        """By case: what the customer has to tell."""

    # -- what they do ------------------------------------------------------------------------------

    def fail(self, contact: Contact) -> bool:
        """Whether the incidents of this moment make the attempt fail: the first of them has done it."""
        failing = [incident for incident in self._active(contact.channel) if incident.failure > 0.0]
        if not failing or self._draws.incident_luck(contact.attempt).item(contact.case) >= _combined(failing):
            return False
        contact.doomed = True
        failing[0].failed += 1
        self._hurt[contact.case] = failing[0]
        return True

    def slowed(self, time: int, channel: int) -> int:
        """What takes ``time`` otherwise, if it begins now."""
        factor = 1.0
        for incident in self._active(channel):
            factor *= incident.slowdown
        return scaled(time, factor)

    def _active(self, channel: int) -> Iterator[Incident]:
        return (incident for incident in self._of[channel] if incident.is_active(self._agenda.now))

    # -- how they are detected ---------------------------------------------------------------------

    def foresee_monitoring(self) -> None:
        """Enter when monitoring will notice each incident."""
        for number, incident in enumerate(self._all):
            if incident.noticed != NOBODY:
                self._agenda.at(incident.noticed, Kind.DETECTION, number, self._detect, incident)

    def listen(self, contact: Contact) -> None:
        """An agent answers the contact: the customer tells what an incident did to the case, once."""
        incident = self._hurt.pop(contact.case, None)
        if incident is not None:
            incident.reported += 1
            if 0 < incident.reports <= incident.reported:
                self._detect(incident)

    def _detect(self, incident: Incident) -> None:
        """What is known is fixed, and over sooner; unless it is known already, or not there."""
        now = self._agenda.now
        if incident.detected == NOBODY and incident.is_active(now):
            incident.detected = now
            incident.ends = min(incident.ends, now + incident.time_to_fix)

    # -- what customers are told -------------------------------------------------------------------

    def back_at(self, contact: Contact) -> int | None:
        """When a customer tries again whose attempt an incident made fail and who heeds its announcement;
        ``None`` for all others."""
        if not contact.doomed:
            return None
        incident = self._hurt[contact.case]
        if not incident.is_announced(self._agenda.now):
            return None
        incident.told += 1
        if self._chance(Chance.HEEDS, contact) >= incident.heeded_share:
            return None
        incident.heeded += 1
        return incident.ends + scaled(incident.returns_within, self._chance(Chance.RETURNS, contact))

    def _chance(self, which: Chance, contact: Contact) -> float:
        return float(self._draws.chance(which, contact.attempt).item(contact.case))

    # -- the record --------------------------------------------------------------------------------

    @property
    def facts(self) -> Ints:
        """[N, 6] by :class:`sim.contract.IncidentFact`."""
        facts = np.empty((len(self._all), len(IncidentFact)), dtype=np.int64)
        for number, incident in enumerate(self._all):
            facts[number, IncidentFact.DETECTED] = incident.detected
            facts[number, IncidentFact.ENDED] = incident.ends
            facts[number, IncidentFact.FAILED] = incident.failed
            facts[number, IncidentFact.REPORTED] = incident.reported
            facts[number, IncidentFact.HEEDED] = incident.heeded
            facts[number, IncidentFact.TOLD] = incident.told
        return facts


def _combined(failing: list[Incident]) -> float:
    """Probability that an attempt fails, the incidents being independent causes."""
    works = 1.0
    for incident in failing:
        works *= 1.0 - incident.failure
    return 1.0 - works


def _of_plan(plan: Plan, draws: Draws) -> list[Incident]:
    columns = (
        plan.incident_from,
        plan.incident_until,
        plan.incident_failure,
        plan.incident_slowdown,
        plan.incident_noticed,
        plan.incident_reports,
        draws.fix,
        plan.announced_after,
        plan.announcement_heeded,
        plan.returns_within,
    )
    return [Incident(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]

"""Incidents told again from the contacts alone: whom they failed, who told, when they were detected."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.contract import NOBODY, Chance, IncidentFact, Mode, Outcome, Plan, Trace, scaled
from sim.luck.streams import HashedDraws
from tests.truths.reckoned import passed_on, rung_back

DETECTED, ENDED = IncidentFact.DETECTED, IncidentFact.ENDED


def incidents_are_as_contacts_tell(plan: Plan, draws: HashedDraws, trace: Trace) -> None:
    """Every fact of every incident, unless events of one tick leave open which came first."""
    assert trace.incidents.shape == (len(plan.incident_channel), len(IncidentFact))
    failed_by = whom_they_fail(plan, draws, trace)
    if failed_by is None:
        return
    again = Retold(plan, draws, trace, failed_by)
    reports = again.reports()
    for n in range(len(plan.incident_channel)):
        detected = again.detected(n, reports[n])
        assert trace.incidents[n, DETECTED] == detected
        until = int(plan.incident_until[n])
        ended = until if detected == NOBODY else min(until, detected + int(draws.fix[n]))
        assert trace.incidents[n, ENDED] == ended
        assert trace.incidents[n, IncidentFact.FAILED] == np.count_nonzero(failed_by == n)
        assert trace.incidents[n, IncidentFact.REPORTED] == len(reports[n])
        hear, at_once = again.told(n)
        sure, maybe = again.heeded(n, hear), np.count_nonzero(at_once)
        assert (
            np.count_nonzero(hear) <= trace.incidents[n, IncidentFact.TOLD] <= np.count_nonzero(hear) + maybe
        )
        assert sure <= trace.incidents[n, IncidentFact.HEEDED] <= sure + maybe


def whom_they_fail(plan: Plan, draws: HashedDraws, trace: Trace) -> np.ndarray | None:
    """[m] the incident that made each attempt fail, or NOBODY; ``None`` where that cannot be told.

    It cannot where an incident was over at the tick at which it was detected, or where somebody may have been
    blocked for want of a line.
    """
    facts = trace.incidents
    if np.any(facts[:, DETECTED] == facts[:, ENDED]):
        return None
    failed_by = np.full(len(trace.case), NOBODY)
    let_in = passed_on(plan, draws, trace) | rung_back(trace)
    for m in np.flatnonzero(~let_in & (trace.outcome != Outcome.CLOSED)):
        channel, tick = int(trace.channel[m]), trace.arrived[m]
        active = (plan.incident_from <= tick) & (tick < facts[:, ENDED]) & (plan.incident_failure > 0)
        failing = np.flatnonzero(active & (plan.incident_channel == channel))
        works = 1.0
        for n in failing:
            works *= 1.0 - float(plan.incident_failure[n])
        struck = bool(draws.incident_luck(int(trace.attempt[m]))[trace.case[m]] < 1.0 - works)
        blocked = trace.outcome[m] == Outcome.BLOCKED
        if plan.mode[channel] == Mode.SELF_SERVICE:
            struck &= not blocked
            assert not struck or trace.outcome[m] in (Outcome.FAILED, Outcome.UNFINISHED)
        else:
            assert not struck or blocked
            if plan.lines[channel] < len(trace.case):
                if blocked and struck:
                    return None
            else:
                assert struck == blocked
        if struck:
            failed_by[m] = failing[0]
    return failed_by


@dataclass(frozen=True)
class Retold:
    """What follows from whom the incidents made fail."""

    plan: Plan
    draws: HashedDraws
    trace: Trace
    failed_by: np.ndarray

    def reports(self) -> list[list[int]]:
        """Of each incident, the ticks at which customers told agents of it, in order."""
        told: list[list[int]] = [[] for _ in self.plan.incident_channel]
        hurt = NOBODY
        for m in range(len(self.trace.case)):
            if self.trace.attempt[m] == 0:
                hurt = NOBODY
            if self.failed_by[m] != NOBODY:
                hurt = int(self.failed_by[m])
            if self.trace.answered[m] != NOBODY and hurt != NOBODY:
                told[hurt].append(int(self.trace.answered[m]))
                hurt = NOBODY
        return [sorted(ticks) for ticks in told]

    def detected(self, n: int, reports: list[int]) -> int:
        """The first of all ticks at which monitoring or enough reports may have detected the incident."""
        begins, until = self.plan.incident_from[n], self.plan.incident_until[n]
        enough = int(self.plan.incident_reports[n])
        moments = reports[enough - 1 :] if enough > 0 else []
        noticed = int(self.plan.incident_noticed[n])
        if noticed < self.plan.horizon:
            moments = [*moments, noticed]
        return min((tick for tick in moments if begins <= tick < until), default=NOBODY)

    def told(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        """[m] at the end of which attempts customers are told, and may be: at the tick of its detection."""
        plan, trace = self.plan, self.trace
        detected = trace.incidents[n, DETECTED]
        if plan.announced_after[n] == NOBODY or detected == NOBODY:
            return np.zeros(len(trace.case), bool), np.zeros(len(trace.case), bool)
        announced = detected + plan.announced_after[n]
        hear = (self.failed_by == n) & (announced <= trace.ended) & (trace.ended < trace.incidents[n, ENDED])
        hear &= (trace.outcome != Outcome.UNFINISHED) & (trace.attempt + 1 < plan.max_attempts)
        at_once = hear & (trace.ended == detected) & (plan.incident_noticed[n] != detected)
        return hear & ~at_once, at_once

    def heeded(self, n: int, hear: np.ndarray) -> int:
        """How many of those who are told wait for the end."""
        return sum(self._heeds(int(m), n) for m in np.flatnonzero(hear))

    def _heeds(self, m: int, n: int) -> bool:
        """Whether the customer does; if so, that the case goes on accordingly."""
        plan, trace, case = self.plan, self.trace, self.trace.case[m]
        attempt = int(trace.attempt[m])
        if self.draws.chance(Chance.HEEDS, attempt)[case] >= plan.announcement_heeded[n]:
            return False
        within = int(plan.returns_within[n])
        later = scaled(within, float(self.draws.chance(Chance.RETURNS, attempt)[case]))
        back = int(trace.incidents[n, ENDED]) + later
        assert trace.next_channel[m] == trace.channel[m]
        follows = m + 1 < len(trace.case) and trace.case[m + 1] == case
        assert follows == (back < plan.horizon)
        assert not follows or trace.arrived[m + 1] == back
        return True

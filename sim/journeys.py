"""Journeys: from the rows of a trace to what each contact and each case adds up to.

A trace has one row per contact, ordered by case and attempt. :func:`read_contacts` says of each row
what it takes the row before to know; :func:`read_cases` adds rows up by case.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from sim.contract import NOBODY, Bools, Ints, Mode, Outcome, Plan, Ticks, Trace

Small = NDArray[np.int32]

FAILURES = (
    Outcome.UNRESOLVED, Outcome.FAILED, Outcome.ABANDONED, Outcome.BLOCKED,
    Outcome.CLOSED, Outcome.TRANSFERRED, Outcome.DISCONNECTED,
)  # fmt: skip
"""Outcomes that count as failed attempts."""

HANDLED = (Outcome.RESOLVED, Outcome.UNRESOLVED, Outcome.FAILED, Outcome.TRANSFERRED)
"""Outcomes of contacts that ran their course."""


class CaseOutcome(IntEnum):
    """How a case ended."""

    RESOLVED = 0
    GIVEN_UP = 1
    UNFINISHED = 2


CASE_OUTCOMES: tuple[str, ...] = tuple(outcome.name.lower() for outcome in CaseOutcome)


def any_of(outcome: Ints, outcomes: tuple[Outcome, ...]) -> Bools:
    """Which outcomes are among ``outcomes``."""
    table = np.zeros(len(Outcome), np.bool_)
    table[list(outcomes)] = True
    return table[outcome]


@dataclass(frozen=True)
class Contacts:
    """What each of m contacts was, beyond its row in the trace."""

    mode: Ints
    """[m] of :class:`~sim.contract.Mode`."""
    answered: Bools
    """[m] an agent began to handle it."""
    queued: Bools
    """[m] offered to the queue: a channel with agents, neither blocked nor closed."""
    wait: Ticks
    """[m] until answered, or until it left; 0 where nobody waits."""
    previous: Ints
    """[m] channel of the attempt before, NOBODY for the first."""
    last: Bools
    """[m] the case has no later contact."""


def read_contacts(plan: Plan, trace: Trace) -> Contacts:
    """What each contact was."""
    mode = plan.mode[trace.channel]
    answered = trace.answered != NOBODY
    outcome = trace.outcome
    queued = (mode != Mode.SELF_SERVICE) & (outcome != Outcome.BLOCKED) & (outcome != Outcome.CLOSED)
    until = np.where(answered, trace.answered, trace.ended)
    first = trace.attempt == 0
    previous = np.full(len(first), NOBODY, np.int64)
    previous[1:] = trace.channel[:-1]
    previous[first] = NOBODY
    return Contacts(
        mode=mode,
        answered=answered,
        queued=queued,
        wait=np.where(queued, until - trace.arrived, 0),
        previous=previous,
        last=np.append(first[1:], True)[: len(first)],
    )


@dataclass(frozen=True)
class Cases:
    """What each of n cases adds up to."""

    contacts: Small
    """[n]."""
    channels: Small
    """[n] different channels used."""
    channel_switches: Small
    """[n] contacts that came from another channel."""
    to_phone: Small
    """[n] of them into a live channel."""
    transfers: Small
    """[n]."""
    retellings: Small
    """[n] contacts with an agent after the customer had told an agent or a machine."""
    failed_self_service: Small
    """[n]."""
    failures: Small
    """[n] failed attempts."""
    wait: Ticks
    """[n] of all contacts."""
    waited: Ticks
    """[n] for an agent in live and concurrent channels, where the customer can do nothing else."""
    ended: Ticks
    """[n] end of the last contact."""
    outcome: Small
    """[n] of :class:`CaseOutcome`."""
    met_agent: Bools
    """[n] the first contact that an agent answered has ended."""
    first_contact: Bools
    """[n] and it resolved the case."""


def read_cases(plan: Plan, trace: Trace, contacts: Contacts, number: int) -> Cases:
    """Add contacts up by case; ``number`` is n, the number of cases drawn."""
    case = trace.case

    def count(which: Bools) -> Small:
        return np.bincount(case[which], minlength=number).astype(np.int32)

    def total(ticks: Ticks, which: Bools) -> Ticks:
        # Bincount adds in float64; ticks of a horizon stay below 2**53, so the sums are exact.
        return np.bincount(case[which], ticks[which], minlength=number).astype(np.int64)

    outcome = trace.outcome
    moved = (contacts.previous != NOBODY) & (contacts.previous != trace.channel)
    self_failed = (outcome == Outcome.FAILED) & (contacts.mode == Mode.SELF_SERVICE)
    # Told: an agent listened, or self-service took the details; a wait in a queue tells nobody.
    told = contacts.answered | self_failed
    told_before = _before(told, trace.attempt == 0)
    agents_before = _before(contacts.answered, trace.attempt == 0)
    first_answer = contacts.answered & (agents_before == 0)
    decided = first_answer & (outcome != Outcome.UNFINISHED)
    resolved = (outcome == Outcome.RESOLVED) | (outcome == Outcome.CONTAINED)
    by_case, by_row = case[contacts.last], np.flatnonzero(contacts.last)
    final = np.full(number, CaseOutcome.UNFINISHED, np.int32)
    goes_on = (outcome[by_row] == Outcome.UNFINISHED) | (trace.next_channel[by_row] != NOBODY)
    final[by_case] = np.where(
        resolved[by_row],
        CaseOutcome.RESOLVED,
        np.where(goes_on, CaseOutcome.UNFINISHED, CaseOutcome.GIVEN_UP),
    )
    ended = np.zeros(number, np.int64)
    ended[by_case] = trace.ended[by_row]
    used = np.zeros((number, len(plan.channels)), np.bool_)
    used[case, trace.channel] = True
    impatient = (contacts.mode == Mode.LIVE) | (contacts.mode == Mode.CONCURRENT)
    return Cases(
        contacts=np.bincount(case, minlength=number).astype(np.int32),
        channels=used.sum(axis=1, dtype=np.int32),
        channel_switches=count(moved),
        to_phone=count(moved & (contacts.mode == Mode.LIVE)),
        transfers=count(outcome == Outcome.TRANSFERRED),
        retellings=count(contacts.answered & (told_before > 0)),
        failed_self_service=count(self_failed),
        failures=count(any_of(outcome, FAILURES)),
        wait=total(contacts.wait, contacts.wait > 0),
        waited=total(contacts.wait, (contacts.wait > 0) & impatient),
        ended=ended,
        outcome=final,
        met_agent=count(decided) > 0,
        first_contact=count(decided & resolved) > 0,
    )


def _before(which: Bools, first: Bools) -> Ints:
    """How many earlier rows of the same case hold; ``first`` marks where a case begins."""
    running = np.concatenate([[0], np.cumsum(which)])[:-1]
    start = np.maximum.accumulate(np.where(first, np.arange(len(which)), 0))
    return np.asarray(running - running[start]) if len(which) else np.zeros(0, np.int64)


GAVE_UP, STILL_OPEN, DONE = -1, -2, -3
"""Where a step leads when not to a channel."""


def steps(plan: Plan, trace: Trace, contacts: Contacts) -> Ints:
    """Count steps ``[A, C, C + 3, O]``: attempt, channel, where it led, outcome.

    Where a step leads is a channel, or (from the end) gave up, still open, done. A step into a channel
    counts when the next attempt arrived before the horizon, so flows into an attempt equal its contacts; a
    case whose next attempt would fall later is still open.
    """
    channels = len(plan.channels)
    resolved = (trace.outcome == Outcome.RESOLVED) | (trace.outcome == Outcome.CONTAINED)
    goes_on = (trace.outcome == Outcome.UNFINISHED) | (trace.next_channel != NOBODY)
    end = np.where(resolved, DONE, np.where(goes_on, STILL_OPEN, GAVE_UP)) + channels + 3
    to = np.where(contacts.last, end, trace.next_channel)
    code = trace.attempt
    for size, part in ((channels, trace.channel), (channels + 3, to), (len(Outcome), trace.outcome)):
        code = code * size + part
    shape = (plan.max_attempts, channels, channels + 3, len(Outcome))
    return np.bincount(code, minlength=int(np.prod(shape))).reshape(shape)

"""The tally: one replication counted, small enough to send between processes.

Everything is integer counts and ticks, or sums of them in float64 that stay exact below 2**53, so a tally
does not depend on the order of rows. Quantities are named as in :mod:`sim.measures`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import effort, money
from sim.contract import (
    NOBODY,
    TICKS_PER_SECOND,
    Bools,
    Draws,
    Floats,
    Ints,
    Outcome,
    Plan,
    Ticks,
    Trace,
)
from sim.journeys import HANDLED, CaseOutcome, Cases, Contacts, read_cases, read_contacts, steps
from sim.measures import CASE_QUANTITIES
from sim.terms import OF, Terms

Array = NDArray[Any]
Columns = dict[str, Array]

TICKS_PER_HOUR = 3600 * TICKS_PER_SECOND


@dataclass(frozen=True)
class Tally:
    """One replication, counted. Sizes as in :class:`~sim.contract.Plan`."""

    replication: int
    cells: Columns
    """[C, K] counts (int32) and sums of ticks (int64, names ending in ``_ticks``) by interval of arrival."""
    waits: Columns
    """[C] ``wait_seconds_p90`` and ``wait_seconds_max``; NaN where nobody was offered to the queue."""
    groups: Columns
    """[G, K] ``present``, ``busy``, ``overtime`` and ``contacts_open`` in ticks, ``load_ticks`` (work that
    arrived)."""
    sums: Floats
    """[quantities, I, S] of :data:`~sim.measures.CASE_QUANTITIES` by intent and segment."""
    step_codes: Ints
    """Steps that occurred, as flat indices into ``[A, C, C + 3, O]``."""
    step_counts: Ints
    """How often each."""
    cases: Columns | None
    """[n] compact columns of the case table, when kept."""
    contacts: Columns | None
    """[m] compact columns of the contact table, when kept."""


def count(
    plan: Plan,
    terms: Terms,
    draws: Draws,
    trace: Trace,
    replication: int,
    *,
    keep_cases: bool = True,
    keep_contacts: bool = False,
) -> Tally:
    """Count one replication's trace."""
    contacts = read_contacts(plan, trace)
    cases = read_cases(plan, trace, contacts, len(draws.key))
    cells = _cells(plan, terms, trace, contacts)
    parts = _points(terms, cases)
    costs = _costs(plan, terms, trace, len(draws.key))
    worth = _worth(terms, cases, parts)
    flows = steps(plan, trace, contacts).ravel()
    codes = np.flatnonzero(flows)
    return Tally(
        replication=replication,
        cells=cells,
        waits=_waits(plan, trace, contacts),
        groups={
            "present": trace.present,
            "busy": trace.busy,
            "overtime": trace.overtime,
            "contacts_open": trace.contacts_open,
            "load_ticks": _load(plan, draws, trace, contacts),
        },
        sums=_sums(plan, terms, draws, cases, parts, costs, worth),
        step_codes=codes.astype(np.int32),
        step_counts=flows[codes].astype(np.int32),
        cases=_case_columns(draws, cases, costs) if keep_cases else None,
        contacts=_contact_columns(draws, trace, contacts) if keep_contacts else None,
    )


# -- channels by interval --------------------------------------------------------------------------


def _cells(plan: Plan, terms: Terms, trace: Trace, contacts: Contacts) -> Columns:
    channels, intervals = len(plan.channels), plan.intervals
    cell = trace.channel * intervals + trace.arrived // plan.interval_ticks
    shape = (channels, intervals)

    def number(which: Bools) -> Array:
        found = np.bincount(cell[which], minlength=channels * intervals)
        return found.astype(np.int32).reshape(shape)

    def total(ticks: Ticks, which: Bools) -> Array:
        found = np.bincount(cell[which], ticks[which], minlength=channels * intervals)
        return found.astype(np.int64).reshape(shape)

    outcomes = len(Outcome)
    by_outcome = (
        np.bincount(cell * outcomes + trace.outcome, minlength=channels * intervals * outcomes)
        .astype(np.int32)
        .reshape(*shape, outcomes)
    )
    left = trace.outcome == Outcome.ABANDONED
    served = contacts.answered & (trace.outcome != Outcome.UNFINISHED)
    moved = (contacts.previous != NOBODY) & (contacts.previous != trace.channel)
    again = contacts.previous == trace.channel
    cells: Columns = {outcome.name.lower(): by_outcome[..., outcome] for outcome in Outcome}
    cells["offered"] = by_outcome.sum(axis=2, dtype=np.int32)
    cells["handled"] = by_outcome[..., list(HANDLED)].sum(axis=2, dtype=np.int32)
    cells["short_abandoned"] = number(left & (contacts.wait <= terms.short_abandon[trace.channel]))
    cells["answered"] = number(contacts.answered)
    cells["queued"] = number(contacts.queued)
    cells["served"] = number(served)
    cells["spilled_in"] = number(moved)
    cells["repeated_in"] = number(again)
    cells["wait_ticks"] = total(contacts.wait, contacts.queued)
    cells["answer_ticks"] = total(contacts.wait, contacts.answered)
    cells["handle_ticks"] = total(trace.handled, served)
    cells["queue_ticks"] = trace.queue_length
    cells |= _in_time(plan, terms, trace, contacts, number)
    return cells


def _in_time(plan: Plan, terms: Terms, trace: Trace, contacts: Contacts, number: Any) -> Columns:
    """Counts behind the three definitions of service level."""
    channel, outcome = trace.channel, trace.outcome
    within = terms.target_within[channel]
    reply = terms.reply[channel]
    targeted = contacts.queued & terms.has_target[channel]
    done = contacts.answered & (outcome != Outcome.UNFINISHED)
    met = targeted & np.where(reply, done, contacts.answered)
    waited = np.where(reply, trace.ended - trace.arrived, contacts.wait)
    in_time = met & (waited <= within)
    gone_in_time = targeted & (outcome == Outcome.ABANDONED) & (contacts.wait <= within)
    # What the horizon cut off while it could still have met the target says nothing about it.
    undecided = ~met & (outcome == Outcome.UNFINISHED) & (trace.arrived + within > plan.horizon)
    return {
        "answered_in_time": number(in_time),
        "abandoned_in_time": number(gone_in_time),
        "judged": number(targeted & ~undecided),
        "answered_judged": number(met),
    }


def good_and_counted(cells: Mapping[str, Array], target_of: Ints) -> tuple[Array, Array]:
    """Numerator and denominator of service level by each channel's own definition.

    The cells' channel axis is the one before the last; ``target_of`` is [C].
    """
    of = target_of[:, None]
    good = cells["answered_in_time"] + np.where(
        of == OF.index("abandons_good"), cells["abandoned_in_time"], 0
    )
    counted = np.where(of == OF.index("answered"), cells["answered_judged"], cells["judged"])
    return good, counted


def _waits(plan: Plan, trace: Trace, contacts: Contacts) -> Columns:
    p90 = np.full(len(plan.channels), np.nan)
    longest = np.full(len(plan.channels), np.nan)
    for channel in range(len(plan.channels)):
        waits = contacts.wait[contacts.queued & (trace.channel == channel)]
        if len(waits):
            p90[channel] = np.quantile(waits, 0.9) / TICKS_PER_SECOND
            longest[channel] = waits.max() / TICKS_PER_SECOND
    return {"wait_seconds_p90": p90, "wait_seconds_max": longest}


# -- groups ----------------------------------------------------------------------------------------


def _load(plan: Plan, draws: Draws, trace: Trace, contacts: Contacts) -> Floats:
    """Agent time ``[G, K]`` (ticks) of the work that arrived in each interval: the offered load.

    Answered contacts count their own agent's time. Those that nobody answered would have brought the
    mean of their channel, shared among groups as its answered contacts were; where a channel had none
    answered, the drawn handle time, in equal parts to the groups with the skill. With several contacts
    open an agent's time is shared among them. A customer who is lost and tries the same channel again
    brings the work once, in the interval of the first of those tries: otherwise a shortage of agents
    would seem to need agents for every redial that it causes.
    """
    groups, channels, intervals = len(plan.groups), len(plan.channels), plan.intervals
    if not groups:
        return np.zeros((0, intervals))
    occupied = (trace.busy + trace.overtime).sum(axis=1)
    open_ticks = trace.contacts_open.sum(axis=1)
    share = np.divide(occupied, open_ticks, out=np.ones(groups), where=open_ticks > 0)
    lost = contacts.queued & ~contacts.answered
    again = np.zeros(len(lost), np.bool_)
    again[1:] = lost[:-1] & (trace.attempt[1:] > 0) & (trace.channel[1:] == trace.channel[:-1])
    first_try = np.maximum.accumulate(np.where(again, 0, np.arange(len(again))))
    interval = trace.arrived[first_try] // plan.interval_ticks
    lost[:-1] &= ~again[1:]
    served = contacts.answered & (trace.group != NOBODY)
    own = np.rint(trace.handled[served] * share[trace.group[served]])
    load = np.zeros((groups, intervals))
    np.add.at(load, (trace.group[served], interval[served]), own)
    pair = trace.channel[served] * groups + trace.group[served]
    number = np.bincount(pair, minlength=channels * groups).reshape(channels, groups)
    work = np.bincount(pair, own, minlength=channels * groups).reshape(channels, groups)
    lost_number = np.bincount(
        trace.channel[lost] * intervals + interval[lost], minlength=channels * intervals
    ).reshape(channels, intervals)
    for channel in np.flatnonzero(lost_number.any(axis=1)):
        if number[channel].any():
            each = work[channel] / number[channel].sum()
        else:
            able = plan.skill_priority[:, plan.queue_channel == channel].any(axis=1)
            mean = draws.work(int(channel), 0).mean()
            each = able * mean / max(able.sum(), 1)
        load += each[:, None] * lost_number[channel]
    return load


# -- cases -----------------------------------------------------------------------------------------


def _points(terms: Terms, cases: Cases) -> Floats:
    return effort.points(
        terms.weights,
        waited_seconds=cases.waited / TICKS_PER_SECOND,
        contacts=cases.contacts,
        channel_switches=cases.channel_switches,
        transfers=cases.transfers,
        retellings=cases.retellings,
        failed_self_service=cases.failed_self_service,
    )


def _costs(plan: Plan, terms: Terms, trace: Trace, number: int) -> Columns:
    """Money per case: ``contact_cost`` and ``direct_cost``."""
    each = terms.contact_cost[trace.channel]
    direct = money.direct_cost(
        trace.group,
        trace.handled / TICKS_PER_HOUR,
        each,
        (trace.busy + trace.overtime).sum(axis=1) / TICKS_PER_HOUR,
        trace.contacts_open.sum(axis=1) / TICKS_PER_HOUR,
        terms.pay_per_hour,
    )
    return {
        "contact_cost": np.bincount(trace.case, each, minlength=number),
        "direct_cost": np.bincount(trace.case, direct, minlength=number),
    }


def _worth(terms: Terms, cases: Cases, parts: Floats) -> Columns:
    """Loyalty per case, by the effort and failures that it had."""
    ease = effort.ease_score(parts.sum(axis=0), terms.weights.scale)
    share = effort.ease_share(ease)
    gone = cases.outcome == CaseOutcome.GIVEN_UP
    churned = money.churn(terms.loyalty, cases.failures)
    return {
        "ease": ease,
        "satisfied": money.csat(terms.loyalty, share, gone),
        "recommending": money.nps(terms.loyalty, share, gone),
        "disloyal": money.disloyal(terms.loyalty, share),
        "churned": churned,
        "revenue_at_risk": churned * terms.loyalty.revenue_per_customer,
    }


def _sums(
    plan: Plan, terms: Terms, draws: Draws, cases: Cases, parts: Floats, costs: Columns, worth: Columns
) -> Floats:
    """Sums ``[quantities, I, S]`` of what each case adds."""
    resolved = cases.outcome == CaseOutcome.RESOLVED
    unfinished = cases.outcome == CaseOutcome.UNFINISHED
    ended = ~unfinished
    elapsed = (cases.ended - draws.arrival) / TICKS_PER_SECOND
    failed_before = cases.contacts - 1
    each: Mapping[str, Array] = {
        "cases": np.ones(len(resolved)),
        "contacts": cases.contacts,
        "channels": cases.channels,
        "resolved": resolved,
        "given_up": cases.outcome == CaseOutcome.GIVEN_UP,
        "unfinished": unfinished,
        "ended": ended,
        "one_contact": resolved & (cases.contacts == 1),
        "met_agent": cases.met_agent,
        "first_contact": cases.first_contact,
        "transfers": cases.transfers,
        "spilled_to_phone": cases.to_phone,
        "failure_demand": np.where(terms.failure_intent[draws.intent], cases.contacts, failed_before),
        "effort": parts.sum(axis=0),
        **{f"effort_{driver}": part for driver, part in zip(effort.DRIVERS, parts, strict=True)},
        "ease": worth["ease"],
        "satisfied": worth["satisfied"] * ended,
        "recommending": worth["recommending"] * ended,
        "disloyal": worth["disloyal"] * ended,
        "churned": worth["churned"],
        "revenue_at_risk": worth["revenue_at_risk"],
        "elapsed_seconds": elapsed * resolved,
        "contact_cost": costs["contact_cost"],
        "direct_cost": costs["direct_cost"],
    }
    intents, segments = len(plan.intents), len(plan.segments)
    who = draws.intent * segments + draws.segment
    sums = [np.bincount(who, each[name], minlength=intents * segments) for name in CASE_QUANTITIES]
    return np.asarray(np.stack(sums).reshape(len(sums), intents, segments), np.float64)


# -- kept tables -----------------------------------------------------------------------------------


def _case_columns(draws: Draws, cases: Cases, costs: Columns) -> Columns:
    """What the case table is made of; points, ease and churn are computed from it when asked for."""
    return {
        "key": draws.key,
        "intent": draws.intent.astype(np.int16),
        "segment": draws.segment.astype(np.int16),
        "first_channel": draws.first_channel.astype(np.int16),
        "arrived": draws.arrival,
        "contacts": cases.contacts.astype(np.int8),
        "channels": cases.channels.astype(np.int8),
        "channel_switches": cases.channel_switches.astype(np.int8),
        "transfers": cases.transfers.astype(np.int8),
        "retellings": cases.retellings.astype(np.int8),
        "failed_self_service": cases.failed_self_service.astype(np.int8),
        "failures": cases.failures.astype(np.int8),
        "outcome": cases.outcome.astype(np.int8),
        "wait": cases.wait,
        "waited": cases.waited,
        "ended": cases.ended,
        "cost": costs["direct_cost"].astype(np.float32),
    }


def _contact_columns(draws: Draws, trace: Trace, contacts: Contacts) -> Columns:
    return {
        "case": trace.case.astype(np.int32),
        "attempt": trace.attempt.astype(np.int16),
        "channel": trace.channel.astype(np.int16),
        "intent": draws.intent[trace.case].astype(np.int16),
        "segment": draws.segment[trace.case].astype(np.int16),
        "group": trace.group.astype(np.int16),
        "arrived": trace.arrived,
        "answered": trace.answered,
        "ended": trace.ended,
        "wait": contacts.wait,
        "handled": trace.handled,
        "outcome": trace.outcome.astype(np.int8),
        "next_channel": trace.next_channel.astype(np.int16),
    }

"""The book: what counting needs to know of a plan and its terms, as arrays for compiled code."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from sim import effort, money
from sim.contract import OUTCOMES, Bools, Floats, Ints, Mode, Outcome, Plan, Ticks
from sim.counting.layout import FAILURES, whole
from sim.effort import GRAIN
from sim.terms import Terms

TABULATED_POINTS = 8
"""Ease is looked up for effort of up to so many points, and computed beyond."""


class Book(NamedTuple):
    """Sizes as in :class:`~sim.contract.Plan`."""

    channels: int
    intervals: int
    groups: int
    intents: int
    segments: int
    incidents: int
    attempts: int
    interval_ticks: int
    per_tick: float
    """Intervals, a trifle too few: for :func:`sim.counting.contacts.interval_of`."""
    horizon: int
    warm_up: int
    """Intervals at the start, of which nothing is counted."""
    counted_from: int
    """Tick at which they are over."""
    channel_of: Ints
    """[C · K] of a cell."""
    agents: Bools
    """[C] a channel with agents."""
    live: Bools
    """[C]."""
    impatient: Bools
    """[C] live or concurrent: the customer can do nothing else while waiting."""
    within: Ticks
    """[C] of the target; −1 without one, when nothing is in time."""
    reply: Bools
    """[C] the target is on the end of handling."""
    open_clock: Bools
    """[C] the target counts only time for which the channel is open."""
    open_from: Ticks
    """[W] windows of opening, as in the plan."""
    open_until: Ticks
    """[W]."""
    open_index: Ints
    """[C + 1]."""
    open_sum: Ticks
    """[W] for which the channel was open before the window."""
    abandons_good: Bools
    """[C] service level counts abandons within the target as good."""
    of_answered: Bools
    """[C] service level is a share of answered contacts."""
    target_share: Floats
    """[C]."""
    short_abandon: Ticks
    """[C]."""
    dials: Bools
    """[C] a dialler calls the customers."""
    special: Bools
    """[C] one of the two: a dialler, or a target whose clock stands still."""
    price: Floats
    """[C] money per contact."""
    pay: Floats
    """[G] money per hour."""
    able: Floats
    """[C, G] equal shares of the groups with a skill for the channel; 0 where there are none."""
    failure: Bools
    """[O]."""
    leads_on: Bools
    """[C, O] what follows is a *leg*, which no customer begins (:func:`legs`)."""
    failure_intent: Bools
    """[I]."""
    points: Ints
    """[5, A + 1] grains of effort for so many contacts after the first, switches, transfers, retellings and
    failures of self-service."""
    waiting: float
    """Points for waiting e − 1 minutes."""
    ease: Floats
    """[8 · GRAIN] ease as a share of its range, by grains of effort."""
    scale: float
    """Of ease, in grains."""
    churn: Floats
    """[A + 1] by failures."""


def book_of(plan: Plan, terms: Terms) -> Book:
    """The book of a plan; made once for many replications."""
    channels, groups, attempts = len(plan.channels), len(plan.groups), plan.max_attempts
    able = np.zeros((channels, groups))
    for channel in range(channels):
        may = plan.skill_priority[:, plan.queue_channel == channel].any(axis=1)
        able[channel] = may / max(may.sum(), 1)
    number = np.arange(attempts + 1)
    weights = terms.weights
    each = effort.points(
        weights,
        waited_seconds=np.zeros(attempts + 1),
        contacts=number + 1,
        channel_switches=number,
        transfers=number,
        retellings=number,
        failed_self_service=number,
    )[1:]
    failure = np.zeros(len(OUTCOMES), np.bool_)
    failure[list(FAILURES)] = True
    return Book(
        channels=channels,
        intervals=plan.intervals,
        groups=groups,
        intents=len(plan.intents),
        segments=len(plan.segments),
        incidents=len(plan.incident_channel),
        attempts=attempts,
        interval_ticks=plan.interval_ticks,
        per_tick=(1.0 - 2.0**-50) / plan.interval_ticks,
        horizon=plan.horizon,
        warm_up=plan.warm_up,
        counted_from=plan.warm_up * plan.interval_ticks,
        channel_of=np.repeat(np.arange(channels), plan.intervals),
        agents=_flags(plan.mode != Mode.SELF_SERVICE),
        live=_flags(plan.mode == Mode.LIVE),
        impatient=_flags((plan.mode == Mode.LIVE) | (plan.mode == Mode.CONCURRENT)),
        within=whole(np.where(terms.has_target, terms.target_within, -1)),
        reply=_flags(terms.reply),
        open_clock=_flags(terms.open_clock),
        open_from=whole(plan.open_from),
        open_until=whole(plan.open_until),
        open_index=whole(plan.open_index),
        open_sum=_open_sum(plan),
        abandons_good=_flags(terms.of("abandons_good")),
        of_answered=_flags(terms.of("answered")),
        target_share=_numbers(terms.target_share),
        short_abandon=whole(terms.short_abandon),
        dials=_flags(plan.dialler_tries > 0),
        special=_flags((plan.dialler_tries > 0) | terms.open_clock),
        price=_numbers(terms.contact_cost),
        pay=_numbers(terms.pay_per_hour),
        able=able,
        failure=failure,
        leads_on=_flags(legs(plan)),
        failure_intent=_flags(terms.failure_intent),
        points=whole(np.rint(each * GRAIN).astype(np.int64)),
        waiting=weights.waiting,
        ease=_ease(weights.scale),
        scale=weights.scale * GRAIN,
        churn=_numbers(money.churn(terms.loyalty, number)),
    )


def legs(plan: Plan) -> Bools:
    """[C, O] whether what follows a contact that ended so is begun by the company, not by the customer.

    It is where an agent passed the contact on, where the customer asked for a callback, and where a dialler
    reached nobody or did not come to the contact before closing.
    """
    found = np.zeros((len(plan.channels), len(OUTCOMES)), np.bool_)
    found[:, [Outcome.TRANSFERRED, Outcome.CALLED_BACK, Outcome.UNREACHED]] = True
    found[plan.dialler_tries > 0, Outcome.DISCONNECTED] = True
    return found


def _open_sum(plan: Plan) -> Ticks:
    """[W] time open before each window of its channel."""
    lengths = plan.open_until - plan.open_from
    before = np.cumsum(lengths) - lengths
    of_channel = np.repeat(plan.open_index[:-1], np.diff(plan.open_index))
    return whole(before - before[of_channel])


@lru_cache(maxsize=4)
def _ease(scale: float) -> Floats:
    grains = np.arange(TABULATED_POINTS * GRAIN + 1)
    return effort.ease_share(effort.ease_score(grains / GRAIN, scale))


def _flags(values: Bools) -> Bools:
    return np.require(values, np.bool_, ("C", "W"))


def _numbers(values: Floats) -> Floats:
    return np.require(values, np.float64, ("C", "W"))

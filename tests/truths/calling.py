"""Calls to customers: who is called by a dialler, when and how often; and how calls are counted."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.contract import NOBODY, Chance, Outcome, Plan, Trace
from sim.luck.streams import HashedDraws
from tests.truths.reckoned import is_open, rung_back
from tests.truths.ringing import tries_in_vain


def called(plan: Plan, trace: Trace) -> Any:
    """[m] whether the contact is in a channel with a dialler."""
    return (plan.dialler_tries > 0)[trace.channel]


def calls_follow_the_rules(plan: Plan, draws: HashedDraws, trace: Trace) -> None:
    """Diallers call as often as they may, while they are open; nobody else does but for callbacks."""
    dialled, back = called(plan, trace), rung_back(trace)
    assert np.all(trace.rung[~dialled & ~back] == 0)
    assert not np.any(trace.outcome[~dialled] == Outcome.UNREACHED)
    for m in np.flatnonzero(back):
        _a_callback_counts_its_calls(plan, draws, trace, int(m))
    for m in np.flatnonzero(dialled):
        _calls_are_placed_by_the_rules(plan, draws, trace, int(m))


def _a_callback_counts_its_calls(plan: Plan, draws: HashedDraws, trace: Trace, m: int) -> None:
    channel = int(trace.channel[m])
    in_vain = tries_in_vain(plan, draws, int(trace.case[m]), int(trace.attempt[m]), channel)
    if trace.answered[m] != NOBODY:
        assert trace.rung[m] == in_vain + 1
    elif trace.outcome[m] == Outcome.ABANDONED:
        assert trace.rung[m] == plan.callback_tries[channel]
    else:
        assert 0 <= trace.rung[m] <= in_vain


def _calls_are_placed_by_the_rules(plan: Plan, draws: HashedDraws, trace: Trace, m: int) -> None:
    """Only luck decides which call is answered; who is not reached has had every call, one by one."""
    channel, outcome, ended = int(trace.channel[m]), Outcome(trace.outcome[m]), int(trace.ended[m])
    most, ring, retry = (
        int(each[channel]) for each in (plan.dialler_tries, plan.dialler_ring, plan.dialler_retry)
    )
    in_vain = calls_in_vain(plan, draws, int(trace.case[m]), int(trace.attempt[m]), channel)
    rung, arrived = int(trace.rung[m]), int(trace.arrived[m])
    assert 0 <= rung <= most
    assert outcome not in (Outcome.CLOSED, Outcome.BLOCKED, Outcome.CONTAINED, Outcome.CALLED_BACK)
    assert (outcome is Outcome.UNREACHED) <= (in_vain == most)
    if trace.entered[m] != NOBODY:
        entered = int(trace.entered[m])
        assert rung == in_vain + 1 <= most
        assert entered - arrived >= in_vain * (ring + retry) + ring
        assert is_open(plan, channel, entered - ring)
        assert is_open(plan, channel, entered) or not plan.drop_at_close[channel]
        return
    assert trace.group[m] == NOBODY
    assert trace.queued[m] == trace.handled[m] == trace.wrapped[m] == 0
    if outcome is Outcome.UNREACHED:
        assert rung == most == in_vain
        assert ended - arrived >= most * ring + (most - 1) * retry
        assert is_open(plan, channel, ended - ring)
    elif outcome is Outcome.DISCONNECTED:
        assert rung <= in_vain + 1
        assert plan.drop_at_close[channel]
        assert not is_open(plan, channel, ended)
    else:
        assert outcome is Outcome.UNFINISHED
        assert rung <= min(in_vain, most - 1)


def calls_in_vain(plan: Plan, draws: HashedDraws, case: int, attempt: int, channel: int) -> int:
    """How many calls the customer does not answer before one, or all."""
    most, reaches = int(plan.dialler_tries[channel]), plan.dialler_reaches[channel]
    luck = (draws.chance(Chance.CONNECTS + t, attempt)[case] for t in range(most))
    return next((t for t, number in enumerate(luck) if number < reaches), most)

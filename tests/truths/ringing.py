"""Callbacks: who takes one, and how often agents ring."""

from __future__ import annotations

import numpy as np

from sim.contract import NOBODY, Chance, Mode, Outcome, Plan, Trace
from sim.luck.streams import HashedDraws
from tests.truths.reckoned import chance, passed_on, rung_back


def callbacks_follow_the_rules(plan: Plan, draws: HashedDraws, trace: Trace) -> None:
    """Who takes a callback has waited 0 s; agents ring until the customer answers or often enough."""
    rung = rung_back(trace)
    takes = chance(draws, trace, Chance.TAKES_CALLBACK) < plan.callback_take_up[trace.channel]
    for m in np.flatnonzero(trace.outcome == Outcome.CALLED_BACK):
        assert plan.callback_above[trace.channel[m]] != NOBODY
        assert plan.mode[trace.channel[m]] == Mode.LIVE
        assert takes[m]
        assert not rung[m]
        assert not passed_on(plan, draws, trace)[m]
        assert trace.entered[m] == trace.ended[m] == trace.arrived[m + 1]
        assert trace.group[m] == NOBODY
        assert trace.queued[m] == 0
    for m in np.flatnonzero(rung):
        assert trace.entered[m] == trace.arrived[m]
        assert trace.queued[m] == 0
        tries_follow_the_rules(plan, draws, trace, int(m))


def tries_follow_the_rules(plan: Plan, draws: HashedDraws, trace: Trace, m: int) -> None:
    """Only the first try that connects is answered; those in vain, and only those, take ``ring`` each."""
    case, attempt, channel = int(trace.case[m]), int(trace.attempt[m]), int(trace.channel[m])
    ring, retry, most = (
        int(each[channel]) for each in (plan.callback_ring, plan.callback_retry, plan.callback_tries)
    )
    in_vain = tries_in_vain(plan, draws, case, attempt, channel)
    outcome = Outcome(trace.outcome[m])
    if trace.answered[m] != NOBODY:
        assert in_vain < most
        assert trace.answered[m] - trace.entered[m] >= in_vain * (ring + retry)
        assert trace.wrapped[m] >= in_vain * ring
    elif outcome is Outcome.ABANDONED:
        assert in_vain == most
        assert trace.wrapped[m] == most * ring
        assert trace.ended[m] - trace.entered[m] >= most * ring + (most - 1) * retry
    else:
        assert outcome in (Outcome.DISCONNECTED, Outcome.UNFINISHED)
        assert trace.wrapped[m] <= in_vain * ring
        if outcome is Outcome.DISCONNECTED and ring > 0:
            assert trace.wrapped[m] % ring == 0
    assert (trace.group[m] != NOBODY) >= (trace.wrapped[m] > 0)


def tries_in_vain(plan: Plan, draws: HashedDraws, case: int, attempt: int, channel: int) -> int:
    """How many tries the customer does not answer before one, or all."""
    most, connects = int(plan.callback_tries[channel]), plan.callback_connects[channel]
    luck = (draws.chance(Chance.CONNECTS + t, attempt)[case] for t in range(most))
    return next((t for t, number in enumerate(luck) if number < connects), most)

"""What can be reckoned from a trace, its plan and its luck, without simulating anything."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.contract import NOBODY, Chance, Front, IncidentFact, Mode, Outcome, Plan, Trace, scaled
from sim.luck.streams import HashedDraws


def passed_on(plan: Plan, draws: HashedDraws, trace: Trace) -> Any:
    """[m] whether the contact comes from an agent, rather than from outside."""
    passes = (trace.outcome == Outcome.TRANSFERRED) & (next_row(plan, draws, trace) == NOBODY)
    return (trace.attempt > 0) & np.roll(passes, 1)


def rung_back(trace: Trace) -> Any:
    """[m] whether the contact is a callback."""
    return (trace.attempt > 0) & np.roll(trace.outcome == Outcome.CALLED_BACK, 1)


def next_row(plan: Plan, draws: HashedDraws, trace: Trace) -> Any:
    """[m] the row by which customers go on after each contact, or NOBODY."""
    intent, segment = draws.intent[trace.case], draws.segment[trace.case]
    return plan.next_row[trace.channel, trace.outcome, intent, segment]


def failed_before(trace: Trace) -> Any:
    """[m] the case's earlier attempts that failed: all but those transferred, to be called back, or in which
    nobody was reached."""
    none = (Outcome.TRANSFERRED, Outcome.CALLED_BACK, Outcome.UNREACHED)
    failed = np.zeros(len(trace.case), np.int64)
    for m in np.flatnonzero(trace.attempt > 0):
        failed[m] = failed[m - 1] + (trace.outcome[m - 1] not in none)
    return failed


def misrouted(plan: Plan, draws: HashedDraws, trace: Trace) -> Any:
    """[m] whether a front sent the contact to the wrong queue."""
    from_outside = ~passed_on(plan, draws, trace) & ~rung_back(trace)
    has_front = plan.front_law[trace.channel, draws.intent[trace.case]] != NOBODY
    possible = from_outside & has_front & (trace.entered != NOBODY) & (trace.attempt + 1 < plan.max_attempts)
    return possible & np.array(
        [
            draws.front_ends(channel, attempt)[case] == Front.MISROUTES
            for channel, attempt, case in zip(
                trace.channel.tolist(), trace.attempt.tolist(), trace.case, strict=True
            )
        ],
        dtype=np.bool_,
    )


def queues(plan: Plan, draws: HashedDraws, trace: Trace) -> Any:
    """[m] the queue of each contact, or NOBODY."""
    queue = plan.queue_of[trace.channel, draws.intent[trace.case]]
    wrong = misrouted(plan, draws, trace)
    queue[wrong] = plan.wrong_queue[queue[wrong]]
    return queue


def would_pass_on(plan: Plan, draws: HashedDraws, trace: Trace) -> Any:
    """[m] whether the group that had the contact last would rather pass it on than end it."""
    to = plan.transfer_to[trace.channel] != NOBODY
    possible = to & (trace.answered != NOBODY) & (trace.attempt + 1 < plan.max_attempts)
    possible &= ~misrouted(plan, draws, trace)
    of_channel = plan.transfer_share[trace.channel, draws.intent[trace.case]]
    share = of_group(plan.skill_transfer, plan, draws, trace, of_channel)
    return possible & (chance(draws, trace, Chance.TRANSFERS) < share)


def needs_help(plan: Plan, draws: HashedDraws, trace: Trace) -> Any:
    """[m] whether the last part of its handling needs a second agent."""
    share = plan.consult_share[trace.channel, draws.intent[trace.case]]
    consults = plan.consult_group[trace.channel] != NOBODY
    lucky = chance(draws, trace, Chance.CONSULTS) < share
    return consults & lucky & ~misrouted(plan, draws, trace)


def would_resolve(plan: Plan, draws: HashedDraws, trace: Trace) -> Any:
    """[m] whether the contact, if it runs its course, resolves the case."""
    intent, segment = draws.intent[trace.case], draws.segment[trace.case]
    of_channel = plan.success[trace.channel, intent, segment]
    share = of_group(plan.skill_resolution, plan, draws, trace, of_channel)
    asked = zip(trace.channel.tolist(), trace.attempt.tolist(), trace.case, strict=True)
    luck = [draws.resolution_luck(channel, attempt)[case] for channel, attempt, case in asked]
    return np.array(luck, dtype=np.float64) < share


def of_group(shares: Any, plan: Plan, draws: HashedDraws, trace: Trace, otherwise: Any) -> Any:
    """[m] the share [G, Q] of the group that had each contact last, where it has one."""
    found = np.full(len(trace.case), np.nan)
    had = trace.group != NOBODY
    found[had] = shares[trace.group[had], queues(plan, draws, trace)[had]]
    return np.where(np.isnan(found), otherwise, found)


def chance(draws: HashedDraws, trace: Trace, which: int) -> Any:
    """[m] luck of each contact."""
    attempts = zip(trace.attempt.tolist(), trace.case, strict=True)
    return np.array([draws.chance(which, attempt)[case] for attempt, case in attempts], dtype=np.float64)


def handle_times(plan: Plan, draws: HashedDraws, trace: Trace) -> dict[int, int]:
    """The agent's time with each customer of a live channel that was answered; ``m``: ticks.

    Those are left out whose handling began as an incident was detected and over at once.
    """
    times = {}
    failed, queue = failed_before(trace), queues(plan, draws, trace)
    wrong, passes = misrouted(plan, draws, trace), would_pass_on(plan, draws, trace)
    live = (plan.mode == Mode.LIVE)[trace.channel]
    over_at_once = trace.incidents[trace.incidents[:, 0] == trace.incidents[:, 1], 0]
    for m in np.flatnonzero(live & (trace.answered != NOBODY) & ~np.isin(trace.answered, over_at_once)):
        case, attempt, channel = int(trace.case[m]), int(trace.attempt[m]), int(trace.channel[m])
        time = scaled(int(draws.work(channel, attempt)[case]), plan.frustration_work[failed[m]])
        time = scaled(time, plan.skill_factor[trace.group[m], queue[m]])
        time = slowed(plan, trace, channel, int(trace.answered[m]), time)
        part = plan.transfer_part[channel] if wrong[m] else plan.passing_part[channel] if passes[m] else 1.0
        times[int(m)] = scaled(time, float(part))
    return times


def slowed(plan: Plan, trace: Trace, channel: int, tick: int, time: int) -> int:
    """What incidents make of a time that begins at a tick."""
    factor = 1.0
    for n in np.flatnonzero(plan.incident_channel == channel):
        if plan.incident_from[n] <= tick < trace.incidents[n, IncidentFact.ENDED]:
            factor *= float(plan.incident_slowdown[n])
    return scaled(time, factor) if factor != 1.0 else time


def is_open(plan: Plan, channel: int, tick: int) -> bool:
    windows = slice(plan.open_index[channel], plan.open_index[channel + 1])
    return bool(np.any((plan.open_from[windows] <= tick) & (tick < plan.open_until[windows])))

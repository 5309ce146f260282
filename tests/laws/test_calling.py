"""Diallers and conditional overflow against exact values, of Markov chains solved here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse import linalg

from sim.contract import NOBODY, TICKS_PER_SECOND, Outcome
from tests.laws.observed import Observe, agents, agrees, centre, exponential

pytestmark = pytest.mark.law

State = tuple[int, ...]
Moves = Callable[[State], Iterable[tuple[State, float]]]


def stationary(start: State, moves: Moves) -> dict[State, float]:
    """Stationary probabilities of the chain on the states that can be reached from ``start``.

    ``moves`` yields the states to which a state leads, and at which rates.
    """
    places = {start: 0}
    states = [start]
    rates: list[tuple[int, int, float]] = []
    for state in states:
        for to, rate in moves(state):
            if to not in places:
                places[to] = len(states)
                states.append(to)
            rates.append((places[state], places[to], rate))
    rows, columns, flows = (np.array(column) for column in zip(*rates, strict=True))
    size = len(states)
    leaves = np.bincount(rows, weights=flows, minlength=size)
    balance = sparse.coo_array((flows, (columns, rows)), shape=(size, size)) - sparse.diags_array(leaves)
    # The probability of the start is set to 1 in place of its balance, which follows from the others.
    rest = linalg.spsolve(balance.tocsc()[1:, 1:], -balance.tocsc()[1:, [0]].toarray().ravel())
    found = np.concatenate([[1.0], rest]) / (1.0 + rest.sum())
    return {state: float(found[place]) for state, place in places.items()}


def mean(probability: dict[State, float], value: Callable[[State], float]) -> float:
    return sum(share * value(state) for state, share in probability.items())


def test_the_chain_of_a_textbook() -> None:
    """M/M/1 with room for three: probabilities in proportion to powers of the load."""

    def moves(state: State) -> Iterable[tuple[State, float]]:
        (number,) = state
        if number < 3:
            yield (number + 1,), 0.5
        if number > 0:
            yield (number - 1,), 1.0

    found = stationary((0,), moves)
    assert [found[(n,)] for n in range(4)] == pytest.approx([8 / 15, 4 / 15, 2 / 15, 1 / 15])


def live(handle_time: Any, **fields: Any) -> dict[str, Any]:
    return {"mode": "live", "handle_time": handle_time, "patience": "unlimited", "resolution": 1, **fields}


def group(number: int, **skills: Any) -> dict[str, Any]:
    return {"skills": skills, "staff": {"00:00": number}, "shrinkage": 0}


# -- diallers --------------------------------------------------------------------------------------


def outbound(handle_time: Any, **dialler: Any) -> dict[str, Any]:
    usual = {"calls_per_agent": 1, "reached": 1, "ring": 0, "attempts": 1, "retry": 60}
    fields = {name: dialler.pop(name) for name in ("patience", "lines", "backlog") if name in dialler}
    return live(handle_time, dialler=usual | dialler, **fields)


def test_customers_who_answer_at_once_keep_everybody_busy(observe: Observe) -> None:
    """With a list that never ends, c agents end c / (mean handle time) calls a second."""
    servers, time = 4, 60.0
    asked = centre(
        {"calls": outbound(exponential(time), backlog=40_000)}, agents(servers, "calls"), {"calls": 0.001}
    )
    seen = observe(asked)
    trace = seen.trace
    assert np.all(trace.busy[0] == servers * seen.plan.interval_ticks)
    interval = trace.ended[seen.of(Outcome.RESOLVED)] // seen.plan.interval_ticks
    ended = np.bincount(interval, minlength=seen.plan.intervals) * TICKS_PER_SECOND
    agrees(seen.time_average(ended), servers / time)


def test_one_call_for_each_idle_agent_abandons_nobody(observe: Observe) -> None:
    """Who answers a progressive dialler finds the agent for whom the call was placed."""
    calls = outbound(exponential(20), ring=5, reached=0.5, attempts=3, patience=0)
    seen = observe(centre({"calls": calls}, agents(3, "calls"), {"calls": 0.2}))
    entered = seen.trace.entered != NOBODY
    assert np.count_nonzero(entered) > 1000
    assert not np.any(seen.of(Outcome.ABANDONED))
    assert np.all(seen.trace.answered[entered][:-20] == seen.trace.entered[entered][:-20])


def test_calls_until_one_is_answered(observe: Observe) -> None:
    """Of independent calls the first that is answered ends them: (1 - p)**n are never reached."""
    calls = outbound(exponential(5), ring=2, reached=0.4, attempts=3, retry=60)
    seen = observe(centre({"calls": calls}, agents(5, "calls"), {"calls": 0.4}))
    done = ~seen.of(Outcome.UNFINISHED)
    agrees(seen.mean(seen.of(Outcome.UNREACHED), among=done), 0.6**3)
    agrees(seen.mean(seen.trace.rung, among=done), 1 + 0.6 + 0.6**2)


def test_what_ringing_costs_of_an_agents_time(observe: Observe) -> None:
    """With a list that never ends, agents alternate between calls in vain, 1 / p of them, and talking."""
    servers, time, ring, reached = 3, 20.0, 6.0, 0.4
    calls = outbound(exponential(time), ring=ring, reached=reached, retry=7200, attempts=9, backlog=50_000)
    seen = observe(centre({"calls": calls}, agents(servers, "calls"), {"calls": 0.001}))
    agrees(seen.time_average(seen.trace.busy[0]), servers * time / (time + ring / reached))


def test_calls_between_those_who_call(observe: Observe) -> None:
    """A list of customers who answer at once, and inbound calls that go first, with an agent kept for them.

    States: inbound and outbound with agents, inbound waiting, on the list.
    """
    servers, kept = 4, 1
    arrival, talk, listed, sale = 0.16, 8.0, 0.06, 10.0
    most_waiting, most_listed = 40, 60

    def dialled(inbound: int, outgoing: int, waiting: int, on_list: int) -> State:
        while on_list > 0 and servers - inbound - outgoing > kept:
            outgoing, on_list = outgoing + 1, on_list - 1
        return inbound, outgoing, waiting, on_list

    def freed(inbound: int, outgoing: int, waiting: int, on_list: int) -> State:
        if waiting > 0:
            inbound, waiting = inbound + 1, waiting - 1
        return dialled(inbound, outgoing, waiting, on_list)

    def moves(state: State) -> Iterable[tuple[State, float]]:
        inbound, outgoing, waiting, on_list = state
        if inbound + outgoing < servers:
            yield (inbound + 1, outgoing, waiting, on_list), arrival
        elif waiting < most_waiting:
            yield (inbound, outgoing, waiting + 1, on_list), arrival
        if on_list < most_listed:
            yield dialled(inbound, outgoing, waiting, on_list + 1), listed
        if inbound > 0:
            yield freed(inbound - 1, outgoing, waiting, on_list), inbound / talk
        if outgoing > 0:
            yield freed(inbound, outgoing - 1, waiting, on_list), outgoing / sale

    probability = stationary((0, 0, 0, 0), moves)
    edge = mean(probability, lambda state: state[2] == most_waiting or state[3] == most_listed)
    assert edge < 1e-4
    skills = {"phone": {"priority": 1}, "calls": {"priority": 2, "keep_idle": kept}}
    asked = centre(
        {"phone": live(exponential(talk)), "calls": outbound(exponential(sale))},
        {"agents": group(servers, **skills)},
        {"phone": arrival, "calls": listed},
        days=2,
    )
    seen = observe(asked)
    trace, calls = seen.trace, seen.channel("calls")
    on_list = np.where(trace.entered != NOBODY, trace.entered - trace.arrived, 0) / TICKS_PER_SECOND
    agrees(seen.time_average(trace.queue_length[0]), mean(probability, lambda state: state[2]))
    agrees(
        seen.mean(on_list, among=calls & seen.answered), mean(probability, lambda state: state[3]) / listed
    )
    assert trace.queue_length[1].sum() == 0, "whoever answers is served at once"


# -- conditional overflow --------------------------------------------------------------------------

CLERKS, EXPERTS = 4, 3
CALLS, TALK, VIDEOS, VIDEO, PATIENCE = 0.5, 10.0, 0.15, 12.0, 30.0


def helped(may_help: Callable[[int, int], bool], longest: int = 25) -> dict[State, float]:
    """Probabilities where experts take videos first, and a call where ``may_help(calls waiting, busy)``.

    States: clerks busy, calls waiting, experts on videos and on calls, videos waiting.
    """

    def look_round(clerks: int, calls: int, videos: int, helping: int, waiting: int) -> State:
        while calls > 0 and videos + helping < EXPERTS and may_help(calls, videos + helping):
            calls, helping = calls - 1, helping + 1
        return clerks, calls, videos, helping, waiting

    def freed(clerks: int, calls: int, videos: int, helping: int, waiting: int) -> State:
        if waiting > 0:
            videos, waiting = videos + 1, waiting - 1
        return look_round(clerks, calls, videos, helping, waiting)

    def moves(state: State) -> Iterable[tuple[State, float]]:
        clerks, calls, videos, helping, waiting = state
        if clerks < CLERKS:
            yield (clerks + 1, calls, videos, helping, waiting), CALLS
        elif calls < longest:
            yield look_round(clerks, calls + 1, videos, helping, waiting), CALLS
        if videos + helping < EXPERTS:
            yield (clerks, calls, videos + 1, helping, waiting), VIDEOS
        elif waiting < longest:
            yield (clerks, calls, videos, helping, waiting + 1), VIDEOS
        if clerks > 0:
            after = (clerks, calls - 1) if calls > 0 else (clerks - 1, calls)
            yield look_round(*after, videos, helping, waiting), clerks / TALK
        if videos > 0:
            yield freed(clerks, calls, videos - 1, helping, waiting), videos / VIDEO
        if helping > 0:
            yield freed(clerks, calls, videos, helping - 1, waiting), helping / TALK
        if calls > 0:
            yield look_round(clerks, calls - 1, videos, helping, waiting), calls / PATIENCE
        if waiting > 0:
            yield (clerks, calls, videos, helping, waiting - 1), waiting / PATIENCE

    return stationary((0, 0, 0, 0, 0), moves)


@pytest.mark.parametrize(
    ("condition", "may_help"),
    [
        ({"queue_at_least": 3}, lambda calls, busy: calls >= 3),
        ({"busy_below": 0.6}, lambda calls, busy: busy < 0.6 * EXPERTS),
        ({"queue_at_least": 2, "busy_below": 0.6}, lambda calls, busy: calls >= 2 and busy < 0.6 * EXPERTS),
    ],
)
def test_experts_help_under_conditions(
    observe: Observe, condition: dict[str, float], may_help: Callable[[int, int], bool]
) -> None:
    """Two queues with impatient customers, two groups, of which one helps the other under conditions."""
    probability = helped(may_help)
    line = {"patience": exponential(PATIENCE)}
    groups = {
        "clerks": group(CLERKS, phone={}),
        "experts": group(EXPERTS, video={}, phone={"priority": 2, "only_if": condition}),
    }
    channels = {"phone": live(exponential(TALK), **line), "video": live(exponential(VIDEO), **line)}
    seen = observe(centre(channels, groups, {"phone": CALLS, "video": VIDEOS}))
    trace, phone = seen.trace, seen.channel("phone")
    by_experts = mean(probability, lambda state: state[3]) / TALK
    calls = by_experts + mean(probability, lambda state: state[0]) / TALK
    agrees(seen.time_average(trace.queue_length[0]), mean(probability, lambda state: state[1]))
    agrees(
        seen.time_average(trace.queue_length[1]), mean(probability, lambda state: state[4]), precision=0.15
    )
    agrees(seen.time_average(trace.busy[1]), mean(probability, lambda state: state[2] + state[3]))
    agrees(seen.mean(trace.group == 1, among=phone & seen.answered), by_experts / calls)

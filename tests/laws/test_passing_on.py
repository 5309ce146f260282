"""Passing on, callbacks and silent abandonment against exact values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.contract import NOBODY, TICKS_PER_SECOND, Outcome
from tests.laws.exact import erlang_b, erlang_c, impatient
from tests.laws.observed import Observe, Observed, agents, agrees, centre, exponential

pytestmark = pytest.mark.law

ARRIVAL, MEAN, SERVERS, SHARE = 0.5, 8.0, 6, 0.4


def live(handle_time: Any, **fields: Any) -> dict[str, Any]:
    return {"mode": "live", "handle_time": handle_time, "patience": "unlimited", "resolution": 1, **fields}


def two_tiers(observe: Observe, second: int, mean: float, **transfer: Any) -> Observed:
    """A first tier that passes a share of its contacts on to a second one."""
    groups = {
        "first": {"skills": {"phone": {}}, "staff": {"00:00": SERVERS}, "shrinkage": 0},
        "second": {"skills": {"experts": {}}, "staff": {"00:00": second}, "shrinkage": 0},
    }
    way = {"share": SHARE, "to": "experts", **transfer}
    channels = {"phone": live(exponential(MEAN), transfer=way), "experts": live(exponential(mean))}
    return observe(centre(channels, groups, {"phone": ARRIVAL}, days=2))


def test_the_second_tier_is_a_queue_of_its_own(observe: Observe) -> None:
    """What leaves M/M/c is Poisson (Burke, Operations Research 4, 1956), and so is a share of it."""
    second, mean = 3, 10.0
    seen = two_tiers(observe, second, mean)
    load = ARRIVAL * SHARE * mean
    wait = erlang_c(second, load) / (second / mean - load / mean)
    experts = seen.channel("experts")
    agrees(seen.mean(seen.of(Outcome.TRANSFERRED), among=~experts), SHARE)
    agrees(seen.mean(seen.wait, among=experts & seen.answered), wait)
    agrees(seen.time_average(seen.trace.queue_length[1]), load / mean * wait)


def test_passing_on_only_to_whom_is_free_is_a_loss_system(observe: Observe) -> None:
    second, mean = 2, 10.0
    seen = two_tiers(observe, second, mean, when_busy="lose")
    lost = SHARE * erlang_b(second, ARRIVAL * SHARE * mean)
    phone = seen.channel("phone")
    agrees(seen.mean(seen.of(Outcome.DISCONNECTED), among=phone), lost)
    agrees(seen.mean(seen.of(Outcome.TRANSFERRED), among=phone), SHARE - lost)
    assert seen.trace.queue_length[1].sum() == 0


def test_bouncing_is_feedback(observe: Observe) -> None:
    """A contact that comes back with a probability after each service: M/M/c with more arrivals (Jackson,
    Operations Research 5, 1957)."""
    again, servers = 0.3, 7
    way = {"share": again, "to": "phone"}
    asked = centre(
        {"phone": live(exponential(MEAN), transfer=way)},
        agents(servers, "phone"),
        {"phone": ARRIVAL},
        days=2,
        max_attempts=30,
    )
    seen = observe(asked)
    arrival = ARRIVAL / (1 - again)
    queue = arrival * erlang_c(servers, arrival * MEAN) / (servers / MEAN - arrival)
    agrees(seen.time_average(seen.trace.busy[0]), arrival * MEAN)
    agrees(seen.time_average(seen.trace.queue_length[0]), queue)


def test_a_callback_keeps_the_place(observe: Observe) -> None:
    """Whoever hangs up is served when an impatient queue without callbacks would have served who never
    gives up: the time to an answer is that of M/M/c, first come first served."""
    offer = {"offer_above": 0, "take_up": 0.7, "connect": 1, "attempts": 1}
    servers = 5
    asked = centre(
        {"phone": live(exponential(MEAN), callback=offer)},
        agents(servers, "phone"),
        {"phone": ARRIVAL},
        days=2,
    )
    seen = observe(asked)
    trace = seen.trace
    to_answer = np.where(seen.answered, trace.answered - trace.entered, 0) / TICKS_PER_SECOND
    wait = erlang_c(servers, ARRIVAL * MEAN) / (servers / MEAN - ARRIVAL)
    assert seen.of(Outcome.CALLED_BACK).mean() > 0.1
    agrees(seen.mean(to_answer, among=seen.answered), wait)
    agrees(seen.time_average(trace.busy[0]), ARRIVAL * MEAN)


def test_tries_to_ring_back(observe: Observe) -> None:
    """Of independent tries the first that is answered ends them: (1 - p)**n are never reached."""
    offer = {"offer_above": 0, "take_up": 1, "connect": 0.6, "attempts": 2, "retry": 60, "ring": 5}
    asked = centre(
        {"phone": live(exponential(MEAN), callback=offer)}, agents(5, "phone"), {"phone": ARRIVAL}, days=2
    )
    seen = observe(asked)
    callbacks = seen.trace.attempt == 1
    rung_in_vain = np.rint(seen.trace.wrapped / TICKS_PER_SECOND / 5)
    agrees(seen.mean(seen.of(Outcome.ABANDONED), among=callbacks), 0.4**2)
    agrees(seen.mean(rung_in_vain, among=callbacks), 0.4 + 0.4**2)


def test_who_leaves_silently_and_is_found_out_at_once_changes_nothing(observe: Observe) -> None:
    """With no time lost on finding out, agents serve the same customers as in Erlang A."""
    servers, mean, patience, arrival = 4, 10.0, 15.0, 0.5
    chat = {
        "mode": "concurrent",
        "cap": 1,
        "handle_time": exponential(mean),
        "patience": exponential(patience),
        "resolution": 1,
        "silent_abandonment": 0.5,
        "silent_time": 0,
    }
    seen = observe(centre({"chat": chat}, agents(servers, "chat"), {"chat": arrival}, days=2))
    abandoned, _ = impatient(
        servers, arrival, 1 / mean, lambda x: 1 - np.exp(-x / patience), longest=30 * patience
    )
    agrees(seen.mean(seen.of(Outcome.ABANDONED)), abandoned)
    assert np.any(seen.of(Outcome.ABANDONED) & (seen.trace.group != NOBODY))

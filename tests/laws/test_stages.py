"""Fronts, wrap, balking and transfers against exact values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.contract import Outcome
from tests.laws.exact import birth_death, erlang_c
from tests.laws.observed import Observe, agents, agrees, centre, exponential

pytestmark = pytest.mark.law


def phone(handle_time: Any, **fields: Any) -> dict[str, Any]:
    return {"mode": "live", "handle_time": handle_time, "patience": "unlimited", "resolution": 1, **fields}


def test_a_front_thins_the_queue(observe: Observe) -> None:
    """What comes out of M/G/infinity is Poisson: who gets through the front meets Erlang C."""
    servers, arrival, mean = 5, 0.6, 10.0
    contained, lost = 0.2, 0.1
    front = {"duration": {"lognormal": {"mean": 40, "cv": 1}}, "containment": contained, "hang_up": lost}
    asked = centre(
        {"phone": phone(exponential(mean), front=front)},
        agents(servers, "phone"),
        {"phone": arrival},
        days=2,
    )
    seen = observe(asked)
    through = arrival * (1 - contained - lost)
    waits = erlang_c(servers, through * mean)
    drain = servers / mean - through
    agrees(seen.mean(seen.of(Outcome.CONTAINED)), contained)
    agrees(seen.mean(seen.of(Outcome.ABANDONED)), lost)
    agrees(seen.mean(seen.wait, among=seen.answered), waits / drain)
    agrees(seen.time_average(seen.trace.queue_length[0]), through * waits / drain)


def test_wrap_is_time_of_the_agent_and_not_of_the_customer(observe: Observe) -> None:
    """Pollaczek and Khinchine with a service of talk and wrap; customers stay for the wait and the talk."""
    arrival, talk, wrap = 0.06, 6.0, 4.0
    asked = centre(
        {"phone": phone(exponential(talk), wrap=exponential(wrap))},
        agents(1, "phone"),
        {"phone": arrival},
        days=5,
    )
    seen = observe(asked)
    mean = talk + wrap
    second = mean**2 + talk**2 + wrap**2
    wait = arrival * second / 2 / (1 - arrival * mean)
    agrees(seen.mean(seen.wait), wait)
    agrees(seen.mean(seen.sojourn), wait + talk)
    agrees(seen.time_average(seen.trace.busy[0]), arrival * mean)


def test_balking(observe: Observe) -> None:
    """Birth and death: with all agents busy only a share joins."""
    servers, arrival, mean, balk = 4, 0.5, 10.0, 0.3
    asked = centre(
        {"phone": phone(exponential(mean), balk=balk)}, agents(servers, "phone"), {"phone": arrival}, days=2
    )
    seen = observe(asked)
    top = 200
    births = [arrival if n < servers else arrival * (1 - balk) for n in range(top)]
    probability = birth_death(births, [min(n, servers) / mean for n in range(1, top + 1)])
    queue = float(np.sum(np.maximum(np.arange(top + 1) - servers, 0) * probability))
    agrees(seen.mean(seen.of(Outcome.ABANDONED)), balk * float(probability[servers:].sum()))
    agrees(seen.time_average(seen.trace.queue_length[0]), queue)


def test_transfers_cost_agents_what_finding_out_takes(observe: Observe) -> None:
    """Work brought to the agents: each misrouted contact adds a part of a handle time, and is handled."""
    servers, arrival, mean, misrouted, part = 8, 0.5, 10.0, 0.4, 0.25
    front = {"duration": 5, "hang_up": 0, "misroute": misrouted, "transfer_part": part}
    asked = centre(
        {"phone": phone(exponential(mean), front=front)},
        agents(servers, "phone"),
        {"phone": arrival},
        days=2,
    )
    seen = observe(asked)
    first = seen.trace.attempt == 0
    agrees(seen.mean(seen.of(Outcome.TRANSFERRED), among=first), misrouted)
    agrees(seen.time_average(seen.trace.busy[0]), arrival * mean * (1 + misrouted * part))
    assert np.all((seen.of(Outcome.RESOLVED) | seen.of(Outcome.UNFINISHED))[~first])

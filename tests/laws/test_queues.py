"""Waiting lines against their exact values."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sim.contract import Outcome
from tests.laws.exact import birth_death, erlang_b, erlang_c, impatient
from tests.laws.observed import Observe, agents, agrees, centre, exponential

pytestmark = pytest.mark.law


def phone(handle_time: Any, **fields: Any) -> dict[str, Any]:
    return {"mode": "live", "handle_time": handle_time, "patience": "unlimited", "resolution": 1, **fields}


def test_m_m_c(observe: Observe) -> None:
    """Erlang C: probability of waiting, mean wait, and the wait's exponential tail."""
    servers, arrival, mean = 6, 0.48, 10.0
    seen = observe(
        centre({"phone": phone(exponential(mean))}, agents(servers, "phone"), {"phone": arrival}, days=2)
    )
    waits = erlang_c(servers, arrival * mean)
    drain = servers / mean - arrival
    agrees(seen.mean(seen.wait > 0), waits)
    agrees(seen.mean(seen.wait), waits / drain)
    agrees(seen.mean(seen.wait > 10), waits * math.exp(-drain * 10))
    agrees(seen.time_average(seen.trace.queue_length[0]), arrival * waits / drain)
    agrees(seen.time_average(seen.trace.busy[0]), arrival * mean)


def test_m_m_c_with_exponential_patience(observe: Observe) -> None:
    """Erlang A, overloaded: abandonment, mean wait, and the time-average queue by birth and death."""
    servers, arrival, mean, patience = 5, 0.6, 10.0, 25.0
    asked = centre(
        {"phone": phone(exponential(mean), patience=exponential(patience))},
        agents(servers, "phone"),
        {"phone": arrival},
        days=2,
    )
    seen = observe(asked)
    top = 200
    deaths = [min(n, servers) / mean + max(n - servers, 0) / patience for n in range(1, top + 1)]
    probability = birth_death([arrival] * top, deaths)
    queue = float(np.sum(np.maximum(np.arange(top + 1) - servers, 0) * probability))
    agrees(seen.mean(seen.of(Outcome.ABANDONED)), queue / patience / arrival)
    agrees(seen.mean(seen.wait), queue / arrival)
    agrees(seen.time_average(seen.trace.queue_length[0]), queue)


@pytest.mark.parametrize("law", ["deterministic", "weibull", "lognormal"])
def test_m_m_c_with_general_patience(observe: Observe, law: str) -> None:
    """M/M/c+G against Baccelli and Hebuterne."""
    from scipy import stats

    servers, arrival, mean = 4, 0.44, 10.0
    sigma = math.sqrt(math.log(2.0))
    written, gone_by = {
        "deterministic": (30.0, lambda x: np.where(x >= 30.0, 1.0, 0.0)),
        "weibull": (
            {"weibull": {"mean": 30, "shape": 2}},
            stats.weibull_min(2, scale=30 / math.gamma(1.5)).cdf,
        ),
        "lognormal": (
            {"lognormal": {"mean": 30, "cv": 1}},
            stats.lognorm(sigma, scale=30 * math.exp(-(sigma**2) / 2)).cdf,
        ),
    }[law]
    asked = centre(
        {"phone": phone(exponential(mean), patience=written)},
        agents(servers, "phone"),
        {"phone": arrival},
        days=2,
    )
    seen = observe(asked)
    abandons, wait = impatient(servers, arrival, 1 / mean, gone_by, 600.0)
    agrees(seen.mean(seen.of(Outcome.ABANDONED)), abandons)
    agrees(seen.mean(seen.wait), wait)


def test_m_m_c_k(observe: Observe) -> None:
    """Lines: blocking, and the mean wait of those who get through."""
    servers, lines, arrival, mean = 4, 7, 0.5, 10.0
    asked = centre(
        {"phone": phone(exponential(mean), lines=lines)}, agents(servers, "phone"), {"phone": arrival}, days=2
    )
    seen = observe(asked)
    probability = birth_death([arrival] * lines, [min(n, servers) / mean for n in range(1, lines + 1)])
    queue = float(np.sum(np.maximum(np.arange(lines + 1) - servers, 0) * probability))
    agrees(seen.mean(seen.of(Outcome.BLOCKED)), probability[-1])
    agrees(seen.mean(seen.wait, among=seen.answered), queue / arrival / (1 - probability[-1]))


@pytest.mark.parametrize(
    "handle_time", [10.0, {"lognormal": {"mean": 10, "cv": 2}}, {"erlang": {"mean": 10, "phases": 3}}]
)
def test_m_g_c_c_is_insensitive(observe: Observe, handle_time: Any) -> None:
    """Erlang B holds whatever the law of the handle time."""
    servers, arrival = 5, 0.4
    asked = centre(
        {"phone": phone(handle_time, lines=servers)}, agents(servers, "phone"), {"phone": arrival}, days=2
    )
    seen = observe(asked)
    agrees(seen.mean(seen.of(Outcome.BLOCKED)), erlang_b(servers, arrival * 10))


@pytest.mark.parametrize(
    ("handle_time", "cv"),
    [(10.0, 0.0), ({"lognormal": {"mean": 10, "cv": 1.5}}, 1.5), ({"gamma": {"mean": 10, "cv": 0.5}}, 0.5)],
)
def test_m_g_1(observe: Observe, handle_time: Any, cv: float) -> None:
    """Pollaczek and Khinchine."""
    arrival, load = 0.06, 0.6
    asked = centre({"phone": phone(handle_time)}, agents(1, "phone"), {"phone": arrival}, days=5)
    seen = observe(asked)
    agrees(seen.mean(seen.wait), load * 10 * (1 + cv**2) / 2 / (1 - load))
    agrees(seen.mean(seen.wait > 0), load)


def test_two_classes_without_preemption(observe: Observe) -> None:
    """Cobham: M/G/1 with priorities; a call that waits goes first, but interrupts nobody."""
    rates, means, cvs = (
        {"gold": 0.03, "other": 0.04},
        {"gold": 8.0, "other": 12.0},
        {"gold": 1.0, "other": 0.5},
    )
    asked = centre(
        {
            "gold": phone(exponential(8.0)),
            "other": phone({"gamma": {"mean": 12, "cv": 0.5}}),
        },
        agents(1, gold=1, other=2),
        rates,
        days=5,
    )  # fmt: skip
    seen = observe(asked)
    residual = sum(rates[c] * means[c] ** 2 * (1 + cvs[c] ** 2) / 2 for c in rates)
    gold, both = rates["gold"] * 8, rates["gold"] * 8 + rates["other"] * 12
    agrees(seen.mean(seen.wait, among=seen.channel("gold")), residual / (1 - gold))
    agrees(seen.mean(seen.wait, among=seen.channel("other")), residual / (1 - gold) / (1 - both))


def test_two_classes_with_many_servers(observe: Observe) -> None:
    """Cobham, M/M/c: both classes with one exponential law and c servers."""
    servers, mean, gold, other = 5, 10.0, 0.2, 0.22
    channels = {"gold": phone(exponential(mean)), "other": phone(exponential(mean))}
    seen = observe(centre(channels, agents(servers, gold=1, other=2), {"gold": gold, "other": other}, days=2))
    first = erlang_c(servers, (gold + other) * mean) * mean / servers
    above, load = gold * mean / servers, (gold + other) * mean / servers
    agrees(seen.mean(seen.wait, among=seen.channel("gold")), first / (1 - above))
    agrees(seen.mean(seen.wait, among=seen.channel("other")), first / (1 - above) / (1 - load))


def test_calls_that_interrupt_emails(observe: Observe) -> None:
    """M/G/1 with preemptive resumption: calls see no emails, emails see everything."""
    calls, emails = 0.03, 0.03
    channels = {
        "phone": phone(exponential(10.0)),
        "email": {"mode": "deferred", "handle_time": {"lognormal": {"mean": 12, "cv": 1}}, "resolution": 1},
    }
    seen = observe(centre(channels, agents(1, "phone", "email"), {"phone": calls, "email": emails}, days=5))
    above, below = calls * 10.0, emails * 12.0
    agrees(seen.mean(seen.wait, among=seen.channel("phone")), above * 10.0 / (1 - above))
    residual = calls * 10.0**2 + emails * 12.0**2
    sojourn = 12.0 / (1 - above) + residual / (1 - above) / (1 - above - below)
    agrees(seen.mean(seen.sojourn, among=seen.channel("email")), sojourn)


def test_callers_who_come_back_at_once(observe: Observe) -> None:
    """Bernoulli feedback: the centre is as full as M/M/c with all the attempts as arrivals."""
    servers, arrival, mean, resolution = 4, 0.2, 10.0, 0.625
    asked = centre(
        {"phone": phone(exponential(mean), resolution=resolution)},
        agents(servers, "phone"),
        {"phone": arrival},
        days=2,
        next_steps=[{"after": "phone", "outcome": "unresolved", "go": {"phone": 1}}],
        max_attempts=50,
    )
    seen = observe(asked)
    load = arrival / resolution * mean
    queue = erlang_c(servers, load) * load / (servers - load)
    agrees(seen.time_average(seen.trace.queue_length[0]), queue)
    agrees(seen.time_average(seen.trace.busy[0]), load)

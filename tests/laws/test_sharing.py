"""Shared attention and self-service against their exact values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from sim import plan as plans
from sim.contract import TICKS_PER_SECOND, Plan, Trace
from sim.engines import Engine
from sim.luck.streams import draw
from tests.laws.exact import birth_death, in_use, lognormal_tail
from tests.laws.observed import (
    DAY,
    Estimate,
    Observe,
    agents,
    agrees,
    centre,
    exponential,
    ratio,
    replicated,
)

pytestmark = pytest.mark.law


def chat(handle_time: Any, slowdown: Sequence[float]) -> dict[str, Any]:
    return {
        "mode": "concurrent", "cap": len(slowdown), "slowdown": list(slowdown), "handle_time": handle_time,
        "patience": "unlimited", "resolution": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("slowdown", "arrival"),
    [
        ([1, 2, 3, 4], 0.06),  # attention divided evenly: as full as M/M/1
        ([1, 1, 1], 0.21),  # attention multiplied: M/M/3
        ([1, 1.25, 1.6, 2.2], 0.12),
    ],
)
def test_limited_processor_sharing(observe: Observe, slowdown: list[float], arrival: float) -> None:
    """With k chats open chats end at rate k / f(k) / mean; the number there is a birth-death process."""
    mean, top = 10.0, 400
    seen = observe(
        centre({"chat": chat(exponential(mean), slowdown)}, agents(1, "chat"), {"chat": arrival}, days=5)
    )
    cap = len(slowdown)
    deaths = [min(n, cap) / slowdown[min(n, cap) - 1] / mean for n in range(1, top + 1)]
    probability = birth_death([arrival] * top, deaths)
    number = np.arange(top + 1)
    queue = float(np.sum(np.maximum(number - cap, 0) * probability))
    open_ = float(np.sum(np.minimum(number, cap) * probability))
    agrees(seen.time_average(seen.trace.contacts_open[0]), open_)
    agrees(seen.time_average(seen.trace.busy[0]), 1 - probability[0])
    agrees(seen.mean(seen.wait), queue / arrival, precision=0.15)
    agrees(seen.mean(seen.sojourn), (queue + open_) / arrival)
    agrees(seen.mean(seen.wait > 0), probability[cap:].sum())


def test_even_sharing_is_as_full_as_m_m_1() -> None:
    """The formula above gives the textbook's value."""
    probability = birth_death([0.07] * 400, [0.1] * 400)
    assert np.sum(np.arange(401) * probability) == pytest.approx(0.7 / 0.3)


@pytest.mark.parametrize("handle_time", [10.0, {"lognormal": {"mean": 10, "cv": 2}}])
def test_processor_sharing_is_insensitive(observe: Observe, handle_time: Any) -> None:
    """M/G/1-PS: the mean time in the system depends on the mean of the work alone."""
    arrival = 0.05
    asked = centre({"chat": chat(handle_time, range(1, 21))}, agents(1, "chat"), {"chat": arrival}, days=4)
    seen = observe(asked)
    # With 20 places, a chat has to wait once in a million times.
    agrees(seen.mean(seen.sojourn), 10.0 / (1 - arrival * 10.0))


# -- a day that varies -----------------------------------------------------------------------------

VOLUME, CV, MEAN = 150.0, 0.3, 3600.0
WEIGHTS = [1, 3, 8, 5, 2, 1]


def varying() -> Any:
    asked = centre(
        {
            "portal": {
                "mode": "self_service",
                "duration": {"lognormal": {"mean": MEAN, "cv": 1}},
                "success": 1,
            }
        },
        {},
        {"portal": 1.0},
    )
    volume = {"per_day": VOLUME, "profile": np.repeat(WEIGHTS, 16).tolist(), "day_factor_cv": CV}
    return asked.model_copy(
        update={
            "intents": {"portal": type(asked.intents["portal"])(volume=volume, first_channel={"portal": 1})}
        }
    )


def moments(values: Any) -> tuple[Estimate, Estimate]:
    """Mean and variance with their standard errors."""
    count = len(values)
    squares = (values - values.mean()) ** 2
    return (
        Estimate(values.mean(), values.std(ddof=1) / math.sqrt(count)),
        Estimate(squares.sum() / (count - 1), squares.std(ddof=1) / math.sqrt(count)),
    )


def test_cases_of_a_day_are_gamma_mixed_poisson() -> None:
    """Of a day and of its parts: mean m and variance m + (cv m)**2; two parts share the busy day."""
    plan = plans.build(varying())
    arrivals = [draw(plan, 5, r).arrival // (DAY * TICKS_PER_SECOND // 6) for r in range(3000)]
    parts = np.array([np.bincount(each, minlength=6) for each in arrivals])
    for counts, share in ((parts.sum(axis=1), 1.0), (parts[:, 2], 0.4), (parts[:, 3], 0.25)):
        expected = share * VOLUME
        mean, variance = moments(counts)
        agrees(mean, expected)
        agrees(variance, expected + (CV * expected) ** 2)
    products = (parts[:, 2] - parts[:, 2].mean()) * (parts[:, 3] - parts[:, 3].mean())
    agrees(moments(products)[0], CV**2 * 0.4 * 0.25 * VOLUME**2)


@pytest.mark.parametrize("hour", [10, 14, 20])
def test_visitors_of_a_portal_through_a_varying_day(engine: Engine, longer: int, hour: int) -> None:
    """M(t)/G/infinity with a gamma day: mean n(t) and variance n + (cv n)**2 of the number there."""

    def there(plan: Plan, trace: Trace) -> float:
        at = hour * 3600 * TICKS_PER_SECOND
        return float(np.sum((trace.arrived <= at) & (trace.ended > at)))

    counts = replicated(varying(), engine, 400 * longer, there, seed=hour)
    shares = np.array(WEIGHTS) / sum(WEIGHTS)
    expected = in_use(
        lambda t: VOLUME * shares[min(int(t // 14_400), 5)] / 14_400, lognormal_tail(MEAN, 1.0), hour * 3600.0
    )
    mean, variance = moments(counts)
    agrees(mean, expected)
    agrees(variance, expected + (CV * expected) ** 2, precision=0.15)
    assert ratio(counts, np.full(len(counts), expected)).value == pytest.approx(1, abs=0.2)

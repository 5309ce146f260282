"""Offered load: what a stream of calls that rises and falls asks of agents, interval by interval.

Three approximations, from the simplest:

* *SIPP* (stationary, independent, period by period): each interval by itself, at its own rate.
* *Lag SIPP*: the same, with the rate of one handle time before, because agents are busy with calls that
  came then (Green, Kolesar & Soares, *Operations Research* 49, 2001).
* *MOL* (modified offered load): with the calls that would be in progress if there were agents for all
  (M(t)/G/∞: Eick, Massey & Whitt, *Management Science* 39, 1993; Jennings, Mandelbaum, Massey & Whitt,
  *Management Science* 42, 1996). It knows the law of the handle time.

All take calls per hour in equal intervals ``[..., K]``, before which nobody called, and give erlangs or
agents ``[..., K]``. None knows of waiting calls that an interval leaves to the next: the simulation does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammainc, gammaincc, ndtr

from scenarios.errors import Problem
from sim.errors import RunError
from sim.staffing.agents import agents_for

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Method = Literal["sipp", "lag", "mol"]
METHODS: tuple[Method, ...] = ("sipp", "lag", "mol")

Law = Callable[[Floats], Floats]
"""The law of a handle time S: E[min(S, x)] at seconds x, the mean of what is done within x."""

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(48)
_PANELS = 8
_SETTLED = 1e-12


def exponential(mean_seconds: float) -> Law:
    """An exponential handle time."""
    return lambda seconds: -mean_seconds * np.expm1(-seconds / mean_seconds)


def constant(mean_seconds: float) -> Law:
    """A handle time that is always the same."""
    return lambda seconds: np.minimum(seconds, mean_seconds)


def lognormal(mean_seconds: float, cv: float) -> Law:
    """A lognormal handle time, by its mean and coefficient of variation."""
    variance = float(np.log1p(cv * cv))
    spread, middle = variance**0.5, float(np.log(mean_seconds)) - variance / 2.0

    def done(seconds: Floats) -> Floats:
        with np.errstate(divide="ignore"):
            deviations = (np.log(seconds) - middle) / spread
        return np.asarray(mean_seconds * ndtr(deviations - spread) + seconds * ndtr(-deviations))

    return done


def gamma(mean_seconds: float, cv: float) -> Law:
    """A gamma handle time (Erlang's too), by its mean and coefficient of variation."""
    shape = 1.0 / (cv * cv)

    def done(seconds: Floats) -> Floats:
        scaled = seconds * shape / mean_seconds
        return np.asarray(mean_seconds * gammainc(shape + 1.0, scaled) + seconds * gammaincc(shape, scaled))

    return done


def offered_load(
    calls_per_hour: ArrayLike, interval_seconds: float, handle_seconds: float, law: Law | None = None
) -> Floats:
    """Calls in progress if there were agents for all, averaged over each interval: M(t)/G/∞, in erlangs.

    ``law`` is that of the handle time; exponential when left out. At t it is ∫ rate(t − u) P(S > u) du.

    >>> offered_load([0, 60, 60, 0, 0], 900, 300).round(3).tolist()  # 5 erlangs once it has settled
    [0.0, 3.416, 4.921, 1.58, 0.079]
    """
    rate, interval, mean = _checked(calls_per_hour, interval_seconds, handle_seconds)
    found = np.zeros(rate.shape)
    done = 0.0
    for ago in range(rate.shape[-1]):
        # of calls that came so many intervals ago, what is in progress on average over this one
        before, done = done, _mean_done(exponential(mean) if law is None else law, interval, ago)
        found[..., ago:] += rate[..., : rate.shape[-1] - ago] * ((done - before) / 3600.0)
        if done - before < _SETTLED * mean:
            break
    return found


def _mean_done(law: Law, interval: float, ago: int) -> float:
    """The mean of E[min(S, x)] for x from ``ago`` intervals to one more."""
    parts = (np.arange(_PANELS)[:, None] + (_NODES + 1.0) / 2.0) / _PANELS
    return float((law(interval * (ago + parts)) @ _WEIGHTS).sum() / 2.0 / _PANELS)


def lagged(calls_per_hour: ArrayLike, interval_seconds: float, lag_seconds: float) -> Floats:
    """Calls per hour of so many seconds before, averaged over each interval.

    >>> lagged([0, 60, 60, 0], 900, 300).round(6).tolist()
    [0.0, 40.0, 60.0, 20.0]
    """
    rate, interval, lag = _checked(calls_per_hour, interval_seconds, lag_seconds, least=0.0)
    intervals = rate.shape[-1]
    whole, part = int(lag // interval), (lag % interval) / interval

    def before(by: int) -> Floats:
        found = np.zeros(rate.shape)
        if by < intervals:
            found[..., by:] = rate[..., : intervals - by]
        return found

    return (1.0 - part) * before(whole) + part * before(whole + 1)


def agents_over_time(
    calls_per_hour: ArrayLike,
    interval_seconds: float,
    handle_seconds: float,
    patience_seconds: float = np.inf,
    *,
    method: Method = "mol",
    law: Law | None = None,
    **goals: Any,
) -> Ints:
    """The least agents by interval with which goals hold, each interval in its own steady state.

    ``goals`` are those of :func:`~sim.staffing.agents.agents_for`.

    >>> calls = [40, 120, 200, 160, 80, 0]
    >>> agents_over_time(calls, 900, 300, method="sipp", service_level=0.8).tolist()
    [6, 14, 21, 18, 10, 0]
    >>> agents_over_time(calls, 900, 300, method="mol", service_level=0.8).tolist()
    [5, 11, 19, 19, 12, 5]
    """
    rate, interval, mean = _checked(calls_per_hour, interval_seconds, handle_seconds)
    if method == "lag":
        rate = lagged(rate, interval, mean)
    elif method == "mol":
        rate = offered_load(rate, interval, mean, law) * 3600.0 / mean
    elif method != "sipp":
        allowed = f"one of {', '.join(METHODS)}"
        raise RunError("these figures cannot be used", [Problem("method", method, allowed, "mol is best")])
    return agents_for(rate, mean, patience_seconds, **goals)


def _checked(
    calls_per_hour: ArrayLike, interval_seconds: float, seconds: float, least: float = 1e-9
) -> tuple[Floats, float, float]:
    rate = np.asarray(calls_per_hour, np.float64)
    problems = []
    if rate.ndim == 0 or not (np.isfinite(rate) & (rate >= 0.0)).all():
        allowed = "a list of calls per hour, 0 or more, by interval"
        problems.append(Problem("calls_per_hour", calls_per_hour, allowed, "one number per interval"))
    if not 0.0 < interval_seconds < np.inf:
        problems.append(Problem("interval_seconds", interval_seconds, "more than 0 s", "900 is 15 minutes"))
    if not least <= seconds < np.inf:
        problems.append(Problem("handle_seconds", seconds, "more than 0 s", "give seconds: 6 min is 360"))
    if problems:
        raise RunError("these figures cannot be used", problems)
    return rate, float(interval_seconds), float(seconds)

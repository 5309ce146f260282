"""Waiting: how long those who must wait do so, with places for all or with as many lines as there are.

Everything here is *given that a caller must wait*: all agents are busy. The offered wait is how long somebody
of endless patience would wait; the caller gives up if patience ends before.

With places for all, integrals of the density of the offered wait are incomplete gamma functions (Zeltyn &
Mandelbaum 2005, section 3; Riordan 1962). With lines, who finds q callers waiting is q + 1 departures away
from an agent; the j-th last of them takes an exponential time of rate n μ + j θ, so e^(−θ × offered wait) has
a beta law, and there is a sum over q.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincc, gammaincc

from sim.staffing.poisson import above

Floats = NDArray[np.float64]

_FALL = 45.0
"""Where a density is e^-45 of its peak it has no weight left."""
_HALVINGS = 70
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(128)


@dataclass(frozen=True, eq=False)
class Unlimited:
    """Places for all who wait: arrays [m] of rates per second."""

    calls: Floats
    done: Floats
    """n μ: what all agents together finish."""
    hang_ups: Floats
    """θ: of each waiting caller; 0 for endless patience, infinite for none."""

    @property
    def log_sum(self) -> Floats:
        """[m] of all states in which a caller must wait, relative to that with an empty queue."""
        return self._sums[0]

    @property
    def gives_up(self) -> Floats:
        """[m] the share that gives up."""
        return self._sums[1]

    @cached_property
    def mean_all(self) -> Floats:
        """[m] seconds until the answer or giving up."""
        patient = self.hang_ups == 0.0
        with np.errstate(divide="ignore", invalid="ignore"):
            endless = 1.0 / np.maximum(self.done - self.calls, 0.0)
            return np.where(patient, endless, self.gives_up / self.hang_ups)

    @cached_property
    def mean_answered(self) -> Floats:
        """[m] seconds until the answer, of those who are answered; by Gauss and Legendre's quadrature."""
        found = np.where(np.isinf(self.hang_ups), 0.0, self.mean_all)
        usual = self._usual & (self.done > 0.0)
        found[~usual & self._usual] = np.nan
        if usual.any():
            found[usual] = _mean_of(self.calls[usual], self.done[usual], self.hang_ups[usual])
        return found

    def longer(self, seconds: Floats) -> Floats:
        """[m] the share whose offered wait is longer."""
        with np.errstate(invalid="ignore", over="ignore"):
            found = np.exp(-np.maximum(self.done - self.calls, 0.0) * seconds)  # endless patience
        found[np.isinf(self.hang_ups)] = 1.0
        here = self._usual
        found[here] = self._tail(here, seconds[here], 0.0)
        return np.where(seconds < 0.0, 1.0, found)

    def longer_answered(self, seconds: Floats) -> Floats:
        """[m] the share that waits longer, of those who are answered."""
        found = self.longer(seconds)
        here = self._usual
        found[here] = self._tail(here, seconds[here], 1.0)
        found[np.isinf(self.hang_ups)] = 0.0
        return np.where(seconds < 0.0, 1.0, found)

    @cached_property
    def _usual(self) -> NDArray[np.bool_]:
        return (self.hang_ups > 0.0) & np.isfinite(self.hang_ups)

    @cached_property
    def _sums(self) -> tuple[Floats, Floats]:
        here = self._usual
        with np.errstate(divide="ignore", invalid="ignore"):
            log_sum = -np.log(np.maximum(1.0 - self.calls / self.done, 0.0))
        log_sum[np.isinf(self.hang_ups)] = 0.0
        share = np.where(np.isinf(self.hang_ups), 1.0, 0.0)
        rank, mean = self.done[here] / self.hang_ups[here], self.calls[here] / self.hang_ups[here]
        log_sum[here], share[here] = above(rank, mean)
        return log_sum, share

    def _tail(self, here: NDArray[np.bool_], seconds: Floats, more: float) -> Floats:
        """∫ of e^(−(nμ + more θ) v + λ (1 − e^(−θ v))/θ) from ``seconds`` on, over that from 0."""
        calls, done, hang_ups = self.calls[here], self.done[here], self.hang_ups[here]
        finite = np.where(np.isfinite(seconds), seconds, 0.0)
        rank, mean = done / hang_ups + more, calls / hang_ups
        left = np.exp(-hang_ups * finite)
        exponent = _exponent(calls, done + more * hang_ups, hang_ups, finite)
        found = np.exp(exponent + above(rank, mean * left)[0] - above(rank, mean)[0])
        return np.where(np.isfinite(seconds) | (rank == 0.0), found, 0.0)


def _exponent(calls: Floats, done: Floats, hang_ups: Floats, seconds: Floats) -> Floats:
    return np.asarray(calls * -np.expm1(-hang_ups * seconds) / hang_ups - done * seconds)


def _mean_of(calls: Floats, done: Floats, hang_ups: Floats) -> Floats:
    """The mean of the log-concave density e^exponent, between the points where it has fallen to nothing."""
    falls = done + hang_ups

    def height(seconds: Floats) -> Floats:
        return _exponent(calls, falls, hang_ups, seconds)

    peak = np.log(np.maximum(calls / falls, 1.0)) / hang_ups
    least = height(peak) - _FALL
    high = peak + 1.0 / falls
    while (up := height(high) > least).any():
        high = np.where(up, peak + 2.0 * (high - peak), high)
    high = _halved(height, least, high, peak)
    low = _halved(height, least, np.zeros(peak.shape), peak)
    nodes = low + (high - low) * (_NODES[:, None] + 1.0) / 2.0
    weights = _WEIGHTS[:, None] * np.exp(height(nodes) - least - _FALL)
    return np.asarray((weights * nodes).sum(axis=0) / weights.sum(axis=0))


def _halved(height: Any, least: Floats, outside: Floats, inside: Floats) -> Floats:
    """The point between where the height is ``least``, or ``outside`` if it is nowhere so low."""
    for _ in range(_HALVINGS):
        middle = (outside + inside) / 2.0
        low = height(middle) < least
        outside, inside = np.where(low, middle, outside), np.where(low, inside, middle)
    return outside


@dataclass(frozen=True, eq=False)
class Lined:
    """One queue in which at most ``places`` callers can wait; rates per second as in :class:`Unlimited`."""

    calls: float
    done: float
    hang_ups: float
    places: int

    @property
    def log_sum(self) -> float:
        """Of the states with 0 … places waiting, relative to that with an empty queue."""
        return float(self._peak + np.log(np.exp(self._logs - self._peak).sum()))

    @property
    def full(self) -> float:
        """The share of these states in which no line is left."""
        return float(np.exp(self._logs[-1] - self.log_sum))

    @cached_property
    def gives_up(self) -> float:
        """The share that gives up."""
        if not self.places:
            return 0.0
        return float(self._found @ (1.0 - self._served))

    @cached_property
    def mean_all(self) -> float:
        """Seconds until the answer or giving up: Little's law."""
        if not self.places:
            return 0.0
        weight = np.exp(self._logs - self._peak)
        waiting = np.arange(self.places + 1)
        return float(waiting @ weight / weight[:-1].sum() / self.calls)

    @cached_property
    def mean_answered(self) -> float:
        """Seconds until the answer, of those who are answered."""
        if not self.places or np.isinf(self.hang_ups):
            return 0.0
        with np.errstate(divide="ignore"):
            stages = np.cumsum(1.0 / (self.done + self.hang_ups * np.arange(1, self.places + 1)))
        served = self._found * self._served
        return float(served @ stages / served.sum()) if served.any() else float("nan")

    def longer(self, seconds: float) -> float:
        """The share whose offered wait is longer."""
        return float(self._found @ self._tail(seconds, 0.0)) if self.places and seconds >= 0 else 0.0

    def longer_answered(self, seconds: float) -> float:
        """The share that waits longer, of those who are answered."""
        if not self.places or np.isinf(self.hang_ups) or not self._served.any():
            return 0.0
        served = self._found * self._served
        return float(served @ self._tail(seconds, 1.0) / served.sum())

    def _tail(self, seconds: float, more: float) -> Floats:
        ahead = np.arange(1.0, self.places + 1.0)
        if self.done == 0.0 or np.isinf(self.hang_ups):
            return np.ones(self.places)
        if self.hang_ups == 0.0:
            return np.asarray(gammaincc(ahead, self.done * seconds))
        rank = self.done / self.hang_ups + more
        return np.asarray(betaincc(ahead, rank, -np.expm1(-self.hang_ups * seconds)))

    @cached_property
    def _logs(self) -> Floats:
        """[places + 1] of the weights."""
        if not self.places or np.isinf(self.hang_ups):
            return np.concatenate([[0.0], np.full(self.places, -np.inf)])
        with np.errstate(divide="ignore"):
            leave = self.done + self.hang_ups * np.arange(1, self.places + 1)
            return np.concatenate([[0.0], np.cumsum(np.log(self.calls) - np.log(leave))])

    @cached_property
    def _peak(self) -> float:
        return float(self._logs.max())

    @cached_property
    def _found(self) -> Floats:
        """[places] how many a caller who gets a line finds waiting."""
        weight = np.exp(self._logs[:-1] - self._logs[:-1].max())
        return np.asarray(weight / weight.sum())

    @cached_property
    def _served(self) -> Floats:
        """[places] the probability of being answered."""
        if np.isinf(self.hang_ups):
            return np.zeros(self.places)
        leave = self.done + self.hang_ups * np.arange(1, self.places + 1)
        return np.asarray(np.divide(self.done, leave, out=np.zeros(self.places), where=leave > 0.0))

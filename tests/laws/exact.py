"""Exact values of queueing theory, from textbooks' formulas; nothing here knows the simulator."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from scipy import integrate, special


def birth_death(births: Sequence[float], deaths: Sequence[float]) -> np.ndarray:
    """Stationary probabilities of 0..n; ``births[i]`` leads from i up, ``deaths[i]`` from i + 1 down."""
    logs = np.concatenate([[0.0], np.cumsum(np.log(births) - np.log(deaths))])
    weights = np.exp(logs - logs.max())
    return weights / weights.sum()


def erlang_b(servers: int, load: float) -> float:
    """Blocking of M/G/c/c with ``load`` erlangs (recursion of the inverse)."""
    inverse = 1.0
    for n in range(1, servers + 1):
        inverse = 1.0 + inverse * n / load
    return 1.0 / inverse


def erlang_c(servers: int, load: float) -> float:
    """Probability of waiting in M/M/c."""
    blocking = erlang_b(servers, load)
    return blocking / (1.0 - load / servers * (1.0 - blocking))


def impatient(
    servers: int, arrival: float, service: float, gone_by: Callable[[np.ndarray], np.ndarray], longest: float
) -> tuple[float, float]:
    """M/M/c+G: (share that abandons, mean wait of all), after Baccelli and Hebuterne (1981).

    ``arrival`` and ``service`` are rates, ``gone_by(x)`` is the distribution function of patience; beyond
    ``longest`` the virtual wait has no weight. With P_j the probability of j < c busy servers, the density
    of the virtual wait is v(x) = arrival P_{c-1} exp(arrival Integral_0^x (1 - G) - c service x).
    """
    steps = np.linspace(0.0, longest, 40_001)
    stays = 1.0 - gone_by(steps)
    patience_used = integrate.cumulative_simpson(stays, x=steps, initial=0.0)
    load = arrival / service
    below = np.array([load**j / math.factorial(j) for j in range(servers)])
    density = arrival * below[-1] * np.exp(arrival * patience_used - servers * service * steps)
    total = below.sum() + integrate.simpson(density, x=steps)
    abandons = integrate.simpson(density * (1.0 - stays), x=steps) / total
    # A customer with virtual wait x waits min(x, patience), of mean Integral_0^x (1 - G).
    waits = integrate.simpson(density * patience_used, x=steps) / total
    return float(abandons), float(waits)


def in_use(rate: Callable[[float], float], still_there: Callable[[float], float], at: float) -> float:
    """Mean number in M(t)/G/infinity at time ``at``: Integral rate(at - u) P(S > u) du."""
    times = np.linspace(0.0, at, 20_001)
    return float(integrate.simpson([rate(at - u) * still_there(u) for u in times], x=times))


def lognormal_tail(mean: float, cv: float) -> Callable[[float], float]:
    """P(S > x) of a lognormal by its mean and coefficient of variation."""
    sigma = math.sqrt(math.log(1.0 + cv * cv))
    mu = math.log(mean) - sigma * sigma / 2.0
    return lambda x: 1.0 if x <= 0 else float(special.ndtr((mu - math.log(x)) / sigma))

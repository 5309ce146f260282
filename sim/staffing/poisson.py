"""Poisson sums: the two ratios that every Erlang formula is made of, to full precision at any size.

Both are sums of the weights of a birth-death chain, relative to the state in which all agents are busy and
nobody waits: :func:`below` adds up the states under it, :func:`above` those over it. They are ratios of an
incomplete gamma function to a Poisson probability, each of which may be far below the least floating-point
number. So each region has the expression whose terms are all positive there: power series, continued
fractions (NIST Digital Library of Mathematical Functions, 8.9.2 and 13.5), and the uniform expansion that
scipy uses where the two arguments nearly agree. Poisson probabilities are those of Loader, "Fast and accurate
computation of binomial probabilities" (2000).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc, gammaincc, gammaln

Floats = NDArray[np.float64]

_SMALL = 60.0
"""Below it, sums are added up term by term."""
_FRACTIONS = 170.0
"""Partial fractions that are exact one standard deviation from the mean; x deviations take 1/x² of them."""
_STIRLING = (1 / 12, 1 / 360, 1 / 1260, 1 / 1680, 1 / 1188)


def log_poisson(number: Any, mean: Any) -> Floats:
    """Logarithm of mean^number e^(-mean) / Γ(number + 1), for any number ≥ 0 and mean ≥ 0.

    >>> round(float(np.exp(log_poisson(2, 3.0))), 12)  # 9/2 e^-3
    0.224041807655
    """
    x, mean = np.broadcast_arrays(np.asarray(number, np.float64), np.asarray(mean, np.float64))
    found = np.where(x == 0.0, -mean, -np.inf)
    known = (x > 0.0) & (mean > 0.0)
    k, m = x[known], mean[known]
    found[known] = -_stirling_error(k) - _deviance(k, m) - 0.5 * np.log(2.0 * np.pi * k)
    return found


def below(agents: Any, load: Any) -> Floats:
    """Σ n!/(n − k)! / load^k over k = 0 … n: the inverse of Erlang's blocking probability.

    ``agents`` are whole numbers n; infinite where the load is 0 (or nearly) and there are agents.

    >>> below(2, 1.0).tolist()  # 1 + 2 + 2
    5.0
    """
    n, a = np.broadcast_arrays(np.asarray(agents, np.float64), np.asarray(load, np.float64))
    distance = (a - n) / np.sqrt(np.maximum(n, 1.0))
    small = n <= _SMALL
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        return _piecewise(
            (n, a),
            (small, _below_few),
            (~small & (distance >= 1.0), _below_overloaded),
            (~small & (np.abs(distance) < 1.0), _below_balanced),
            (~small & (distance <= -1.0), _below_ample),
        )


def above(rank: Any, mean: Any) -> tuple[Floats, Floats]:
    """Logarithm of T = Σ mean^q / ((c + 1) … (c + q)) over q = 0, 1, …, and Σ q (…) / (mean T).

    c = ``rank`` ≥ 0, and ``mean`` ≥ 0. With c = agents × patience / handle time and mean = calls that arrive
    within a patience, T adds up the states in which all agents are busy, and the second number is the
    share of those who must wait that give up: Zeltyn & Mandelbaum, "Call centers with impatient customers"
    (*Queueing Systems* 51, 2005), section 3.

    >>> [round(float(part), 12) for part in above(0.0, 1.0)]  # T is e; nobody is ever served
    [1.0, 1.0]
    """
    c, m = np.broadcast_arrays(np.asarray(rank, np.float64), np.asarray(mean, np.float64))
    distance = (m - c) / np.sqrt(np.maximum(m, 1.0))
    small = m <= _SMALL
    pieces = (
        (small, _above_few),
        (~small & (distance <= -1.0), _above_ample),
        (~small & (np.abs(distance) < 1.0), _above_balanced),
        (~small & (distance >= 1.0), _above_overloaded),
    )
    log_sum, share = np.empty(c.shape), np.empty(c.shape)
    for where, formula in pieces:
        if where.any():
            log_sum[where], share[where] = formula(c[where], m[where])
    return log_sum, share


# -- below -----------------------------------------------------------------------------------------


def _below_few(n: Floats, a: Floats) -> Floats:
    found = np.ones(n.shape)
    for k in range(1, int(n.max()) + 1):
        found = np.where(k <= n, 1.0 + found * k / a, found)
    return found


def _below_overloaded(n: Floats, a: Floats) -> Floats:
    """Legendre's continued fraction; it ends of itself after n terms."""
    fraction = np.zeros(n.shape)
    for k in _fractions((a - n) / np.sqrt(a)):
        fraction = np.where(k <= n, k * (n - k + 1.0) / (a - n + 2.0 * k + fraction), 0.0)
    return a / (a - n + fraction)


def _below_balanced(n: Floats, a: Floats) -> Floats:
    return np.asarray(gammaincc(n + 1.0, a) * np.exp(-log_poisson(n, a)))


def _below_ample(n: Floats, a: Floats) -> Floats:
    more, _ = _above_ample(n + 1.0, a)
    return np.asarray(-np.expm1(log_poisson(n + 1.0, a) + more) * np.exp(-log_poisson(n, a)))


# -- above -----------------------------------------------------------------------------------------


def _above_few(c: Floats, m: Floats) -> tuple[Floats, Floats]:
    term, total, weighted = np.ones(c.shape), np.ones(c.shape), np.zeros(c.shape)
    most = float(m.max(initial=0.0))
    for q in range(1, int(most + 12.0 * most**0.5) + 30):
        weighted += q * term / (c + q)
        term = term * m / (c + q)
        total += term
    return np.log(total), weighted / total


def _above_ample(c: Floats, m: Floats) -> tuple[Floats, Floats]:
    """The M-fraction c / (c − m + m/(c + 1 − m + 2m/(c + 2 − m + …))): all positive where c > m."""
    fraction = np.zeros(c.shape)
    for k in _fractions((c - m) / np.sqrt(c)):
        fraction = (k + 1.0) * m / (c + k + 1.0 - m + fraction)
    share = 1.0 / (c + 1.0 - m + fraction)
    return -np.log((c - m + m * share) / c), share


def _above_balanced(c: Floats, m: Floats) -> tuple[Floats, Floats]:
    log_sum = np.log(gammainc(c, m)) - log_poisson(c, m)
    return log_sum, (m - c + c * np.exp(-log_sum)) / m


def _above_overloaded(c: Floats, m: Floats) -> tuple[Floats, Floats]:
    fraction = np.zeros(c.shape)
    for k in _fractions((m - c) / np.sqrt(m)):
        fraction = k * (c - k) / (m + 2.0 * k + 1.0 - c + fraction)
    log_first = log_poisson(c, m)
    log_sum = np.log1p(-np.exp(log_first) * c / (m + 1.0 - c + fraction)) - log_first
    return log_sum, (m - c + c * np.exp(-log_sum)) / m


def _fractions(deviations: Floats) -> range:
    """Numbers of the partial fractions to add up, from the last."""
    least = float(deviations.min(initial=13.0))
    return range(12 + int(_FRACTIONS / least**2), 0, -1)


# -- Poisson probabilities -------------------------------------------------------------------------


def _stirling_error(k: Floats) -> Floats:
    """log Γ(k + 1) less Stirling's approximation."""
    large = np.maximum(k, 15.0)
    square = large * large
    series = np.zeros(k.shape)
    for coefficient in reversed(_STIRLING):
        series = (coefficient - series) / square
    exact = gammaln(k + 1.0) - (k + 0.5) * np.log(k) + k - 0.5 * np.log(2.0 * np.pi)
    return np.where(k > 15.0, series * large, exact)


def _deviance(k: Floats, m: Floats) -> Floats:
    """k log(k/m) + m − k without cancellation where k and m nearly agree."""
    difference, part = k - m, (k - m) / (k + m)
    square = part * part
    series = np.zeros(k.shape)
    for j in range(12, 0, -1):
        series = (1.0 / (2 * j + 1) + series) * square
    near = difference * part + 2.0 * k * part * series
    return np.where(np.abs(part) < 0.1, near, k * np.log(k / m) + m - k)


def _piecewise(
    arguments: tuple[Floats, ...], *pieces: tuple[NDArray[np.bool_], Callable[..., Floats]]
) -> Floats:
    found = np.empty(arguments[0].shape)
    for where, formula in pieces:
        if where.any():
            found[where] = formula(*(argument[where] for argument in arguments))
    return found

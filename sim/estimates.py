"""Estimates across replications: ratios of sums, their half-widths, and paired differences.

A measure of one replication is a ratio of two sums, and its estimate is the ratio of the expectations,
sum over sum, not the mean of daily ratios (a quiet day would count as much as a busy one). Its
half-width is the delta method's: the ratio is linearised about its mean, and each replication's
*influence* is what it adds to the error of the mean. Influences of two scenarios under common random
numbers are subtracted replication by replication, which is what makes a difference precise.

Source: Asmussen & Glynn, *Stochastic Simulation* (2007), section III.4 (ratio estimators).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

Floats = NDArray[np.float64]
Integers = NDArray[Any]
"""Whole numbers, of 64 bits or Python's own."""

CONFIDENCE = 0.95
"""The confidence of every half-width."""


@dataclass(frozen=True)
class Estimate:
    """Ratios estimated from R replications; the arrays have any one shape after the first axis."""

    mean: Floats
    """[...] sum over sum; NaN where the denominator is 0 in every replication."""
    half_width: Floats
    """[...] of the 95% confidence interval; NaN with fewer than two replications."""
    influence: Floats
    """[R, ...] deviation of each replication in the linearised ratio; sums to 0 over replications."""
    each: Floats
    """[R, ...] the ratio within each replication; NaN where its denominator is 0."""


def ratio(numerator: Floats, denominator: Floats) -> Estimate:
    """Estimate sum over sum from per-replication sums ``[R, ...]``.

    >>> estimate = ratio(np.array([8.0, 30.0]), np.array([10.0, 30.0]))
    >>> float(estimate.mean), estimate.each.tolist()
    (0.95, [0.8, 1.0])
    """
    numerator, denominator = np.broadcast_arrays(
        np.asarray(numerator, np.float64), np.asarray(denominator, np.float64)
    )
    replications = len(numerator)
    below = denominator.sum(axis=0)
    known = below != 0
    mean = _divide(numerator.sum(axis=0), below)
    influence = _divide((numerator - mean * denominator) * replications, below)
    influence = np.where(known, influence, np.nan)
    return Estimate(
        mean=mean,
        half_width=half_width(influence),
        influence=influence,
        each=_divide(numerator, denominator),
    )


def ratio_of_sums(
    replications: int,
    x: Integers,
    xx: Integers,
    y: Integers | None = None,
    xy: Integers | None = None,
    yy: Integers | None = None,
) -> tuple[Floats, Floats]:
    """Mean and half-width of :func:`ratio` from sums over replications, of whole numbers.

    ``x`` and ``y`` are sums of numerators and denominators, ``xx``, ``xy`` and ``yy`` those of their squares
    and products; without ``y`` all denominators are 1. The squared influences add up to
    R² (y² xx − 2 x y xy + x² yy) / y⁴: the bracket loses everything to rounding when the ratio hardly
    varies, so it is computed in Python's integers, and the only rounding is that of the final division.

    >>> mean, width = ratio_of_sums(2, np.array([38]), np.array([964]), np.array([40]),
    ...                             np.array([980]), np.array([1000]))
    >>> estimate = ratio(np.array([8.0, 30.0]), np.array([10.0, 30.0]))
    >>> bool(mean[0] == estimate.mean), bool(np.isclose(width[0], estimate.half_width))
    (True, True)
    """
    mean, width = np.full(x.shape, np.nan), np.full(x.shape, np.nan)
    known = np.full(x.shape, True) if y is None else np.asarray(y != 0)
    n = replications
    top, top_top = (values[known].astype(object) for values in (x, xx))
    if y is None or xy is None or yy is None:
        below, squares = np.full(top.shape, n, object), n * top_top - top * top
        squares = squares * n
    else:
        below, products, below_below = (values[known].astype(object) for values in (y, xy, yy))
        squares = below * below * top_top - 2 * top * below * products + top * top * below_below
    mean[known] = top / below
    if n >= 2:
        variance = np.asarray(n * n * squares / (below**4 * (n - 1)), np.float64)
        width[known] = _quantile(n) * np.sqrt(variance / n)
    return mean, width


def half_width(influence: Floats) -> Floats:
    """Half-width of the 95% interval of a mean whose deviations are ``[R, ...]`` (Student's t).

    >>> round(float(half_width(np.array([-1.0, 0.0, 1.0]))), 4)
    2.4841
    """
    replications = len(influence)
    if replications < 2:
        return np.full(influence.shape[1:], np.nan)
    variance = np.square(influence).sum(axis=0) / (replications - 1)
    return np.asarray(_quantile(replications) * np.sqrt(variance / replications))


def percentiles(each: Floats, shares: tuple[float, ...] = (0.1, 0.5, 0.9)) -> Floats:
    """Percentiles ``[len(shares), ...]`` across replications, leaving out those without a value.

    >>> percentiles(np.array([[1.0], [np.nan], [3.0]]), (0.5,)).tolist()
    [[2.0]]
    """
    result = np.full((len(shares), *each.shape[1:]), np.nan)
    gaps = np.isnan(each).any(axis=0)
    if not gaps.all():
        result[:, ~gaps] = np.quantile(each[:, ~gaps], shares, axis=0)
    for place in zip(*np.nonzero(gaps), strict=True):
        column = each[(slice(None), *place)]
        present = column[~np.isnan(column)]
        if present.size:
            result[(slice(None), *place)] = np.quantile(present, shares)
    return result


def verdict(delta: float, delta_half_width: float) -> str:
    """Say in words whether a difference is one: its interval must leave out zero.

    >>> verdict(4.0, 1.5), verdict(-4.0, 5.0)
    ('higher', 'no clear difference')
    """
    if abs(delta) > delta_half_width:  # false for NaN: one replication cannot tell
        return "higher" if delta > 0 else "lower"
    return "no clear difference"


def _quantile(replications: int) -> float:
    """Student's t quantile of a two-sided interval."""
    return float(stdtrit(replications - 1, 0.5 + CONFIDENCE / 2))


def _divide(numerator: Floats, denominator: Floats) -> Floats:
    """Quotients, NaN where the denominator is 0."""
    result = np.full(np.broadcast_shapes(np.shape(numerator), np.shape(denominator)), np.nan)
    np.divide(numerator, denominator, out=result, where=denominator != 0)
    return result

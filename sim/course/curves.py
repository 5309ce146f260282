"""Curves: how things change with time. A week counts as its middle: half a week after it began."""

from __future__ import annotations

import math

WEEKS_PER_YEAR = 365.25 / 7
WEEKS_PER_MONTH = WEEKS_PER_YEAR / 12
PROFICIENT = 0.95
"""Share of the difference from an experienced agent that is gone when somebody is called proficient."""


def taken_up(weeks: float, weeks_to_half: float, imitation: float) -> float:
    """Share of those who will adopt that have done so, ``weeks`` after the launch.

    Bass (1969), Management Science 15, 215-227: F(t) = (1 − e⁻ᵇᵗ) / (1 + r e⁻ᵇᵗ), b = p + q, r = q / p the
    ``imitation``; b is set so that F(``weeks_to_half``) = 1/2, b = ln(2 + r) / weeks_to_half. r = 0 is
    exponential saturation, a large r the logistic S. Nobody has adopted at the launch; with 0 weeks to half
    everybody has right after it.

    >>> [round(taken_up(week, 6, 12.7), 3) for week in (0, 3, 6, 12, 52)]
    [0.0, 0.171, 0.5, 0.94, 1.0]
    """
    if weeks <= 0:
        return 0.0
    if weeks_to_half == 0:
        return 1.0
    left = math.exp(-math.log(2 + imitation) * weeks / weeks_to_half)
    return (1 - left) / (1 + imitation * left)


def defects_left(weeks: int, fed_back: float, fixed_per_week: float) -> float:
    """Share of a channel's first defects that are there ``weeks`` whole weeks after the launch.

    (1 − fed_back) + fed_back (1 − fixed_per_week)ⁿ: each week mends the same share of what is known and left,
    the exponential decay of Goel & Okumoto (1979), IEEE Transactions on Reliability R-28, 206-211; what
    nobody is told of stays.

    >>> [round(defects_left(week, 0.8, 0.5), 3) for week in (0, 1, 2, 100)]
    [1.0, 0.6, 0.4, 0.2]
    """
    return (1 - fed_back) + fed_back * (1 - fixed_per_week) ** weeks


def learnt(weeks: float, at_first: float, months: float) -> float:
    """Handle time against an experienced agent's, ``weeks`` into the work: from ``at_first`` down to 1.

    1 + (at_first − 1) e^(−t / τ), with τ such that 95% of the difference are gone after ``months``. A single
    person's practice follows an exponential; the power law of Wright (1936) comes from averaging over people
    (Heathcote, Brown & Mewhort 2000, Psychonomic Bulletin & Review 7, 185-207). 0 months: at once.

    >>> [round(learnt(week, 1.5, 4.5), 3) for week in (0, 4.5 * 365.25 / 84, 500)]
    [1.5, 1.025, 1.0]
    """
    if months == 0 or at_first == 1:
        return 1.0
    left = (1 - PROFICIENT) ** (weeks / (months * WEEKS_PER_MONTH))
    return float(1 + (at_first - 1) * left)


def staying(weeks: float, per_year: float) -> float:
    """Share of agents who are still there after so many weeks: e^(−rate × time).

    ``per_year`` is leavers in a year over the mean headcount, which is a rate, not the share of a cohort.

    >>> round(staying(365.25 / 7, 0.31), 3), staying(10, 0.0)
    (0.733, 1.0)
    """
    return math.exp(-per_year * weeks / WEEKS_PER_YEAR)


def halved(weeks: float, half_life: float) -> float:
    """What is left after so many weeks of what halves every ``half_life``; nothing if that is 0.

    >>> halved(3, 1.5), halved(0, 0), halved(1, 0)
    (0.25, 1.0, 0.0)
    """
    if half_life == 0:
        return 1.0 if weeks <= 0 else 0.0
    return float(0.5 ** (weeks / half_life))

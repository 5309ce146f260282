"""Money and loyalty: what effort and failures cost, and what agents and contacts do.

Satisfaction, recommendation and disloyalty follow ease; leaving follows failed attempts; both are
expectations per customer, not draws, so they add no noise. Agents are paid for the hours they are
scheduled, shrinkage included, and for overtime at its own factor.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from scenarios.parameters import default_of

Floats = NDArray[np.float64]
Counts = NDArray[np.integer]
Bools = NDArray[np.bool_]

ENTRIES = {
    "csat_effortless": "csat.effortless",
    "csat_hardest": "csat.hardest",
    "nps_effortless": "nps.effortless",
    "nps_effort_gap": "nps.effort_gap",
    "disloyal_low": "effort.disloyal_low",
    "disloyal_high": "effort.disloyal_high",
    "hazard_first": "loyalty.hazard_first",
    "hazard_later": "loyalty.hazard_second",
    "churn_limit": "loyalty.limit",
    "revenue_per_customer": "money.revenue_per_customer",
}
"""The library's entry for each part of :class:`Loyalty`."""


@dataclass(frozen=True)
class Loyalty:
    """How satisfaction, recommendation, disloyalty and leaving follow from effort and failures."""

    csat_effortless: float
    """Share satisfied at an ease score of 7."""
    csat_hardest: float
    """Share satisfied at an ease score of 1, and of customers who gave up."""
    nps_effortless: float
    """Promoters less detractors, times 100, at an ease score of 7."""
    nps_effort_gap: float
    """By how much the score at ease 1 is lower."""
    disloyal_low: float
    """Share disloyal after the lowest effort."""
    disloyal_high: float
    """Share disloyal after the highest effort."""
    hazard_first: float
    """Probability of leaving after the first failed attempt."""
    hazard_later: float
    """Probability of leaving after each further one, for those who stayed."""
    churn_limit: float
    """Most that leave, however many attempts failed."""
    revenue_per_customer: float
    """Money per year."""

    @classmethod
    def from_library(cls) -> Loyalty:
        """The figures of the parameter library."""
        return cls(**{field.name: float(default_of(ENTRIES[field.name])) for field in fields(cls)})


def csat(loyalty: Loyalty, ease_share: Floats, customers: Floats | float = 1.0) -> Floats:
    """Expected satisfied customers among so many whose ease shares add up to ``ease_share``.

    The share is 1 for effortless and 0 for hardest (:func:`sim.effort.ease_share`). Customers who gave up
    count 0 whatever it cost them: giving up leaves nobody more satisfied than the hardest case.
    """
    return loyalty.csat_hardest * customers + (loyalty.csat_effortless - loyalty.csat_hardest) * ease_share


def nps(loyalty: Loyalty, ease_share: Floats, customers: Floats | float = 1.0) -> Floats:
    """Expected promoters less detractors, times 100, among the same customers."""
    return (loyalty.nps_effortless - loyalty.nps_effort_gap) * customers + loyalty.nps_effort_gap * ease_share


def disloyal(loyalty: Loyalty, ease_share: Floats, customers: Floats | float = 1.0) -> Floats:
    """Expected customers made disloyal: 9% after the least effort, 96% after the most (CEB 2013).

    Here the effort of customers who gave up counts as it was.
    """
    return loyalty.disloyal_high * customers - (loyalty.disloyal_high - loyalty.disloyal_low) * ease_share


def churn(loyalty: Loyalty, failures: Counts) -> Floats:
    """Probability that a customer leaves after so many failed attempts in the case.

    1 − (1 − h₁)(1 − h₂)^(failures − 1), cut at the limit. With the library's figures 17% leave after
    one failure and 40% after two:

    >>> churn(Loyalty.from_library(), np.array([0, 1, 2, 40])).round(2).tolist()
    [0.0, 0.17, 0.4, 0.85]
    """
    stay = (1.0 - loyalty.hazard_first) * (1.0 - loyalty.hazard_later) ** np.maximum(failures - 1, 0)
    return np.where(failures > 0, np.minimum(1.0 - stay, loyalty.churn_limit), 0.0)


def agent_cost(
    paid_hours: Floats, overtime_hours: Floats, pay_per_hour: Floats, overtime_factor: float
) -> Floats:
    """Pay of groups: scheduled hours (shrinkage included), and overtime at a multiple of pay.

    >>> agent_cost(np.array([10.0]), np.array([1.0]), np.array([20.0]), 1.5).tolist()
    [230.0]
    """
    return (paid_hours + overtime_factor * overtime_hours) * pay_per_hour


def outreach_cost(announced: Bools, told: Counts, fixed: Floats, each: Floats) -> Floats:
    """Cost ``[R]`` of announcements ``[R, N]``: fixed for each that was made, and for each customer told.

    >>> outreach_cost(np.array([[True, False]]), np.array([[300, 0]]), np.array([25.0, 25.0]),
    ...               np.array([0.05, 0.05])).tolist()
    [40.0]
    """
    return np.asarray((announced * fixed + told * each).sum(axis=-1))


def direct_cost(
    group: Counts, handle_hours: Floats, contact_cost: Floats, occupied_hours: Floats,
    contact_hours: Floats, pay_per_hour: Floats,
) -> Floats:  # fmt: skip
    """Cost ``[m]`` of each contact: its share of the agent's time at the group's pay, and its own cost.

    With several contacts open an agent's hour is shared among them: a group's occupied hours are split in
    proportion to handle time. ``group`` is −1 where no agent was involved.
    """
    shared = np.divide(
        occupied_hours, contact_hours, out=np.zeros_like(occupied_hours), where=contact_hours > 0
    )
    rate = np.append(shared * pay_per_hour, 0.0)  # the last one is for group -1
    return np.asarray(contact_cost + handle_hours * rate[group])

"""Effort: how hard a case was for its customer, by driver, and the ease score that follows.

Points per case are a weighted sum of what research finds to drive effort and disloyalty (Dixon, Freeman
& Toman, *Harvard Business Review*, July 2010; CEB, *The Effortless Experience*, 2013):

=======================  ===========================================================================
waiting                  weight × ln(1 + minutes waited for an agent in live and concurrent channels)
repeat contact           weight × (contacts that the customer began − 1)
channel switch           weight × contacts begun in another channel than the one before
transfer                 weight × contacts that ended in a transfer
repeating information    weight × contacts with an agent after the customer had told an earlier one
                         (an agent who answered, or self-service that ran), without carried context
failed self-service      weight × self-service contacts that failed
=======================  ===========================================================================

Waiting is concave: the first minute hurts more than the tenth. Waiting for a reply to a deferred
contact is no effort: the customer is doing something else. The ease score is that of CES 2.0,
7 − 6 (1 − exp(−effort / scale)).

Calibration. No study gives the weights; these are chosen so that published outcomes come back, and
the tests hold them to it: one call answered after 20 s and resolved scores at least 6 (here 6.8); each
of the next two calls costs 15 points of customer satisfaction on average (SQM Group); in a population in
which 62% contact repeatedly, 59% are transferred, 57% switch channel and 56% explain again, 59% find it
moderately or very hard, an ease score below 5 (HBR 2010: 59%).
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from scenarios.parameters import default_of

Floats = NDArray[np.float64]
Counts = NDArray[np.integer]

DRIVERS: tuple[str, ...] = (
    "waiting",
    "repeat_contact",
    "channel_switch",
    "transfer",
    "repeating_information",
    "failed_self_service",
)
"""The parts of effort, in the order of every table."""

GRAIN = 1024
"""Points are whole multiples of 1/1024, so sums of parts are exact in any order."""


@dataclass(frozen=True)
class Weights:
    """Points per unit of each driver, and the scale of the ease score."""

    waiting: float
    repeat_contact: float
    channel_switch: float
    transfer: float
    repeating_information: float
    failed_self_service: float
    scale: float

    @classmethod
    def from_library(cls) -> Weights:
        """The weights of the parameter library (entries ``effort.*``)."""
        return cls(**{field.name: float(default_of(f"effort.{field.name}")) for field in fields(cls)})


def points(
    weights: Weights,
    *,
    waited_seconds: Floats,
    contacts: Counts,
    channel_switches: Counts,
    transfers: Counts,
    retellings: Counts,
    failed_self_service: Counts,
) -> Floats:
    """Effort points ``[6, n]`` of n cases, by driver in the order of :data:`DRIVERS`.

    ``contacts`` are those that the customer began: neither passed on by an agent nor a callback.

    A failed try of the portal and then a call answered after a minute:

    >>> parts = points(Weights(0.5, 1, 0.75, 0.75, 0.5, 0.5, 4.5),
    ...                waited_seconds=np.array([60.0]), contacts=np.array([2]),
    ...                channel_switches=np.array([1]), transfers=np.array([0]),
    ...                retellings=np.array([1]), failed_self_service=np.array([1]))
    >>> parts[:, 0].round(2).tolist(), parts.sum(axis=0).round(2).tolist()
    ([0.35, 1.0, 0.75, 0.0, 0.5, 0.5], [3.1])
    """
    raw = np.stack(
        [
            weights.waiting * np.log1p(waited_seconds / 60.0),
            weights.repeat_contact * (contacts - 1),
            weights.channel_switch * channel_switches,
            weights.transfer * transfers,
            weights.repeating_information * retellings,
            weights.failed_self_service * failed_self_service,
        ]
    )
    return np.asarray(np.rint(raw * GRAIN) / GRAIN)


def ease_score(effort: Floats, scale: float) -> Floats:
    """Ease from 7 (effortless) towards 1 (very hard): 7 − 6 (1 − exp(−effort / scale)).

    >>> ease_score(np.array([0.0, 4.5, 1e9]), 4.5).round(2).tolist()
    [7.0, 3.21, 1.0]
    """
    return ease_of(np.exp(-effort / scale))


def ease_of(share: Floats, customers: Floats | float = 1.0) -> Floats:
    """Ease scores, added up, of so many customers whose shares of the range add up to ``share``.

    >>> ease_of(np.array([1.5]), 2).tolist()
    [11.0]
    """
    return customers + 6.0 * share


def ease_share(ease: Floats) -> Floats:
    """Ease as a share of its range: 1 for an ease score of 7, 0 for a score of 1.

    >>> ease_share(np.array([7.0, 4.0])).tolist()
    [1.0, 0.5]
    """
    return (ease - 1.0) / 6.0

"""Layout: the arrays that counting reads, and the places of what it counts."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.contract import Draws, Integrals, Ints, Outcome, Rows, Trace
from sim.effort import DRIVERS
from sim.luck.cases import CaseArrays


def cases_of(draws: Draws) -> CaseArrays:
    """The cases of any draws."""
    names = CaseArrays._fields[1:]
    key = np.require(draws.key, np.uint64, ("C", "W"))
    return CaseArrays(key, *(whole(getattr(draws, name)) for name in names))


def rows_of(trace: Trace) -> Rows:
    """The rows of any engine's trace."""
    return Rows(*(whole(getattr(trace, name)) for name in Rows._fields))


def integrals_of(trace: Trace) -> Integrals:
    """The integrals of any engine's trace."""
    return Integrals(*(whole(getattr(trace, name)) for name in Integrals._fields))


def whole(values: Ints) -> Ints:
    """Integers as compiled code takes them: one kind of array, so that it is compiled once."""
    return np.require(values, np.int64, ("C", "W"))


class CaseOutcome(IntEnum):
    """How a case ended."""

    RESOLVED = 0
    GIVEN_UP = 1
    UNFINISHED = 2


CASE_OUTCOMES: tuple[str, ...] = tuple(outcome.name.lower() for outcome in CaseOutcome)

FAILURES = (
    Outcome.UNRESOLVED, Outcome.FAILED, Outcome.ABANDONED, Outcome.BLOCKED,
    Outcome.CLOSED, Outcome.DISCONNECTED,
)  # fmt: skip
"""Outcomes that count as failed attempts."""

HANDLED = (Outcome.RESOLVED, Outcome.UNRESOLVED, Outcome.FAILED, Outcome.TRANSFERRED)
"""Outcomes of contacts that ran their course."""

ENDINGS = ("resolved", "unfinished", "given up")
"""Where a step leads when not to a channel: it is numbered after the channels, in this order."""


def _numbered(names: tuple[str, ...]) -> dict[str, int]:
    return {name: place for place, name in enumerate(names)}


CELL_FIELDS: tuple[str, ...] = (
    *(outcome.name.lower() for outcome in Outcome),
    "offered", "short_abandoned", "answered", "served", "lost", "spilled_in", "repeated_in", "wait_ticks",
    "answer_ticks", "handle_ticks", "answered_in_time", "abandoned_in_time", "judged", "answered_judged",
    "never_queued", "hung_up", "callbacks_answered", "callback_ticks", "rung", "mismatched",
)  # fmt: skip
"""What is counted by channel and interval of arrival: contacts by outcome (so an outcome is its own place),
other counts, and sums of ticks. ``lost`` are those that nobody answered, tries in a row counted once, where
the first arrived; ``never_queued`` came in and are none of those whom the queue's rates speak of: the front
contained or lost them, or they were still in it, or they left for a callback, or are that callback, or a
dialler did not reach them; ``hung_up`` are those of them that were abandoned. ``callback_ticks`` run from the
customer's consent to the customer's answer. ``rung`` are calls placed to customers; ``mismatched`` those who
answered a dialler's call and left, or were dropped, before an agent answered them."""

CHANNEL_FIELDS: tuple[str, ...] = (*CELL_FIELDS, "queue_ticks", "intervals_met", "intervals_counted")
"""What a headline has for each channel."""

GROUP_FIELDS: tuple[str, ...] = ("present", "busy", "overtime", "contacts_open")
"""What a headline has for each group, in ticks."""

CASE_FIELDS: tuple[str, ...] = (
    *CASE_OUTCOMES,
    *(f"share_{outcome}" for outcome in CASE_OUTCOMES),
    "contacts", "channels", "one_contact", "met_agent", "first_contact", "transfers", "spilled_to_phone",
    "failure_demand", *(f"effort_{driver}" for driver in DRIVERS), "churned", "elapsed_ticks",
    "contact_cost", "direct_cost", "never_reached",
)  # fmt: skip
"""What is added up by intent and by segment: cases by outcome, their ease as a share of its range, and so on.
``never_reached`` are those given up of which the customer noticed nothing, since a dialler reached nobody.
Everything else about cases follows from these sums."""

CELL = _numbered(CELL_FIELDS)
CHANNEL = _numbered(CHANNEL_FIELDS)
CASE = _numbered(CASE_FIELDS)

Counts = NDArray[np.int64]

Place = int | np.unsignedinteger[Any]
"""An index; unsigned where it counts."""

"""Counted: replications of one scenario, counted; small enough to send between processes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.compiling import entry
from sim.contract import NOBODY, Draws, Integrals, Ints, Outcome, Plan, Rows, Trace
from sim.counting.book import Book, book_of
from sim.counting.day import Day, day_of
from sim.counting.headlines import Headlines, headlines_of, note_headline
from sim.counting.layout import cases_of, integrals_of, rows_of
from sim.counting.load import asks, settle
from sim.counting.one import count
from sim.counting.totals import Totals, add, together, totals_of
from sim.luck.cases import CaseArrays
from sim.terms import Terms

Array = NDArray[Any]
Columns = dict[str, Array]


@dataclass(frozen=True)
class Counted:
    """R replications of one scenario, counted."""

    numbers: Ints
    """[R] replications, in order."""
    headlines: Headlines
    """A row for each replication."""
    totals: Totals
    """Sums over them."""
    contacts: tuple[Columns, ...] | None = None
    """Compact columns [m] of the contact table for each replication, when kept."""

    def __len__(self) -> int:
        """How many replications."""
        return len(self.numbers)

    @classmethod
    def empty(cls, book: Book, numbers: Sequence[int] | Ints) -> Counted:
        """Room for these replications, to be filled by :func:`count_one`."""
        return cls(np.array(numbers, np.int64), headlines_of(book, len(numbers)), totals_of(book))

    def first(self, replications: int) -> Counted:
        """Leave out the rows of replications that were not counted, from that place on."""
        if replications == len(self):
            return self
        rows = Headlines._make(values[:replications] for values in self.headlines)
        kept = None if self.contacts is None else self.contacts[:replications]
        return Counted(self.numbers[:replications], rows, self.totals, kept)

    @classmethod
    def join(cls, parts: Iterable[Counted]) -> Counted:
        """All replications of one part or more, in order; the same in whatever order and parts they come."""
        numbers, headlines = [], []
        kept: list[Columns] = []
        totals, keeps = None, False
        for part in parts:
            numbers.append(part.numbers)
            headlines.append(part.headlines)
            totals = part.totals if totals is None else together(totals, part.totals)
            if part.contacts is not None:
                keeps = True
                kept += part.contacts
        if totals is None:
            raise ValueError("there is nothing to join")
        order = np.argsort(np.concatenate(numbers), kind="stable")
        return cls(
            np.concatenate(numbers)[order],
            Headlines._make(np.concatenate(each)[order] for each in zip(*headlines, strict=True)),
            totals,
            tuple(kept[place] for place in order) if keeps else None,
        )


@entry
def count_day(
    book: Book, cases: CaseArrays, n: int, rows: Rows, m: int, integrals: Integrals, day: Day
) -> None:  # fmt: skip
    """:func:`~sim.counting.one.count` for Python."""
    count(book, cases, n, rows, m, integrals, day)
    asks(book, day)


@entry
def settle_day(
    book: Book, integrals: Integrals, day: Day, totals: Totals, headlines: Headlines, row: int
) -> None:
    """Settle the load, then add the day to totals and headlines, for Python."""
    settle(book, day)
    add(book, integrals, day, totals)
    note_headline(book, integrals, day, headlines, row)


def count_trace(
    plan: Plan, terms: Terms, draws: Draws, trace: Trace, replication: int, keep_contacts: bool = False
) -> Counted:
    """Count one replication of any engine."""
    book = book_of(plan, terms)
    counted = Counted.empty(book, [replication])
    day = read_day(book, draws, trace)
    settle_day(book, integrals_of(trace), day, counted.totals, counted.headlines, 0)
    if keep_contacts:
        columns = contact_columns(book, cases_of(draws), rows_of(trace), len(trace.case))
        return Counted(counted.numbers, counted.headlines, counted.totals, (columns,))
    return counted


def read_day(book: Book, draws: Draws, trace: Trace, keep_cases: bool = False) -> Day:
    """Count one replication into a workspace of its own, with the means that its load asks for."""
    n, m = len(draws.key), len(trace.case)
    if m and (trace.attempt.max() >= book.attempts or trace.case.max() >= n):
        raise IndexError("the trace has attempts or cases that the plan and the draws do not know")
    day = day_of(book, m, n if keep_cases else 0)
    count_day(book, cases_of(draws), n, rows_of(trace), m, integrals_of(trace), day)
    for channel in np.flatnonzero(day.asks):
        day.drawn[channel] = draws.work(int(channel), 0).mean()
    return day


def contact_columns(book: Book, cases: CaseArrays, rows: Rows, m: int) -> Columns:
    """What the contact table of a replication is made of."""
    case, channel, outcome, answered = (
        values[:m] for values in (rows.case, rows.channel, rows.outcome, rows.answered)
    )
    arrived, ended = rows.arrived[:m].copy(), rows.ended[:m].copy()
    entered = rows.entered[:m]
    until = np.where(answered != NOBODY, answered, ended)
    # Who has left for a callback does not wait.
    waits = entered != NOBODY
    waits[1:] &= outcome[:-1] != Outcome.CALLED_BACK
    return {
        "case": case.astype(np.int32),
        "attempt": rows.attempt[:m].astype(np.int16),
        "channel": channel.astype(np.int16),
        "intent": cases.intent[case].astype(np.int16),
        "segment": cases.segment[case].astype(np.int16),
        "group": rows.group[:m].astype(np.int16),
        "arrived": arrived,
        "answered": answered.copy(),
        "ended": ended,
        "wait": np.where(waits, until - entered, 0),
        "handled": rows.handled[:m] + rows.wrapped[:m],
        "wrapped": rows.wrapped[:m].copy(),
        "helper": rows.helper[:m].astype(np.int16),
        "helped": rows.helped[:m].copy(),
        "outcome": outcome.astype(np.int8),
        "next_channel": rows.next_channel[:m].astype(np.int16),
        "rung": rows.rung[:m].astype(np.int16),
    }

"""Batches: many replications of one scenario in one call of machine code.

Draw the cases, simulate, count, add: nothing of it comes back to Python between replications, so threads
that do batches do not wait for each other, and nothing is kept of a replication but its headline.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.compiling import entry
from sim.contract import Integrals, Ints, Plan, Rows, Ticks
from sim.counting import Counted
from sim.counting.book import Book, book_of
from sim.counting.counted import contact_columns
from sim.counting.day import Day, day_of
from sim.counting.headlines import Headlines
from sim.counting.reckon import reckon
from sim.counting.totals import Totals
from sim.engines.compiled.kernel import OUT_OF_ROOM, clear_agenda, simulate, write_trace
from sim.engines.compiled.station import Station, integrals_of
from sim.luck.attendance import draw_attendance
from sim.luck.cases import CaseArrays, Scratch, capacity_for, case_arrays, draw_cases, scratch_for
from sim.luck.first_work import first_work
from sim.luck.prepared import Luck, luck_of
from sim.luck.repairs import draw_repairs
from sim.terms import Terms

_LINES = 12
"""Workspaces that a thread keeps, for as many scenarios; enough for a comparison."""

_local = threading.local()

Stop = tuple[int, int, int]
"""Replications done, then cases and contacts for which there was no room (0: there was)."""


def count_batch(
    plan: Plan, terms: Terms, seed: int, first: int, size: int, keep_contacts: bool = False
) -> Counted:
    """Simulate and count ``size`` replications from ``first`` on, on the compiled engine."""
    return _line(plan, terms).count(seed, first, size, keep_contacts)


def _line(plan: Plan, terms: Terms) -> Line:
    """This thread's workspace for a scenario."""
    lines: OrderedDict[tuple[int, int], Line] = _local.__dict__.setdefault("lines", OrderedDict())
    place = id(plan), id(terms)  # a line holds both, so no other object has their identity while it lives
    if place not in lines:
        lines[place] = Line(plan, terms)
        while len(lines) > _LINES:
            lines.popitem(last=False)
    lines.move_to_end(place)
    return lines[place]


class Line:
    """The workspace of one thread for one scenario. It grows when a replication needs more room."""

    def __init__(self, plan: Plan, terms: Terms) -> None:
        self._plan, self._terms = plan, terms
        self._luck = luck_of(plan)
        self._book = book_of(plan, terms)
        self._station = Station(plan)
        self._integrals = integrals_of(plan)
        self._make_room(capacity_for(self._luck), 0)

    def count(self, seed: int, first: int, size: int, keep_contacts: bool) -> Counted:
        """Simulate and count replications."""
        counted = Counted.empty(self._book, range(first, first + size))
        if not keep_contacts:
            self._replicate(seed, first, 0, size, counted)
            return counted
        kept = []
        for row in range(size):
            contacts = self._replicate(seed, first, row, row + 1, counted)
            kept.append(contact_columns(self._book, self._cases, self._rows, contacts))
        return Counted(counted.numbers, counted.headlines, counted.totals, tuple(kept))

    def each(self, seed: int, first: int, size: int) -> Iterator[tuple[Counted, Day, Integrals]]:
        """Simulate replications one by one; day and integrals are overwritten by the next."""
        counted = Counted.empty(self._book, range(first, first + size))
        for row in range(size):
            self._replicate(seed, first, row, row + 1, counted)
            yield counted, self._day, self._integrals

    def _replicate(self, seed: int, first: int, row: int, until: int, counted: Counted) -> int:
        """Fill rows of ``counted``; returns the number of contacts of the last replication."""
        while True:
            row, more_cases, contacts = _loop(
                self._station.desk.record, self._luck, self._cases, self._first_work, self._fix, self._staff,
                self._scratch, self._book, self._rows, self._integrals, self._day,
                counted.totals, counted.headlines, np.uint64(seed), np.uint64(first), row, until,
            )  # fmt: skip
            if more_cases:
                self._make_room(more_cases, 0)
            elif contacts == OUT_OF_ROOM:
                self._make_room(len(self._cases.key), 2 * len(self._rows.case))
            else:
                return int(contacts)

    def _make_room(self, cases: int, contacts: int) -> None:
        self._cases = case_arrays(cases)
        self._scratch = scratch_for(self._luck, cases)
        self._first_work = np.empty(cases, np.int64)
        self._fix = np.empty(len(self._plan.fix_law), np.int64)
        self._staff = self._luck.staff.copy()
        self._station.desk.put(first_work=self._first_work, fix=self._fix, staff=self._staff)
        room = self._station.make_room(self._luck, self._cases, cases, contacts)
        self._rows = Rows(*(np.empty(room, np.int64) for _ in Rows._fields))
        self._day = day_of(self._book, room)


@entry
def _loop(
    desk: NDArray[Any], luck: Luck, cases: CaseArrays, work: Ticks, fix: Ticks, staff: Ints, scratch: Scratch,
    book: Book, rows: Rows, integrals: Integrals, day: Day, totals: Totals, headlines: Headlines,
    seed: np.uint64, first: np.uint64, row: int, until: int,
) -> Stop:  # fmt: skip
    centre = desk[0]
    contacts = 0
    while row < until:
        number = draw_cases(luck, seed, first + np.uint64(row), cases, scratch)
        if number < 0:
            return row, -number, 0
        draw_repairs(luck, seed, first + np.uint64(row), fix)
        if luck.duty.shape[0] > 0:
            draw_attendance(luck, seed, first + np.uint64(row), staff)
        first_work(luck, cases, number, work, scratch)
        contacts = simulate(centre, (number,))
        if contacts == OUT_OF_ROOM:
            clear_agenda(centre)
            return row, 0, contacts
        write_trace(centre, number, rows, integrals)
        reckon(book, luck, cases, number, rows, contacts, integrals, day, totals, headlines, row)
        row += 1
    return row, 0, contacts

"""One replication, counted: its contacts, its cases, its waits."""

from __future__ import annotations

from sim.compiling import compiled
from sim.contract import TICKS_PER_SECOND, Integrals, Rows
from sim.counting.book import Book
from sim.counting.cases import count_cases
from sim.counting.contacts import complete, count_contacts
from sim.counting.day import TOUCHED_CELLS, TOUCHED_STEPS, Day
from sim.counting.waits import find_quantiles
from sim.luck.cases import CaseArrays

TICKS_PER_HOUR = 3600 * TICKS_PER_SECOND


@compiled
def count(
    book: Book, cases: CaseArrays, n: int, rows: Rows, m: int, integrals: Integrals, day: Day
) -> None:  # fmt: skip
    """Count the m contacts of n cases into ``day``, which must have room for m waits.

    Rows are ordered by case and attempt. Then :mod:`sim.counting.load` completes the load.
    """
    clear(book, day)
    set_rates(book, integrals, day)
    waits = count_contacts(book, rows, m, day)
    count_cases(book, cases, n, rows, m, day)
    complete(book, day)
    find_quantiles(book, day, waits)


@compiled
def set_rates(book: Book, integrals: Integrals, day: Day) -> None:
    """What a tick of handling takes of an agent's time, and costs, in each group.

    With several contacts open an agent's time is shared among them: a group's occupied time is split in
    proportion to handle time.
    """
    for group in range(book.groups):
        occupied = 0
        contacts_open = 0
        for interval in range(book.warm_up, book.intervals):
            occupied += integrals.busy[group, interval] + integrals.overtime[group, interval]
            contacts_open += integrals.contacts_open[group, interval]
        share = occupied / contacts_open if contacts_open > 0 else 0.0
        day.attention[group] = share if contacts_open > 0 else 1.0
        day.rate[group] = share * book.pay[group] / TICKS_PER_HOUR


@compiled
def clear(book: Book, day: Day) -> None:
    """Forget the day before."""
    for place in range(day.lengths[TOUCHED_CELLS]):
        cell = day.touched_cells[place]
        for field in range(day.cells.shape[1]):
            day.cells[cell, field] = 0
    for place in range(day.lengths[TOUCHED_STEPS]):
        day.steps[day.touched_steps[place]] = 0
    day.lengths[TOUCHED_CELLS] = 0
    day.lengths[TOUCHED_STEPS] = 0
    for group in range(day.load.shape[0]):
        for interval in range(day.load.shape[1]):
            day.load[group, interval] = 0.0
    for who in range(day.sums.shape[0]):
        for field in range(day.sums.shape[1]):
            day.sums[who, field] = 0.0
        day.plain[who, 0] = 0
        day.plain[who, 1] = 0
    for channel in range(book.channels):
        day.asks[channel] = 0
        day.answered[channel] = 0
        for group in range(book.groups + 1):
            day.work[channel, group] = 0.0

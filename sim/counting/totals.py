"""Totals: sums over replications that take the same room however many there are.

All are sums of whole numbers, so they are exact, and the same in whatever order replications are added
and parts are put together. Half-widths need sums of squares and products too; those of ticks outgrow
64 bits and are kept as two integers, ``high × BASE + low``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiling import compiled
from sim.contract import OUTCOMES, Integrals, Outcome
from sim.counting.book import Book
from sim.counting.day import TOUCHED_CELLS, TOUCHED_STEPS, Day
from sim.counting.layout import CELL, ENDINGS, Counts

HALF = 2**26
BASE = 2**52

SUMS = (
    "offered", "answered", "abandoned", "spilled_in", "good", "counted", "answer_ticks", "queue_ticks"
)  # fmt: skip
"""What is added up over replications by channel and interval, and its square."""

PRODUCTS = (("good", "counted"), ("answer_ticks", "answered"))
"""Pairs whose product is added up too, because a measure is their ratio."""

ANSWER_TICKS, QUEUE_TICKS = SUMS.index("answer_ticks"), SUMS.index("queue_ticks")
OFFERED, ANSWERED, ABANDONED, SPILLED, GOOD, COUNTED = range(6)


class Totals(NamedTuple):
    """Sums over replications. Sizes as in :class:`~sim.contract.Plan`; C + 3 is where a step may lead."""

    sums: Counts
    """[C · K, 8] of :data:`SUMS`."""
    squares: Counts
    """[C · K, 8, 2] high and low part of the sums of their squares."""
    products: Counts
    """[C · K, 2, 2] the same of :data:`PRODUCTS`."""
    load: Counts
    """[G · K] ticks of agents' time that arrived, rounded in each replication."""
    occupied: Counts
    """[G · K] ticks busy or in overtime."""
    attended: Counts
    """[G · K] ticks on the floor within schedule."""
    steps: Counts
    """[A · C · (C + 3) · O] by attempt, channel, where it led and outcome."""
    move_squares: Counts
    """[C · (C + 3) · O] squares of the steps of all attempts."""
    move_products: Counts
    """[C · (C + 3) · O] steps × contacts in the channel that ended so."""
    ended_squares: Counts
    """[C · O] squares of contacts in the channel that ended so."""
    moves: Counts
    """[C · (C + 3) · O] room for one replication."""
    ended: Counts
    """[C · O] room for one replication."""


def totals_of(book: Book) -> Totals:
    """Empty totals."""
    cells, groups = book.channels * book.intervals, book.groups * book.intervals
    moves = book.channels * (book.channels + len(ENDINGS)) * len(OUTCOMES)
    ended = book.channels * len(OUTCOMES)
    shapes: list[Any] = [
        (cells, len(SUMS)), (cells, len(SUMS), 2), (cells, len(PRODUCTS), 2), groups, groups, groups,
        book.attempts * moves, moves, moves, ended, moves, ended,
    ]  # fmt: skip
    return Totals(*(np.zeros(shape, np.int64) for shape in shapes))


def together(totals: Totals, others: Totals) -> Totals:
    """The totals of both."""
    found = Totals(*(mine + theirs for mine, theirs in zip(totals, others, strict=True)))
    for pair in (found.squares, found.products):
        pair[..., 0] += pair[..., 1] // BASE
        pair[..., 1] %= BASE
    return found


def exact(pair: Counts) -> NDArray[Any]:
    """High and low parts ``[..., 2]`` as Python's integers."""
    return np.asarray(pair[..., 0].astype(object) * BASE + pair[..., 1].astype(object))


_OUTCOMES = len(Outcome)
_OFFERED, _ANSWERED, _SPILLED = CELL["offered"], CELL["answered"], CELL["spilled_in"]
_ABANDONED, _ANSWER_TICKS = int(Outcome.ABANDONED), CELL["answer_ticks"]
_IN_TIME, _GONE_IN_TIME = CELL["answered_in_time"], CELL["abandoned_in_time"]
_JUDGED, _ANSWERED_JUDGED = CELL["judged"], CELL["answered_judged"]


@compiled
def add(book: Book, integrals: Integrals, day: Day, totals: Totals) -> None:
    """Add a replication, its load settled, to the totals; nothing of the warm-up."""
    add_cells(book, day, totals)
    add_queues(book, integrals, totals)
    for group in range(book.groups):
        for interval in range(book.warm_up, book.intervals):
            place = group * book.intervals + interval
            totals.load[place] += int(np.rint(day.load[group, interval]))
            overtime = integrals.overtime[group, interval]
            totals.occupied[place] += integrals.busy[group, interval] + overtime
            totals.attended[place] += integrals.present[group, interval] - overtime
    add_steps(book, day, totals)


@compiled
def add_cells(book: Book, day: Day, totals: Totals) -> None:
    """Add the cells in which contacts arrived."""
    for place in range(day.lengths[TOUCHED_CELLS]):
        cell = day.touched_cells[place]
        channel = book.channel_of[np.uint64(cell)]
        if cell - channel * book.intervals < book.warm_up:
            continue
        good = good_of(book, day, channel, cell)
        counted = counted_of(book, day, channel, cell)
        answered = day.cells[cell, _ANSWERED]
        answer_ticks = day.cells[cell, _ANSWER_TICKS]
        note_count(totals, cell, OFFERED, day.cells[cell, _OFFERED])
        note_count(totals, cell, ANSWERED, answered)
        note_count(totals, cell, ABANDONED, day.cells[cell, _ABANDONED])
        note_count(totals, cell, SPILLED, day.cells[cell, _SPILLED])
        note_count(totals, cell, GOOD, good)
        note_count(totals, cell, COUNTED, counted)
        note(totals, cell, ANSWER_TICKS, answer_ticks)
        totals.products[cell, 0, 1] += good * counted
        multiply(totals.products, cell, 1, answer_ticks, answered)


@compiled
def add_queues(book: Book, integrals: Integrals, totals: Totals) -> None:
    """Add the queues' integrals, which may be positive where nobody arrived."""
    for channel in range(book.channels):
        for interval in range(book.warm_up, book.intervals):
            ticks = integrals.queue_length[channel, interval]
            if ticks > 0:
                note(totals, channel * book.intervals + interval, QUEUE_TICKS, ticks)


@compiled
def note_count(totals: Totals, cell: int, field: int, value: int) -> None:
    """Add a count and its square; counts are small enough for the low part alone."""
    totals.sums[cell, field] += value
    totals.squares[cell, field, 1] += value * value


@compiled
def note(totals: Totals, cell: int, field: int, value: int) -> None:
    """Add a value and its square."""
    totals.sums[cell, field] += value
    multiply(totals.squares, cell, field, value, value)


@compiled
def multiply(pairs: Counts, cell: int, field: int, x: int, y: int) -> None:
    """Add x × y, both below 2**52, exactly: long multiplication with digits of 26 bits."""
    x_high, x_low = x >> 26, x & (HALF - 1)
    y_high, y_low = y >> 26, y & (HALF - 1)
    middle = x_high * y_low + x_low * y_high
    low = x_low * y_low + ((middle & (HALF - 1)) << 26) + pairs[cell, field, 1]
    pairs[cell, field, 0] += x_high * y_high + (middle >> 26) + (low >> 52)
    pairs[cell, field, 1] = low & (BASE - 1)


@compiled
def good_of(book: Book, day: Day, channel: int, cell: int) -> int:
    """Contacts good by the channel's own definition of service level."""
    good = day.cells[cell, _IN_TIME]
    return int(good + day.cells[cell, _GONE_IN_TIME] if book.abandons_good[channel] else good)


@compiled
def counted_of(book: Book, day: Day, channel: int, cell: int) -> int:
    """Contacts that the channel's own definition of service level counts."""
    return int(day.cells[cell, _ANSWERED_JUDGED] if book.of_answered[channel] else day.cells[cell, _JUDGED])


@compiled
def add_steps(book: Book, day: Day, totals: Totals) -> None:
    """Add the steps that occurred, and the squares of what they add up to over attempts."""
    moves = book.channels * (book.channels + 3) * _OUTCOMES
    for place in range(day.lengths[TOUCHED_STEPS]):
        step = day.touched_steps[place]
        number = day.steps[step]
        move = step % moves
        totals.steps[step] += number
        totals.moves[move] += number
        totals.ended[ended_of(book, move)] += number
    # Each step is looked at again; what it adds up to is taken once and cleared.
    for place in range(day.lengths[TOUCHED_STEPS]):
        move = day.touched_steps[place] % moves
        number = totals.moves[move]
        totals.moves[move] = 0
        totals.move_squares[move] += number * number
        totals.move_products[move] += number * totals.ended[ended_of(book, move)]
    for place in range(day.lengths[TOUCHED_STEPS]):
        ended = ended_of(book, day.touched_steps[place] % moves)
        number = totals.ended[ended]
        totals.ended[ended] = 0
        totals.ended_squares[ended] += number * number


@compiled
def ended_of(book: Book, move: int) -> int:
    """Channel and outcome of a move."""
    return move // ((book.channels + 3) * _OUTCOMES) * _OUTCOMES + move % _OUTCOMES

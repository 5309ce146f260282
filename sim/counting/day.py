"""The day: the workspace of fixed size into which one replication is counted."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.contract import OUTCOMES, Floats, Ints, Ticks
from sim.counting.book import Book
from sim.counting.layout import CASE_FIELDS, CELL_FIELDS, ENDINGS, Counts

TOUCHED_CELLS, TOUCHED_STEPS, CASES_SEEN = range(3)
"""Places in :attr:`Day.lengths`."""


class CaseTable(NamedTuple):
    """The case table, kept when it is asked for: arrays [n], or all empty. Names as in ``result.cases``."""

    contacts: Ints
    channels: Ints
    channel_switches: Ints
    transfers: Ints
    legs: Ints
    retellings: Ints
    failed_self_service: Ints
    failures: Ints
    outcome: Ints
    wait: Ticks
    waited: Ticks
    ended: Ticks
    cost: Floats


class Day(NamedTuple):
    """One replication, counted. Only what was touched is cleared for the next, so quiet days stay cheap."""

    lengths: Ints
    """[3] how many cells and steps were touched, and a running number of cases."""
    cells: Counts
    """[C · K, fields] of :data:`~sim.counting.layout.CELL_FIELDS`."""
    touched_cells: Ints
    """[C · K]."""
    steps: Counts
    """[A · C · (C + 3) · O] by attempt, channel, where it led and outcome."""
    touched_steps: Ints
    """[A · C · (C + 3) · O]."""
    sums: Floats
    """[I · S, fields] of :data:`~sim.counting.layout.CASE_FIELDS`."""
    plain: Counts
    """[I · S, 2] plain cases, and those of them that an agent answered; :attr:`sums` has them in the end."""
    load: Floats
    """[G + 1, K] ticks of agents' time that arrived; contacts that nobody answered included once settled.
    The last place here, and of arrays below with G + 1, is that of nobody."""
    answered: Counts
    """[C] contacts."""
    work: Floats
    """[C, G + 1] agents' ticks on them."""
    drawn: Floats
    """[C] mean drawn handle time, in ticks, of channels that :attr:`asks` names."""
    asks: Ints
    """[C] 1: contacts were lost and none answered, so the load needs the mean drawn handle time
    (:func:`sim.counting.load.asks`)."""
    attention: Floats
    """[G + 1] agent's time per handle time: less than 1 with several contacts open; 0 for nobody."""
    rate: Floats
    """[G + 1] money per tick of handle time; 0 for nobody."""
    seen: Ints
    """[C] number of the last case that used the channel."""
    positive: Ints
    """[C + 1] where each channel's waits above 0 end, among those by channel."""
    wait: Ticks
    """[capacity] of each contact, 0 where nobody waits."""
    positive_wait: Ticks
    """[capacity + 1] those above 0; the place after the last is written in vain."""
    wait_channel: Ints
    """[capacity + 1] their channels."""
    sorted_wait: Ticks
    """[capacity] the waits by channel."""
    quantiles: Floats
    """[C, 2] seconds: the 90th percentile of waits and the longest."""
    table: CaseTable


def day_of(book: Book, contacts: int, cases: int = 0) -> Day:
    """A workspace for days of at most so many contacts; ``cases`` (at least n) keeps the case table."""
    cells = book.channels * book.intervals
    steps = book.attempts * book.channels * (book.channels + len(ENDINGS)) * len(OUTCOMES)
    return Day(
        lengths=_zeros(3),
        cells=_zeros(cells, len(CELL_FIELDS)),
        touched_cells=_zeros(cells),
        steps=_zeros(steps),
        touched_steps=_zeros(steps),
        sums=np.zeros((book.intents * book.segments, len(CASE_FIELDS))),
        plain=_zeros(book.intents * book.segments, 2),
        load=np.zeros((book.groups + 1, book.intervals)),
        answered=_zeros(book.channels),
        work=np.zeros((book.channels, book.groups + 1)),
        drawn=np.zeros(book.channels),
        asks=_zeros(book.channels),
        attention=np.zeros(book.groups + 1),
        rate=np.zeros(book.groups + 1),
        seen=_zeros(book.channels),
        positive=_zeros(book.channels + 1),
        wait=_zeros(contacts),
        positive_wait=_zeros(contacts + 1),
        wait_channel=_zeros(contacts + 1),
        sorted_wait=_zeros(contacts),
        quantiles=np.zeros((book.channels, 2)),
        table=CaseTable._make([*(_zeros(cases) for _ in CaseTable._fields[:-1]), np.zeros(cases)]),
    )


def _zeros(*shape: int) -> Counts:
    return np.zeros(shape, np.int64)

"""Load: agents' time that arrived in each interval, whether or not anybody was there to give it."""

from __future__ import annotations

import numpy as np

from sim.compiling import compiled
from sim.counting.book import Book
from sim.counting.day import TOUCHED_CELLS, Day
from sim.counting.layout import CELL
from sim.luck.asked import work
from sim.luck.cases import CaseArrays
from sim.luck.prepared import Luck

LOST = CELL["lost"]


@compiled
def asks(book: Book, day: Day) -> bool:
    """Whether contacts were lost in channels that answered none; ``day.asks`` names them."""
    any_lost = False
    for place in range(day.lengths[TOUCHED_CELLS]):
        cell = day.touched_cells[place]
        if day.cells[cell, LOST] > 0:
            channel = book.channel_of[np.uint64(cell)]
            if day.answered[channel] == 0:
                day.asks[channel] = 1
                any_lost = True
    return any_lost


@compiled
def draw_means(luck: Luck, cases: CaseArrays, n: int, book: Book, day: Day) -> None:
    """Find the mean drawn handle times that the load asks for; seldom any."""
    if asks(book, day):
        for channel in range(book.channels):
            if day.asks[channel]:
                total = 0
                for case in range(n):
                    total += work(luck, cases.key[case], cases.intent[case], channel, 0)
                day.drawn[channel] = total / n


@compiled
def settle(book: Book, day: Day) -> None:
    """Add to the load what contacts that nobody answered would have brought.

    Answered contacts count their own agent's time. The others would have brought the mean of their
    channel, shared among groups as its answered contacts were; where a channel had none answered, the mean
    drawn handle time (``day.drawn``), in equal parts to the groups with the skill.
    """
    for place in range(day.lengths[TOUCHED_CELLS]):
        cell = day.touched_cells[place]
        lost = day.cells[cell, LOST]
        if lost > 0:
            channel = book.channel_of[np.uint64(cell)]
            interval = cell - channel * book.intervals
            answered = day.answered[channel]
            for group in range(book.groups):
                if answered > 0:
                    each = day.work[channel, group] / answered
                else:
                    each = book.able[channel, group] * day.drawn[channel]
                day.load[group, interval] += each * lost

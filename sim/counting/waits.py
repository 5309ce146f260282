"""Waits: the 90th percentile and the longest of each channel, exactly."""

from __future__ import annotations

import numpy as np

from sim.compiling import compiled
from sim.contract import TICKS_PER_SECOND, Outcome, Ticks
from sim.counting.book import Book
from sim.counting.day import TOUCHED_CELLS, Day
from sim.counting.layout import CELL

QUANTILE = 0.9

OFFERED, NEVER_QUEUED = CELL["offered"], CELL["never_queued"]
BLOCKED, CLOSED = int(Outcome.BLOCKED), int(Outcome.CLOSED)
NAN = float("nan")


@compiled
def find_quantiles(book: Book, day: Day, waits: int) -> None:
    """Fill ``day.quantiles`` from the waits above 0, in ``day.positive_wait``, and the cells' counts.

    Contacts that did not wait are only counted. The quantile interpolates as numpy's does: between the
    ranks on both sides of (number − 1) × 0.9.
    """
    for channel in range(book.channels):
        day.quantiles[channel, 0] = 0.0  # for now the number offered to the queue
    for place in range(day.lengths[TOUCHED_CELLS]):
        cell = day.touched_cells[place]
        channel = book.channel_of[np.uint64(cell)]
        if cell - channel * book.intervals >= book.warm_up:
            offered = day.cells[cell, OFFERED] - day.cells[cell, BLOCKED] - day.cells[cell, CLOSED]
            day.quantiles[channel, 0] += offered - day.cells[cell, NEVER_QUEUED]
    # Where each channel's waits begin: one place further on than counted, then added up.
    for channel in range(book.channels + 1):
        day.positive[channel] = 0
    for place in range(waits):
        day.positive[day.wait_channel[place] + 1] += 1
    for channel in range(book.channels):
        day.positive[channel + 1] += day.positive[channel]
    # Each channel's waits one after another; a channel's place moves on to where the next one's begin.
    for place in range(waits):
        channel = day.wait_channel[place]
        day.sorted_wait[day.positive[channel]] = day.positive_wait[place]
        day.positive[channel] += 1
    start = 0
    for channel in range(book.channels):
        end = day.positive[channel]
        queued = int(day.quantiles[channel, 0])
        day.quantiles[channel, 0] = NAN
        day.quantiles[channel, 1] = NAN
        if book.agents[channel] and queued > 0:
            position = (queued - 1) * QUANTILE
            rank = int(position)
            # Ranks count from those who did not wait.
            place = start + rank - (queued - (end - start))
            low = select(day.sorted_wait, start, end, place) if place >= start else 0
            # What comes after the place is no smaller: the next rank is the least of it.
            high = low if place + 1 >= start else 0
            longest = low
            if place + 1 < end:
                after = max(place + 1, start)
                least = day.sorted_wait[np.uint64(after)]
                for other in range(after, end):
                    wait = day.sorted_wait[np.uint64(other)]
                    least = min(least, wait)
                    longest = max(longest, wait)
                if place + 1 >= start:
                    high = least
            # As numpy interpolates, from the nearer side, to the bit.
            part = position - rank
            value = low + (high - low) * part if part < 0.5 else high - (high - low) * (1.0 - part)
            day.quantiles[channel, 0] = value / TICKS_PER_SECOND
            day.quantiles[channel, 1] = longest / TICKS_PER_SECOND
        start = end


@compiled
def select(values: Ticks, start: int, end: int, place: int) -> int:
    """The value that would stand at ``place`` if ``values[start:end]`` were sorted; reorders them.

    Quickselect with Hoare's partition, which halves runs of equal values.
    """
    low = start
    high = end - 1
    while low < high:
        # The pivot is the median of three taken where the place lies in the range.
        a, b, c = values[np.uint64(low)], values[np.uint64(place)], values[np.uint64(high)]
        pivot = max(min(a, b), min(max(a, b), c))
        left = low
        right = high
        while left <= right:
            while values[np.uint64(left)] < pivot:
                left += 1
            while values[np.uint64(right)] > pivot:
                right -= 1
            if left <= right:
                a, b = values[np.uint64(left)], values[np.uint64(right)]
                values[np.uint64(left)], values[np.uint64(right)] = b, a
                left += 1
                right -= 1
        if place <= right:
            high = right
        elif place >= left:
            low = left
        else:
            break
    return int(values[np.uint64(place)])

"""Hours: time as a channel's opening hours count it, for targets that run only while it is open."""

from __future__ import annotations

import numpy as np

from sim.compiling import compiled
from sim.counting.book import Book
from sim.counting.layout import Place


@compiled
def open_between(book: Book, channel: Place, start: int, end: int) -> int:
    """Ticks from ``start`` to ``end`` for which the channel is open."""
    return open_before(book, channel, end) - open_before(book, channel, start)


@compiled
def open_before(book: Book, channel: Place, tick: int) -> int:
    """Ticks before ``tick`` for which the channel is open: whole windows, and a part of the last."""
    first = book.open_index[channel]
    low = first
    high = book.open_index[channel + np.uint64(1)]
    while low < high:
        middle = (low + high) >> 1
        if book.open_from[np.uint64(middle)] < tick:
            low = middle + 1
        else:
            high = middle
    if low == first:
        return 0
    last = np.uint64(low - 1)
    return int(book.open_sum[last] + min(tick, book.open_until[last]) - book.open_from[last])

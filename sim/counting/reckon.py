"""The whole of it: one replication counted and added, for the loop over many."""

from __future__ import annotations

from sim.compiling import compiled
from sim.contract import Integrals, Rows
from sim.counting.book import Book
from sim.counting.day import Day
from sim.counting.headlines import Headlines, note_headline
from sim.counting.load import draw_means, settle
from sim.counting.one import count
from sim.counting.totals import Totals, add
from sim.luck.cases import CaseArrays
from sim.luck.prepared import Luck


@compiled
def reckon(
    book: Book, luck: Luck, cases: CaseArrays, n: int, rows: Rows, m: int, integrals: Integrals, day: Day,
    totals: Totals, headlines: Headlines, row: int,
) -> None:  # fmt: skip
    """Count a replication of n cases and m contacts, add it to the totals and write its headline.

    ``day`` has room for m waits; ``headlines`` has only zeros in ``row``.
    """
    count(book, cases, n, rows, m, integrals, day)
    draw_means(luck, cases, n, book, day)
    settle(book, day)
    add(book, integrals, day, totals)
    note_headline(book, integrals, day, headlines, row)

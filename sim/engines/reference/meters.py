"""Meters: exact integrals over time, per interval."""

from __future__ import annotations

import numpy as np

from sim.contract import Ticks


class Meter:
    """Levels that go up and down, and their integrals over each interval in level x ticks.

    A change by d at tick t adds d for the rest of t's interval and d for every later interval whole; so
    nothing is summed until the end, and the sums are exact integers.
    """

    def __init__(self, rows: int, intervals: int, interval_ticks: int) -> None:
        self._shape = (rows, intervals)
        self._interval_ticks = interval_ticks
        self.level = [0] * rows
        """The present level of each row."""
        self._rest = [[0] * intervals for _ in range(rows)]
        self._change = [[0] * intervals for _ in range(rows)]

    def change(self, row: int, now: int, by: int) -> None:
        """The level of ``row`` changes at tick ``now``."""
        self.level[row] += by
        interval, gone = divmod(now, self._interval_ticks)
        self._rest[row][interval] -= by * gone
        self._change[row][interval] += by

    def integrals(self) -> Ticks:
        """[rows, K]."""
        rest = np.array(self._rest, dtype=np.int64).reshape(self._shape)
        change = np.array(self._change, dtype=np.int64).reshape(self._shape)
        return np.cumsum(change, axis=1) * self._interval_ticks + rest

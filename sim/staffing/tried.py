"""Tried: a staffing and what the days of a search say of it, and how many days those are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.contract import Floats, Ints
from sim.staffing.targets import Judged

APART = 2
"""Changes whose effects are told apart are so many intervals apart, where there are many."""
FEW_CELLS = 30
"""With no more than these, every cell is changed by itself."""
_SETTLING, _SETTLED, _MOST_SETTLED = 2.5e5, 6e5, 10
"""Where cells are few: cases that are simulated to see what all changes do, and to judge one staffing; and of
the latter so many times the replications at most."""


@dataclass(frozen=True, eq=False)
class Tried:
    """A staffing and what the days of the search say of it."""

    staff: Ints
    judged: list[Judged]
    margins: Floats
    """[conditions] in each measure's unit, to be kept beyond what is asked."""
    price: float

    @cached_property
    def missing(self) -> float:
        """By how much of their units conditions fail, added up; 0 when all hold."""
        return float(
            sum(
                max(0.0, margin - item.surplus / item.size) / item.condition.scale
                for item, margin in zip(self.judged, self.margins, strict=True)
                if item.size > 0 and (item.surplus < margin * item.size - 1e-9 * item.size)
            )
        )

    @cached_property
    def slack(self) -> Floats:
        """[conditions] by how much of its unit each holds, margins included; 0 where there is nothing."""
        return np.array(
            [
                (item.surplus / item.size - margin) / item.condition.scale if item.size > 0 else 0.0
                for item, margin in zip(self.judged, self.margins, strict=True)
            ]
        )

    @cached_property
    def doubt(self) -> Floats:
        """[conditions] half-width of each measure, in its unit."""
        return np.array(
            [item.estimate[1] / item.condition.scale if item.size > 0 else 0.0 for item in self.judged]
        )

    def better(self, other: Tried) -> bool:
        """Nearer to what must hold, or cheaper and still holding it."""
        if self.missing == 0.0 == other.missing:
            return self.price < other.price - 1e-9
        return self.missing < 0.98 * other.missing


@dataclass(frozen=True, eq=False)
class Effort:
    """How many replications each stage rests on."""

    coarse: int
    fine: int
    slopes: int
    settling: int
    """What changes do, where cells are few."""
    settled: int
    """Whether a change is enough, where cells are few."""
    fresh: int

    @classmethod
    def of(cls, replications: int, cases: float, cells: int, groups: int) -> Effort:
        """As many as a few seconds allow, of days with so many cases."""
        rounds = 2 * (cells if cells <= FEW_CELLS else groups * APART)
        most = _MOST_SETTLED if cells <= FEW_CELLS else 3
        slopes_ = int(np.clip(3e6 / (cases * max(rounds, 1)), 8, replications))
        return cls(
            coarse=max(min(replications, 20), replications // 4),
            fine=replications,
            slopes=slopes_,
            settling=int(np.clip(_SETTLING / (cases * max(cells, 1)), 60, replications)),
            settled=int(np.clip(_SETTLED / cases, replications, most * replications)),
            fresh=max(3 * replications, int(min(_SETTLED / cases, most * replications))),
        )

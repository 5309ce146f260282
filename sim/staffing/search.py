"""Search: the cheapest staffing that meets every goal, by simulation.

1. With ample staff: goals that even that misses cannot be met, and what it shows of the work gives Erlang's
   formulas a start.
2. Moves: slopes are measured, the cheapest change by a linear programme is simulated, and taken if it is
   better; else the next one is smaller. Days are the same for all staffings (common random numbers).
3. Verification on fresh days, of which more are simulated; by how much they differ is added to what must hold
   on the days of the search, and moves go on.
4. One agent after another is taken away where it does least harm, until none can be.
5. The certificate, on days that no choice has seen. Where it fails, step 3 again.

Source of the approach: Cezik & L'Ecuyer, "Staffing multiskill call centers via linear programming and
simulation" (*Management Science* 54, 2008); Atlason, Epelman & Henderson, "Optimizing call center staffing
using simulation and analytic center cutting-plane methods" (*Management Science* 54, 2008).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.contract import Floats, Ints
from sim.staffing import moves, slopes
from sim.staffing.slopes import Bools, Curves, Seen
from sim.staffing.targets import Condition, Judged
from sim.staffing.trials import Trials

APART = 2
"""Changes whose effects are told apart are so many intervals apart, where there are many."""
FEW_CELLS = 30
"""With no more than these, every cell is changed by itself."""

_COARSE, _FINE, _AGAIN = (0.15, 4), (0.04, 2), (0.02, 1)
"""Radius and most steps of each stage."""
_REPAIRED, _LEAST_RADIUS = 0.02, 0.012
_TRIES = 4
"""Ever more careful moves from the same slopes."""
_EXCHANGES, _CANDIDATES = 12, 40
"""At most so many exchanges of agents, and so many tried before none is held to be left."""
_KNOWN = 2
"""The last so many starts are what planners have without a search."""
_THINNED = 6e5
"""Cases of the days of a search up to which single agents are taken away, where there are many cells."""
_REMOVALS = 8
"""So many places are tried in a row before none is held to be left."""
_CHECKS, _REPAIRS = 10, 3
_DOUBT = 0.2
"""Of a half-width, added to what must hold where fresh days say that it does not."""
_NEAR = 0.04
"""A start from which what is missing is soon found."""
FRESH = 1_000_000
"""The first replication that a search does not look at, then the next such number."""


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
    fresh: int

    @classmethod
    def of(cls, replications: int, cases: float, cells: int, groups: int) -> Effort:
        """As many as a few seconds allow, of days with so many cases."""
        rounds = 2 * (cells if cells <= FEW_CELLS else groups * APART)
        slopes_ = int(np.clip(3e6 / (cases * max(rounds, 1)), 8, replications))
        return cls(
            coarse=max(min(replications, 20), replications // 4),
            fine=replications,
            slopes=slopes_,
            fresh=3 * replications,
        )


class Search:
    """The cheapest staffing for some conditions. ``price`` [G] is that of an agent for an interval."""

    def __init__(
        self,
        trials: Trials,
        conditions: Sequence[Condition],
        there: Bools,
        price: Floats,
        load: Floats,
        effort: Effort,
    ) -> None:
        self._trials, self._conditions, self._there, self._load = trials, conditions, there, load
        self._price, self._effort = price, effort
        cells = int(there.sum())
        self._few = cells <= FEW_CELLS
        self._apart = cells if self._few else APART
        self._margins = np.zeros(len(conditions))
        self._fresh = FRESH

    def tried(self, staff: Ints, size: int) -> Tried:
        """A staffing, simulated on the first days of the search."""
        judged = slopes.kept(self._conditions, self._trials.days(staff, 0, size))
        return Tried(staff, judged, self._margins, self.price_of(staff))

    def price_of(self, staff: Ints) -> float:
        """What a staffing costs."""
        return float(self._price @ staff.sum(axis=1))

    def best_of(self, staffs: Sequence[Ints]) -> Tried:
        """The best of several staffings."""
        size = self._effort.coarse
        self._trials.all_days(staffs, 0, size)
        found = [self.tried(staff, size) for staff in staffs]
        least = min(one.missing for one in found)
        several = max(sum(item.size > 0 for item in found[0].judged), 1)
        near = [one for one in found if one.missing <= max(least, _NEAR * several)]
        return min(near, key=lambda one: one.price)

    def run(self, starts: Sequence[Ints]) -> tuple[Ints, list[Judged], list[Judged], tuple[int, int]]:
        """The staffing found; what fresh days say of it, and of one agent fewer; and where that is."""
        if not len(self.cells) or not self._conditions:
            nobody = np.zeros_like(starts[0])
            seen = self._on_fresh_days(nobody)
            return nobody, seen, seen, (-1, -1)
        effort = self._effort
        tried = self._moved(self.best_of(starts), effort.coarse, *_COARSE)
        tried = self._moved(self.tried(tried.staff, effort.fine), effort.fine, *_FINE)
        if all(item.condition.goal.per == "day" for item in tried.judged):
            self._compare(tried)
            tried = self._moved(self.tried(tried.staff, effort.fine), effort.fine, *_AGAIN)
        tried = self._no_dearer(tried, starts[-_KNOWN:])
        tried = self._trimmed(tried)
        seen = self._on_fresh_days(tried.staff)
        for check in range(_CHECKS):
            if all(item.holds for item in seen):
                break
            staff = tried.staff
            self._heed(tried, seen)
            by_interval = any(item.condition.goal.per == "interval" for item in seen if not item.holds)
            if check < _REPAIRS and not by_interval:
                tried = self.tried(staff, effort.fine)
                tried = self._step(tried, effort.fine, _REPAIRED, self._known_curves(tried))
            if (tried.staff == staff).all():
                tried = self.tried(self._raised(tried, seen, check), effort.fine)
            if tried.missing == 0.0:
                tried = self._trimmed(tried)
            seen = self._on_fresh_days(tried.staff)
        return self._with_one_less(tried, seen)

    def _no_dearer(self, tried: Tried, known: Sequence[Ints]) -> Tried:
        """What planners have already, Erlang C's staff and their own, where that is cheaper and enough."""
        for staff in known:
            if self.price_of(staff) < tried.price:
                other = self.tried(staff, self._effort.fine)
                tried = other if other.better(tried) else tried
        return tried

    def _raised(self, tried: Tried, seen: Sequence[Judged], check: int) -> Ints:
        """More agents where they help most what fails: as many as slopes say, and ever more."""
        here = self._known_curves(tried)
        group, interval = here.cells[:, 0], here.cells[:, 1]
        helps = here.at(np.full(len(here.cells), 0.5))
        more = np.zeros(len(here.cells), np.int64)
        for row, item in enumerate(seen):
            condition = item.condition
            inside = (interval >= condition.first) & (interval < condition.until)
            if item.holds or not inside.any():
                continue
            help_here = np.where(inside, helps[row], 0.0)
            order = np.argsort(-help_here / self._price[group], kind="stable")[: int(inside.sum())]
            needed = 1.2**check * item.shortfall * item.size
            enough = int(np.searchsorted(np.cumsum(help_here[order]), needed)) + 1
            more[order[: max(enough, 1)]] += 1 if enough <= len(order) else 2 ** (check // 2)
        staff = tried.staff.copy()
        staff[group, interval] += more
        return staff

    def _with_one_less(
        self, tried: Tried, seen: list[Judged]
    ) -> tuple[Ints, list[Judged], list[Judged], tuple[int, int]]:
        """The same days as the evidence, with an agent fewer where that does least harm."""
        harm = self._harm(tried)
        if not np.isfinite(harm).any():
            return tried.staff, seen, seen, (-1, -1)
        place = int(np.argmin(harm))
        days = self._trials.days(self.without(tried.staff, place), self._fresh - FRESH, self._effort.fresh)
        group, interval = self.cells[place].tolist()
        return tried.staff, seen, slopes.kept(self._conditions, days), (group, interval)

    # -- stages ------------------------------------------------------------------------------------

    def _moved(self, tried: Tried, size: int, radius: float, steps: int) -> Tried:
        """Moves until none is better."""
        for _ in range(steps):
            found = self._step(tried, size, radius, self._curves(tried, min(self._effort.slopes, size)))
            if found is tried:
                if radius <= _LEAST_RADIUS or tried.missing > 0.0:
                    break
                radius /= 3.0
                continue
            saved = tried.price - found.price
            small = found.missing == 0.0 == tried.missing and saved < 0.004 * tried.price
            tried = found
            radius = radius / 2.0 if small else radius
        return tried

    def _step(self, tried: Tried, size: int, radius: float, here: Curves) -> Tried:
        """The first move by the slopes here that is better; each one after a failure is more careful."""
        margins = tried.margins.copy()
        for attempt in range(_TRIES):
            staff = moves.cheapest(tried.staff, self._price, here, tried.judged, margins, radius)
            if (staff == tried.staff).all():
                break
            found = self.tried(staff, size)
            if found.better(tried):
                return found
            short = found.missing > 0.0
            for row, item in enumerate(found.judged):
                if item.size > 0:
                    margins[row] += 1.1 * max(0.0, tried.margins[row] - item.surplus / item.size)
            if attempt or not short:
                radius /= 2.0
        return tried

    def _curves(self, tried: Tried, size: int) -> Curves:
        judged = slopes.kept(self._conditions, self._trials.days(tried.staff, 0, size))
        found = slopes.measure(self._trials, tried.staff, self._there, judged, 0, size, self._apart)
        self._last: Curves = (
            Seen(found) if self._few else slopes.fitted(found, tried.staff, self._load, judged)
        )
        return self._last

    def _known_curves(self, tried: Tried) -> Curves:
        """Those that were measured last, moved to this staffing."""
        return self._last.moved(tried.staff)

    def _compare(self, tried: Tried) -> None:
        """Margins: by how much the days of the search flatter each condition, against four times as many."""
        seen = self._on_fresh_days(tried.staff)
        pairs = zip(tried.judged, seen, strict=True)
        self._margins = np.array(
            [
                mine.surplus / mine.size - other.surplus / other.size
                if mine.size > 0 and other.size > 0
                else 0.0
                for mine, other in pairs
            ]
        )

    def _heed(self, tried: Tried, seen: Sequence[Judged]) -> None:
        """Where fresh days say that a condition fails, more is asked on the search's days than it has."""
        margins = self._margins.copy()
        for row, (mine, fresh) in enumerate(zip(tried.judged, seen, strict=True)):
            if not fresh.holds and mine.size > 0:
                more = 1.2 * fresh.shortfall + _DOUBT * fresh.estimate[1]
                margins[row] = max(margins[row], mine.surplus / mine.size) + more
        self._margins = margins

    def _on_fresh_days(self, staff: Ints) -> list[Judged]:
        days = self._trials.days(staff, self._fresh, self._effort.fresh)
        self._fresh += FRESH
        return slopes.kept(self._conditions, days)

    def _trimmed(self, tried: Tried) -> Tried:
        """Agents taken away, and exchanged, one by one, where that is soon done."""
        if self._few or self._effort.fine * self._trials.cases <= _THINNED:
            tried = self._thinned(tried)
        return self._exchanged(tried) if self._few and tried.missing == 0.0 else tried

    def _thinned(self, tried: Tried) -> Tried:
        """Single agents taken away, where slopes say that it does least harm, until none can be."""
        if tried.missing > 0.0:
            return tried
        size = self._effort.fine
        failed: set[int] = set()
        harm = self._harm(tried)
        while len(failed) < _REMOVALS:
            places = [place for place in np.argsort(harm, kind="stable").tolist() if place not in failed]
            places = [place for place in places if np.isfinite(harm[place])]
            if not places:
                break
            found = self.tried(self.without(tried.staff, places[0]), size)
            if found.missing == 0.0:
                tried = found
                harm = harm + 0.0
                harm[places[0]] *= 1.5
                if not self.staff_at(tried.staff, places[0]):
                    harm[places[0]] = np.inf
            else:
                failed.add(places[0])
        return tried

    def _exchanged(self, tried: Tried) -> Tried:
        """Two agents, or a dear one, given for one elsewhere, as long as goals hold."""
        size = self._effort.fine
        for _ in range(_EXCHANGES):
            here = self._curves(tried, min(self._effort.slopes, size))
            for staff in self._exchanges(tried, here)[:_CANDIDATES]:
                found = self.tried(staff, size)
                if found.missing == 0.0:
                    tried = found
                    break
            else:
                return tried
        return tried

    def _exchanges(self, tried: Tried, here: Curves) -> list[Ints]:
        """Cheaper staffings by an agent more and one or two fewer; first those that slopes say miss least."""
        number = len(self.cells)
        known = [row for row, item in enumerate(tried.judged) if item.size > 0]
        scale = np.array([tried.judged[row].size * tried.judged[row].condition.scale for row in known])
        room = np.array(
            [tried.judged[row].surplus - tried.margins[row] * tried.judged[row].size for row in known]
        )
        gain, loss = (here.at(np.full(number, side))[known] / scale[:, None] for side in (0.5, -0.5))
        price, now = self._price[self.cells[:, 0]], tried.staff[self.cells[:, 0], self.cells[:, 1]]
        found = []
        for one, two in itertools.combinations_with_replacement(range(-1, number), 2):
            gone = [place for place in (one, two) if place >= 0]
            if not gone or (np.bincount(gone, minlength=number) > now).any():
                continue
            for more in set(range(number)) - set(gone):
                saved = price[gone].sum() - price[more]
                if saved > 1e-9:
                    slack = room / scale + gain[:, more] - loss[:, gone].sum(axis=1)
                    found.append((-float(np.minimum(slack, 0.0).sum()), -saved, more, gone))
        staffs = []
        for _, _, more, gone in sorted(found)[:_CANDIDATES]:
            staff = tried.staff.copy()
            for place, change in [(more, 1), *((place, -1) for place in gone)]:
                group, interval = self.cells[place]
                staff[group, interval] += change
            staffs.append(staff)
        return staffs

    def _harm(self, tried: Tried) -> Floats:
        """[cells] how much of the slack one agent fewer uses up, per price; infinite where nobody is."""
        here = self._known_curves(tried)
        room = np.array(
            [
                max(item.surplus - margin * item.size, 1e-6 * item.size) if item.size > 0 else np.inf
                for item, margin in zip(tried.judged, tried.margins, strict=True)
            ]
        )
        lost = here.at(np.full(len(here.cells), -0.5))
        used = (lost / room[:, None]).max(axis=0, initial=0.0)
        group, interval = here.cells[:, 0], here.cells[:, 1]
        price = np.maximum(self._price[group], 1e-9)
        return np.where(tried.staff[group, interval] > 0, used / price, np.inf)

    # -- cells -------------------------------------------------------------------------------------

    @cached_property
    def cells(self) -> Ints:
        """[cells, 2] group and interval of what may be changed."""
        return np.argwhere(self._there)

    def staff_at(self, staff: Ints, place: int) -> int:
        """Agents in a cell."""
        group, interval = self.cells[place]
        return int(staff[group, interval])

    def without(self, staff: Ints, place: int) -> Ints:
        """One agent fewer in a cell."""
        group, interval = self.cells[place]
        fewer = staff.copy()
        fewer[group, interval] -= 1
        return fewer

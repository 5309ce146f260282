"""Search: the cheapest staffing that meets every goal, by simulation.

1. With ample staff: goals that even that misses cannot be met, and what it shows of the work gives Erlang's
   formulas a start.
2. Moves: slopes are measured, the cheapest change by a linear programme is simulated, and taken if it is
   better; else the next one is smaller. Days are the same for all staffings (common random numbers).
3. Verification on fresh days, of which more are simulated; by how much they differ is added to what must hold
   on the days of the search, and moves go on.
4. One agent after another is taken away where it does least harm, until none can be. Where cells are few,
   small changes of several agents are tried too (:mod:`sim.staffing.settling`), on more days.
5. The certificate, on days that no choice has seen. Where it fails, step 3 again.

Source of the approach: Cezik & L'Ecuyer, "Staffing multiskill call centers via linear programming and
simulation" (*Management Science* 54, 2008); Atlason, Epelman & Henderson, "Optimizing call center staffing
using simulation and analytic center cutting-plane methods" (*Management Science* 54, 2008).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from sim.contract import Floats, Ints
from sim.staffing import moves, slopes
from sim.staffing.settling import Queue, neighbourhood
from sim.staffing.slopes import Bools, Curves, Seen
from sim.staffing.targets import Condition, Judged
from sim.staffing.trials import Trials
from sim.staffing.tried import APART, FEW_CELLS, Effort, Tried

_COARSE, _FINE, _AGAIN = (0.15, 4), (0.04, 2), (0.02, 1)
"""Radius and most steps of each stage."""
_REPAIRED, _LEAST_RADIUS = 0.02, 0.012
_TRIES = 4
"""Ever more careful moves from the same slopes."""
_SETTLINGS, _CANDIDATES = 8, 20
"""So many times neighbours are listed, and so many of them fail before none is held to be enough."""
_CLEAR = 0.5
"""Half-widths by which a change must seem to miss before it is not simulated on all days."""
_KNOWN = 2
"""The last so many starts are what planners have without a search."""
_THINNED = 6e5
"""Cases of the days of a search up to which single agents are taken away, where there are many cells."""
_REMOVALS = 8
"""So many places are tried in a row before none is held to be left."""
_CHECKS, _REPAIRS = 10, 3
_SURE = 0.13
"""By so much surer is every condition made at each check beyond the repairs: of many, some fail by chance."""
_DOUBT = 0.2
"""Of a half-width, added to what must hold where fresh days say that it does not."""
_NEAR = 0.04
"""A start from which what is missing is soon found."""
FRESH = 1_000_000
"""The first replication that a search does not look at, then the next such number."""


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
        self._size = effort.fine
        self._raises = np.zeros(len(conditions), np.int64)

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
        if self._few:
            tried = self._on_more_days(tried)
        elif all(item.condition.goal.per == "day" for item in tried.judged):
            self._compare(tried)
            tried = self._moved(self.tried(tried.staff, effort.fine), effort.fine, *_AGAIN)
        tried = self._no_dearer(tried, starts[-_KNOWN:])
        tried = self._trimmed(tried)
        seen = self._on_fresh_days(tried.staff)
        for check in range(_CHECKS):
            if all(item.holds for item in seen):
                break
            staff = tried.staff
            short = _short(seen, sure=_SURE * max(0, check + 1 - _REPAIRS))
            self._heed(tried, seen, short)
            by_interval = any(item.condition.goal.per == "interval" for item in seen if not item.holds)
            if check < _REPAIRS and not by_interval:
                tried = self.tried(staff, self._size)
                tried = self._step(tried, self._size, _REPAIRED, self._known_curves(tried))
            if (tried.staff == staff).all():
                tried = self._raised(tried, seen, short)
            if tried.missing == 0.0:
                tried = self._trimmed(tried)
            seen = self._on_fresh_days(tried.staff)
        return self._with_one_less(tried, seen)

    def _on_more_days(self, tried: Tried) -> Tried:
        """From here on staffings are judged on more days: with few agents, one of them is a great part."""
        self._size = self._effort.settled
        tried = self._moved(self.tried(tried.staff, self._size), self._size, *_AGAIN)
        for _ in range(_CHECKS):
            if tried.missing == 0.0:
                break
            tried = self._raised(tried, tried.judged, _short(tried.judged, 0.0))
        return tried

    def _no_dearer(self, tried: Tried, known: Sequence[Ints]) -> Tried:
        """What planners have already, Erlang C's staff and their own, where that is cheaper and enough."""
        for staff in known:
            if self.price_of(staff) < tried.price:
                other = self.tried(staff, self._size)
                tried = other if other.better(tried) else tried
        return tried

    def _raised(self, tried: Tried, seen: Sequence[Judged], short: Sequence[int]) -> Tried:
        """More agents where they help most what is short: as many as slopes say, and ever more."""
        here = self._known_curves(tried)
        group, interval = here.cells[:, 0], here.cells[:, 1]
        helps = here.at(np.full(len(here.cells), 0.5))
        more = np.zeros(len(here.cells), np.int64)
        for row in short:
            item, again = seen[row], int(self._raises[row])
            inside = (interval >= item.condition.first) & (interval < item.condition.until)
            if not inside.any():
                continue
            help_here = np.where(inside, helps[row], 0.0)
            order = np.argsort(-help_here / self._price[group], kind="stable")[: int(inside.sum())]
            needed = 1.2**again * item.shortfall * item.size
            enough = int(np.searchsorted(np.cumsum(help_here[order]), needed)) + 1
            more[order[: max(enough, 1)]] += 1 if enough <= len(order) else 2 ** (again // 2)
            self._raises[row] += 1
        staff = tried.staff.copy()
        staff[group, interval] += more
        return self.tried(staff, self._size)

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

    def _heed(self, tried: Tried, seen: Sequence[Judged], short: Sequence[int]) -> None:
        """Where fresh days say that a condition is short, more is asked on the search's days than it has."""
        margins = self._margins.copy()
        for row in short:
            mine, fresh = tried.judged[row], seen[row]
            if mine.size > 0:
                more = 1.2 * fresh.shortfall + _DOUBT * fresh.estimate[1]
                margins[row] = max(margins[row], mine.surplus / mine.size) + more
        self._margins = margins

    def _on_fresh_days(self, staff: Ints) -> list[Judged]:
        days = self._trials.days(staff, self._fresh, self._effort.fresh)
        self._fresh += FRESH
        return slopes.kept(self._conditions, days)

    def _trimmed(self, tried: Tried) -> Tried:
        """Agents taken away one by one, or where cells are few also exchanged, where that is soon done."""
        if tried.missing > 0.0:
            return tried
        if self._few:
            return self._settled(tried)
        return self._thinned(tried) if self._size * self._trials.cases <= _THINNED else tried

    def _thinned(self, tried: Tried) -> Tried:
        """Single agents taken away, where slopes say that it does least harm, until none can be."""
        size = self._size
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

    def _settled(self, tried: Tried) -> Tried:
        """The cheapest that is enough of the staffings next to it, then of those next to that."""
        for _ in range(_SETTLINGS):
            found = self._cheaper_near(tried)
            if found is tried:
                break
            tried = found
        return tried

    def _cheaper_near(self, tried: Tried) -> Tried:
        """The cheapest that is enough among some changes, the likeliest first."""
        size = min(self._effort.settling, self._size)
        few = self.tried(tried.staff, size)
        known = np.flatnonzero([item.size > 0 for item in few.judged])
        slack = tried.slack
        queue = Queue(
            neighbourhood(
                self._trials,
                tried.staff,
                self.cells,
                self._price[self.cells[:, 0]],
                [few.judged[row] for row in known],
                slack[known],
                size,
            )
        )
        stages = [self.tried(tried.staff, days) for days in (size, self._effort.fine)]
        best, failures = tried, 0
        while failures < _CANDIDATES:
            place = queue.following(best.price - tried.price)
            if place is None:
                break
            found, seen = self._raced(queue.near.changed(place), tried, stages)
            queue.heed(place, seen[known])
            best = best if found is None else found
            failures += found is None
        return best

    def _raced(self, staff: Ints, tried: Tried, stages: Sequence[Tried]) -> tuple[Tried | None, Floats]:
        """A staffing if it is enough, on more and more days until it clearly is not; and its slack.

        On few days it is compared with the staffing ``tried``, whose slack is known, on the same ones.
        """
        for stage in stages:
            found = self.tried(staff, len(stage.judged[0].below))
            seen = tried.slack + found.slack - stage.slack
            if (seen < -_CLEAR * stage.doubt).any():
                return None, seen
        found = self.tried(staff, self._size)
        return found if found.missing == 0.0 else None, found.slack

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


def _short(seen: Sequence[Judged], sure: float) -> list[int]:
    """The conditions that do not hold, or of which that is not so sure."""
    return [row for row, item in enumerate(seen) if not item.holds or item.confidence < sure]

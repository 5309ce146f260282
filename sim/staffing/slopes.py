"""Slopes: what one agent more or fewer, in a group and interval, does to every condition.

Measured by simulating the same days again with agents added, or taken away, in several intervals at once, far
enough apart that each change is felt before the next: finite differences under common random numbers, the
subgradients of Cezik & L'Ecuyer, "Staffing multiskill call centers via linear programming and simulation"
(*Management Science* 54, 2008), at a fraction of their price.

Where cells are few, each is changed by itself and its slope is taken as it is (:class:`Seen`). Where they are
many, a curve is laid through all slopes of a group (:class:`Fitted`): how much an agent helps per contact
depends on how far the staff is above the load, in square roots of the load, whatever the hour.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sim.contract import Floats, Ints
from sim.staffing.days import Days
from sim.staffing.targets import Condition, Judged
from sim.staffing.trials import Trials

Bools = NDArray[np.bool_]

_STEP = 0.05
"""Agents are moved by so much of those present, and by one at least."""
_LEAST_RATIO, _MOST_RATIO = 0.3, 0.97

_USUAL = np.array([0.0, -1.0, 0.0])
_STRENGTH = np.array([1e-6, 4.0, 25.0])
"""What is believed of a curve's logarithm beforehand, and how firmly: near 80% in 20 s, one square root of
the load more takes slopes down by a factor e or so (Halfin & Whitt's function)."""
_ROUNDS = 25


class Curves(Protocol):
    """How much agents help at every distance from the present staffing; m conditions."""

    @property
    def cells(self) -> Ints:
        """[cells, 2] group and interval."""

    def at(self, distance: Floats) -> Floats:
        """[m, cells] gained per agent so many agents [cells] from here: 0.5 is the first one more."""

    def moved(self, staff: Ints) -> Curves:
        """The same curves about another staffing not far away."""


@dataclass(frozen=True, eq=False)
class Slopes:
    """Change of each condition's surplus per agent; m conditions, cells are the allowed [G, K] in order."""

    cells: Ints
    """[cells, 2] group and interval."""
    more: Floats
    """[m, cells] gained by one agent more."""
    fewer: Floats
    """[m, cells] lost by one agent fewer."""
    step: Ints
    """[cells] agents that were added, or taken away, to see it."""


def measure(
    trials: Trials, staff: Ints, there: Bools, judged: Sequence[Judged], first: int, size: int, apart: int
) -> Slopes:
    """Measure the slopes at a staffing over some replications; changes are ``apart`` cells apart.

    ``judged`` says which days decide each condition, on these replications.
    """
    cells = np.argwhere(there)
    step = np.maximum(np.rint(_STEP * staff[there]), 1).astype(np.int64)
    rounds = list(_rounds(cells, apart))
    staffs = []
    for chosen in rounds:
        for sign in (1, -1):
            moved = staff.copy()
            at = cells[chosen, 0], cells[chosen, 1]
            moved[at] = np.maximum(moved[at] + sign * step[chosen], 0)
            staffs.append(moved)
    base = [item.weights @ item.condition.surplus(trials.days(staff, first, size)) for item in judged]
    days = trials.all_days(staffs, first, size)
    more, fewer = np.zeros((len(judged), len(cells))), np.zeros((len(judged), len(cells)))
    for place, chosen in enumerate(rounds):
        at = cells[chosen, 0], cells[chosen, 1]
        down = np.maximum(np.minimum(step[chosen], staff[at]), 1)
        for found, seen, by in ((more, days[2 * place], step[chosen]), (fewer, days[2 * place + 1], -down)):
            found[:, chosen] = _attributed(judged, base, seen, cells[chosen, 1], staff.shape[1]) / by
    return Slopes(cells, more, fewer, step)


def _rounds(cells: Ints, apart: int) -> Iterator[Ints]:
    """Which cells are changed together: of one group, every so many."""
    for group in np.unique(cells[:, 0]):
        mine = np.flatnonzero(cells[:, 0] == group)
        for start in range(min(apart, len(mine))):
            yield mine[start::apart]


def _attributed(
    judged: Sequence[Judged], base: Sequence[Floats], days: Days, starts: Ints, intervals: int
) -> Floats:
    """[m, changed cells] what of the change is felt from each changed interval until the next."""
    owner = np.clip(np.searchsorted(starts, np.arange(intervals), side="right") - 1, 0, None)
    found = np.zeros((len(judged), len(starts)))
    for row, (item, before) in enumerate(zip(judged, base, strict=True)):
        change = item.weights @ item.condition.surplus(days) - before
        if item.condition.spread:
            found[row] = change.sum() / len(starts)
        else:
            mine = owner[item.condition.first : item.condition.until]
            found[row] = np.bincount(mine, weights=change, minlength=len(starts))
    return found


def kept(conditions: Sequence[Condition], days: Days) -> list[Judged]:
    """Conditions as some days judge them."""
    return [condition.judge(days) for condition in conditions]


@dataclass(frozen=True, eq=False)
class Seen:
    """Slopes as they were measured; those of further agents follow in proportion."""

    slopes: Slopes

    @property
    def cells(self) -> Ints:
        """[cells, 2] group and interval."""
        return self.slopes.cells

    def at(self, distance: Floats) -> Floats:
        """[m, cells] gained per agent so many agents [cells] from here."""
        more, fewer = np.maximum(self.slopes.more, 0.0), np.maximum(self.slopes.fewer, 0.0)
        bent = more > fewer  # by chance, or because far too few are there
        middle = (more + fewer) / 2.0
        more, fewer = np.where(bent, middle, more), np.where(bent, middle, fewer)
        gained, lost = more.sum(axis=0), fewer.sum(axis=0)
        ratio = np.divide(gained, lost, out=np.ones_like(gained), where=lost > 0)
        ratio = np.clip(ratio, _LEAST_RATIO, _MOST_RATIO) ** (1.0 / self.slopes.step)
        further = np.where(distance > 0, distance - 0.5, distance + 0.5)
        return np.asarray(np.where(distance > 0, more, fewer) * ratio**further)

    def moved(self, staff: Ints) -> Curves:
        """The same slopes: there is nothing to move them by."""
        return self


@dataclass(frozen=True, eq=False)
class Fitted:
    """Slopes by a curve for each goal and group."""

    cells: Ints
    """[cells, 2] group and interval."""
    size: Floats
    """[m, cells] contacts (or what else the measure is a share of) that an agent there may help."""
    curve: Floats
    """[m, cells, 3] logarithm of the help per contact: its value, slope and bend."""
    staff: Floats
    """[cells] agents present."""
    work: Floats
    """[cells] load."""

    @property
    def _root(self) -> Floats:
        """[cells] agents that make a square root of the load."""
        return np.sqrt(self.work + 1.0)

    def at(self, distance: Floats) -> Floats:
        """[m, cells] gained per agent so many agents [cells] from here."""
        where = (self.staff - self.work + distance) / self._root
        powers = np.stack([np.ones_like(where), where, where * where])
        return np.asarray(self.size * np.exp(np.einsum("mcp,pc->mc", self.curve, powers)))

    def moved(self, staff: Ints) -> Curves:
        """The same curves about another staffing."""
        return replace(self, staff=staff[self.cells[:, 0], self.cells[:, 1]].astype(np.float64))


def fitted(slopes: Slopes, staff: Ints, load: Floats, judged: Sequence[Judged]) -> Fitted:
    """Lay curves through slopes; ``load`` [G, K] is the work in progress with agents for all."""
    group, interval = slopes.cells[:, 0], slopes.cells[:, 1]
    work = load[group, interval]
    present = staff[group, interval].astype(np.float64)
    root = np.sqrt(work + 1.0)
    excess = (present - work) / root
    size = np.zeros(slopes.more.shape)
    curve = np.zeros((*slopes.more.shape, 3))
    for rows in _families(judged):
        sizes = np.array([_sizes(judged[row], interval) for row in rows])
        help_ = [_own(judged, rows, values, interval) for values in (slopes.more, slopes.fewer)]
        for one in np.unique(group):
            mine = np.flatnonzero(group == one)
            where = np.concatenate([(excess + side * slopes.step / 2.0 / root)[mine] for side in (1, -1)])
            values = np.concatenate([part[mine] for part in help_])
            weight = np.tile(sizes.sum(axis=0)[mine], 2)
            found = _curve(where, values, weight)
            if found is not None:
                size[np.ix_(np.array(rows), mine)] = sizes[:, mine]
                curve[np.ix_(np.array(rows), mine)] = found
    return Fitted(slopes.cells, size, curve, present, work)


def _families(judged: Sequence[Judged]) -> list[list[int]]:
    """Rows of the same goal and channel or group, on all its days or in all its intervals."""
    found: dict[tuple[int, int], list[int]] = {}
    for row, item in enumerate(judged):
        found.setdefault((id(item.condition.goal), item.condition.place), []).append(row)
    return list(found.values())


def _sizes(item: Judged, interval: Ints) -> Floats:
    """[cells] what a condition counts in each cell's interval; the mean where effects are spread."""
    condition = item.condition
    if condition.spread:
        return np.full(len(interval), item.size / max(condition.until - condition.first, 1))
    inside = (interval >= condition.first) & (interval < condition.until)
    found = np.zeros(len(interval))
    found[inside] = item.by_interval[interval[inside] - condition.first]
    return found


def _own(judged: Sequence[Judged], rows: Sequence[int], values: Floats, interval: Ints) -> Floats:
    """[cells] help to the condition of the cell's own interval or day."""
    found = np.zeros(len(interval))
    for row in rows:
        condition = judged[row].condition
        inside = (interval >= condition.first) & (interval < condition.until)
        found[inside] += values[row, inside]
    return found


def _curve(where: Floats, values: Floats, weight: Floats) -> Floats | None:
    """The logarithm of values / weight as a parabola, by penalised least squares; None without any help."""
    known = weight > 0
    where, values, weight = where[known], values[known], weight[known]
    total = values.sum()
    if not known.any() or total <= 0.0:
        return None
    design = np.stack([np.ones_like(where), where, where * where])
    usual = _USUAL.copy()
    usual[0] = np.log(total / (weight @ np.exp(_USUAL @ design)))
    found = usual
    spread = max(float(np.square(values - weight * np.exp(found @ design)).sum() / len(values)), 1e-12)
    for _ in range(_ROUNDS):
        fit = weight * np.exp(found @ design)
        jacobian = design * fit
        # each square counts by how much its own spread, in proportion to contacts, is of the mean one
        scale = weight.mean() / weight / spread
        normal = (jacobian * scale) @ jacobian.T + np.diag(_STRENGTH)
        change = np.linalg.solve(normal, (jacobian * scale) @ (values - fit) - _STRENGTH * (found - usual))
        found = found + np.clip(change, -0.5, 0.5)
        if np.abs(change).max() < 1e-6:
            break
    return found

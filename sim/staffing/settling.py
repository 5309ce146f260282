"""Settling: where cells are few, cheaper staffings next to one that is enough, the likeliest first.

What a change of several agents does is reckoned from what was seen of changes of one cell by one and by two
agents, and of two related cells at once: those of the same interval, where groups stand in for each other,
and of the next one, to which work is left over. All small changes can so be listed and ordered without a
simulation; only the best are simulated, and each that was corrects what is reckoned of those like it.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.contract import Floats, Ints
from sim.staffing.targets import Judged
from sim.staffing.trials import Trials

_LEVELS = (-2, -1, 1, 2)
_MOST_CHANGES = 120_000
"""So many changes are listed, those of few cells first."""
_FEW_GROUPED = 12
"""With no more cells than these, cells of other groups in the next interval are related too."""
_ALIKE = 2.0
"""Changes whose agents differ by no more, in squares added up, are alike."""
_HOPELESS = 0.06
"""Of a measure's unit: staffings that should miss more are not simulated."""


@dataclass(frozen=True, eq=False)
class Neighbourhood:
    """The changes of a staffing that make it cheaper, and what is reckoned of each; m conditions."""

    cells: Ints
    """[cells, 2] group and interval."""
    staff: Ints
    """[G, K] the staffing that is changed."""
    changes: Ints
    """[changes, cells] agents more or fewer."""
    price: Floats
    """[changes] what each adds to the price: less than nothing."""
    slack: Floats
    """[changes, m] by how much of its unit each condition should hold."""

    def changed(self, place: int) -> Ints:
        """The staffing after a change."""
        staff = self.staff.copy()
        staff[self.cells[:, 0], self.cells[:, 1]] += self.changes[place]
        return staff


def neighbourhood(
    trials: Trials,
    staff: Ints,
    cells: Ints,
    price: Floats,
    judged: Sequence[Judged],
    slack: Floats,
    size: int,
) -> Neighbourhood:
    """The changes that make a staffing cheaper; ``price`` [cells], ``slack`` [m] where nothing is changed.

    ``judged`` are the conditions on ``size`` days, on which changes are tried.
    """
    now = staff[cells[:, 0], cells[:, 1]]
    pairs = _related(cells)
    moves = [_move(len(cells), {cell: level}) for cell in range(len(cells)) for level in _LEVELS]
    both = [_move(len(cells), {a: sign, b: -sign}) for a, b in pairs for sign in (1, -1)]
    tried = [move for move in (*moves, *both) if (now + move >= 0).all()]
    staffs = []
    for move in tried:
        moved = staff.copy()
        moved[cells[:, 0], cells[:, 1]] += move
        staffs.append(moved)
    days = trials.all_days(staffs, 0, size)
    known = [item for item in judged if item.size > 0]
    scale = np.array([item.size * item.condition.scale for item in known])
    base = np.array([item.weights @ item.by_day for item in known])
    seen = {
        tuple(move.tolist()): np.array([item.weights @ item.condition.judge(one).by_day for item in known])
        for move, one in zip(tried, days, strict=True)
    }
    seen = {move: (found - base) / scale for move, found in seen.items()}
    alone = np.zeros((len(cells), 5, len(known)))
    for cell, level in itertools.product(range(len(cells)), _LEVELS):
        alone[cell, level + 2] = seen.get(tuple(_move(len(cells), {cell: level}).tolist()), -np.inf)
    changes = _listed(now, price)
    reckoned = np.zeros((len(changes), len(known))) + slack
    for cell in range(len(cells)):
        reckoned += alone[cell, changes[:, cell] + 2]
    for a, b in pairs:
        reckoned += np.outer(changes[:, a] * changes[:, b], _together(seen, alone, a, b, len(cells)))
    return Neighbourhood(cells, staff, changes, changes @ price, reckoned)


def _together(seen: dict[tuple[int, ...], Floats], alone: Floats, one: int, two: int, cells: int) -> Floats:
    """[m] what agents of two cells add to one another, each."""
    found = []
    for sign in (1, -1):
        both = seen.get(tuple(_move(cells, {one: sign, two: -sign}).tolist()))
        if both is not None:
            found.append(alone[one, 2 + sign] + alone[two, 2 - sign] - both)
    return np.asarray(np.mean(found, axis=0)) if found else np.zeros(alone.shape[2])


def _move(cells: int, agents: dict[int, int]) -> Ints:
    move = np.zeros(cells, np.int64)
    for cell, number in agents.items():
        move[cell] = number
    return move


def _related(cells: Ints) -> list[tuple[int, int]]:
    """Pairs of cells whose agents stand in for each other."""
    found = []
    for one, two in itertools.combinations(range(len(cells)), 2):
        apart = abs(int(cells[one, 1] - cells[two, 1]))
        same = cells[one, 0] == cells[two, 0]
        if apart == 0 or (apart == 1 and (same or len(cells) <= _FEW_GROUPED)):
            found.append((one, two))
    return found


def _listed(now: Ints, price: Floats) -> Ints:
    """[changes, cells] every change of few enough cells that is possible and makes it cheaper."""
    cells, found, number = len(now), [], 0
    for changed in range(1, cells + 1):
        levels = np.array(list(itertools.product(_LEVELS, repeat=changed)), np.int64)
        chosen = np.array(list(itertools.combinations(range(cells), changed)), np.int64)
        number += len(levels) * len(chosen)
        if number > _MOST_CHANGES:
            break
        changes = np.zeros((len(chosen), len(levels), cells), np.int64)
        changes[
            np.arange(len(chosen))[:, None, None], np.arange(len(levels))[None, :, None], chosen[:, None]
        ] = levels
        flat = changes.reshape(-1, cells)
        found.append(flat[(flat @ price < -1e-9) & (now + flat >= 0).all(axis=1)])
    return np.concatenate(found) if found else np.zeros((0, cells), np.int64)


class Queue:
    """Changes in the order in which they should be tried: nearest to enough, then cheapest."""

    def __init__(self, near: Neighbourhood) -> None:
        self.near = near
        self._open = np.ones(len(near.changes), np.bool_)
        self._tried: list[int] = []
        self._off: list[Floats] = []

    def following(self, below: float) -> int | None:
        """The next change that saves more than ``below``, a price less than nothing; None: none is left."""
        near = self.near
        places = np.flatnonzero(self._open & (near.price < below - 1e-9))
        if not len(places):
            return None
        missing = -np.minimum(near.slack[places] + self._corrections(places), 0.0).sum(axis=1)
        best = np.lexsort((near.price[places], np.round(missing, 6)))[0]
        return int(places[best]) if missing[best] <= _HOPELESS else None

    def heed(self, place: int, slack: Floats) -> None:
        """What a simulation said of a change: ``slack`` [m]."""
        self._open[place] = False
        self._tried.append(place)
        self._off.append(slack - self.near.slack[place])

    def _corrections(self, places: Ints) -> Floats:
        """[places, m] by how much changes like these were better than reckoned."""
        if not self._tried:
            return np.zeros((1, self.near.slack.shape[1]))
        apart = self.near.changes[places][:, None] - self.near.changes[self._tried][None]
        alike = np.exp(-np.square(apart).sum(axis=2) / (2.0 * _ALIKE))
        return np.asarray(alike @ np.array(self._off) / (0.2 + alike.sum(axis=1, keepdims=True)))

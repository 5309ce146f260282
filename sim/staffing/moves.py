"""Moves: the cheapest change of a staffing that should meet every condition, by what slopes say.

A linear programme: agents more or fewer in each group and interval, within a radius about the present
staffing, beyond which nothing is known. What an agent helps falls with those who are there already, so it is
a concave problem, in a few pieces.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.contract import Floats, Ints
from sim.staffing.slopes import Curves
from sim.staffing.solver import Programme
from sim.staffing.targets import Judged

_SEGMENTS = 5
_FEW_CONDITIONS = 12
"""With no more than these, a solution in fractions has next to none, and rounding costs nothing."""
_GAP, _SECONDS = 0.005, 5.0


def cheapest(
    staff: Ints, price: Floats, curves: Curves, judged: Sequence[Judged], margins: Floats, radius: float
) -> Ints:
    """The staffing to try next; ``price`` [G] is that of an agent for an interval.

    ``margins`` [conditions], in each measure's own unit, are added to what must hold. Where even the best
    move leaves something wanting, it is the one that leaves least.
    """
    group, interval = curves.cells[:, 0], curves.cells[:, 1]
    now = staff[group, interval]
    reach = np.maximum(np.rint(radius * now), 1).astype(np.int64)
    active = [row for row, item in enumerate(judged) if item.size > 0]
    found = staff.copy()
    if not active:
        found[group, interval] = 0
        return found
    scale = np.array([judged[row].size * judged[row].condition.scale for row in active])
    missing = np.array([margins[row] * judged[row].size - judged[row].surplus for row in active]) / scale
    whole = len(active) > _FEW_CONDITIONS or len(now) <= _FEW_CONDITIONS
    programme = Programme()
    entries: list[tuple[Ints, Ints, Floats]] = []
    columns: list[tuple[int, Ints]] = []
    first_more = np.maximum(curves.at(np.full(len(now), 0.5))[active], 0.0)
    for sign, most in ((1, reach), (-1, np.minimum(reach, now))):
        before = first_more
        begins = np.zeros(len(now), np.int64)
        for segment in range(_SEGMENTS):
            width = most * (segment + 1) // _SEGMENTS - most * segment // _SEGMENTS
            slope = curves.at(sign * (begins + np.maximum(width, 1) / 2.0))[active]
            before = np.minimum(before, slope) if sign > 0 else np.maximum(before, slope)
            variables = programme.variables(len(now), sign * price[group], 0.0, width, whole)
            effect = sign * before / scale[:, None]
            row, cell = np.nonzero(np.abs(effect) > 1e-12)
            entries.append((row, variables[cell], effect[row, cell]))
            columns.append((sign, variables))
            begins = begins + width
    wanting = programme.variables(len(active), 1e3 * max(float(price.max()), 1e-9) * len(now))
    entries.append((np.arange(len(active)), wanting, np.ones(len(active))))
    row, variable, effect = (np.concatenate(part) for part in zip(*entries, strict=True))
    programme.rows(missing, np.inf, row, variable, effect)
    solution = programme.solve(seconds=_SECONDS, gap=_GAP)
    if solution.found:
        change = np.zeros(len(now))
        for sign, variables in columns:
            change += sign * solution.values[variables]
        found[group, interval] += np.ceil(change - 1e-6).astype(np.int64)
    return found

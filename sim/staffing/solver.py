"""The solver: linear programmes with whole numbers, built from arrays and solved by HiGHS.

The only module that knows HiGHS (Huangfu and Hall 2018, Mathematical Programming Computation 10, 119-142).
A :class:`Programme` collects variables and rows in bulk, as arrays of indices and coefficients.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import highspy
import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from sim.contract import Floats, Ints

Status = Literal["optimal", "feasible", "infeasible", "unbounded", "unknown"]
"""``optimal``: within the gap asked for; ``feasible``: time ran out with a solution in hand; ``unknown``:
time ran out with none."""

_STATUS = highspy.HighsModelStatus
_WITHOUT_SOLUTION: dict[object, Status] = {
    _STATUS.kInfeasible: "infeasible",
    _STATUS.kUnboundedOrInfeasible: "infeasible",
    _STATUS.kUnbounded: "unbounded",
}
_INTEGRAL = 1e-6
"""How far from a whole number HiGHS lets a whole number be."""


@dataclass(frozen=True, eq=False)
class Solution:
    """What solving found: ``values`` by variable (empty without a solution), the objective and its bound."""

    status: Status
    values: Floats
    objective: float
    """Of the solution found; NaN without one."""
    bound: float
    """No solution costs less; minus infinity where nothing is known."""
    reduced: Floats = field(default_factory=lambda: np.zeros(0))
    """By variable, of an optimum in fractions: what one more costs at least, if it is at its lower bound."""

    @property
    def found(self) -> bool:
        """Whether there is a solution."""
        return self.status in ("optimal", "feasible")

    @property
    def gap(self) -> float:
        """How far the objective may lie above the least possible, as a share of the objective; 0: proven.

        >>> Solution("feasible", np.zeros(0), objective=200.0, bound=198.0).gap
        0.01
        """
        excess = max(0.0, self.objective - self.bound)
        if excess <= 1e-9 * max(1.0, abs(self.objective)):
            return 0.0
        return excess / abs(self.objective) if self.objective else math.inf


class Programme:
    """A linear programme: minimise the cost of variables within bounds, subject to rows within bounds.

    >>> coins = Programme()  # 17 pence in coins of 5 and 2, as few coins as possible
    >>> fives, twos = coins.variables(2, cost=1.0, integer=True)
    >>> _ = coins.rows(17.0, 17.0, [0, 0], [fives, twos], [5.0, 2.0])
    >>> coins.solve().values.tolist()
    [3.0, 1.0]
    """

    def __init__(self) -> None:
        self._cost: list[Floats] = []
        self._lower: list[Floats] = []
        self._upper: list[Floats] = []
        self._integer: list[Ints] = []
        self._row_lower: list[Floats] = []
        self._row_upper: list[Floats] = []
        self._entries: list[tuple[Ints, Ints, Floats]] = []
        self.columns = 0
        """How many variables there are."""
        self.height = 0
        """How many rows there are."""

    def variables(
        self,
        number: int,
        cost: ArrayLike = 0.0,
        lower: ArrayLike = 0.0,
        upper: ArrayLike = math.inf,
        integer: bool = False,
    ) -> Ints:
        """Add ``number`` variables, from 0 up unless bounds are given, and return their indices.

        ``cost`` and the bounds are one value for all or an array [number].
        """
        for kept, given in ((self._cost, cost), (self._lower, lower), (self._upper, upper)):
            kept.append(np.broadcast_to(np.asarray(given, dtype=np.float64), (number,)))
        self._integer.append(np.full(number, int(integer), dtype=np.int64))
        first, self.columns = self.columns, self.columns + number
        return np.arange(first, self.columns)

    def rows(
        self, lower: ArrayLike, upper: ArrayLike, row: ArrayLike, variable: ArrayLike, coefficient: ArrayLike
    ) -> Ints:
        """Add rows lower <= sum of coefficient x variable <= upper, and return their indices.

        ``lower`` and ``upper`` are [rows] or single values; the entries of all rows follow as three arrays of
        one length: the row (0 is the first of those added now), the variable and its coefficient (one
        value for all will do). Entries of the same place add up.
        """
        lows, highs = (np.atleast_1d(np.asarray(bound, dtype=np.float64)) for bound in (lower, upper))
        lows, highs = np.broadcast_arrays(lows, highs)
        at = np.asarray(row, dtype=np.int64)
        values = np.broadcast_to(np.asarray(coefficient, dtype=np.float64), at.shape)
        self._row_lower.append(lows)
        self._row_upper.append(highs)
        self._entries.append((at + self.height, np.asarray(variable, dtype=np.int64), values))
        first, self.height = self.height, self.height + len(lows)
        return np.arange(first, self.height)

    def solve(
        self,
        seconds: float = 60.0,
        gap: float = 0.0,
        start: Floats | None = None,
        cancel: Callable[[], bool] | None = None,
        relaxed: bool = False,
        within: tuple[Floats, Floats] | None = None,
        excess: float = 1e-6,
        target: float = -math.inf,
    ) -> Solution:
        """Solve to a relative ``gap`` or to an ``excess`` over the least cost, or for ``seconds`` at most.

        ``start`` is a solution to begin with, [columns]. ``cancel`` is asked now and then; when it says true
        the best solution so far is returned. ``relaxed`` lets whole numbers be fractions; ``within`` are
        other bounds of the variables, (lower, upper) [columns]; a solution of whole numbers that costs no
        more than ``target`` is good enough. Unless time runs out, the same programme has the same solution.
        """
        highs = self._passed(relaxed, within or self.bounds)
        limits = {
            "time_limit": seconds,
            "mip_rel_gap": gap,
            "mip_abs_gap": excess,
            "objective_target": target,
        }
        for option, value in limits.items():
            highs.setOptionValue(option, float(value))
        if start is not None:
            highs.setSolution(self.columns, np.arange(self.columns, dtype=np.int32), start)
        if cancel is not None:
            _watch(highs, cancel)
        highs.run()
        return self._read(highs, relaxed)

    @property
    def bounds(self) -> tuple[Floats, Floats]:
        """Lower and upper bounds of the variables, [columns] each."""
        empty = np.zeros(0)
        return np.concatenate([empty, *self._lower]), np.concatenate([empty, *self._upper])

    def _passed(self, relaxed: bool, bounds: tuple[Floats, Floats]) -> highspy.Highs:
        """HiGHS with the programme in it."""
        empty = np.zeros(0)
        matrix = sparse.csr_matrix((self.height, self.columns))
        if self._entries:
            row, column, value = (np.concatenate(part) for part in zip(*self._entries, strict=True))
            matrix = sparse.csr_matrix((value, (row, column)), shape=(self.height, self.columns))
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = self.columns, self.height
        lp.col_cost_ = np.concatenate([empty, *self._cost])
        lp.col_lower_, lp.col_upper_ = bounds
        lp.row_lower_ = np.concatenate([empty, *self._row_lower])
        lp.row_upper_ = np.concatenate([empty, *self._row_upper])
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = matrix.indptr
        lp.a_matrix_.index_ = matrix.indices
        lp.a_matrix_.value_ = matrix.data
        whole = np.concatenate([np.zeros(0, np.int64), *self._integer])
        if not relaxed and whole.any():
            kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
            lp.integrality_ = [kinds[mark] for mark in whole.tolist()]
        highs = highspy.Highs()  # type: ignore[no-untyped-call]
        highs.setOptionValue("output_flag", False)
        highs.passModel(lp)
        return highs

    def _read(self, highs: highspy.Highs, relaxed: bool) -> Solution:
        status, info = highs.getModelStatus(), highs.getInfo()
        whole = np.concatenate([np.zeros(0, np.int64), *self._integer]) > 0
        mixed = bool(whole.any()) and not relaxed
        found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        if status == _STATUS.kModelEmpty:
            return Solution("optimal", np.zeros(self.columns), 0.0, 0.0)
        if not found or status in _WITHOUT_SOLUTION:
            kind = _WITHOUT_SOLUTION.get(status, "unknown")
            return Solution(kind, np.zeros(0), math.nan, info.mip_dual_bound if mixed else -math.inf)
        values = np.asarray(highs.getSolution().col_value, dtype=np.float64)
        if mixed:
            near = whole & (np.abs(values - np.rint(values)) <= _INTEGRAL)
            values = np.where(near, np.rint(values), values)
        done = status == _STATUS.kOptimal
        objective = float(info.objective_function_value)
        bound = float(info.mip_dual_bound) if mixed else (objective if done else -math.inf)
        if done and not mixed:
            reduced = np.asarray(highs.getSolution().col_dual, dtype=np.float64)
            return Solution("optimal", values, objective, bound, reduced)
        return Solution("optimal" if done else "feasible", values, objective, bound)


def _watch(highs: highspy.Highs, cancel: Callable[[], bool]) -> None:
    """Have HiGHS ask ``cancel`` whether to stop."""

    def ask(event: highspy.HighsCallbackEvent) -> None:
        if cancel():
            event.interrupt()

    for interrupt in (highs.cbMipInterrupt, highs.cbSimplexInterrupt, highs.cbIpmInterrupt):
        interrupt.subscribe(ask)

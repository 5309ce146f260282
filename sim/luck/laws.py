"""Laws by their quantile functions: how a uniform number becomes a duration.

Every law is sampled by its quantile function, so that the same luck gives a longer duration whenever the
law's parameters grow. :func:`duration` is the compiled one; :func:`cumulative`, its inverse, serves plans
only and is scipy's. The parametrisations are scipy's too.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from sim.compiling import compiled, inlined
from sim.contract import FAR, NOBODY, TICKS_PER_SECOND, LawKind, Laws
from sim.luck import gamma
from sim.luck.arithmetic import exp, log_of_rest, normal_quantile, power

LAW = np.dtype(
    [
        ("kind", np.int64),
        ("a", np.float64),
        ("b", np.float64),
        ("c", np.float64),
        ("plain", np.int64),
        ("zero", np.float64),
        ("from_quantile", np.float64),
        ("kept", np.float64),
        ("at_least", np.float64),
        ("at_most", np.float64),
        ("table_from", np.int64),
        ("table_until", np.int64),
    ],
    align=True,
)
"""A row of :class:`sim.contract.Laws` in one place. ``plain`` is the kind of a lognormal or exponential law
without mass at zero and truncation, else ``NOBODY``; ``kept`` is the share that truncation leaves."""

OBSERVED = np.dtype([("seconds", np.float64), ("cumulative", np.float64)])
"""An entry of a law's table."""

Rows = NDArray[Any]
"""An array of records."""

_ALMOST_ONE = 1.0 - 2.0**-53
_ABOVE_ZERO = 1e-300
_TO_INTEGER = 2.0**52
_BITS = np.uint64(0x4330000000000000)
"""Those of 2.0**52."""

# Members of an enumeration are slow to compile.
_DETERMINISTIC, _EXPONENTIAL, LOGNORMAL, _GAMMA, _WEIBULL, _UNIFORM, _TRIANGULAR, _EMPIRICAL = (
    int(kind) for kind in list(LawKind)[:8]
)


def rows(laws: Laws) -> Rows:
    """The laws as rows, [L]."""
    table = np.zeros(len(laws.kind), dtype=LAW)
    table["kind"] = laws.kind
    table["a"], table["b"], table["c"] = laws.parameters.T
    table["zero"] = laws.zero
    table["from_quantile"] = laws.from_quantile
    table["kept"] = laws.until_quantile - laws.from_quantile
    table["at_least"], table["at_most"] = laws.at_least, laws.at_most
    table["table_from"], table["table_until"] = laws.table_index[:-1], laws.table_index[1:]
    whole = (laws.zero == 0) & (laws.at_least == 0) & np.isinf(laws.at_most)
    often = np.isin(laws.kind, (LOGNORMAL, _EXPONENTIAL))
    table["plain"] = np.where(whole & often, laws.kind, NOBODY)
    return table


def observed(laws: Laws) -> Rows:
    """The entries of all tables, [T]."""
    table = np.zeros(len(laws.table_seconds), dtype=OBSERVED)
    table["seconds"], table["cumulative"] = laws.table_seconds, laws.table_cumulative
    return table


@inlined
def duration(laws: Rows, table: Rows, law: int, u: float, factor: float) -> int:
    """Quantile in ticks of law number ``law`` at ``u`` in (0, 1), times ``factor``; 0 for ``NOBODY``.

    Rounded to the nearest tick (half to even) and cut to ``FAR``.
    """
    if law == NOBODY:
        return 0
    row = laws[np.uint64(law)]
    if row.plain != NOBODY:
        return _plain(row, u, factor)
    return ticks(_cut(row, table, u) * factor)


@compiled
def _plain(row: Any, u: float, factor: float) -> int:
    """The most frequent laws apart from the others: that keeps the way to them short."""
    if row.plain == LOGNORMAL:
        return ticks(exp(row.a + row.b * normal_quantile(u)) * factor)
    return ticks(-row.a * log_of_rest(u) * factor)


@inlined
def ticks(seconds: float) -> int:
    """Seconds (not below 0, infinity allowed) as ticks, by the rule of :func:`sim.clock.to_ticks`.

    What is not a number is an infinite duration times 0: it never ends.
    """
    exact = seconds * TICKS_PER_SECOND
    if exact < _TO_INTEGER:
        # The sum is rounded to an integer, half to even; its bits count on from those of 2**52.
        return int(np.int64(np.float64(exact + _TO_INTEGER).view(np.uint64) - _BITS))
    return FAR


@compiled
def _cut(row: Any, table: Rows, u: float) -> float:
    """Seconds: below the mass at zero 0; the rest of the unit interval is mapped on what truncation keeps."""
    if u < row.zero:
        return 0.0
    rest = u
    if 0.0 < row.zero < 1.0:
        rest = min((u - row.zero) / (1.0 - row.zero), 1.0)
    q = max(min(row.from_quantile + rest * row.kept, _ALMOST_ONE), _ABOVE_ZERO)
    return float(min(max(_seconds(row, table, q), row.at_least), row.at_most))


@compiled
def _seconds(row: Any, table: Rows, q: float) -> float:
    a, b, c = float(row.a), float(row.b), float(row.c)
    if row.kind == _DETERMINISTIC:
        return a
    if row.kind == _EXPONENTIAL:
        return -a * log_of_rest(q)
    if row.kind == LOGNORMAL:
        return exp(a + b * normal_quantile(q))
    if row.kind == _GAMMA:
        return gamma.quantile(a, q) * b
    if row.kind == _WEIBULL:
        return b * power(-log_of_rest(q), 1.0 / a)
    if row.kind == _UNIFORM:
        return a + (b - a) * q
    if row.kind == _TRIANGULAR:
        if q * (c - a) < b - a:
            return a + math.sqrt(q * (c - a) * (b - a))
        return c - math.sqrt((1.0 - q) * (c - a) * (c - b))
    if row.kind == _EMPIRICAL:
        return float(table[_first_at_least(table, row.table_from, row.table_until, q)].seconds)
    return np.inf


@compiled
def _first_at_least(table: Rows, begin: int, end: int, q: float) -> np.uint64:
    """The first entry in ``begin:end`` that is not below ``q``; the last one is 1."""
    low, high = np.uint64(begin), np.uint64(end - 1)
    while low < high:
        middle = (low + high) >> np.uint64(1)
        if table[middle].cumulative < q:
            low = middle + np.uint64(1)
        else:
            high = middle
    return low


def cumulative(laws: Laws, law: int, seconds: float, *, strictly_below: bool = False) -> float:
    """P(X <= ``seconds``) of the law itself, or P(X < ``seconds``); without mass at zero or truncation."""
    a, b, c = (float(parameter) for parameter in laws.parameters[law])
    kind = LawKind(int(laws.kind[law]))
    x = max(seconds, 0.0)
    if kind is LawKind.DETERMINISTIC:
        return float(a < x if strictly_below else a <= x)
    if kind is LawKind.EXPONENTIAL:
        return float(-np.expm1(-x / a))
    if kind is LawKind.LOGNORMAL:
        return float(special.ndtr((np.log(x) - a) / b)) if x > 0 else 0.0
    if kind is LawKind.GAMMA:
        return float(special.gammainc(a, x / b))
    if kind is LawKind.WEIBULL:
        return float(-np.expm1(-((x / b) ** a)))
    if kind is LawKind.UNIFORM:
        return float(np.clip((x - a) / (b - a), 0.0, 1.0))
    if kind is LawKind.TRIANGULAR:
        return _triangular_cumulative(a, b, c, x)
    if kind is LawKind.EMPIRICAL:
        entries = slice(int(laws.table_index[law]), int(laws.table_index[law + 1]))
        values = laws.table_seconds[entries]
        below = int(np.sum(values < x) if strictly_below else np.sum(values <= x))
        return float(laws.table_cumulative[entries][below - 1]) if below else 0.0
    return 0.0


def _triangular_cumulative(low: float, mode: float, high: float, x: float) -> float:
    if x <= low:
        return 0.0
    if x >= high:
        return 1.0
    if x < mode:
        return (x - low) ** 2 / ((high - low) * (mode - low))
    return 1.0 - (high - x) ** 2 / ((high - low) * (high - mode))

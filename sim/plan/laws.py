"""Laws of durations as flat arrays, each distinct law once."""

from __future__ import annotations

import math

import numpy as np

from scenarios import distributions as d
from scenarios.errors import Problem
from sim.contract import Floats, LawKind, Laws
from sim.errors import EngineError
from sim.luck.laws import cumulative

_Shape = tuple[LawKind, tuple[float, float, float], list[float], list[float]]
"""Kind, parameters, table of seconds, table of cumulative shares."""

_LEAST_KEPT = 1e-9
"""Share of a law that truncation must leave for its quantiles to be worth their digits."""


class LawTable:
    """Collects laws; equal laws share a row."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._laws: list[d.Law] = []

    def add(self, law: d.Law) -> int:
        """The row of a law."""
        written = f"{law.tag} {law.model_dump_json()}"
        if written not in self._rows:
            self._rows[written] = len(self._laws)
            self._laws.append(law)
        return self._rows[written]

    def freeze(self) -> Laws:
        """All of them as arrays."""
        shapes = [_shape(law) for law in self._laws]
        sizes = [len(seconds) for *_, seconds, _ in shapes]
        at_least = np.array([law.at_least or 0.0 for law in self._laws])
        at_most = np.array([math.inf if law.at_most is None else law.at_most for law in self._laws])
        whole = Laws(
            kind=np.array([kind for kind, *_ in shapes], dtype=np.int64),
            parameters=np.array([parameters for _, parameters, *_ in shapes]).reshape(-1, 3),
            zero=np.array([law.zero for law in self._laws], dtype=np.float64),
            from_quantile=np.zeros(len(shapes)),
            until_quantile=np.ones(len(shapes)),
            at_least=at_least,
            at_most=at_most,
            table_index=np.cumsum([0, *sizes]),
            table_seconds=np.array([x for *_, seconds, _ in shapes for x in seconds], dtype=np.float64),
            table_cumulative=np.array([x for *_, shares in shapes for x in shares], dtype=np.float64),
        )
        for row in range(len(shapes)):
            if at_least[row] > 0:
                whole.from_quantile[row] = cumulative(whole, row, at_least[row], strictly_below=True)
            if math.isfinite(at_most[row]):
                whole.until_quantile[row] = cumulative(whole, row, at_most[row])
        self._refuse_what_is_cut_away(whole.until_quantile - whole.from_quantile)
        return whole

    def _refuse_what_is_cut_away(self, kept: Floats) -> None:
        """Quantiles of what truncation leaves mean nothing when it leaves next to nothing."""
        problems = [
            Problem(
                law.tag,
                f"at_least {law.at_least}, at_most {law.at_most}",
                f"limits that keep some of a law with mean {law.law_mean:g} s",
                "widen at_least and at_most, or choose another law",
            )
            for law, share in zip(self._laws, kept.tolist(), strict=True)
            if share < _LEAST_KEPT
        ]
        if problems:
            raise EngineError(problems)


def _shape(law: d.Law) -> _Shape:
    match law:
        case d.Unlimited():
            return LawKind.UNLIMITED, (0.0, 0.0, 0.0), [], []
        case d.Empirical():
            return LawKind.EMPIRICAL, (0.0, 0.0, 0.0), *_table(law)
    if law.law_mean == 0 or law.law_cv == 0:
        return LawKind.DETERMINISTIC, (law.law_mean, 0.0, 0.0), [], []
    match law:
        case d.Exponential():
            return LawKind.EXPONENTIAL, (law.mean, 0.0, 0.0), [], []
        case d.Lognormal():
            variance = math.log1p(law.cv**2)
            parameters = (math.log(law.mean) - variance / 2.0, math.sqrt(variance), 0.0)
            return LawKind.LOGNORMAL, parameters, [], []
        case d.Gamma():
            return LawKind.GAMMA, (1.0 / law.cv**2, law.mean * law.cv**2, 0.0), [], []
        case d.Erlang():
            return LawKind.GAMMA, (float(law.phases), law.mean / law.phases, 0.0), [], []
        case d.Weibull():
            return LawKind.WEIBULL, (law.shape, law.scale, 0.0), [], []
        case d.Uniform():
            return LawKind.UNIFORM, (law.low, law.high, 0.0), [], []
        case d.Triangular():
            return LawKind.TRIANGULAR, (law.low, law.mode, law.high), [], []
    raise TypeError(f"the law {law.tag!r} has no quantile function yet")


def _table(law: d.Empirical) -> tuple[list[float], list[float]]:
    weights = law.weights or (1.0,) * len(law.values)
    pairs = sorted((value, weight) for value, weight in zip(law.values, weights, strict=True) if weight > 0)
    cumulative = np.cumsum([weight for _, weight in pairs])
    return [value for value, _ in pairs], (cumulative / cumulative[-1]).tolist()

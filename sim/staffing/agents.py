"""Agents: how many a queue needs, by the formulas, and how many must be scheduled for that.

>>> agents_for(200, 180, service_level=0.8, within_seconds=20).tolist()  # 10 erlangs
14
>>> scheduled_for(14, shrinkage=0.3).tolist()
20
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import log_ndtr

from scenarios.errors import Problem
from sim.errors import InfeasibleStaffing, RunError
from sim.staffing.erlang import ENDLESS, MOST_AGENTS, Of, Who, performance

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

ROUNDING = 1e-9
"""As on the floor of a scenario: 10 × (1 − 0.35), just below 6.5 in floating point, is rounded up."""
_HALVINGS = 80
_LEAST_GRADE, _MOST_GRADE = -30.0, 30.0


def agents_for(
    calls_per_hour: ArrayLike,
    handle_seconds: ArrayLike,
    patience_seconds: ArrayLike = ENDLESS,
    *,
    service_level: ArrayLike | None = None,
    within_seconds: ArrayLike = 20.0,
    of: Of = "offered",
    asa_seconds: ArrayLike | None = None,
    abandonment: ArrayLike | None = None,
    waiting: ArrayLike | None = None,
    percentile: tuple[ArrayLike, ArrayLike] | None = None,
    percentile_of: Who = "answered",
    occupancy: ArrayLike | None = None,
    lines: ArrayLike = ENDLESS,
) -> Ints:
    """The least number of agents on the floor with which every goal that is given holds.

    ``service_level`` is the least share within ``within_seconds``; ``asa_seconds``, ``abandonment``,
    ``waiting`` (the share that must wait) and ``occupancy`` are ceilings. ``percentile`` is (share, seconds):
    such a share of waits, of the calls that ``percentile_of`` names, is no longer. It is 0 where nobody
    calls, and elsewhere enough for a steady state. Arrays are broadcast.

    Raises :class:`~sim.errors.RunError` without a goal or for figures out of range, and
    :class:`~sim.errors.InfeasibleStaffing` where no number will do.

    >>> goal = {"service_level": 0.8, "within_seconds": 20}
    >>> agents_for(1200, 240, **goal).tolist(), agents_for(1200, 240, 120, **goal).tolist()  # Erlang C, A
    (87, 79)
    >>> agents_for([0, 10, 1200], 240, 120, **goal, occupancy=0.85).tolist()
    [0, 2, 94]
    """
    problems = _problems(
        {
            "service_level": service_level,
            "abandonment": abandonment,
            "waiting": waiting,
            "occupancy": occupancy,
        },
        asa_seconds,
        percentile,
    )
    if problems:
        raise RunError("these figures cannot be used", problems)
    share, seconds = (1.0, np.inf) if percentile is None else percentile
    given = performance(calls_per_hour, handle_seconds, 0, patience_seconds, lines)
    (calls, handle, patience, most_lines, level, within, asa, gone, late, full, share, seconds) = (
        np.broadcast_arrays(
            given.calls_per_hour, given.handle_seconds, given.patience_seconds, given.lines,
            _array(service_level, 0.0), _array(within_seconds, 0.0), _array(asa_seconds, np.inf),
            _array(abandonment, 1.0), _array(waiting, 1.0), _array(occupancy, 1.0),
            _array(share, 1.0), _array(seconds, np.inf),
        )
    )  # fmt: skip
    load = calls * handle / 3600.0
    steady = np.where(np.isinf(patience) & np.isinf(most_lines), np.floor(load) + 1.0, 1.0)

    def enough(agents: Ints) -> Bools:
        queue = performance(calls, handle, agents, patience, most_lines)
        met = (queue.waiting <= late) & (queue.abandonment <= gone) & (queue.occupancy <= full)
        if service_level is not None:
            met &= queue.service_level(within, of) >= level
        if percentile is not None:
            met &= queue.longer_than(seconds, percentile_of) <= 1.0 - share
        if asa_seconds is not None:
            met &= queue.asa_seconds <= asa
        return np.asarray((met & (agents >= steady)) | (calls == 0.0))

    return _least(enough, load)


def _array(value: ArrayLike | None, otherwise: float) -> Floats:
    return np.asarray(otherwise if value is None else value, np.float64)


def _least(enough: Callable[[Ints], Bools], load: Floats) -> Ints:
    """The least whole numbers that are enough, when all greater ones are."""
    high = np.ceil(load + 3.0 * np.sqrt(load) + 3.0).astype(np.int64)
    low = np.full(high.shape, -1)
    while not (met := enough(high)).all():
        if (high >= MOST_AGENTS).any():
            allowed = "goals that some number of agents meets"
            problem = Problem("agents", int(high.max()), allowed, "ask for less, or check calls and patience")
            raise InfeasibleStaffing("no number of agents meets these goals", [problem])
        low = np.where(met, low, high)
        high = np.where(met, high, np.minimum(2 * high, MOST_AGENTS))
    while (high - low > 1).any():
        middle = np.maximum((low + high) // 2, 0)
        met = enough(middle)
        low, high = np.where(met, low, middle), np.where(met, middle, high)
    return high


def scheduled_for(on_floor: ArrayLike, shrinkage: ArrayLike = 0.0) -> Ints:
    """The least whole number to schedule of which so many are on the floor.

    On the floor are round(scheduled × (1 − shrinkage)), halves rounded up, as in a scenario.

    >>> scheduled_for([0, 1, 7, 100], 0.3).tolist()
    [0, 1, 10, 143]
    """
    floor, away = np.broadcast_arrays(np.asarray(on_floor, np.int64), np.asarray(shrinkage, np.float64))
    if (floor < 0).any() or not ((away >= 0.0) & (away <= 0.99)).all():
        allowed = "agents from 0, and shrinkage from 0 to 0.99"
        given = [floor.min(initial=0), away.max(initial=0.0)]
        raise RunError("these figures cannot be used", [Problem("shrinkage", given, allowed, "0.3 is 30%")])
    there = 1.0 - away
    number = np.maximum(np.ceil((floor - 0.5 - ROUNDING) / there), 0.0).astype(np.int64)
    for step in (-1, 0, 1):  # rounding of the quotient itself
        fewer = number + step
        fits = (fewer >= 0) & (np.floor(fewer * there + 0.5 + ROUNDING) >= floor)
        number = np.where(fits, np.minimum(number, fewer), np.maximum(number, fewer + 1))
    return number


def square_root_agents(
    load: ArrayLike,
    waiting: ArrayLike,
    handle_seconds: ArrayLike = 1.0,
    patience_seconds: ArrayLike = ENDLESS,
) -> Ints:
    """Square-root staffing: load + β √load, rounded up, with the β at which such a share must wait.

    Halfin & Whitt (*Operations Research* 29, 1981) without abandonment, Garnett, Mandelbaum & Reiman (2002)
    with it. Within an agent of the exact number, even for few agents.

    >>> square_root_agents([10, 100, 10_000], waiting=0.2).tolist()
    [14, 111, 10107]
    >>> agents_for([10, 100, 10_000], 3600, waiting=0.2).tolist()
    [14, 111, 10107]
    """
    erlangs = np.asarray(load, np.float64)
    grade = service_grade(waiting, handle_seconds, patience_seconds)
    return np.maximum(np.ceil(erlangs + grade * np.sqrt(erlangs)), 0.0).astype(np.int64)


def service_grade(
    waiting: ArrayLike, handle_seconds: ArrayLike = 1.0, patience_seconds: ArrayLike = ENDLESS
) -> Floats:
    """β of square-root staffing at which a share of callers must wait, in large centres.

    >>> service_grade([0.1, 0.2, 0.5]).round(3).tolist()  # Halfin & Whitt
    [1.42, 1.062, 0.506]
    """
    share, handle, patience = np.broadcast_arrays(
        *(np.asarray(part, np.float64) for part in (waiting, handle_seconds, patience_seconds))
    )
    if not ((share > 0.0) & (share < 1.0) & (handle > 0.0) & (patience > 0.0)).all():
        allowed = "a share between 0 and 1, and times above 0 s"
        raise RunError("these figures cannot be used", [Problem("waiting", waiting, allowed, "0.2 is usual")])
    low, high = np.full(share.shape, _LEAST_GRADE), np.full(share.shape, _MOST_GRADE)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        too_many = _waiting_at(middle, np.sqrt(handle / patience)) > share
        low, high = np.where(too_many, middle, low), np.where(too_many, high, middle)
    return high


def _waiting_at(grade: Floats, ratio: Floats) -> Floats:
    """Garnett's function; ``ratio`` is √(handle time / patience), 0 for endless patience."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        idle = np.where(ratio > 0.0, ratio * _hazard(grade / ratio), np.maximum(grade, 0.0))
        return 1.0 / (1.0 + idle / _hazard(-grade))


def _hazard(x: Floats) -> Floats:
    """φ(x) / (1 − Φ(x)) of the normal law."""
    return np.asarray(np.exp(-0.5 * x * x - 0.5 * math.log(2.0 * math.pi) - log_ndtr(-x)))


def _problems(
    shares: dict[str, ArrayLike | None],
    asa_seconds: ArrayLike | None,
    percentile: tuple[ArrayLike, ArrayLike] | None,
) -> list[Problem]:
    given = {name: value for name, value in shares.items() if value is not None}
    if not given and asa_seconds is None and percentile is None:
        return [Problem("goal", None, "a goal or more", "say service_level=0.8, within_seconds=20")]
    found = [
        Problem(name, value, "a share from 0 to 1", "0.8 is 80%")
        for name, value in given.items()
        if not ((np.asarray(value) >= 0.0) & (np.asarray(value) <= 1.0)).all()
    ]
    if asa_seconds is not None and not (np.asarray(asa_seconds) >= 0.0).all():
        found.append(Problem("asa_seconds", asa_seconds, "0 s or more", "20 is usual"))
    if (
        percentile is not None
        and not (
            (np.asarray(percentile[0]) >= 0.0)
            & (np.asarray(percentile[0]) <= 1.0)
            & (np.asarray(percentile[1]) >= 0.0)
        ).all()
    ):
        found.append(Problem("percentile", percentile, "(share from 0 to 1, seconds)", "(0.9, 60)"))
    return found

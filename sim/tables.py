"""Tables: tallies of many replications as tidy pandas tables (:mod:`sim.columns` describes the columns)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.contract import OUTCOMES, TICKS_PER_SECOND, Floats, Ints, Plan
from sim.estimates import ratio
from sim.journeys import DONE, GAVE_UP, STILL_OPEN
from sim.tally import Array, Columns, Tally

_ENDINGS = {GAVE_UP: "given up", STILL_OPEN: "unfinished", DONE: "resolved"}

_INTERVAL_COUNTS = (
    "offered", "handled", "contained", "abandoned", "short_abandoned", "blocked", "closed",
    "called_back", "disconnected", "unfinished", "answered", "queued", "spilled_in", "repeated_in",
)  # fmt: skip


def named(codes: Array, names: Sequence[str]) -> pd.Categorical[str]:
    """Codes as names; a negative code is missing."""
    return pd.Categorical.from_codes(np.maximum(codes, -1), categories=pd.Index(list(names), dtype="str"))


def words(codes: Array, names: Sequence[str]) -> Array:
    """Codes as plain text, for small tables."""
    return np.array(names, dtype=object)[codes]


def stack(numbers: Sequence[int], columns: Sequence[Columns], index: str | None = None) -> Columns:
    """Columns of all replications below one another, with ``replication`` (and a row number) added."""
    raw = {name: np.concatenate([part[name] for part in columns]) for name in columns[0]}
    sizes = [len(next(iter(part.values()))) for part in columns]
    raw["replication"] = np.repeat(np.array(numbers, np.int32), sizes)
    if index is not None:
        raw[index] = np.concatenate([np.arange(size, dtype=np.int32) for size in sizes])
    return raw


def _grid(plan: Plan, numbers: Sequence[int], names: Sequence[str], label: str) -> dict[str, object]:
    """The first columns of a table with a row per replication, name and interval."""
    size = len(names) * plan.intervals
    interval = np.tile(np.arange(plan.intervals, dtype=np.int32), len(numbers) * len(names))
    name = np.tile(np.repeat(np.arange(len(names)), plan.intervals), len(numbers))
    return {
        "replication": np.repeat(np.array(numbers, np.int32), size),
        "day": interval // plan.intervals_per_day,
        "interval": interval,
        "start_seconds": interval * (plan.interval_ticks / TICKS_PER_SECOND),
        label: named(name, names),
    }


def _quotient(above: Floats, below: Floats) -> Floats:
    result = np.full(below.shape, np.nan)
    np.divide(above, below, out=result, where=below > 0)
    return result


def intervals(plan: Plan, numbers: Sequence[int], quantities: dict[str, Floats]) -> pd.DataFrame:
    """One row per replication, channel and interval, from quantities ``[R, C, K]``."""
    q = {name: values.ravel() for name, values in quantities.items()}
    return pd.DataFrame(
        {
            **_grid(plan, numbers, plan.channels, "channel"),
            **{name: q[name].astype(np.int32) for name in _INTERVAL_COUNTS},
            "wait_seconds_sum": q["wait_seconds"],
            "wait_seconds_mean": _quotient(q["wait_seconds"], q["queued"]),
            "asa_seconds": _quotient(q["answer_seconds"], q["answered"]),
            "service_level": _quotient(q["good"], q["counted"]),
            "queue_length_mean": q["queue_seconds"] / q["simulated_seconds"],
        }
    )


def groups(plan: Plan, numbers: Sequence[int], tallies: Sequence[Tally]) -> pd.DataFrame:
    """One row per replication, group and interval."""

    def seconds(name: str) -> Floats:
        ticks = np.stack([tally.groups[name] for tally in tallies])
        return np.asarray(ticks.ravel() / TICKS_PER_SECOND)

    staffed, busy, overtime = seconds("present"), seconds("busy"), seconds("overtime")
    scheduled = plan.staff * (plan.interval_ticks / TICKS_PER_SECOND)
    ticks = [tally.groups["present"] - tally.groups["busy"] - tally.groups["overtime"] for tally in tallies]
    return pd.DataFrame(
        {
            **_grid(plan, numbers, plan.groups, "group"),
            "scheduled": np.tile(scheduled.ravel(), len(numbers)),
            "staffed": staffed,
            "busy": busy,
            "idle": np.stack(ticks).ravel() / TICKS_PER_SECOND,
            "overtime": overtime,
            "contacts_open_seconds": seconds("contacts_open"),
            "occupancy": _quotient(busy + overtime, staffed),
        }
    )


def coverage(plan: Plan, tallies: Sequence[Tally]) -> pd.DataFrame:
    """Agents scheduled, required and busy by group and interval, averaged over replications."""

    def agents(*names: str) -> Floats:
        ticks = sum(tally.groups[name] for tally in tallies for name in names)
        shape = plan.staff.shape
        return np.broadcast_to(ticks / (len(tallies) * plan.interval_ticks), shape).ravel()

    number = np.repeat(np.arange(len(plan.groups)), plan.intervals)
    interval = np.tile(np.arange(plan.intervals, dtype=np.int32), len(plan.groups))
    return pd.DataFrame(
        {
            "group": words(number, plan.groups),
            "interval": interval,
            "start_seconds": interval * (plan.interval_ticks / TICKS_PER_SECOND),
            "scheduled": plan.staff.ravel(),
            "required": agents("load_ticks"),
            "busy": agents("busy", "overtime"),
        }
    )


def _step_shape(plan: Plan) -> tuple[int, int, int, int]:
    channels = len(plan.channels)
    return plan.max_attempts, channels, channels + 3, len(OUTCOMES)


def spillover(plan: Plan, tallies: Sequence[Tally]) -> pd.DataFrame:
    """From, to, outcome: cases per replication and their share of contacts that ended so."""
    shape = _step_shape(plan)
    channels = len(plan.channels)
    moves = np.zeros((len(tallies), *shape[1:]))
    for place, tally in enumerate(tallies):
        _, start, end, outcome = np.unravel_index(tally.step_codes, shape)
        np.add.at(moves[place], (start, end, outcome), tally.step_counts)
    ended_so = np.broadcast_to(moves.sum(axis=2, keepdims=True), moves.shape)
    happened = np.asarray(moves.any(axis=0))
    happened[:, channels:] = False
    happened[np.arange(channels), np.arange(channels)] = False
    start, end, outcome = np.nonzero(happened)
    cases = ratio(moves[:, start, end, outcome], np.ones((len(tallies), len(start))))
    share = ratio(moves[:, start, end, outcome], ended_so[:, start, end, outcome])
    return pd.DataFrame(
        {
            "from": words(start, plan.channels),
            "to": words(end, plan.channels),
            "outcome": words(outcome, OUTCOMES),
            "cases": cases.mean,
            "cases_half_width": cases.half_width,
            "share": share.mean,
            "share_half_width": share.half_width,
        }
    )


def journeys(plan: Plan, tallies: Sequence[Tally]) -> pd.DataFrame:
    """Attempt, from, to, outcome: cases per replication."""
    shape = _step_shape(plan)
    codes: Ints = np.concatenate([tally.step_codes for tally in tallies])
    counts = np.concatenate([tally.step_counts for tally in tallies])
    found, inverse = np.unique(codes, return_inverse=True)
    attempt, start, end, outcome = np.unravel_index(found, shape)
    places = [*plan.channels, *(_ENDINGS[place] for place in sorted(_ENDINGS))]
    return pd.DataFrame(
        {
            "attempt": attempt.astype(np.int16),
            "from": words(start, plan.channels),
            "to": words(end, places),
            "outcome": words(outcome, OUTCOMES),
            "cases": np.bincount(inverse, counts, minlength=len(found)) / len(tallies),
        }
    )

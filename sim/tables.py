"""Tables: what was counted as tidy pandas tables (:mod:`sim.columns` describes their columns)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from sim import effort, money
from sim.contract import OUTCOMES, TICKS_PER_SECOND, Floats, Plan
from sim.counting.book import legs
from sim.counting.counted import Array, Columns, Counted
from sim.counting.layout import CASE_OUTCOMES, ENDINGS
from sim.counting.replay import Replayed
from sim.estimates import ratio_of_sums
from sim.summary import channel_quantities
from sim.terms import Terms

_INTERVAL_COUNTS = (
    "offered", "handled", "contained", "abandoned", "short_abandoned", "blocked", "closed",
    "called_back", "disconnected", "unfinished", "unreached", "answered", "queued", "spilled_in",
    "repeated_in",
)  # fmt: skip


def named(codes: Array, names: Sequence[str]) -> pd.Categorical[str]:
    """Codes as names; a negative code is missing."""
    return pd.Categorical.from_codes(np.maximum(codes, -1), categories=pd.Index(list(names), dtype="str"))


def words(codes: Array, names: Sequence[str]) -> Array:
    """Codes as plain text, for small tables."""
    return np.array(names, dtype=object)[codes]


def stack(numbers: Iterable[int], columns: Sequence[Columns], index: str | None = None) -> Columns:
    """Columns of all replications below one another, with ``replication`` (and a row number) added."""
    raw = _below(columns)
    sizes = [len(next(iter(part.values()))) for part in columns]
    raw["replication"] = np.repeat(np.array(list(numbers), np.int32), sizes)
    if index is not None:
        raw[index] = np.concatenate([np.arange(size, dtype=np.int32) for size in sizes])
    return raw


def _grid(plan: Plan, numbers: Sequence[int], names: Sequence[str], label: str) -> dict[str, object]:
    """The first columns of a table with a row per replication, name and interval after the warm-up."""
    each = np.arange(plan.warm_up, plan.intervals, dtype=np.int32)
    interval = np.tile(each, len(numbers) * len(names))
    name = np.tile(np.repeat(np.arange(len(names)), len(each)), len(numbers))
    return {
        "replication": np.repeat(np.array(numbers, np.int32), len(names) * len(each)),
        "day": day_of(plan, interval),
        "interval": interval,
        "start_seconds": interval * (plan.interval_ticks / TICKS_PER_SECOND),
        label: named(name, names),
    }


def day_of(plan: Plan, interval: Array) -> Array:
    """The local day, 0 the first, of each interval."""
    return (np.searchsorted(plan.day_index, interval, side="right") - 1).astype(interval.dtype)


def _quotient(above: Floats, below: Floats) -> Floats:
    result = np.full(below.shape, np.nan)
    np.divide(above, below, out=result, where=below > 0)
    return result


def intervals_and_groups(
    plan: Plan, terms: Terms, days: Iterable[Replayed]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tables with a row per replication, channel or group, and interval."""
    numbers, channels, groups = [], [], []
    for day in days:
        numbers.append(day.replication)
        channels.append(_interval_columns(plan, terms, day.cells))
        groups.append({name: ticks[:, plan.warm_up :].ravel() for name, ticks in day.groups.items()})
    return (
        pd.DataFrame({**_grid(plan, numbers, plan.channels, "channel"), **_below(channels)}),
        _groups(plan, numbers, _below(groups)),
    )


def _below(parts: Sequence[Columns]) -> Columns:
    """Columns of several parts below one another."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _interval_columns(plan: Plan, terms: Terms, cells: Columns) -> Columns:
    """Columns of the table of intervals, channel by channel, from cells [C, K] of one replication."""
    by_channel = {name: values[:, plan.warm_up :].T for name, values in cells.items()}
    found = channel_quantities(plan, terms, by_channel, plan.interval_ticks / TICKS_PER_SECOND)
    q = {name: values.T.ravel() for name, values in found.items()}
    return {
        **{name: q[name].astype(np.int32) for name in _INTERVAL_COUNTS},
        "wait_seconds_sum": q["wait_seconds"],
        "wait_seconds_mean": _quotient(q["wait_seconds"], q["queued"]),
        "asa_seconds": _quotient(q["answer_seconds"], q["answered"]),
        "service_level": _quotient(q["good"], q["counted"]),
        "queue_length_mean": q["queue_seconds"] / q["simulated_seconds"],
    }


def _groups(plan: Plan, numbers: Sequence[int], ticks: Columns) -> pd.DataFrame:
    """One row per replication, group and interval after the warm-up, from ticks of all of them."""
    seconds = {name: values / TICKS_PER_SECOND for name, values in ticks.items()}
    scheduled = plan.staff[:, plan.warm_up :] * plan.interval_ticks
    due = np.tile(scheduled.ravel(), len(numbers))
    idle = ticks["present"] - ticks["busy"] - ticks["overtime"]
    occupied = seconds["busy"] + seconds["overtime"]
    return pd.DataFrame(
        {
            **_grid(plan, numbers, plan.groups, "group"),
            "scheduled": due / TICKS_PER_SECOND,
            "absent": (due - ticks["present"] + ticks["overtime"]) / TICKS_PER_SECOND,
            "staffed": seconds["present"],
            "busy": seconds["busy"],
            "idle": idle / TICKS_PER_SECOND,
            "overtime": seconds["overtime"],
            "contacts_open_seconds": seconds["contacts_open"],
            "occupancy": _quotient(occupied, seconds["present"]),
        }
    )


def coverage(plan: Plan, counted: Counted) -> pd.DataFrame:
    """Agents scheduled, required, busy and present by group and interval, averaged over replications."""
    each = np.arange(plan.warm_up, plan.intervals, dtype=np.int32)
    number = np.repeat(np.arange(len(plan.groups)), len(each))
    interval = np.tile(each, len(plan.groups))
    time = len(counted) * plan.interval_ticks
    load, occupied, attended = (
        ticks.reshape(plan.staff.shape)[:, plan.warm_up :].ravel()
        for ticks in (counted.totals.load, counted.totals.occupied, counted.totals.attended)
    )
    return pd.DataFrame(
        {
            "group": words(number, plan.groups),
            "interval": interval,
            "start_seconds": interval * (plan.interval_ticks / TICKS_PER_SECOND),
            "scheduled": plan.staff[:, plan.warm_up :].ravel(),
            "required": load / time,
            "busy": occupied / time,
            "present": attended / time,
        }
    )


def _step_shape(plan: Plan) -> tuple[int, int, int, int]:
    channels = len(plan.channels)
    return plan.max_attempts, channels, channels + len(ENDINGS), len(OUTCOMES)


def spillover(plan: Plan, counted: Counted) -> pd.DataFrame:
    """From, to, outcome: cases per replication and their share of contacts that ended so."""
    shape, totals, replications = _step_shape(plan), counted.totals, len(counted)
    channels = len(plan.channels)
    moves = totals.steps.reshape(shape).sum(axis=0)
    happened = moves > 0
    happened[:, channels:] = False
    happened[np.arange(channels), np.arange(channels)] = False
    happened &= ~legs(plan)[:, np.newaxis]  # there the company chose
    start, end, outcome = np.nonzero(happened)
    number = moves[start, end, outcome]
    squares, products = (
        values.reshape(shape[1:])[start, end, outcome]
        for values in (totals.move_squares, totals.move_products)
    )
    ended_so = moves.sum(axis=1)[start, outcome]
    ended_squares = totals.ended_squares.reshape(channels, -1)[start, outcome]
    cases, cases_width = ratio_of_sums(replications, number, squares)
    share, share_width = ratio_of_sums(replications, number, squares, ended_so, products, ended_squares)
    return pd.DataFrame(
        {
            "from": words(start, plan.channels),
            "to": words(end, plan.channels),
            "outcome": words(outcome, OUTCOMES),
            "cases": cases,
            "cases_half_width": cases_width,
            "share": share,
            "share_half_width": share_width,
        }
    )


def journeys(plan: Plan, counted: Counted) -> pd.DataFrame:
    """Attempt, from, to, outcome: cases per replication."""
    found = np.flatnonzero(counted.totals.steps)
    attempt, start, end, outcome = np.unravel_index(found, _step_shape(plan))
    return pd.DataFrame(
        {
            "attempt": attempt.astype(np.int16),
            "from": words(start, plan.channels),
            "to": words(end, [*plan.channels, *ENDINGS]),
            "outcome": words(outcome, OUTCOMES),
            "cases": counted.totals.steps[found] / len(counted),
        }
    )


def cases(plan: Plan, terms: Terms, days: Iterable[Replayed]) -> pd.DataFrame:
    """One row per case and replication."""
    parts = [(day.replication, day.cases) for day in days]
    raw = stack([number for number, _ in parts], [columns for _, columns in parts], "case")
    arrived, ended = (raw[name] / TICKS_PER_SECOND for name in ("arrived", "ended"))
    points = effort.points(
        terms.weights,
        waited_seconds=raw["waited"] / TICKS_PER_SECOND,
        contacts=np.maximum(raw["contacts"] - raw["legs"], 1),
        channel_switches=raw["channel_switches"],
        transfers=raw["transfers"],
        retellings=raw["retellings"],
        failed_self_service=raw["failed_self_service"],
    )
    total = points.sum(axis=0)
    return pd.DataFrame(
        {
            "replication": raw["replication"],
            "case": raw["case"],
            "key": raw["key"],
            "intent": named(raw["intent"], plan.intents),
            "segment": named(raw["segment"], plan.segments),
            "first_channel": named(raw["first_channel"], plan.channels),
            "arrived_seconds": arrived,
            "contacts": raw["contacts"],
            "channels": raw["channels"],
            "transfers": raw["transfers"],
            "failures": raw["failures"],
            "outcome": named(raw["outcome"], CASE_OUTCOMES),
            "resolved": raw["outcome"] == CASE_OUTCOMES.index("resolved"),
            "wait_seconds": raw["wait"] / TICKS_PER_SECOND,
            "elapsed_seconds": ended - arrived,
            "effort": total,
            **{f"effort_{name}": part for name, part in zip(effort.DRIVERS, points, strict=True)},
            "ease_score": effort.ease_score(total, terms.weights.scale),
            "churn": money.churn(terms.loyalty, raw["failures"]),
            "cost": raw["cost"],
        }
    )


def contacts(plan: Plan, counted: Counted) -> pd.DataFrame:
    """One row per contact and replication, when the table was kept."""
    raw = stack(counted.numbers, counted.contacts or ())
    answered = raw["answered"] / TICKS_PER_SECOND
    return pd.DataFrame(
        {
            "replication": raw["replication"],
            "case": raw["case"],
            "attempt": raw["attempt"],
            "channel": named(raw["channel"], plan.channels),
            "intent": named(raw["intent"], plan.intents),
            "segment": named(raw["segment"], plan.segments),
            "group": named(raw["group"], plan.groups),
            "arrived": raw["arrived"] / TICKS_PER_SECOND,
            "answered": np.where(raw["answered"] < 0, np.nan, answered),
            "ended": raw["ended"] / TICKS_PER_SECOND,
            "wait_seconds": raw["wait"] / TICKS_PER_SECOND,
            "handle_seconds": raw["handled"] / TICKS_PER_SECOND,
            "wrap_seconds": raw["wrapped"] / TICKS_PER_SECOND,
            "outcome": named(raw["outcome"], OUTCOMES),
            "next_channel": named(raw["next_channel"], plan.channels),
            "helper": named(raw["helper"], plan.groups),
            "helped_seconds": raw["helped"] / TICKS_PER_SECOND,
            "rung": raw["rung"],
        }
    )

"""Summaries: the measures of :mod:`sim.measures` estimated from tallies.

Everything here works on *quantities*, arrays ``[R, n]`` (replications × names of a scope) or ``[R, C, K]``
(by interval), and returns tidy tables whose columns :mod:`sim.columns` describes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from sim import money
from sim.contract import TICKS_PER_SECOND, Floats, Mode, Plan
from sim.estimates import Estimate, half_width, percentiles, ratio, verdict
from sim.measures import (
    CASE_QUANTITIES,
    CHANNEL_QUANTITIES,
    INTERVAL_MEASURES,
    SCOPES,
    Measure,
    Scope,
    in_scope,
    measure,
)
from sim.tally import TICKS_PER_HOUR, Array, Tally, good_and_counted
from sim.terms import Terms

Quantities = dict[str, Floats]
Estimates = dict[tuple[Scope, str], Estimate]

_TICKS = {
    "wait_seconds": "wait_ticks",
    "answer_seconds": "answer_ticks",
    "handle_seconds": "handle_ticks",
    "queue_seconds": "queue_ticks",
}


# -- quantities ------------------------------------------------------------------------------------


def channel_quantities(terms: Terms, cells: Mapping[str, Array], simulated: Floats) -> Quantities:
    """The quantities of channels from cells ``[..., C, K]``, summed or not over intervals.

    ``simulated`` is the time simulated in each cell, in seconds, and gives the result its shape.
    """
    good, counted = good_and_counted(cells, terms.target_of)
    known: dict[str, Array] = {
        **cells,
        **{name: cells[ticks] / TICKS_PER_SECOND for name, ticks in _TICKS.items()},
        "answered_or_abandoned_in_time": cells["answered_in_time"] + cells["abandoned_in_time"],
        "good": good,
        "counted": counted,
        "simulated_seconds": np.broadcast_to(simulated, good.shape),
    }
    return {name: np.asarray(known[name], np.float64) for name in CHANNEL_QUANTITIES}


def by_interval(plan: Plan, terms: Terms, tallies: Sequence[Tally]) -> Quantities:
    """The quantities ``[R, C, K]`` of channels by interval of arrival."""
    cells = {name: np.stack([tally.cells[name] for tally in tallies]) for name in tallies[0].cells}
    return channel_quantities(terms, cells, np.array(plan.interval_ticks / TICKS_PER_SECOND))


def by_scope(plan: Plan, terms: Terms, tallies: Sequence[Tally]) -> dict[Scope, Quantities]:
    """The quantities ``[R, n]`` of every scope, n its names."""
    sums = np.stack([tally.sums for tally in tallies])
    names = list(CASE_QUANTITIES)
    customers: dict[Scope, Floats] = {
        "all": sums.sum(axis=(2, 3))[..., None],
        "intent": sums.sum(axis=3),
        "segment": sums.sum(axis=2),
    }
    quantities: dict[Scope, Quantities] = {
        scope: {name: values[:, place] for place, name in enumerate(names)}
        for scope, values in customers.items()
    }
    quantities["channel"] = _channels(plan, terms, tallies)
    quantities["group"] = _groups(plan, terms, tallies)
    total = quantities["all"]
    total["agent_cost"] = quantities["group"]["agent_cost"].sum(axis=1, keepdims=True)
    total["cost_total"] = total["agent_cost"] + total["contact_cost"]
    return quantities


def _channels(plan: Plan, terms: Terms, tallies: Sequence[Tally]) -> Quantities:
    def summed(name: str) -> Array:
        return np.stack([tally.cells[name].sum(axis=1, dtype=np.int64) for tally in tallies])

    cells = {name: summed(name)[..., None] for name in tallies[0].cells}
    simulated = np.array(plan.horizon / TICKS_PER_SECOND)
    quantities = {
        name: values[..., 0] for name, values in channel_quantities(terms, cells, simulated).items()
    }
    for name in tallies[0].waits:
        quantities[name] = np.stack([tally.waits[name] for tally in tallies])
    met, held = [], []
    for tally in tallies:
        good, counted = good_and_counted(tally.cells, terms.target_of)
        held.append((counted > 0).sum(axis=1))
        met.append(((counted > 0) & (good >= terms.target_share[:, None] * counted)).sum(axis=1))
    quantities["intervals_met"] = np.array(met, np.float64)
    quantities["intervals_counted"] = np.array(held, np.float64)
    return quantities


def _groups(plan: Plan, terms: Terms, tallies: Sequence[Tally]) -> Quantities:
    def hours(name: str) -> Floats:
        ticks = [tally.groups[name].sum(axis=1, dtype=np.int64) for tally in tallies]
        return np.asarray(np.stack(ticks) / TICKS_PER_HOUR)

    busy, overtime = hours("busy"), hours("overtime")
    paid = terms.paid.sum(axis=1) * plan.interval_ticks / TICKS_PER_HOUR
    return {
        "paid_hours": np.broadcast_to(paid, busy.shape),
        "staffed_hours": hours("present"),
        "busy_hours": busy,
        "overtime_hours": overtime,
        "occupied_hours": busy + overtime,
        "contact_hours": hours("contacts_open"),
        "agent_cost": money.agent_cost(paid, overtime, terms.pay_per_hour, terms.overtime_factor),
    }


# -- estimates -------------------------------------------------------------------------------------


def estimate(definition: Measure, quantities: Mapping[str, Floats]) -> Estimate:
    """Estimate one measure: a ratio of sums, or a mean over the replications that have a value."""
    numerator = quantities[definition.numerator]
    if definition.denominator is not None:
        return ratio(numerator, quantities[definition.denominator])
    known = ~np.isnan(numerator)
    return ratio(np.where(known, numerator, 0.0), known.astype(np.float64))


def estimates(quantities: Mapping[Scope, Quantities]) -> Estimates:
    """Every measure in every scope that it has."""
    return {
        (scope, definition.name): estimate(definition, quantities[scope])
        for scope in SCOPES
        for definition in in_scope(scope)
    }


def scope_names(plan: Plan) -> dict[Scope, tuple[str, ...]]:
    """The names that each scope has."""
    return {
        "all": ("all",),
        "channel": plan.channels,
        "group": plan.groups,
        "intent": plan.intents,
        "segment": plan.segments,
    }


def applies(plan: Plan, scope: Scope, place: int, definition: Measure) -> bool:
    """Whether a measure means something for the ``place``-th name of a scope."""
    return scope != "channel" or not definition.needs_agents or plan.mode[place] != Mode.SELF_SERVICE


def summary_table(plan: Plan, found: Estimates, currency: str) -> pd.DataFrame:
    """Scope, name, measure, mean, half_width, p10, p50, p90, unit."""
    names = scope_names(plan)
    rows = []
    for scope in SCOPES:
        spread = {item.name: percentiles(found[scope, item.name].each) for item in in_scope(scope)}
        for place, name in enumerate(names[scope]):
            for item in in_scope(scope):
                if applies(plan, scope, place, item):
                    value = found[scope, item.name]
                    p10, p50, p90 = spread[item.name][:, place]
                    rows.append(
                        (scope, name, item.name, value.mean[place], value.half_width[place],
                         p10, p50, p90, currency if item.unit == "money" else item.unit)
                    )  # fmt: skip
    columns = ["scope", "name", "measure", "mean", "half_width", "p10", "p50", "p90", "unit"]
    return pd.DataFrame(rows, columns=columns)


def interval_table(plan: Plan, quantities: Quantities) -> pd.DataFrame:
    """Channel, interval, start_seconds, measure, mean, half_width."""
    start = np.arange(plan.intervals) * plan.interval_ticks / TICKS_PER_SECOND
    frames = []
    for column, name in INTERVAL_MEASURES.items():
        definition = measure(name, "channel")
        value = estimate(definition, quantities)
        frames += [
            pd.DataFrame(
                {
                    "channel": channel,
                    "interval": np.arange(plan.intervals),
                    "start_seconds": start,
                    "measure": column,
                    "mean": value.mean[place],
                    "half_width": value.half_width[place],
                }
            )
            for place, channel in enumerate(plan.channels)
            if applies(plan, "channel", place, definition)
        ]
    return pd.concat(frames, ignore_index=True)


# -- comparisons -----------------------------------------------------------------------------------


def delta_columns(
    base_plan: Plan, base: Estimates, plan: Plan, found: Estimates, rows: Iterable[tuple[Scope, str, str]]
) -> pd.DataFrame:
    """Paired differences from the base for summary rows (scope, name, measure) of a variant.

    Both come from the same replications under common random numbers, so influences are subtracted
    replication by replication before the half-width is taken. Where the base has no such row (a channel
    that only the variant has) the difference is NaN and the verdict empty.
    """
    base_names, names = scope_names(base_plan), scope_names(plan)
    deltas = []
    for scope, name, item in rows:
        if name not in base_names[scope]:
            deltas.append((np.nan, np.nan, ""))
            continue
        old, new = base[scope, item], found[scope, item]
        i, j = base_names[scope].index(name), names[scope].index(name)
        delta = float(new.mean[j] - old.mean[i])
        # Sums of the same numbers in another order are not a difference.
        if abs(delta) <= 1e-12 * abs(float(old.mean[i])):
            delta = 0.0
        width = float(half_width(new.influence[:, j] - old.influence[:, i]))
        deltas.append((delta, width, verdict(delta, width)))
    return pd.DataFrame(deltas, columns=["delta", "delta_half_width", "verdict"])

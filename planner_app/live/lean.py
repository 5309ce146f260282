"""From a comparison to a glance, by the shortest way: no tables but those that are shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import numpy as np

from planner_app.answers.glance import Floats, Glance, Line, Window
from planner_app.answers.readings import BASELINE, WHAT_IF, Reading
from planner_app.answers.words import Estimate, title
from planner_app.running.report import incident_windows, meta_of
from sim.estimates import half_width
from sim.measures import Scope, measure
from sim.results import Comparison, Result
from sim.summary import Estimates, applies, by_scope, estimate, scope_names

_NUMBERS: tuple[tuple[Scope, str, str], ...] = (
    ("channel", "asa_seconds", "{line} ASA"),
    ("channel", "service_level", "Service level"),
    ("channel", "abandonment", "Abandonment"),
    ("all", "effort", "Effort per case"),
    ("all", "spillover_to_phone", "Spillover to {line}"),
)
"""Scope, measure and label of the numbers that are shown while something changes."""


def glance_of(comparison: Comparison) -> Glance:
    """The few numbers of a comparison that are shown while a what-if is being changed."""
    meta = meta_of(comparison)
    served = (str(channel["name"]) for channel in meta["channels"] if channel["mode"] != "self_service")
    line = str(meta["phone"] or next(served, "phone"))
    scenarios = [name for name in (BASELINE, WHAT_IF) if name in comparison.results]
    last = comparison.results[scenarios[-1]]
    found = {name: _estimates(comparison.results[name]) for name in scenarios}
    numbers = [_reading(comparison, found, scope, line, name, label) for scope, name, label in _NUMBERS]
    return Glance(
        lines={name: _line(comparison.results[name], line) for name in scenarios},
        numbers=tuple(one for one in numbers if one is not None and not _is_idle(one)),
        incidents=tuple(Window(*window) for window in incident_windows(last.scenario)),
        meta=meta,
    )


def _estimates(result: Result) -> Estimates:
    """The measures that are shown, and no other."""
    quantities = by_scope(result.plan, result.terms, result.counted)
    return {(scope, name): estimate(measure(name, scope), quantities[scope]) for scope, name, _ in _NUMBERS}


def _reading(
    comparison: Comparison,
    found: Mapping[str, Estimates],
    scope: Scope,
    line: str,
    name: str,
    label: str,
) -> Reading | None:
    thing = line if scope == "channel" else "all"
    places = {which: _place(comparison.results[which], scope, thing, name) for which in found}
    told = {
        which: Estimate(float(all_[scope, name].mean[place]), float(all_[scope, name].half_width[place]))
        for which, all_ in found.items()
        if (place := places[which]) is not None
    }
    if not told:
        return None
    delta = None
    if WHAT_IF in found:
        delta = Estimate(np.nan)
        if len(told) == len(found):
            i, j = cast(int, places[BASELINE]), cast(int, places[WHAT_IF])
            delta = _difference(found[BASELINE], i, found[WHAT_IF], j, scope, name)
    named = title(line)
    text = label.format(line=named if label.startswith("{") else named.lower())
    before = told.get(BASELINE, Estimate(np.nan))
    return Reading(measure(name, scope), text, scope, thing, before, told.get(WHAT_IF), delta)


def _is_idle(one: Reading) -> bool:
    """Whether nothing can spill over: a card with a nought says nothing."""
    return one.measure.name == "spillover_to_phone" and not (one.baseline.mean or one.current.mean)


def _place(result: Result, scope: Scope, thing: str, name: str) -> int | None:
    names = scope_names(result.plan)[scope]
    if thing not in names or not applies(result.plan, scope, names.index(thing), measure(name, scope)):
        return None
    return names.index(thing)


def _difference(old: Estimates, i: int, new: Estimates, j: int, scope: Scope, name: str) -> Estimate:
    """The paired difference: influences are subtracted replication by replication."""
    before, after = old[scope, name], new[scope, name]
    delta = float(after.mean[j] - before.mean[i])
    # Sums of the same numbers in another order are not a difference.
    if abs(delta) <= 1e-12 * abs(float(before.mean[i])):
        delta = 0.0
    return Estimate(delta, float(half_width(after.influence[:, j] - before.influence[:, i])))


def _line(result: Result, line: str) -> Line:
    """By interval from the start; a warm-up, of which nothing is counted, has nobody and no numbers."""
    table, agents, plan = result.interval_summary, result.coverage, result.plan
    mine = table[table["channel"] == line]

    def of(name: str, column: str) -> Floats:
        found = np.full(plan.intervals, np.nan)
        values = mine.loc[mine["measure"] == name, column].to_numpy(np.float64)
        found[plan.warm_up :] = values if len(values) else np.nan
        return found

    def summed(column: str) -> Floats:
        found = np.zeros(plan.intervals)
        counted = plan.intervals - plan.warm_up
        found[plan.warm_up :] = agents[column].to_numpy(np.float64).reshape(-1, counted).sum(axis=0)
        return found

    return Line(
        wait=of("asa_seconds", "mean"),
        half_width=of("asa_seconds", "half_width"),
        offered=of("offered", "mean"),
        answered=of("answered", "mean"),
        scheduled=summed("scheduled"),
        required=summed("required"),
    )

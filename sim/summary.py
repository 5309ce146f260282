"""Summaries: the measures of :mod:`sim.measures` estimated from what was counted.

By scope, everything here works on *quantities*, arrays ``[R, n]`` (replications × names of a scope); by
interval, on exact sums over replications (:mod:`sim.counting.totals`). Both become tidy tables whose columns
:mod:`sim.columns` describes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from sim import effort, money
from sim.contract import NOBODY, TICKS_PER_SECOND, Bools, Floats, IncidentFact, Mode, Plan
from sim.counting.counted import Array, Counted
from sim.counting.layout import CASE, CHANNEL_FIELDS, GROUP_FIELDS, HANDLED
from sim.counting.totals import PRODUCTS, SUMS, Totals, exact
from sim.effort import DRIVERS, GRAIN
from sim.estimates import Estimate, half_width, percentiles, ratio, ratio_of_sums, verdict
from sim.measures import (
    CHANNEL_QUANTITIES,
    INTERVAL_MEASURES,
    SCOPES,
    Measure,
    Scope,
    in_scope,
    measure,
)
from sim.terms import Terms

Quantities = dict[str, Floats]
Estimates = dict[tuple[Scope, str], Estimate]

TICKS_PER_HOUR = 3600 * TICKS_PER_SECOND
TICKS_PER_MINUTE = 60 * TICKS_PER_SECOND

_TICKS = {
    "wait_seconds": "wait_ticks",
    "answer_seconds": "answer_ticks",
    "handle_seconds": "handle_ticks",
    "queue_seconds": "queue_ticks",
    "callback_seconds": "callback_ticks",
}


# -- quantities ------------------------------------------------------------------------------------


def channel_quantities(plan: Plan, terms: Terms, cells: Mapping[str, Array], simulated: float) -> Quantities:
    """The quantities of channels from counts ``[..., C]``, summed or not over intervals.

    ``simulated`` is the time simulated in each cell, in seconds.
    """
    within = cells["answered_in_time"] + cells["abandoned_in_time"]
    agents = plan.mode != Mode.SELF_SERVICE
    queued = np.where(
        agents, cells["offered"] - cells["blocked"] - cells["closed"] - cells["never_queued"], 0
    )
    known: dict[str, Array] = {
        **cells,
        **{name: cells[ticks] / TICKS_PER_SECOND for name, ticks in _TICKS.items()},
        "handled": np.sum([cells[outcome.name.lower()] for outcome in HANDLED], axis=0),
        "queued": queued,
        "reached": cells["callbacks_answered"] + np.where(plan.dialler_tries > 0, queued, 0),
        "gave_up_waiting": cells["abandoned"] - cells["hung_up"],
        "answered_or_abandoned_in_time": within,
        "good": np.where(terms.of("abandons_good"), within, cells["answered_in_time"]),
        "counted": np.where(terms.of("answered"), cells["answered_judged"], cells["judged"]),
        "simulated_seconds": np.full(within.shape, simulated),
    }
    return {name: np.asarray(known[name], np.float64) for name in CHANNEL_QUANTITIES}


def by_scope(plan: Plan, terms: Terms, counted: Counted) -> dict[Scope, Quantities]:
    """The quantities ``[R, n]`` of every scope, n its names."""
    found = counted.headlines
    channels = {name: found.channels[..., place] for place, name in enumerate(CHANNEL_FIELDS)}
    quantities: dict[Scope, Quantities] = {
        "all": _customers(terms, found.intents.sum(axis=1, keepdims=True)),
        "intent": _customers(terms, found.intents),
        "segment": _customers(terms, found.segments),
        "channel": channel_quantities(plan, terms, channels, _seconds_counted(plan)),
        "group": _groups(plan, terms, counted),
    }
    quantities["channel"] |= {
        "wait_seconds_p90": found.waits[..., 0],
        "wait_seconds_max": found.waits[..., 1],
        "intervals_met": channels["intervals_met"].astype(np.float64),
        "intervals_counted": channels["intervals_counted"].astype(np.float64),
        "open_hours": np.broadcast_to(_open_hours(plan), found.waits.shape[:2]),
    }
    total = quantities["all"]
    total["agent_cost"] = quantities["group"]["agent_cost"].sum(axis=1, keepdims=True)
    total["outreach_cost"] = _outreach(plan, terms, counted)[:, None]
    total["cost_total"] = total["agent_cost"] + total["contact_cost"] + total["outreach_cost"]
    return quantities


def _outreach(plan: Plan, terms: Terms, counted: Counted) -> Floats:
    """What announcements of incidents cost, ``[R]``; of whole incidents, in the warm-up or not."""
    facts = counted.headlines.incidents
    told = facts[..., IncidentFact.TOLD]
    return money.outreach_cost(announced(plan, facts), told, terms.notice_fixed, terms.notice_each)


def _seconds_counted(plan: Plan) -> float:
    """Time simulated, warm-up left out."""
    return (plan.horizon - plan.warm_up * plan.interval_ticks) / TICKS_PER_SECOND


def _open_hours(plan: Plan) -> Floats:
    """[C] hours for which each channel is open, warm-up left out."""
    start = plan.warm_up * plan.interval_ticks
    each = np.clip(plan.open_until, start, plan.horizon) - np.clip(plan.open_from, start, plan.horizon)
    before = np.append(0, np.cumsum(each))
    return np.asarray((before[plan.open_index[1:]] - before[plan.open_index[:-1]]) / TICKS_PER_HOUR)


def _customers(terms: Terms, sums: Floats) -> Quantities:
    """The quantities of cases from sums ``[R, n, fields]`` of :data:`~sim.counting.layout.CASE_FIELDS`."""
    counted = {name: sums[..., place] for name, place in CASE.items()}
    parts = {f"effort_{driver}": counted[f"effort_{driver}"] / GRAIN for driver in DRIVERS}
    cases = counted["resolved"] + counted["given_up"] + counted["unfinished"]
    # Who was never reached has no opinion of it; it cost no effort, so the share of ease is all of 1.
    unknown = counted["never_reached"]
    ended = counted["resolved"] + counted["given_up"] - unknown
    # Of those who gave up nobody is more satisfied than after the hardest case.
    pleased = counted["share_resolved"]
    eased = counted["share_resolved"] + counted["share_given_up"]
    share = eased - unknown
    loyalty = terms.loyalty
    return {
        **{name: values for name, values in counted.items() if not name.startswith(("share_", "elapsed"))},
        **parts,
        "cases": cases,
        "ended": ended,
        "in_touch": cases - unknown,
        "effort": np.sum(list(parts.values()), axis=0),
        "ease": effort.ease_of(eased + counted["share_unfinished"], cases),
        "satisfied": money.csat(loyalty, pleased, ended),
        "recommending": money.nps(loyalty, pleased, ended),
        "disloyal": money.disloyal(loyalty, share, ended),
        "revenue_at_risk": counted["churned"] * loyalty.revenue_per_customer,
        "elapsed_seconds": counted["elapsed_ticks"] / TICKS_PER_SECOND,
    }


def _groups(plan: Plan, terms: Terms, counted: Counted) -> Quantities:
    ticks = {name: counted.headlines.groups[..., place] for place, name in enumerate(GROUP_FIELDS)}
    hours = {name: values / TICKS_PER_HOUR for name, values in ticks.items()}
    overtime = hours["overtime"]
    full = plan.staff[:, plan.warm_up :].sum(axis=1) * plan.interval_ticks
    paid = terms.paid[:, plan.warm_up :].sum(axis=1) * plan.interval_ticks / TICKS_PER_HOUR
    return {
        "paid_hours": np.broadcast_to(paid, overtime.shape),
        "staffed_hours": hours["present"],
        "busy_hours": hours["busy"],
        "overtime_hours": overtime,
        "occupied_hours": hours["busy"] + overtime,
        "contact_hours": hours["contacts_open"],
        "absent_hours": (full - ticks["present"] + ticks["overtime"]) / TICKS_PER_HOUR,
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
    needs = definition.needs
    if needs == "nothing":
        return True
    if needs == "absence":
        return bool(plan.absence[place] > 0)
    if scope != "channel":  # cases may go anywhere
        return bool((plan.dialler_tries > 0).any())
    agents = plan.mode[place] != Mode.SELF_SERVICE
    callback, dialler = plan.callback_above[place] != NOBODY, plan.dialler_tries[place] > 0
    have = {"agents": agents, "callback": callback, "dialler": dialler, "calls": callback or dialler}
    return bool(have[needs])


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


def interval_table(plan: Plan, counted: Counted) -> pd.DataFrame:
    """Channel, interval, start_seconds, measure, mean, half_width; the warm-up has no rows."""
    interval = np.arange(plan.warm_up, plan.intervals)
    start = interval * plan.interval_ticks / TICKS_PER_SECOND
    frames = []
    for column, name in INTERVAL_MEASURES.items():
        definition = measure(name, "channel")
        mean, width = _by_interval(plan, definition, counted.totals, len(counted))
        frames += [
            pd.DataFrame(
                {
                    "channel": channel,
                    "interval": interval,
                    "start_seconds": start,
                    "measure": column,
                    "mean": mean[place, plan.warm_up :],
                    "half_width": width[place, plan.warm_up :],
                }
            )
            for place, channel in enumerate(plan.channels)
            if applies(plan, "channel", place, definition)
        ]
    return pd.concat(frames, ignore_index=True)


def _by_interval(plan: Plan, definition: Measure, totals: Totals, replications: int) -> tuple[Floats, Floats]:
    """Mean and half-width ``[C, K]`` of a measure of channels, from sums over replications."""

    def sums(name: str) -> tuple[Array, Array]:
        place = SUMS.index(name)
        return totals.sums[:, place], exact(totals.squares[:, place])

    above, below = _TICKS.get(definition.numerator, definition.numerator), definition.denominator
    unit = {"answer_ticks": TICKS_PER_SECOND, "queue_ticks": plan.interval_ticks}.get(above, 1)
    x, xx = sums(above)
    if below is None or below == "simulated_seconds":  # the same in every replication
        mean, width = ratio_of_sums(replications, x, xx)
    else:
        y, yy = sums(below)
        xy = exact(totals.products[:, PRODUCTS.index((above, below))])
        mean, width = ratio_of_sums(replications, x, xx, y, xy, yy)
    shape = len(plan.channels), plan.intervals
    return mean.reshape(shape) / unit, width.reshape(shape) / unit


# -- incidents -------------------------------------------------------------------------------------


def announced(plan: Plan, facts: Array) -> Bools:
    """[R, N] whether an incident was announced before it, or the simulation, was over."""
    detected = facts[..., IncidentFact.DETECTED]
    published = detected + plan.announced_after
    over = np.minimum(facts[..., IncidentFact.ENDED], plan.horizon)
    return np.asarray((detected != NOBODY) & (plan.announced_after != NOBODY) & (published < over))


def incident_table(plan: Plan, counted: Counted, names: Sequence[str]) -> pd.DataFrame:
    """Incident, measure, mean, half_width and unit, for incidents called ``names`` in the plan's order."""
    facts = {fact: counted.headlines.incidents[..., fact].astype(np.float64) for fact in IncidentFact}
    detected = facts[IncidentFact.DETECTED] != NOBODY
    noticed = np.where(detected, facts[IncidentFact.DETECTED] - plan.incident_from, 0.0) / TICKS_PER_MINUTE
    lasted = (facts[IncidentFact.ENDED] - plan.incident_from) / TICKS_PER_MINUTE
    always = np.ones(detected.shape)
    share = detected.astype(np.float64)
    found = {
        "detected": (ratio(share, always), "share"),
        "minutes_to_detection": (ratio(noticed, share), "min"),
        "minutes_lasted": (ratio(lasted, always), "min"),
        "failed_attempts": (ratio(facts[IncidentFact.FAILED], always), "contacts"),
        "told_an_agent": (ratio(facts[IncidentFact.REPORTED], always), "customers"),
        "told": (ratio(facts[IncidentFact.TOLD], always), "customers"),
        "heeded": (ratio(facts[IncidentFact.HEEDED], always), "customers"),
    }
    rows = [
        (name, measure_of, estimated.mean[place], estimated.half_width[place], unit)
        for place, name in enumerate(told_apart(names))
        for measure_of, (estimated, unit) in found.items()
    ]
    return pd.DataFrame(rows, columns=["incident", "measure", "mean", "half_width", "unit"])


def told_apart(names: Sequence[str]) -> list[str]:
    """Names with a number behind those that came before.

    >>> told_apart(["outage", "slow", "outage"])
    ['outage', 'slow', 'outage (2)']
    """
    numbered = [(name, [*names[:place]].count(name)) for place, name in enumerate(names)]
    return [f"{name} ({before + 1})" if before else name for name, before in numbered]


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

"""Totals: what the weeks of a course come to, replication by replication, so that differences are paired."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.parameters import default_of
from sim.contract import Floats, Mode, Plan
from sim.counting.layout import CASE
from sim.course.week import Week
from sim.estimates import half_width
from sim.results import Result
from sim.summary import by_scope


@dataclass(frozen=True)
class Total:
    """What is added up over weeks, with its unit and whether less of it is better."""

    name: str
    unit: str
    meaning: str


TOTALS: tuple[Total, ...] = (
    Total("cost", "money", "Agents' pay, costs per contact, announcements, training and hiring."),
    Total("work_hours", "h", "Agents' hours with contacts, and hours in training or in class."),
    Total("contacts", "contacts", "Attempts in any channel."),
    Total("assisted_contacts", "contacts", "Contacts in channels with agents."),
    Total("given_up", "cases", "Cases that the customer gave up."),
    Total("resolved", "cases", "Cases resolved."),
    Total("revenue_at_risk", "money", "Yearly value of customers expected to leave because attempts failed."),
)  # fmt: skip


def week_totals(result: Result, week: Week | None, days: float, hours_per_week: float) -> dict[str, Floats]:
    """Every total of one week, ``[R]``: the days simulated count as ``days`` like them.

    ``week`` None is the scenario as it stands, where nothing is paid or done beside it.
    """
    found = by_scope(result.plan, result.terms, result.counted)
    customers, groups, channels = found["all"], found["group"], found["channel"]
    simulated = days_counted(result.plan)
    times = days / simulated
    beside = 0.0 if week is None else week.other_cost
    off_floor = 0.0 if week is None else hours_off_floor(week, hours_per_week)
    assisted = channels["offered"][:, result.plan.mode != Mode.SELF_SERVICE].sum(axis=1)
    return {
        "cost": customers["cost_total"][:, 0] * times + beside,
        "work_hours": groups["occupied_hours"].sum(axis=1) * times + off_floor,
        "contacts": customers["contacts"][:, 0] * times,
        "assisted_contacts": assisted * times,
        "given_up": customers["given_up"][:, 0] * times,
        "resolved": customers["resolved"][:, 0] * times,
        "revenue_at_risk": customers["revenue_at_risk"][:, 0] * times,
    }


def days_counted(plan: Plan) -> float:
    """Days after the warm-up; of the day within which it ends, the part that is left."""
    index = plan.day_index
    return len(index) - 1 - float(np.interp(plan.warm_up, index, np.arange(len(index))))


def hours_off_floor(week: Week, hours_per_week: float) -> float:
    """Paid hours in training and in class."""
    return sum(
        crew.on_floor * week.training_hours[name] + crew.in_class * hours_per_week
        for name, crew in week.crews.items()
    )


def unhappy(result: Result) -> float:
    """Customers per replication who gave up, though reached, or speak badly of the effort that it took them.

    Of those whose case was resolved, 1% after the least effort to 81% after the most, in proportion to ease
    (as disloyalty in :mod:`sim.money`).
    """
    counted = result.counted.headlines.intents.sum(axis=1)
    resolved, ease = counted[:, CASE["resolved"]], counted[:, CASE["share_resolved"]]
    low, high = (float(default_of(f"social.tells_{end}")) for end in ("low", "high"))
    told = high * resolved - (high - low) * ease
    return float(np.mean(counted[:, CASE["given_up"]] - counted[:, CASE["never_reached"]] + told))


def cases(result: Result, intents: tuple[str, ...] | None) -> float:
    """Cases per replication, of these intents."""
    quantities = by_scope(result.plan, result.terms, result.counted)["intent"]["cases"]
    return float(
        sum(
            quantities[:, place].mean()
            for place, name in enumerate(result.plan.intents)
            if intents is None or name in intents
        )
    )


def left_over(result: Result) -> dict[str, float]:
    """Cases per replication that deferred channels have not dealt with when the last day ends."""
    unfinished = by_scope(result.plan, result.terms, result.counted)["channel"]["unfinished"].mean(axis=0)
    deferred = result.plan.mode == Mode.DEFERRED
    names = zip(result.plan.channels, unfinished.tolist(), deferred.tolist(), strict=True)
    return {name: cases for name, cases, waits in names if waits}


def mean_and_half_width(values: Floats) -> tuple[float, float]:
    """Of numbers ``[R]``, one for each replication."""
    mean = float(values.mean())
    return mean, float(half_width(values - mean))


def break_even(extra: Floats) -> tuple[int | None, int | None, int | None]:
    """The week by which what was spent is recovered: as estimated, at the earliest, at the latest.

    ``extra`` ``[R, W]`` is what each week costs more (less, if negative). It is recovered in the first week
    from which on the cumulative sum stays at or below 0. The interval holds the weeks at which the
    95% interval of that sum does not tell (pointwise, week by week); None where it is not recovered.

    >>> spent = np.array([[10.0, -3.0, -3.0, -3.0, -3.0], [10.0, -4.0, -4.0, -4.0, -4.0]])
    >>> break_even(spent)[0]
    4
    """
    cumulative = np.cumsum(extra, axis=1)
    mean = cumulative.mean(axis=0)
    width = np.nan_to_num(half_width(cumulative - mean))
    dust = 1e-9 * np.abs(extra).sum(axis=1).max(initial=0.0)  # sums of the same numbers in another order
    return _recovered(mean, dust), _recovered(mean - width, dust), _recovered(mean + width, dust)


def _recovered(cumulative: Floats, dust: float) -> int | None:
    above = np.flatnonzero(cumulative > dust)
    if not above.size:
        return 1
    week = int(above[-1]) + 2
    return week if week <= len(cumulative) else None

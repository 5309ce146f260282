"""A small desk whose numbers can be counted by hand, and a second count of what shifts cover and cost."""

from __future__ import annotations

import numpy as np

from scenarios import Scenario
from sim.staffing.demand import Demand
from sim.staffing.plans import ShiftPlan

HOUR = 3600


def desk(days: int = 1, interval: int = HOUR, groups: dict[str, float] | None = None, shrinkage: float = 0.0):
    """A phone desk from Monday on; ``groups`` are pay by name."""
    return Scenario(
        name="Desk",
        calendar={"start": "2026-03-02", "days": days, "interval": interval},
        intents={"help": {"volume": {"per_day": 900}, "first_channel": {"phone": 1.0}}},
        channels={"phone": {"mode": "live", "open": {"daily": "08:00-20:00"}}},
        groups={
            name: {"skills": {"phone": {}}, "staff": {"08:00": 4, "20:00": 0}, "shrinkage": shrinkage,
                   "pay_per_hour": pay}
            for name, pay in (groups or {"desk": 10.0}).items()
        },
    )  # fmt: skip


def demand(required, days: int = 1, interval: int = HOUR, first_hour: int = 8, **others) -> Demand:
    """A demand of every group: numbers from ``first_hour`` on, one row for all days or a row for each."""
    scenario = desk(days, interval, **others)
    per_day = 86_400 // interval
    rows = np.zeros((len(scenario.groups), days * per_day), dtype=np.int64)
    table = np.atleast_2d(required)
    for day in range(days):
        row = table[day % len(table)]
        begin = day * per_day + first_hour * HOUR // interval
        rows[:, begin : begin + len(row)] = row
    return Demand(scenario, rows)


def second_count(plan: ShiftPlan, extra=lambda minute: 0.0) -> tuple[np.ndarray, float]:
    """[groups, intervals] on shift and not on a break, and pay: minute by minute, from the table of shifts.

    ``extra`` is the premium at a minute since the first midnight. Breaks are read from their text.
    """
    demanded = plan.demand
    groups, minutes = demanded.groups, demanded.days * 1440
    present = np.zeros((len(groups), minutes + 2880))
    cost = 0.0
    midnight = plan.demand.scenario.calendar.start
    for row in plan.shifts.itertuples():
        begin, end = (
            (moment.date() - midnight).days * 1440 + moment.hour * 60 + moment.minute
            for moment in (row.start, row.end)
        )
        here, paid = np.zeros(minutes + 2880), np.zeros(minutes + 2880)
        here[begin:end] = paid[begin:end] = 1.0
        for text in filter(None, row.breaks.split(", ")):
            times, *unpaid = text.split(" ")
            first, last = (int(clock[:2]) * 60 + int(clock[3:]) for clock in times.split("–"))
            length = (last - first) % 1440
            first += begin // 1440 * 1440
            first += 1440 if first < begin else 0
            here[first : first + length] = 0.0
            if unpaid:
                paid[first : first + length] = 0.0
        present[groups.index(row.group)] += row.agents * here
        pay = demanded.scenario.groups[row.group].pay_per_hour
        contract = plan.rules.contracts.get(row.contract)
        factor = (contract.pay_factor if contract else 1.0) * plan.rules.shifts[row.template].pay_factor
        rates = np.array([1.0 + extra(minute) for minute in range(minutes + 2880)])
        cost += row.agents * pay * factor * float((paid * rates).sum()) / 60
    if plan.rules.repeats:
        late = present[:, minutes:].copy()
        for day in range(2):  # what is left of shifts after the last midnight
            first = day % demanded.days * 1440
            present[:, first : first + 1440] += late[:, day * 1440 : (day + 1) * 1440]
    per_interval = int(demanded.interval // 60)
    return present[:, :minutes].reshape(len(groups), -1, per_interval).mean(axis=2), cost

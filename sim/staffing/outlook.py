"""Outlook: what the coming weeks need, from growth and season, and what service they get, simulated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from scenarios.errors import Problem
from scenarios.model import Scenario
from scenarios.schedules import staffed
from scenarios.whatifs.volume import scaled_volume
from sim import engines
from sim.columns import Column
from sim.contract import Floats, Ints, Mode
from sim.experiments.asking import check_experiment, check_replications, refuse, whole
from sim.experiments.replicate import Cancel, Progress, stopper
from sim.plan import build
from sim.staffing.capacity import CapacityPlan
from sim.staffing.days import watch
from sim.staffing.demand import Demand, Need, demand_of
from sim.staffing.patterns import HOUR
from sim.staffing.targets import Goal, conditions
from sim.terms import terms_of

WEEKS_PER_YEAR = 365.0 / 7.0

SERVICE_COLUMNS: dict[str, Column] = {
    "week": Column("", "Number of the week; 0 is the first."),
    "start": Column("", "Its first day."),
    "channel": Column("", "Channel."),
    "volume": Column("factor", "On the scenario's volume."),
    "staff": Column("factor", "Agents on the floor against those required at a volume of 1."),
    "service_level": Column("share", "By the definition of the channel's target, over all days simulated."),
    "service_level_half_width": Column("share", "Half-width of its 95% confidence interval."),
    "target": Column("share", "The channel's target."),
    "asa_seconds": Column("s", "Average speed of answer."),
    "abandonment": Column("share", "Of contacts that came to the queue."),
}
"""Columns of the table of service by week."""


def weekly_volume(
    weeks: int,
    start: dt.date,
    growth_per_year: float = 0.0,
    season: Mapping[int, float] | Sequence[float] = (),
) -> Floats:
    """[weeks] factors on volume: compound growth times the season's index.

    ``season`` is an index by month (1 to 12; 1 where there is none) or one by week, repeated every 52.

    >>> weekly_volume(3, dt.date(2026, 1, 19), season={2: 1.2}).round(3).tolist()  # the third is in February
    [1.0, 1.0, 1.2]
    """
    every = np.arange(weeks)
    growth = (1.0 + growth_per_year) ** (every / WEEKS_PER_YEAR)
    if isinstance(season, Mapping):
        months = [(start + dt.timedelta(weeks=week)).month for week in range(weeks)]
        index = np.array([float(season.get(month, 1.0)) for month in months])
    else:
        index = (
            np.array([float(season[week % len(season)]) for week in range(weeks)])
            if season
            else np.ones(weeks)
        )
    found: Floats = growth * index
    return found


def needed_by_week(
    need: Need | Demand | Scenario,
    volume: Sequence[float] | Floats,
    hours_per_week: float,
    days_a_week: float = 7.0,
    replications: int = 20,
    seed: int = 1,
) -> Floats:
    """[weeks] full-time agents needed on the floor, when volume is that many times the scenario's.

    The load, simulated, grows as the volume does; what is required beyond it grows as the square root of the
    volume (square-root staffing: Halfin and Whitt 1981, Operations Research 29, 567-588). ``days_a_week`` is
    how many days like those of the scenario a week has; ``hours_per_week`` are an agent's, in seconds.
    """
    demand = demand_of(need)
    load, required = _load_and_required(demand, replications, seed)
    factors = np.asarray(volume, dtype=np.float64)
    hours = factors * load + np.sqrt(factors) * (required - load)
    return np.maximum(hours, 0.0) * days_a_week / demand.days / (hours_per_week / HOUR)


def _load_and_required(demand: Demand, replications: int, seed: int) -> tuple[float, float]:
    """Hours of the calendar: agents' time of the work that arrives, and agents required."""
    scenario = _staffed(demand.scenario, demand.required)
    plan = build(scenario)
    days = watch(plan, terms_of(scenario, plan), seed, 0, replications)
    load = float(days.of("group", "load").mean(axis=0).sum()) / HOUR
    return load, float(demand.required.sum()) * demand.interval / HOUR


def _staffed(scenario: Scenario, on_floor: Ints | Floats) -> Scenario:
    """The scenario with so many on the floor, [groups, intervals], and nobody away."""
    groups = {
        name: staffed(group, (float(n) for n in row), 0.0)
        for (name, group), row in zip(scenario.groups.items(), on_floor, strict=True)
    }
    return scenario.model_copy(update={"groups": groups, "calendar": scenario.calendar.with_staff({})})


def _scaled(scenario: Scenario, factor: float) -> Scenario:
    intents = {
        name: intent.model_copy(update={"volume": scaled_volume(intent.volume, factor)})
        for name, intent in scenario.intents.items()
    }
    return scenario.model_copy(update={"intents": intents})


def with_service(
    plan: CapacityPlan,
    need: Need | Demand | Scenario,
    every: int = 4,
    replications: int = 20,
    seed: int = 1,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> CapacityPlan:
    """The plan with the service of every ``every``-th week, simulated under the same luck.

    Volume is scaled by the week's factor. Of the agents required at a volume of 1 as many are on the floor,
    in every group and interval, as the plan has of those that :func:`needed_by_week` gives for it.
    ``plan.service`` has a row per week and channel (:data:`SERVICE_COLUMNS`). A cancelled simulation keeps
    the weeks that were done.
    """
    problems = check_replications(replications) + check_experiment([], seed, engines.DEFAULT, None, None)
    if not whole(every, 1, 520):
        problems.append(Problem("every", every, "a whole number of weeks from 1 to 520", "4 is usual"))
    refuse(problems, "this simulation")
    demand, stop = demand_of(need), stopper(cancel)
    weeks = range(0, len(plan.needed), every)
    base = _base(plan, demand, replications, seed)
    rows: list[tuple[object, ...]] = []
    for done, week in enumerate(weeks):
        if stop():
            break
        ratio = float(plan.on_floor[week]) / base if base else 0.0
        rows += _service(plan, demand, week, ratio, replications, seed)
        if progress is not None:
            progress(done + 1, len(weeks))
    return replace(plan, service=pd.DataFrame(rows, columns=list(SERVICE_COLUMNS)))


def _base(plan: CapacityPlan, demand: Demand, replications: int, seed: int) -> float:
    """Agents on the floor that the plan's need is, at a volume of 1."""
    load, required = _load_and_required(demand, replications, seed)
    growth = plan.volume * load + np.sqrt(plan.volume) * (required - load)
    return float(np.median(plan.needed / np.maximum(growth, 1e-12)) * required)


def _service(
    plan: CapacityPlan, demand: Demand, week: int, ratio: float, replications: int, seed: int
) -> list[tuple[object, ...]]:
    factor = float(plan.volume[week])
    scenario = _staffed(_scaled(demand.scenario, factor), np.round(demand.required * ratio, 9))
    model = build(scenario)
    days = watch(model, terms_of(scenario, model), seed, 0, replications)
    rows: list[tuple[object, ...]] = []
    for channel, mode in zip(model.channels, model.mode, strict=True):
        if mode == Mode.SELF_SERVICE:
            continue
        target = scenario.channels[channel].target.share  # type: ignore[union-attr]
        found = {}
        for measure in ("service_level", "asa_seconds", "abandonment"):
            goal = Goal(measure, channel, **{_side(measure): 0.0})  # type: ignore[arg-type]
            asked = replace(conditions(model, [goal])[0], first=0, until=model.intervals)
            found[measure] = asked.judge(days).estimate
        begins = plan.start + dt.timedelta(weeks=week)
        rows.append(
            (
                week, begins, channel, factor, ratio, *found["service_level"], target,
                found["asa_seconds"][0], found["abandonment"][0],
            )
        )  # fmt: skip
    return rows


def _side(measure: str) -> str:
    return "at_least" if measure == "service_level" else "at_most"

"""Frontier: what more or less staff costs, and what service it buys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Executor

import numpy as np
import pandas as pd

from scenarios.errors import Problem
from scenarios.model import Scenario
from scenarios.schedules import averaged
from sim import engines
from sim.contract import Ints, Mode, Plan
from sim.experiments.asking import check_experiment, check_replications, check_watching, refuse
from sim.experiments.growing import model_of
from sim.experiments.replicate import Cancel, Progress
from sim.staffing.agents import scheduled_for
from sim.staffing.days import Days
from sim.staffing.requirement import Requirement, cost_of, trials_of
from sim.staffing.targets import KINDS, Condition, Goal

STEPS = (-0.1, -0.05, -0.025, 0.0, 0.025, 0.05, 0.1)
MEASURES = ("service_level", "asa_seconds", "abandonment", "occupancy")

COLUMNS: dict[str, str] = {
    "step": "Change of the agents on the floor, as a share: 0.05 is 5% more.",
    "hours": "Hours scheduled, shrinkage included.",
    "cost": "Pay for them.",
    "name": "Channel, or group of an occupancy.",
    "measure": "Service level, ASA, abandonment, or occupancy.",
    "estimate": "The measure, over the days as they are weighed.",
    "half_width": "Of its 95% confidence interval.",
}
"""Columns of :func:`frontier`."""


def frontier(
    base: Scenario | Requirement,
    *,
    steps: Iterable[float] = STEPS,
    replications: int = 50,
    seed: int = 1,
    executor: Executor | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> pd.DataFrame:
    """Cost against service when all staff is raised or cut in proportion; columns as in :data:`COLUMNS`.

    The staff is the scenario's own, or that of a requirement. In each interval a share of an agent is rounded
    so that over the day as many agents come or go as the share says. All steps meet the same days.
    Errors are those of :func:`sim.run`.
    """
    scenario = base.base if isinstance(base, Requirement) else base
    wanted = list(steps)
    refuse(
        [
            *check_experiment([("base", scenario)], seed, engines.DEFAULT, executor, workers),
            *check_replications(replications),
            *check_watching(progress, cancel),
            *[
                Problem("steps", step, "shares from -1 to 10", "0.05 is 5% more")
                for step in wanted
                if not isinstance(step, int | float) or not -1.0 <= step <= 10.0
            ],
        ],
        "this frontier",
    )
    scenario = averaged(scenario)
    model = model_of("", scenario)
    plan = model.plan
    staff = base.staff if isinstance(base, Requirement) else plan.staff
    frames = []
    with trials_of(
        scenario, plan, model.terms, int(seed), int(replications), executor, workers, progress, cancel
    ) as trials:
        for step in wanted:
            changed = in_proportion(staff, step)
            days = trials.days(changed, 0, int(replications))
            frames += list(_rows(scenario, plan, step, changed, days))
    return pd.DataFrame(frames, columns=list(COLUMNS))


def in_proportion(staff: Ints, step: float) -> Ints:
    """Staff [G, K] times 1 + step; what rounding leaves over is carried to the next interval of the group.

    >>> in_proportion(np.array([[10, 10, 10, 10]]), 0.05).tolist()
    [[11, 10, 11, 10]]
    """
    exact = np.cumsum(staff * (1.0 + step), axis=1)
    whole = np.floor(exact + 0.5)
    return np.diff(whole, axis=1, prepend=0.0).astype(np.int64)


def _rows(
    scenario: Scenario, plan: Plan, step: float, staff: Ints, days: Days
) -> Iterator[tuple[float, float, float, str, str, float, float]]:
    shrinkage = np.array([group.shrinkage for group in scenario.groups.values()])
    scheduled = scheduled_for(staff, shrinkage[:, None]) if staff.size else staff
    hours = float(scheduled.sum()) * scenario.calendar.interval / 3600.0
    for measure in MEASURES:
        kind = KINDS[measure]
        names = plan.channels if kind.scope == "channel" else plan.groups
        for place, name in enumerate(names):
            if kind.scope == "channel" and plan.mode[place] == Mode.SELF_SERVICE:
                continue
            goal = Goal(measure, at_least=0.0, at_most=0.0)
            judged = Condition(goal, place, 0, plan.intervals, name, False).judge(days)
            yield (step, hours, cost_of(scenario, scheduled), name, measure, *judged.estimate)

"""Shifts that cover a requirement at least cost, and in a simulation meet its goals: :func:`schedule`.

A plan (:mod:`sim.staffing.plans`) says which shifts start when, with their breaks, and how many agents work
each; who they are is :mod:`sim.staffing.rosters`. :mod:`sim.staffing.covering` says how shifts are chosen.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import replace

from scenarios.errors import Problem
from scenarios.model import Scenario
from scenarios.shifts import ShiftRules, load_shifts
from sim import engines
from sim.errors import InfeasibleStaffing
from sim.experiments.asking import (
    MOST_SEED,
    check_experiment,
    check_replications,
    check_watching,
    refuse,
    whole,
)
from sim.experiments.replicate import Cancel, Progress, stopper
from sim.plan import build
from sim.staffing.choosing import choose
from sim.staffing.covering import Chosen
from sim.staffing.demand import Demand, Need, demand_of
from sim.staffing.patterns import Wages
from sim.staffing.plans import Pause, Shift, ShiftPlan
from sim.staffing.targets import Goal, check_goals, goals_of
from sim.staffing.verifying import Trial

USUAL_GAP = 0.01
"""Share of the cost by which a plan may be dearer than the least possible."""
MOST_DAYS = 31
"""Days of a schedule at most."""


def schedule(
    need: Need | Demand | Scenario,
    shifts: ShiftRules | str | os.PathLike[str],
    *,
    verify: bool = True,
    goals: Goal | Iterable[Goal] | None = None,
    replications: int = 50,
    seed: int = 1,
    rounds: int = 8,
    gap: float = USUAL_GAP,
    seconds: float = 30.0,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> ShiftPlan:
    """The cheapest shifts that cover a requirement, and in a simulation meet its goals.

    ``need`` is what :func:`sim.staffing.requirement` returns, a :class:`~sim.staffing.demand.Demand`, or a
    scenario, whose own staff is then to be covered. ``shifts`` are rules, or the name or path of a file of
    them. Shifts are chosen to a relative ``gap`` of the least cost, or the best that ``seconds`` allow is
    taken: ``plan.gap`` says which. Cost is pay of paid time with premiums, and the prices of under- and
    over-coverage.

    With ``verify`` the rostered staff is simulated, breaks and all, ``replications`` times with ``seed``.
    Where a goal is missed (``goals``, else those of the requirement, else the channels' own targets) the
    requirement is raised in the intervals that fall short, for the busiest group that may help, and shifts
    are chosen again, up to ``rounds`` times; ``plan.rounds`` says how often. ``plan.checks`` is what
    replications that no round has seen say of the plan. ``plan.holds`` is false where goals could not be met
    so; ``plan.limits`` are the rules that stood in the way. ``progress`` is told (done, most) rounds.
    ``seconds`` are for each choice of shifts.

    Raises ``InfeasibleStaffing`` where no shifts keep to the rules, naming the limits that bind;
    ``ScenarioError`` where rules do not suit the scenario; ``RunError`` for arguments out of range or when
    nothing was found in time; ``RunCancelledError`` when cancelled before shifts were found.
    """
    refuse(
        [
            *_no_rules(shifts),
            *_not_numbers(gap, seconds, rounds),
            *too_long(need),
            *check_replications(replications),
            *check_experiment([], seed, engines.DEFAULT, None, None),
            *check_watching(progress, cancel),
        ],
        "this schedule",
    )
    rules = shifts if isinstance(shifts, ShiftRules) else load_shifts(shifts)
    demand = demand_of(need)
    stop = None if cancel is None else stopper(cancel)
    tell = progress or (lambda done, most: None)
    plan = _planned(demand, demand, rules, seconds, gap, stop)
    if not verify:
        return plan
    asked = _goals(goals, need, demand.scenario)
    for done in range(rounds + 1):
        tell(done, rounds)
        trial = _judged(plan, asked, seed, replications, done)
        over = done == rounds or (stop is not None and stop())
        if not trial.missed or over:
            break
        before = plan.demand if plan.final is None else plan.final
        raised = Demand(before.scenario, before.required + trial.more(before.required))
        try:
            following = replace(_planned(demand, raised, rules, seconds, gap, stop), rounds=done + 1)
        except InfeasibleStaffing as refusal:
            plan = replace(plan, limits=refusal.problems)
            break
        if (following.rostered == plan.rostered).all():  # the rules leave no room for more
            break
        plan = following
    tell(rounds, rounds)
    return replace(plan, checks=trial.table())


def _judged(plan: ShiftPlan, goals: tuple[Goal, ...], seed: int, replications: int, done: int) -> Trial:
    """The rostered staff on the days that every round sees; if all is well, on days that none has seen."""
    seen = Trial(plan.scenario, goals, seed, replications)
    return seen if seen.missed else Trial(plan.scenario, goals, fresh(seed) + done, replications)


def fresh(seed: int) -> int:
    """A seed whose replications are others than those of ``seed``."""
    return (seed + _FRESH) % MOST_SEED


_FRESH = 7_777_777


def _goals(goals: Goal | Iterable[Goal] | None, need: object, scenario: Scenario) -> tuple[Goal, ...]:
    given = getattr(need, "goals", None) if goals is None else goals
    asked = goals_of(scenario) if given is None else (given,) if isinstance(given, Goal) else tuple(given)
    refuse(check_goals(asked, build(scenario)), "this schedule")
    return asked


def _planned(
    first: Demand,
    demand: Demand,
    rules: ShiftRules,
    seconds: float,
    gap: float,
    stop: Callable[[], bool] | None,
) -> ShiftPlan:
    choice = choose(demand, rules, seconds, gap, stop)
    wages = Wages(demand.scenario, rules)
    lines = tuple(_shift(demand, wages, one) for one in choice.chosen)
    return ShiftPlan(first, rules, lines, choice.gap, None if demand is first else demand)


def _shift(demand: Demand, wages: Wages, one: Chosen) -> Shift:
    pattern = one.pattern
    breaks = tuple(
        Pause(start, window.length, window.paid)
        for start, window in zip(one.breaks, pattern.windows, strict=True)
    )
    return Shift(
        group=demand.groups[pattern.group],
        template=pattern.template,
        contract=pattern.contract,
        day=pattern.day,
        start=pattern.start,
        end=pattern.end,
        breaks=breaks,
        agents=one.agents,
        cost=wages.cost(pattern, one.breaks),
    )


def _no_rules(shifts: object) -> Iterable[Problem]:
    if not isinstance(shifts, ShiftRules | str | os.PathLike):
        yield Problem(
            "shifts", shifts, "shift rules, or the name or path of a file of them", 'write "standard"'
        )


def _not_numbers(gap: object, seconds: object, rounds: object) -> Iterable[Problem]:
    for name, value, most, cure in (
        ("gap", gap, 1.0, "0.01 is 1%"),
        ("seconds", seconds, 86400.0, "30 is usual"),
    ):
        sound = isinstance(value, int | float) and not isinstance(value, bool) and 0.0 <= value <= most
        if not sound:
            yield Problem(name, value, f"a number from 0 to {most:g}", cure)
    if not whole(rounds, 0, 1000):
        yield Problem("rounds", rounds, "a whole number from 0 to 1000", "8 is usual")


def too_long(need: object) -> Iterable[Problem]:
    """Problems with a calendar of more than a month."""
    scenario = need if isinstance(need, Scenario) else getattr(need, "scenario", None)
    if not isinstance(scenario, Scenario):
        yield Problem("need", need, "a requirement, a demand or a scenario", "make one with requirement(...)")
    elif scenario.calendar.days > MOST_DAYS:
        days = scenario.calendar.days
        yield Problem(
            "calendar.days", days, f"at most {MOST_DAYS} for a schedule", "schedule it month by month"
        )

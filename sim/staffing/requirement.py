"""Requirement: the staff that meets every goal at least cost, found and verified by simulation.

>>> import scenarios, sim
>>> from sim.staffing import Goal, requirement
>>> desk = scenarios.load("helpdesk")
>>> need = requirement(desk, [Goal("service_level", "phone", at_least=0.8)], replications=20)
>>> need.holds, list(need.agents.columns)[:4]
(True, ['group', 'interval', 'start', 'required'])
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from scenarios.errors import Problem
from scenarios.model import Scenario
from scenarios.schedules import averaged, staffed
from sim import engines
from sim.contract import Floats, Ints, Plan
from sim.errors import InfeasibleStaffing
from sim.experiments.asking import check_experiment, check_replications, check_watching, refuse
from sim.experiments.growing import model_of
from sim.experiments.replicate import Cancel, Progress, stopper
from sim.experiments.workers import workers_for
from sim.staffing import reasons
from sim.staffing.agents import scheduled_for
from sim.staffing.calendars import clocks_change
from sim.staffing.search import Search
from sim.staffing.slopes import kept
from sim.staffing.start import Erlangs, allowed, ample, erlangs, work_in_progress
from sim.staffing.targets import Goal, Judged, check_goals, conditions, goals_of
from sim.staffing.telling import agents_table, certificate_table, sentence_of
from sim.staffing.trials import Trials
from sim.staffing.tried import Effort
from sim.terms import Terms

_CASES = 1_500_000
_FEWEST, _MOST = 60, 500
"""Replications, unless a number is named: as many as make so many cases, within these bounds."""
_AMPLE_DAYS = 20
_SHIFTS = (-0.5, 0.0, 0.5, 1.0, 1.5)
"""Square roots of the load by which the formulas' answer is shifted, for a start."""
_UNPAID = 0.01
"""An agent without pay counts as such a part of the dearest."""
_EXPECTED_STAGES = 38
"""A search takes about so many times its replications; progress is told against that."""


@dataclass(frozen=True, eq=False)
class Requirement:
    """The staff that meets every goal, what it costs, and the evidence."""

    base: Scenario
    goals: tuple[Goal, ...]
    seed: int
    plan: Plan
    terms: Terms
    staff: Ints
    """[G, K] agents on the floor."""
    erlangs: Erlangs
    """What the formulas would have asked for."""
    judged: Sequence[Judged]
    """Conditions, on days that no choice has seen."""
    one_less: Sequence[Judged]
    """The same days with one agent fewer, where that does least harm."""
    where_less: tuple[int, int]
    """Group and interval of that agent; (-1, -1) where nobody is required."""
    simulations: int
    """Days simulated to find and verify it."""
    duration_seconds: float

    @property
    def holds(self) -> bool:
        """Whether every goal holds, on days that no choice has seen."""
        return all(item.holds for item in self.judged)

    @cached_property
    def scheduled(self) -> Ints:
        """[G, K] the least to schedule so that the required ones are on the floor."""
        shrinkage = np.array([group.shrinkage for group in self.base.groups.values()])
        return scheduled_for(self.staff, shrinkage[:, None]) if self.staff.size else self.staff

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario with that staff."""
        groups = {
            name: staffed(group, (float(n) for n in numbers), group.shrinkage)
            for (name, group), numbers in zip(self.base.groups.items(), self.scheduled, strict=True)
        }
        return self.base.model_copy(update={"groups": groups, "calendar": self.base.calendar.with_staff({})})

    @property
    def hours(self) -> float:
        """Hours scheduled, shrinkage included."""
        return float(self.scheduled.sum()) * self.base.calendar.interval / 3600.0

    @property
    def cost(self) -> float:
        """Pay for them."""
        return cost_of(self.base, self.scheduled)

    @property
    def cost_present(self) -> float:
        """Pay for the staff that the scenario has."""
        return cost_of(self.base, self.terms.paid)

    @cached_property
    def agents(self) -> pd.DataFrame:
        """Required, scheduled, analytic and present agents by group and interval."""
        return agents_table(self)

    @cached_property
    def certificate(self) -> pd.DataFrame:
        """Every condition: its limit, its estimate on fresh days, and that with one agent fewer."""
        return certificate_table(self)

    @property
    def sentence(self) -> str:
        """The result in one plain sentence."""
        return sentence_of(self)


def requirement(
    base: Scenario,
    goals: Goal | Iterable[Goal] | None = None,
    *,
    replications: int | None = None,
    seed: int = 1,
    executor: Executor | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Requirement:
    """The fewest agents, by pay, in each group and interval with which every goal holds.

    ``goals`` are one :class:`~sim.staffing.targets.Goal` or several; None: each channel's own target, for the
    day. ``replications`` is the number of days on which candidates are compared (when left out, 60 to 500, by
    the size of the centre); what is found is verified on three times as many others. Small desks, of up to 30
    groups and intervals, are judged and verified on up to ten times as many: one agent is much of their cost.
    Absence that is drawn by day counts as a fixed share, as shrinkage does, and shifts as numbers. The same
    arguments give the same answer. ``progress`` is told (days simulated, days expected); ``cancel``,
    a callable or an event, is asked now and then.

    Raises :class:`~sim.errors.InfeasibleStaffing` when no staff meets the goals,
    :class:`~sim.errors.RunCancelledError` when cancelled, and otherwise as :func:`sim.run` does.
    """
    one = [goals] if isinstance(goals, Goal) else goals
    if isinstance(one, Iterable) and not isinstance(one, str):
        one = tuple(one)
    problems = [
        *check_experiment([("base", base)], seed, engines.DEFAULT, executor, workers),
        *([] if replications is None else check_replications(replications)),
        *check_watching(progress, cancel),
        *(clocks_change(base) if isinstance(base, Scenario) else []),
    ]
    refuse(problems, "this search")
    base = averaged(base)
    model = model_of("", base)
    asked = goals_of(base) if one is None else one
    none_given = [Problem("goals", None, "a goal or more", "leave goals out: the channels' own targets")]
    refuse(check_goals(asked, model.plan) or ([] if asked or goals is None else none_given), "this search")
    wanted = tuple(asked)
    started = time.perf_counter()
    usual = int(np.clip(_CASES / max(float(model.plan.rate.sum()), 1.0), _FEWEST, _MOST))
    days = usual if replications is None else int(replications)
    with trials_of(
        base, model.plan, model.terms, int(seed), days, executor, workers, progress, cancel
    ) as trials:
        found = _Found(base, wanted, trials, days).requirement()
    return Requirement(
        base,
        wanted,
        int(seed),
        model.plan,
        model.terms,
        *found,
        trials.simulated,
        time.perf_counter() - started,
    )


@contextmanager
def trials_of(
    base: Scenario,
    plan: Plan,
    terms: Terms,
    seed: int,
    days: int,
    executor: Executor | None,
    workers: int | None,
    progress: Progress | None,
    cancel: Cancel | None,
) -> Iterator[Trials]:
    """Trials with workers of their own, or the executor's."""
    expected = _EXPECTED_STAGES * days
    tell, finish = _counter(progress, expected)
    cases = expected * float(plan.rate.sum())
    with workers_for(engines.DEFAULT, cases, expected, executor, workers) as pool:
        yield Trials(plan, terms, seed, pool, stopper(cancel), tell)
    finish()


def _counter(
    progress: Progress | None, expected: int
) -> tuple[Callable[[int], object], Callable[[], object]]:
    """Tells days done, of those expected or a tenth more than are done; and, in the end, that all are."""
    done = 0

    def tell(days: int) -> None:
        nonlocal done
        done += days
        if progress is not None:
            progress(done, max(expected, done + done // 10))

    def finish() -> None:
        if progress is not None:
            progress(done, done)

    return tell, finish


class _Found:
    """The steps of one search."""

    def __init__(self, base: Scenario, goals: Sequence[Goal], trials: Trials, days: int) -> None:
        self._base, self._goals, self._trials, self._days = base, goals, trials, days
        self._plan, self._terms = trials.plan, trials.terms
        self._there = allowed(self._plan)
        self._conditions = conditions(self._plan, goals)

    def requirement(self) -> tuple[Ints, Erlangs, list[Judged], list[Judged], tuple[int, int]]:
        """The staff, the formulas' own, the evidence, and the same with one agent fewer."""
        plenty = self._plenty()
        days = self._trials.days(plenty, 0, min(_AMPLE_DAYS, self._days))
        formulas = erlangs(self._base, self._plan, self._terms, self._goals, days)
        load = work_in_progress(self._plan, days)
        there = self._there & self._useful(plenty)
        search = Search(
            self._trials,
            self._conditions,
            there,
            prices(self._base),
            load,
            Effort.of(self._days, self._trials.cases, int(there.sum()), len(self._plan.groups)),
        )
        shifted = [formulas.start + np.rint(by * np.sqrt(load)).astype(np.int64) for by in _SHIFTS]
        starts = [*shifted, formulas.erlang_c, self._plan.staff]
        staff, judged, one_less, place = search.run(
            [np.where(there, np.maximum(one, 0), 0) for one in starts]
        )
        if failing := [item for item in judged if not item.holds]:
            raise self._infeasible(failing)
        return staff, formulas, judged, one_less, place

    def _plenty(self) -> Ints:
        """Ample staff with which every goal holds; raises InfeasibleStaffing where there is none."""
        few = min(_AMPLE_DAYS, self._days)
        for times in (3.0, 12.0):
            staff = ample(self._base, self._plan, times)
            judged = kept(self._conditions, self._trials.days(staff, 0, few))
            if all(item.holds for item in judged):
                break
        if not all(item.holds for item in judged):
            judged = kept(self._conditions, self._trials.days(staff, 0, self._days))
        if failing := [item for item in judged if not item.holds]:
            raise self._infeasible(failing)
        if problems := reasons.shut_out(self._base, self._plan, self._conditions, judged):
            raise InfeasibleStaffing("no staff meets these goals", problems)
        return staff

    def _infeasible(self, failing: Sequence[Judged]) -> InfeasibleStaffing:
        problems = reasons.why(self._base, self._plan, self._there, failing)
        return InfeasibleStaffing("no staff meets these goals", problems)

    def _useful(self, plenty: Ints) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """[G, K] where a group of ample size had anything to do, in this interval or next to it."""
        days = self._trials.days(plenty, 0, min(_AMPLE_DAYS, self._days))
        busy = days.of("group", "occupied").sum(axis=0) > 0
        near = busy.copy()
        near[:, :-1] |= busy[:, 1:]
        near[:, 1:] |= busy[:, :-1]
        shared = np.array([self._shares(group) for group in range(len(self._plan.groups))], np.bool_)
        return np.asarray(near | shared[:, None])

    def _shares(self, group: int) -> bool:
        """Whether a group has a queue that others may take first, so that ample staff says nothing of it."""
        mine = self._plan.skill_priority[group] > 0
        return bool((self._plan.skill_priority[:, mine] > 0).sum(axis=0).max(initial=0) > 1)


def prices(base: Scenario) -> Floats:
    """[G] what an agent on the floor for an interval costs; where nobody is paid, hours count alike."""
    groups = base.groups.values()
    pay = np.array([group.pay_per_hour for group in groups], np.float64)
    there = np.array([1.0 - group.shrinkage for group in groups])
    if not (pay > 0).all():
        pay = np.maximum(pay, (float(pay.max(initial=0.0)) or 1.0) * _UNPAID)
    return np.asarray(pay / there * base.calendar.interval / 3600.0)


def cost_of(base: Scenario, scheduled: Floats | Ints) -> float:
    """Pay for scheduled numbers [G, K]."""
    pay = np.array([group.pay_per_hour for group in base.groups.values()], np.float64)
    return float(pay @ scheduled.sum(axis=1)) * base.calendar.interval / 3600.0 if pay.size else 0.0

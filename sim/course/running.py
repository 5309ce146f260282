"""Running a course: week after week, each simulated with the same customers and the same luck."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace

from scenarios.course import Course, problems
from scenarios.errors import Problem
from scenarios.model import Scenario
from sim import engines
from sim.course.results import CourseComparison, CourseResult
from sim.course.totals import cases, left_over, unhappy
from sim.course.week import Carried, Week, scenario_of, week_of
from sim.errors import RunCancelledError
from sim.experiments.asking import check_experiment, check_replications, check_watching, refuse
from sim.experiments.growing import Experiment
from sim.experiments.replicate import Cancel, Progress, stopper
from sim.results import Result

Courses = Mapping[str, Course] | Iterable[Course]
USUAL = 20
"""Replications of each week unless another number is named."""


def course(
    base: Scenario,
    course: Course,
    *,
    replications: int = USUAL,
    seed: int = 1,
    engine: str = engines.DEFAULT,
    executor: Executor | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
    workers: int | None = None,
) -> CourseResult:
    """Simulate a scenario week by week, as ``course`` says that it changes.

    Every week is the scenario's own horizon (a sample day, as a rule) under the same customers and the same
    luck, so that weeks differ by what changed. What one week does to the next (exhaustion, posts) follows
    from its mean over all replications, so nothing is random but the simulated days: the same seed gives
    the same course. A week also begins with what the week before left over in deferred channels, more or less
    than the scenario as it stands leaves, in expectation: the days simulated stand for the week, so simulate
    all its days where a backlog builds up from day to day. Queues of calls and chats begin empty.
    A week equal to one that was simulated is not simulated again.

    ``progress`` is told (done, total) replications of all weeks; a cancelled course has the weeks that were
    finished. The other arguments and errors are those of :func:`sim.run`; ``ScenarioError`` too where a
    what-if does not fit, saying in which week.
    """
    found = compare_courses(
        base, course, (), replications=replications, seed=seed, engine=engine, executor=executor,
        progress=progress, cancel=cancel, workers=workers,
    )  # fmt: skip
    return found.results[found.reference]


def compare_courses(
    base: Scenario,
    course: Course,
    others: Courses = (),
    *,
    replications: int = USUAL,
    seed: int = 1,
    engine: str = engines.DEFAULT,
    executor: Executor | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
    workers: int | None = None,
) -> CourseComparison:
    """Simulate a course and others of the same scenario, and compare them week by week and as a whole.

    ``others`` are courses, or a mapping from name to course; two of the same name are told apart by a number.
    ``Course(weeks=12)`` is to do nothing. Arguments and errors are those of :func:`course`.
    """
    named = _named(course, others)
    refuse(
        [
            *check_experiment([("base", base)], seed, engine, executor, workers),
            *check_replications(replications),
            *check_watching(progress, cancel),
            *(one for name, item in named for one in _unfit(name, item, base)),
        ],
        "this course",
    )
    total = replications * (1 + sum(item.weeks for _, item in named))
    stage = _Stage(replications, seed, engine, executor, workers, progress, stopper(cancel), total)
    rehearsed = [(name, item, _rehearse(item, base)) for name, item in named]
    found = stage.simulate(base)
    if found is None:
        raise RunCancelledError("the course was cancelled before its first week was finished")
    return CourseComparison({name: _run(item, days, found, stage) for name, item, days in rehearsed})


@dataclass
class _Stage:
    """Where scenarios are simulated, each once."""

    replications: int
    seed: int
    engine: str
    executor: Executor | None
    workers: int | None
    progress: Progress | None
    stop: Callable[[], bool]
    total: int
    done: int = 0
    played: list[Result] = field(default_factory=list)

    def simulate(self, scenario: Scenario) -> Result | None:
        """What comes of a scenario; None when cancelled before it was finished."""
        known = next((one for one in self.played if one.scenario == scenario), None)
        if known is None:
            if self.stop():
                return None
            experiment = Experiment(scenario, (), self.seed, self.engine, self.executor, self.workers)
            try:
                known = experiment.grow(self.replications, self._told, self.stop).base
            except RunCancelledError:
                return None
            if not known.complete:
                return None
            self.played.append(known)
        self.done += self.replications
        self._told(0, self.replications)
        return known

    def _told(self, done: int, _: int) -> None:
        if self.progress is not None:
            self.progress(self.done + done, self.total)


def _run(course: Course, days: float, base: Result, stage: _Stage) -> CourseResult:
    headcount = _headcount(course, base, days)
    carried, results, numbers, posts = Carried(), list[Result](), list[Week](), list[float]()
    normal = _posts_per_case(course, base)
    for number in range(1, course.weeks + 1):
        week = week_of(course, base.scenario, headcount, number, carried)
        result = stage.simulate(scenario_of(course, base.scenario, week))
        if result is None:
            break
        made = _posts_per_case(course, result, base) - normal
        results.append(result)
        numbers.append(week)
        simulated = base.scenario.calendar.days
        posts.append(made * cases(base, _moved(course)) * days / simulated)
        carried = _carried(course, carried, result, base, made)
    return CourseResult(course, base, tuple(results), tuple(numbers), days, tuple(posts))


def _headcount(course: Course, base: Result, days: float) -> dict[str, float]:
    """Whom the scenario employs in each group: as given, or a week's scheduled hours over an agent's."""
    hours = base.terms.paid.sum(axis=1) * base.scenario.calendar.interval / 3600
    week = hours / base.scenario.calendar.days * days / course.hours_per_week
    given = course.people.headcount if course.people is not None else {}
    return {name: float(given.get(name, week[place])) for place, name in enumerate(base.plan.groups)}


def _carried(course: Course, before: Carried, result: Result, base: Result, made: float) -> Carried:
    """What a week hands on, from its means over replications."""
    occupancy = result.estimates["group", "occupancy"].mean
    seen = {
        name: float(occupancy[place])
        for place, name in enumerate(result.plan.groups)
        if occupancy[place] == occupancy[place]  # not a group that had no hours
    }
    exhaustion, posts = {}, 0.0
    if course.burnout is not None:
        memory, ceiling = course.burnout.memory, course.burnout.ceiling
        exhaustion = {
            name: memory * before.exhaustion.get(name, 0.0) + max(share - ceiling, 0.0)
            for name, share in seen.items()
        }
    if course.social is not None:
        posts = course.social.memory * before.posts + made
    usual = left_over(base)
    backlog = {name: cases - usual.get(name, 0.0) for name, cases in left_over(result).items()}
    return Carried(exhaustion, posts, seen, backlog)


def _posts_per_case(course: Course, result: Result, base: Result | None = None) -> float:
    """Posts in a week over the cases that the scenario as it stands has of the intents that they move."""
    if course.social is None:
        return 0.0
    found = cases(base or result, _moved(course))
    return course.social.posting * unhappy(result) / found if found else 0.0


def _moved(course: Course) -> tuple[str, ...] | None:
    return course.social.intents if course.social is not None else None


def _rehearse(course: Course, base: Scenario) -> float:
    """Make every week's scenario, so that what does not fit is told at once; returns the days of a week.

    Without what is carried over, and without people, whose numbers need a headcount.
    """
    due, nobody = course.model_copy(update={"people": None}), dict.fromkeys(base.groups, 1.0)
    for number in range(1, course.weeks + 1):
        scenario_of(due, base, week_of(due, base, nobody, number, Carried()))
    usual = 7.0 if base.calendar.days >= 7 else 5.0
    return usual if course.days_per_week is None else course.days_per_week


def _named(course: Course, others: Courses) -> list[tuple[str, Course]]:
    given: Sequence[tuple[str, Course]]
    if isinstance(others, Mapping):
        given = list(others.items())
    else:
        items = [others] if isinstance(others, Course) else list(others)
        given = [(getattr(item, "name", "course"), item) for item in items]
    named: list[tuple[str, Course]] = []
    for name, item in [(getattr(course, "name", "course"), course), *given]:
        taken = {one for one, _ in named}
        number, unique = 1, name
        while unique in taken:
            number += 1
            unique = f"{name} {number}"
        named.append((unique, item))
    return named


def _unfit(name: str, course: object, base: object) -> list[Problem]:
    if not isinstance(course, Course):
        return [Problem(name, course, "a scenarios.course.Course", "make one: Course(weeks=12)")]
    found = problems(course, base) if isinstance(base, Scenario) else []
    return [replace(one, field=f"{name}: {one.field}") for one in found]

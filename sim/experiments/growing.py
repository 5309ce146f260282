"""Growing: an experiment that keeps what it has, so that more replications cost only the new ones.

>>> import scenarios
>>> experiment = Experiment(scenarios.load("helpdesk"), engine="reference", workers=1)
>>> few, more = experiment.grow(2), experiment.grow(3)  # one more replication is simulated
>>> few.replications, more.replications
(2, 3)
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import replace
from importlib import metadata

from scenarios.errors import ScenarioError
from scenarios.model import Scenario
from sim import engines
from sim.errors import RunCancelledError
from sim.experiments.asking import (
    Variants,
    check_experiment,
    check_policies,
    check_replications,
    check_watching,
    name_variants,
    policies_of,
    refuse,
)
from sim.experiments.precision import (
    LEAST,
    MOST,
    Precision,
    check_precisions,
    check_seconds,
    next_step,
    precisions,
)
from sim.experiments.replicate import Cancel, Progress, replicate, stopper
from sim.experiments.tasks import Model, Models, Part, Task, joined, split
from sim.experiments.workers import workers_for
from sim.plan import build
from sim.policies import Policies
from sim.results import BASELINE, Comparison, Result
from sim.terms import terms_of

DISTRIBUTION = "contact-centre-planner"

_JOINED_TOGETHER = 64
"""Finished tasks are added up in such numbers, so that memory does not grow with them."""


class Experiment:
    """A base and its variants (none: the base alone) under the same customers and the same luck.

    What it finds depends only on the scenarios, the seed and how many replications there are: neither on
    the steps in which they were asked for, nor on ``executor`` (any :class:`concurrent.futures.Executor`)
    or ``workers`` (threads or processes of its own, 1: the caller's thread; None: as fits). One thread at a
    time may use it. ``policy``: as for :func:`sim.compare`.
    """

    def __init__(
        self,
        base: Scenario,
        variants: Variants = (),
        seed: int = 1,
        engine: str = engines.DEFAULT,
        executor: Executor | None = None,
        workers: int | None = None,
        contacts: bool = False,
        policy: Policies | None = None,
    ) -> None:
        named = [(BASELINE, base), *name_variants(base, variants)]
        refuse(
            [
                *check_experiment(_called(named), seed, engine, executor, workers),
                *check_policies(policy, engine, [name for name, _ in named]),
            ]
        )
        self._scenarios = dict(named)
        self._executor, self._workers = executor, workers
        models = Models(tuple(model_of(name, scenario) for name, scenario in _called(named)))
        policies = policies_of(policy, [name for name, _ in named])
        self._task = Task(models, int(seed), engine, 0, 0, contacts, policies=policies)
        self._done: list[tuple[int, int]] = []
        """(first, size) of what is finished."""
        self._parts: list[Part] = []
        """What was found in it, joined or not."""
        self._seconds = 0.0

    @property
    def replications(self) -> int:
        """How many replications are finished."""
        return sum(size for _, size in self._done)

    def grow(self, to: int, progress: Progress | None = None, cancel: Cancel | None = None) -> Comparison:
        """Simulate what is missing of the first ``to`` replications, and return all that are finished.

        ``progress`` is told (done, to). ``cancel``, a callable or an event, is asked between tasks of a
        few replications; those that are finished are kept, here too, and the result is not ``complete``.
        The result of an experiment without variants has a base only.

        Raises :class:`~sim.errors.RunError` for arguments out of range or a failed replication, and
        :class:`~sim.errors.RunCancelledError` when cancelled before the first replication was finished.
        """
        refuse([*check_replications(to), *check_watching(progress, cancel)])
        started = time.perf_counter()
        try:
            self._simulate(self._missing(to), to, progress, cancel)
        finally:
            self._seconds += time.perf_counter() - started
        if not self._done:
            raise RunCancelledError("the run was cancelled before its first replication was finished")
        return self._comparison(max(to, self.replications))

    def reach(
        self,
        until: Precision | Iterable[Precision],
        most: int = MOST,
        seconds: float | None = None,
        progress: Progress | None = None,
        cancel: Cancel | None = None,
    ) -> Comparison:
        """Simulate until every half-width asked for is reached, or a budget is spent; say which.

        The budget is ``most`` replications, and, when given, so many ``seconds`` of this call (at least one
        task is finished). How many replications it takes depends only on the experiment and ``until``, unless
        time ran out first. ``progress`` is told (done, replications of the present step).
        """
        wanted = precisions(until)
        plans = [model.plan for model in self._task.models]
        refuse(
            [
                *check_precisions(wanted, plans),
                *check_replications(most),
                *check_seconds(seconds),
                *check_watching(progress, cancel),
            ]
        )
        end = math.inf if seconds is None else time.monotonic() + seconds
        stop = stopper(cancel)

        def spent() -> bool:
            return time.monotonic() >= end and self.replications > 0

        to = min(max(LEAST, self.replications), most)
        while True:
            found = self.grow(to, progress, lambda: stop() or spent())
            ratio = max(item.ratio(found) for item in wanted)
            reached = bool(ratio <= 1)
            if reached or to >= most or not found.complete or spent():
                asked = found.base.replications_asked if stop() else self.replications
                return self._comparison(asked, reached)
            to = next_step(to, ratio, most)

    def _simulate(
        self, tasks: Sequence[Task], to: int, progress: Progress | None, cancel: Cancel | None
    ) -> None:
        pieces = [piece for task in tasks for piece in split(task)]
        cases = sum(task.cases for task in tasks)
        joints = len(self._parts)
        with (
            workers_for(self._task.engine, cases, len(pieces), self._executor, self._workers) as executor,
            closing(replicate(pieces, executor, stopper(cancel))) as finished,
        ):
            for piece, part in finished:
                self._done.append((piece.first, piece.size))
                self._parts.append(part)
                if len(self._parts) - joints >= _JOINED_TOGETHER:
                    self._parts[joints:] = [joined(self._parts[joints:])]
                    joints += 1
                if progress is not None:
                    progress(self.replications, to)

    def _missing(self, to: int) -> list[Task]:
        """The gaps below ``to``: more than one only after a cancellation."""
        gaps, first = [], 0
        for start, size in [*sorted(self._done), (to, 0)]:
            if first < min(start, to):
                gaps.append(replace(self._task, first=first, size=min(start, to) - first))
            first = start + size
        return gaps

    def _comparison(self, asked: int, reached: bool | None = None) -> Comparison:
        self._parts = [joined(self._parts)]
        scenarios = list(self._scenarios.values())
        results = results_of(scenarios, self._task, self._parts[0], asked, self._seconds, reached)
        return Comparison(dict(zip(self._scenarios, results, strict=True)))


def results_of(
    scenarios: Sequence[Scenario],
    task: Task,
    found: Part,
    asked: int,
    seconds: float,
    reached: bool | None = None,
) -> list[Result]:
    """What was found by tasks like ``task``, a result per scenario."""
    policies = task.policies or (None,) * len(scenarios)
    return [
        Result(
            scenario=scenario,
            seed=task.seed,
            engine=task.engine,
            version=version(),
            duration_seconds=seconds,
            replications_asked=asked,
            plan=model.plan,
            terms=model.terms,
            counted=counted,
            reached=reached,
            policy=policy,
        )
        for scenario, model, counted, policy in zip(scenarios, task.models, found, policies, strict=True)
    ]


def model_of(name: str, scenario: Scenario) -> Model:
    """A scenario made ready; an error says ``name``, if there is one."""
    try:
        plan = build(scenario)
    except ScenarioError as error:
        if name:
            error.add_note(f"in {name}")
        raise
    return Model(plan, terms_of(scenario, plan))


def version() -> str:
    """The version of this package; ``unknown`` when it runs from a folder without being installed."""
    try:
        return metadata.version(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return "unknown"


def _called(named: Sequence[tuple[str, Scenario]]) -> list[tuple[str, Scenario]]:
    """Names as errors say them: where there is one scenario, it needs none."""
    return list(named) if len(named) > 1 else [("", named[0][1])]

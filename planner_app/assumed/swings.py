"""Tornados for pages: computed one after the other in the background, and kept while the app lives."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import logging
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import pandas as pd

from planner_app.services import Step
from planner_app.studies.stacks import read_baseline, resolve
from scenarios import PlannerError, Scenario
from scenarios.whatifs import WhatIf
from sim import tornado, warm
from sim.errors import RunCancelledError
from sim.experiments.workers import processors
from sim.measures import Scope
from sim.tornado import bars

LOG = logging.getLogger(__name__)

REPLICATIONS = 20
SEED = 1
KEPT = 60
"""Tornados that are kept; beyond this the one that was looked at longest ago is forgotten."""

FAULT = (
    "This could not be simulated because of a fault in the planner, not in your scenario. "
    "Its log says more; what you entered is kept."
)

Status = Literal["waiting", "running", "done", "cancelled", "failed"]


@dataclass(frozen=True)
class Question:
    """Which assumption moves this measure most?"""

    baseline: str
    steps: tuple[Step, ...]
    measure: str
    scope: Scope
    name: str
    library_only: bool = False
    """Whether only figures of the parameter library are moved, not what was written instead of them."""

    @property
    def key(self) -> str:
        """The same for the same question."""
        steps = [[step.kind, dict(step.values)] for step in self.steps if step.enabled]
        asked = [self.baseline, steps, self.measure, self.scope, self.name, self.library_only]
        return hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()


@dataclass(frozen=True)
class Swing:
    """How a tornado stands."""

    status: Status
    done: int = 0
    total: int = 0
    """Replications of all its scenarios; 0 until it has begun."""
    table: pd.DataFrame | None = None
    """The bars, as of :func:`sim.tornado`; those that were finished, of a cancelled one."""
    problem: str = ""
    """For people: why there is none."""

    @property
    def is_live(self) -> bool:
        """Whether more is to come."""
        return self.status in ("waiting", "running")


class Simulate(Protocol):
    """Computes a tornado, telling (done, total), until it is told to stop."""

    def __call__(
        self, question: Question, progress: Callable[[int, int], object], cancel: threading.Event
    ) -> pd.DataFrame:
        """Compute it."""
        ...


@dataclass
class _Job:
    question: Question
    state: Swing = Swing("waiting")
    cancel: threading.Event = field(default_factory=threading.Event)


class Tornados:
    """A thread that computes tornados in the order in which they were asked for."""

    def __init__(self, simulate: Simulate | None = None) -> None:
        self._simulate: Simulate = simulate or compute
        self._jobs: OrderedDict[str, _Job] = OrderedDict()
        self._queue: deque[_Job] = deque()
        self._change = threading.Condition()
        self._thread: threading.Thread | None = None

    def submit(self, question: Question) -> None:
        """Ask, unless it is under way or answered already."""
        with self._change:
            job = self._jobs.get(question.key)
            if job is not None and job.state.status in ("waiting", "running", "done"):
                return
            job = self._jobs[question.key] = _Job(question)
            self._jobs.move_to_end(question.key)
            self._queue.append(job)
            self._forget()
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="planner-tornado", daemon=True)
                self._thread.start()
            self._change.notify_all()

    def look(self, question: Question) -> Swing | None:
        """How it stands; None when it was never asked, or is forgotten."""
        with self._change:
            job = self._jobs.get(question.key)
            if job is None:
                return None
            self._jobs.move_to_end(question.key)
            return job.state

    def cancel(self, question: Question) -> None:
        """Stop it; the bars that are finished are kept."""
        with self._change:
            job = self._jobs.get(question.key)
            if job is None:
                return
            job.cancel.set()
            if job in self._queue:
                self._queue.remove(job)
                job.state = Swing("cancelled")

    def _forget(self) -> None:
        finished = [key for key, job in self._jobs.items() if not job.state.is_live]
        for key in finished[: max(0, len(self._jobs) - KEPT)]:
            del self._jobs[key]

    def _serve(self) -> None:
        while True:
            with self._change:
                while not self._queue:
                    self._change.wait()
                job = self._queue.popleft()
                job.state = Swing("running")
            self._finish(job, self._computed(job))

    def _computed(self, job: _Job) -> Swing:
        def progress(done: int, total: int) -> None:
            with self._change:
                job.state = Swing("running", done, total)

        try:
            table = self._simulate(job.question, progress, job.cancel)
        except RunCancelledError:
            return Swing("cancelled")
        except PlannerError as error:
            return Swing("failed", problem=str(error))
        except Exception:
            LOG.exception("a tornado failed")
            return Swing("failed", problem=FAULT)
        return Swing("cancelled" if job.cancel.is_set() else "done", table=table)

    def _finish(self, job: _Job, state: Swing) -> None:
        with self._change:
            job.state = dataclasses.replace(state, done=job.state.done, total=job.state.total)
            self._change.notify_all()


def compute(
    question: Question, progress: Callable[[int, int], object], cancel: threading.Event
) -> pd.DataFrame:
    """Simulate it on all processors but one, which stays free for pages and live answers."""
    while not warm.is_warm():  # compiling here too would take turns with every page
        if cancel.wait(0.5):
            raise RunCancelledError("cancelled before the simulator was ready")
    base, stack = fitting(question.baseline, question.steps)
    return tornado(
        base,
        stack,
        question.measure,
        question.scope,
        question.name,
        parameters=library_fields(base, stack) if question.library_only else None,
        replications=REPLICATIONS,
        seed=SEED,
        progress=progress,
        cancel=cancel,
        workers=max(1, processors() - 1),
    )


def fitting(baseline: str, steps: Sequence[Step]) -> tuple[Scenario, list[WhatIf]]:
    """The baseline, and the what-ifs that are on and fit."""
    base = read_baseline(baseline)
    entries = resolve(base, [step for step in steps if step.enabled]).entries
    return base, [entry.whatif for entry in entries if entry.whatif is not None and not entry.problems]


def library_fields(base: Scenario, stack: Sequence[WhatIf]) -> list[str]:
    """Fields with a published range that hold the library's figure."""
    found = [bar for bar in bars(base, stack) if bar.first.is_library_figure]
    return [one.field for bar in found for one in bar.figures]

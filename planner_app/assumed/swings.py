"""Tornados for pages: computed in the background, and kept while the app lives."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import pandas as pd

from planner_app.running.askers import asker
from planner_app.running.background import Background, Tell, Unfinished
from planner_app.services import Step
from planner_app.studies.stacks import read_baseline, resolve
from scenarios import Scenario, ScenarioError
from scenarios.whatifs import WhatIf
from sim import tornado
from sim.experiments.workers import processors
from sim.measures import Scope
from sim.tornado import bars

REPLICATIONS = 20
SEED = 1
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


@dataclass(frozen=True)
class _Asked:
    """A question and who simulates it, as the background takes it."""

    question: Question
    simulate: Simulate

    @property
    def key(self) -> str:
        """The same for the same question."""
        return f"tornado {self.question.key}"

    def answer(self, work: Background, tell: Tell, cancel: threading.Event) -> pd.DataFrame | Unfinished:
        """The bars; those that are finished, where it was cancelled."""
        table = self.simulate(self.question, tell, cancel)
        return Unfinished(table) if cancel.is_set() else table


class Tornados:
    """Tornados in the background."""

    def __init__(self, simulate: Simulate | None = None, background: Background | None = None) -> None:
        self._simulate: Simulate = simulate or compute
        self._background = background or Background()

    def submit(self, question: Question) -> None:
        """Ask, unless it is under way or answered already."""
        self._background.submit(self._asked(question), asker=asker())

    def look(self, question: Question) -> Swing | None:
        """How it stands; None when it was never asked, or is forgotten."""
        found = self._background.look(self._asked(question))
        if found is None:
            return None
        status = "cancelled" if found.status == "interrupted" else found.status
        problem = found.problem or (str(ScenarioError(found.problems)) if found.problems else "")
        return Swing(status, found.done, found.total, found.answer, problem)

    def cancel(self, question: Question) -> None:
        """Stop it; the bars that are finished are kept."""
        self._background.cancel(self._asked(question))

    def _asked(self, question: Question) -> _Asked:
        return _Asked(question, self._simulate)


def compute(
    question: Question, progress: Callable[[int, int], object], cancel: threading.Event
) -> pd.DataFrame:
    """Simulate it on all processors but one, which stays free for pages and live answers."""
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

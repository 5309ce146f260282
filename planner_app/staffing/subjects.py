"""What a page of staffing is about: a study, or the inputs of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from planner_app.services import Services, Step
from planner_app.studies.stacks import read_baseline, resolve
from scenarios import Scenario

Kind = Literal["study", "result"]


@dataclass(frozen=True)
class Subject:
    """A baseline with the what-ifs that are on and fit."""

    kind: Kind
    id: str
    title: str
    baseline: str
    steps: tuple[Step, ...]
    scenario: Scenario
    """With those what-ifs."""
    phrases: tuple[str, ...]
    left_out: int
    """What-ifs that are on and do not fit."""

    @property
    def back(self) -> str:
        """The address of the study or result."""
        return f"/what-if/{self.id}" if self.kind == "study" else f"/results/{self.id}"

    @property
    def about(self) -> str:
        """Names it among all that questions are about."""
        return f"{self.kind}:{self.id}"


def subject_of(services: Services, kind: str, subject_id: str) -> Subject | None:
    """The study or result of an address; None where there is none. Raises ``ScenarioError``."""
    if kind == "study":
        study = services.studies.get(subject_id)
        return study and _subject("study", subject_id, study.name, study.baseline, study.steps)
    run = services.runs.get(subject_id) if kind == "result" else None
    return run and _subject("result", subject_id, run.title, run.baseline, run.steps)


def _subject(kind: Kind, subject_id: str, title: str, baseline: str, steps: tuple[Step, ...]) -> Subject:
    stack = resolve(read_baseline(baseline), [step for step in steps if step.enabled])
    kept = [entry for entry in stack.entries if not entry.problems]
    return Subject(
        kind,
        subject_id,
        title,
        baseline,
        tuple(entry.step for entry in kept),
        stack.variant,
        tuple(entry.text for entry in kept),
        len(stack.entries) - len(kept),
    )

"""A study as the model sees it: its baseline, its what-ifs one after the other, and what they change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import scenarios
from planner_app.services import Step
from scenarios import Problem, Scenario, ScenarioError
from scenarios.whatifs import WHATIFS, WhatIf, dump, parse


@dataclass(frozen=True)
class Entry:
    """One what-if of a stack: its step, how it reads, and why it does not fit (when it does not)."""

    step: Step
    whatif: WhatIf | None
    text: str
    problems: tuple[Problem, ...]
    before: Scenario
    """What the what-if is applied to."""


@dataclass(frozen=True)
class Stack:
    """A baseline and its what-ifs, applied in order as far as they fit."""

    baseline: Scenario
    entries: tuple[Entry, ...]
    variant: Scenario
    """With every what-if that is on and fits."""

    @property
    def enabled(self) -> tuple[Entry, ...]:
        """The what-ifs that are on."""
        return tuple(entry for entry in self.entries if entry.step.enabled)

    @property
    def misfits(self) -> tuple[Entry, ...]:
        """The what-ifs that are on and do not fit."""
        return tuple(entry for entry in self.enabled if entry.problems)


def resolve(baseline: Scenario, steps: Sequence[Step]) -> Stack:
    """Apply ``steps`` to ``baseline``; what does not fit is left out and says why."""
    entries: list[Entry] = []
    here = baseline
    for step in steps:
        entry, after = _entry(step, here)
        entries.append(entry)
        here = after if step.enabled else here
    return Stack(baseline, tuple(entries), here)


def phrases(baseline: str, steps: Sequence[Step]) -> list[str]:
    """How the what-ifs that are on read, in order; their kinds when the baseline cannot be read."""
    try:
        return [entry.text for entry in resolve(read_baseline(baseline), steps).enabled]
    except ScenarioError:
        return [step.kind for step in steps if step.enabled]


def _entry(step: Step, here: Scenario) -> tuple[Entry, Scenario]:
    whatif: WhatIf | None = None
    text = WHATIFS[step.kind].title if step.kind in WHATIFS else step.kind
    try:
        whatif = whatif_of(step.kind, step.values)
        text = told(whatif, here)
        return Entry(step, whatif, text, (), here), whatif.apply(here)
    except ScenarioError as error:
        return Entry(step, whatif, text, error.problems, here), here


def told(whatif: WhatIf, before: Scenario) -> str:
    """A what-if in a phrase, names as words: ``launch new chat`` where a file has ``new_chat``."""
    return whatif.describe(before).replace("_", " ")


def whatif_of(kind: str, values: Mapping[str, Any]) -> WhatIf:
    """The what-if of a kind with values as written in YAML. Raises ``ScenarioError``."""
    return parse({"kind": kind, **values})


def step_of(whatif: WhatIf, enabled: bool = True) -> Step:
    """A what-if as a step that can be kept."""
    values = {name: value for name, value in dump(whatif).items() if name != "kind"}
    return Step(whatif.kind, values, enabled)


@lru_cache(maxsize=64)
def read_baseline(text: str) -> Scenario:
    """The scenario of a YAML text. Raises ``ScenarioError`` with every problem; scenarios are frozen,
    so the same text gives the same object."""
    return scenarios.loads(text)


def problems_of(scenario: Scenario) -> list[Problem]:
    """Why a scenario cannot be simulated."""
    return scenarios.check(scenario)


def read_variant(baseline: str, steps: Iterable[Step]) -> tuple[Scenario, Scenario | None]:
    """Baseline and variant of a run, the variant None when no what-if is on.

    Raises ``ScenarioError`` with every problem of the baseline, or of the what-ifs.
    """
    base = read_baseline(baseline)
    stack = resolve(base, [step for step in steps if step.enabled])
    problems = [problem for entry in stack.entries for problem in entry.problems]
    if problems:
        raise ScenarioError(problems)
    return base, stack.variant if stack.entries else None

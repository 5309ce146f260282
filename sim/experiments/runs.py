"""Run one scenario, or a base and its variants, many times."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import dataclass

from scenarios.errors import Problem
from scenarios.model import Scenario
from sim import engines
from sim.errors import RunError
from sim.experiments.asking import (
    Variants,
    check_experiment,
    check_policies,
    check_replications,
    check_watching,
    name_variants,
    refuse,
)
from sim.experiments.growing import Experiment
from sim.experiments.precision import MOST, Precision, check_seconds
from sim.experiments.replicate import Cancel, Progress
from sim.policies import Policies, Policy
from sim.results import BASELINE, Comparison, Result

USUAL = 50
"""Replications unless another number is named."""


def run(
    scenario: Scenario,
    replications: int | None = None,
    seed: int = 1,
    engine: str = engines.DEFAULT,
    executor: Executor | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
    contacts: bool = False,
    workers: int | None = None,
    until: Precision | Iterable[Precision] | None = None,
    seconds: float | None = None,
    policy: Policy | None = None,
) -> Result:
    """Simulate one scenario ``replications`` times (50) and return its :class:`~sim.results.Result`.

    Replications are shared out over threads (over processes for the reference engine), as many as there
    are processors, or ``workers`` of them; 1 is the caller's own thread. ``executor`` is any
    :class:`concurrent.futures.Executor` to use instead; the result depends on neither.
    ``progress`` is told (done, total) replications. ``cancel``, a callable or an event, is asked between
    tasks of a few replications; those that are finished are kept, and ``result.complete`` is false.
    ``contacts`` keeps the contact table (large).

    With ``until``, a :class:`~sim.experiments.precision.Precision` or several, replications are added until
    half-widths are as small as that, or ``replications`` (10,000) or ``seconds`` are spent;
    ``result.reached`` says which. ``seconds`` needs ``until``, and makes the number depend on the machine.

    ``policy``, a :class:`~sim.policies.Policy`, chooses agents and contacts in place of the rules; it needs
    ``engine="reference"``.

    Raises :class:`~scenarios.errors.ScenarioError` for a scenario that is not sound,
    :class:`~sim.errors.EngineError` for one that this version does not simulate,
    :class:`~sim.errors.RunError` for arguments out of range or a failed replication, and
    :class:`~sim.errors.RunCancelledError` when cancelled before the first replication was finished.
    """
    asked = _Asked(replications, until, seconds)
    refuse(
        [
            *check_experiment([("", scenario)], seed, engine, executor, workers),
            *check_policies(policy, engine, [BASELINE]),
            *asked.problems(),
            *check_watching(progress, cancel),
        ]
    )
    experiment = Experiment(scenario, (), seed, engine, executor, workers, contacts, policy)
    return asked.of(experiment, progress, cancel).base


def compare(
    base: Scenario,
    variants: Variants,
    replications: int | None = None,
    seed: int = 1,
    engine: str = engines.DEFAULT,
    executor: Executor | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
    contacts: bool = False,
    workers: int | None = None,
    until: Precision | Iterable[Precision] | None = None,
    seconds: float | None = None,
    policy: Policies | None = None,
) -> Comparison:
    """Simulate a base and its variants with the same customers and the same luck.

    ``variants`` are scenarios, pairs (name, scenario) or a mapping from name to scenario. A scenario
    that has no name of its own, because it has the base's, is called ``what-if`` (``what-if 2``, …).
    Replication r of all scenarios is finished together, so a cancelled comparison stays paired. ``until``
    speaks of the paired differences of every variant from the base. ``policy`` is one for all scenarios, or a
    mapping from the names of some (``baseline`` is the base) to theirs, so that a policy may be compared with
    the rules: ``compare(base, {"mine": base}, engine="reference", policy={"mine": Mine()})``. The other
    arguments and the errors are those of :func:`run`.
    """
    named = name_variants(base, variants)
    if not named:
        raise RunError(
            "this comparison cannot start",
            [Problem("variants", None, "one scenario or more", "give at least one variant")],
        )
    asked = _Asked(replications, until, seconds)
    refuse(
        [
            *check_experiment([(BASELINE, base), *named], seed, engine, executor, workers),
            *check_policies(policy, engine, [BASELINE, *(name for name, _ in named)]),
            *asked.problems(),
            *check_watching(progress, cancel),
        ],
        "this comparison",
    )
    experiment = Experiment(base, named, seed, engine, executor, workers, contacts, policy)
    return asked.of(experiment, progress, cancel)


@dataclass(frozen=True)
class _Asked:
    """How many replications: a number, or as many as it takes."""

    replications: int | None
    until: Precision | Iterable[Precision] | None
    seconds: float | None

    def problems(self) -> list[Problem]:
        found = [] if self.replications is None else check_replications(self.replications)
        if self.seconds is not None and self.until is None:
            cure = "say what to reach, or leave it out"
            return [*found, Problem("seconds", self.seconds, "a budget for reaching until=…", cure)]
        return [*found, *check_seconds(self.seconds)]

    def of(self, experiment: Experiment, progress: Progress | None, cancel: Cancel | None) -> Comparison:
        if self.until is None:
            return experiment.grow(self.replications or USUAL, progress, cancel)
        return experiment.reach(self.until, self.replications or MOST, self.seconds, progress, cancel)

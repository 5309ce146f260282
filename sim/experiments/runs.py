"""Run one scenario, or a base and its variants, many times."""

from __future__ import annotations

import numbers
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from importlib import metadata
from typing import Any

from pydantic import BaseModel

from scenarios.errors import Problem, ScenarioError
from scenarios.model import Scenario
from sim import engines
from sim.errors import EngineError, RunError
from sim.experiments.replicate import Cancel, Model, Progress, Task, replicate
from sim.plan import build
from sim.results import BASELINE, Comparison, Result
from sim.terms import terms_of

DISTRIBUTION = "contact-centre-planner"
MOST_REPLICATIONS = 100_000
MOST_SEED = 2**63 - 1

Variants = Mapping[str, Scenario] | Iterable[Scenario | tuple[str, Scenario]]
"""Scenarios to compare with a base: named by a mapping or by pairs, or else by their own names."""


def run(
    scenario: Scenario,
    replications: int = 50,
    seed: int = 1,
    engine: str = "reference",
    executor: Executor | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
    contacts: bool = False,
    cases: bool = True,
) -> Result:
    """Simulate one scenario ``replications`` times and return its :class:`~sim.results.Result`.

    ``executor`` is any :class:`concurrent.futures.Executor`; the result does not depend on it.
    ``progress`` is told (done, total) replications. ``cancel``, a callable or an event, is asked between
    replications; those that are finished are kept, and ``result.complete`` is false. ``contacts`` keeps the
    contact table (large), ``cases=False`` leaves out the case table.

    Raises :class:`~scenarios.errors.ScenarioError` for a scenario that is not sound,
    :class:`~sim.errors.EngineError` for one that this version does not simulate,
    :class:`~sim.errors.RunError` for arguments out of range or a failed replication, and
    :class:`~sim.errors.RunCancelledError` when cancelled before the first replication was finished.
    """
    results = simulate_all(
        [("", scenario)], replications, seed, engine, executor, progress, cancel, contacts, cases
    )
    return results[0]


def compare(
    base: Scenario,
    variants: Variants,
    replications: int = 50,
    seed: int = 1,
    engine: str = "reference",
    executor: Executor | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
    contacts: bool = False,
    cases: bool = True,
) -> Comparison:
    """Simulate a base and its variants with the same customers and the same luck.

    ``variants`` are scenarios, pairs (name, scenario) or a mapping from name to scenario. A scenario
    that has no name of its own, because it has the base's, is called ``what-if`` (``what-if 2``, …).
    Replication r of all scenarios is finished together, so a cancelled comparison stays paired. The other
    arguments and the errors are those of :func:`run`.
    """
    pairs = [(BASELINE, base), *name_variants(base, variants)]
    results = simulate_all(pairs, replications, seed, engine, executor, progress, cancel, contacts, cases)
    return Comparison({name: result for (name, _), result in zip(pairs, results, strict=True)})


def simulate_all(
    scenarios: Sequence[tuple[str, Scenario]],
    replications: int,
    seed: int,
    engine: str,
    executor: Executor | None,
    progress: Progress | None,
    cancel: Cancel | None,
    contacts: bool,
    cases: bool,
) -> list[Result]:
    """Simulate named scenarios together, one result each."""
    _check(scenarios, replications, seed, engine, executor, progress, cancel)
    started = time.perf_counter()
    models = tuple(_model(name, scenario) for name, scenario in scenarios)
    task = Task(models, int(seed), engine, 0, int(replications), cases, contacts)
    rows = replicate(task, executor, progress, cancel)
    duration = time.perf_counter() - started
    return [
        Result(
            scenario=scenario,
            seed=seed,
            engine=engine,
            version=version(),
            duration_seconds=duration,
            replications_asked=replications,
            plan=model.plan,
            terms=model.terms,
            tallies=tuple(row[place] for row in rows),
        )
        for place, ((_, scenario), model) in enumerate(zip(scenarios, models, strict=True))
    ]


def name_variants(base: Scenario, variants: Variants) -> list[tuple[str, Scenario]]:
    """Give every variant its name; raises RunError when there is none, or two have the same."""
    one = isinstance(variants, BaseModel | str) or not isinstance(variants, Iterable)
    given: Any = [variants] if one else variants
    items = list(given.items() if isinstance(given, Mapping) else given)
    named: list[tuple[str, Scenario]] = []
    taken = {BASELINE}
    for item in items:
        if not isinstance(item, tuple):
            if problems := _not_scenarios([("base", base), ("variants", item)]):
                raise RunError("this comparison cannot start", problems)
            name = item.name if item.name != base.name and item.name not in taken else "what-if"
            number = 1
            while name in taken:
                number += 1
                name = f"what-if {number}"
            named.append((name, item))
        else:
            name = item[0]
            if name in taken:
                raise RunError(
                    "this comparison cannot start",
                    [Problem("variants", name, f"names that differ, and none is {BASELINE}", "rename it")],
                )
            named.append((name, item[1]))
        taken.add(name)
    if not named:
        raise RunError(
            "this comparison cannot start",
            [Problem("variants", None, "one scenario or more", "give at least one variant")],
        )
    return named


def version() -> str:
    """The version of this package; ``unknown`` when it runs from a folder without being installed."""
    try:
        return metadata.version(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return "unknown"


def _model(name: str, scenario: Scenario) -> Model:
    try:
        plan = build(scenario)
    except ScenarioError as error:
        if name:
            error.add_note(f"in {name}")
        raise
    return Model(plan, terms_of(scenario, plan))


def _check(
    scenarios: Sequence[tuple[str, object]],
    replications: object,
    seed: object,
    engine: str,
    executor: object,
    progress: object,
    cancel: object,
) -> None:
    """Raise one RunError with everything that is wrong with the arguments."""
    problems = _not_scenarios(scenarios)
    if not _whole(replications, 1, MOST_REPLICATIONS):
        allowed = f"a whole number from 1 to {MOST_REPLICATIONS}"
        problems.append(Problem("replications", replications, allowed, "50 is usual"))
    if not _whole(seed, 0, MOST_SEED):
        problems.append(Problem("seed", seed, f"a whole number from 0 to {MOST_SEED}", "1 is usual"))
    try:
        engines.get(engine)
    except EngineError as error:
        problems += error.problems
    if executor is not None and (
        isinstance(executor, type) or not callable(getattr(executor, "submit", None))
    ):
        allowed = "an executor of concurrent.futures, or None"
        problems.append(Problem("executor", executor, allowed, "give ProcessPoolExecutor(), or leave it out"))
    if progress is not None and not callable(progress):
        cure = "give a function of (done, total), or leave it out"
        problems.append(Problem("progress", progress, "a function, or None", cure))
    if cancel is not None and not callable(cancel) and not callable(getattr(cancel, "is_set", None)):
        cure = "give one that says when to stop, or leave it out"
        problems.append(Problem("cancel", cancel, "a function, a threading.Event, or None", cure))
    if problems:
        raise RunError("this run cannot start", problems)


def _whole(value: object, least: int, most: int) -> bool:
    integral = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    return integral and least <= int(value) <= most  # type: ignore[call-overload]


def _not_scenarios(named: Sequence[tuple[str, object]]) -> list[Problem]:
    """A problem for each value that is something else than a scenario."""
    problems = []
    for name, value in named:
        if isinstance(value, Scenario):
            continue
        if isinstance(value, str):
            cure = f"load it: scenarios.load({value[:40]!r})"
        elif callable(getattr(value, "apply", None)):
            cure = "apply the what-if first: what_if.apply(base)"
        elif isinstance(value, Mapping):
            cure = "make one of these fields: scenarios.Scenario(**fields)"
        else:
            cure = "load one with scenarios.load"
        problems.append(Problem(name or "scenario", value, "a scenarios.Scenario", cure))
    return problems

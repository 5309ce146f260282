"""Asking: what may be asked of an experiment, and every reason why not, told at once."""

from __future__ import annotations

import numbers
import pickle
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from scenarios.errors import Problem
from scenarios.model import Scenario
from scenarios.wording import near
from sim import engines
from sim.errors import EngineError, RunError, no_policies
from sim.policies import Policies, Policy
from sim.results import BASELINE

MOST_REPLICATIONS = 100_000
MOST_SEED = 2**63 - 1
MOST_WORKERS = 1024

Variants = Mapping[str, Scenario] | Iterable[Scenario | tuple[str, Scenario]]
"""Scenarios to compare with a base: named by a mapping or by pairs, or else by their own names."""


def name_variants(base: Scenario, variants: Variants) -> list[tuple[str, Scenario]]:
    """Give every variant its name; raises RunError when two have the same, or one is no scenario."""
    one = isinstance(variants, BaseModel | str) or not isinstance(variants, Iterable)
    given: Any = [variants] if one else variants
    items = list(given.items() if isinstance(given, Mapping) else given)
    named: list[tuple[str, Scenario]] = []
    taken = {BASELINE}
    for item in items:
        if not isinstance(item, tuple):
            if problems := not_scenarios([("base", base), ("variants", item)]):
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
    return named


def check_experiment(
    scenarios: Sequence[tuple[str, object]], seed: object, engine: str, executor: object, workers: object
) -> list[Problem]:
    """What is wrong with an experiment before anything is asked of it."""
    problems = not_scenarios(scenarios)
    if not whole(seed, 0, MOST_SEED):
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
    if workers is not None and not whole(workers, 1, MOST_WORKERS):
        allowed = f"a whole number from 1 to {MOST_WORKERS}, or None"
        problems.append(Problem("workers", workers, allowed, "leave it out: one per processor"))
    elif workers is not None and executor is not None:
        cure = "leave it out: the executor has its own"
        problems.append(Problem("workers", workers, "None, with an executor", cure))
    return problems


def check_policies(policy: object, engine: str, names: Sequence[str]) -> list[Problem]:
    """What is wrong with a policy, or with one for each of some scenarios."""
    if policy is None:
        return []
    given = policy if isinstance(policy, Mapping) else {"": policy}
    problems: list[Problem] = []
    for name, each in given.items():
        field = f"policy {name}".rstrip()
        if name and name not in names:
            allowed = f"one of {', '.join(names)}"
            problems.append(Problem("policy", name, allowed, near(str(name), names, "write one of these")))
        if isinstance(each, type) or not isinstance(each, Policy):
            cure = f"make one: {each.__name__}()" if isinstance(each, type) else "build on sim.ByTheRules"
            allowed = "an object with choose_agent and choose_contact, or None"
            problems.append(Problem(field, each, allowed, cure))
        elif engine == "compiled":
            problems += [replace(problem, field=field) for problem in no_policies(each).problems]
        elif not _may_be_sent(each):
            cure = "define its class at the top of a module, and keep no open files, locks or lambdas in it"
            problems.append(Problem(field, each, "something that pickle can copy", cure))
    return problems


def _may_be_sent(policy: Policy) -> bool:
    try:
        pickle.dumps(policy)
    except Exception:  # whatever its own methods raise
        return False
    return True


def policies_of(policy: Policies | None, names: Sequence[str]) -> tuple[Policy | None, ...]:
    """The policy of each scenario, in order; empty where there is none at all."""
    if policy is None:
        return ()
    if isinstance(policy, Mapping):
        return tuple(policy.get(name) for name in names)
    return (policy,) * len(names)


def check_replications(replications: object) -> list[Problem]:
    """What is wrong with a number of replications."""
    if whole(replications, 1, MOST_REPLICATIONS):
        return []
    allowed = f"a whole number from 1 to {MOST_REPLICATIONS}"
    return [Problem("replications", replications, allowed, "50 is usual")]


def check_watching(progress: object, cancel: object) -> list[Problem]:
    """What is wrong with what watches a run."""
    problems = []
    if progress is not None and not callable(progress):
        cure = "give a function of (done, total), or leave it out"
        problems.append(Problem("progress", progress, "a function, or None", cure))
    if cancel is not None and not callable(cancel) and not callable(getattr(cancel, "is_set", None)):
        cure = "give one that says when to stop, or leave it out"
        problems.append(Problem("cancel", cancel, "a function, a threading.Event, or None", cure))
    return problems


def refuse(problems: Sequence[Problem], what: str = "this run") -> None:
    """Raise one RunError with all problems, if there are any."""
    if problems:
        raise RunError(f"{what} cannot start", problems)


def whole(value: object, least: int, most: int) -> bool:
    """Whether a value is a whole number within bounds."""
    integral = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    return integral and least <= int(value) <= most  # type: ignore[call-overload]


def not_scenarios(named: Sequence[tuple[str, object]]) -> list[Problem]:
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

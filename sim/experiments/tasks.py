"""Tasks: a few replications in a row of all scenarios of an experiment, the unit that is handed out.

Each replication of each scenario depends only on (plan, seed, replication), and how an experiment is split
depends only on the experiment, never on who computes it: results are the same wherever that is. A task
does all scenarios, so a cancelled comparison still has every replication it has in full.
"""

from __future__ import annotations

import math
import pickle
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from sim import engines
from sim.contract import Plan
from sim.counting import Counted, count_trace
from sim.luck.streams import draw
from sim.policies import Policy
from sim.terms import Terms

MOST_TASKS = 32
"""An experiment is split in about this many tasks: enough to share evenly, few enough to be cheap."""

CASES_PER_TASK = {"compiled": 400_000, "reference": 40_000}
"""But no task has many more cases than this (under a second of work), so that progress moves, and what a
cancelled run throws away is little."""

_KEPT_MODELS = 16
"""So many experiments are kept ready in a process that does tasks of them."""


@dataclass(frozen=True, eq=False)
class Model:
    """One scenario, made ready to simulate and to count; the same object for all tasks of a process."""

    plan: Plan
    terms: Terms

    def __reduce__(self) -> tuple[object, ...]:
        # What was cached on it is made again where it arrives.
        return Model, (self.plan, self.terms)


@dataclass(frozen=True, eq=False)
class Models(Sequence[Model]):
    """The models of an experiment. Sent to a process with every task, but unpacked there only once."""

    models: tuple[Model, ...]

    def __getitem__(self, place):  # type: ignore[no-untyped-def]
        return self.models[place]

    def __len__(self) -> int:
        return len(self.models)

    @property
    def cases(self) -> float:
        """Expected cases of one replication of all models."""
        return sum(float(model.plan.rate.sum()) for model in self.models)

    @cached_property
    def _packed(self) -> bytes:
        return zlib.compress(pickle.dumps(self.models, pickle.HIGHEST_PROTOCOL), 1)

    def __reduce__(self) -> tuple[object, ...]:
        return _unpacked, (self._packed,)


@lru_cache(_KEPT_MODELS)
def _unpacked(packed: bytes) -> Models:
    return Models(pickle.loads(zlib.decompress(packed)))


@dataclass(frozen=True)
class Task:
    """``size`` replications from ``first`` on, of every model."""

    models: Models
    seed: int
    engine: str
    first: int
    size: int
    contacts: bool = False
    label: str = ""
    """What errors call it, where an experiment is one of many."""
    policies: tuple[Policy | None, ...] = field(default=(), compare=False)
    """Of each model, if any goes by a policy."""

    @property
    def cases(self) -> float:
        """Expected cases of the whole task."""
        return self.size * self.models.cases

    def __str__(self) -> str:
        last = self.first + self.size - 1
        which = f"replication {last}" if self.size == 1 else f"replications {self.first} to {last}"
        return f"{self.label}: {which}" if self.label else which


Part = tuple[Counted, ...]
"""A task done: per model, its replications counted."""


def perform(task: Task) -> Part:
    """Do a task (in a worker, as a rule)."""
    if task.engine == "compiled":
        from sim.experiments.batch import count_batch

        return tuple(
            count_batch(model.plan, model.terms, task.seed, task.first, task.size, task.contacts)
            for model in task.models
        )
    replications = range(task.first, task.first + task.size)
    policies = task.policies or (None,) * len(task.models)
    return tuple(
        Counted.join(_one(task, model, policy, replication) for replication in replications)
        for model, policy in zip(task.models, policies, strict=True)
    )


def _one(task: Task, model: Model, policy: Policy | None, replication: int) -> Counted:
    simulate = engines.get(task.engine, policy)
    draws = draw(model.plan, task.seed, replication)
    trace = simulate(model.plan, draws)
    return count_trace(model.plan, model.terms, draws, trace, replication, keep_contacts=task.contacts)


def joined(parts: Sequence[Part]) -> Part:
    """Parts as one; the same in whatever order they come, and however they were split."""
    return tuple(Counted.join(pieces) for pieces in zip(*parts, strict=True))


def split(task: Task) -> Iterator[Task]:
    """The task in smaller ones, in order."""
    most = CASES_PER_TASK[task.engine] / max(task.models.cases, 1.0)
    size = math.ceil(min(task.size / MOST_TASKS, max(1.0, most)))
    end = task.first + task.size
    for first in range(task.first, end, size):
        yield replace(task, first=first, size=min(size, end - first))

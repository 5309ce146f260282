"""Replications: the same task, done here or by any executor, and gathered in order.

A task is a few replications in a row of all scenarios of an experiment. Each replication of each scenario
depends only on (plan, seed, replication), so results are the same whoever computes them, in whatever order;
and since a task does all scenarios, a cancelled comparison still has every replication it has in full.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass

from scenarios.errors import PlannerError
from sim import engines
from sim.contract import Plan
from sim.errors import RunCancelledError, RunError
from sim.streams import draw
from sim.tally import Tally, count
from sim.terms import Terms

Progress = Callable[[int, int], object]
"""Told ``(done, total)`` replications, in the caller's thread."""

Cancel = Callable[[], bool] | threading.Event
"""Asked between replications whether to stop."""

MOST_TASKS = 64
"""Replications are handed out in about this many tasks: enough to share evenly, few enough to be cheap."""

CASES_PER_TASK = 40_000
"""But no task has many more cases than this (about a second of the reference engine), so that progress
moves, and what a cancelled run throws away is little."""

_POLL_SECONDS = 0.1
"""How often a cancellation is looked for while workers compute."""


@dataclass(frozen=True)
class Model:
    """One scenario, made ready to simulate and to count."""

    plan: Plan
    terms: Terms


@dataclass(frozen=True)
class Task:
    """``size`` replications from ``first`` on, of every model."""

    models: tuple[Model, ...]
    seed: int
    engine: str
    first: int
    size: int
    cases: bool
    contacts: bool


Row = tuple[Tally, ...]
"""One replication: a tally per model."""


def perform(task: Task) -> list[Row]:
    """Do a task (in a worker, as a rule)."""
    return [_one(task, task.first + step) for step in range(task.size)]


def _one(task: Task, replication: int) -> Row:
    simulate = engines.get(task.engine)
    row = []
    for model in task.models:
        draws = draw(model.plan, task.seed, replication)
        trace = simulate(model.plan, draws)
        row.append(
            count(
                model.plan,
                model.terms,
                draws,
                trace,
                replication,
                keep_cases=task.cases,
                keep_contacts=task.contacts,
            )
        )
    return tuple(row)


def replicate(
    task: Task,
    executor: Executor | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> list[Row]:
    """Do all replications of ``task``, and return those that were finished, in order.

    Raises :class:`~sim.errors.RunCancelledError` when cancelled before the first was finished, and
    :class:`~sim.errors.RunError` when one fails (with an executor: fails twice).
    """
    stop = _asked(cancel)
    tell = progress or (lambda done, total: None)
    rows = _here(task, tell, stop) if executor is None else _by_workers(task, executor, tell, stop)
    if not rows:
        raise RunCancelledError("the run was cancelled before its first replication was finished")
    return sorted(rows, key=lambda row: row[0].replication)


def _asked(cancel: Cancel | None) -> Callable[[], bool]:
    if cancel is None:
        return lambda: False
    # Not by the class of events: those of multiprocessing are none of threading's.
    return cancel if callable(cancel) else cancel.is_set


def _here(task: Task, tell: Progress, stop: Callable[[], bool]) -> list[Row]:
    rows: list[Row] = []
    for replication in range(task.first, task.first + task.size):
        if stop():
            break
        try:
            rows.append(_one(task, replication))
        except PlannerError:
            raise
        except Exception as error:
            raise _failure(replication, 1, error) from error
        tell(len(rows), task.size)
    return rows


def _by_workers(task: Task, executor: Executor, tell: Progress, stop: Callable[[], bool]) -> list[Row]:
    rows: list[Row] = []
    retried: set[int] = set()
    pending: dict[Future[list[Row]], Task] = {}
    try:
        for part in _split(task):
            if stop():
                break
            pending[_submit(executor, part)] = part
        while pending and not stop():
            finished, _ = wait(pending, timeout=_POLL_SECONDS, return_when=FIRST_COMPLETED)
            for future in finished:
                part = pending.pop(future)
                try:
                    rows += future.result()
                except PlannerError:
                    raise
                except Exception as error:
                    if part.first in retried:
                        raise _failure(part.first, part.size, error) from error
                    retried.add(part.first)
                    pending[_again(executor, part, error)] = part
            if finished:
                tell(len(rows), task.size)
        for future in pending:  # left only by a cancellation; some may just have been finished
            if not future.cancel() and future.done() and future.exception() is None:
                rows += future.result()
    finally:
        for future in pending:
            future.cancel()
    return rows


def _again(executor: Executor, part: Task, error: Exception) -> Future[list[Row]]:
    try:
        return executor.submit(perform, part)
    except Exception:  # a pool whose worker died takes no more work
        raise _failure(part.first, part.size, error) from error


def _submit(executor: Executor, part: Task) -> Future[list[Row]]:
    try:
        return executor.submit(perform, part)
    except RuntimeError as error:  # shut down, or a worker died before
        raise RunError(f"the executor takes no work ({error}); give another, or none") from error


def _split(task: Task) -> list[Task]:
    cases = sum(float(model.plan.rate.sum()) for model in task.models)
    size = math.ceil(min(task.size / MOST_TASKS, max(1.0, CASES_PER_TASK / max(cases, 1.0))))
    end = task.first + task.size
    return [
        Task(task.models, task.seed, task.engine, first, min(size, end - first), task.cases, task.contacts)
        for first in range(task.first, end, size)
    ]


def _failure(first: int, size: int, error: Exception) -> RunError:
    which = f"replication {first}" if size == 1 else f"replications {first} to {first + size - 1}"
    what = f"{type(error).__name__}: {error}".rstrip(": ")
    return RunError(
        f"{which} failed ({what}). Run it alone without workers to see where; if a worker was ended from "
        "outside, it may have run out of memory: run with fewer workers or with cases=False"
    )

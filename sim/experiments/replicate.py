"""Replicate: tasks done here or by any executor, and handed back as they are finished."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait

from scenarios.errors import PlannerError
from sim.errors import RunError
from sim.experiments.tasks import Part, Task, perform

Progress = Callable[[int, int], object]
"""Told ``(done, total)`` replications, in the caller's thread."""

Cancel = Callable[[], bool] | threading.Event
"""Asked between tasks whether to stop."""

Stop = Callable[[], bool]

IN_FLIGHT = 256
"""No more tasks than this are handed out at a time, so that what waits takes little memory."""

_POLL_SECONDS = 0.1
"""How often a cancellation is looked for while workers compute."""


def stopper(cancel: Cancel | None) -> Stop:
    """Whether to stop, as a function."""
    if cancel is None:
        return lambda: False
    # Not by the class of events: those of multiprocessing are none of threading's.
    return cancel if callable(cancel) else cancel.is_set


def replicate(tasks: Iterable[Task], executor: Executor | None, stop: Stop) -> Generator[tuple[Task, Part]]:
    """Do tasks until there are none left or ``stop`` says so; yield those done, as they are finished.

    A task that fails in an executor, or whose worker dies, is done once more. Raises
    :class:`~sim.errors.RunError` when it fails again, or the executor takes no more work.
    """
    return _here(tasks, stop) if executor is None else _by_workers(tasks, executor, stop)


def _here(tasks: Iterable[Task], stop: Stop) -> Generator[tuple[Task, Part]]:
    for task in tasks:
        if stop():
            return
        try:
            part = perform(task)
        except PlannerError:
            raise
        except Exception as error:
            raise _failure(task, error) from error
        yield task, part


def _by_workers(tasks: Iterable[Task], executor: Executor, stop: Stop) -> Generator[tuple[Task, Part]]:
    waiting = iter(tasks)
    retried: set[Task] = set()
    pending: dict[Future[Part], Task] = {}
    try:
        while not stop():
            for task in itertools.islice(waiting, IN_FLIGHT - len(pending)):
                pending[_submit(executor, task)] = task
            if not pending:
                return
            finished, _ = wait(pending, timeout=_POLL_SECONDS, return_when=FIRST_COMPLETED)
            for future in finished:
                task = pending.pop(future)
                try:
                    part = future.result()
                except PlannerError:
                    raise
                except Exception as error:
                    if task in retried:
                        raise _failure(task, error) from error
                    retried.add(task)
                    pending[_again(executor, task, error)] = task
                    continue
                yield task, part
        for future, task in pending.items():  # some may just have been finished
            if not future.cancel() and future.done() and future.exception() is None:
                yield task, future.result()
    finally:
        for future in pending:
            future.cancel()


def _submit(executor: Executor, task: Task) -> Future[Part]:
    try:
        return executor.submit(perform, task)
    except RuntimeError as error:  # shut down, or a worker died before
        raise RunError(f"the executor takes no work ({error}); give another, or none") from error


def _again(executor: Executor, task: Task, error: Exception) -> Future[Part]:
    try:
        return executor.submit(perform, task)
    except Exception:  # a pool whose worker died takes no more work
        raise _failure(task, error) from error


def _failure(task: Task, error: Exception) -> RunError:
    what = f"{type(error).__name__}: {error}".rstrip(": ")
    return RunError(
        f"{task} failed ({what}). Run it alone with workers=1 to see where; if a worker was ended from "
        "outside, it may have run out of memory: run with fewer workers"
    )

"""Workers: who does the tasks when no executor is given.

The compiled engine releases the GIL, so threads share its work; the reference engine is Python, so
processes do. Where there is too little to do to be worth either, it is done in the caller's own thread.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

CASES_WORTH_SHARING = {"compiled": 20_000, "reference": 300_000}
"""Fewer cases in all are done sooner here: threads start in well under a millisecond, but processes must
first load the simulator, which takes seconds."""


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def workers_for(
    engine: str, cases: float, tasks: int, executor: Executor | None, workers: int | None
) -> Iterator[Executor | None]:
    """The executor to use for so many tasks with so many expected cases; None: do them here.

    A given ``executor`` is used as it is and left open. ``workers`` is the number of threads or processes;
    when None, as many as there are processors, or none if the work is small.
    """
    if executor is not None:
        yield executor
        return
    number = min(workers or processors(), tasks)
    if number <= 1 or (workers is None and cases < CASES_WORTH_SHARING[engine]):
        yield None
    elif engine == "reference":
        yield Processes(number)
    else:
        pool = ThreadPoolExecutor(number, thread_name_prefix="planner")
        try:
            yield pool
        finally:
            pool.shutdown(cancel_futures=True)


class Processes(Executor):
    """Processes that start afresh, are kept for the next run, and leave Ctrl-C to the caller.

    Unlike those of :mod:`concurrent.futures`, they work from scripts without a guard and from notebooks;
    when one dies, the next task finds new ones.
    """

    def __init__(self, number: int) -> None:
        self.number = number

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Hand out a call."""
        import loky

        pool = loky.get_reusable_executor(
            self.number, timeout=60, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN)
        )
        future: Future[T] = pool.submit(fn, *args, **kwargs)
        return future

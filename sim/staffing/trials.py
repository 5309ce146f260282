"""Trials: staffings simulated on the same days, shared out over threads or any executor."""

from __future__ import annotations

import dataclasses
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Executor, wait

from sim.contract import Ints, Plan
from sim.errors import RunCancelledError
from sim.experiments.replicate import Stop
from sim.experiments.tasks import CASES_PER_TASK
from sim.experiments.workers import processors
from sim.staffing.days import Days, watch
from sim.terms import Terms

_KEPT = 12
"""Staffings whose days are remembered; some megabytes each."""
_POLL_SECONDS = 0.1


class Trials:
    """Simulates a plan with other staff; every staffing meets the same customers with the same luck.

    ``pool`` None does it in the caller's thread. ``tell`` is told how many days were simulated each time, and
    ``stop`` is asked now and then: :class:`~sim.errors.RunCancelledError` when it says so.
    """

    def __init__(
        self,
        plan: Plan,
        terms: Terms,
        seed: int,
        pool: Executor | None,
        stop: Stop,
        tell: Callable[[int], object],
    ) -> None:
        self.plan, self.terms = plan, terms
        self.simulated = 0
        """Days so far."""
        self._seed, self._pool, self._stop, self._tell = seed, pool, stop, tell
        self._kept: OrderedDict[tuple[bytes, int, int], Days] = OrderedDict()

    @property
    def cases(self) -> float:
        """Expected cases of a replication."""
        return max(float(self.plan.rate.sum()), 1.0)

    def days(self, staff: Ints, first: int, size: int) -> Days:
        """Replications ``first`` to ``first + size - 1`` of one staffing."""
        return self.all_days([staff], first, size)[0]

    def all_days(self, staffs: Sequence[Ints], first: int, size: int) -> list[Days]:
        """The same of several staffings."""
        keys = [(staff.tobytes(), first, size) for staff in staffs]
        missing = {key: staff for key, staff in zip(keys, staffs, strict=True) if key not in self._kept}
        found = dict(zip(missing, self._simulate(list(missing.values()), first, size), strict=True))
        answer = [found[key] if key in found else self._kept[key] for key in keys]
        for key, days in zip(keys, answer, strict=True):
            self._kept[key] = days
            self._kept.move_to_end(key)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return answer

    def _simulate(self, staffs: Sequence[Ints], first: int, size: int) -> list[Days]:
        """In pieces that are small enough to be stopped, and enough for every processor."""
        most = max(1, int(CASES_PER_TASK["compiled"] / self.cases))
        pieces = 1 if self._pool is None or len(staffs) > processors() else 2 * processors()
        step = max(1, min(most, -(-size // pieces)))
        starts = range(first, first + size, step)
        tasks = [
            (
                dataclasses.replace(self.plan, staff=staff),
                self.terms,
                self._seed,
                at,
                min(step, first + size - at),
            )
            for staff in staffs
            for at in starts
        ]
        parts = self._here(tasks) if self._pool is None else self._by_workers(self._pool, tasks)
        return [
            Days.join(parts[place : place + len(starts)])
            for place in range(0, len(parts), max(len(starts), 1))
        ]

    def _here(self, tasks: Sequence[tuple[Plan, Terms, int, int, int]]) -> list[Days]:
        return [self._noted(watch(*task)) for task in tasks if not self._stopped()]

    def _by_workers(self, pool: Executor, tasks: Sequence[tuple[Plan, Terms, int, int, int]]) -> list[Days]:
        futures = [pool.submit(watch, *task) for task in tasks]
        pending = set(futures)
        try:
            while pending and not self._stopped():
                finished, pending = wait(pending, _POLL_SECONDS, FIRST_EXCEPTION)
                for future in finished:
                    self._noted(future.result())
        finally:
            for future in pending:
                future.cancel()
        return [future.result() for future in futures]

    def _noted(self, days: Days) -> Days:
        self.simulated += len(days)
        self._tell(len(days))
        return days

    def _stopped(self) -> bool:
        if self._stop():
            raise RunCancelledError("the search was cancelled before it found a staffing")
        return False

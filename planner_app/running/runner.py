"""The runner: takes queued runs one after the other and computes them, whatever happens meanwhile.

Runs are deterministic, so a run that was interrupted (the app was stopped or killed, a process died)
is simply queued and computed again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor
from concurrent.futures.process import BrokenProcessPool
from typing import Literal, Protocol

from planner_app.running.pool import Pool
from planner_app.services import Report, RunRow
from planner_app.store import Lease, RunRows
from scenarios.errors import PlannerError

LOG = logging.getLogger(__name__)

LOOK_SECONDS = 0.3
"""Progress is written, and the wish to cancel read, at most this often."""
POLL_SECONDS = 2.0
"""How often the runner looks for runs that another process queued."""
CRASHES = 2
"""A run whose processes died this often is given up."""
FEWEST_REPLICATIONS = 2
"""With fewer there is no interval to report."""

CRASHED = (
    "The computer stopped the simulation twice, most likely because memory ran out. "
    "Try fewer replications or a smaller scenario, or close other programs."
)
FAULT = (
    "The simulation stopped because of a fault in the planner, not in your scenario. "
    "Its log says more; please report it together with the scenario."
)

Reason = Literal["cancel", "closing", "people first", "lease lost"]


class Compute(Protocol):
    """Computes a run; returns its report and how many replications it rests on.

    ``progress`` takes the replications finished so far; once ``cancelled`` says so it stops soon and
    reports what is finished, or None when that is too little.
    """

    def __call__(
        self,
        run: RunRow,
        executor: Executor,
        progress: Callable[[int], None],
        cancelled: Callable[[], bool],
    ) -> tuple[Report | None, int]:
        """Compute ``run`` on ``executor``."""
        ...


class Runner:
    """One thread that computes queued runs on a pool of processes, while it holds the lease."""

    def __init__(
        self, rows: RunRows, lease: Lease, compute: Compute, *, workers: int, beat_seconds: float = 10.0
    ) -> None:
        self._rows = rows
        self._lease = lease
        self._compute = compute
        self._workers = workers
        self._beat_seconds = beat_seconds
        self._pool: Pool | None = None
        self._leads = False
        self._closing = threading.Event()
        self._work = threading.Event()
        self._threads = [
            threading.Thread(target=self._keep_lease, name="planner-lease", daemon=True),
            threading.Thread(target=self._serve, name="planner-runner", daemon=True),
        ]

    def start(self) -> None:
        """Begin to compute, in the background."""
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Look for work now: a run was queued."""
        self._work.set()

    def close(self) -> None:
        """Stop soon: what is under way goes back to the queue for the next start."""
        if self._closing.is_set():
            return
        self._closing.set()
        self._work.set()
        pool = self._pool
        if pool is not None:
            pool.close()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(timeout=5)
        if self._leads:
            self._lease.let_go()

    # -- the lease ---------------------------------------------------------------------------------

    def _keep_lease(self) -> None:
        while not self._closing.is_set():
            try:
                held = self._lease.hold()
                if held and not self._leads:
                    recovered = self._rows.recover()
                    if recovered:
                        LOG.info("%d unfinished runs are queued again", recovered)
                if self._leads and not held:
                    LOG.warning("another process computes the runs of this database now")
                self._leads = held
                self._work.set()
            except PlannerError as error:
                LOG.warning("the lease could not be renewed: %s", error)
            self._closing.wait(self._beat_seconds)

    # -- the work ----------------------------------------------------------------------------------

    def _serve(self) -> None:
        pool = self._pool = Pool(self._workers)
        pool.warm()
        while not self._closing.is_set():
            try:
                run = self._rows.next() if self._leads else None
                if run is not None and self._rows.start(run.id):
                    self._run(run, pool)
                    continue
            except PlannerError as error:
                LOG.warning("the queue could not be read: %s", error)
            except Exception:
                LOG.exception("the runner goes on after a fault")
            self._work.wait(POLL_SECONDS)
            self._work.clear()
        pool.close()

    def _run(self, run: RunRow, pool: Pool) -> None:
        watch = Watch(self._rows, run.id, self._must_stop)
        LOG.info("run %s: %d replications of “%s”", run.id, run.replications, run.title)
        try:
            report, done = self._compute(run, pool.executor, watch.progress, watch.cancelled)
        except Exception as error:
            self._after_error(run, pool, watch, error)
        else:
            self._end(run, watch.reason, report, done)

    def _end(self, run: RunRow, reason: Reason | None, report: Report | None, done: int) -> None:
        if report is not None and done >= run.replications:
            self._rows.finish(run.id, "done", done=done, report=report)
        elif reason == "cancel":
            kept = report if done >= FEWEST_REPLICATIONS else None
            message = (
                f"Cancelled: the result rests on the {done} of {run.replications} replications finished then."
                if kept is not None
                else "Cancelled before two replications were finished, so there is no result."
            )
            self._rows.finish(run.id, "cancelled", done=done, message=message, report=kept)
        elif reason != "lease lost":
            self._rows.put_back(run.id)

    def _after_error(self, run: RunRow, pool: Pool, watch: Watch, error: Exception) -> None:
        if self._closing.is_set():
            self._rows.put_back(run.id)
        elif isinstance(error, BrokenProcessPool) or isinstance(error.__cause__, BrokenProcessPool):
            LOG.warning("a simulating process died during run %s; the pool is rebuilt", run.id)
            pool.rebuild()
            if self._rows.put_back(run.id, crashed=True) >= CRASHES:
                self._rows.finish(run.id, "failed", done=0, message=CRASHED)
        elif isinstance(error, PlannerError):
            self._rows.finish(run.id, "failed", done=watch.done, message=str(error))
        elif not pool.takes_work():
            self._rows.put_back(run.id)
            self._closing.set()
        else:
            LOG.error("run %s failed", run.id, exc_info=error)
            self._rows.finish(run.id, "failed", done=watch.done, message=FAULT)

    def _must_stop(self, story: bool) -> Reason | None:
        if self._closing.is_set():
            return "closing"
        if not self._leads:
            return "lease lost"
        if story and self._rows.people_wait():
            return "people first"
        return None


class Watch:
    """Progress of one run on its way to the row, and the wish to stop on its way back."""

    def __init__(self, rows: RunRows, run_id: str, must_stop: Callable[[bool], Reason | None]) -> None:
        self._rows = rows
        self._run_id = run_id
        self._must_stop = must_stop
        self._story = rows.is_story(run_id)
        self._looked = 0.0
        self.done = 0
        self.reason: Reason | None = None

    def progress(self, done: int) -> None:
        """Note the replications finished so far."""
        self.done = done
        self._look()

    def cancelled(self) -> bool:
        """Whether the run should stop now."""
        self._look()
        return self.reason is not None

    def _look(self) -> None:
        moment = time.monotonic()
        if self.reason is not None or moment - self._looked < LOOK_SECONDS:
            return
        self._looked = moment
        asked = self._rows.progress(self._run_id, self.done)
        self.reason = "cancel" if asked else self._must_stop(self._story)

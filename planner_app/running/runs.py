"""Runs for pages: submit, watch, cancel, read; and the services that an app opens."""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from importlib import metadata
from typing import Any

import sim
from planner_app.live.desk import Desk
from planner_app.live.growing import Question
from planner_app.live.warmth import Warmth
from planner_app.running.background import Background, Shelf
from planner_app.running.report import WHAT_IF, report_of
from planner_app.running.runner import Runner
from planner_app.services import Report, RunRow, Services, Step
from planner_app.settings import Settings
from planner_app.store import Answers, Database, Lease, Reports, RunRows, StoreError, Studies, dump_steps
from planner_app.studies.stacks import read_variant, step_of
from scenarios import PlannerError, dumps, load
from scenarios.stories import stories, story
from sim.errors import RunCancelledError
from sim.plan import build
from sim.results import BASELINE, Comparison

LOG = logging.getLogger(__name__)


class Runs:
    """The :class:`planner_app.services.RunService` of a database."""

    def __init__(self, rows: RunRows, reports: Reports, wake: Callable[[], None]) -> None:
        self._rows = rows
        self._reports = reports
        self._wake = wake

    def submit(
        self,
        title: str,
        baseline: str,
        steps: Sequence[Step],
        *,
        study_id: str | None = None,
        replications: int = 20,
        seed: int = 1,
    ) -> str:
        """Queue a run of the steps that are on, and return its id.

        Raises ``ScenarioError`` when the baseline or a step is wrong, and ``EngineError`` when the
        scenario asks for something that is not simulated.
        """
        enabled = [step for step in steps if step.enabled]
        base, variant = read_variant(baseline, enabled)
        for scenario in (base, variant):
            if scenario is not None:
                build(scenario)
        run_id = self._rows.add(
            title,
            baseline,
            enabled,
            study_id=study_id,
            replications=replications,
            seed=seed,
            version=simulator_version(),
        )
        self._wake()
        return run_id

    def get(self, run_id: str) -> RunRow | None:
        """The row of a run, or None when there is none."""
        return self._rows.get(run_id)

    def cancel(self, run_id: str) -> None:
        """Stop a run; what is finished is kept."""
        self._rows.ask_to_cancel(run_id)

    def report(self, run_id: str) -> Report | None:
        """The report of a run that is finished, or cancelled late enough to have one."""
        return self._reports.get(run_id)

    def recent(self, limit: int = 50, study_id: str | None = None) -> Sequence[RunRow]:
        """The latest runs that people asked for (of one study), the newest first."""
        return self._rows.recent(limit, study_id)

    def story(self, name: str) -> RunRow:
        """The run that answers a worked story: queued when first asked for, then found again.

        A story that changed, or another version of the simulator, is another run. Raises
        ``ScenarioError`` when there is no such story.
        """
        told = story(name)
        baseline = dumps(load(told.base))
        steps = tuple(step_of(whatif) for whatif in told.steps)
        version = simulator_version()
        asked = [name, version, baseline, dump_steps(steps), told.replications, told.seed]
        run_id = self._rows.add(
            told.title,
            baseline,
            steps,
            study_id=None,
            replications=told.replications,
            seed=told.seed,
            version=version,
            story=hashlib.sha256(json.dumps(asked).encode()).hexdigest(),
        )
        self._wake()
        row = self._rows.get(run_id)
        if row is None:
            raise StoreError(f"The run of the story {name} is gone. Reload the page to make it again.")
        return row

    def tell_stories(self) -> None:
        """Queue every story that has no answer yet, those that failed before included."""
        for name in stories():
            row = self.story(name)
            if row.status in ("failed", "cancelled"):
                self._rows.retry_story(row.id)
        self._wake()


def simulator_version() -> str:
    """The version of this product; ``unknown`` when it runs from a folder without being installed."""
    try:
        return metadata.version("contact-centre-planner")
    except metadata.PackageNotFoundError:
        return "unknown"


def compute(
    run: RunRow, executor: Executor, progress: Callable[[int], None], cancelled: Callable[[], bool]
) -> tuple[Report | None, int]:
    """Simulate a run on the processes of ``executor``: :class:`planner_app.running.runner.Compute`."""
    base, variant = read_variant(run.baseline, run.steps)
    pairs = {} if variant is None else {WHAT_IF: variant}
    how: dict[str, Any] = {
        "replications": run.replications,
        "seed": run.seed,
        "executor": executor,
        "progress": lambda done, _total: progress(done),
        "cancel": cancelled,
    }
    try:
        if pairs:
            comparison = sim.compare(base, pairs, **how)
        else:
            comparison = Comparison({BASELINE: sim.run(base, **how)})
    except RunCancelledError:
        return None, 0
    return report_of(comparison), comparison.replications


@contextmanager
def open_services(settings: Settings) -> Iterator[Services]:
    """Open the database of an installation, and compute what is queued in it until the block ends.

    Raises :class:`StoreError` when the database cannot be used.
    """
    database = Database(settings.database)
    rows = RunRows(database)
    runner = Runner(rows, Lease(database, "runner"), compute, workers=settings.workers)
    runs = Runs(rows, Reports(database), runner.wake)
    warmth = Warmth()
    desk = Desk(Question, threads=settings.workers, is_ready=warmth.is_ready)
    desk.start()
    background = Background(_shelf(database))
    # Processes that simulate would compile too, all at once, if they began before there is machine code.
    warmth.start(then=runner.start)
    if settings.stories:
        threading.Thread(target=_tell, args=(runs,), name="planner-stories", daemon=True).start()
    try:
        yield Services(Studies(database), runs, desk, background)
    finally:
        background.close()
        warmth.close()
        desk.close()
        runner.close()
        database.close()


def _shelf(database: Database) -> Shelf:
    from planner_app.staffing.kept import Kept  # brings a solver, which simulating processes need not load

    return Kept(Answers(database))


def _tell(runs: Runs) -> None:
    try:
        runs.tell_stories()
    except PlannerError as error:
        LOG.warning("the stories could not be queued: %s", error)

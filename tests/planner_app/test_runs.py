from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from pathlib import Path

import pandas as pd
import pytest

from planner_app.running import runner as runner_module
from planner_app.running.pool import Pool
from planner_app.running.runner import CRASHED, FAULT, Runner
from planner_app.services import Report, RunRow
from planner_app.settings import sqlite_url
from planner_app.store import Database, Lease, Reports, RunRows
from scenarios.errors import PlannerError

EMPTY = pd.DataFrame({"measure": pd.Series([], dtype="str")})


def report(done: int) -> Report:
    return Report(EMPTY, EMPTY, EMPTY, EMPTY, EMPTY, EMPTY, EMPTY, {"replications": done})


def queue(rows: RunRows, title: str = "run", replications: int = 4, story: str | None = None) -> str:
    return rows.add(
        title, "name: x", (), study_id=None, replications=replications, seed=1, version="0.1", story=story
    )


def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def status(rows: RunRows, run_id: str) -> str:
    row = rows.get(run_id)
    assert row is not None
    return row.status


def step_by_step(
    run: RunRow, executor: Executor, progress: Callable[[int], None], cancelled: Callable[[], bool]
) -> tuple[Report | None, int]:
    """Replications that take 20 ms in another process each; a title may say how it goes wrong."""
    if run.title == "planner error":
        raise PlannerError("phone has no agents; give a group the skill")
    if run.title == "bug":
        raise KeyError("secret detail")
    for done in range(run.replications):
        if cancelled():
            return (report(done) if done else None), done
        work = (os._exit, 1) if run.title == "crash" else (time.sleep, 0.02)
        executor.submit(*work).result()
        progress(done + 1)
    return report(run.replications), run.replications


@pytest.fixture
def rows(database: Database) -> RunRows:
    return RunRows(database)


@pytest.fixture
def runner(database: Database, rows: RunRows, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runner]:
    monkeypatch.setattr(runner_module, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(Pool, "warm", lambda self: [])
    made = Runner(rows, Lease(database, "runner"), step_by_step, workers=1, beat_seconds=0.2)
    yield made
    made.close()


def test_a_queued_run_is_computed_and_its_report_kept(
    database: Database, rows: RunRows, runner: Runner
) -> None:
    run_id = queue(rows)
    runner.start()
    until(lambda: status(rows, run_id) == "done")
    row, kept = rows.get(run_id), Reports(database).get(run_id)
    assert row is not None
    assert kept is not None
    assert (row.done, row.message, kept.meta["replications"]) == (4, "", 4)


def test_cancelling_keeps_the_replications_that_are_finished(
    database: Database, rows: RunRows, runner: Runner
) -> None:
    runner.start()
    run_id = queue(rows, replications=100_000)
    runner.wake()
    until(lambda: (rows.get(run_id) or pytest.fail("no row")).done >= 3)
    rows.ask_to_cancel(run_id)
    until(lambda: status(rows, run_id) == "cancelled")
    row, kept = rows.get(run_id), Reports(database).get(run_id)
    assert row is not None
    assert kept is not None
    assert kept.meta["replications"] == row.done >= 3
    assert f"the {row.done} of 100000 replications" in row.message


def test_cancelling_at_once_leaves_no_result_and_says_so(
    database: Database, rows: RunRows, runner: Runner
) -> None:
    run_id = queue(rows)
    rows.start(run_id)
    rows.ask_to_cancel(run_id)
    rows.put_back(run_id)
    runner.start()
    until(lambda: status(rows, run_id) == "cancelled")
    assert Reports(database).get(run_id) is None
    assert "no result" in rows.get(run_id).message  # type: ignore[union-attr]


def test_a_failure_is_told_in_plain_words(rows: RunRows, runner: Runner) -> None:
    expected, bug, after = queue(rows, "planner error"), queue(rows, "bug"), queue(rows)
    runner.start()
    until(lambda: status(rows, after) == "done")
    assert status(rows, expected) == status(rows, bug) == "failed"
    assert rows.get(expected).message == "phone has no agents; give a group the skill"  # type: ignore[union-attr]
    assert rows.get(bug).message == FAULT  # type: ignore[union-attr]
    assert "secret" not in FAULT


def test_a_process_that_dies_is_survived(rows: RunRows, runner: Runner) -> None:
    crash, after = queue(rows, "crash"), queue(rows)
    runner.start()
    until(lambda: status(rows, after) == "done")
    assert status(rows, crash) == "failed"
    assert rows.get(crash).message == CRASHED  # type: ignore[union-attr]


def test_a_story_gives_way_to_a_run_that_somebody_waits_for(rows: RunRows, runner: Runner) -> None:
    story = queue(rows, replications=60, story="key")
    runner.start()
    until(lambda: status(rows, story) == "running")
    asked = queue(rows)
    runner.wake()
    until(lambda: status(rows, asked) == "done")
    until(lambda: status(rows, story) == "done")
    finished, first = rows.get(story), rows.get(asked)
    assert finished is not None
    assert first is not None
    assert first.finished < finished.finished  # type: ignore[operator]


def test_closing_puts_the_run_under_way_back_and_is_quick(rows: RunRows, runner: Runner) -> None:
    run_id = queue(rows, replications=100_000)
    runner.start()
    until(lambda: status(rows, run_id) == "running")
    runner.close()
    assert status(rows, run_id) == "queued"
    assert threading.active_count() < 20


def test_of_two_apps_one_computes_and_the_other_takes_over(
    database: Database, rows: RunRows, runner: Runner
) -> None:
    runner.start()
    first = queue(rows)
    until(lambda: status(rows, first) == "done")
    second_lease = Lease(database, "runner")
    assert not second_lease.hold()
    other = Runner(rows, second_lease, step_by_step, workers=1, beat_seconds=0.1)
    other.start()
    runner.close()
    try:
        second = queue(rows)
        until(lambda: status(rows, second) == "done")
    finally:
        other.close()


KILLED_WHILE_RUNNING = """
import sys, time
from planner_app.running.runner import Runner
from planner_app.store import Database, Lease, RunRows

def compute(run, executor, progress, cancelled):
    for done in range(run.replications):
        executor.submit(time.sleep, 0.05).result()
        progress(done + 1)
    return None, run.replications

if __name__ == "__main__":
    database = Database(sys.argv[1])
    rows = RunRows(database)
    run_id = rows.add("run", "name: x", (), study_id=None, replications=1000, seed=1, version="0")
    Runner(rows, Lease(database, "runner"), compute, workers=1).start()
    while rows.get(run_id).done < 2:
        time.sleep(0.05)
    print(run_id, flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is not known there")
def test_a_run_of_an_app_that_was_killed_is_computed_at_the_next_start(
    tmp_path: Path, database: Database, rows: RunRows, runner: Runner
) -> None:
    script = tmp_path / "killed.py"
    script.write_text(KILLED_WHILE_RUNNING)
    command = [sys.executable, str(script), sqlite_url(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        run_id = process.stdout.readline().strip()
        process.send_signal(signal.SIGKILL)
        # The simulating processes leave by themselves; the pipe closes when the last one has gone.
        process.stdout.read()
    interrupted = rows.get(run_id)
    assert interrupted is not None
    assert interrupted.status == "running"
    assert interrupted.done >= 2
    runner.start()
    until(lambda: status(rows, run_id) == "running" and (rows.get(run_id) or interrupted).done == 0)
    until(lambda: (rows.get(run_id) or interrupted).done >= 3)
    rows.ask_to_cancel(run_id)
    until(lambda: status(rows, run_id) == "cancelled")
    assert Reports(database).get(run_id) is not None

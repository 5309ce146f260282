from __future__ import annotations

import contextlib
import dataclasses
import math
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from planner_app.services import Report, Step
from planner_app.settings import sqlite_url
from planner_app.store import Answers, Database, Lease, Reports, RunRows, StoreError, Studies
from planner_app.store.reports import pack, unpack
from scenarios.errors import PlannerError

STEPS = (
    Step("channel_outage", {"channel": "portal", "from": "10:00", "failure": 1.0}),
    Step("change_staff", {"group": "generalists", "by": 3}, enabled=False),
)


def report() -> Report:
    table = pd.DataFrame(
        {
            "scope": ["all", "channel"],
            "mean": [0.1 + 0.2, math.nan],
            "half_width": [math.inf, 1e-300],
            "cases": np.array([3, -4], dtype=np.int64),
            "clear": [True, False],
            "note": ["no clear difference", None],
        }
    )
    empty = pd.DataFrame({"field": pd.Series([], dtype="str")})
    return Report(
        summary=table,
        intervals=table,
        coverage=table,
        spillover=table,
        journeys=table,
        diff=empty,
        incidents=empty,
        meta={
            "name": "Bank — Monday",
            "replications": np.int64(20),
            "target": None,
            "channels": ({"name": "phone"},),
        },
    )


def queue(runs: RunRows, title: str = "run", story: str | None = None) -> str:
    return runs.add(
        title, "name: x", STEPS, study_id=None, replications=4, seed=1, version="0.1", story=story
    )


# -- studies -----------------------------------------------------------------------------------------


def test_a_study_comes_back_as_it_was_saved(database: Database) -> None:
    studies = Studies(database)
    made = studies.create("  Retail   bank ", "name: Bänk\n", STEPS, "retail_bank")
    assert made.name == "Retail bank"
    assert studies.get(made.id) == made
    saved = studies.save(dataclasses.replace(made, steps=STEPS[:1], name="Monday"))
    assert saved.revision == 2
    assert studies.get(made.id) == saved
    assert [study.revision for study in studies.history(made.id)] == [2, 1]
    assert studies.history(made.id)[1].steps == STEPS


def test_a_save_that_names_an_older_revision_is_refused_with_a_cure(database: Database) -> None:
    studies = Studies(database)
    mine = studies.create("Bank", "name: x", (), "uploaded")
    theirs = studies.save(dataclasses.replace(mine, name="Theirs"))
    with pytest.raises(StoreError, match=r"revision 2; this page shows 1.*Reload the page"):
        studies.save(dataclasses.replace(mine, name="Mine"))
    assert studies.get(mine.id) == theirs
    assert len(studies.history(mine.id)) == 2


def test_a_deleted_study_can_be_restored_with_its_history(database: Database) -> None:
    studies = Studies(database)
    made = studies.create("Bank", "name: x", (), "uploaded")
    studies.delete(made.id)
    assert studies.get(made.id) is None
    assert studies.all() == []
    assert list(studies.deleted()) == [made]
    with pytest.raises(StoreError, match="was deleted"):
        studies.save(made)
    studies.restore(made.id)
    assert studies.get(made.id) == made
    assert list(studies.all()) == [made]
    assert studies.deleted() == []


def test_studies_are_listed_last_saved_first(database: Database) -> None:
    studies = Studies(database)
    first = studies.create("First", "name: x", (), "uploaded")
    second = studies.create("Second", "name: x", (), "uploaded")
    assert [study.id for study in studies.all()] == [second.id, first.id]
    studies.save(first)
    assert [study.id for study in studies.all()] == [first.id, second.id]


def test_many_windows_that_save_at_once_lose_nothing_and_never_both_win(database: Database) -> None:
    studies = Studies(database)
    start = studies.create("Bank", "name: x", (), "uploaded")
    won: list[str] = []

    def save(name: str) -> None:
        with contextlib.suppress(StoreError):
            won.append(studies.save(dataclasses.replace(start, name=name)).name)

    threads = [threading.Thread(target=save, args=(f"window {number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    kept = studies.get(start.id)
    assert kept is not None
    assert (kept.name, kept.revision) == (won[0], 2)


def test_a_baseline_is_kept_once_however_often_it_is_saved(database: Database, tmp_path: Path) -> None:
    studies = Studies(database)
    study = studies.create("Bank", "name: " + "x" * 200_000, (), "uploaded")
    for number in range(20):
        study = studies.save(dataclasses.replace(study, name=f"name {number}"))
    database.close()
    size = sum(file.stat().st_size for file in tmp_path.iterdir())
    assert size < 2 * 200_000 + 400_000


# -- runs and reports ----------------------------------------------------------------------------------


def test_a_run_goes_from_queued_to_done_with_its_report(database: Database) -> None:
    runs = RunRows(database)
    run_id = queue(runs)
    waiting = runs.get(run_id)
    assert waiting is not None
    assert (waiting.status, waiting.done, waiting.steps) == ("queued", 0, STEPS)
    assert runs.start(run_id)
    assert runs.progress(run_id, 2) is False
    assert runs.get(run_id).done == 2  # type: ignore[union-attr]
    runs.finish(run_id, "done", done=4, report=report())
    finished = runs.get(run_id)
    assert finished is not None
    assert (finished.status, finished.done) == ("done", 4)
    assert finished.created <= finished.started <= finished.finished  # type: ignore[operator]
    found = Reports(database).get(run_id)
    assert found is not None
    pd.testing.assert_frame_equal(found.summary, unpack(pack(report())).summary)


def test_peoples_runs_come_before_stories_and_the_oldest_first(database: Database) -> None:
    runs = RunRows(database)
    story = queue(runs, story="key")
    first, second = queue(runs), queue(runs)
    order = []
    while (row := runs.next()) is not None:
        runs.start(row.id)
        order.append(row.id)
    assert order == [first, second, story]
    assert [row.id for row in runs.recent(10)] == [second, first]


def test_a_story_is_queued_once(database: Database) -> None:
    runs = RunRows(database)
    assert queue(runs, story="key") == queue(runs, story="key")
    assert queue(runs, story="other") != queue(runs, story="key")


def test_cancelling_ends_a_waiting_run_and_asks_one_under_way(database: Database) -> None:
    runs = RunRows(database)
    waiting, running = queue(runs), queue(runs)
    runs.start(running)
    runs.ask_to_cancel(waiting)
    runs.ask_to_cancel(running)
    assert runs.get(waiting).status == "cancelled"  # type: ignore[union-attr]
    assert runs.start(waiting) is False
    assert runs.get(running).status == "running"  # type: ignore[union-attr]
    assert runs.progress(running, 1) is True


def test_what_was_under_way_is_queued_again_and_what_was_finished_is_not(database: Database) -> None:
    runs = RunRows(database)
    running, done = queue(runs), queue(runs)
    runs.start(running)
    runs.progress(running, 3)
    runs.start(done)
    runs.finish(done, "done", done=4, report=report())
    assert runs.recover() == 1
    again = runs.get(running)
    assert again is not None
    assert (again.status, again.done) == ("queued", 0)
    assert runs.get(done).status == "done"  # type: ignore[union-attr]


def test_a_report_is_given_back_bit_for_bit() -> None:
    again = unpack(pack(report()))
    row = again.summary.iloc[0]
    assert row["mean"] == 0.1 + 0.2
    assert math.isnan(again.summary["mean"][1])
    assert again.summary["half_width"].tolist() == [math.inf, 1e-300]
    assert again.summary["cases"].dtype == np.int64
    assert again.summary["clear"].tolist() == [True, False]
    assert again.summary["note"][0] == "no clear difference"
    assert pd.isna(again.summary["note"][1])
    assert again.diff.empty
    assert list(again.diff.columns) == ["field"]
    assert again.meta["name"] == "Bank — Monday"
    assert again.meta["replications"] == 20
    assert again.meta["channels"] == [{"name": "phone"}]


def test_a_status_is_never_kept_without_its_report(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = RunRows(database)
    run_id = queue(runs)
    runs.start(run_id)

    def fail(*_: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("planner_app.store.runs.keep_report", fail)
    with pytest.raises(RuntimeError):
        runs.finish(run_id, "done", done=4, report=report())
    assert runs.get(run_id).status == "running"  # type: ignore[union-attr]


# -- leases ----------------------------------------------------------------------------------------------


def test_one_process_at_a_time_holds_a_lease(database: Database) -> None:
    mine, theirs = Lease(database, "runner"), Lease(database, "runner")
    assert mine.hold()
    assert mine.hold()
    assert not theirs.hold()
    mine.let_go()
    assert theirs.hold()
    assert not mine.hold()


def test_a_lease_that_is_not_renewed_runs_out(database: Database) -> None:
    assert Lease(database, "runner", seconds=0.0).hold()
    assert Lease(database, "runner").hold()


@pytest.mark.skipif(os.name == "nt", reason="processes cannot be asked there")
def test_the_lease_of_a_killed_process_is_taken_at_once(database: Database, tmp_path: Path) -> None:
    script = (
        "import sys, time; from planner_app.store import Database, Lease\n"
        "assert Lease(Database(sys.argv[1]), 'runner').hold(); print('held', flush=True); time.sleep(60)"
    )
    with _process(script, sqlite_url(tmp_path)) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "held"
        lease = Lease(database, "runner")
        assert not lease.hold()
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert lease.hold()


# -- the worst ---------------------------------------------------------------------------------------------

SAVE_WITHOUT_END = """
import dataclasses, sys
from planner_app.store import Database, Studies
studies = Studies(Database(sys.argv[1]))
study = studies.create("0", "name: x", (), "uploaded")
number = 0
while True:
    number += 1
    baseline = f"name: {number}\\n# " + "x" * 50_000
    study = studies.save(dataclasses.replace(study, name=str(number), baseline=baseline))
    print(study.id, number, flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is not known there")
@pytest.mark.parametrize("saves", [3, 11])
def test_a_process_killed_while_it_saves_leaves_a_sound_store(tmp_path: Path, saves: int) -> None:
    url = sqlite_url(tmp_path)
    with _process(SAVE_WITHOUT_END, url) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(saves)]
        process.send_signal(signal.SIGKILL)
        process.wait()
        lines += process.stdout.readlines()
    study_id, last_told = lines[-1].split() if lines[-1].endswith("\n") else lines[-2].split()

    with sqlite3.connect(tmp_path / "planner.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()
    database = Database(url)
    kept = Studies(database).get(study_id)
    history = Studies(database).history(study_id)
    database.close()
    # Whatever the process had been told is saved is there; at most the one save after it is there too.
    assert kept is not None
    assert int(last_told) <= int(kept.name) <= int(last_told) + 1
    assert kept.baseline.startswith(f"name: {kept.name}\n")
    assert [int(study.name) for study in history] == list(range(int(kept.name), -1, -1))


def test_a_database_of_another_version_is_refused_with_what_to_do(tmp_path: Path) -> None:
    Database(sqlite_url(tmp_path)).close()
    connection = sqlite3.connect(tmp_path / "planner.db")
    connection.execute("UPDATE about SET value = '999' WHERE name = 'version'")
    connection.commit()
    connection.close()
    with pytest.raises(StoreError, match="another version of the planner"):
        Database(sqlite_url(tmp_path))


def test_an_older_database_is_brought_up_and_nothing_in_it_is_lost(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path))
    study = Studies(database).create("Bank", "name: x", STEPS, "uploaded")
    database.close()
    connection = sqlite3.connect(tmp_path / "planner.db")
    for table in ("answers", "asked", "notes"):  # as the first version had them
        connection.execute(f"DROP TABLE {table}")
    connection.execute("UPDATE about SET value = '1' WHERE name = 'version'")
    connection.commit()
    connection.close()
    for _ in range(2):
        database = Database(sqlite_url(tmp_path))
        assert Studies(database).get(study.id) == study
        Answers(database).note("team", "[]")
        assert Answers(database).noted("team") == "[]"
        database.close()


def test_a_database_that_cannot_be_opened_is_a_plain_error(tmp_path: Path) -> None:
    (tmp_path / "planner.db").write_bytes(b"this is not a database" * 100)
    with pytest.raises(PlannerError, match="Could not open the database"):
        Database(sqlite_url(tmp_path))


def test_a_password_is_never_shown() -> None:
    with pytest.raises(StoreError) as caught:
        Database("postgresql+nothing://user:secret@localhost/planner")
    assert "secret" not in str(caught.value)


def _process(script: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", script, *arguments], stdout=subprocess.PIPE, text=True)

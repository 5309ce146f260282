"""Runs as rows: what was asked, how far it is, and how it ended."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from sqlalchemy import Select, insert, select, update
from sqlalchemy.engine import Row

from planner_app.services import Report, RunRow, RunStatus, Step
from planner_app.store.database import Database, StoreError
from planner_app.store.reports import keep_report, pack
from planner_app.store.schema import dump_steps, keep_text, load_steps, now, runs, texts


class RunRows:
    """The rows of runs. Several processes may read and submit; one at a time computes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # -- for those who ask ------------------------------------------------------------------------

    def add(
        self,
        title: str,
        baseline: str,
        steps: Sequence[Step],
        *,
        study_id: str | None,
        replications: int,
        seed: int,
        version: str,
        story: str | None = None,
    ) -> str:
        """Queue a run and return its id; of a ``story`` there is one run, which is found again."""
        with self._database.write() as connection:
            if story is not None:
                known = connection.execute(select(runs.c.id).where(runs.c.story == story)).scalar()
                if known is not None:
                    return str(known)
            run_id = secrets.token_hex(6)
            connection.execute(
                insert(runs).values(
                    id=run_id,
                    study_id=study_id,
                    story=story,
                    title=title[:200],
                    baseline=keep_text(connection, baseline),
                    steps=dump_steps(steps),
                    replications=replications,
                    seed=seed,
                    status="queued",
                    done=0,
                    message="",
                    version=version,
                    cancel=False,
                    crashes=0,
                    created=now(),
                )
            )
        return run_id

    def get(self, run_id: str) -> RunRow | None:
        """The row of a run, or None when there is none."""
        with self._database.read() as connection:
            row = connection.execute(_select().where(runs.c.id == run_id)).first()
        return None if row is None else _run(row)

    def recent(self, limit: int, study_id: str | None = None) -> Sequence[RunRow]:
        """The latest runs that people asked for (not those of stories), the newest first."""
        asked = _select().where(runs.c.story.is_(None))
        if study_id is not None:
            asked = asked.where(runs.c.study_id == study_id)
        query = asked.order_by(runs.c.created.desc(), runs.c.id).limit(limit)
        with self._database.read() as connection:
            return [_run(row) for row in connection.execute(query)]

    def ask_to_cancel(self, run_id: str) -> None:
        """Cancel a waiting run; ask whoever computes it to stop when it is under way."""
        with self._database.write() as connection:
            connection.execute(
                update(runs)
                .where(runs.c.id == run_id, runs.c.status == "queued")
                .values(status="cancelled", message="Cancelled before it began.", finished=now())
            )
            connection.execute(
                update(runs).where(runs.c.id == run_id, runs.c.status == "running").values(cancel=True)
            )

    # -- for the one who computes -------------------------------------------------------------------

    def recover(self) -> int:
        """Queue again what was under way when the last runner died; returns how many."""
        with self._database.write() as connection:
            changed = connection.execute(
                update(runs).where(runs.c.status == "running").values(status="queued", done=0, started=None)
            )
        return changed.rowcount

    def retry_story(self, run_id: str) -> None:
        """Queue a story's run again that failed or was cancelled."""
        with self._database.write() as connection:
            connection.execute(
                update(runs)
                .where(runs.c.id == run_id, runs.c.status.in_(("failed", "cancelled")))
                .values(status="queued", done=0, message="", cancel=False, crashes=0, finished=None)
            )

    def next(self) -> RunRow | None:
        """The run to compute next: people's before stories', the oldest first."""
        query = (
            _select()
            .where(runs.c.status == "queued")
            .order_by(runs.c.story.is_not(None), runs.c.created, runs.c.id)
            .limit(1)
        )
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return None if row is None else _run(row)

    def is_story(self, run_id: str) -> bool:
        """Whether a run belongs to a worked story."""
        with self._database.read() as connection:
            return connection.execute(select(runs.c.story).where(runs.c.id == run_id)).scalar() is not None

    def people_wait(self) -> bool:
        """Whether a run that somebody asked for is waiting."""
        query = select(runs.c.id).where(runs.c.status == "queued", runs.c.story.is_(None)).limit(1)
        with self._database.read() as connection:
            return connection.execute(query).first() is not None

    def start(self, run_id: str) -> bool:
        """Mark a queued run as under way; False when it was cancelled meanwhile."""
        with self._database.write() as connection:
            changed = connection.execute(
                update(runs)
                .where(runs.c.id == run_id, runs.c.status == "queued")
                .values(status="running", started=now(), done=0)
            )
        return changed.rowcount == 1

    def progress(self, run_id: str, done: int) -> bool:
        """Note how many replications are finished; True when somebody asked to cancel."""
        with self._database.write() as connection:
            connection.execute(update(runs).where(runs.c.id == run_id).values(done=done))
            return bool(connection.execute(select(runs.c.cancel).where(runs.c.id == run_id)).scalar())

    def put_back(self, run_id: str, *, crashed: bool = False) -> int:
        """Queue a run again that could not go on; returns how often it has crashed."""
        with self._database.write() as connection:
            connection.execute(
                update(runs)
                .where(runs.c.id == run_id, runs.c.status == "running")
                .values(status="queued", done=0, started=None, crashes=runs.c.crashes + int(crashed))
            )
            return int(connection.execute(select(runs.c.crashes).where(runs.c.id == run_id)).scalar() or 0)

    def finish(
        self, run_id: str, status: RunStatus, *, done: int, message: str = "", report: Report | None = None
    ) -> None:
        """End a run: its status and its report are kept together, or neither is."""
        body = None if report is None else pack(report)
        with self._database.write() as connection:
            changed = connection.execute(
                update(runs)
                .where(runs.c.id == run_id)
                .values(status=status, done=done, message=message, finished=now())
            )
            if changed.rowcount != 1:
                raise StoreError(f"There is no run {run_id}, so its result is not kept. Run it again.")
            if body is not None:
                keep_report(connection, run_id, body)


def _select() -> Select[tuple[object, ...]]:
    columns = [column for column in runs.c if column.name not in ("baseline", "story", "cancel", "crashes")]
    return select(*columns, texts.c.body.label("baseline")).join(texts, texts.c.hash == runs.c.baseline)


def _run(row: Row[tuple[object, ...]]) -> RunRow:
    values = row._asdict()
    return RunRow(**{**values, "steps": load_steps(values["steps"])})

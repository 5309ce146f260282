"""Saved studies and every revision of them."""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Sequence

from sqlalchemy import Select, insert, select, update
from sqlalchemy.engine import Connection, Row

from planner_app.services import Step, Study
from planner_app.store.database import Database, StoreError
from planner_app.store.schema import dump_steps, keep_text, load_steps, now, revisions, studies, texts


class Studies:
    """The :class:`planner_app.services.StudyStore` of a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> Sequence[Study]:
        """Every study that is not deleted, the last saved first."""
        query = _select().where(studies.c.deleted.is_(None)).order_by(studies.c.updated.desc(), studies.c.id)
        with self._database.read() as connection:
            return [_study(row) for row in connection.execute(query)]

    def deleted(self, limit: int = 20) -> Sequence[Study]:
        """Studies that were deleted, the latest first."""
        query = _select().where(studies.c.deleted.is_not(None)).order_by(studies.c.deleted.desc())
        with self._database.read() as connection:
            return [_study(row) for row in connection.execute(query.limit(limit))]

    def get(self, study_id: str) -> Study | None:
        """The study as last saved, or None when there is none (or it is deleted)."""
        query = _select().where(studies.c.id == study_id, studies.c.deleted.is_(None))
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return None if row is None else _study(row)

    def create(self, name: str, baseline: str, steps: Sequence[Step], origin: str) -> Study:
        """Store a new study as revision 1."""
        study = Study(
            id=secrets.token_hex(6),
            name=_name(name),
            baseline=baseline,
            steps=tuple(steps),
            origin=origin[:120],
            revision=1,
            updated=now(),
        )
        with self._database.write() as connection:
            values = _values(connection, study)
            connection.execute(insert(studies).values(id=study.id, origin=study.origin, **values))
            _keep_revision(connection, study, values)
        return study

    def save(self, study: Study) -> Study:
        """Store ``study`` as the revision after ``study.revision``, and return it.

        Raises :class:`StoreError` when somebody saved meanwhile, or the study is deleted.
        """
        saved = dataclasses.replace(study, name=_name(study.name), revision=study.revision + 1, updated=now())
        with self._database.write() as connection:
            values = _values(connection, saved)
            changed = connection.execute(
                update(studies)
                .where(
                    studies.c.id == study.id,
                    studies.c.revision == study.revision,
                    studies.c.deleted.is_(None),
                )
                .values(**values)
            )
            if changed.rowcount != 1:
                raise StoreError(_why_not(connection, study))
            _keep_revision(connection, saved, values)
        return saved

    def delete(self, study_id: str) -> None:
        """Put a study away; :meth:`restore` brings it back."""
        with self._database.write() as connection:
            connection.execute(update(studies).where(studies.c.id == study_id).values(deleted=now()))

    def restore(self, study_id: str) -> None:
        """Undo :meth:`delete`."""
        with self._database.write() as connection:
            connection.execute(update(studies).where(studies.c.id == study_id).values(deleted=None))

    def history(self, study_id: str) -> Sequence[Study]:
        """Every revision ever saved, the newest first."""
        query = (
            select(
                revisions.c.study_id.label("id"),
                revisions.c.name,
                texts.c.body.label("baseline"),
                revisions.c.steps,
                studies.c.origin,
                revisions.c.revision,
                revisions.c.saved.label("updated"),
            )
            .join(texts, texts.c.hash == revisions.c.baseline)
            .join(studies, studies.c.id == revisions.c.study_id)
            .where(revisions.c.study_id == study_id)
            .order_by(revisions.c.revision.desc())
        )
        with self._database.read() as connection:
            return [_study(row) for row in connection.execute(query)]


def _select() -> Select[tuple[object, ...]]:
    return select(
        studies.c.id,
        studies.c.name,
        texts.c.body.label("baseline"),
        studies.c.steps,
        studies.c.origin,
        studies.c.revision,
        studies.c.updated,
    ).join(texts, texts.c.hash == studies.c.baseline)


def _study(row: Row[tuple[object, ...]]) -> Study:
    values = row._asdict()
    return Study(**{**values, "steps": load_steps(values["steps"])})


def _values(connection: Connection, study: Study) -> dict[str, object]:
    return {
        "name": study.name,
        "baseline": keep_text(connection, study.baseline),
        "steps": dump_steps(study.steps),
        "revision": study.revision,
        "updated": study.updated,
    }


def _keep_revision(connection: Connection, study: Study, values: dict[str, object]) -> None:
    row = {name: value for name, value in values.items() if name != "updated"}
    connection.execute(insert(revisions).values(study_id=study.id, saved=study.updated, **row))


def _name(name: str) -> str:
    return " ".join(name.split())[:200] or "Untitled study"


def _why_not(connection: Connection, study: Study) -> str:
    row = connection.execute(
        select(studies.c.revision, studies.c.deleted).where(studies.c.id == study.id)
    ).first()
    if row is None or row.deleted is not None:
        return (
            f"The study “{study.name}” was deleted, so this change is not saved. Restore it, then try again."
        )
    return (
        f"The study “{study.name}” was changed in another window (revision {row.revision}; this page shows "
        f"{study.revision}), so this change is not saved. Reload the page, then make it again."
    )

"""Answers to long questions as rows: what was asked last about what, how it ended, what is being written."""

from __future__ import annotations

import datetime as dt
import os
import socket
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from planner_app.store.database import Database
from planner_app.store.leases import PROCESS, is_dead
from planner_app.store.schema import answers, asked, notes, now

SPARE = 200
"""Answers kept that are nobody's last any more; beyond this the oldest go."""


@dataclass(frozen=True)
class AnswerRow:
    """How a question stands in the database."""

    key: str
    status: str
    """waiting, done, cancelled, failed or interrupted."""
    body: bytes | None
    """What came of it, packed."""
    version: str
    """Of the planner that was asked."""
    asked: dt.datetime
    ended: dt.datetime | None


class Answers:
    """Answers by the key of their question; several processes may share them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def point(self, about: str, key: str, question: bytes) -> None:
        """Make a question the last about something."""
        with self._database.write() as connection:
            connection.execute(delete(asked).where(asked.c.about == about))
            connection.execute(insert(asked).values(about=about, key=key, question=question, asked=now()))

    def latest(self, about: str) -> tuple[str, bytes] | None:
        """The key of the question that was asked last about something, and the question, packed."""
        query = select(asked.c.key, asked.c.question).where(asked.c.about == about)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return None if row is None else (row.key, row.question)

    def wait(self, key: str, version: str) -> None:
        """Note that a question waits for this process to answer it; an earlier answer to it goes."""
        with self._database.write() as connection:
            connection.execute(delete(answers).where(answers.c.key == key))
            connection.execute(
                insert(answers).values(
                    key=key,
                    status="waiting",
                    version=version,
                    owner=PROCESS,
                    host=socket.gethostname(),
                    process=os.getpid(),
                    asked=now(),
                )
            )

    def end(self, key: str, status: str, ended: dt.datetime | None, body: bytes | None) -> None:
        """Note what came of it."""
        with self._database.write() as connection:
            connection.execute(
                update(answers)
                .where(answers.c.key == key)
                .values(status=status, ended=ended or now(), body=body)
            )
            _forget(connection)

    def get(self, key: str) -> AnswerRow | None:
        """How a question stands; what a process that is gone was to answer is interrupted."""
        with self._database.read() as connection:
            row = connection.execute(select(answers).where(answers.c.key == key)).first()
        if row is None:
            return None
        gone = row.status == "waiting" and is_dead(row.host, row.process, row.owner)
        status = "interrupted" if gone else row.status
        return AnswerRow(row.key, status, row.body, row.version, row.asked, row.ended)

    # -- what is being written ---------------------------------------------------------------------

    def note(self, about: str, text: str) -> None:
        """Keep a text about something."""
        with self._database.write() as connection:
            connection.execute(delete(notes).where(notes.c.about == about))
            connection.execute(insert(notes).values(about=about, body=text, saved=now()))

    def noted(self, about: str) -> str:
        """The text about something; empty where there is none."""
        with self._database.read() as connection:
            found = connection.execute(select(notes.c.body).where(notes.c.about == about)).scalar()
        return str(found or "")


def _forget(connection: Connection) -> None:
    """Of answers that are nobody's last, keep the newest."""
    spare = (
        select(answers.c.key)
        .where(answers.c.key.not_in(select(asked.c.key)), answers.c.status != "waiting")
        .order_by(answers.c.asked.desc(), answers.c.key)
        .offset(SPARE)
        .limit(SPARE)
    )
    old = list(connection.execute(spare).scalars())
    if old:
        connection.execute(delete(answers).where(answers.c.key.in_(old)))

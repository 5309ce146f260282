"""The tables of the database, in SQL that every database speaks.

Long texts (baselines) are kept once each, by their hash, however many revisions and runs use them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    insert,
    select,
)
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from planner_app.services import Step

VERSION = 2
"""Of the tables; an older database is brought up to it, a newer one is refused with what to do."""


class Instant(TypeDecorator[dt.datetime]):
    """An aware moment, stored in UTC without its zone (SQLite has none)."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        """To UTC."""
        return None if value is None else value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        """From UTC."""
        return None if value is None else value.replace(tzinfo=dt.UTC)


metadata = MetaData()

about = Table(
    "about",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", String(200), nullable=False),
)
texts = Table(
    "texts",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("body", Text, nullable=False),
)
studies = Table(
    "studies",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("baseline", ForeignKey("texts.hash"), nullable=False),
    Column("steps", Text, nullable=False),
    Column("origin", String(120), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("updated", Instant, nullable=False),
    Column("deleted", Instant),
)
revisions = Table(
    "study_revisions",
    metadata,
    Column("study_id", ForeignKey("studies.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("baseline", ForeignKey("texts.hash"), nullable=False),
    Column("steps", Text, nullable=False),
    Column("saved", Instant, nullable=False),
)
runs = Table(
    "runs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("study_id", ForeignKey("studies.id")),
    Column("story", String(64), unique=True),
    Column("title", String(200), nullable=False),
    Column("baseline", ForeignKey("texts.hash"), nullable=False),
    Column("steps", Text, nullable=False),
    Column("replications", Integer, nullable=False),
    Column("seed", Integer, nullable=False),
    Column("status", String(12), nullable=False),
    Column("done", Integer, nullable=False),
    Column("message", Text, nullable=False),
    Column("version", String(40), nullable=False),
    Column("cancel", Boolean, nullable=False),
    Column("crashes", Integer, nullable=False),
    Column("created", Instant, nullable=False),
    Column("started", Instant),
    Column("finished", Instant),
    Index("runs_by_status", "status", "created"),
)
reports = Table(
    "reports",
    metadata,
    Column("run_id", ForeignKey("runs.id"), primary_key=True),
    Column("format", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
leases = Table(
    "leases",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("owner", String(40), nullable=False),
    Column("host", String(200), nullable=False),
    Column("process", Integer, nullable=False),
    Column("until", Instant, nullable=False),
)

answers = Table(
    "answers",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("status", String(12), nullable=False),
    Column("version", String(40), nullable=False),
    Column("owner", String(40), nullable=False),
    Column("host", String(200), nullable=False),
    Column("process", Integer, nullable=False),
    Column("asked", Instant, nullable=False),
    Column("ended", Instant),
    Column("body", LargeBinary(2**30)),
)
asked = Table(
    "asked",
    metadata,
    Column("about", String(160), primary_key=True),
    Column("key", String(64), nullable=False),
    Column("question", LargeBinary(2**30), nullable=False),
    Column("asked", Instant, nullable=False),
)
notes = Table(
    "notes",
    metadata,
    Column("about", String(160), primary_key=True),
    Column("body", Text(2**26), nullable=False),
    Column("saved", Instant, nullable=False),
)
SINCE: dict[int, tuple[Table, ...]] = {2: (answers, asked, notes)}
"""Tables that a version added; nothing else has changed."""


def keep_text(connection: Connection, body: str) -> str:
    """Store a text unless it is there already; returns its hash."""
    digest = hashlib.sha256(body.encode()).hexdigest()
    if connection.execute(select(texts.c.hash).where(texts.c.hash == digest)).first() is None:
        with suppress(IntegrityError), connection.begin_nested():  # another process may be as quick
            connection.execute(insert(texts).values(hash=digest, body=body))
    return digest


def dump_steps(steps: Sequence[Step]) -> str:
    """Steps as JSON text."""
    rows = [{"kind": s.kind, "values": dict(s.values), "enabled": s.enabled} for s in steps]
    return json.dumps(rows, ensure_ascii=False, allow_nan=False)


def load_steps(text: str) -> tuple[Step, ...]:
    """Steps from JSON text."""
    return tuple(Step(row["kind"], row["values"], row["enabled"]) for row in json.loads(text))


def now() -> dt.datetime:
    """This moment, in UTC."""
    return dt.datetime.now(dt.UTC)

"""One database: how it is opened, and the two ways to use it, reading and writing.

Everything that only SQLite knows is in this module; other databases take the same statements.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event, insert, inspect, select, update
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from planner_app.store.schema import SINCE, VERSION, about, metadata
from scenarios.errors import PlannerError

BUSY_SECONDS = 30
"""How long a write waits for another process that is writing."""


class StoreError(PlannerError):
    """Something could not be kept or found; the message says what to do."""


class Database:
    """A database by its SQLAlchemy URL. Opening it makes the tables that are missing."""

    def __init__(self, url: str) -> None:
        self.url = url
        try:
            self._engine = _engine(url)
        except (SQLAlchemyError, OSError, ImportError) as error:
            raise StoreError(_cannot("open", url, error)) from error
        with self._connection("open", write=True) as connection:
            _prepare(connection)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one consistent state."""
        with self._connection("read", write=False) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction: all of it is kept, or nothing when the block raises or the process dies."""
        with self._connection("write to", write=True) as connection:
            yield connection

    @contextmanager
    def _connection(self, do: str, write: bool) -> Iterator[Connection]:
        try:
            with self._engine.execution_options(planner_write=write).begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(_cannot(do, self.url, error)) from error

    def close(self) -> None:
        """Let go of the files."""
        self._engine.dispose()


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True)
    if parsed.database:
        Path(parsed.database).expanduser().parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _sqlite_connect)
    event.listen(engine, "begin", _sqlite_begin)
    return engine


def _sqlite_connect(connection: Any, _record: Any) -> None:
    # The driver's own idea of transactions is switched off: _sqlite_begin says how they begin.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    # A write takes the lock at once: one that began by reading could not be given it later.
    write = connection.get_execution_options().get("planner_write", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _prepare(connection: Connection) -> None:
    if inspect(connection).has_table(about.name):
        found = connection.execute(select(about.c.value).where(about.c.name == "version")).scalar()
        if found == str(VERSION):
            return
        if found not in {str(version) for version in range(1, VERSION)}:
            raise StoreError(
                f"The database was written by another version of the planner (tables {found}, this one "
                f"uses {VERSION}). Start the newer planner, or name an empty folder with --data."
            )
        _bring_up(connection, int(found))
        return
    metadata.create_all(connection)
    connection.execute(insert(about).values(name="version", value=str(VERSION)))


def _bring_up(connection: Connection, found: int) -> None:
    """Add what versions since have added, within the transaction that also notes the new one."""
    added = [table for version, tables in SINCE.items() if version > found for table in tables]
    metadata.create_all(connection, tables=added)
    connection.execute(update(about).where(about.c.name == "version").values(value=str(VERSION)))


def _cannot(do: str, url: str, error: Exception) -> str:
    shown = make_url(url).render_as_string(hide_password=True) if "://" in url else url
    reason = str(getattr(error, "orig", None) or error).splitlines()[0]
    return (
        f"Could not {do} the database {shown}: {reason}. Nothing that was saved before is lost; check that "
        "the disk has room and the folder may be written to, then try again."
    )

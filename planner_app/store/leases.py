"""A lease: of several processes that share a database, one at a time holds it."""

from __future__ import annotations

import datetime as dt
import os
import secrets
import socket

from sqlalchemy import delete, insert, select, update

from planner_app.store.database import Database
from planner_app.store.schema import leases, now

SECONDS = 30.0
"""How long a lease lasts unless it is renewed."""

PROCESS = secrets.token_hex(8)
"""Of this process, and of no other, however often numbers of processes are given again."""


class Lease:
    """The right to do ``name``, held by one process until it lets go, dies or falls silent."""

    def __init__(self, database: Database, name: str, seconds: float = SECONDS) -> None:
        self._database = database
        self._name = name
        self._seconds = seconds
        self._owner = f"{PROCESS}-{secrets.token_hex(4)}"

    def hold(self) -> bool:
        """Take or renew the lease; False while another process holds it."""
        moment = now()
        mine = {
            "owner": self._owner,
            "host": socket.gethostname(),
            "process": os.getpid(),
            "until": moment + dt.timedelta(seconds=self._seconds),
        }
        with self._database.write() as connection:
            row = connection.execute(select(leases).where(leases.c.name == self._name)).first()
            if row is None:
                connection.execute(insert(leases).values(name=self._name, **mine))
                return True
            if (
                row.owner != self._owner
                and row.until > moment
                and not is_dead(row.host, row.process, row.owner)
            ):
                return False
            taken = connection.execute(
                update(leases).where(leases.c.name == self._name, leases.c.owner == row.owner).values(**mine)
            )
            return taken.rowcount == 1

    def let_go(self) -> None:
        """Give the lease up, if it is held here."""
        with self._database.write() as connection:
            connection.execute(
                delete(leases).where(leases.c.name == self._name, leases.c.owner == self._owner)
            )


def is_dead(host: str, process: int, owner: str) -> bool:
    """Whether the process that took something is known to be gone."""
    # Only a process of this machine can be asked; the lease of any other has to run out.
    if host != socket.gethostname() or os.name == "nt":
        return False
    if process == os.getpid():  # a restarted container gives its processes the same numbers again
        return not owner.startswith(PROCESS)
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False

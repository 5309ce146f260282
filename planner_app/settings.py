"""Settings of the app: where its data lives and where it listens, from flags or the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
"""Only this machine can reach the app unless somebody says otherwise."""
PORT = 8050
WORKERS = 2
UPLOAD_BYTES = 5_000_000
"""Largest scenario file that the app accepts: ten times what a year of half-hours needs."""


@dataclass(frozen=True)
class Settings:
    """What differs between two installations of the app."""

    data: Path
    """Folder of the database and the log."""
    database: str
    """SQLAlchemy URL: SQLite in ``data`` unless another one is named."""
    host: str = HOST
    port: int = PORT
    workers: int = WORKERS
    """Processes that simulate."""
    hosts: tuple[str, ...] = ()
    """Names besides ``host`` and localhost under which browsers may ask for the app."""
    stories: bool = True
    """Compute the worked stories in the background at start."""


def load(
    environment: Mapping[str, str] | None = None,
    *,
    data: str | Path | None = None,
    host: str | None = None,
    port: int | None = None,
    workers: int | None = None,
) -> Settings:
    """Settings from arguments (flags), else environment variables, else the defaults.

    Variables: ``PLANNER_DATA`` (folder), ``PLANNER_DATABASE`` (SQLAlchemy URL), ``PLANNER_HOST``,
    ``PLANNER_PORT``, ``PLANNER_WORKERS``, ``PLANNER_HOSTS`` (names, separated by commas),
    ``PLANNER_STORIES`` (0: do not compute them at start). Raises ``ValueError`` that names the variable
    when a number is not one.

    >>> load({"PLANNER_DATA": "/srv/planner", "PLANNER_PORT": "9000"}, workers=4).port
    9000
    """
    environment = os.environ if environment is None else environment
    folder = Path(data or environment.get("PLANNER_DATA") or _user_folder())
    return Settings(
        data=folder,
        database=environment.get("PLANNER_DATABASE") or sqlite_url(folder),
        host=host or environment.get("PLANNER_HOST") or HOST,
        port=_whole("PLANNER_PORT", environment, port, PORT, 0, 65535),
        workers=_whole("PLANNER_WORKERS", environment, workers, WORKERS, 1, 256),
        hosts=tuple(name.strip() for name in environment.get("PLANNER_HOSTS", "").split(",") if name.strip()),
        stories=environment.get("PLANNER_STORIES", "1") != "0",
    )


def sqlite_url(folder: Path) -> str:
    """The URL of the SQLite database in a data folder.

    >>> sqlite_url(Path("/srv/planner"))
    'sqlite:////srv/planner/planner.db'
    """
    return f"sqlite:///{(folder / 'planner.db').as_posix()}"


def _user_folder() -> str:
    import platformdirs  # with the app's packages only; serve says so when they are missing

    return platformdirs.user_data_dir("contact-centre-planner", appauthor=False)


def _whole(
    name: str, environment: Mapping[str, str], given: int | None, default: int, low: int, high: int
) -> int:
    text = environment.get(name)
    value: int | None = given
    if value is None:
        try:
            value = int(text) if text else default
        except ValueError:
            value = None
    if value is None or not low <= value <= high:
        shown = given if given is not None else text
        raise ValueError(f"{name} is {shown!r}; give a whole number from {low} to {high}")
    return value

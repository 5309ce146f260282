from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from dash.development.base_component import Component

from planner_app.live.desk import Desk
from planner_app.live.growing import Question
from planner_app.running.runs import Runs
from planner_app.services import Services
from planner_app.settings import sqlite_url
from planner_app.store import Database, Reports, RunRows, Studies


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(sqlite_url(tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def services(database: Database) -> Services:
    """Services whose runs are queued and never computed, and whose live questions are never answered."""
    runs = Runs(RunRows(database), Reports(database), lambda: None)
    return Services(Studies(database), runs, Desk(Question))


def _parts(thing: Any) -> Iterator[Component]:
    if isinstance(thing, Component):
        yield thing
        for name in ("children", "label", "title"):
            yield from _parts(getattr(thing, name, None))
    elif isinstance(thing, list | tuple):
        for item in thing:
            yield from _parts(item)


def _text(thing: Any) -> str:
    if isinstance(thing, str | int | float):
        return str(thing)
    if isinstance(thing, Component):
        return _text(getattr(thing, "children", None))
    return " ".join(filter(None, map(_text, thing))) if isinstance(thing, list | tuple) else ""


@pytest.fixture
def parts() -> Callable[[Any], list[Component]]:
    """Every component within a component, itself included."""
    return lambda thing: list(_parts(thing))


@pytest.fixture
def text() -> Callable[[Any], str]:
    """All that a component says."""
    return _text

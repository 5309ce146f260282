"""Course files: YAML to a course and back. ``loads(dumps(course)) == course``."""

from __future__ import annotations

import os
from pathlib import Path

from scenarios import documents
from scenarios.course import Course
from scenarios.errors import Problem, ScenarioError
from scenarios.files import read_text, replace_text, writable
from scenarios.shifts import located


def load(path: str | os.PathLike[str]) -> Course:
    """Read a course from a YAML file. Raises ``ScenarioError`` with every problem and its line."""
    place = Path(path)
    if not place.is_file():
        found = f"no file {os.fspath(path)[:200]!r}"
        raise ScenarioError([Problem("", found, "a file of a course", "check the path")])
    return loads(read_text(place), place.name)


def loads(text: str, file: str | None = None) -> Course:
    """Read a course from YAML text; ``file`` is what problems call it.

    >>> loads("{weeks: 4, social: {posting: 0.3}}").social.posting
    0.3
    """
    document = documents.parse(text, file)
    try:
        return Course(**document.data)
    except ScenarioError as error:
        raise ScenarioError(located(one, document.lines, file) for one in error.problems) from None


def dumps(course: Course) -> str:
    """The course as YAML text, without what is at its default."""
    data = {"weeks": course.weeks, **course.model_dump(mode="json", exclude_defaults=True)}
    data |= {part: {} for part in _PARTS if getattr(course, part) is not None and not data.get(part)}
    return documents.emit(documents.styled(data))


_PARTS = ("learning", "people", "burnout", "social")
"""Parts that mean something even when everything in them is at its default."""


def save(course: Course, path: str | os.PathLike[str]) -> None:
    """Write the course to a file, which then holds either its old text or the new, whatever happens."""
    replace_text(writable(path), dumps(course))

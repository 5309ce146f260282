"""Stacks of what-ifs as YAML: a list of ``{kind: …, field: value}``, or one of them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from scenarios import documents
from scenarios.errors import Problem, ScenarioError
from scenarios.files import read_text
from scenarios.whatifs.base import WhatIf
from scenarios.whatifs.stack import dump, parse_stack

_BEGINNINGS = ("-", "[", "{", "kind:", "#")
"""How YAML text of what-ifs begins, and no file name does."""


def load_stack(path_or_text: str | os.PathLike[str]) -> list[WhatIf]:
    """Read what-ifs from a YAML file or from text: a list of them, or one.

    Raises ``ScenarioError`` with every problem, each with its line; hostile text is refused as in
    scenario files (size, nesting, tags, aliases that unfold without end).

    >>> [whatif.kind for whatif in load_stack("{kind: scale_volume, percent: 20}")]
    ['scale_volume']
    """
    given = os.fspath(path_or_text)
    if "\n" in given or given.lstrip().startswith(_BEGINNINGS) or not given.strip():
        return _read(given, None)
    if not os.path.isfile(given):
        found = f"no file {given[:200]!r}"
        raise ScenarioError([Problem("", found, "a file of what-ifs, or YAML text", "check the path")])
    path = Path(given)
    return _read(read_text(path), path.name)


def dump_stack(whatifs: Iterable[WhatIf]) -> str:
    """The stack as YAML text: ``load_stack(dump_stack(stack)) == list(stack)``."""
    entries = [documents.styled(dump(whatif)) for whatif in whatifs]
    return documents.emit(entries) if entries else "[]\n"


def _read(text: str, file: str | None) -> list[WhatIf]:
    data, lines = documents.parse_any(text, file)
    return parse_stack(data, lines, file)

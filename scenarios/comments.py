"""Writing new values into an old document, so that a planner's comments and order of keys survive."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from scenarios.documents import styled


def amend(
    node: CommentedMap, old: Mapping[str, Any], new: Mapping[str, Any], given: Any, depth: int = 1
) -> None:
    """Change ``node``, a document that says ``old``, in place so that it says ``new``.

    ``old`` and ``new`` are plain data with all defaults; ``given`` is ``new`` without them, and what is
    added is written so. Entries whose meaning does not change are left as they were written (``6 min`` or
    ``360``, a CSV file's name or its figures); entries that go take their comments with them.
    """
    for key in [key for key in node if str(key) in old and new.get(str(key)) is None]:
        del node[key]
    # A date without quotes is no text to the document.
    written = {str(key): key for key in node}
    for key, value in new.items():
        if value is None or (key in old and old[key] == value):
            continue
        short, place = _item(given, key), written.get(key, key)
        present = node.get(place) if key in old else None
        if not _amend_inside(present, old.get(key), value, short, depth):
            node[place] = styled(value if short is None else short, 2 * depth)


def _item(given: Any, key: str) -> Any:
    return given.get(key) if isinstance(given, Mapping) else None


def _amend_inside(node: Any, old: Any, new: Any, given: Any, depth: int) -> bool:
    """Amend within ``node`` if it is written just as ``old`` is; else say that it must be replaced."""
    if isinstance(node, CommentedMap) and isinstance(old, Mapping) and isinstance(new, Mapping):
        if not {str(key) for key in node} <= set(old):
            return False
        amend(node, old, new, given, depth + 1)
        return True
    if isinstance(node, CommentedSeq) and isinstance(old, list) and isinstance(new, list):
        if len(node) != len(old) or not any(isinstance(item, Mapping) for item in new):
            return False
        _amend_list(node, old, new, given if isinstance(given, list) else new, depth)
        return True
    return False


def _amend_list(node: CommentedSeq, old: list[Any], new: list[Any], given: list[Any], depth: int) -> None:
    """Entries alike at the beginning and the end stay; those between are amended, added or removed."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    common = min(len(old), len(new)) - tail
    for place in range(head, common):
        if not _amend_inside(node[place], old[place], new[place], given[place], depth + 1):
            node[place] = styled(given[place], 2 * depth)
    for place in range(len(old) - tail - 1, common - 1, -1):
        del node[place]
    for place in range(common, len(new) - tail):
        node.insert(place, styled(given[place], 2 * depth))

"""What differs between two scenarios, field by field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scenarios.distributions import LAWS, dump_law, parse_law
from scenarios.documents import one_line
from scenarios.model import Scenario
from scenarios.paths import EachIntent, LawTree, Tree, complete_tree, given_tree, plain


@dataclass(frozen=True)
class Change:
    """One field that differs: its path (see :mod:`scenarios.paths`) and its two values in written form.

    ``None`` stands for nothing: the field is new, or gone, or not set.
    """

    field: str
    old: Any
    new: Any

    def __str__(self) -> str:
        return f"{self.field}: {one_line(self.old)} → {one_line(self.new)}"


def diff(old: Scenario, new: Scenario) -> list[Change]:
    """What changes from ``old`` to ``new``, in the order of a file; ``[]`` when they are equal.

    Of a channel, group or other entry that is added or removed, the fields that were given are listed.
    """
    before = (complete_tree(old), given_tree(old))
    after = (complete_tree(new), given_tree(new))
    return list(_changes((), before, after))


Side = tuple[Any, Any]
"""What one scenario has at a path: with all defaults, and as given."""
_NOTHING: Side = (None, None)


def _changes(path: tuple[str, ...], old: Side, new: Side) -> Iterator[Change]:
    before, after = old[0], new[0]
    if before == after:
        return
    if isinstance(before, EachIntent) and isinstance(after, EachIntent):
        yield from _by_intent(path, before, after)
    elif _comparable(before, after):
        for step in [*before, *(step for step in after if step not in before)]:
            yield from _changes((*path, step), _at(old, step), _at(new, step))
    elif _nothing(before) and _listable(after):
        for step, part in (new[1] or after).items():
            yield from _changes((*path, step), _NOTHING, (part, part))
    elif _nothing(after) and _listable(before):
        for step, part in (old[1] or before).items():
            yield from _changes((*path, step), (part, part), _NOTHING)
    else:
        yield Change(".".join(path), _leaf(old), _leaf(new))


def _by_intent(path: tuple[str, ...], old: EachIntent, new: EachIntent) -> Iterator[Change]:
    """Changes of values by intent; an intent without its own has the default's."""
    if list(old) == list(new) == ["default"]:
        yield from _changes(path, (old["default"],) * 2, (new["default"],) * 2)
        return
    for intent in [*old, *(intent for intent in new if intent not in old)]:
        before, after = (tree.get(intent, tree.get("default")) for tree in (old, new))
        yield from _changes((*path, intent), (before, before), (after, after))


def _comparable(old: Any, new: Any) -> bool:
    """Whether two parts are compared step by step: laws only with laws of the same name."""
    if not isinstance(old, Tree) or not isinstance(new, Tree):
        return False
    laws = isinstance(old, LawTree) or isinstance(new, LawTree)
    return not laws or list(old) == list(new)


def _listable(part: Any) -> bool:
    return isinstance(part, Tree) and not isinstance(part, LawTree | EachIntent) and bool(part)


def _nothing(part: Any) -> bool:
    """Nothing there: not set, or a list without entries."""
    return part is None or (isinstance(part, list | tuple | Tree) and not part)


def _at(side: Side, step: str) -> Side:
    whole, given = side
    return whole.get(step), given.get(step) if isinstance(given, Tree) else None


def _leaf(side: Side) -> Any:
    """A part in written form; a law without the parameters that have their default."""
    return _terse(plain(side[0]))


def _terse(value: Any) -> Any:
    if isinstance(value, dict) and len(value) == 1 and next(iter(value)) in LAWS:
        return dump_law(parse_law(value))
    return {key: _terse(item) for key, item in value.items()} if isinstance(value, dict) else value

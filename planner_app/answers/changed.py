"""What a what-if changes, in words: fields by where they are, shares in per cent, lists without brackets.

Differences are in written form, as a file has them (:mod:`scenarios.differences`), as values or as the text
that a report keeps.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any

from pydantic import BaseModel

from scenarios.documents import one_line
from scenarios.model import Scenario

NOTHING = "–"


def place(field: str) -> str:
    """The path of a field as people read it.

    >>> place("groups.back_office.staff.08:00")
    'Groups › back office › staff › 08:00'
    """
    text = field.replace("_", " ").replace(".", " › ")
    return text[:1].upper() + text[1:]


def shown(field: str, value: object) -> str:
    """A value of the field at a path as people read it.

    >>> shown("segments.gen_z.adoption.new_chat", 0.2727), shown("incidents.fault.failure", "1")
    ('27.3%', '100%')
    >>> shown("groups.desk.skills.phone.handle_time", 0.875), shown("skills.intents", ["lost_card", "a"])
    ('0.875', 'lost card, a')
    >>> shown("incidents.fault.window", "[2026-03-02 10:00, 2026-03-02 11:30]"), shown("name", None)
    ('2026-03-02 10:00 to 2026-03-02 11:30', '–')
    """
    if value is None or value == "nothing":
        return NOTHING
    number = _number(value)
    if number is not None:
        if _is_share(field) and 0 <= number <= 1:
            return f"{100 * number:.3g}%"
        return f"{number:,.4g}" if abs(number) < 1000 else f"{number:,.0f}"
    if isinstance(value, bool) or value in ("true", "false"):
        return "yes" if value in (True, "true") else "no"
    return _words(field, one_line(value) if not isinstance(value, str) else value)


def _words(field: str, text: str) -> str:
    """Text without the marks of a file."""
    if field.endswith(".window"):
        text = re.sub(r"^\[(.*), (.*)\]$", r"\1 to \2", text)
    listed = re.fullmatch(r"\[([^\[\]{}]*)\]", text)
    text = listed.group(1) if listed else text
    return text.replace("_", " ")


def _number(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", value):
        return float(value)
    return None


# -- which fields are shares -----------------------------------------------------------------------


def _is_share(field: str) -> bool:
    """Whether the path leads to a share: its last step that is the name of a field says so."""
    known = _fields()
    steps = [step for step in field.split(".") if step in known]
    return bool(steps) and known[steps[-1]]


@lru_cache(maxsize=1)
def _fields() -> Mapping[str, bool]:
    """Names of all fields of scenarios, and whether they hold numbers from 0 to 1 somewhere."""
    found: dict[str, bool] = {}
    seen: set[type[BaseModel]] = set()
    waiting: list[type[BaseModel]] = [Scenario]
    while waiting:
        model = waiting.pop()
        if model in seen:
            continue
        seen.add(model)
        for name, field in model.model_fields.items():
            share, inside = _looked_into(field.annotation, field.metadata)
            found[name] = found.get(name, False) or share
            waiting += inside
    return found


def _looked_into(kind: Any, marks: Sequence[Any]) -> tuple[bool, list[type[BaseModel]]]:
    """Whether an annotation bounds a number by 0 and 1, and the models within it."""
    if typing.get_origin(kind) is Annotated:
        inner, *more = typing.get_args(kind)
        marks = [*marks, *more, *(one for mark in more for one in getattr(mark, "metadata", ()))]
        return _looked_into(inner, marks)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return False, [kind]
    share = any(getattr(m, "ge", None) == 0 for m in marks) and any(
        getattr(m, "le", None) == 1 for m in marks
    )
    inside: list[type[BaseModel]] = []
    for part in typing.get_args(kind):
        one, models = _looked_into(part, ())
        share, inside = share or one, [*inside, *models]
    return share, inside

"""Plain words for what the model refuses: a validation error as a list of problems, each with its cure."""

from __future__ import annotations

import difflib
import math
import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from scenarios.channels import Channel
from scenarios.distributions import LAWS
from scenarios.errors import Problem, Refused

_EXAMPLES = {
    "name": "name: Help desk, one Monday",
    "calendar": "calendar: {start: 2026-03-02}",
    "start": "start: 2026-03-02",
    "intents": "intents: {billing: {volume: {per_day: 200}}}",
    "channels": "channels: {phone: {mode: live}}",
    "mode": "mode: live (or self_service, concurrent, deferred)",
    "volume": "volume: {per_day: 200}",
    "skills": "skills: {phone: {priority: 1}}",
    "staff": 'staff: {"08:00": 10, "20:00": 0}',
    "after": "after: phone",
    "outcome": "outcome: abandoned",
    "go": "go: {phone: 0.5}",
    "channel": "channel: portal",
    "window": 'window: ["2026-03-02 10:00", "2026-03-02 11:30"]',
    "mean": "mean: 6 min",
}
"""How fields that have no default are written."""


def problems_of(error: ValidationError, data: Mapping[str, Any], root: type[BaseModel]) -> list[Problem]:
    """The problems behind ``error``, which validating ``data`` as a ``root`` raised."""
    found = [
        (_path(details["loc"], data, details["input"]), details)
        for details in error.errors(include_url=False)
    ]
    problems = []
    for path, details in found:
        # A list whose entries are refused counts as empty too: only the entries are worth a word.
        hollow = details["type"] == "too_short" and any(
            len(other) > len(path) and other[: len(path)] == path for other, _ in found
        )
        if not hollow:
            problems.append(_problem(details, path, _model_at(root, path[:-1], data)))
    return problems


def _problem(details: Any, path: tuple[str, ...], model: type[BaseModel] | None) -> Problem:
    field, value, name = ".".join(path), details["input"], path[-1] if path else ""
    if details["type"] in ("missing", "union_tag_not_found"):
        value = None
    if details["type"] in ("union_tag_invalid", "union_tag_not_found"):
        field, value = f"{field}.mode", details["ctx"].get("tag")
    allowed, cure = _allowed_and_cure(details, name, model)
    return Problem(field, value, allowed, cure)


def _allowed_and_cure(details: Any, name: str, model: type[BaseModel] | None) -> tuple[str, str]:
    """What the field takes, and what to do, for one error of pydantic's."""
    kind, ctx, value = details["type"], details.get("ctx", {}), details["input"]
    fields = model.model_fields if model else {}
    cause = ctx.get("error")
    if isinstance(cause, Refused):
        return cause.allowed, cause.cure
    if kind == "missing":
        title = fields[name].title if name in fields else None
        return (title or name).lower(), f"add {_EXAMPLES.get(name, f'{name}: …')}"
    if kind == "extra_forbidden":
        return f"the fields {', '.join(sorted(fields))}", near(name, fields, "remove it, or use one of these")
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return f"one of {', '.join(_modes())}", near(str(ctx.get("tag", "")), _modes(), "write mode: live")
    if kind == "literal_error":
        words = ctx["expected"].replace(" or ", ", ").replace("'", "").split(", ")
        return f"one of {', '.join(words)}", near(str(value), words, "write one of these")
    if kind in _BOUNDS and isinstance(value, float) and not math.isfinite(value):
        return _TYPES["finite_number"]
    if kind in _BOUNDS:
        if ctx.get("le") == 1:
            percent = isinstance(value, int | float) and 2 <= value <= 100
            return "a number from 0 to 1", f"write {value / 100:g} for {value:g}%" if percent else "lower it"
        wording, key = _BOUNDS[kind]
        return f"a number {wording} {ctx[key]:g}", "change the number"
    if kind in ("too_short", "string_too_short"):
        return "something, not nothing", "fill it in, or leave the field out"
    if kind in ("too_long", "string_too_long"):
        most = ctx["max_length"]
        return f"at most {most} {'characters' if kind.startswith('string') else 'entries'}", "shorten it"
    if kind == "string_pattern_mismatch":
        return (
            "a name: a letter, then letters, digits, _ or -, at most 40 in all",
            "rename it, without blanks or other signs",
        )
    return _TYPES.get(kind.removesuffix("_type").removesuffix("_parsing"), _OTHER)


_BOUNDS = {
    "greater_than": ("above", "gt"),
    "greater_than_equal": ("of at least", "ge"),
    "less_than": ("below", "lt"),
    "less_than_equal": ("of at most", "le"),
}
_TYPES = {
    "int": ("a whole number", "write it without quotes, like 3"),
    "int_from_float": ("a whole number", "leave out the fraction"),
    "float": ("a number", "write it without quotes, like 0.75"),
    "finite_number": ("a finite number", "replace it by a number"),
    "bool": ("true or false", "write true or false"),
    "string": ("text", "write it in quotes"),
    "dict": ("a mapping", "write {name: value}"),
    "mapping": ("a mapping", "write {name: value}"),
    "model": ("a mapping of fields", "write {field: value}"),
    "model_attributes": ("a mapping of fields", "write {field: value}"),
    "tuple": ("a list", "write [first, second]"),
    "list": ("a list", "write [first, second]"),
}
_OTHER = ("a value that suits the field", "see the field's description in the JSON Schema (planner schema)")


def near(word: str, known: Iterable[str], otherwise: str) -> str:
    """A cure for a misspelt word: the known word that is closest, else ``otherwise``.

    >>> near("portl", ["phone", "portal"], "write one of these")
    'write portal (the closest name)'
    """
    close = difflib.get_close_matches(word, list(known), 1, 0.6)
    return f"write {close[0]} (the closest name)" if close else otherwise


def _modes() -> list[str]:
    union = typing.get_args(typing.get_args(Channel)[0])
    return [typing.get_args(kind.model_fields["mode"].annotation)[0] for kind in union]


_MARKS = {f"({word})" for word in ("all intents", "by intent", "table", "series", "name", "weights")}


def _path(loc: tuple[int | str, ...], data: object, refused: object) -> tuple[str, ...]:
    """The path as a file writes it: without pydantic's marks for forms, modes and keys, with laws' names."""
    steps = [str(step) for step in loc if step not in _MARKS and step != "[key]"]
    if len(steps) > 2 and steps[0] == "channels" and steps[2] in _modes():
        del steps[2]
    path: list[str] = []
    for step in steps:
        law = _law_in(data)
        if law is not None and step != law:
            path.append(law)
            data = _item(data, law)
        path.append(step)
        data = _item(data, step)
    law = _law_in(data)
    if law is not None and _item(data, law) == refused:
        path.append(law)  # the parameters of a law do not fit together
    return tuple(path)


def _law_in(data: object) -> str | None:
    """The name of the law that a mapping says, if it says one."""
    name = next(iter(data)) if isinstance(data, Mapping) and len(data) == 1 else None
    return name if isinstance(name, str) and name in LAWS else None


def _model_at(root: type[BaseModel], path: Sequence[str], data: object) -> type[BaseModel] | None:
    """The model at ``path``, following annotations, and the data where they leave a choice."""
    here: Any = root
    for step in path:
        data = _item(data, step)
        here = LAWS[step] if step in LAWS else _choose(_inside(here, step), data)
    return here if isinstance(here, type) and issubclass(here, BaseModel) else None


def _inside(annotation: Any, step: str) -> Any:
    """The annotation of what stands at ``step`` within something annotated ``annotation``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        field = annotation.model_fields.get(step)
        return field.annotation if field else None
    arguments = [argument for argument in typing.get_args(annotation) if argument is not Ellipsis]
    return arguments[-1] if arguments else None


def _choose(annotation: Any, data: object) -> Any:
    """``annotation`` without its wrapping; of several models, the one that ``data`` says by its mode."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return _choose(typing.get_args(annotation)[0], data)
    if origin not in (typing.Union, types.UnionType):
        return annotation
    members = [_choose(member, data) for member in typing.get_args(annotation) if member is not type(None)]
    for member in members:
        modes = typing.get_args(member.model_fields["mode"].annotation) if _has_mode(member) else ()
        if isinstance(data, Mapping) and data.get("mode") in modes:
            return member
    return members[0]


def _has_mode(member: Any) -> bool:
    return isinstance(member, type) and issubclass(member, BaseModel) and "mode" in member.model_fields


def _item(data: object, step: str) -> object:
    if isinstance(data, Mapping):
        return data.get(step)
    if isinstance(data, list | tuple) and step.isdigit() and int(step) < len(data):
        return data[int(step)]
    return None

"""Kinds of field that the model is made of: names, values by intent, series, lists of one or many."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar, cast, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainSerializer,
    Tag,
    WithJsonSchema,
)
from pydantic.fields import FieldInfo

from scenarios.distributions import looks_like_law
from scenarios.times import Clock
from scenarios.units import Amount

Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_\-]{0,39}$")]
"""A name in a scenario file: a letter, then letters, digits, ``_`` or ``-``, at most 40 in all."""

Outcome = Literal[
    "resolved", "contained", "unresolved", "failed", "abandoned", "blocked", "closed",
    "transferred", "called_back", "disconnected", "unfinished", "unreached",
]  # fmt: skip
"""How a contact ended; the words of the result tables."""

ALL_INTENTS, EACH_INTENT = "(all intents)", "(by intent)"
"""How the two forms of a :data:`ByIntent` value are told apart; neither can be a name."""


def _form_of(value: object) -> str:
    return EACH_INTENT if isinstance(value, Mapping) and not looks_like_law(value) else ALL_INTENTS


def _simplest(value: Any) -> Any:
    """The same for every intent is one value, so that what means the same is equal."""
    return value["default"] if isinstance(value, dict) and list(value) == ["default"] else value


T = TypeVar("T")
ByIntent = Annotated[
    Annotated[T, Tag(ALL_INTENTS)] | Annotated[dict[str, T], Tag(EACH_INTENT)],
    Discriminator(_form_of),
    AfterValidator(_simplest),
]
"""One value for all intents, or a mapping from intent (or ``default``) to value."""


def is_by_intent(field: FieldInfo) -> bool:
    """Whether a field takes a value for all intents or a mapping by intent."""
    return any(isinstance(mark, Discriminator) and mark.discriminator is _form_of for mark in field.metadata)


def for_intent(value: T | dict[str, T], intent: str, fallback: T) -> T:
    """The value that holds for ``intent``: its own, else ``default``, else ``fallback``."""
    if not isinstance(value, dict):
        return value
    by_intent = cast("dict[str, T]", value)
    return by_intent.get(intent, by_intent.get("default", fallback))


def _table_or_series(value: object) -> str:
    return "(table)" if isinstance(value, Mapping) else "(series)"


def _name_or_weights(value: object) -> str:
    return "(name)" if isinstance(value, str) else "(weights)"


Series = Annotated[
    tuple[Amount, ...],
    Field(max_length=200_000),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "array", "items": {"type": "number", "minimum": 0}},
                {"type": "string", "description": "A CSV file with a header: time, value."},
            ]
        }
    ),
]
"""One number per interval; a scenario file may name a CSV file instead, which is read into it."""

Staffing = Annotated[
    Annotated[dict[Clock, Amount], Tag("(table)")] | Annotated[Series, Tag("(series)")],
    Discriminator(_table_or_series),
]
"""Agents from each local time on, or one number per interval."""

Profile = Annotated[
    Annotated[str, Tag("(name)")] | Annotated[Series, Tag("(weights)")], Discriminator(_name_or_weights)
]
"""A library profile by name, or one weight per interval."""


def _one_or_many(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _dump_one_or_many(values: tuple[str, ...]) -> Any:
    return values[0] if len(values) == 1 else list(values)


def _one_or_many_schema(item: dict[str, Any]) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [item, {"type": "array", "items": item, "minItems": 1}]})


Outcomes = Annotated[
    tuple[Outcome, ...],
    Field(min_length=1),
    BeforeValidator(_one_or_many),
    PlainSerializer(_dump_one_or_many),
    _one_or_many_schema({"type": "string", "enum": list(get_args(Outcome))}),
]
"""One outcome, or a list of them."""

Names = Annotated[
    tuple[Name, ...],
    Field(min_length=1),
    BeforeValidator(_one_or_many),
    PlainSerializer(_dump_one_or_many),
    _one_or_many_schema({"type": "string"}),
]
"""One name, or a list of them."""


class Part(BaseModel):
    """A part of a scenario: frozen, and refusing unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")

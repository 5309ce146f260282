"""Units: what a bare number in a scenario means, how people write it, and what it may be.

Every numeric field of the model is declared with one of the types below and described with
:func:`quantity`. Files, checks, forms and the JSON Schema all read the same declaration, so a
unit or a bound is stated once.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema
from pydantic.fields import FieldInfo

from scenarios.errors import Refused
from scenarios.parameters import default_of

SECONDS_PER: dict[str, float] = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
"""Seconds in each unit that a duration may be written in."""

_SPELLINGS = {
    "ms": "ms", "millisecond": "ms", "milliseconds": "ms",
    "s": "s", "sec": "s", "secs": "s", "second": "s", "seconds": "s",
    "m": "min", "min": "min", "mins": "min", "minute": "min", "minutes": "min",
    "h": "h", "hr": "h", "hrs": "h", "hour": "h", "hours": "h",
    "d": "d", "day": "d", "days": "d",
}  # fmt: skip
_PART = re.compile(r"\s*(\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*([a-z]*)\s*", re.IGNORECASE)

LONGEST_SECONDS = 3650 * 86400.0
"""Ten years: a longer duration in a contact centre is a typing error."""


_DURATION_ALLOWED = "a duration: a number with a unit, or bare seconds, from 0 s to ten years"
_DURATION_CURE = 'write it like "20 s", "6 min", "4 h" or "2 d"'


def parse_duration(value: object) -> float:
    """Read a duration as seconds: ``"20 s"``, ``"6 min"``, ``"1 h 30 min"`` or a bare number.

    Raises ``ValueError`` (:class:`~scenarios.errors.Refused`) when the text has no such meaning, or the
    duration is negative, not finite, or longer than ten years.

    >>> parse_duration("6 min"), parse_duration("1 h 30 min"), parse_duration(20)
    (360.0, 5400.0, 20.0)
    """
    if isinstance(value, str):
        seconds = _parse_text(value)
    elif isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e18:
        seconds = float(value)
    else:
        seconds = math.nan
    if not 0.0 <= seconds <= LONGEST_SECONDS:
        raise Refused(_DURATION_ALLOWED, _DURATION_CURE)
    return seconds


def _parse_text(text: str) -> float:
    """Seconds of ``"1 h 30 min"``; not a number when the text says no duration."""
    seconds, position, parts = 0.0, 0, 0
    if not text.strip() or len(text) > 60:
        return math.nan
    while position < len(text):
        match = _PART.match(text, position)
        if match is None:
            return math.nan
        number, spelling = match.groups()
        unit = _SPELLINGS.get(spelling.lower()) if spelling else ("s" if parts == 0 else None)
        if unit is None:
            return math.nan
        seconds += float(number) * SECONDS_PER[unit]
        position, parts = match.end(), parts + 1
    return seconds


def format_duration(seconds: float) -> str:
    """Write seconds the way people do, exactly: reading it back gives the same number.

    >>> format_duration(360.0), format_duration(5400.0), format_duration(86400.0), format_duration(0.25)
    ('6 min', '90 min', '24 h', '0.25 s')
    """
    for unit, least in (("d", 172800.0), ("h", 3600.0), ("min", 60.0)):
        size = SECONDS_PER[unit]
        if seconds >= least and seconds % size == 0:
            return f"{int(seconds // size)} {unit}"
    return f"{_plain(seconds)} s"


def _plain(number: float) -> str:
    return str(int(number)) if number == int(number) and abs(number) < 1e15 else repr(number)


def _number(value: object) -> object:
    if isinstance(value, bool | str | bytes):
        raise Refused("a number", "write the figure alone, without quotes or a unit")
    return value


_DURATION_SCHEMA = {
    "anyOf": [{"type": "string", "examples": ["20 s", "6 min", "4 h"]}, {"type": "number", "minimum": 0}],
    "description": "A duration: text with a unit, or bare seconds.",
}

Seconds = Annotated[
    float,
    BeforeValidator(parse_duration),
    PlainSerializer(format_duration, return_type=str),
    WithJsonSchema(_DURATION_SCHEMA),
]
"""A duration in seconds; written ``"6 min"`` in files."""

Share = Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False), BeforeValidator(_number)]
"""A share or probability, 0 to 1."""

Factor = Annotated[float, Field(gt=0.0, le=100.0, allow_inf_nan=False), BeforeValidator(_number)]
"""A multiplier: 1 changes nothing."""

Multiple = Annotated[float, Field(ge=0.0, le=100.0, allow_inf_nan=False), BeforeValidator(_number)]
"""A multiplier that may be 0."""

Amount = Annotated[float, Field(ge=0.0, le=1e9, allow_inf_nan=False), BeforeValidator(_number)]
"""A non-negative quantity (cases, people, money)."""

Count = Annotated[int, Field(ge=0, le=1_000_000), BeforeValidator(_number)]
"""A whole number, not negative."""


def quantity(
    default: Any = ...,
    *,
    title: str,
    help: str = "",
    unit: str = "",
    parameter: str | None = None,
    default_factory: Callable[[], Any] | None = None,
    **extra: Any,
) -> Any:
    """Declare a field: its label, help, unit and, where there is one, its parameter-library entry.

    ``parameter`` names an entry of :mod:`scenarios.parameters`; unless ``default`` or
    ``default_factory`` is given the entry's default is used, so that no figure is written twice. Forms
    read ``title``, ``description`` and ``json_schema_extra`` (``unit``, ``parameter``) back from the model.
    """
    schema: dict[str, Any] = {"unit": unit} if unit else {}
    if parameter is not None:
        schema["parameter"] = parameter
    about: dict[str, Any] = {"title": title, "description": help, "json_schema_extra": schema or None}
    about |= extra
    if default is not ...:
        return Field(default, **about)
    if default_factory is not None:
        return Field(default_factory=default_factory, **about)
    if parameter is not None:
        return Field(default_factory=_default_of(parameter), validate_default=True, **about)
    return Field(..., **about)


def _default_of(parameter: str) -> Callable[[], Any]:
    def default() -> Any:
        # Looked up when a scenario is made: declaring the model reads no file.
        return default_of(parameter)

    return default


def unit_of(field: FieldInfo) -> str:
    """The unit that a field was declared with (empty when it has none)."""
    extra = field.json_schema_extra
    return str(extra.get("unit", "")) if isinstance(extra, dict) else ""


def parameter_of(field: FieldInfo) -> str | None:
    """The parameter-library entry that a field takes its default and source from."""
    extra = field.json_schema_extra
    name = extra.get("parameter") if isinstance(extra, dict) else None
    return str(name) if name is not None else None

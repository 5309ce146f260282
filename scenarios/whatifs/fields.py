"""How a field of a what-if is declared once, and read back by whoever draws a form for it.

A form needs more than a type: which control, which of the scenario's names to offer, a sensible
step. :func:`asked` states it beside the field; :func:`fields_of` gives it back, complete with
bounds and defaults, so that no form lists a what-if's fields again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from scenarios.model import Scenario
from scenarios.parameters import PARAMETERS
from scenarios.units import format_duration, quantity

FieldKind = Literal[
    "number", "duration", "share", "shares", "clock", "choice", "choices", "text", "yes_no"
]  # fmt: skip
"""Which control a field needs.

``number``, ``text`` and ``yes_no`` speak for themselves; ``duration`` is text such as ``"6 min"``;
``share`` is 0 to 1; ``shares`` is one share for all or a mapping from name to share; ``clock`` is a
time of day, ``"08:30"``; ``choice`` is one and ``choices`` are several of :func:`choices`.
"""

Refers = Literal["channels", "intents", "segments", "groups"]
"""The parts of a scenario that a field may name."""


def asked(
    default: Any = ...,
    *,
    kind: FieldKind,
    title: str,
    help: str = "",
    unit: str = "",
    parameter: str | None = None,
    refers_to: Refers | None = None,
    modes: tuple[str, ...] = (),
    low: float | None = None,
    high: float | None = None,
    step: float | None = None,
    advanced: bool = False,
    shown_when: Mapping[str, tuple[str, ...]] | None = None,
    **extra: Any,
) -> Any:
    """Declare a field of a what-if: :func:`scenarios.units.quantity` and what a form needs.

    ``refers_to`` names the part of the scenario whose names the field holds (``modes`` narrows
    channels); ``low`` to ``high`` is the range worth exploring (the parameter library's, unless given)
    and ``step`` suits a control, while the type says what is allowed; ``shown_when`` maps another
    field to the values for which this one matters.
    """
    hints = {
        "unit": unit,
        "parameter": parameter,
        "kind": kind,
        "refers_to": refers_to,
        "mode": list(modes),
        "low": low,
        "high": high,
        "step": step,
        "advanced": advanced or None,
        "shown_when": {name: list(values) for name, values in (shown_when or {}).items()},
    }
    stated = {name: hint for name, hint in hints.items() if hint or isinstance(hint, float | int)}
    about: dict[str, Any] = {"title": title, "help": help, "parameter": parameter}
    return quantity(default, **about, json_schema_extra=stated, **extra)


@dataclass(frozen=True)
class FormField:
    """One field of a what-if as a form sees it."""

    name: str
    kind: FieldKind
    title: str
    help: str
    unit: str
    required: bool
    """Whether there is no default: a value must be chosen."""
    default: Any
    """The default as written in YAML; None where there is none or it is empty."""
    minimum: float | None
    """The least value that is allowed (seconds for a duration); None where there is no bound."""
    maximum: float | None
    """The largest value that is allowed."""
    low: float | None
    """Lower end of the range worth exploring."""
    high: float | None
    """Upper end of the range worth exploring."""
    step: float | None
    advanced: bool
    """Belongs behind *More*: few planners change it."""
    parameter: str | None
    """The parameter-library entry behind the default: its source and grade are shown with it."""
    options: tuple[str, ...]
    """What a choice may be, where this does not depend on the scenario."""
    refers_to: Refers | None
    """The part of the scenario whose names may be chosen (the keys, for ``shares``)."""
    modes: tuple[str, ...]
    """The modes of channel that may be chosen; empty means any."""
    shown_when: Mapping[str, tuple[str, ...]]
    """Other fields and their values for which this field matters; empty means always."""


@cache
def fields_of(model: type[BaseModel]) -> tuple[FormField, ...]:
    """The fields of a what-if (the class, not an instance), in the order of declaration."""
    return tuple(_form_field(name, field) for name, field in model.model_fields.items())


def _form_field(name: str, field: FieldInfo) -> FormField:
    hints: Mapping[str, Any] = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    kind, parameter = hints["kind"], hints.get("parameter")
    library = PARAMETERS[parameter] if parameter is not None else None
    return FormField(
        name=name,
        kind=kind,
        title=field.title or name,
        help=field.description or "",
        unit=hints.get("unit", ""),
        required=field.is_required(),
        default=_written_default(field, kind),
        minimum=0.0 if kind == "duration" else _bound(field, "ge", "gt"),
        maximum=_bound(field, "le", "lt"),
        low=hints.get("low", library.low if library else None),
        high=hints.get("high", library.high if library else None),
        step=hints.get("step"),
        advanced=hints.get("advanced", False),
        parameter=parameter,
        options=_options(field) if kind == "choice" else (),
        refers_to=hints.get("refers_to"),
        modes=tuple(hints.get("mode", ())),
        shown_when={key: tuple(values) for key, values in hints.get("shown_when", {}).items()},
    )


def _options(field: FieldInfo) -> tuple[str, ...]:
    """The words of a ``Literal``; () for a name of the scenario."""
    return get_args(field.annotation) if get_origin(field.annotation) is Literal else ()


def _bound(field: FieldInfo, *constraints: str) -> float | None:
    """The first of ``constraints`` (``ge``, ``gt``, …) that the field's type declares, at any depth."""
    for item in (*field.metadata, *_metadata(field.annotation)):
        for constraint in constraints:
            if (bound := getattr(item, constraint, None)) is not None:
                return float(bound)
    return None


def _metadata(annotation: Any) -> Iterator[Any]:
    for argument in get_args(annotation):
        if isinstance(argument, FieldInfo):
            yield from argument.metadata
        elif get_origin(argument) is None:
            yield argument
        yield from _metadata(argument)


def _written_default(field: FieldInfo, kind: FieldKind) -> Any:
    if field.is_required():
        return None
    default = field.get_default(call_default_factory=True, validated_data={})
    if kind == "duration" and default is not None:
        return format_duration(default)
    return list(default) if isinstance(default, tuple) else default


def choices(field: FormField, scenario: Scenario) -> tuple[str, ...]:
    """The names that ``field`` may take in ``scenario``, in the scenario's order; empty: any value."""
    if field.options:
        return field.options
    if field.refers_to is None:
        return ()
    return names_of(scenario, field.refers_to, field.modes)


def names_of(scenario: Scenario, part: Refers, modes: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The names in a part of the scenario; of channels, those that work in one of ``modes``."""
    if part == "channels" and modes:
        return tuple(name for name, channel in scenario.channels.items() if channel.mode in modes)
    return tuple(getattr(scenario, part))


def starting_values(model: type[BaseModel], scenario: Scenario) -> dict[str, Any]:
    """Values that a new form opens with: the defaults, and the first choice where one is needed."""
    values: dict[str, Any] = {}
    for field in fields_of(model):
        offered = choices(field, scenario)
        if not field.required:
            values[field.name] = field.default
        elif offered:
            values[field.name] = offered[0] if field.kind == "choice" else [offered[0]]
    return values

"""Assumptions in play: figures that a scenario takes from the parameter library, with their grade."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from planner_app.answers import words
from planner_app.answers.readings import DRIVER
from scenarios.model import Scenario
from scenarios.parameters import GRADES, PARAMETERS, Parameter, default_of
from scenarios.units import parameter_of
from sim import measures

_EFFORT = "effort."
"""Every scenario is judged by the weights of effort; no field of a scenario sets them."""
_ORDER = "XCBA"


@dataclass(frozen=True)
class Assumption:
    """A library figure that a scenario uses as it stands."""

    label: str
    places: tuple[str, ...]
    """Where in the scenario it is used."""
    value: str
    parameter: Parameter

    @property
    def grade(self) -> str:
        """The grade and what it means: ``C: a practitioner's figure …``."""
        return f"{self.parameter.grade}: {GRADES[self.parameter.grade]}"


def assumptions(scenario: Scenario) -> list[Assumption]:
    """The library figures in play, the weakest grade first; what the scenario sets itself is left out."""
    places: dict[str, list[str]] = {}
    labels: dict[str, str] = {}
    for place, label, name, value in _uses(scenario, ()):
        if value == _as_read(default_of(name)) or value == default_of(name):
            places.setdefault(name, []).append(place)
            labels.setdefault(name, label)
    drivers = [m.name.removeprefix(DRIVER) for m in measures.in_scope("all") if m.name.startswith(DRIVER)]
    for driver in (*drivers, "scale"):
        labels[_EFFORT + driver] = words.title(driver)
        places[_EFFORT + driver] = ["effort of a case"]
    found = [
        Assumption(
            labels[name],
            tuple(dict.fromkeys(where)),
            _written(PARAMETERS[name], scenario.currency),
            PARAMETERS[name],
        )
        for name, where in places.items()
        if name in PARAMETERS
    ]
    return sorted(found, key=lambda one: (_ORDER.index(one.parameter.grade), one.places, one.label))


def _uses(part: BaseModel, path: tuple[str, ...]) -> Iterator[tuple[str, str, str, Any]]:
    """Place, label, parameter and value of every field below ``part`` that names a parameter."""
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        parameter = parameter_of(field)
        if parameter is not None and value is not None:
            yield " ".join(path) or "scenario", field.title or words.title(name), parameter, _as_read(value)
            continue
        for key, inner in _inner(value):
            yield from _uses(inner, (*path, words.plain(key)) if key else path)


def _inner(value: Any) -> Iterator[tuple[str, BaseModel]]:
    if isinstance(value, BaseModel):
        yield "", value
    elif isinstance(value, Mapping):
        yield from ((str(key), item) for key, item in value.items() if isinstance(item, BaseModel))
    elif isinstance(value, tuple | list):
        yield from (("", item) for item in value if isinstance(item, BaseModel))


def _as_read(value: Any) -> Any:
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else value


def _written(parameter: Parameter, currency: str) -> str:
    text = _text(parameter.default)
    if not isinstance(parameter.default, int | float) or parameter.unit in ("share", "factor"):
        return text
    if parameter.unit.startswith("money"):
        per = parameter.unit.removeprefix("money").replace("/", " per ").replace(" h", " hour")
        return words.money(float(parameter.default), currency) + per
    return f"{text} {parameter.unit}".strip()


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{words.plain(str(key))} {_text(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_text(item) for item in value)
    return f"{value:g}" if isinstance(value, float) else str(value)

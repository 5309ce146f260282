"""Assumptions: every figure that a scenario uses, where it comes from, and how solid it is.

A figure is a field of the scenario, a field of a what-if that takes its default from the parameter
library, or a library figure that no field sets (the weights of effort, say). Fields that are not set
do nothing and are left out.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from scenarios.calendar import Calendar
from scenarios.channels import ChannelBase, Concurrent, Live, Target
from scenarios.distributions import LAWS, Deterministic, Law, dump_law, names_law, parse_law
from scenarios.fields import is_by_intent
from scenarios.model import Scenario
from scenarios.parameters import PARAMETERS, Parameter
from scenarios.paths import given_tree, replace
from scenarios.units import format_duration, parameter_of, parse_duration, unit_of
from scenarios.whatifs.base import WhatIf
from scenarios.whatifs.fields import FormField, fields_of
from scenarios.whatifs.stack import apply_stack, dump, parse

Origin = Literal["library", "model", "scenario", "what-if"]
"""``library``: the parameter library's figure; ``model``: a neutral setting of the simulation that needs
no source (a factor of 1, Poisson counts); ``scenario``: written there; ``what-if``: changed, added or set
by one."""

OWN = "own"
"""The grade of a figure that differs from the library's: whoever wrote it knows where it comes from."""

BEHIND_RESULTS: tuple[str, ...] = (
    "effort.waiting", "effort.repeat_contact", "effort.channel_switch", "effort.transfer",
    "effort.repeating_information", "effort.failed_self_service", "effort.scale",
    "effort.disloyal_low", "effort.disloyal_high",
    "csat.effortless", "csat.hardest", "nps.effortless", "nps.effort_gap",
    "loyalty.hazard_first", "loyalty.hazard_second", "loyalty.limit",
    "money.revenue_per_customer", "money.overtime_factor",
)  # fmt: skip
"""Library figures behind the measures of every scenario, which no field of a scenario sets."""

_SLOWDOWN = "chat.slowdown_per_contact"
_LABELS = ("name", "description", "currency")
_FEW = 6
"""Values of a list that are shown."""


@dataclass(frozen=True)
class Assumption:
    """One figure in use."""

    field: str
    """Path in the scenario (see :mod:`scenarios.paths`); ``what-if 2 (launch_channel).share`` for a field of
    a what-if; the name of the parameter where no field sets it."""
    title: str
    value: Any
    """As a file has it: ``"6 min"``, ``0.7``, a law; None when a what-if took it away."""
    unit: str
    """Of a bare number: ``share``, ``agents``, ``money/h``; empty where there is none."""
    origin: Origin
    parameter: Parameter | None = None
    """The entry of the library, with source, grade and range; None where there is none."""
    default: Any = None
    """The library's figure for this field, as a file has it."""
    old: Any = None
    """What a what-if replaced; None when it was added."""
    by: tuple[str, ...] = ()
    """The what-ifs that changed, added or set it, each as it reads on a chip."""
    step: int = 0
    """The number of the what-if that it is a field of, from 1; 0: of the scenario."""
    currency: str = "£"
    """What money is in."""

    @property
    def text(self) -> str:
        """The value with its unit."""
        return told(self.value, self.unit, self.currency)

    @property
    def old_text(self) -> str:
        """What a what-if replaced, with its unit."""
        return told(self.old, self.unit, self.currency)

    @property
    def is_library_figure(self) -> bool:
        """Whether the library's figure is used as it stands, written out or not."""
        return self.parameter is not None and _same(self.value, self.default)

    @property
    def grade(self) -> str:
        """A, B, C or X (:data:`scenarios.parameters.GRADES`) of a library figure; ``own`` of what was
        written instead of one, or without one; empty for settings of the simulation."""
        if self.parameter is not None and self.is_library_figure:
            return self.parameter.grade
        return "" if self.origin == "model" else OWN

    @property
    def is_changed(self) -> bool:
        """Whether a what-if changed, added, set or removed it."""
        return self.origin == "what-if"

    @property
    def lacks_measured_source(self) -> bool:
        """Whether it is a library figure that nobody measured or surveyed: grade C or X."""
        return self.grade in ("C", "X")

    @property
    def range(self) -> tuple[float, float] | None:
        """The published range, in the parameter's unit; of a law it is the range of its mean."""
        entry = self.parameter
        if entry is None or entry.low is None or entry.high is None or self.number is None:
            return None
        return float(entry.low), float(entry.high)

    @property
    def number(self) -> float | None:
        """The value as one number in the parameter's unit (of a law its mean); None when it is none."""
        return _number(self.value, self.parameter.unit if self.parameter else self.unit)

    @property
    def source(self) -> str:
        """Where the value comes from, in words."""
        if self.origin == "what-if":
            return f"{self._change()} by {' and '.join(self.by)}"
        if self.origin == "scenario":
            return "written in the scenario" + (", as the library has it" if self.is_library_figure else "")
        if self.origin == "model":
            return "a neutral setting of the simulation"
        return f"library default: {self.parameter.source}" if self.parameter else "library default"

    def _change(self) -> str:
        if self.value is None:
            return f"{self.old_text} removed"
        if self.step:
            return "set"
        return "added" if self.old is None else f"changed from {self.old_text} to {self.text}"


def assumptions(scenario: Scenario, whatifs: Iterable[WhatIf] = ()) -> list[Assumption]:
    """Every figure in use once ``whatifs`` are applied in order, in the order of a file; those of the
    what-ifs themselves and those that no field sets come last.

    Raises :class:`~scenarios.errors.ScenarioError` when a what-if does not fit.

    >>> import scenarios
    >>> bank = scenarios.load("retail_bank")
    >>> patience = next(one for one in assumptions(bank) if one.field == "channels.phone.patience")
    >>> patience.text, patience.origin, patience.grade, patience.range
    ('exponential, mean 5 min', 'library', 'A', (60.0, 900.0))
    """
    stack = list(whatifs)
    apply_stack(scenario, stack)
    before = {one.field: one for one in _of_scenario(scenario)}
    here, found = scenario, before
    own: list[Assumption] = []
    touched: dict[str, tuple[str, ...]] = {}
    for number, whatif in enumerate(stack, start=1):
        phrase = whatif.describe(here)
        own += _of_whatif(whatif, number, phrase)
        here = whatif.apply(here)
        after = {one.field: one for one in _of_scenario(here)}
        for field in [*after, *(field for field in found if field not in after)]:
            if _value(after, field) != _value(found, field):
                touched[field] = (*touched.get(field, ()), phrase)
        found = after
    told_of = [_compared(one, before, touched.get(field, ())) for field, one in found.items()]
    gone = [
        dataclasses.replace(one, value=None, origin="what-if", old=one.value, by=touched[field])
        for field, one in before.items()
        if field in touched and _nearest(found, field) is None
    ]
    every = [*told_of, *gone, *own, *_behind_results()]
    return [dataclasses.replace(one, currency=scenario.currency) for one in every]


def _compared(one: Assumption, before: Mapping[str, Assumption], by: tuple[str, ...]) -> Assumption:
    """The figure with what the what-ifs ``by`` did to it."""
    old = _value(before, one.field)
    if not by or old == one.value:
        return one
    if old is None and one.origin in ("library", "model"):
        return dataclasses.replace(one, by=by)
    return dataclasses.replace(one, origin="what-if", old=old, by=by)


def _value(found: Mapping[str, Assumption], field: str) -> Any:
    one = _nearest(found, field)
    return None if one is None else one.value


def _nearest(found: Mapping[str, Assumption], field: str) -> Assumption | None:
    """The figure at ``field``: a value for one intent may have stood for all, and the other way round."""
    whole = field.rpartition(".")[0]
    paths = (field, f"{field}.default", f"{whole}.default", whole)
    return next((found[path] for path in paths if path in found), None)


# -- reading a scenario ------------------------------------------------------------------------------


def _of_scenario(scenario: Scenario) -> Iterator[Assumption]:
    names = given_tree(scenario)
    steps = {part: list(names.get(part, ())) for part in ("next_steps", "incidents")}
    yield from _of_part(scenario, (), True, steps)


def _of_part(
    part: BaseModel, path: tuple[str, ...], given: bool, steps: Mapping[str, Sequence[str]]
) -> Iterator[Assumption]:
    """The figures of a part; ``given``: whether what holds it was written in the scenario."""
    dumped = part.model_dump(mode="json")
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        if isinstance(part, Calendar) and name == "holidays":
            value = part.simulated()
            if not value:
                continue
        written = given and name in part.model_fields_set
        here = (*path, name)
        if (not path and name in _LABELS) or (isinstance(part, ChannelBase) and name == "mode"):
            continue
        if isinstance(part, Concurrent) and name == "slowdown":
            yield _slowdown(here, value, dumped[name])
        elif isinstance(value, Target):
            yield from _of_target(part, value, here, written)
        elif isinstance(value, BaseModel) and not isinstance(value, Law):
            yield from _of_part(value, here, written, steps)
        elif _holds_parts(value) and (isinstance(value, Mapping) or name in steps):
            keys = list(value) if isinstance(value, Mapping) else steps[name]
            items = value.values() if isinstance(value, Mapping) else value
            for key, item in zip(keys, items, strict=True):
                yield from _of_part(item, (*here, str(key)), written, steps)
        elif not _is_nothing(dumped[name]):
            yield from _of_field(field, here, dumped[name], written)


def _holds_parts(value: Any) -> bool:
    items = value.values() if isinstance(value, Mapping) else value if isinstance(value, tuple) else ()
    return any(isinstance(item, BaseModel) and not isinstance(item, Law) for item in items)


def _is_nothing(value: Any) -> bool:
    """Whether a value, as a file has it, says nothing."""
    return value is None or (isinstance(value, Mapping | list | str) and not value)


def _of_field(field: FieldInfo, path: tuple[str, ...], value: Any, written: bool) -> Iterator[Assumption]:
    entry = _entry(parameter_of(field))
    default = None if entry is None else entry.default
    unit = _unit(field, entry)
    origin: Origin = "scenario" if written else "model" if entry is None else "library"
    one = Assumption(".".join(path), field.title or path[-1], value, unit, origin, entry, default)
    if not (is_by_intent(field) and isinstance(value, Mapping) and not names_law(value)):
        yield one
        return
    if "default" not in value and entry is not None:
        yield dataclasses.replace(one, field=f"{one.field}.default", value=default, origin="library")
    for intent, item in value.items():
        yield dataclasses.replace(one, field=f"{one.field}.{intent}", value=item)


def _of_target(part: BaseModel, target: Target, path: tuple[str, ...], given: bool) -> Iterator[Assumption]:
    """Share and time of a target; their range is the phone's own, or that of the channel's target."""
    dumped = target.model_dump(mode="json")
    whole = _entry(parameter_of(type(part).model_fields["target"]))
    for name, field in Target.model_fields.items():
        if isinstance(part, Live):
            entry = _entry(parameter_of(field))
            default = None if entry is None else entry.default
        else:
            entry = whole if whole is not None and name in whole.default else None
            default = None if entry is None else entry.default[name]
            if entry is not None and name == "share":  # the library's range is that of the time
                entry = dataclasses.replace(entry, low=None, high=None, unit="share")
        written = given and name in target.model_fields_set
        origin: Origin = "scenario" if written else "model" if entry is None else "library"
        title = f"Target: {(field.title or name).lower()}"
        unit = "share" if name == "share" else unit_of(field)
        yield Assumption(".".join((*path, name)), title, dumped[name], unit, origin, entry, default)


def _slowdown(path: tuple[str, ...], value: Any, dumped: Any) -> Assumption:
    """How chats slow each other: the library's figure per extra chat, or the scenario's list."""
    entry = PARAMETERS[_SLOWDOWN]
    if value is None:
        return Assumption(
            ".".join(path), "Slow-down per extra contact", entry.default, entry.unit, "library", entry,
            entry.default,
        )  # fmt: skip
    return Assumption(".".join(path), "Slow-down", dumped, "", "scenario", entry, entry.default)


def _behind_results() -> Iterator[Assumption]:
    for name in BEHIND_RESULTS:
        entry = PARAMETERS[name]
        part, _, figure = name.partition(".")
        title = f"{part.upper() if len(part) < 5 else part.capitalize()}: {figure.replace('_', ' ')}"
        yield Assumption(name, title, entry.default, entry.unit, "library", entry, entry.default)


def _of_whatif(whatif: WhatIf, number: int, phrase: str) -> Iterator[Assumption]:
    """The fields of a what-if that the library has a figure for."""
    dumped = whatif.model_dump(mode="json")
    for field in fields_of(type(whatif)):
        entry = _entry(field.parameter)
        if entry is None or not _matters(field, whatif) or dumped[field.name] is None:
            continue
        default = field.default if field.default is not None else entry.default
        value = dumped[field.name]
        one = Assumption(
            f"what-if {number} ({whatif.kind}).{field.name}",
            field.title,
            value,
            field.unit or entry.unit,
            "library",
            entry,
            default,
            by=(phrase,),
            step=number,
        )
        yield one if _same(value, default) else dataclasses.replace(one, origin="what-if")


def _matters(field: FormField, whatif: WhatIf) -> bool:
    return all(str(getattr(whatif, name)) in allowed for name, allowed in field.shown_when.items())


def _entry(name: str | None) -> Parameter | None:
    return PARAMETERS[name] if name is not None else None


def _unit(field: FieldInfo, entry: Parameter | None) -> str:
    unit = unit_of(field) or (entry.unit if entry is not None else "")
    marks = [*field.metadata, *_marks(field.annotation)]
    bounds = [getattr(mark, name) for name in ("ge", "le") for mark in marks if hasattr(mark, name)]
    return "share" if not unit and bounds == [0.0, 1.0] else unit


def _marks(annotation: Any) -> Iterator[Any]:
    """Bounds that a type declares, at any depth."""
    for argument in get_args(annotation):
        if isinstance(argument, FieldInfo):
            yield from argument.metadata
        yield from _marks(argument)


# -- values ------------------------------------------------------------------------------------------


def told(value: Any, unit: str = "", currency: str = "£") -> str:
    """A value in written form as people read it.

    >>> told(0.7, "share"), told({"lognormal": {"mean": "6 min", "cv": 1.0}}), told(16.5, "money/h")
    ('70%', 'lognormal, mean 6 min, cv 1', '£16.50/h')
    >>> told({"08:00": 6.0, "18:00": 0.0}, "agents"), told({"portal": 0.8, "phone": 0.2}, "share")
    ('08:00 6, 18:00 0 agents', 'portal 80%, phone 20%')
    """
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return _with_unit(value, unit, currency)
    if isinstance(value, Mapping) and names_law(value):
        ((law, body),) = value.items()
        return ", ".join([law, *(f"{name.replace('_', ' ')} {told(item)}" for name, item in body.items())])
    if isinstance(value, Mapping | list | tuple):
        return _listed(value, unit, currency)
    return str(value)


def _listed(values: Mapping[str, Any] | Sequence[Any], unit: str, currency: str) -> str:
    """Several values, a unit that follows them once."""
    follows = unit not in ("share", "factor") and not unit.startswith("money")
    each, after = ("", f" {unit}") if follows and unit else (unit, "")
    if isinstance(values, Mapping):
        return ", ".join(f"{name} {told(item, each, currency)}" for name, item in values.items()) + after
    few = ", ".join(told(item, each, currency) for item in values[:_FEW]) + after
    return f"{few}, … ({len(values)} values)" if len(values) > _FEW else few


def _with_unit(number: float, unit: str, currency: str) -> str:
    if unit == "share":
        return f"{100 * number:.4g}%".replace("-", "−")
    if unit.startswith("money"):
        gap = " " if currency[-1:].isalpha() else ""
        amount = f"{number:,.0f}" if number == round(number) else f"{number:,.2f}"
        return f"{currency}{gap}{amount}{unit.removeprefix('money')}"
    figure = f"{number:,.10g}".replace("-", "−")
    if unit == "factor":
        return f"× {figure}"
    one = abs(number) == 1 and len(unit) > 1
    return f"{figure} {unit.removesuffix('s') if one else unit}".strip()


def _number(value: Any, unit: str) -> float | None:
    """A value as one number: seconds of a duration or of a law's mean."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value)
    if unit != "s" or not (isinstance(value, str) or (isinstance(value, Mapping) and names_law(value))):
        return None
    mean = parse_law(value).law_mean
    return mean if math.isfinite(mean) else None


def _same(value: Any, default: Any) -> bool:
    """Whether two values in written form mean the same: ``"60 s"`` is ``"1 min"``, ``20`` is ``"20 s"``."""
    if value == default:
        return True
    if any(isinstance(item, Mapping) and names_law(item) for item in (value, default)):
        return value is not None and parse_law(value) == parse_law(default)
    if isinstance(value, str) or isinstance(default, str):
        return _number(value, "s") is not None and _number(value, "s") == _number(default, "s")
    return False


def with_number(value: Any, number: float) -> Any:
    """The value in written form with another number: of a law the mean, its shape kept.

    >>> with_number({"lognormal": {"mean": "6 min", "cv": 1.0}}, 180.0)
    {'lognormal': {'mean': '3 min'}}
    >>> with_number("20 s", 120.0), with_number(3, 5.0), with_number(0.7, 0.6)
    ('2 min', 5, 0.6)
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return round(number)
    if isinstance(value, float):
        return float(number)
    if isinstance(value, str):
        return format_duration(number)
    return dump_law(_with_mean(parse_law(value), number))


def _with_mean(law: Law, mean: float) -> Law:
    if mean == 0:
        return Deterministic(value=0)
    fields = law.model_dump()
    if "mean" in fields:
        return LAWS[law.tag].model_validate({**fields, "mean": mean})
    times = mean / law.law_mean
    for name in ("value", "low", "mode", "high"):
        if name in fields:
            fields[name] = parse_duration(fields[name]) * times
    if "values" in fields:
        fields["values"] = [parse_duration(item) * times for item in fields["values"]]
    return LAWS[law.tag].model_validate(fields)


# -- varying one -------------------------------------------------------------------------------------


def varied(scenario: Scenario, one: Assumption, number: float) -> Scenario:
    """The scenario with another number for a figure of its own, in the parameter's unit.

    Raises :class:`~scenarios.errors.ScenarioError` when the field does not take it.
    """
    value = with_number(one.value, number)
    if one.parameter is not None and one.parameter.name == _SLOWDOWN:
        channel = scenario.channels[one.field.split(".")[1]]
        assert isinstance(channel, Concurrent)
        value = [1.0 + number * others for others in range(channel.cap)]
    return replace(scenario, one.field, value)


def varied_whatif(whatif: WhatIf, one: Assumption, number: float) -> WhatIf:
    """The what-if with another number for one of its own figures.

    Raises :class:`~scenarios.errors.ScenarioError` when the field does not take it.
    """
    name = one.field.rpartition(".")[2]
    return parse({**dump(whatif), name: with_number(one.value, number)})

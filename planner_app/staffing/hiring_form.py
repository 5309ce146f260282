"""The form of a year: inputs made from the model of hiring, with what the weeks bring."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, Field, create_model

from scenarios import Problem, Scenario, ScenarioError
from scenarios.hiring import WEEKS_PER_MONTH, Hiring, library_ramp
from scenarios.units import Share, parameter_of, unit_of
from scenarios.whatifs.fields import FieldKind, asked
from sim.clock import timeline_of
from sim.plan.agents import staff

PREFIX = "hiring"
MONTHS = tuple(calendar.month_abbr[number].lower() for number in range(1, 13))
_SEASON = re.compile(r"^\s*([a-z]{3})[a-z]*\s*[: =]?\s*([0-9]*\.?[0-9]+)\s*$")
_ADVANCED = ("finish", "classes_at_once", "most_classes", "cost_per_class")
START_CLASS, START_SHORTAGE = 8, 60.0
"""What the form opens with where the library has no figure: agents in a class, money per hour missing."""


class Outlook(BaseModel):
    """What the coming weeks bring."""

    start: str = asked(
        "", kind="text", title="First week begins", help="A date like 2026-03-02. Omitted: the scenario's."
    )
    weeks: Annotated[int, Field(ge=4, le=260)] = asked(52, kind="number", title="Weeks", unit="weeks")
    days_a_week: Annotated[float, Field(gt=0, le=7)] | None = asked(
        None,
        kind="number",
        title="Days like this in a week",
        help="Omitted: 5 for a scenario of one day, all days of a week.",
    )
    growth: Annotated[float, Field(ge=-90, le=500)] = asked(
        0.0, kind="number", title="Growth of volume a year", unit="%", help="Compound; may be negative."
    )
    season: str = asked(
        "",
        kind="text",
        title="Season",
        help="Index of months that differ: jan 1.1, aug 0.9, dec 1.25. Others are 1.",
    )
    ramp_begins: Share = asked(
        library_ramp()[0],
        kind="share",
        title="Productivity after training",
        parameter="learning.first_month_efficiency",
        advanced=True,
    )
    ramp_weeks: Annotated[int, Field(ge=0, le=260)] = asked(
        len(library_ramp()),
        kind="number",
        title="Weeks until up to speed",
        unit="weeks",
        help=f"In a straight line; {WEEKS_PER_MONTH:.1f} weeks are a month.",
        advanced=True,
    )


@cache
def model(currency: str = "£") -> type[BaseModel]:
    """The fields of the form: those of the outlook, then those of hiring but its ramp."""
    fields: dict[str, Any] = {}
    for name, info in Hiring.model_fields.items():
        if name != "ramp":
            fields[name] = (info.annotation, _asked(name, info, currency))
    return create_model("Year", __base__=Outlook, **fields)


def _asked(name: str, info: Any, currency: str) -> Any:
    unit = unit_of(info)
    share = unit == "share" or name in ("shrinkage", "finish")
    kind: FieldKind = "duration" if unit == "s" else "share" if share else "number"
    parameter = parameter_of(info)
    default = ... if info.is_required() else info.get_default(call_default_factory=True)
    return asked(
        default,
        kind=kind,
        title=info.title,
        help=info.description or "",
        unit=unit.replace("money", currency) if kind == "number" else "",
        parameter=parameter,
        advanced=name in _ADVANCED,
    )


@dataclass(frozen=True)
class Year:
    """What the form asks."""

    hiring: Hiring
    start: dt.date
    weeks: int
    days_a_week: float
    growth: float
    """A year, as a share."""
    season: Mapping[int, float] = field(default_factory=dict)
    """Index by month, 1 to 12."""


def starting_values(scenario: Scenario) -> dict[str, Any]:
    """What the form opens with: the staff that the scenario has, its pay and its shrinkage."""
    groups = scenario.groups.values()
    hours = _hours(scenario)
    pay = [group.pay_per_hour for group in groups]
    away = [group.shrinkage for group in groups]
    shrinkage = sum(away) / len(away) if away else 0.0
    on_floor = hours * usual_days(scenario) / scenario.calendar.days / 40.0
    found = {name: default for name, default in _defaults().items() if default is not None}
    return found | {
        "agents": round(on_floor / (1.0 - shrinkage)),
        "shrinkage": round(shrinkage, 4),
        "pay_per_hour": round(sum(pay) / len(pay), 2) if pay else 0.0,
        "start": scenario.calendar.start.isoformat(),
        "days_a_week": usual_days(scenario),
        "class_least": START_CLASS,
        "shortage_price": START_SHORTAGE,
    }


def _defaults() -> dict[str, Any]:
    found = {}
    for name, info in model().model_fields.items():
        value = None if info.is_required() else info.get_default(call_default_factory=True)
        found[name] = value
    return found


def _hours(scenario: Scenario) -> float:
    """Agent hours on the floor over the calendar."""
    on_floor = staff(scenario, timeline_of(scenario.calendar)).staff
    return float(on_floor.sum()) * scenario.calendar.interval / 3600.0


def usual_days(scenario: Scenario) -> float:
    """How many days like the scenario's a week has, unless it is said."""
    return 5.0 if scenario.calendar.days == 1 else min(7.0, float(scenario.calendar.days))


def read(values: Mapping[str, Any], scenario: Scenario) -> Year:
    """The year that values of the form say; raises ``ScenarioError`` with all that is wrong."""
    problems: list[Problem] = []
    start = _date(values.get("start"), scenario, problems)
    season = _season(str(values.get("season") or ""), problems)
    numbers = {
        name: _number(values, name, low, high, problems)
        for name, low, high in (
            ("weeks", 4, 260),
            ("days_a_week", 0.1, 7),
            ("growth", -90, 500),
            ("ramp_begins", 0, 1),
            ("ramp_weeks", 0, 260),
        )
    }
    given = {name: values[name] for name in Hiring.model_fields if values.get(name) is not None}
    hiring = None
    try:
        hiring = Hiring(**given, ramp=_ramp(numbers["ramp_begins"], numbers["ramp_weeks"]))
    except ScenarioError as error:
        problems += error.problems
    if problems or hiring is None:
        raise ScenarioError(problems)
    days = numbers["days_a_week"] if values.get("days_a_week") is not None else usual_days(scenario)
    return Year(hiring, start, int(numbers["weeks"]), days, numbers["growth"] / 100.0, season)


def _number(values: Mapping[str, Any], name: str, low: float, high: float, problems: list[Problem]) -> float:
    value = values.get(name)
    if value is None:
        value = _defaults()[name] or 0.0
        return float(value)
    if not low <= float(value) <= high:
        problems.append(Problem(name, value, f"a number from {low:g} to {high:g}", "correct it"))
    return float(value)


def _ramp(first: float, weeks: float) -> tuple[float, ...]:
    """Productivity by week: from ``first`` to 1 in a straight line.

    >>> _ramp(0.5, 2)
    (0.5, 0.75)
    """
    number = max(0, min(int(weeks), 260))
    return tuple(round(first + (1.0 - first) * week / number, 6) for week in range(number))


def _date(text: Any, scenario: Scenario, problems: list[Problem]) -> dt.date:
    try:
        return dt.date.fromisoformat(str(text).strip()) if text else scenario.calendar.start
    except ValueError:
        problems.append(Problem("start", text, "a date", "write it like 2026-03-02"))
        return scenario.calendar.start


def _season(text: str, problems: list[Problem]) -> dict[int, float]:
    """Indices by month.

    >>> _season("Jan 1.1, dec: 1.25", [])
    {1: 1.1, 12: 1.25}
    """
    found = {}
    for part in filter(str.strip, text.lower().split(",")):
        match = _SEASON.match(part)
        if match is None or match[1] not in MONTHS or not 0.0 < float(match[2]) <= 10.0:
            allowed = "months and their index, from above 0 to 10"
            problems.append(Problem("season", part.strip(), allowed, "write jan 1.1, dec 1.25"))
        else:
            found[MONTHS.index(match[1]) + 1] = float(match[2])
    return found

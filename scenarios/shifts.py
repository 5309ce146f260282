"""Shift rules: the shifts that may be worked, on which contracts, and what they cost.

A file of its own beside the scenario: the same rules serve many scenarios. Times are local clock times,
durations say their unit, and pay is that of the scenario's groups, times the factors given here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, ValidationError, WithJsonSchema

from scenarios import documents, wording
from scenarios.errors import Problem, ScenarioError
from scenarios.fields import Name, Names, Part
from scenarios.files import read_text, replace_text, writable
from scenarios.times import WEEKDAYS, Clock, Days, Hours, clock_seconds
from scenarios.units import Amount, Count, Factor, Seconds, Share, format_duration, quantity

LONGEST_SHIFT = 24 * 3600.0
"""Seconds; a longer shift is a typing error."""


def _one_or_many(value: object) -> object:
    return value if isinstance(value, list | tuple) else (value,)


def _dump_durations(values: tuple[float, ...]) -> Any:
    texts = [format_duration(value) for value in values]
    return texts[0] if len(texts) == 1 else texts


_DURATION = {"anyOf": [{"type": "string", "examples": ["8 h"]}, {"type": "number", "minimum": 0}]}
Durations = Annotated[
    tuple[Seconds, ...],
    Field(min_length=1, max_length=20),
    BeforeValidator(_one_or_many),
    PlainSerializer(_dump_durations),
    WithJsonSchema({"anyOf": [_DURATION, {"type": "array", "items": _DURATION, "minItems": 1}]}),
]
"""One duration, or a list of them."""

DaysWorked = Annotated[int, Field(ge=0, le=7)]
"""Days of a week."""


class Break(Part):
    """A break: how long, and when it may begin, counted from the start of the shift."""

    length: Seconds = quantity(title="Length", unit="s")
    paid: bool = quantity(True, title="Paid")
    earliest: Seconds = quantity(title="Begins from", unit="s", help="After the start of the shift.")
    latest: Seconds = quantity(title="Begins until", unit="s", help="After the start of the shift.")
    step: Seconds | None = quantity(
        None,
        title="Step",
        unit="s",
        help="Between possible beginnings. Omitted: an interval of the calendar.",
    )


class ShiftTemplate(Part):
    """Shifts of a kind: when they may start, how long they are, their breaks, and who may work them."""

    earliest: Clock = quantity(title="Starts from")
    latest: Clock | None = quantity(None, title="Starts until", help="Omitted: only at the first time.")
    step: Seconds | None = quantity(
        None, title="Step", unit="s", help="Between possible starts. Omitted: an interval of the calendar."
    )
    length: Durations = quantity(
        title="Length", unit="s", help="From start to end, breaks included; one, or a list to choose from."
    )
    breaks: tuple[Break, ...] = quantity((), title="Breaks", max_length=8, help="In order.")
    days: Days = quantity(WEEKDAYS, title="Days", help="On which it may start: daily, mon-fri, sat,sun.")
    groups: Names | None = quantity(None, title="Groups", help="Omitted: all groups.")
    contracts: Names | None = quantity(None, title="Contracts", help="Omitted: all contracts.")
    pay_factor: Factor = quantity(1.0, title="Pay factor", help="Times the group's pay.")
    most_agents: Count | None = quantity(
        None, title="Most agents", unit="agents", help="Who start it on one day, all groups together."
    )


class Contract(Part):
    """What agents are employed for: hours and days a week, pay, and how many there may be.

    Least hours and days hold on average over the agents of the contract, in whole weeks only.
    """

    least_hours: Seconds = quantity(0.0, title="Least hours a week", unit="s", help="Paid time.")
    most_hours: Seconds | None = quantity(None, title="Most hours a week", unit="s", help="Paid time.")
    least_days: DaysWorked = quantity(0, title="Least days a week", unit="days")
    most_days: DaysWorked = quantity(7, title="Most days a week", unit="days")
    pay_factor: Factor = quantity(1.0, title="Pay factor", help="Times the group's pay.")
    least_agents: Count = quantity(
        0, title="Least agents", unit="agents", help="Employed already: they get at least their least hours."
    )
    most_agents: Count | None = quantity(
        None, title="Most agents", unit="agents", help="Omitted: any number."
    )
    groups: Names | None = quantity(None, title="Groups", help="Omitted: all groups.")


class Premium(Part):
    """Extra pay for unsocial hours; where several apply they add up."""

    hours: Hours = quantity(title="Hours", help='{daily: "20:00-24:00"} or by day.')
    extra: Annotated[float, Field(ge=0.0, le=10.0, allow_inf_nan=False)] = quantity(
        title="Extra", unit="share", help="Of pay: 0.25 adds a quarter."
    )


class ShiftRules(Part):
    """Everything that a schedule must keep to, and what it costs beyond the groups' pay."""

    name: str = quantity("Shift rules", title="Name", min_length=1, max_length=120)
    description: str = quantity("", title="Description", max_length=4000)
    shifts: dict[Name, ShiftTemplate] = quantity(title="Shifts", min_length=1, max_length=500)
    contracts: dict[Name, Contract] = quantity(
        {"any": Contract()}, title="Contracts", min_length=1, max_length=100
    )
    premiums: dict[Name, Premium] = quantity({}, title="Premiums", max_length=100)
    under_price: Amount | None = quantity(
        None,
        title="Price of under-coverage",
        unit="money/h",
        help="Per agent and hour missing. Omitted: the requirement must be covered.",
    )
    over_price: Amount = quantity(
        0.0, title="Price of over-coverage", unit="money/h", help="Per agent and hour too many, beyond pay."
    )
    headcount: dict[Name, Count] = quantity(
        {}, title="Headcount", unit="agents", help="Most agents employed, by group."
    )
    seats: Count | None = quantity(
        None, title="Seats", unit="agents", help="Most agents on shift and not on a break at once."
    )
    breaks_in_shrinkage: Share = quantity(
        0.0,
        title="Breaks in shrinkage",
        help="Share of scheduled time that the groups' shrinkage counts for breaks these shifts place.",
    )
    rest: Seconds = quantity(
        0.0, title="Rest", unit="s", help="Least time between two shifts of the same agent."
    )
    most_days_in_a_row: Annotated[int, Field(ge=1, le=366)] | None = quantity(
        None, title="Most days in a row", unit="days", help="Omitted: any number."
    )
    repeats: bool = quantity(
        False, title="Repeats", help="Shifts that run past the last midnight cover the first morning."
    )

    def __init__(self, /, **fields: Any) -> None:
        """Take fields as a file writes them; raises ``ScenarioError`` with all that is wrong."""
        try:
            super().__init__(**fields)
        except ValidationError as error:
            raise ScenarioError(wording.problems_of(error, fields, ShiftRules)) from None
        if problems := list(_misfits(self)):
            raise ScenarioError(problems)

    def contracts_of(self, template: ShiftTemplate, group: str) -> list[str]:
        """The contracts on which agents of a group may work a template; [] when it is not for the group."""
        if template.groups is not None and group not in template.groups:
            return []
        names = self.contracts if template.contracts is None else template.contracts
        return [name for name in names if group in (self.contracts[name].groups or (group,))]


# -- do they fit together? ---------------------------------------------------------------------------


def _misfits(rules: ShiftRules) -> Iterator[Problem]:
    for name, template in rules.shifts.items():
        yield from _template_misfits(f"shifts.{name}", template, rules)
    for name, contract in rules.contracts.items():
        yield from _contract_misfits(f"contracts.{name}", contract)


def _template_misfits(field: str, template: ShiftTemplate, rules: ShiftRules) -> Iterator[Problem]:
    first = clock_seconds(template.earliest)
    if first >= 86400:
        yield Problem(f"{field}.earliest", template.earliest, "a time before 24:00", 'write "00:00"')
    if template.latest is not None and not first <= clock_seconds(template.latest) < 86400:
        allowed = f"a time from {template.earliest} on, before 24:00"
        yield Problem(
            f"{field}.latest", template.latest, allowed, "split starts that go past midnight in two"
        )
    if template.step is not None and template.step < 60.0:
        yield Problem(f"{field}.step", format_duration(template.step), "1 min or more", "write 15 min")
    if not template.days:
        yield Problem(f"{field}.days", "", "one day of the week or more", "write daily")
    for length in template.length:
        if not 900.0 <= length <= LONGEST_SHIFT:
            cure = "write it with its unit, like 8 h"
            yield Problem(f"{field}.length", format_duration(length), "from 15 min to 24 h", cure)
    for contract in template.contracts or ():
        if contract not in rules.contracts:
            allowed = f"a contract of these rules: {', '.join(rules.contracts)}"
            cure = wording.near(contract, rules.contracts, "add it to contracts")
            yield Problem(f"{field}.contracts", contract, allowed, cure)
    yield from _break_misfits(field, template)


def _break_misfits(field: str, template: ShiftTemplate) -> Iterator[Problem]:
    for place, pause in enumerate(template.breaks):
        where = f"{field}.breaks.{place}"
        if pause.length <= 0.0:
            yield Problem(f"{where}.length", format_duration(pause.length), "above 0 s", "write 15 min")
        if pause.step is not None and pause.step < 60.0:
            yield Problem(f"{where}.step", format_duration(pause.step), "1 min or more", "write 15 min")
        if pause.latest < pause.earliest:
            allowed = f"{format_duration(pause.earliest)} (its earliest) or later"
            yield Problem(f"{where}.latest", format_duration(pause.latest), allowed, "exchange the two")
        if pause.latest + pause.length > min(template.length):
            allowed = f"a break that ends within the shortest shift, {format_duration(min(template.length))}"
            cure = "begin it earlier, or give the longer shifts a template of their own"
            yield Problem(f"{where}.latest", format_duration(pause.latest), allowed, cure)
    for place, (before, after) in enumerate(pairwise(template.breaks), 1):
        ends = before.latest + before.length
        if after.earliest < ends:
            allowed = f"{format_duration(ends)} or later, when the break before it is over"
            cure = "narrow the windows of the two breaks so that one follows the other"
            where = f"{field}.breaks.{place}.earliest"
            yield Problem(where, format_duration(after.earliest), allowed, cure)


def _contract_misfits(field: str, contract: Contract) -> Iterator[Problem]:
    if contract.most_hours is not None and contract.most_hours < contract.least_hours:
        allowed = f"{format_duration(contract.least_hours)} (the least) or more"
        yield Problem(
            f"{field}.most_hours", format_duration(contract.most_hours), allowed, "exchange the two"
        )
    if contract.most_days < max(contract.least_days, 1):
        allowed = f"{max(contract.least_days, 1)} (the least) or more"
        yield Problem(f"{field}.most_days", contract.most_days, allowed, "exchange the two")
    if contract.most_agents is not None and contract.most_agents < contract.least_agents:
        allowed = f"{contract.least_agents} (the least) or more"
        yield Problem(f"{field}.most_agents", contract.most_agents, allowed, "exchange the two")


# -- files -------------------------------------------------------------------------------------------


def shift_library() -> list[str]:
    """Names of the shift rules that come with the product.

    >>> "standard" in shift_library()
    True
    """
    entries = resources.files("scenarios").joinpath("shift_rules").iterdir()
    return sorted(entry.name.removesuffix(".yaml") for entry in entries if entry.name.endswith(".yaml"))


def load_shifts(name_or_path: str | os.PathLike[str]) -> ShiftRules:
    """Load shift rules of the library by their name, or a file by its path.

    Raises ``ScenarioError`` with every problem, each with its file and line.

    >>> load_shifts("standard").shifts["day"].length
    (28800.0,)
    """
    name = os.fspath(name_or_path)
    known = shift_library()
    if name in known:
        place = Path(str(resources.files("scenarios").joinpath("shift_rules", f"{name}.yaml")))
    else:
        place = Path(name)
    if not os.path.isfile(place):
        written = os.sep in name or name.endswith((".yaml", ".yml"))
        cure = "check the path" if written else wording.near(name, known, f"use one of {', '.join(known)}")
        raise ScenarioError(
            [Problem("", f"no file or library rules {name!r}", "shift rules that exist", cure)]
        )
    return _read(read_text(place), place.name)


def loads_shifts(text: str) -> ShiftRules:
    """Read shift rules from YAML text; raises ``ScenarioError`` with every problem, each with its line."""
    return _read(text, None)


def dumps_shifts(rules: ShiftRules) -> str:
    """The rules as YAML text: ``loads_shifts(dumps_shifts(rules)) == rules``."""
    return documents.write(rules.model_dump(mode="json", exclude_unset=True))


def save_shifts(rules: ShiftRules, path: str | os.PathLike[str]) -> None:
    """Write the rules to a file, which then holds its old text or the new, whatever happens.

    Raises ``ScenarioError`` for a path that can be no file, and ``OSError`` when writing fails.
    """
    replace_text(writable(path), dumps_shifts(rules))


def _read(text: str, file: str | None) -> ShiftRules:
    document = documents.parse(text, file)
    try:
        return ShiftRules(**document.data)
    except ScenarioError as error:
        raise ScenarioError(located(problem, document.lines, file) for problem in error.problems) from None


def located(problem: Problem, lines: Mapping[documents.Path, int], file: str | None) -> Problem:
    """The problem with the line at which its field, or what holds it, was written."""
    path = tuple(problem.field.split("."))
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return replace(problem, file=file, line=lines[path[:length]])
    return replace(problem, file=file)

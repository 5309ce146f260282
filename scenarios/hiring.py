"""Hiring: who is employed, how many leave, and how new agents are found, trained and get up to speed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field, ValidationError

from scenarios import documents, wording
from scenarios.errors import Problem, ScenarioError
from scenarios.fields import Part
from scenarios.parameters import default_of
from scenarios.units import Amount, Count, Seconds, Share, format_duration, quantity

DAY_SECONDS = 86400.0
WEEKS_PER_MONTH = 52 / 12

Rate = Annotated[float, Field(ge=0.0, le=5.0, allow_inf_nan=False)]


def library_ramp() -> tuple[float, ...]:
    """Productivity by week after training as the parameter library has it: up to 1 in a straight line.

    It begins at ``learning.first_month_efficiency`` and reaches 1 after ``learning.months_to_proficiency``.

    >>> len(library_ramp()), library_ramp()[0]
    (20, 0.53)
    """
    first = float(default_of("learning.first_month_efficiency"))
    weeks = round(float(default_of("learning.months_to_proficiency")) * WEEKS_PER_MONTH)
    return tuple(round(first + (1.0 - first) * week / weeks, 6) for week in range(weeks))


def _days(parameter: str) -> Any:
    return lambda: default_of(parameter) * DAY_SECONDS


class Hiring(Part):
    """How a group of agents shrinks and grows over the weeks of a year, and what that costs."""

    agents: Amount = quantity(title="Agents", unit="agents", help="Employed in the first week, up to speed.")
    attrition_per_year: Rate = quantity(
        title="Attrition a year",
        unit="share",
        parameter="agents.attrition_per_year",
        help="Who leave in a year as a share of the average number employed.",
    )
    shrinkage: Annotated[float, Field(ge=0.0, le=0.99, allow_inf_nan=False)] = quantity(
        title="Shrinkage", parameter="agents.shrinkage"
    )
    hours_per_week: Seconds = quantity(40 * 3600.0, title="Paid hours a week", unit="s", help="Of one agent.")
    pay_per_hour: Amount = quantity(title="Pay per hour", unit="money/h", parameter="agents.pay_per_hour")
    cost_per_hire: Amount = quantity(
        0.0,
        title="Cost per hire",
        unit="money",
        help="Finding and equipping; pay in training is counted apart.",
    )
    cost_per_class: Amount = quantity(0.0, title="Cost per class", unit="money", help="Trainers and rooms.")
    lead_time: Seconds = quantity(
        title="Lead time",
        unit="s",
        default_factory=_days("agents.days_to_fill"),
        help="From deciding to a class's first day; in whole weeks, rounded up.",
    )
    training: Seconds = quantity(
        title="Training",
        unit="s",
        default_factory=_days("agents.days_of_training"),
        help="Before the first contact; in whole weeks, rounded up.",
    )
    finish: Share = quantity(1.0, title="Finish training", help="Share of a class that does.")
    ramp: tuple[Share, ...] = quantity(
        title="Ramp",
        default_factory=library_ramp,
        max_length=520,
        help="Productivity in each week after training against agents up to speed; then 1.",
    )
    class_least: Count = quantity(1, title="Least in a class", unit="agents")
    class_most: Count | None = quantity(
        None, title="Most in a class", unit="agents", help="Omitted: any number."
    )
    classes_at_once: Count | None = quantity(
        None, title="Classes at once", help="Most classes in training at once. Omitted: any number."
    )
    most_classes: Count | None = quantity(None, title="Most classes", help="In all. Omitted: any number.")
    shortage_price: Amount | None = quantity(
        None,
        title="Price of shortage",
        unit="money/h",
        help="Per agent on the floor and hour missing. Omitted: the need must be met in every week.",
    )

    def __init__(self, /, **fields: Any) -> None:
        """Take fields as a file writes them; raises ``ScenarioError`` with all that is wrong."""
        try:
            super().__init__(**fields)
        except ValidationError as error:
            raise ScenarioError(wording.problems_of(error, fields, Hiring)) from None
        if problems := list(_misfits(self)):
            raise ScenarioError(problems)


def _misfits(hiring: Hiring) -> Iterator[Problem]:
    if not hiring.hours_per_week:
        yield Problem("hours_per_week", "0 s", "above 0 s", "write 40 h")
    if hiring.hours_per_week > 7 * DAY_SECONDS:
        hours = format_duration(hiring.hours_per_week)
        yield Problem("hours_per_week", hours, "at most the 168 h of a week", "write 40 h")
    if hiring.class_least < 1:
        yield Problem("class_least", hiring.class_least, "1 or more", "write 1")
    if hiring.class_most is not None and hiring.class_most < hiring.class_least:
        allowed = f"{hiring.class_least} (the least) or more"
        yield Problem("class_most", hiring.class_most, allowed, "exchange the two")


def loads_hiring(text: str) -> Hiring:
    """Read hiring from YAML text; raises ``ScenarioError`` with every problem.

    >>> loads_hiring("{agents: 120, attrition_per_year: 0.2, training: 28 d}").training
    2419200.0
    """
    return Hiring(**documents.parse(text).data)


def dumps_hiring(hiring: Hiring) -> str:
    """Hiring as YAML text: ``loads_hiring(dumps_hiring(hiring)) == hiring``."""
    return documents.write(hiring.model_dump(mode="json", exclude_unset=True))

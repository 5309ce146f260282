"""The course of weeks: what is due in which week, and what one week does to the next.

A scenario is one day or a few. What changes from week to week is said here: a channel that customers
take up little by little and whose defects are fixed, agents who learn, are trained, leave and are hired,
exhaustion, customers who post, a new desktop. :mod:`sim.course` simulates it week by week. Every part is
optional, and at its neutral setting changes nothing.

>>> course = Course(weeks=8, people={"attrition_per_year": 0.3}, burnout={"ceiling": 0.85})
>>> course.burnout.ceiling, course.social
(0.85, None)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError

from scenarios import wording
from scenarios.course_parts import (
    Burnout,
    HiringClass,
    Launch,
    Learning,
    People,
    Planned,
    Shock,
    Social,
    Training,
    Week,
    one_or_many,
)
from scenarios.errors import Problem, Refused, ScenarioError
from scenarios.fields import Part
from scenarios.model import Group, Scenario
from scenarios.units import quantity
from scenarios.whatifs.fields import Refers, asked
from scenarios.whatifs.fields import names_of as names_in
from scenarios.wording import near

__all__ = [
    "Burnout",
    "Course",
    "HiringClass",
    "Launch",
    "Learning",
    "People",
    "Planned",
    "Shock",
    "Social",
    "Training",
    "problems",
    "within",
]


def _ends_after_start(planned: tuple[Planned, ...]) -> tuple[Planned, ...]:
    for one in planned:
        if one.until is not None and one.until < one.week:
            raise Refused(f"a last week (until) of {one.week} or later", f"write until: {one.week}")
    return planned


class Course(Part):
    """Some weeks, one after the other. Without any part all weeks are the scenario itself."""

    name: str = quantity("course", title="Name", min_length=1, max_length=80)
    weeks: Week = asked(12, kind="number", title="Weeks", unit="weeks", low=4, high=52, step=1)
    days_per_week: Annotated[float, Field(gt=0.0, le=7.0)] | None = asked(
        None, kind="number", title="Days in a week",
        help="How many days like those simulated make a week of cost and hours. Omitted: 5, or 7 where the "
        "scenario has 7 days or more.",
        unit="days", low=5, high=7, step=1,
    )  # fmt: skip
    hours_per_week: Annotated[float, Field(gt=0.0, le=100.0)] = asked(
        kind="number",
        title="Paid hours per agent",
        help="A week's.",
        unit="h",
        parameter="course.hours_per_week",
        step=0.5,
    )
    launches: Annotated[tuple[Launch, ...], BeforeValidator(one_or_many)] = quantity(
        (), title="Launches", max_length=20
    )
    learning: Learning | None = quantity(None, title="Learning")
    training: Annotated[tuple[Training, ...], BeforeValidator(one_or_many)] = quantity(
        (), title="Training", max_length=50
    )
    people: People | None = quantity(None, title="People")
    burnout: Burnout | None = quantity(None, title="Burnout")
    social: Social | None = quantity(None, title="Social amplification")
    shocks: Annotated[tuple[Shock, ...], BeforeValidator(one_or_many)] = quantity(
        (), title="Shocks", max_length=50
    )
    planned: Annotated[
        tuple[Planned, ...], BeforeValidator(one_or_many), AfterValidator(_ends_after_start)
    ] = quantity((), title="What-ifs by week", max_length=200)

    def __init__(self, /, **fields: Any) -> None:
        """Take fields as a file writes them. Raises ``ScenarioError`` with every field that is wrong."""
        try:
            super().__init__(**fields)
        except ValidationError as error:
            raise ScenarioError(wording.problems_of(error, fields, Course)) from None


# -- does it fit a scenario? -------------------------------------------------------------------------


def problems(course: Course, scenario: Scenario) -> list[Problem]:
    """Why the course does not fit the scenario, all at once; [] when it does.

    What-ifs have their own checks, when they are applied.
    """
    return [
        *_unknown_names(course, scenario),
        *_unfit_launches(course),
        *_too_much_training(course),
        *_unfit_people(course, scenario),
    ]


def _unknown_names(course: Course, scenario: Scenario) -> Iterator[Problem]:
    for number, training in enumerate(course.training):
        yield from _names(f"training.{number}.groups", training.groups, "groups", scenario)
    for number, shock in enumerate(course.shocks):
        yield from _names(f"shocks.{number}.groups", shock.groups, "groups", scenario)
    if course.social is not None:
        yield from _names("social.intents", course.social.intents, "intents", scenario)
    for number, launch in enumerate(course.launches):
        if isinstance(launch.weeks_to_half, dict):
            named = [name for name in launch.weeks_to_half if name != "default"]
            yield from _names(f"launches.{number}.weeks_to_half", named, "segments", scenario)
    if course.people is not None:
        for number, hiring in enumerate(course.people.hires):
            yield from _names(f"people.hires.{number}.group", [hiring.group], "groups", scenario)
        yield from _names("people.headcount", course.people.headcount, "groups", scenario)


def _names(field: str, given: Iterable[str] | None, part: Refers, scenario: Scenario) -> Iterator[Problem]:
    known = names_in(scenario, part)
    for name in given or ():
        if name not in known:
            cure = near(name, known, f"write {known[0]}" if known else f"use a scenario with {part}")
            yield Problem(field, name, f"one of the scenario's {part}: {', '.join(known) or 'none'}", cure)


def _unfit_launches(course: Course) -> Iterator[Problem]:
    for number, launch in enumerate(course.launches):
        field = f"launches.{number}"
        if launch.week > course.weeks:
            yield _too_late(f"{field}.week", launch.week, course)
        if launch.training_hours > 0:
            if launch.week <= launch.training_weeks:
                first = launch.training_weeks + 1
                allowed = f"a week after those of training, {first} or later"
                cure = f"write {first}, or train in fewer weeks"
                yield Problem(f"{field}.week", launch.week, allowed, cure)
            if not launch.channel.groups:
                allowed = "0, as no group of agents takes the channel"
                yield Problem(f"{field}.training_hours", launch.training_hours, allowed, "leave it out")


def _too_late(field: str, week: int, course: Course) -> Problem:
    return Problem(field, week, f"a week of the course, 1 to {course.weeks}", "make the course longer")


def _too_much_training(course: Course) -> Iterator[Problem]:
    asked_for = [
        (f"training.{number}.hours", one.hours, one.weeks) for number, one in enumerate(course.training)
    ]
    asked_for += [
        (f"launches.{number}.training_hours", one.training_hours, one.training_weeks)
        for number, one in enumerate(course.launches)
    ]
    for field, hours, weeks in asked_for:
        most = 0.5 * course.hours_per_week * weeks
        if hours > most:
            allowed = f"at most half of the paid time, {most:g} h in {weeks} week{'s' * (weeks > 1)}"
            yield Problem(field, hours, allowed, "spread it over more weeks")


def _unfit_people(course: Course, scenario: Scenario) -> Iterator[Problem]:
    needs_agents = (course.people, course.burnout, *course.training, *course.shocks)
    if not scenario.groups and any(part is not None for part in needs_agents):
        yield Problem("people", None, "a scenario with groups of agents", "leave agents out of the course")
    for number, hiring in enumerate(course.people.hires if course.people else ()):
        group = scenario.groups.get(hiring.group)
        if group is not None and not any(_numbers(group)):
            cure = "schedule somebody there, or hire into another group"
            yield Problem(
                f"people.hires.{number}.group",
                hiring.group,
                "a group with scheduled agents, who set its hours",
                cure,
            )
        if hiring.week > course.weeks:
            yield _too_late(f"people.hires.{number}.week", hiring.week, course)


def _numbers(group: Group) -> Iterable[float]:
    return group.staff.values() if isinstance(group.staff, dict) else group.staff


def within(found: Iterable[Problem], where: str) -> list[Problem]:
    """Problems of a part, each saying which part it is."""
    return [replace(one, field=f"{where}: {one.field}" if one.field else where) for one in found]

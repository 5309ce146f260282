"""One week: its numbers, by the calendar and what the week before led to, and the scenario they make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from scenarios.calendar import Calendar
from scenarios.channels import Deferred
from scenarios.checks.channels import is_first_choice
from scenarios.course import Course, Launch, Training, within
from scenarios.course_parts import usual_value
from scenarios.errors import ScenarioError
from scenarios.fields import for_intent
from scenarios.model import Group, Scenario, Skill
from scenarios.parameters import default_of
from scenarios.paths import written
from scenarios.schedules import with_numbers
from scenarios.times import clock_seconds
from scenarios.whatifs import FirstContactResolution, LaunchChannel, WhatIf
from scenarios.whatifs.base import replaced
from scenarios.whatifs.volume import scaled_volume
from scenarios.whatifs.windows import DAY_SECONDS
from sim.course.curves import defects_left, halved, learnt, taken_up
from sim.course.people import Crew, crews

MOST_AWAY = 0.95
"""No more of the agents than this are away, whatever exhausts them."""


@dataclass(frozen=True)
class Carried:
    """What a week hands on to the next."""

    exhaustion: Mapping[str, float] = field(default_factory=dict)
    """Per group: points of occupancy above the ceiling, as a share."""
    posts: float = 0.0
    """Above (below, if negative) the normal number, per case of those whose volume they move."""
    occupancy: Mapping[str, float] = field(default_factory=dict)
    """Per group, in the week before; empty in the first."""
    backlog: Mapping[str, float] = field(default_factory=dict)
    """Per deferred channel: cases left over, above (below, if negative) what the scenario itself leaves."""


@dataclass(frozen=True)
class Launched:
    """A launched channel in one week."""

    name: str
    adoption: Mapping[str, float]
    """Per segment: the share of first contacts that the channel takes."""
    taken_up: Mapping[str, float]
    """Per segment, of those who will."""
    success: float
    """Of its final success."""
    slowness: float
    """Handle time of its agents, against what it comes to."""
    what_if: LaunchChannel


@dataclass(frozen=True)
class Week:
    """The numbers of one week; the first is 1."""

    number: int
    planned: tuple[WhatIf, ...]
    launched: tuple[Launched, ...]
    crews: Mapping[str, Crew]
    handle_time: Mapping[str, float]
    """Per group: the factor on all its handle times."""
    absence: Mapping[str, float]
    """Per group: share of the agents on the floor who are away because of exhaustion."""
    training_hours: Mapping[str, float]
    """Per group: hours off the floor of each agent in this week."""
    resolution_points: Mapping[str, float]
    """Per group: what training added."""
    volume: float
    """Factor on the volume of the intents that posts move."""
    other_cost: float
    """Of training, hiring and classes: what is paid beside agents' schedules and contacts."""
    carried: Carried


# -- its numbers -------------------------------------------------------------------------------------


def week_of(
    course: Course, base: Scenario, headcount: Mapping[str, float], number: int, carried: Carried
) -> Week:
    """The numbers of a week, given whom ``base`` has in each group and what was carried over."""
    staff = crews(course, headcount, number)
    return Week(
        number=number,
        planned=tuple(
            one.what_if
            for one in course.planned
            if one.week <= number <= (course.weeks if one.until is None else one.until)
        ),
        launched=tuple(_launched(one, course, base, number) for one in course.launches if number >= one.week),
        crews=staff,
        handle_time={name: _handle_time(course, name, staff[name], number, carried) for name in headcount},
        absence={name: _absence(course, carried.exhaustion.get(name, 0.0)) for name in headcount},
        training_hours={name: _training_hours(course, name, number) for name in headcount},
        resolution_points={
            name: sum(one.resolution_points * _kept(one, name, number) for one in course.training)
            for name in headcount
        },
        volume=1.0 if course.social is None else 1.0 + course.social.contacts_per_post * carried.posts,
        other_cost=sum(_other_cost(course, base, name, staff[name], number) for name in headcount),
        carried=carried,
    )


def _launched(launch: Launch, course: Course, base: Scenario, number: int) -> Launched:
    since = number - launch.week
    level = {name: _level(launch, name, since + 0.5) for name in base.segments}
    channel = launch.channel
    success = 1 - (1 - launch.success_at_launch) * defects_left(since, launch.fed_back, launch.fixed_per_week)
    what_if = _at_present(channel, base, level, success)
    share = {name: for_intent(what_if.share, name, 0.0) for name in base.segments}
    return Launched(
        name=channel.name,
        adoption={name: (share[name] + what_if.induced) / (1 + what_if.induced) for name in base.segments},
        taken_up=level,
        success=success,
        slowness=_new_channel(launch, course, since),
        what_if=what_if,
    )


def _level(launch: Launch, segment: str, weeks: float) -> float:
    """Share of a segment that has taken up the channel, of those who will; with a pilot, in two waves."""
    half = for_intent(launch.weeks_to_half, segment, float(usual_value(Launch, "weeks_to_half")))
    first = taken_up(weeks, half, launch.imitation)
    if launch.pilot_share == 1.0 or launch.pilot_weeks == 0:
        return first
    second = taken_up(weeks - launch.pilot_weeks, half, launch.imitation)
    return launch.pilot_share * first + (1 - launch.pilot_share) * second


def _new_channel(launch: Launch, course: Course, since: int) -> float:
    if course.learning is None or launch.channel.mode != "concurrent":
        return 1.0
    left = 1 - launch.training_effect if launch.training_hours > 0 else 1.0
    at_first = 1 + (course.learning.new_handle_time - 1) * left
    return learnt(since + 0.5, at_first, course.learning.months)


def _at_present(
    channel: LaunchChannel, base: Scenario, level: Mapping[str, float], success: float
) -> LaunchChannel:
    """The what-if with what it has come to. Extra cases come as the whole of the customers takes it up."""
    changes: dict[str, Any] = {}
    if any(part != 1.0 for part in level.values()):
        changes["share"] = {
            name: for_intent(channel.share, name, 0.0) * level[name] for name in base.segments
        }
        whole = sum(segment.share for segment in base.segments.values())
        drawn = sum(base.segments[name].share * level[name] for name in base.segments)
        changes["induced"] = channel.induced * drawn / whole
    if success != 1.0:
        final = channel.success if isinstance(channel.success, dict) else {"default": channel.success}
        final = {"default": default_of("launch.success"), **final}
        changes["success"] = {name: round(value * success, 12) for name, value in final.items()}
    return channel.model_copy(update=changes)


def _handle_time(course: Course, group: str, crew: Crew, number: int, carried: Carried) -> float:
    factor = crew.slowness
    for training in course.training:
        factor *= 1 + (training.handle_time - 1) * _kept(training, group, number)
    for shock in course.shocks:
        if number >= shock.week and (shock.groups is None or group in shock.groups):
            size = shock.handle_time * (shock.announced_part if shock.announced else 1.0)
            factor *= 1 + size * halved(number - shock.week, shock.half_life_weeks)
    if course.burnout is not None:
        factor *= 1 + course.burnout.handle_time * 10 * carried.exhaustion.get(group, 0.0)
    return factor


def _absence(course: Course, exhaustion: float) -> float:
    if course.burnout is None:
        return 0.0
    return min(course.burnout.absence * 10 * exhaustion, MOST_AWAY)


def _kept(training: Training, group: str, number: int) -> float:
    """Share of what a training taught that a group has in a week: nothing before it has ended."""
    since = number - training.week - training.weeks
    if since < 0 or not (training.groups is None or group in training.groups):
        return 0.0
    return 1.0 if training.half_life_weeks is None else halved(since, training.half_life_weeks)


def _training_hours(course: Course, group: str, number: int) -> float:
    hours = sum(
        one.hours / one.weeks
        for one in course.training
        if one.week <= number < one.week + one.weeks and (one.groups is None or group in one.groups)
    )
    return hours + sum(
        one.training_hours / one.training_weeks
        for one in course.launches
        if one.week - one.training_weeks <= number < one.week and group in one.channel.groups
    )


def _other_cost(course: Course, base: Scenario, group: str, crew: Crew, number: int) -> float:
    pay = crew.in_class * course.hours_per_week * base.groups[group].pay_per_hour
    courses = sum(
        one.cost_per_agent * crew.on_floor
        for one in course.training
        if one.week == number and (one.groups is None or group in one.groups)
    )
    hires = course.people.hires if course.people is not None else ()
    return pay + courses + sum(
        one.size * one.cost_per_hire for one in hires if one.group == group and one.week == number
    )  # fmt: skip


# -- its scenario ------------------------------------------------------------------------------------


def scenario_of(course: Course, base: Scenario, week: Week) -> Scenario:
    """What is simulated in a week; ``base`` itself where nothing is different.

    In this order: what-ifs planned, launches, resolution, agents (numbers, absence, hours off the floor,
    speed), volume, backlog. Groups that a planned what-if makes keep their numbers and speed. Raises
    ``ScenarioError`` when a what-if does not fit, saying in which week.
    """
    scenario = base
    try:
        for what_if in week.planned:
            scenario = what_if.apply(scenario)
        for one in week.launched:
            scenario = _slower(one.what_if.apply(scenario), one)
        for what_if in _resolution(scenario, week):
            scenario = what_if.apply(scenario)
    except ScenarioError as error:
        raise ScenarioError(within(error.problems, f"in week {week.number}")) from None
    channels = _backlogs(scenario, week)
    groups = {
        name: changed
        for name, group in scenario.groups.items()
        if (changed := _group(course, group, name, week, scenario.calendar)) is not group
    }
    intents = {} if week.volume == 1.0 else _intents(course, scenario, max(week.volume, 0.0))
    if groups or intents or channels:
        changes = {
            "channels": replaced(scenario.channels, channels),
            "groups": replaced(scenario.groups, groups),
            "intents": replaced(scenario.intents, intents),
        }
        scenario = Scenario(**written(scenario.model_copy(update=changes)))
    return scenario


def _backlogs(scenario: Scenario, week: Week) -> dict[str, Deferred]:
    """Channels that begin with more or fewer cases than the scenario says, because of the week before."""
    found = {}
    for name, above in week.carried.backlog.items():
        channel = scenario.channels.get(name)
        if not isinstance(channel, Deferred) or not is_first_choice(name, scenario):
            continue
        cases = max(round(channel.backlog + above), 0)
        if cases != channel.backlog:
            found[name] = channel.model_copy(update={"backlog": cases})
    return found


def _slower(scenario: Scenario, launched: Launched) -> Scenario:
    """Agents of a channel just launched, who take longer in it."""
    if launched.slowness == 1.0:
        return scenario
    groups = {
        name: _with_skills(group, {launched.name: _times(group.skills[launched.name], launched.slowness)})
        for name, group in scenario.groups.items()
        if launched.name in group.skills
    }
    return scenario.model_copy(update={"groups": replaced(scenario.groups, groups)})


def _resolution(scenario: Scenario, week: Week) -> Iterator[WhatIf]:
    """What training adds, by channel: in proportion to the groups' scheduled hours."""
    if not any(week.resolution_points.values()):
        return
    for channel in scenario.channels:
        takers = {
            name: _scheduled(with_numbers(group, scenario.calendar))
            for name, group in scenario.groups.items()
            if channel in group.skills
        }
        whole = sum(takers.values())
        points = sum(week.resolution_points.get(name, 0.0) * hours for name, hours in takers.items())
        if whole > 0 and points != 0:
            yield FirstContactResolution(points=points / whole, channels=(channel,))


def _scheduled(group: Group) -> float:
    """Agents scheduled, on average over a day."""
    if not isinstance(group.staff, Mapping):
        return sum(group.staff) / max(len(group.staff), 1)
    clocks = sorted(group.staff, key=clock_seconds)
    ends = [*(clock_seconds(clock) for clock in clocks[1:]), DAY_SECONDS]
    lasting = (end - clock_seconds(clock) for clock, end in zip(clocks, ends, strict=True))
    numbers = (group.staff[clock] for clock in clocks)
    return sum(number * seconds for number, seconds in zip(numbers, lasting, strict=True)) / DAY_SECONDS


def _group(course: Course, group: Group, name: str, week: Week, calendar: Calendar) -> Group:
    """A group as it is in a week; the same object where nothing is different.

    Who leaves is paid no more, so the schedule shrinks; who is away or in training is paid, so shrinkage
    grows: on the floor are scheduled × ((1 − shrinkage)(1 − absence) − hours in training / hours paid).
    """
    crew, changes = week.crews.get(name), {}
    if crew is not None and crew.share != 1.0:
        group = with_numbers(group, calendar)
        changes["staff"] = _scaled(group.staff, crew.share)
    present = (1 - group.shrinkage) * (1 - week.absence.get(name, 0.0))
    present -= week.training_hours.get(name, 0.0) / course.hours_per_week
    if present != 1 - group.shrinkage:
        changes["shrinkage"] = round(min(max(1 - present, 0.0), 0.99), 12)
    factor = week.handle_time.get(name, 1.0)
    if factor != 1.0:
        changes["skills"] = {channel: _times(skill, factor) for channel, skill in group.skills.items()}
    return group.model_copy(update=changes) if changes else group


def _scaled(staff: Any, by: float) -> Any:
    if isinstance(staff, Mapping):
        return {clock: round(number * by, 9) for clock, number in staff.items()}
    return tuple(round(number * by, 9) for number in staff)


def _times(skill: Skill, factor: float) -> Skill:
    return skill.model_copy(update={"handle_time": round(min(skill.handle_time * factor, 100.0), 9)})


def _with_skills(group: Group, skills: Mapping[str, Skill]) -> Group:
    return group.model_copy(update={"skills": replaced(group.skills, skills)})


def _intents(course: Course, scenario: Scenario, by: float) -> dict[str, Any]:
    moved = course.social.intents if course.social is not None else None
    return {
        name: scenario.intents[name].model_copy(
            update={"volume": scaled_volume(scenario.intents[name].volume, by)}
        )
        for name in moved or scenario.intents
    }

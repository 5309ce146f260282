"""Parts of a course: what may be due in a week, and what one week may do to the next.

Where no entry of the parameter library stands behind a default, its help says source and grade.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer

from scenarios.errors import Refused, ScenarioError
from scenarios.fields import ByIntent, Name, Names, Part
from scenarios.units import Amount, Count, Factor, Share, quantity
from scenarios.whatifs import LaunchChannel, WhatIf, dump, parse
from scenarios.whatifs.fields import asked

MOST_WEEKS = 260

Week = Annotated[int, Field(ge=1, le=MOST_WEEKS)]
"""A week of the course; the first is 1."""
Weeks = Annotated[float, Field(ge=0.0, le=520.0, allow_inf_nan=False)]
Excess = Annotated[float, Field(ge=-0.5, le=5.0, allow_inf_nan=False)]
"""A share added (taken away if negative)."""
Productivity = Annotated[float, Field(gt=0.0, le=2.0, allow_inf_nan=False)]
"""Contacts that an agent handles against one who is up to speed."""

ASSUMED = "Grade X, an assumption: no usable source was found. "
"""What the help of a field says whose default has no source."""


def _read_what_if(value: object) -> WhatIf:
    try:
        return parse(value)
    except ScenarioError as error:
        allowed = "; ".join(f"{one.field}: {one.allowed}".removeprefix(": ") for one in error.problems)
        raise Refused(allowed, error.problems[0].cure) from None


def _read_launch(value: object) -> object:
    if isinstance(value, Mapping):
        return _read_what_if({"kind": LaunchChannel.kind, **value})
    return value


def _write_launch(launch: LaunchChannel) -> dict[str, Any]:
    return {name: value for name, value in dump(launch).items() if name != "kind"}


def one_or_many(value: object) -> object:
    """A list, or one entry of it written without the list."""
    return (value,) if isinstance(value, Mapping | Part) else value


LaunchedChannel = Annotated[LaunchChannel, BeforeValidator(_read_launch), PlainSerializer(_write_launch)]
"""The channel as it is when all who will take it up have done so, and all defects fed back are fixed."""
AnyWhatIf = Annotated[WhatIf, BeforeValidator(_read_what_if), PlainSerializer(dump)]
"""Any what-if, written ``{kind: …, field: value}``."""


class Launch(Part):
    """A channel is launched: taken up on an S-curve, mended as its defects are fed back, learnt by agents."""

    channel: LaunchedChannel = quantity(
        title="Channel", help="The what-if launch_channel: what the channel comes to in the end."
    )
    week: Week = asked(1, kind="number", title="Launched in week", unit="week", low=1, high=12, step=1)
    weeks_to_half: ByIntent[Weeks] = asked(
        kind="number",
        parameter="course.weeks_to_half",
        title="Weeks until half have taken it up",
        help="Of those who will; one number, or by segment. 0: all at once.",
        unit="weeks",
        step=1,
    )
    imitation: Annotated[float, Field(ge=0.0, le=1e6, allow_inf_nan=False)] = asked(
        kind="number",
        parameter="course.imitation",
        title="Imitation against own motion",
        help="The S of the curve: q / p of the Bass model. 0: fastest at first.",
        step=0.1,
        advanced=True,
    )
    success_at_launch: Share = asked(
        kind="share",
        parameter="course.success_at_launch",
        title="Success at launch",
        help="As a share of the channel's final success; 1: no defects.",
        step=0.05,
    )
    fed_back: Share = asked(
        kind="share",
        parameter="course.fed_back",
        title="Defects fed back",
        help="Share of the defects that whoever can mend them is told of; the others stay.",
        step=0.05,
    )
    fixed_per_week: Share = asked(
        kind="share",
        parameter="course.fixed_per_week",
        title="Fixed per week",
        help="Share of the defects fed back and still there that a week mends.",
        step=0.01,
    )
    pilot_share: Share = asked(
        1.0, kind="share", title="Pilot", help="Share of customers who are offered it at first.",
        low=0, high=1, step=0.05,
    )  # fmt: skip
    pilot_weeks: Count = asked(
        0, kind="number", title="Weeks of pilot", help="Then all are offered it.", unit="weeks",
        low=0, high=12, step=1,
    )  # fmt: skip
    training_hours: Amount = asked(
        0.0,
        kind="number",
        title="Training before launch",
        help="Hours off the floor of each agent of the groups that take it.",
        unit="h", low=0, high=40, step=1,
    )  # fmt: skip
    training_weeks: Week = asked(
        2, kind="number", title="Training in the weeks before", unit="weeks", low=1, high=8, step=1
    )
    training_effect: Share = asked(
        kind="share",
        parameter="course.training_effect",
        title="Slowness that training takes away",
        help="Share of what agents are slower at launch (see learning).",
        step=0.05,
    )


class Learning(Part):
    """Agents who are new to the work, or to a launched channel, take longer, and learn.

    A new agent's handle time against an experienced one's falls exponentially towards 1.
    """

    new_handle_time: Annotated[Factor, Field(ge=1.0)] = asked(
        kind="number", title="At first, times as long", parameter="learning.new_handle_time", step=0.05
    )
    months: Annotated[float, Field(ge=0.0, le=60.0, allow_inf_nan=False)] = asked(
        kind="number",
        title="Months to proficiency",
        help="Until 95% of the difference are gone. 0: at once.",
        unit="months",
        parameter="learning.months_to_proficiency",
        step=0.5,
    )


class Training(Part):
    """Agents are trained: hours off the floor now, speed and resolution afterwards."""

    groups: Names | None = asked(
        None, kind="choices", title="Groups", help="Omitted: all groups.", refers_to="groups"
    )
    week: Week = asked(1, kind="number", title="From week", unit="week", low=1, high=12, step=1)
    weeks: Week = asked(
        2, kind="number", title="Spread over", help="What they learn they use afterwards.", unit="weeks",
        low=1, high=12, step=1,
    )  # fmt: skip
    hours: Amount = asked(
        kind="number",
        parameter="training.hours",
        title="Hours",
        help="Of each agent, paid, off the floor.",
        unit="h",
        step=1,
    )
    handle_time: Factor = asked(
        kind="number",
        parameter="training.handle_time",
        title="Afterwards, times as long",
        help="Handle times in all they do.",
        step=0.01,
    )
    resolution_points: Annotated[float, Field(ge=-100, le=100, allow_inf_nan=False)] = asked(
        0.0,
        kind="number",
        title="Resolution, afterwards",
        help="Percentage points in the channels that they take, in proportion to their part of the hours "
        "scheduled there.",
        unit="points", low=0, high=10, step=1,
    )  # fmt: skip
    half_life_weeks: Annotated[Weeks, Field(gt=0.0)] | None = asked(
        None, kind="number", title="Half forgotten after", help="Omitted: never.", unit="weeks",
        low=4, high=104, step=1, advanced=True,
    )  # fmt: skip
    cost_per_agent: Amount = asked(
        0.0, kind="number", title="Cost per agent", help="Of the course itself; pay goes on.", unit="money",
        low=0, high=2000, step=50,
    )  # fmt: skip


class HiringClass(Part):
    """A class of new agents: paid and trained first, then on the floor, and slower at first."""

    group: Name = asked(kind="choice", title="Group", refers_to="groups")
    size: Amount = asked(kind="number", title="Agents", unit="agents", low=0, high=50, step=1)
    week: Week = asked(1, kind="number", title="They begin in week", unit="week", low=1, high=26, step=1)
    training_days: Amount = asked(
        kind="number",
        title="Days of training",
        help="Calendar days, in whole weeks, before they are on the floor.",
        unit="days",
        parameter="agents.days_of_training",
        step=1,
    )
    ramp: tuple[Productivity, ...] | None = quantity(
        None,
        title="Ramp",
        max_length=520,
        help="Productivity in each week after training against agents up to speed, then 1. Omitted: as "
        "learning says.",
    )
    cost_per_hire: Amount = asked(
        0.0,
        kind="number",
        title="Cost per hire",
        help="Search and selection. The library's agents.replacement_cost counts training and slow months "
        "too, which are simulated here: it would count them twice.",
        unit="money", low=0, high=20000, step=500,
    )  # fmt: skip

    @property
    def weeks_of_training(self) -> int:
        """Whole weeks before they are on the floor."""
        return -int(-self.training_days // 7)


class People(Part):
    """Agents leave, and classes of new ones come. Nothing here is drawn: numbers are expectations."""

    attrition_per_year: Annotated[float, Field(ge=0.0, le=5.0, allow_inf_nan=False)] = asked(
        kind="share",
        title="Attrition per year",
        help="Leavers in a year as a share of the headcount. Nobody is replaced unless hired below.",
        parameter="agents.attrition_per_year",
        step=0.01,
    )
    hires: Annotated[tuple[HiringClass, ...], BeforeValidator(one_or_many)] = quantity(
        (), title="Classes hired", max_length=100
    )
    headcount: dict[Name, Annotated[Amount, Field(gt=0.0)]] = quantity(
        {},
        title="Headcount",
        help="Agents employed in a group as the scenario stands; others: its scheduled hours of a week over "
        "hours_per_week.",
        unit="agents",
    )


class Burnout(Part):
    """A week above an occupancy ceiling makes the next one slower, and more agents absent.

    That sickness absence follows from the demands of the work is measured in a call centre (Bakker, Demerouti
    & Schaufeli 2003, Eur. J. Work & Org. Psych. 12, 393-417; grade A); that handle times creep up is
    practitioners' word (callcentrehelper.com; turnella.com; grade C). By how much is an assumption. The
    scenario's own handle times are taken for those of rested agents.
    """

    ceiling: Share = asked(
        kind="share", title="Occupancy ceiling", parameter="agents.occupancy_ceiling", step=0.01
    )
    handle_time: Share = asked(
        kind="share",
        parameter="burnout.handle_time",
        title="Handle time per ten points above",
        help="Added in the week after, for every ten points of occupancy above the ceiling.",
        step=0.01,
    )
    absence: Share = asked(
        kind="share",
        parameter="burnout.absence",
        title="Absence per ten points above",
        help="Share of the agents on the floor who are away in the week after.",
        step=0.005,
    )
    memory: Annotated[Share, Field(lt=1.0)] = asked(
        0.0, kind="share", title="Carried over",
        help=ASSUMED + "Share of exhaustion that is still there a week later; 0: only last week counts.",
        low=0, high=0.9, step=0.05, advanced=True,
    )  # fmt: skip


class Social(Part):
    """Customers who gave up, or whom it cost much effort, post; posts bring contacts in the next week.

    The scenario's own volume contains what its own normal number of posts brings: only what is above (or
    below) that changes anything.
    """

    posting: Share = asked(
        kind="share",
        parameter="social.posting",
        title="Of unhappy customers, post",
        help="Of those who gave up, or speak badly of the effort that it took them.",
        step=0.01,
    )
    contacts_per_post: Amount = asked(
        kind="number",
        parameter="social.contacts_per_post",
        title="Contacts per post",
        help="First contacts of others, a week later.",
        unit="contacts",
        step=0.1,
    )
    intents: Names | None = asked(
        None, kind="choices", title="They ask about", help="Omitted: all intents, in proportion.",
        refers_to="intents",
    )  # fmt: skip
    memory: Annotated[Share, Field(lt=1.0)] = asked(
        0.0, kind="share", title="Carried over",
        help=ASSUMED + "Share of the posts that still tell a week later.",
        low=0, high=0.9, step=0.05, advanced=True,
    )  # fmt: skip


class Shock(Part):
    """A new desktop or process: handle times jump, and the jump decays."""

    week: Week = asked(1, kind="number", title="In week", unit="week", low=1, high=12, step=1)
    handle_time: Excess = asked(
        kind="share", parameter="shock.handle_time", title="Handle time", help="Added at first.", step=0.01
    )
    half_life_weeks: Weeks = asked(
        kind="number",
        parameter="shock.half_life",
        title="Half gone after",
        help="0: gone at once.",
        unit="weeks",
        step=0.5,
    )
    announced: bool = asked(
        False, kind="yes_no", title="Announced", help="And tried out with agents beforehand."
    )
    announced_part: Share = asked(
        kind="share",
        parameter="shock.announced_part",
        title="Left if announced",
        help="Share of the jump that is left.",
        step=0.05,
        advanced=True,
    )
    groups: Names | None = asked(
        None, kind="choices", title="Groups", help="Omitted: all groups.", refers_to="groups"
    )


class Planned(Part):
    """A what-if that holds from one week to another: an outage, a campaign, more staff.

    It holds on every day that the days simulated stand for. One bad day of a week is asked of a scenario
    whose calendar has all days of the week, by the what-if's own day.
    """

    what_if: AnyWhatIf = quantity(title="What-if")
    week: Week = asked(1, kind="number", title="From week", unit="week", low=1, high=12, step=1)
    until: Week | None = asked(
        None, kind="number", title="To week", help="Inclusive. Omitted: to the end.", unit="week",
        low=1, high=52, step=1,
    )  # fmt: skip


def usual_value(part: type[Part], field: str) -> Any:
    """What a field of a part is when it is left out."""
    return part.model_fields[field].get_default(call_default_factory=True, validated_data={})

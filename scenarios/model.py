"""The scenario: who comes, through which channels, served by whom, and what goes wrong.

Frozen pydantic models with the field names of scenario files. A scenario says what is *asked*; it
knows no engine. Cross-field problems (a skill for a channel that does not exist, a next-step table
that sums to 1.3) are found by :mod:`scenarios.check`, all at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, ValidationError, model_validator

from scenarios import tables, wording
from scenarios.calendar import Calendar
from scenarios.channels import Channel
from scenarios.distributions import Duration
from scenarios.errors import ScenarioError
from scenarios.fields import Name, Names, Outcomes, Part, Profile, Series, Staffing
from scenarios.times import WEEKDAYS, Clock, Days, Moment
from scenarios.units import Amount, Count, Factor, Seconds, Share, quantity

# -- who comes -------------------------------------------------------------------------------------


class Segment(Part):
    """Who the customer is: preferences, patience and digital success differ."""

    share: Share = quantity(1.0, title="Share of customers")
    first_channel: dict[Name, Share] | None = quantity(
        None,
        title="First channel",
        help="Shares that replace those of every intent whose customers are not called by a dialler.",
    )
    adoption: dict[Name, Share] = quantity(
        {},
        title="Adoption",
        help="Share of first attempts that this channel takes, in proportion, from all others.",
    )
    patience: Factor = quantity(1.0, title="Patience factor")
    self_service_success: Factor = quantity(1.0, title="Self-service success factor")


class Volume(Part):
    """How many cases come: a daily total with a profile, or cases per interval.

    Exactly one of ``per_day`` and ``per_interval`` is given. ``per_interval`` holds one day's list
    (repeated each day) or one value for every interval of all days; a CSV file is read into it.
    """

    per_day: Amount | None = quantity(None, title="Cases per day", unit="cases")
    profile: Profile = quantity(
        "flat", title="Intraday profile", help="A library profile, or one weight per interval."
    )
    per_interval: Series | None = quantity(None, title="Cases per interval", unit="cases")
    weekday_index: dict[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], Amount] = quantity(
        {}, title="Weekday index", help="1 is an average day."
    )
    day_factor_cv: Share = quantity(
        title="Day factor cv",
        parameter="demand.day_factor_cv",
        help="Coefficient of variation of the gamma factor that multiplies a whole day.",
    )
    counts: Literal["poisson", "exact"] = quantity(
        "poisson",
        title="Counts",
        help="Poisson around the volume, or exactly each interval's volume (a fraction is drawn).",
    )


class Intent(Part):
    """Why the customer comes."""

    demand: Literal["value", "failure"] = quantity(
        "value", title="Demand", help="Failure demand exists only because something went wrong."
    )
    volume: Volume = quantity(title="Volume")
    first_channel: dict[Name, Share] = quantity({}, title="First channel")


# -- what customers do next ------------------------------------------------------------------------


class NextStep(Part):
    """What a customer does after a contact that did not resolve the case.

    ``go`` gives the probability of each channel; what is left of 1 gives up. A row that names intents
    or segments wins over one that does not.
    """

    after: Name = quantity(title="After channel")
    outcome: Outcomes = quantity(title="Outcome")
    intents: Names | None = quantity(None, title="Only intents")
    segments: Names | None = quantity(None, title="Only segments")
    go: dict[Name, Share] = quantity(title="Go to")
    delay: Duration | None = quantity(None, title="Delay", help="Omitted: at once.")


class Frustration(Part):
    """What each failed attempt so far does to the next contact, as a share."""

    handle_time: Annotated[float, Field(ge=-0.5, le=5.0, allow_inf_nan=False)] = quantity(
        title="Handle time per failed attempt", parameter="frustration.handle_time"
    )
    patience: Annotated[float, Field(ge=-1.0, le=5.0, allow_inf_nan=False)] = quantity(
        title="Patience per failed attempt", parameter="frustration.patience"
    )
    context_carried: Share = quantity(
        0.0,
        title="Context carried",
        help="Share of contacts in which an agent sees what was told before, so that it is not told again.",
    )


# -- agents ----------------------------------------------------------------------------------------


class OnlyIf(Part):
    """Conditions under which a skill is used, looked at whenever something happens; all must hold."""

    queue_at_least: Count = quantity(
        0, title="Queue at least", unit="contacts", help="So many stand in the queue that would be helped."
    )
    own_queue_below: Annotated[int, Field(ge=1, le=1_000_000)] | None = quantity(
        None,
        title="Own queue below",
        unit="contacts",
        help="Fewer stand in the queues that the group takes with a better priority. Omitted: however many.",
    )
    busy_below: Annotated[float, Field(gt=0.0, le=1.0, allow_inf_nan=False)] | None = quantity(
        None,
        title="Busy below",
        unit="share",
        help="A smaller share of the group's agents is busy. Omitted: however many.",
    )


class Skill(Part):
    """The right of a group to take a channel."""

    priority: Annotated[int, Field(ge=1, le=99)] = quantity(1, title="Priority", help="1 first.")
    intents: Names | None = quantity(None, title="Only intents")
    handle_time: Factor = quantity(1.0, title="Handle-time factor")
    weight: Factor = quantity(
        1.0, title="Weight", help="Its waits count so many times where the contact order weighs waits."
    )
    overflow_after: Seconds = quantity(
        0.0, title="Overflow after", unit="s", help="The skill opens to contacts that have waited so long."
    )
    keep_idle: Count = quantity(
        0,
        title="Keep idle",
        unit="agents",
        help="The skill is used only while so many other agents of the group are idle.",
    )
    only_if: OnlyIf | None = quantity(
        None, title="Only if", help="Conditional overflow. Omitted: no conditions."
    )
    resolution: Share | None = quantity(
        None, title="Resolution", help="Share that this group resolves. Omitted: the channel's."
    )
    transfer: Share | None = quantity(
        None, title="Share passed on", help="Share that this group passes on. Omitted: the channel's."
    )


class ShiftBreak(Part):
    """A break within a shift."""

    after: Seconds = quantity(title="After", unit="s", help="From the start of the shift.")
    length: Seconds = quantity(title="Length", unit="s")
    paid: bool = quantity(True, title="Paid")


class GroupShift(Part):
    """Agents who work from a clock time on, with their breaks."""

    start: Clock = quantity(title="Start")
    length: Seconds = quantity(title="Length", unit="s", help="Breaks included.")
    agents: Annotated[int, Field(ge=0, le=50_000)] = quantity(title="Agents", unit="agents")
    days: Days = quantity(WEEKDAYS, title="Days", help="On which it starts: daily, mon-fri, sat,sun.")
    breaks: tuple[ShiftBreak, ...] = quantity((), title="Breaks", max_length=8)


def _needs_no_staff(schema: dict[str, Any]) -> None:
    schema["required"] = [name for name in schema["required"] if name != "staff"]


class Group(Part):
    """Agents with the same skills, schedule and pay.

    ``staff`` is the number scheduled: from each local time on, or one number per interval of a day
    (or of all days); the agents of ``shifts`` come on top. Of those scheduled some are absent for the day, by
    chance; of those present round(present × (1 − shrinkage)) are on the floor.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=_needs_no_staff)

    skills: dict[Name, Skill] = quantity(title="Skills", min_length=1)
    staff: Staffing = quantity(title="Staff", unit="agents", help="May be left out where there are shifts.")
    shifts: tuple[GroupShift, ...] = quantity((), title="Shifts", max_length=500)
    absence: Annotated[float, Field(ge=0.0, le=0.99, allow_inf_nan=False)] = quantity(
        0.0,
        title="Absence",
        help="Probability that an agent is absent for a day; numbers of agents are rounded. Shrinkage, a "
        "fixed share, comes on top.",
    )
    shrinkage: Annotated[float, Field(ge=0.0, le=0.99, allow_inf_nan=False)] = quantity(
        title="Shrinkage", parameter="agents.shrinkage"
    )
    pay_per_hour: Amount = quantity(title="Pay per hour", unit="money/h", parameter="agents.pay_per_hour")

    @model_validator(mode="before")
    @classmethod
    def _shifts_are_enough(cls, fields: Any) -> Any:
        """Who has shifts need not say that there is nobody besides."""
        if isinstance(fields, dict) and fields.get("shifts") and "staff" not in fields:
            return {**fields, "staff": {"00:00": 0.0}}
        return fields


class Routing(Part):
    """How contacts and agents are matched."""

    contact_order: Literal["weighted_wait", "priority_then_oldest", "oldest_over_all", "growing_score"] = (
        quantity("weighted_wait", title="Contact order")
    )
    agent_order: Literal["longest_idle", "random", "least_loaded", "fill_first"] = quantity(
        "longest_idle", title="Agent order"
    )


# -- what goes wrong -------------------------------------------------------------------------------


class Detection(Part):
    """How an incident is detected: by monitoring, by customers who tell an agent, or by whoever is first."""

    monitoring: Seconds | None = quantity(
        None,
        title="Monitoring",
        unit="s",
        help="Time from the start until it sees the incident. Omitted: never.",
    )
    reports: Annotated[int, Field(ge=1, le=1_000_000)] | None = quantity(
        None,
        title="Reports",
        unit="customers",
        help="So many customers whom it failed tell an agent of it. Omitted: nobody listens.",
    )


class Announcement(Part):
    """What customers whom the incident fails are told once it is detected: come back when it is over."""

    after: Seconds = quantity(0.0, title="After", unit="s", help="From detection to the announcement.")
    heeded: Share = quantity(
        title="Heeded",
        parameter="outage.notice_averts",
        help="Share of them who wait until it is over, and then try the same channel again.",
    )
    return_within: Seconds = quantity(
        title="Return within",
        unit="s",
        parameter="outage.return_within",
        help="They come back spread evenly over so long after the end.",
    )
    cost_per_customer: Amount = quantity(
        title="Cost per customer told",
        unit="money",
        parameter="outreach.cost_per_customer",
        help="A message to each; a banner costs nothing for each.",
    )
    fixed_cost: Amount = quantity(
        title="Fixed cost",
        unit="money",
        parameter="outreach.fixed_cost",
        help="Of each announcement, however many hear it.",
    )


class Incident(Part):
    """A window in which attempts in a channel fail more, or wholly."""

    name: str = quantity(title="Name", min_length=1, max_length=80)
    channel: Name = quantity(title="Channel")
    window: tuple[Moment, Moment] = quantity(title="Window", help="Local start and end.")
    failure: Share = quantity(1.0, title="Failure", help="Probability that an attempt fails.")
    slow_down: Factor = quantity(
        1.0, title="Slow-down", help="Factor on handle time, or on self-service, that begins meanwhile."
    )
    detection: Detection | None = quantity(
        None, title="Detection", help="Omitted: nobody notices it, and it lasts as long as its window."
    )
    fix: Duration | None = quantity(
        None,
        title="Fix",
        help="From detection to the fix, which ends the incident. Omitted: it ends with its window.",
    )
    announcement: Announcement | None = quantity(
        None, title="Announcement", help="Omitted: customers are told nothing."
    )


# -- all of it -------------------------------------------------------------------------------------


class Scenario(Part):
    """Everything that is asked of one simulation."""

    name: str = quantity(title="Name", min_length=1, max_length=120)
    description: str = quantity("", title="Description", max_length=4000)
    currency: str = quantity("£", title="Currency", max_length=4)
    calendar: Calendar = quantity(title="Calendar")
    segments: dict[Name, Segment] = quantity(
        {"customer": Segment()}, title="Segments", min_length=1, max_length=30
    )
    intents: dict[Name, Intent] = quantity(title="Intents", min_length=1, max_length=100)
    channels: dict[Name, Channel] = quantity(title="Channels", min_length=1, max_length=40)
    next_steps: tuple[NextStep, ...] = quantity((), title="Next steps", max_length=1000)
    max_attempts: Annotated[int, Field(ge=1, le=50)] = quantity(
        title="Most attempts per case", parameter="journey.max_attempts"
    )
    retry_draws: Literal["anew", "kept"] = quantity(
        "anew",
        title="Draws of a retry",
        help="Handle time and patience of a later attempt in a channel: of its own, or those of a first one.",
    )
    frustration: Frustration = quantity(title="Frustration", default_factory=Frustration)
    groups: dict[Name, Group] = quantity({}, title="Groups", max_length=200)
    incidents: tuple[Incident, ...] = quantity((), title="Incidents", max_length=1000)
    routing: Routing = quantity(Routing(), title="Routing")

    def __init__(self, /, **fields: Any) -> None:
        """Take fields as a scenario file writes them; CSV files are looked for in the working directory.

        Raises :class:`~scenarios.errors.ScenarioError` that lists every field that is wrong.
        """
        read, problems = tables.read_side_tables(fields, folder=Path.cwd())
        try:
            super().__init__(**read)
        except ValidationError as error:
            problems = [*problems, *wording.problems_of(error, read, Scenario)]
        if problems:
            raise ScenarioError(problems)

"""The scenario: who comes, through which channels, served by whom, and what goes wrong.

Frozen pydantic models with the field names of scenario files. A scenario says what is *asked*; it
knows no engine. Cross-field problems (a skill for a channel that does not exist, a next-step table
that sums to 1.3) are found by :mod:`scenarios.check`, all at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, cast, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainSerializer,
    Tag,
    ValidationError,
    WithJsonSchema,
)
from pydantic.fields import FieldInfo

from scenarios.distributions import Duration, looks_like_law
from scenarios.errors import ScenarioError
from scenarios.parameters import default_of
from scenarios.times import Clock, Day, Hours, Moment, Timezone
from scenarios.units import Amount, Count, Factor, Seconds, Share, quantity

Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_\-]{0,39}$")]
"""A name in a scenario file: a letter, then letters, digits, ``_`` or ``-``, at most 40 in all."""

Outcome = Literal[
    "resolved", "contained", "unresolved", "failed", "abandoned", "blocked", "closed",
    "transferred", "called_back", "disconnected", "unfinished",
]  # fmt: skip
"""How a contact ended; the words of the result tables."""

ALL_INTENTS, EACH_INTENT = "(all intents)", "(by intent)"
"""How the two forms of a :data:`ByIntent` value are told apart; neither can be a name."""


def _form_of(value: object) -> str:
    return EACH_INTENT if isinstance(value, Mapping) and not looks_like_law(value) else ALL_INTENTS


def _simplest(value: Any) -> Any:
    """The same for every intent is one value, so that what means the same is equal."""
    return value["default"] if isinstance(value, dict) and list(value) == ["default"] else value


T = TypeVar("T")
ByIntent = Annotated[
    Annotated[T, Tag(ALL_INTENTS)] | Annotated[dict[str, T], Tag(EACH_INTENT)],
    Discriminator(_form_of),
    AfterValidator(_simplest),
]
"""One value for all intents, or a mapping from intent (or ``default``) to value."""


def is_by_intent(field: FieldInfo) -> bool:
    """Whether a field takes a value for all intents or a mapping by intent."""
    return any(isinstance(mark, Discriminator) and mark.discriminator is _form_of for mark in field.metadata)


def for_intent(value: T | dict[str, T], intent: str, fallback: T) -> T:
    """The value that holds for ``intent``: its own, else ``default``, else ``fallback``."""
    if not isinstance(value, dict):
        return value
    by_intent = cast("dict[str, T]", value)
    return by_intent.get(intent, by_intent.get("default", fallback))


def _table_or_series(value: object) -> str:
    return "(table)" if isinstance(value, Mapping) else "(series)"


def _name_or_weights(value: object) -> str:
    return "(name)" if isinstance(value, str) else "(weights)"


Series = Annotated[
    tuple[Amount, ...],
    Field(max_length=400_000),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "array", "items": {"type": "number", "minimum": 0}},
                {"type": "string", "description": "A CSV file with a header: time, value."},
            ]
        }
    ),
]
"""One number per interval; a scenario file may name a CSV file instead, which is read into it."""

Staffing = Annotated[
    Annotated[dict[Clock, Amount], Tag("(table)")] | Annotated[Series, Tag("(series)")],
    Discriminator(_table_or_series),
]
"""Agents from each local time on, or one number per interval."""

Profile = Annotated[
    Annotated[str, Tag("(name)")] | Annotated[Series, Tag("(weights)")], Discriminator(_name_or_weights)
]
"""A library profile by name, or one weight per interval."""


def _one_or_many(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _dump_one_or_many(values: tuple[str, ...]) -> Any:
    return values[0] if len(values) == 1 else list(values)


def _one_or_many_schema(item: dict[str, Any]) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [item, {"type": "array", "items": item, "minItems": 1}]})


Outcomes = Annotated[
    tuple[Outcome, ...],
    Field(min_length=1),
    BeforeValidator(_one_or_many),
    PlainSerializer(_dump_one_or_many),
    _one_or_many_schema({"type": "string", "enum": list(get_args(Outcome))}),
]
"""One outcome, or a list of them."""

Names = Annotated[
    tuple[Name, ...],
    Field(min_length=1),
    BeforeValidator(_one_or_many),
    PlainSerializer(_dump_one_or_many),
    _one_or_many_schema({"type": "string"}),
]
"""One name, or a list of them."""


class Part(BaseModel):
    """A part of a scenario: frozen, and refusing unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


# -- when ------------------------------------------------------------------------------------------


class Calendar(Part):
    """The days simulated, and the interval that tables and schedules count in."""

    start: Day = quantity(title="First day", help="Local date of the first simulated day.")
    timezone: Timezone = quantity("Europe/London", title="Time zone", help="IANA name.")
    days: Annotated[int, Field(ge=1, le=366)] = quantity(1, title="Days", unit="days")
    interval: Seconds = quantity(900.0, title="Interval", unit="s", help="Divides a day evenly.")
    warm_up: Seconds = quantity(
        0.0, title="Warm-up", unit="s", help="Left out of results (not simulated yet)."
    )


# -- who comes -------------------------------------------------------------------------------------


class Segment(Part):
    """Who the customer is: preferences, patience and digital success differ."""

    share: Share = quantity(1.0, title="Share of customers")
    first_channel: dict[Name, Share] | None = quantity(
        None, title="First channel", help="Shares that replace those of every intent."
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
        help="Poisson around the volume, or exactly the volume (its fraction drawn).",
    )


class Intent(Part):
    """Why the customer comes."""

    demand: Literal["value", "failure"] = quantity(
        "value", title="Demand", help="Failure demand exists only because something went wrong."
    )
    volume: Volume = quantity(title="Volume")
    first_channel: dict[Name, Share] = quantity({}, title="First channel")


# -- channels --------------------------------------------------------------------------------------


class Target(Part):
    """A service-level target: this share answered within this time, of which contacts."""

    share: Share = quantity(title="Share", parameter="phone.target_share")
    within: Seconds = quantity(title="Within", unit="s", parameter="phone.target_within")
    of: Literal["offered", "answered", "abandons_good"] = quantity(
        "offered", title="Of", help="The definition of service level that is used."
    )


def _completed_target(value: object, parameter: str) -> object:
    """A target given in part takes what it leaves out from the channel's own default."""
    return {**default_of(parameter), **value} if isinstance(value, Mapping) else value


class Front(Part):
    """An automated first stage of a contact (an IVR, a bot). Not simulated yet."""

    duration: Duration = quantity(title="Duration", parameter="ivr.duration")
    containment: ByIntent[Share] = quantity(0.0, title="Containment")
    hang_up: Share = quantity(title="Hang-up", parameter="ivr.hang_up")
    misroute: Share = quantity(0.0, title="Misroute")


class Callback(Part):
    """An offer to ring back. Not simulated yet."""

    offer_above: Seconds = quantity(title="Offer above", unit="s", parameter="callback.offer_above")
    take_up: Share = quantity(title="Take-up", parameter="callback.take_up")
    connect: Share = quantity(title="Connect", parameter="callback.connect")
    attempts: Annotated[int, Field(ge=1, le=20)] = quantity(3, title="Attempts")


class ChannelBase(Part):
    """What every channel has."""

    open: Hours | None = quantity(None, title="Opening hours", help="Omitted: always open.")
    lines: Annotated[int, Field(ge=0, le=1_000_000)] | None = quantity(
        None,
        title="Lines",
        unit="lines",
        help="Most contacts in the channel at once, waiting or served. Omitted: unlimited.",
    )


class SelfService(ChannelBase):
    """A channel without agents: a portal, an app, a bot, a knowledge video."""

    mode: Literal["self_service"] = "self_service"
    duration: ByIntent[Duration] = quantity(title="Duration", parameter="self_service.duration")
    success: ByIntent[Share] = quantity(
        title="Success", parameter="self_service.success", help="Share of attempts that resolve."
    )
    cost_per_contact: Amount = quantity(
        title="Cost per contact", unit="money", parameter="self_service.cost_per_contact"
    )


class Served(ChannelBase):
    """What channels with agents share."""

    front: Front | None = quantity(None, title="Automated front")
    wrap: Duration | None = quantity(
        None, title="Wrap", help="After-call work: the agent alone. Not simulated yet."
    )
    resolution: ByIntent[Share] = quantity(
        title="Resolution",
        parameter="phone.resolution",
        help="First-contact resolution: share of served contacts that resolve the case.",
    )
    cost_per_contact: Amount = quantity(
        0.0, title="Cost per contact", unit="money", help="On top of agents' pay."
    )


class Live(Served):
    """One contact at a time per agent, and the customer waits: phone, video."""

    mode: Literal["live"] = "live"
    at_close: Literal["serve", "drop"] = quantity("serve", title="At closing")
    handle_time: ByIntent[Duration] = quantity(title="Handle time", parameter="phone.handle_time")
    patience: ByIntent[Duration] = quantity(title="Patience", parameter="phone.patience")
    balk: Share = quantity(0.0, title="Balk", help="Not simulated yet.")
    target: Target = quantity(title="Target", default_factory=Target, parameter="phone.target_share")
    short_abandon: Seconds = quantity(
        title="Short abandon",
        unit="s",
        parameter="phone.short_abandon",
        help="Abandons within this time are counted apart.",
    )
    callback: Callback | None = quantity(None, title="Callback")


class Concurrent(Served):
    """Several contacts per agent at once, sharing attention: chat, messaging."""

    mode: Literal["concurrent"] = "concurrent"
    at_close: Literal["serve", "drop"] = quantity("serve", title="At closing")
    cap: Annotated[int, Field(ge=1, le=20)] = quantity(
        title="Cap", unit="contacts", parameter="chat.cap", help="Most contacts open per agent."
    )
    slowdown: tuple[Annotated[float, Field(ge=1.0, le=100.0, allow_inf_nan=False)], ...] | None = quantity(
        None,
        title="Slow-down",
        help="f(k): how much longer a contact takes with k open; f(1) is 1. "
        "Omitted: the library's figure per extra contact.",
    )
    handle_time: ByIntent[Duration] = quantity(title="Handle time", parameter="chat.handle_time")
    patience: ByIntent[Duration] = quantity(title="Patience", parameter="chat.patience")
    balk: Share = quantity(0.0, title="Balk", help="Not simulated yet.")
    silent_abandonment: Share = quantity(0.0, title="Silent abandonment", help="Not simulated yet.")
    target: Annotated[Target, BeforeValidator(partial(_completed_target, parameter="chat.target"))] = (
        quantity(title="Target", parameter="chat.target")
    )
    short_abandon: Seconds = quantity(title="Short abandon", unit="s", parameter="phone.short_abandon")


class Deferred(Served):
    """A backlog with a response target: email, social, letters."""

    mode: Literal["deferred"] = "deferred"
    handle_time: ByIntent[Duration] = quantity(title="Handle time", parameter="email.handle_time")
    interruptible: bool = quantity(
        True, title="Interruptible", help="A live contact preempts it, and it resumes."
    )
    target: Annotated[Target, BeforeValidator(partial(_completed_target, parameter="email.target"))] = (
        quantity(title="Target", parameter="email.target")
    )


Channel = Annotated[SelfService | Live | Concurrent | Deferred, Field(discriminator="mode")]
"""A channel of any mode; ``mode`` says which."""


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


# -- agents ----------------------------------------------------------------------------------------


class Skill(Part):
    """The right of a group to take a channel."""

    priority: Annotated[int, Field(ge=1, le=99)] = quantity(1, title="Priority", help="1 first.")
    intents: Names | None = quantity(None, title="Only intents")
    handle_time: Factor = quantity(1.0, title="Handle-time factor")
    weight: Factor = quantity(1.0, title="Weight", help="For weighted wait. Not simulated yet.")
    overflow_after: Seconds = quantity(0.0, title="Overflow after", unit="s", help="Not simulated yet.")
    keep_idle: Count = quantity(0, title="Keep idle", unit="agents", help="Not simulated yet.")


class Group(Part):
    """Agents with the same skills, schedule and pay.

    ``staff`` is the number scheduled: from each local time on, or one number per interval of a day
    (or of all days). On the floor are round(scheduled × (1 − shrinkage)).
    """

    skills: dict[Name, Skill] = quantity(title="Skills", min_length=1)
    staff: Staffing = quantity(title="Staff", unit="agents")
    shrinkage: Annotated[float, Field(ge=0.0, le=0.99, allow_inf_nan=False)] = quantity(
        title="Shrinkage", parameter="agents.shrinkage"
    )
    pay_per_hour: Amount = quantity(title="Pay per hour", unit="money/h", parameter="agents.pay_per_hour")


class Routing(Part):
    """How contacts and agents are matched."""

    contact_order: Literal["weighted_wait", "priority_then_oldest", "oldest_over_all", "growing_score"] = (
        quantity("weighted_wait", title="Contact order")
    )
    agent_order: Literal["longest_idle", "random", "least_loaded", "fill_first"] = quantity(
        "longest_idle", title="Agent order"
    )


# -- what goes wrong -------------------------------------------------------------------------------


class Incident(Part):
    """A window in which attempts in a channel fail more, or wholly."""

    name: str = quantity(title="Name", min_length=1, max_length=80)
    channel: Name = quantity(title="Channel")
    window: tuple[Moment, Moment] = quantity(title="Window", help="Local start and end.")
    failure: Share = quantity(1.0, title="Failure", help="Probability that an attempt fails.")
    slow_down: Factor = quantity(1.0, title="Slow-down", help="Not simulated yet.")


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
    frustration: Frustration = quantity(title="Frustration", default_factory=Frustration)
    groups: dict[Name, Group] = quantity({}, title="Groups", max_length=200)
    incidents: tuple[Incident, ...] = quantity((), title="Incidents", max_length=1000)
    routing: Routing = quantity(Routing(), title="Routing")

    def __init__(self, /, **fields: Any) -> None:
        """Take fields as a scenario file writes them; CSV files are looked for in the working directory.

        Raises :class:`~scenarios.errors.ScenarioError` that lists every field that is wrong.
        """
        from scenarios import tables, wording

        read, problems = tables.read_side_tables(fields, folder=Path.cwd())
        try:
            super().__init__(**read)
        except ValidationError as error:
            problems = [*problems, *wording.problems_of(error, read, Scenario)]
        if problems:
            raise ScenarioError(problems)

"""Channels: how customers reach the company, and how each works."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from scenarios.distributions import Duration
from scenarios.fields import ByIntent, Name, Part
from scenarios.parameters import default_of
from scenarios.times import Hours
from scenarios.units import Amount, Count, Seconds, Share, quantity


class Target(Part):
    """A service-level target: this share answered within this time, of which contacts."""

    share: Share = quantity(title="Share", parameter="phone.target_share")
    within: Seconds = quantity(title="Within", unit="s", parameter="phone.target_within")
    of: Literal["offered", "answered", "abandons_good"] = quantity(
        "offered", title="Of", help="The definition of service level that is used."
    )
    clock: Literal["always", "open_hours"] = quantity(
        "always", title="Clock", help="It runs always, or only while the channel is open."
    )


def _completed_target(value: object, parameter: str) -> object:
    """A target given in part takes what it leaves out from the channel's own default."""
    return {**default_of(parameter), **value} if isinstance(value, Mapping) else value


class Front(Part):
    """An automated first stage of a contact: an IVR, a bot. It holds a line."""

    duration: Duration = quantity(title="Duration", parameter="ivr.duration")
    containment: ByIntent[Share] = quantity(
        0.0, title="Containment", help="Share that ends here without an agent."
    )
    hang_up: Share = quantity(
        title="Hang-up", parameter="ivr.hang_up", help="Share of customers who leave in the front."
    )
    misroute: Share = quantity(
        0.0,
        title="Misroute",
        help="Share sent to the wrong skill: the agent there finds out and transfers the contact.",
    )
    transfer_part: Share = quantity(
        title="Time to a transfer",
        parameter="ivr.transfer_part",
        help="Share of the handle time that passes before a misrouted contact is transferred.",
    )


class Callback(Part):
    """An offer to ring back: the customer hangs up and keeps the place in the queue."""

    offer_above: Seconds = quantity(
        title="Offer above",
        unit="s",
        parameter="callback.offer_above",
        help="Offered to customers for whom a longer wait is expected.",
    )
    take_up: Share = quantity(
        title="Take-up", parameter="callback.take_up", help="Share of those offered who accept."
    )
    connect: Share = quantity(
        title="Connect", parameter="callback.connect", help="Share of tries that the customer answers."
    )
    attempts: Annotated[int, Field(ge=1, le=20)] = quantity(
        title="Tries", parameter="callback.attempts", help="After so many in vain the contact is abandoned."
    )
    retry: Seconds = quantity(
        title="Time between tries",
        unit="s",
        parameter="callback.retry",
        help="From a try that nobody answered to the next.",
    )
    ring: Seconds = quantity(
        title="Ringing in vain",
        unit="s",
        parameter="callback.ring",
        help="What an agent spends on a try that nobody answers.",
    )
    estimate: Literal["head_of_line", "last_wait", "queue"] = quantity(
        "head_of_line",
        title="Expected wait",
        help="How the wait is told: how long the first in the queue has waited, how long the last one "
        "answered had waited, or queue × handle time / agents.",
    )


class Transfer(Part):
    """Contacts that agents pass on to another channel: to a second tier, to a specialist."""

    share: ByIntent[Share] = quantity(
        title="Share passed on",
        parameter="phone.transfer_share",
        help="Of contacts whose handling ends; a skill may have a share of its own.",
    )
    to: Name = quantity(title="To channel", help="A channel with agents.")
    part: Share = quantity(
        1.0,
        title="Time before that",
        help="Share of the handle time that passes before a contact is passed on.",
    )
    when_busy: Literal["queue", "skip", "lose"] = quantity(
        "queue",
        title="When nobody is free",
        help="It waits there (queue), the agent ends it without (skip), or it is cut off (lose).",
    )


class Dialler(Part):
    """Outbound: customers on a list are called when agents are idle. Everybody who comes to the channel goes
    on the list, in order; those not reached come on it again."""

    calls_per_agent: Annotated[float, Field(gt=0.0, le=20.0, allow_inf_nan=False)] = quantity(
        title="Calls per idle agent",
        parameter="dialler.calls_per_agent",
        help="Calls ringing at once for each agent who is idle beyond those whom the skill keeps idle. "
        "1 is progressive dialling: nobody answers in vain; more is faster, and some do.",
    )
    reached: Share = quantity(
        title="Reached", parameter="dialler.reached", help="Share of calls that the right person answers."
    )
    ring: Seconds = quantity(
        title="Ringing", unit="s", parameter="dialler.ring", help="From placing a call until that is known."
    )
    attempts: Annotated[int, Field(ge=1, le=20)] = quantity(
        title="Calls to a customer",
        parameter="dialler.attempts",
        help="After so many in vain the contact ends as unreached.",
    )
    retry: Seconds = quantity(
        title="Time between calls",
        unit="s",
        parameter="dialler.retry",
        help="From a call that nobody answered until the customer is on the list again.",
    )


class Consult(Part):
    """Contacts for whose last part an agent needs a second one: a conference with an expert."""

    share: ByIntent[Share] = quantity(0.0, title="Share", help="Share of handled contacts that need it.")
    group: Name = quantity(title="Group", help="Whose agents help.")
    part: Share = quantity(
        0.5, title="Time together", help="Share of the handle time, its last part, that takes both agents."
    )
    when_busy: Literal["wait", "skip"] = quantity(
        "wait",
        title="When nobody is idle",
        help="Customer and agent wait for one (wait), or the agent goes on alone (skip).",
    )


_BALK = "Share of customers who leave at once when they would have to wait."


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

    mode: Literal["self_service"] = quantity("self_service", title="Mode")
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
        None, title="Wrap", help="After-call work: the customer is gone, the agent is not free."
    )
    resolution: ByIntent[Share] = quantity(
        title="Resolution",
        parameter="phone.resolution",
        help="First-contact resolution: share of served contacts that resolve the case.",
    )
    transfer: Transfer | None = quantity(
        None, title="Passing on", help="Omitted: agents pass on only what was misrouted."
    )
    cost_per_contact: Amount = quantity(
        0.0, title="Cost per contact", unit="money", help="On top of agents' pay."
    )
    backlog: Count = quantity(
        0,
        title="Backlog at the start",
        unit="cases",
        help="Contacts that wait already when the channel first opens, of the intents that come here first; "
        "none where no intent does.",
    )


class Live(Served):
    """One contact at a time per agent, and the customer waits: phone, video."""

    mode: Literal["live"] = quantity("live", title="Mode")
    at_close: Literal["serve", "drop"] = quantity("serve", title="At closing")
    handle_time: ByIntent[Duration] = quantity(title="Handle time", parameter="phone.handle_time")
    patience: ByIntent[Duration] = quantity(title="Patience", parameter="phone.patience")
    balk: Share = quantity(0.0, title="Balk", help=_BALK)
    target: Target = quantity(title="Target", default_factory=Target, parameter="phone.target_share")
    short_abandon: Seconds = quantity(
        title="Short abandon",
        unit="s",
        parameter="phone.short_abandon",
        help="Abandons within this time are counted apart.",
    )
    callback: Callback | None = quantity(None, title="Callback", help="Omitted: none is offered.")
    consult: Consult | None = quantity(
        None, title="Consult", help="Contacts that need a second agent for their last part."
    )
    dialler: Dialler | None = quantity(
        None, title="Dialler", help="Agents call customers. Omitted: customers call."
    )


class Concurrent(Served):
    """Several contacts per agent at once, sharing attention: chat, messaging."""

    mode: Literal["concurrent"] = quantity("concurrent", title="Mode")
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
    balk: Share = quantity(0.0, title="Balk", help=_BALK)
    silent_abandonment: Share = quantity(
        0.0,
        title="Silent abandonment",
        help="Share of those who give up that leave without a sign; an agent loses time finding out.",
    )
    silent_time: Duration = quantity(
        title="Time to find out",
        parameter="chat.silent_time",
        help="What an agent loses on a customer who has left silently.",
    )
    target: Annotated[Target, BeforeValidator(partial(_completed_target, parameter="chat.target"))] = (
        quantity(title="Target", parameter="chat.target")
    )
    short_abandon: Seconds = quantity(title="Short abandon", unit="s", parameter="phone.short_abandon")


class Deferred(Served):
    """A backlog with a response target: email, social, letters."""

    mode: Literal["deferred"] = quantity("deferred", title="Mode")
    handle_time: ByIntent[Duration] = quantity(title="Handle time", parameter="email.handle_time")
    interruptible: bool = quantity(
        True, title="Interruptible", help="A live contact preempts it, and it resumes."
    )
    target: Annotated[Target, BeforeValidator(partial(_completed_target, parameter="email.target"))] = (
        quantity(title="Target", parameter="email.target")
    )


Channel = Annotated[SelfService | Live | Concurrent | Deferred, Field(discriminator="mode")]
"""A channel of any mode; ``mode`` says which."""

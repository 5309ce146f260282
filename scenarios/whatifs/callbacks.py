"""Offer callbacks: who would wait too long hangs up, keeps the place in the queue, and is rung back."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from scenarios.channels import Callback
from scenarios.fields import Name
from scenarios.model import Scenario
from scenarios.units import Seconds, Share, format_duration
from scenarios.whatifs.base import PlannersGroup, WhatIf, replaced
from scenarios.whatifs.fields import asked
from scenarios.whatifs.words import per_cent


class OfferCallbacks(WhatIf):
    """Customers for whom a long wait is expected may hang up instead, and are rung back in their turn.

    Whoever accepts keeps the place in the queue; an agent rings when it comes up, and again later if nobody
    answers. Agents have as much to do as before, and more for every try in vain: what falls is the time that
    customers spend on the line. Whoever is rung back no longer gives up, so those who hold may wait longer
    behind them and give up more often. Replaces what the channel offers now. Neutral: a take-up
    of 0 where no callback is offered.
    """

    kind: ClassVar[str] = "offer_callbacks"
    title: ClassVar[str] = "Offer callbacks"
    group: ClassVar[PlannersGroup] = "Channels"
    inbound: ClassVar[bool] = True

    channel: Name = asked(kind="choice", title="Channel", refers_to="channels", modes=("live",))
    offer_above: Seconds = asked(
        kind="duration",
        title="Offered above",
        help="To customers for whom a longer wait is expected.",
        unit="s",
        parameter="callback.offer_above",
        step=30,
    )
    take_up: Share = asked(
        kind="share",
        title="Take-up",
        help="Share of those offered who accept. Surveys ask what people would do, which is more. Those who "
        "hold on may wait longer and give up more often.",
        parameter="callback.take_up",
        step=0.05,
    )
    connect: Share = asked(
        kind="share",
        title="Reached by a try",
        help="Share of tries that the customer answers.",
        parameter="callback.connect",
        step=0.05,
    )
    attempts: Annotated[int, Field(ge=1, le=20)] = asked(
        kind="number",
        title="Tries",
        help="After so many in vain the customer counts as abandoned.",
        unit="tries",
        parameter="callback.attempts",
        step=1,
    )
    retry: Seconds = asked(
        kind="duration",
        title="Time between tries",
        unit="s",
        parameter="callback.retry",
        step=60,
        advanced=True,
    )
    ring: Seconds = asked(
        kind="duration",
        title="Ringing in vain",
        help="What an agent spends on a try that nobody answers.",
        unit="s",
        parameter="callback.ring",
        step=5,
        advanced=True,
    )
    estimate: Literal["head_of_line", "last_wait", "queue"] = asked(
        "head_of_line",
        kind="choice",
        title="Expected wait",
        help="head_of_line: how long the first in the queue has waited; last_wait: how long the last one "
        "answered had waited; queue: contacts in the queue × handle time / agents.",
        advanced=True,
    )

    def describe(self, scenario: Scenario) -> str:
        """For example ``"phone: a callback offered above 2 min, 50% accept"``."""
        above = format_duration(self.offer_above)
        return f"{self.channel}: a callback offered above {above}, {per_cent(self.take_up)} accept"

    def _changed(self, scenario: Scenario) -> Scenario:
        channel = scenario.channels[self.channel]
        assert channel.mode == "live"  # problems() admits no other
        if self.take_up == 0.0 and channel.callback is None:
            return scenario
        callback = Callback(**{name: getattr(self, name) for name in Callback.model_fields})
        changed = channel.model_copy(update={"callback": callback})
        return scenario.model_copy(update={"channels": replaced(scenario.channels, {self.channel: changed})})

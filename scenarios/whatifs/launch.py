"""Launch a digital channel: who takes it up, how often it works, and where its failures go."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from scenarios.channels import Channel, Concurrent, SelfService
from scenarios.errors import Problem
from scenarios.fields import ByIntent, Name, Outcome
from scenarios.model import NextStep, Scenario, Skill
from scenarios.parameters import default_of
from scenarios.units import Amount, Seconds, Share
from scenarios.whatifs.base import PlannersGroup, WhatIf, replaced
from scenarios.whatifs.fallback import (
    SERVED_MODES,
    destinations,
    library_law,
    library_mean,
    main_phone,
    other_served,
)
from scenarios.whatifs.fields import asked
from scenarios.whatifs.volume import scaled_volume
from scenarios.whatifs.words import number, per_cent, shares_text

AGENTS = {"mode": ("concurrent",)}
NO_AGENTS = {"mode": ("self_service",)}
GROWING = {"stage": ("in_a_week",)}


class LaunchChannel(WhatIf):
    """A new channel, without agents (a bot, an app, a portal) or with (chat, messaging).

    It takes its share of first contacts in proportion from all other channels. Extra cases that its
    ease brings all start in it: volumes rise by ``induced`` and adoption becomes
    ``(share + induced) / (1 + induced)``, so the other channels' first contacts stay as they would be
    without. A ``pilot`` is the same launch offered to a part of the customers: share and extra cases
    shrink with it. In a ``week`` after the launch only some have come to use it, and it works less well
    than it will once its defects are mended. After a failure ``moves_on`` try elsewhere, ``to_phone`` of
    them on the phone; the others give up. A channel with agents opens when the channel that customers
    fall back on does. Neutral: a share of 0 and no extra cases, or a pilot with nobody.
    """

    kind: ClassVar[str] = "launch_channel"
    title: ClassVar[str] = "Launch a digital channel"
    group: ClassVar[PlannersGroup] = "Channels"

    name: Name = asked("new_chat", kind="text", title="Name", help="Letters, digits, _ and -.")
    mode: Literal["self_service", "concurrent"] = asked(
        "self_service",
        kind="choice",
        title="Worked by",
        help="self_service: no agents (a bot, an app); concurrent: agents with several chats at once.",
    )
    share: ByIntent[Share] = asked(
        kind="shares",
        title="Takes this share of customers",
        help="Of first contacts; one share, or by segment (segments not named: 0, or default).",
        parameter="launch.share",
        refers_to="segments",
        step=0.01,
    )
    success: ByIntent[Share] = asked(
        kind="shares",
        title="Succeeds",
        help="Share of its contacts that resolve the case; one share, or by intent (others: the library's).",
        parameter="launch.success",
        refers_to="intents",
        step=0.01,
    )
    moves_on: Share = asked(
        kind="share",
        title="After a failure, move on",
        help="To another channel; the others give up.",
        parameter="spill.moves_on",
        step=0.01,
    )
    to_phone: Share = asked(
        kind="share",
        title="Of those, to the phone",
        help="The rest take another channel with agents, where there is one.",
        parameter="spill.to_phone",
        step=0.01,
    )
    induced: Share = asked(
        kind="share",
        title="Extra cases",
        help="On top of today's, because the channel is easy; all start in it.",
        parameter="launch.induced_demand",
        step=0.01,
    )
    pilot: Share = asked(
        1.0,
        kind="share",
        title="Offered to",
        help="Share of customers who are offered it: 10% is a pilot, 100% the roll-out.",
        low=0.05,
        high=1,
        step=0.05,
        advanced=True,
    )
    stage: Literal["settled", "in_a_week"] = asked(
        "settled",
        kind="choice",
        title="Looked at",
        help="settled: take-up and success are as given; in_a_week: they are still growing, on an S-curve.",
        advanced=True,
    )
    week: Annotated[float, Field(ge=0.0, le=520.0, allow_inf_nan=False)] = asked(
        4.0,
        kind="number",
        title="Week after the launch",
        unit="weeks",
        shown_when=GROWING,
        low=0,
        high=26,
        step=1,
        advanced=True,
    )
    half_way: Annotated[float, Field(gt=0.0, le=520.0, allow_inf_nan=False)] = asked(
        kind="number",
        title="Half-way after",
        help="Weeks until half of those who will use it do.",
        unit="weeks",
        parameter="launch.half_way",
        shown_when=GROWING,
        step=1,
        advanced=True,
    )
    first_success: Share = asked(
        kind="share",
        title="Success before any take-up",
        help="Against what it will be once defects are mended: with 70%, 60% begins as 42%.",
        parameter="launch.first_success",
        shown_when=GROWING,
        step=0.05,
        advanced=True,
    )
    duration: Seconds = asked(
        kind="duration",
        title="Time in the channel",
        help="Mean of an attempt, successful or not.",
        unit="s",
        parameter="self_service.duration",
        default_factory=lambda: library_mean("self_service.duration"),
        shown_when=NO_AGENTS,
        step=15,
    )
    groups: tuple[Name, ...] = asked(
        (),
        kind="choices",
        title="Taken by",
        help="Groups of agents who take it beside what they do now.",
        refers_to="groups",
        shown_when=AGENTS,
    )
    handle_time: Seconds = asked(
        kind="duration",
        title="Handle time",
        help="Mean of a contact that has the agent's whole attention.",
        unit="s",
        parameter="chat.handle_time",
        default_factory=lambda: library_mean("chat.handle_time"),
        shown_when=AGENTS,
        step=15,
    )
    cap: Annotated[int, Field(ge=1, le=20)] = asked(
        kind="number",
        title="Contacts at once",
        help="Most contacts open per agent.",
        unit="contacts",
        parameter="chat.cap",
        shown_when=AGENTS,
        step=1,
    )
    priority: Annotated[int, Field(ge=1, le=99)] = asked(
        2,
        kind="number",
        title="Priority",
        help="Among what the groups take; 1 comes first.",
        shown_when=AGENTS,
        low=1,
        high=9,
        step=1,
        advanced=True,
    )
    falls_back_on: Name | None = asked(
        None,
        kind="choice",
        title="The phone is",
        help="The channel that those who take the phone go to. Omitted: the scenario's main phone channel.",
        refers_to="channels",
        modes=SERVED_MODES,
        advanced=True,
    )
    otherwise: Name | None = asked(
        None,
        kind="choice",
        title="The rest go to",
        help="Omitted: the first other channel with agents.",
        refers_to="channels",
        modes=SERVED_MODES,
        advanced=True,
    )
    delay: Seconds = asked(
        kind="duration",
        title="Next attempt after",
        help="Mean time from a failure to the next attempt.",
        unit="s",
        parameter="spill.delay",
        default_factory=lambda: library_mean("spill.delay"),
        step=30,
        advanced=True,
    )
    cost_per_contact: Amount | None = asked(
        None,
        kind="number",
        title="Cost per contact",
        help="On top of agents' pay. Omitted: the library's for self-service, nothing with agents.",
        unit="money",
        low=0,
        high=10,
        step=0.05,
        advanced=True,
    )

    def describe(self, scenario: Scenario) -> str:
        """For example ``"launch new_chat: takes 20%, succeeds 67%"``."""
        how = "launch" if self.pilot == 1.0 else f"pilot ({per_cent(self.pilot)} of customers)"
        how += f", week {number(self.week)}," if self.stage == "in_a_week" else ""
        text = f"{how} {self.name}: takes {shares_text(self.share)}, succeeds {shares_text(self.success)}"
        return text + (f", {per_cent(self.induced)} extra cases" if self.induced else "")

    @property
    def _reach(self) -> float:
        """How much of its settled take-up the channel has: of those whom it is offered, by this week."""
        return self.pilot * self._grown

    @property
    def _grown(self) -> float:
        """How far the launch has come, of 1."""
        return 1.0 if self.stage == "settled" else settled(self.week, self.half_way)

    @property
    def _induced(self) -> float:
        """Extra cases as a share of today's, as far as the channel has come."""
        return self.induced * self._reach

    def _misfits(self, scenario: Scenario) -> Iterable[Problem]:
        if self.name in scenario.channels:
            yield Problem(
                "name", self.name,
                f"a name that no channel has yet (there are {', '.join(scenario.channels)})",
                f"write new_{self.name}"[:46],
            )  # fmt: skip
        if self.mode == "concurrent" and not self.groups:
            yield Problem(
                "groups", None, "at least one group that takes the contacts",
                f"choose {' or '.join(scenario.groups) or 'self_service as the mode'}",
            )  # fmt: skip
        if self.mode == "self_service" and self.groups:
            yield Problem(
                "groups", list(self.groups), "nothing, as a self-service channel has no agents",
                "leave groups out, or choose concurrent as the mode",
            )  # fmt: skip
        if self.falls_back_on is not None and self.falls_back_on == self.otherwise:
            yield Problem(
                "otherwise", self.otherwise, f"a channel other than {self.falls_back_on}",
                "leave it out",
            )  # fmt: skip

    def _changed(self, scenario: Scenario) -> Scenario:
        segments = {
            name: segment.model_copy(update={"adoption": {**segment.adoption, self.name: adoption}})
            for name, segment in scenario.segments.items()
            if (adoption := self._adoption(name)) > 0
        }
        if not segments:
            return scenario
        intents = {
            name: intent.model_copy(update={"volume": scaled_volume(intent.volume, 1.0 + self._induced)})
            for name, intent in scenario.intents.items()
            if self._induced > 0
        }
        phone = self.falls_back_on or main_phone(scenario)
        groups = {
            name: scenario.groups[name].model_copy(
                update={"skills": {**scenario.groups[name].skills, self.name: Skill(priority=self.priority)}}
            )
            for name in self.groups
        }
        return scenario.model_copy(
            update={
                "segments": replaced(scenario.segments, segments),
                "intents": replaced(scenario.intents, intents),
                "channels": replaced(scenario.channels, {self.name: self._channel(scenario, phone)}),
                "groups": replaced(scenario.groups, groups),
                "next_steps": (*scenario.next_steps, *self._next_steps(scenario, phone)),
            }
        )

    def _adoption(self, segment: str) -> float:
        if isinstance(self.share, dict):
            share = self.share.get(segment, self.share.get("default", 0.0))
        else:
            share = self.share
        return (share * self._reach + self._induced) / (1.0 + self._induced)

    def _channel(self, scenario: Scenario, phone: str | None) -> Channel:
        success = self.success
        if isinstance(success, dict):
            success = {"default": default_of("launch.success"), **success}
        if self.stage == "in_a_week":
            success = self._early(success)
        extra: dict[str, Any] = {}
        if self.cost_per_contact is not None:
            extra["cost_per_contact"] = self.cost_per_contact
        if self.mode == "self_service":
            law = library_law("self_service.duration", self.duration)
            return SelfService(mode="self_service", duration=law, success=success, **extra)
        law = library_law("chat.handle_time", self.handle_time)
        opening = scenario.channels[phone].open if phone is not None else None
        return Concurrent(
            mode="concurrent",
            open=opening, cap=self.cap, handle_time=law, resolution=success, **extra,
        )  # fmt: skip

    def _early(self, success: ByIntent[Share]) -> ByIntent[Share]:
        """Success while defects are still being mended."""
        factor = self.first_success + (1.0 - self.first_success) * self._grown
        if isinstance(success, dict):
            return {intent: round(share * factor, 9) for intent, share in success.items()}
        return round(success * factor, 9)

    def _next_steps(self, scenario: Scenario, phone: str | None) -> tuple[NextStep, ...]:
        other = self.otherwise or other_served(scenario, but_not=(phone, self.name))
        go = destinations(phone, other, self.moves_on, self.to_phone)
        if not go:
            return ()
        failures: tuple[Outcome, ...] = (
            ("failed",) if self.mode == "self_service" else ("unresolved", "abandoned", "blocked", "closed")
        )
        delay = library_law("spill.delay", self.delay)
        return (NextStep(after=self.name, outcome=failures, go=go, delay=delay),)


def settled(week: float, half_way: float) -> float:
    """How far a launch has come after so many weeks: a logistic curve from 5% over a half to 95%.

    1 / (1 + 19^(1 - week / half_way)), the S-curve of adoption (E. Rogers, Diffusion of Innovations, 1962);
    that it begins at 5% is an assumption.

    >>> [round(settled(week, 6), 2) for week in (0, 3, 6, 12)]
    [0.05, 0.19, 0.5, 0.95]
    """
    return float(1.0 / (1.0 + 19.0 ** (1.0 - week / half_way)))

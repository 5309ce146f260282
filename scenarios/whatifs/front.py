"""Rework the IVR: its time, what it contains, whom it loses and whom it sends to the wrong agent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from scenarios.channels import Front
from scenarios.distributions import Law, parse_law
from scenarios.errors import Problem
from scenarios.fields import ByIntent, Name
from scenarios.model import NextStep, Scenario
from scenarios.parameters import default_of
from scenarios.units import Seconds, Share, format_duration
from scenarios.whatifs.base import PlannersGroup, WhatIf, replaced
from scenarios.whatifs.fallback import library_law
from scenarios.whatifs.fields import asked
from scenarios.whatifs.words import per_cent, shares_text


class ReworkFront(WhatIf):
    """The IVR or bot in front of a channel changes, or a channel gets one.

    What is not given stays as it is; in a new front it is the library's, and nobody is contained or
    misrouted. Containment is what the IVR reports; ``come_back`` is the share of those customers whom it did
    not help, and who contact again: true containment is the rest. Neutral: nothing given.
    """

    kind: ClassVar[str] = "rework_front"
    title: ClassVar[str] = "Rework the IVR or bot"
    group: ClassVar[PlannersGroup] = "Channels"
    inbound: ClassVar[bool] = True

    channel: Name = asked(
        kind="choice", title="In front of", refers_to="channels", modes=("live", "concurrent", "deferred")
    )
    duration: Seconds | None = asked(
        None,
        kind="duration",
        title="Time in it",
        help="Mean time before a customer leaves it. Omitted: as it is.",
        unit="s",
        parameter="ivr.duration",
        step=5,
    )
    containment: ByIntent[Share] | None = asked(
        None,
        kind="shares",
        title="Contained",
        help="Share that ends there without an agent; one share, or by intent. Omitted: as it is.",
        parameter="ivr.containment",
        refers_to="intents",
        step=0.01,
    )
    misroute: Share | None = asked(
        None,
        kind="share",
        title="Misrouted",
        help="Share sent to the wrong agents, who transfer them. Omitted: as it is.",
        parameter="ivr.misroute",
        step=0.01,
    )
    hang_up: Share | None = asked(
        None,
        kind="share",
        title="Hang up",
        help="Share that leaves in it: 2.5% in a good menu, above 10% in a poor one. Omitted: as it is.",
        parameter="ivr.hang_up",
        step=0.005,
    )
    come_back: Share | None = asked(
        None,
        kind="share",
        title="Contained, but not helped",
        help="Share of those contained who contact the channel again. Omitted: as the next steps say, or "
        "nobody.",
        low=0,
        high=0.6,
        step=0.05,
        advanced=True,
    )

    def describe(self, scenario: Scenario) -> str:
        """For example ``"phone menu 30 s, 20% contained, 2% misrouted"``."""
        parts = [] if self.duration is None else [format_duration(self.duration)]
        if self.containment is not None:
            parts.append(f"{shares_text(self.containment)} contained")
        if self.misroute is not None:
            parts.append(f"{per_cent(self.misroute)} misrouted")
        if self.hang_up is not None:
            parts.append(f"{per_cent(self.hang_up)} hang up")
        if self.come_back is not None:
            parts.append(f"{per_cent(self.come_back)} come back")
        return f"{self.channel} menu: {', '.join(parts) or 'as it is'}"

    def _misfits(self, scenario: Scenario) -> Iterable[Problem]:
        channel = scenario.channels.get(self.channel)
        if channel is None or self.come_back is None:
            return
        if getattr(channel, "front", None) is None and not self._changes_front:
            yield Problem(
                "come_back", self.come_back, f"nothing, as {self.channel} has no IVR or bot",
                "give a containment too, or leave it out",
            )  # fmt: skip
        shared = [step for step in _after_containment(scenario, self.channel) if not _is_plain(step)]
        if shared:
            yield Problem(
                "come_back", self.come_back,
                f"nothing, as next steps say after {self.channel} contained what whom does",
                "change those next steps in the scenario, or leave it out",
            )  # fmt: skip

    @property
    def _changes_front(self) -> bool:
        given = (self.duration, self.containment, self.misroute, self.hang_up)
        return any(value is not None for value in given)

    def _changed(self, scenario: Scenario) -> Scenario:
        channel = scenario.channels[self.channel]
        assert channel.mode != "self_service"  # problems() admits no other
        if self._changes_front:
            changed = channel.model_copy(update={"front": self._front(channel.front or Front())})
            scenario = scenario.model_copy(
                update={"channels": replaced(scenario.channels, {self.channel: changed})}
            )
        return scenario if self.come_back is None else self._coming_back(scenario, self.come_back)

    def _front(self, now: Front) -> Front:
        changes: dict[str, Any] = {}
        if self.duration is not None:
            changes["duration"] = _with_mean(now.duration, self.duration)
        if self.containment is not None:
            changes["containment"] = _over(now.containment, self.containment)
        if self.misroute is not None:
            changes["misroute"] = self.misroute
        if self.hang_up is not None:
            changes["hang_up"] = self.hang_up
        return now.model_copy(update=changes)

    def _coming_back(self, scenario: Scenario, share: float) -> Scenario:
        old = _after_containment(scenario, self.channel)
        if not old and share == 0.0:
            return scenario
        delay = old[0].delay if old else parse_law(default_of("spill.delay"))
        go = {self.channel: share} if share > 0 else {}
        step = NextStep(after=self.channel, outcome=("contained",), go=go, delay=delay)
        if not old:
            return scenario.model_copy(update={"next_steps": (*scenario.next_steps, step)})
        steps = tuple(step if one is old[0] else one for one in scenario.next_steps)
        return scenario.model_copy(update={"next_steps": steps})


def _after_containment(scenario: Scenario, channel: str) -> list[NextStep]:
    return [step for step in scenario.next_steps if step.after == channel and "contained" in step.outcome]


def _is_plain(step: NextStep) -> bool:
    """Whether a next step is about containment alone, of everybody."""
    return step.outcome == ("contained",) and step.intents is None and step.segments is None


def _with_mean(law: Law, mean_seconds: float) -> Law:
    """The law with another mean, of the same shape where it has one; else the library's shape."""
    if mean_seconds > 0 and "mean" in type(law).model_fields:
        return type(law).model_validate({**law.model_dump(), "mean": mean_seconds})
    return library_law("ivr.duration", mean_seconds)


def _over(now: float | dict[str, float], new: float | dict[str, float]) -> float | dict[str, float]:
    """New shares over those of now: intents that are not named stay as they are."""
    if not isinstance(new, dict) or "default" in new:
        return new
    return {**(now if isinstance(now, dict) else {"default": now}), **new}

"""Consult a colleague: a second agent joins the last part of some calls, and more of them are resolved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Literal

from scenarios.channels import Consult, Live
from scenarios.errors import Problem
from scenarios.fields import ByIntent, Name, for_intent
from scenarios.model import Scenario, Skill
from scenarios.units import Share
from scenarios.whatifs.base import PlannersGroup, WhatIf, replaced
from scenarios.whatifs.fields import asked
from scenarios.whatifs.words import per_cent


class ConsultColleague(WhatIf):
    """Agents call in a second one, of a group that knows more, for the last part of some calls.

    The customer stays with the first agent and tells nothing twice. While they talk, two agents are paid for
    one call, and while nobody of that group is idle, customer and agent wait (or go on alone). Of the calls
    consulted about that would have been left unresolved, a share is resolved: that is what it is for, and
    what it costs stands beside it in occupancy, handle time and waits. Who goes on alone is taken to resolve
    as many, so with ``skip`` the gain is a little too large where helpers are short. Replaces what the
    channel does now. Neutral: a share of 0 where nobody is consulted.
    """

    kind: ClassVar[str] = "consult_colleague"
    title: ClassVar[str] = "Consult a colleague"
    group: ClassVar[PlannersGroup] = "Agents"

    channel: Name = asked(kind="choice", title="Calls in", refers_to="channels", modes=("live",))
    team: Name = asked(
        kind="choice",
        title="Second line",
        help="The group whose agents help, whatever else they do.",
        refers_to="groups",
    )
    share: Share = asked(
        kind="share",
        title="Calls consulted about",
        help="Share of handled calls in which a second agent is called in.",
        parameter="consult.share",
        step=0.01,
    )
    part: Share = asked(
        kind="share",
        title="Time together",
        help="Share of the handle time, its last part, that takes both agents.",
        parameter="consult.part",
        step=0.05,
    )
    resolved: Share = asked(
        kind="share",
        title="Resolved thanks to it",
        help="Of calls consulted about that would have been left unresolved.",
        parameter="consult.resolved",
        step=0.05,
    )
    when_busy: Literal["wait", "skip"] = asked(
        "wait",
        kind="choice",
        title="When nobody is idle",
        help="wait: customer and agent wait for one; skip: the agent goes on alone.",
    )

    def describe(self, scenario: Scenario) -> str:
        """For example ``"phone: experts join 10% of calls for the last 50%"``."""
        busy = " if idle" if self.when_busy == "skip" else ""
        helped = f"{self.team} join{busy} {per_cent(self.share)} of calls"
        return f"{self.channel}: {helped} for the last {per_cent(self.part)}"

    def _misfits(self, scenario: Scenario) -> Iterable[Problem]:
        helpers = scenario.groups.get(self.team)
        if self.share == 0.0 or self.when_busy == "skip" or helpers is None:
            return
        if self.channel in helpers.skills:
            yield Problem(
                "when_busy", "wait",
                f"skip, as {self.team} take {self.channel} too: all could wait for one another for ever",
                "choose skip, or another group",
            )  # fmt: skip

    def _changed(self, scenario: Scenario) -> Scenario:
        channel = scenario.channels[self.channel]
        assert channel.mode == "live"  # problems() admits no other
        if self.share == 0.0 and channel.consult is None:
            return scenario
        consult = Consult(share=self.share, group=self.team, part=self.part, when_busy=self.when_busy)
        changed = channel.model_copy(update={"consult": consult, "resolution": self._by_intent(channel)})
        groups = {
            name: group.model_copy(
                update={
                    "skills": replaced(group.skills, {self.channel: self._skill(scenario, channel, skill)})
                }
            )
            for name, group in scenario.groups.items()
            if (skill := group.skills.get(self.channel)) is not None and skill.resolution is not None
        }
        changes: dict[str, Any] = {
            "channels": replaced(scenario.channels, {self.channel: changed}),
            "groups": replaced(scenario.groups, groups),
        }
        return scenario.model_copy(update=changes)

    def _by_intent(self, channel: Live) -> ByIntent[Share]:
        """Resolution of the channel: one share, where one was resolved and one consulted about so far."""
        now, consulted = channel.resolution, _share_now(channel)
        if not isinstance(now, Mapping) and not isinstance(consulted, Mapping):
            return self._more(now, consulted)
        both = now if isinstance(now, Mapping) else {"default": now}
        names = [*both, *(consulted if isinstance(consulted, Mapping) and "default" in both else ())]
        return {
            name: self._more(for_intent(both, name, 0.0), for_intent(consulted, name, 0.0)) for name in names
        }

    def _skill(self, scenario: Scenario, channel: Live, skill: Skill) -> Skill:
        """A skill with a resolution of its own: one share, so that of the mean share consulted about."""
        assert skill.resolution is not None
        consulted = _share_now(channel)
        shares = [for_intent(consulted, name, 0.0) for name in skill.intents or scenario.intents]
        mean = sum(shares) / len(shares)
        return skill.model_copy(update={"resolution": self._more(skill.resolution, mean)})

    def _more(self, resolution: float, consulted: float) -> float:
        """Resolution once ``share`` of calls is consulted about; that of ``consulted`` is in it already."""
        without = 1.0 - consulted * self.resolved
        if without <= 0.0 or resolution >= 1.0:
            return resolution
        failing = (1.0 - resolution) / without * (1.0 - self.share * self.resolved)
        return round(min(1.0, max(0.0, 1.0 - failing)), 12)


def _share_now(channel: Live) -> ByIntent[Share]:
    return 0.0 if channel.consult is None else channel.consult.share

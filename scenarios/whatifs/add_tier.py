"""Add a tier: agents pass on what they cannot solve to a second line, made of some of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Literal

from scenarios.channels import Concurrent, Deferred, Live, Transfer
from scenarios.checks.journeys import possible_outcomes
from scenarios.errors import Problem
from scenarios.fields import ByIntent, Name
from scenarios.model import Group, NextStep, Scenario, Skill
from scenarios.units import Factor, Share
from scenarios.whatifs.base import PlannersGroup, WhatIf, replaced
from scenarios.whatifs.cross_train import LONGEST_NAME, split_staff
from scenarios.whatifs.fallback import SERVED_MODES
from scenarios.whatifs.fields import asked
from scenarios.whatifs.words import per_cent, shares_text

Served = Live | Concurrent | Deferred


class AddTier(WhatIf):
    """Agents of a channel pass on what they cannot solve to a second line, staffed from one of its groups.

    The second line is a channel of its own, which customers reach only by being passed on; it works like the
    first, at the same hours, and customers who give up there begin anew at the first. The agents moved there
    take nothing else. Neutral: a share of 0, which adds no tier.
    """

    kind: ClassVar[str] = "add_tier"
    title: ClassVar[str] = "Add a tier"
    group: ClassVar[PlannersGroup] = "Agents"
    inbound: ClassVar[bool] = True

    channel: Name = asked(kind="choice", title="First tier", refers_to="channels", modes=SERVED_MODES)
    team: Name = asked(
        kind="choice", title="Staffed from", help="The group that its agents come from.", refers_to="groups"
    )
    moved: Share = asked(
        0.25,
        kind="share",
        title="Agents moved",
        help="Share of that group who become the second tier; at every time of day to the nearest agent.",
        low=0.05,
        high=0.6,
        step=0.05,
    )
    share: ByIntent[Share] = asked(
        kind="shares",
        title="Passed on",
        help="Share of contacts that the first tier passes on; one share, or by intent (others: none).",
        parameter="tiers.escalation_first",
        refers_to="intents",
        step=0.01,
    )
    part: Share = asked(
        1.0,
        kind="share",
        title="Time before that",
        help="Share of the handle time that passes before a contact is passed on.",
        low=0.1,
        high=1,
        step=0.05,
    )
    first_resolution: Share | None = asked(
        None,
        kind="share",
        title="First tier resolves",
        help="Of what it does not pass on. Omitted: as it does now.",
        parameter="phone.resolution",
        step=0.01,
    )
    resolution: Share | None = asked(
        None,
        kind="share",
        title="Second tier resolves",
        help="Of what is passed on to it. Omitted: as the first tier does now.",
        parameter="phone.resolution",
        step=0.01,
    )
    handle_time: Factor = asked(
        1.0,
        kind="number",
        title="Second tier: times as long",
        help="Handle time there against the first tier's.",
        low=0.5,
        high=3,
        step=0.1,
    )
    when_busy: Literal["queue", "skip", "lose"] = asked(
        "queue",
        kind="choice",
        title="When nobody is free there",
        help="queue: the contact waits there; skip: the first tier ends it; lose: it is cut off.",
        advanced=True,
    )
    name: Name = asked("tier_2", kind="text", title="Name", help="Letters, digits, _ and -.", advanced=True)

    def describe(self, scenario: Scenario) -> str:
        """For example ``"phone passes 25% on to tier_2, taken by 20% of agents"``."""
        on = f"{self.channel} passes {shares_text(self.share)} on to {self.name}"
        return f"{on}, taken by {per_cent(self.moved)} of {self.team}"

    @property
    def _is_nothing(self) -> bool:
        shares = self.share.values() if isinstance(self.share, dict) else (self.share,)
        return not any(shares)

    def _misfits(self, scenario: Scenario) -> Iterable[Problem]:
        if self._is_nothing:
            return
        if self.name in scenario.channels:
            yield Problem(
                "name", self.name,
                f"a name that no channel has yet (there are {', '.join(scenario.channels)})",
                "choose another name",
            )  # fmt: skip
        if self.moved == 0.0:
            yield Problem("moved", 0.0, "above 0: somebody must take the second tier", "write 0.2")
        channel, team = scenario.channels.get(self.channel), scenario.groups.get(self.team)
        if channel is None or channel.mode == "self_service":
            return
        if channel.transfer is not None:
            yield Problem(
                "channel", self.channel,
                f"a channel whose agents pass nothing on; this one passes on to {channel.transfer.to}",
                f"choose {channel.transfer.to} to add a tier behind that",
            )  # fmt: skip
        if any(step.after == self.channel and "transferred" in step.outcome for step in scenario.next_steps):
            yield Problem(
                "channel", self.channel,
                "a channel without a next step after transferred, by which customers would go instead",
                "remove that next step from the scenario",
            )  # fmt: skip
        if team is not None and self.channel not in team.skills:
            takers = [name for name, group in scenario.groups.items() if self.channel in group.skills]
            allowed = f"a group that takes {self.channel}: {', '.join(takers)}"
            yield Problem("team", self.team, allowed, f"choose {takers[0]}" if takers else "add a skill")

    def _changed(self, scenario: Scenario) -> Scenario:
        if self._is_nothing:
            return scenario
        channel, team = scenario.channels[self.channel], scenario.groups[self.team]
        assert channel.mode != "self_service"  # problems() admits no other
        part, rest = split_staff(team, self.moved)
        moved = team.model_copy(
            update={"staff": part, "skills": {self.name: Skill(handle_time=self._factor(team))}}
        )
        return scenario.model_copy(
            update={
                "channels": replaced(
                    scenario.channels, {self.channel: self._first(channel), self.name: self._second(channel)}
                ),
                "groups": replaced(
                    scenario.groups,
                    {
                        self.team: team.model_copy(update={"staff": rest}),
                        _free_name(scenario, f"{self.team}_{self.name}"): moved,
                    },
                ),
                "next_steps": (*scenario.next_steps, *self._next_steps(scenario, channel)),
            }
        )

    def _factor(self, team: Group) -> float:
        return round(team.skills[self.channel].handle_time * self.handle_time, 9)

    def _first(self, channel: Served) -> Served:
        share = {"default": 0.0, **self.share} if isinstance(self.share, dict) else self.share
        transfer = Transfer(share=share, to=self.name, part=self.part, when_busy=self.when_busy)
        changes: dict[str, Any] = {"transfer": transfer}
        if self.first_resolution is not None:
            changes["resolution"] = self.first_resolution
        return channel.model_copy(update=changes)

    def _second(self, channel: Served) -> Served:
        """The first tier's channel without what stands before its agents."""
        changes: dict[str, Any] = {"front": None, "lines": None, "transfer": None}
        if channel.mode != "deferred":
            changes["balk"] = 0.0
        if channel.mode == "live":
            changes["callback"] = None
        if self.resolution is not None:
            changes["resolution"] = self.resolution
        return channel.model_copy(update=changes)

    def _next_steps(self, scenario: Scenario, channel: Served) -> Iterable[NextStep]:
        """What customers do after the second tier: what they do after the first."""
        possible = possible_outcomes(self._second(channel))
        for step in scenario.next_steps:
            outcomes = tuple(one for one in step.outcome if one in possible)
            if step.after == self.channel and outcomes:
                yield step.model_copy(update={"after": self.name, "outcome": outcomes})


def _free_name(scenario: Scenario, wanted: str) -> str:
    """A name for the group that is moved, which no group has yet."""
    name, count = wanted[:LONGEST_NAME], 1
    while name in scenario.groups:
        count += 1
        name = f"{wanted[: LONGEST_NAME - 4]}_{count}"
    return name

"""Merge tiers: one line of agents solves what two passed between them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar

from scenarios.channels import Channel, Transfer
from scenarios.distributions import Law, parse_law
from scenarios.fields import Name, for_intent
from scenarios.model import Group, Scenario, Skill
from scenarios.parameters import default_of
from scenarios.units import Factor, Share, parameter_of
from scenarios.whatifs.base import PlannersGroup, WhatIf, replaced
from scenarios.whatifs.cross_train import SECOND_SKILL
from scenarios.whatifs.fallback import SERVED_MODES
from scenarios.whatifs.fields import asked
from scenarios.whatifs.volume import cases_per_interval
from scenarios.whatifs.words import number


class MergeTiers(WhatIf):
    """Agents pass nothing on to the next tier: they and those behind them solve all of it as one line.

    Both lines take the channel, and contacts that two agents handled are handled by one. As much is resolved
    as by both tiers together; a contact takes as long as one kept, or as one behind, in the proportions of
    now, and the agents of the first line, to whom the harder part is new, take ``handle_time`` times as long.
    Shares that a group has of its own give way to the channel's. A tier behind both stays. Neutral: a channel
    whose agents pass nothing on.
    """

    kind: ClassVar[str] = "merge_tiers"
    title: ClassVar[str] = "Merge tiers"
    group: ClassVar[PlannersGroup] = "Agents"
    inbound: ClassVar[bool] = True

    channel: Name = asked(
        kind="choice",
        title="First tier",
        help="The channel whose agents pass contacts on.",
        refers_to="channels",
        modes=SERVED_MODES,
    )
    handle_time: Factor = asked(
        kind="number",
        title="First line: times as long",
        help="Handle time of its agents in the whole work, against those who know it.",
        parameter=SECOND_SKILL,
        step=0.05,
    )
    resolution: Share | None = asked(
        None,
        kind="share",
        title="Resolves",
        help="Share that the merged line resolves. Omitted: what both tiers resolve together now.",
        parameter="phone.resolution",
        step=0.01,
    )

    def describe(self, scenario: Scenario) -> str:
        """For example ``"tier_1 and tier_2 are one line, 1.15 times as long for tier_1"``."""
        behind = _behind(scenario, self.channel)
        if behind is None:
            return f"{self.channel} passes nothing on"
        text = f"{self.channel} and {behind} are one line"
        if self.handle_time == 1.0:
            return text
        return f"{text}, {number(self.handle_time)} times as long for {self.channel}"

    def _changed(self, scenario: Scenario) -> Scenario:
        behind = _behind(scenario, self.channel)
        if behind is None:
            return scenario
        merged = Merged(scenario, self.channel, behind)
        changed = merged.first.model_copy(
            update={
                "transfer": merged.transfer(),
                "resolution": merged.resolution() if self.resolution is None else self.resolution,
            }
        )
        groups = {
            name: group.model_copy(update={"skills": self._skills(merged, group)})
            for name, group in scenario.groups.items()
            if self.channel in group.skills or behind in group.skills
        }
        return scenario.model_copy(
            update={
                "channels": replaced(scenario.channels, {self.channel: changed}),
                "groups": replaced(scenario.groups, groups),
            }
        )

    def _skills(self, merged: Merged, group: Group) -> dict[str, Skill]:
        """The group's skills once it takes the whole work of the channel."""
        has, behind = group.skills.get(self.channel), group.skills.get(merged.behind)
        if has is None:
            assert behind is not None  # groups that take neither are left alone
            whole = Skill(
                priority=behind.priority,
                intents=behind.intents,
                handle_time=round(behind.handle_time * merged.work, 9),
            )
        else:
            new = self.handle_time if behind is None else 1.0
            factor = round(has.handle_time * merged.work * new, 9)
            whole = has.model_copy(update={"handle_time": factor, "resolution": None, "transfer": None})
        return replaced(group.skills, {self.channel: whole})


class Merged:
    """What a contact of a channel is once the tier behind is one with it."""

    def __init__(self, scenario: Scenario, channel: str, behind: str) -> None:
        self.scenario, self.channel, self.behind = scenario, channel, behind
        self.first, self.second = scenario.channels[channel], scenario.channels[behind]

    @property
    def work(self) -> float:
        """Handle time against the first tier's, over all cases: a contact passed on takes that behind."""
        before, after = 0.0, 0.0
        for intent, cases in _cases(self.scenario).items():
            passed, own = _share(self.first, intent), _mean(self.first, intent)
            before += cases * own
            after += cases * ((1.0 - passed) * own + passed * _mean(self.second, intent))
        return after / before if before > 0 else 1.0

    def resolution(self) -> float | dict[str, float]:
        """What both resolve of the contacts that they keep."""
        return _simplest({intent: self._resolved(intent) for intent in self.scenario.intents})

    def _resolved(self, intent: str) -> float:
        passed, further = _share(self.first, intent), self._further(intent)
        kept = (1.0 - passed) * _resolution(self.first, intent)
        behind = passed * (1.0 - further) * _resolution(self.second, intent)
        left = 1.0 - passed * further
        return round((kept + behind) / left, 9) if left > 0 else 0.0

    def transfer(self) -> Transfer | None:
        """What is passed on to a tier behind both; None where there is none."""
        further: Transfer | None = getattr(self.second, "transfer", None)
        if further is None or further.to == self.channel:
            return None
        shares = {
            intent: round(_share(self.first, intent) * self._further(intent), 9)
            for intent in self.scenario.intents
        }
        return further.model_copy(update={"share": _simplest(shares)})

    def _further(self, intent: str) -> float:
        """Of what comes to the tier behind, the share that it passes on to yet another."""
        further = getattr(self.second, "transfer", None)
        return 0.0 if further is None or further.to == self.channel else _share(self.second, intent)


def _simplest(shares: dict[str, float]) -> float | dict[str, float]:
    values = set(shares.values())
    return values.pop() if len(values) == 1 else shares


def _behind(scenario: Scenario, channel: str) -> str | None:
    """The channel that agents pass contacts on to; None where they pass nothing on."""
    transfer = getattr(scenario.channels.get(channel), "transfer", None)
    return None if transfer is None else str(transfer.to)


def _cases(scenario: Scenario) -> Mapping[str, float]:
    """Expected cases of each intent; all alike where there are none."""
    interval = scenario.calendar.interval
    cases = {
        name: math.fsum(cases_per_interval(intent.volume, interval))
        for name, intent in scenario.intents.items()
    }
    return cases if any(cases.values()) else dict.fromkeys(cases, 1.0)


def _share(channel: Channel, intent: str) -> float:
    """The share of an intent that agents of a channel pass on."""
    transfer = getattr(channel, "transfer", None)
    if transfer is None:
        return 0.0
    assert isinstance(transfer, Transfer)
    return for_intent(transfer.share, intent, _library(transfer, "share"))


def _resolution(channel: Channel, intent: str) -> float:
    assert channel.mode != "self_service"  # contacts are passed on between channels with agents
    return for_intent(channel.resolution, intent, _library(channel, "resolution"))


def _library(part: Channel | Transfer, field: str) -> float:
    """The library's figure behind a field, which holds for intents without one."""
    return float(default_of(parameter_of(type(part).model_fields[field]) or "phone.resolution"))


def _mean(channel: Channel, intent: str) -> float:
    """Mean handle time of an intent in a channel with agents, seconds."""
    entry = parameter_of(type(channel).model_fields["handle_time"]) or "phone.handle_time"
    library = parse_law(default_of(entry))
    law: Law = for_intent(getattr(channel, "handle_time", library), intent, library)
    return law.mean_seconds

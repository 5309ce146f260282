"""Pool groups: every agent takes what any of them takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from scenarios.errors import Problem
from scenarios.fields import Names
from scenarios.model import Scenario
from scenarios.units import Factor
from scenarios.whatifs.base import PlannersGroup, WhatIf
from scenarios.whatifs.cross_train import SECOND_SKILL, CrossTrain, covers
from scenarios.whatifs.fields import asked
from scenarios.whatifs.words import listed, number


class PoolGroups(WhatIf):
    """Every agent of some groups takes all that any of these groups takes: one pool instead of several.

    What is new to a group comes after what it takes now, and takes it longer. Hours, shrinkage and pay of the
    groups stay as they are. In a channel that a group takes already for other intents, its speed stays as it
    is. Neutral: groups that take the same already.
    """

    kind: ClassVar[str] = "pool_groups"
    title: ClassVar[str] = "Pool groups"
    group: ClassVar[PlannersGroup] = "People"

    teams: Names | None = asked(
        None, kind="choices", title="Groups", help="Omitted: all groups.", refers_to="groups"
    )
    handle_time: Factor = asked(
        kind="number",
        title="New channel: times as long",
        help="Handle time of a group in a channel that is new to it.",
        parameter=SECOND_SKILL,
        step=0.05,
    )

    def describe(self, scenario: Scenario) -> str:
        """For example ``"generalists and specialists take each other's contacts, 1.15 times as long"``."""
        who = listed(self.teams) if self.teams else "all groups"
        slower = f", {number(self.handle_time)} times as long" if self.handle_time != 1.0 else ""
        return f"{who} take each other's contacts{slower}"

    def _misfits(self, scenario: Scenario) -> Iterable[Problem]:
        chosen = self.teams or tuple(scenario.groups)
        if len(set(chosen)) < 2:
            yield Problem("teams", list(chosen), "at least two groups to pool", "choose another one too")

    def _changed(self, scenario: Scenario) -> Scenario:
        chosen = self.teams or tuple(scenario.groups)
        together: dict[str, tuple[str, ...] | None] = {}
        for team in chosen:
            for channel, skill in scenario.groups[team].skills.items():
                known = together.get(channel, ())
                both = None if known is None or skill.intents is None else (*known, *skill.intents)
                together[channel] = None if both is None else tuple(dict.fromkeys(both))
        for team in chosen:
            for channel, intents in together.items():
                has = scenario.groups[team].skills.get(channel)
                if has is not None and covers(has.intents, intents):
                    continue
                factor = self.handle_time if has is None else None
                learnt = CrossTrain(team=team, channel=channel, intents=intents, handle_time=factor)
                scenario = learnt.apply(scenario)
        return scenario

"""Cross-train: a group, or a part of it, learns to take what others take."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from scenarios.errors import Problem
from scenarios.fields import Name, Names
from scenarios.model import Group, Scenario, Skill
from scenarios.parameters import default_of
from scenarios.units import Factor, Share
from scenarios.whatifs.base import PlannersGroup, WhatIf, replaced
from scenarios.whatifs.fallback import SERVED_MODES
from scenarios.whatifs.fields import asked
from scenarios.whatifs.words import listed, number, per_cent

SECOND_SKILL = "agents.second_skill_handle_time"
LONGEST_NAME = 40


class CrossTrain(WhatIf):
    """Agents of a group learn to take another channel, or more intents of one, more slowly than the others.

    All of them, or a part, which becomes a group of its own with the same hours, shrinkage and pay. A new
    channel comes after all that they take now, unless a priority is given. In a channel that they take
    already, priority and speed are one for all its intents, and stay as they are unless given. ``own_speed``
    is what they lose in what they took before. Training itself takes no time here. Neutral: a share of 0.
    """

    kind: ClassVar[str] = "cross_train"
    title: ClassVar[str] = "Cross-train"
    group: ClassVar[PlannersGroup] = "People"

    team: Name = asked(kind="choice", title="Group", refers_to="groups")
    channel: Name = asked(kind="choice", title="Learns", refers_to="channels", modes=SERVED_MODES)
    intents: Names | None = asked(
        None, kind="choices", title="Only for", help="Omitted: all intents.", refers_to="intents"
    )
    share: Share = asked(
        1.0,
        kind="share",
        title="Share of the group",
        help="How many of its agents are trained; at every time of day to the nearest agent at work.",
        low=0,
        high=1,
        step=0.05,
    )
    handle_time: Factor | None = asked(
        None,
        kind="number",
        title="New skill: times as long",
        help="Handle time in it. Omitted: the library's in a new channel; as it is in one that they take "
        "already.",
        parameter=SECOND_SKILL,
        step=0.05,
    )
    own_speed: Factor = asked(
        1.0,
        kind="number",
        title="Old work: times as long",
        help="Handle time in their old work against today: who does more things does each more slowly.",
        low=1,
        high=1.3,
        step=0.01,
        advanced=True,
    )
    priority: Annotated[int, Field(ge=1, le=99)] | None = asked(
        None,
        kind="number",
        title="Priority",
        help="Of the new skill; 1 comes first. Omitted: after all that they take now.",
        low=1,
        high=9,
        step=1,
        advanced=True,
    )

    def describe(self, scenario: Scenario) -> str:
        """For example ``"20% of specialists learn phone for balance, 1.15 times as long"``."""
        whole = "" if self.share == 1.0 else f"{per_cent(self.share)} of "
        whose = f" for {listed(self.intents)}" if self.intents else ""
        text = f"{whole}{self.team} learn {self.channel}{whose}"
        team = scenario.groups.get(self.team)
        factor = self._skill(team).handle_time if team is not None else self.handle_time
        return text + (f", {number(factor)} times as long" if factor not in (None, 1.0) else "")

    def _misfits(self, scenario: Scenario) -> Iterable[Problem]:
        team = scenario.groups.get(self.team)
        if team is None or self.channel not in team.skills or self.share == 0.0:
            return
        has = team.skills[self.channel].intents
        if self.priority is None and self.handle_time is None and covers(has, self.intents):
            yield Problem(
                "channel", self.channel,
                f"what {self.team} do not take yet; they take all of that already",
                "choose another channel or other intents, or give a handle time or a priority",
            )  # fmt: skip

    def _changed(self, scenario: Scenario) -> Scenario:
        if self.share == 0.0:
            return scenario
        team = scenario.groups[self.team]
        trained = team.model_copy(update={"skills": self._skills(team)})
        if self.share == 1.0:
            return scenario.model_copy(update={"groups": replaced(scenario.groups, {self.team: trained})})
        part, rest = split_staff(team, self.share)
        changes = {
            self.team: team.model_copy(update={"staff": rest}),
            _free_name(scenario, self.team): trained.model_copy(update={"staff": part}),
        }
        return scenario.model_copy(update={"groups": replaced(scenario.groups, changes)})

    def _skills(self, team: Group) -> dict[str, Skill]:
        own = {name: self._slowed(skill) for name, skill in team.skills.items()}
        return replaced(own, {self.channel: self._skill(team)})

    def _slowed(self, skill: Skill) -> Skill:
        """A skill that they had before, at the speed that they have in it now."""
        if self.own_speed == 1.0:
            return skill
        return skill.model_copy(update={"handle_time": round(skill.handle_time * self.own_speed, 9)})

    def _skill(self, team: Group) -> Skill:
        """The skill as it is after training."""
        has = team.skills.get(self.channel)
        if has is None:
            last = max((skill.priority for skill in team.skills.values()), default=0)
            return Skill(
                priority=self.priority or min(last + 1, 99),
                intents=self.intents,
                handle_time=self.handle_time or float(default_of(SECOND_SKILL)),
            )
        changes: dict[str, object] = {}
        if not covers(has.intents, self.intents):
            wider = None if self.intents is None or has.intents is None else (*has.intents, *self.intents)
            changes["intents"] = None if wider is None else tuple(dict.fromkeys(wider))
        if self.priority is not None:
            changes["priority"] = self.priority
        if self.handle_time is not None:
            changes["handle_time"] = self.handle_time
        elif self.own_speed != 1.0:
            changes["handle_time"] = self._slowed(has).handle_time
        return has.model_copy(update=changes) if changes else has


def covers(has: tuple[str, ...] | None, wanted: tuple[str, ...] | None) -> bool:
    """Whether a skill for ``has`` takes all of ``wanted`` already (None: all intents)."""
    return has is None or (wanted is not None and set(wanted) <= set(has))


def _free_name(scenario: Scenario, team: str) -> str:
    """A name for the part that is trained, which no group has yet."""
    for number_of in range(1, len(scenario.groups) + 2):
        ending = "_trained" if number_of == 1 else f"_trained_{number_of}"
        name = team[: LONGEST_NAME - len(ending)] + ending
        if name not in scenario.groups:
            break
    return name


Staff = dict[str, float] | tuple[float, ...]


def split_staff(group: Group, share: float) -> tuple[Staff, Staff]:
    """A group's schedule in two: the part, and the rest.

    Agents on the floor (scheduled, less shrinkage, to the nearest whole) stay as many in all; those of the
    part are the share of them, to the nearest whole.
    """
    if isinstance(group.staff, Mapping):
        parts = {clock: _part(agents, share, group.shrinkage) for clock, agents in group.staff.items()}
        rest = {clock: round(agents - parts[clock], 9) for clock, agents in group.staff.items()}
        return parts, rest
    some = tuple(_part(agents, share, group.shrinkage) for agents in group.staff)
    return some, tuple(round(agents - part, 9) for agents, part in zip(group.staff, some, strict=True))


def _part(scheduled: float, share: float, shrinkage: float) -> float:
    on_floor = math.floor(scheduled * (1.0 - shrinkage) + 0.5 + 1e-9)
    wanted = math.floor(on_floor * share + 0.5 + 1e-9)
    return min(scheduled, round(wanted / (1.0 - shrinkage), 9))

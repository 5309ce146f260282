"""Conditional overflow: when a group helps out in a channel, and when it does not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar

from pydantic import Field

from scenarios.errors import Problem
from scenarios.fields import Name
from scenarios.model import OnlyIf, Scenario
from scenarios.units import Count, Seconds, Share, format_duration
from scenarios.whatifs.base import PlannersGroup, WhatIf, replaced
from scenarios.whatifs.fallback import SERVED_MODES
from scenarios.whatifs.fields import asked
from scenarios.whatifs.words import per_cent


class OverflowRules(WhatIf):
    """A group helps out in a channel only after a wait, only while the queue is long, or only while it can.

    Replaces the conditions of the group's skill; what is left empty is no condition. A skill that always
    helps takes agents from their own work in the rush; one that hardly ever does leaves them idle beside a
    queue. Neutral: the conditions that the skill has now.
    """

    kind: ClassVar[str] = "overflow_rules"
    title: ClassVar[str] = "Overflow rules"
    group: ClassVar[PlannersGroup] = "Agents"

    team: Name = asked(kind="choice", title="Group", refers_to="groups")
    channel: Name = asked(kind="choice", title="Helps in", refers_to="channels", modes=SERVED_MODES)
    after: Seconds = asked(0.0, kind="duration", title="After a wait of", unit="s", low=0, high=600, step=10)
    queue_at_least: Count = asked(
        0,
        kind="number",
        title="Queue at least",
        help="So many stand in the queue that would be helped.",
        unit="contacts",
        low=0,
        high=20,
        step=1,
    )
    own_queue_below: Annotated[int, Field(ge=1, le=1_000_000)] | None = asked(
        None,
        kind="number",
        title="Own queue below",
        help="Fewer stand in the queues that the group takes with a better priority. Empty: however many.",
        unit="contacts",
        low=1,
        high=20,
        step=1,
    )
    busy_below: Annotated[Share, Field(gt=0.0)] | None = asked(
        None,
        kind="share",
        title="Busy below",
        help="A smaller share of the group is busy. Empty: however many.",
        low=0.5,
        high=1,
        step=0.05,
    )

    def describe(self, scenario: Scenario) -> str:
        """For example ``"experts help in phone after 30 s, while 3 or more wait"``."""
        parts = []
        if self.after:
            parts.append(f"after {format_duration(self.after)}")
        if self.queue_at_least:
            parts.append(f"while {self.queue_at_least} or more wait")
        if self.own_queue_below is not None:
            parts.append(f"while fewer than {self.own_queue_below} wait for them")
        if self.busy_below is not None:
            parts.append(f"while less than {per_cent(self.busy_below)} of them are busy")
        return f"{self.team} help in {self.channel} {', '.join(parts) or 'at once'}"

    def _misfits(self, scenario: Scenario) -> Iterable[Problem]:
        team = scenario.groups.get(self.team)
        if team is not None and self.channel in scenario.channels and self.channel not in team.skills:
            yield Problem(
                "channel",
                self.channel,
                f"a channel that {self.team} take: {', '.join(team.skills)}",
                "choose one of these, or cross-train the group first",
            )

    def _changed(self, scenario: Scenario) -> Scenario:
        team = scenario.groups[self.team]
        conditions = OnlyIf(
            queue_at_least=self.queue_at_least,
            own_queue_below=self.own_queue_below,
            busy_below=self.busy_below,
        )
        skill = team.skills[self.channel]
        only_if = conditions if conditions != OnlyIf() or skill.only_if == OnlyIf() else None
        changed = skill.model_copy(update={"overflow_after": self.after, "only_if": only_if})
        skills = replaced(team.skills, {self.channel: changed})
        groups = replaced(scenario.groups, {self.team: team.model_copy(update={"skills": skills})})
        return scenario.model_copy(update={"groups": groups})

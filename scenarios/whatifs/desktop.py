"""Unify the desktop: fewer systems to switch between, shorter handle times."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar

from pydantic import Field

from scenarios.errors import Problem
from scenarios.fields import Names
from scenarios.model import Scenario
from scenarios.units import Share
from scenarios.whatifs.base import PlannersGroup, WhatIf, replaced
from scenarios.whatifs.fields import asked
from scenarios.whatifs.words import listed, number, per_cent

Systems = Annotated[int, Field(ge=1, le=30)]


class UnifyDesktop(WhatIf):
    """Agents switch between fewer systems, or more, and their handle times change with them.

    Going from today's systems to a single one saves ``saving`` of handle time; each system has the same part
    in it: handle time x (1 - saving x (before - after) / (before - 1)). That each has the same is an
    assumption. Neutral: as many systems after as before.
    """

    kind: ClassVar[str] = "unify_desktop"
    title: ClassVar[str] = "Unify the desktop"
    group: ClassVar[PlannersGroup] = "Agents"

    after: Systems = asked(
        1,
        kind="number",
        title="Systems afterwards",
        help="How many an agent switches between in a contact.",
        low=1,
        high=12,
        step=1,
    )
    before: Systems = asked(kind="number", title="Systems today", parameter="desktop.systems", step=1)
    saving: Annotated[Share, Field(lt=1.0)] = asked(
        kind="share",
        title="Handle time saved by a single system",
        help="Against today's number of systems.",
        parameter="desktop.unified_saving",
        step=0.005,
    )
    groups: Names | None = asked(
        None, kind="choices", title="Groups", help="Omitted: all groups.", refers_to="groups"
    )

    def describe(self, scenario: Scenario) -> str:
        """For example ``"5 systems become 1: handle times −12.5%"``."""
        change = self.factor - 1.0
        effect = "as they are" if change == 0 else f"{'−' if change < 0 else '+'}{per_cent(abs(change))}"
        whose = f" for {listed(self.groups)}" if self.groups else ""
        return f"{number(self.before)} systems become {number(self.after)}{whose}: handle times {effect}"

    @property
    def factor(self) -> float:
        """What handle times are multiplied by."""
        if self.before == self.after:
            return 1.0
        return round(1.0 - self.saving * (self.before - self.after) / max(self.before - 1, 1), 9)

    def _misfits(self, scenario: Scenario) -> Iterable[Problem]:
        if self.before == 1 and self.after != 1:
            yield Problem(
                "before", self.before, "at least 2 systems, which the saving is measured against",
                "write 2, or as many after as before",
            )  # fmt: skip
        if not scenario.groups:
            yield Problem("groups", None, "a scenario with groups of agents", "add a group first")

    def _changed(self, scenario: Scenario) -> Scenario:
        if self.factor == 1.0:
            return scenario
        groups = {}
        for name in self.groups or tuple(scenario.groups):
            skills = {
                channel: skill.model_copy(update={"handle_time": round(skill.handle_time * self.factor, 9)})
                for channel, skill in scenario.groups[name].skills.items()
            }
            groups[name] = scenario.groups[name].model_copy(update={"skills": skills})
        return scenario.model_copy(update={"groups": replaced(scenario.groups, groups)})

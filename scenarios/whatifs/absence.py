"""Absence: agents who do not come, by chance, a day at a time."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from scenarios.fields import Names
from scenarios.model import Scenario
from scenarios.whatifs.base import PlannersGroup, WhatIf, replaced
from scenarios.whatifs.fields import asked
from scenarios.whatifs.words import listed, per_cent


class ChangeAbsence(WhatIf):
    """A share of the agents is absent, each for a whole day, by chance: some days many, some days few.

    Shrinkage is the same on every day; absence is not, and it is the bad day that hurts. On top of shrinkage:
    take out of that what it holds for absence already. Absent agents are paid. Neutral: the share that holds
    now, which is 0 unless the scenario says otherwise.
    """

    kind: ClassVar[str] = "change_absence"
    title: ClassVar[str] = "Absence, drawn by day"
    group: ClassVar[PlannersGroup] = "Agents"

    groups: Names | None = asked(
        None, kind="choices", title="Groups", help="Omitted: all groups.", refers_to="groups"
    )
    absence: Annotated[float, Field(ge=0.0, le=0.99, allow_inf_nan=False)] = asked(
        kind="share",
        title="Absence",
        help="Probability that an agent is absent for a day.",
        parameter="agents.absence",
        step=0.01,
    )

    def describe(self, scenario: Scenario) -> str:
        """For example ``"5% absent, drawn by day"``."""
        whose = f" of {listed(self.groups)}" if self.groups else ""
        return f"{per_cent(self.absence)}{whose} absent, drawn by day"

    def _changed(self, scenario: Scenario) -> Scenario:
        chosen = self.groups or tuple(scenario.groups)
        groups = {name: scenario.groups[name].model_copy(update={"absence": self.absence}) for name in chosen}
        return scenario.model_copy(update={"groups": replaced(scenario.groups, groups)})

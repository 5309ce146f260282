"""Carry context: the agent sees what happened before, and does not begin at the beginning."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from scenarios.errors import Problem
from scenarios.model import Scenario
from scenarios.units import Share
from scenarios.whatifs.base import PlannersGroup, WhatIf
from scenarios.whatifs.fields import asked
from scenarios.whatifs.words import per_cent


class CarryContext(WhatIf):
    """Contacts after a failed attempt come with their history, so that they take no longer than first ones.

    What each failed attempt adds to handle time (``frustration.handle_time``) falls by the share of contacts
    that carry their history. Only time changes: the effort of telling an agent again is not lowered, since a
    scenario cannot say yet that nothing was told twice. Neutral: a share of 0.
    """

    kind: ClassVar[str] = "carry_context"
    title: ClassVar[str] = "Carry context across channels"
    group: ClassVar[PlannersGroup] = "Channels"

    share: Share = asked(
        kind="share",
        title="Contacts that carry their history",
        help="Of those that follow a failed attempt. Handle times fall; the effort of repeating information "
        "is counted as before.",
        parameter="effort.context_carried",
        step=0.05,
    )

    def describe(self, scenario: Scenario) -> str:
        """For example ``"context carried for 80% of repeat contacts"``."""
        return f"context carried for {per_cent(self.share)} of contacts after a failed attempt"

    def _misfits(self, scenario: Scenario) -> Iterable[Problem]:
        now = scenario.frustration.handle_time
        if self.share > 0.0 and now <= 0.0:
            yield Problem(
                "share", self.share,
                "0, as frustration.handle_time says that repeat contacts take no longer than first ones",
                "set frustration.handle_time in the scenario first (0.08 is worth trying)",
            )  # fmt: skip

    def _changed(self, scenario: Scenario) -> Scenario:
        if self.share == 0.0:
            return scenario
        left = round(scenario.frustration.handle_time * (1.0 - self.share), 9)
        frustration = scenario.frustration.model_copy(update={"handle_time": left})
        return scenario.model_copy(update={"frustration": frustration})

"""Carry context: the agent sees what happened before, and does not begin at the beginning."""

from __future__ import annotations

from typing import ClassVar

from scenarios.model import Scenario
from scenarios.units import Share
from scenarios.whatifs.base import PlannersGroup, WhatIf
from scenarios.whatifs.fields import asked
from scenarios.whatifs.words import per_cent


class CarryContext(WhatIf):
    """Contacts come with their history: they take no longer than first ones, and nothing is told twice.

    What each failed attempt adds to handle time (``frustration.handle_time``), and the effort of telling an
    agent again, fall by the share of contacts that carry their history. Whose do is not drawn: a customer's
    effort is what is expected. Neutral: a share of 0.
    """

    kind: ClassVar[str] = "carry_context"
    title: ClassVar[str] = "Carry context across channels"
    group: ClassVar[PlannersGroup] = "Channels"

    share: Share = asked(
        kind="share",
        title="Contacts that carry their history",
        help="Of those that follow another: the agent sees what was told before.",
        parameter="effort.context_carried",
        step=0.05,
    )

    def describe(self, scenario: Scenario) -> str:
        """For example ``"context carried for 80% of repeat contacts"``."""
        return f"context carried for {per_cent(self.share)} of contacts after a failed attempt"

    def _changed(self, scenario: Scenario) -> Scenario:
        if self.share == 0.0:
            return scenario
        now = scenario.frustration
        changes = {
            "handle_time": round(now.handle_time * (1.0 - self.share), 9),
            "context_carried": round(1.0 - (1.0 - now.context_carried) * (1.0 - self.share), 12),
        }
        frustration = now.model_copy(update=changes)
        return scenario.model_copy(update={"frustration": frustration})

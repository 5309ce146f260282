"""First-contact resolution: agents solve more, or less, of what they are asked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar

from pydantic import Field

from scenarios.errors import Problem
from scenarios.fields import Names
from scenarios.model import Scenario
from scenarios.units import Share
from scenarios.whatifs.base import PlannersGroup, WhatIf
from scenarios.whatifs.fallback import SERVED_MODES
from scenarios.whatifs.fields import asked
from scenarios.whatifs.quality import ChannelQuality
from scenarios.whatifs.words import listed, per_cent, points


class FirstContactResolution(WhatIf):
    """Agents resolve more, or less, of the contacts that they take, in all channels or some.

    ``points`` moves what there is, held within 0 and 100%, or ``to`` replaces it. Who is not helped comes
    back as the scenario's next steps say, so the saving is in the contacts that are not made. Agents' pay
    falls only when fewer are scheduled; direct costs and occupancy fall at once. Neutral: 0 points.
    """

    kind: ClassVar[str] = "first_contact_resolution"
    title: ClassVar[str] = "First-contact resolution"
    group: ClassVar[PlannersGroup] = "Agents"

    points: Annotated[float, Field(ge=-100, le=100, allow_inf_nan=False)] = asked(
        1.0,
        kind="number",
        title="Change by",
        help="Percentage points: 1 turns 70% into 71%, which surveys price at 1% of operating cost.",
        unit="points",
        low=-20,
        high=20,
        step=1,
    )
    to: Share | None = asked(
        None,
        kind="share",
        title="Or to",
        help="Instead of a change: the new share resolved by the first contact.",
        parameter="phone.resolution",
        step=0.01,
    )
    channels: Names | None = asked(
        None,
        kind="choices",
        title="Only in",
        help="Omitted: all channels with agents.",
        refers_to="channels",
        modes=SERVED_MODES,
    )
    intents: Names | None = asked(
        None, kind="choices", title="Only for", help="Omitted: all intents.", refers_to="intents"
    )

    def describe(self, scenario: Scenario) -> str:
        """For example ``"first-contact resolution on phone +1 point for billing"``."""
        change = points(self.points) if self.to is None else per_cent(self.to)
        where = f" on {listed(self.channels)}" if self.channels else ""
        whose = f" for {listed(self.intents)}" if self.intents else ""
        return f"first-contact resolution{where} {change}{whose}"

    def _misfits(self, scenario: Scenario) -> Iterable[Problem]:
        if not self.channels and not _with_agents(scenario):
            yield Problem("channels", None, "a scenario with agents", "use channel_quality for self-service")

    def _changed(self, scenario: Scenario) -> Scenario:
        for channel in self.channels or _with_agents(scenario):
            points = self.points if self.to is None else 0.0
            one = ChannelQuality(channel=channel, points=points, success=self.to, intents=self.intents)
            scenario = one.apply(scenario)
        return scenario


def _with_agents(scenario: Scenario) -> tuple[str, ...]:
    return tuple(name for name, channel in scenario.channels.items() if channel.mode in SERVED_MODES)

"""Change how often contacts in a channel succeed: a redesign that works, or one that does not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar

from pydantic import Field

from scenarios.errors import Problem
from scenarios.fields import ByIntent, Name, Names, for_intent
from scenarios.model import Scenario
from scenarios.parameters import default_of
from scenarios.units import Share, parameter_of
from scenarios.whatifs.base import PlannersGroup, WhatIf, replaced
from scenarios.whatifs.fields import asked
from scenarios.whatifs.words import listed, points, shares_text


class ChannelQuality(WhatIf):
    """A channel resolves more, or less, often than it does.

    Either ``success`` gives the new share (one, or by intent: intents that are not named stay as they
    are), or ``points`` moves what there is, held within 0 and 100%. It is the success of a
    self-service channel and the first-contact resolution of one with agents. Neutral: no success
    and 0 points.
    """

    kind: ClassVar[str] = "channel_quality"
    title: ClassVar[str] = "Channel quality"
    group: ClassVar[PlannersGroup] = "Channels"

    channel: Name = asked(kind="choice", title="Channel", refers_to="channels")
    points: Annotated[float, Field(ge=-100, le=100, allow_inf_nan=False)] = asked(
        0.0,
        kind="number",
        title="Change by",
        help="Percentage points of success: −10 turns 75% into 65%.",
        unit="points",
        low=-50,
        high=50,
        step=1,
    )
    success: ByIntent[Share] | None = asked(
        None,
        kind="shares",
        title="New success",
        help="Instead of a change: one share, or by intent.",
        refers_to="intents",
        low=0,
        high=1,
        step=0.01,
    )
    intents: Names | None = asked(
        None,
        kind="choices",
        title="Only for",
        help="Omitted: all intents.",
        refers_to="intents",
        advanced=True,
    )

    def describe(self, scenario: Scenario) -> str:
        """For example ``"portal success −10 points"``."""
        change = points(self.points) if self.success is None else shares_text(self.success)
        whose = f" for {listed(self.intents)}" if self.intents else ""
        return f"{self.channel} success {change}{whose}"

    def _misfits(self, scenario: Scenario) -> Iterable[Problem]:
        if self.success is not None and self.points:
            yield Problem("points", self.points, "0 where a new success is given", "give one of the two")
        if isinstance(self.success, dict) and self.intents:
            yield Problem(
                "intents", list(self.intents), "nothing where success is given by intent", "leave intents out"
            )

    def _changed(self, scenario: Scenario) -> Scenario:
        channel = scenario.channels[self.channel]
        field = "success" if channel.mode == "self_service" else "resolution"
        library = parameter_of(type(channel).model_fields[field])
        old: float | dict[str, float] = getattr(channel, field)
        fallback = float(default_of(library or "self_service.success"))
        new = self._success(old, fallback)
        same = (
            for_intent(new, name, fallback) == for_intent(old, name, fallback) for name in scenario.intents
        )
        if all(same):
            return scenario
        changed = channel.model_copy(update={field: new})
        return scenario.model_copy(update={"channels": replaced(scenario.channels, {self.channel: changed})})

    def _success(self, old: float | dict[str, float], fallback: float) -> float | dict[str, float]:
        by_intent = dict(old) if isinstance(old, dict) else {"default": old}
        if isinstance(self.success, dict):
            return self.success if "default" in self.success else {**by_intent, **self.success}
        if self.intents is not None:
            mine = {intent: self._moved(for_intent(old, intent, fallback)) for intent in self.intents}
            return {**by_intent, **mine}
        if self.success is not None:
            return self.success
        if isinstance(old, dict):
            return {intent: self._moved(share) for intent, share in old.items()}
        return self._moved(old)

    def _moved(self, share: float) -> float:
        if self.success is not None and not isinstance(self.success, dict):
            return self.success
        return min(1.0, max(0.0, round(share + self.points / 100.0, 12))) if self.points else share

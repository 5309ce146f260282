"""Customer mix: more or fewer customers of one kind, and how they behave."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import ClassVar

from scenarios.errors import Problem
from scenarios.fields import Name
from scenarios.model import Scenario, Segment
from scenarios.units import Factor, Share
from scenarios.whatifs.base import PlannersGroup, WhatIf, replaced
from scenarios.whatifs.fields import asked
from scenarios.whatifs.words import number, per_cent


class CustomerMix(WhatIf):
    """A segment makes up another share of customers, is more or less patient, or manages self-service better.

    The other segments shrink or grow in proportion, so that shares sum to 1. A customer who stays in a
    segment keeps the same luck. Neutral: no new share, and factors of 1.
    """

    kind: ClassVar[str] = "customer_mix"
    title: ClassVar[str] = "Customer mix"
    group: ClassVar[PlannersGroup] = "Customers"

    segment: Name = asked(kind="choice", title="Segment", refers_to="segments")
    share: Share | None = asked(
        None,
        kind="share",
        title="New share of customers",
        help="The others shrink or grow in proportion. Omitted: as it is.",
        low=0,
        high=1,
        step=0.01,
    )
    patience: Factor = asked(
        1.0,
        kind="number",
        title="Patience times",
        help="1.2: they wait a fifth longer before they give up.",
        low=0.5,
        high=2,
        step=0.1,
    )
    self_service_success: Factor = asked(
        1.0,
        kind="number",
        title="Self-service success times",
        help="0.9: they fail there more often; success stays within 100%.",
        low=0.5,
        high=1.5,
        step=0.05,
    )

    def describe(self, scenario: Scenario) -> str:
        """For example ``"boomer are 30% of customers, patience × 1.2"``."""
        parts = [] if self.share is None else [f"{per_cent(self.share)} of customers"]
        if self.patience != 1.0:
            parts.append(f"patience × {number(self.patience)}")
        if self.self_service_success != 1.0:
            parts.append(f"self-service success × {number(self.self_service_success)}")
        return f"{self.segment}: {', '.join(parts) or 'as they are'}"

    def _misfits(self, scenario: Scenario) -> Iterable[Problem]:
        if self.share is None or self.segment not in scenario.segments:
            return
        now, others = _shares(scenario, self.segment)
        if now == self.share:
            return
        if len(scenario.segments) == 1:
            yield Problem(
                "share", self.share, "1, as there is no other segment", "leave it out, or add a segment"
            )
        elif not others:
            yield Problem(
                "share", self.share, "1, as no other segment has customers",
                "give another segment a share first",
            )  # fmt: skip

    def _changed(self, scenario: Scenario) -> Scenario:
        changed = {self.segment: self._behaving(scenario.segments[self.segment])}
        now, others = _shares(scenario, self.segment)
        if self.share is not None and self.share != now:
            changed[self.segment] = changed[self.segment].model_copy(update={"share": self.share})
            for name, segment in scenario.segments.items():
                if name != self.segment:
                    share = round(segment.share * (1.0 - self.share) / others, 12)
                    changed[name] = segment.model_copy(update={"share": share})
        return scenario.model_copy(update={"segments": replaced(scenario.segments, changed)})

    def _behaving(self, segment: Segment) -> Segment:
        changes = {
            name: round(getattr(segment, name) * factor, 9)
            for name, factor in (
                ("patience", self.patience),
                ("self_service_success", self.self_service_success),
            )
            if factor != 1.0
        }
        return segment.model_copy(update=changes) if changes else segment


def _shares(scenario: Scenario, segment: str) -> tuple[float, float]:
    """The share of a segment, and of all others together."""
    others = (one.share for name, one in scenario.segments.items() if name != segment)
    return scenario.segments[segment].share, math.fsum(others)

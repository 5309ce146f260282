"""Where customers turn first: to a person or to self-service, as studies of generations find it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from scenarios.errors import Problem
from scenarios.fields import ByIntent
from scenarios.model import Scenario, Segment
from scenarios.parameters import default_of
from scenarios.units import Share
from scenarios.whatifs.base import PlannersGroup, WhatIf, replaced
from scenarios.whatifs.fallback import SERVED_MODES, main_phone
from scenarios.whatifs.fields import asked
from scenarios.whatifs.volume import cases_per_interval
from scenarios.whatifs.words import shares_text

Study = Literal["as_they_are", "medallia_2022", "polyai_2025"]


@dataclass(frozen=True)
class Preferences:
    """What a study found: share of each generation whose first attempt is with a person, or by phone."""

    shares: Mapping[str, float]
    by_phone: bool
    """Whether the study asked for the phone, rather than for any person."""
    source: str
    grade: str


def preferences(study: Study) -> Preferences:
    """The figures of a study; of ``as_they_are`` none.

    >>> preferences("medallia_2022").shares["boomer"], preferences("polyai_2025").shares["gen_z"]
    (0.52, 0.86)
    """
    if study == "medallia_2022":
        found = default_of("segments.preferences")
        shares = {generation: figures["direct"] for generation, figures in found.items()}
        return Preferences(shares, False, "Medallia 2022, above 1,000 customers", "B")
    if study == "polyai_2025":
        source = "PolyAI and Dynata 2025: 86% of Gen Z and young Millennials prefer calling"
        return Preferences(default_of("segments.preferences_calling"), True, source, "B")
    return Preferences({}, False, "", "X")


class FirstChoice(WhatIf):
    """Segments try a person first more, or less, often than they do.

    Two studies contradict each other. ``medallia_2022`` (grade B): half of Boomers and a third of Gen Z and
    Millennials turn to a person first. ``polyai_2025`` (grade B, ordered by a seller of voice assistants):
    86% of Gen Z and young Millennials prefer to call; here it is taken for all Millennials. Segments named
    ``boomer``, ``millennial`` and ``gen_z`` take a study's figures; ``person_first`` gives your own for any.
    A segment that changes has one preference for all intents: its average over the cases, moved to the
    figure. What customers say they prefer may not be what they do. Neutral: ``as_they_are``, and no figures
    of your own.
    """

    kind: ClassVar[str] = "first_choice"
    title: ClassVar[str] = "Where customers turn first"
    group: ClassVar[PlannersGroup] = "Customers"

    study: Study = asked(
        "medallia_2022",
        kind="choice",
        title="As found by",
        help="medallia_2022: a third of the young turn to a person first; polyai_2025: 86% of them call. "
        "The studies conflict: try both.",
        parameter="segments.preferences",
    )
    person_first: ByIntent[Share] | None = asked(
        None,
        kind="shares",
        title="Your own figures",
        help="Share of a segment that tries a person first. Omitted: the study's, or as it is.",
        refers_to="segments",
        low=0,
        high=1,
        step=0.01,
        advanced=True,
    )

    def describe(self, scenario: Scenario) -> str:
        """For example ``"first to a person: 52% (boomer), 32% (millennial), 34% (gen_z)"``."""
        found = self._figures(scenario)
        if not found:
            return "customers turn first where they do"
        by_phone = self.study == "polyai_2025" and not self._own
        return f"first {'to the phone' if by_phone else 'to a person'}: {shares_text(found)}"

    @property
    def _own(self) -> Mapping[str, float]:
        """Figures that were given, by segment or ``default``."""
        if self.person_first is None:
            return {}
        return self.person_first if isinstance(self.person_first, dict) else {"default": self.person_first}

    def _figures(self, scenario: Scenario) -> dict[str, float]:
        """The share of each segment that changes, in the scenario's order."""
        found, own = preferences(self.study).shares, self._own
        figures = {name: own.get(name, own.get("default", found.get(name))) for name in scenario.segments}
        return {name: share for name, share in figures.items() if share is not None}

    def _towards(self, scenario: Scenario, segment: str) -> tuple[str, ...]:
        """The channels that a segment's figure speaks of."""
        phone = main_phone(scenario)
        own = self._own
        if preferences(self.study).by_phone and segment not in own and "default" not in own and phone:
            return (phone,)
        return tuple(name for name, channel in scenario.channels.items() if channel.mode in SERVED_MODES)

    def _misfits(self, scenario: Scenario) -> Iterable[Problem]:
        figures = self._figures(scenario)
        if self.study != "as_they_are" and not figures:
            names = ", ".join(preferences(self.study).shares)
            yield Problem(
                "study", self.study, f"a study of this scenario's segments ({names} are in it)",
                "rename your segments so, or give your own figures",
            )  # fmt: skip
        for segment, share in figures.items():
            towards = self._towards(scenario, segment)
            others = [name for name in scenario.channels if name not in towards]
            if not towards or not others:
                what = "with agents" if not towards else "to try before a person"
                yield Problem(
                    "person_first" if self._own else "study", share,
                    f"a scenario with a channel {what}", "add one, or leave this out",
                )  # fmt: skip
                return

    def _changed(self, scenario: Scenario) -> Scenario:
        changed = {
            name: self._turning(scenario, scenario.segments[name], self._towards(scenario, name), share)
            for name, share in self._figures(scenario).items()
        }
        return scenario.model_copy(update={"segments": replaced(scenario.segments, changed)})

    def _turning(
        self, scenario: Scenario, segment: Segment, towards: tuple[str, ...], share: float
    ) -> Segment:
        now = average_first_channel(scenario, segment)
        others = tuple(name for name in now if name not in towards)
        if math.isclose(math.fsum(now[name] for name in towards), share, abs_tol=1e-9):
            return segment
        moved = {**_spread(now, towards, share), **_spread(now, others, 1.0 - share)}
        first = {name: moved[name] for name in now if moved[name] > 0}
        return segment.model_copy(update={"first_channel": first, "adoption": {}})


def _spread(now: Mapping[str, float], names: tuple[str, ...], share: float) -> dict[str, float]:
    """``share`` over ``names`` in the proportions of now; all to the first where they have nothing now."""
    total = math.fsum(now[name] for name in names)
    if total == 0.0:
        return {name: share if name == names[0] else 0.0 for name in names}
    return {name: round(now[name] / total * share, 12) for name in names}


def average_first_channel(scenario: Scenario, segment: Segment) -> dict[str, float]:
    """Where a segment's first attempts go, over all its cases: share by channel, summing to 1."""
    total = dict.fromkeys(scenario.channels, 0.0)
    weights = {
        name: math.fsum(cases_per_interval(intent.volume, scenario.calendar.interval))
        for name, intent in scenario.intents.items()
    }
    if not any(weights.values()):
        weights = dict.fromkeys(weights, 1.0)
    for name, intent in scenario.intents.items():
        shares = intent.first_channel if segment.first_channel is None else segment.first_channel
        one = {channel: shares.get(channel, 0.0) for channel in scenario.channels}
        whole = math.fsum(one.values()) or 1.0
        one = {channel: share / whole for channel, share in one.items()}
        for adopted, part in segment.adoption.items():
            one = {channel: share * (1.0 - part) for channel, share in one.items()}
            one[adopted] += part
        for channel, share in one.items():
            total[channel] += weights[name] * share
    everything = math.fsum(total.values()) or 1.0
    return {channel: share / everything for channel, share in total.items()}

"""Scale how many cases come: growth, a campaign, a mailing, a quiet day."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Annotated, ClassVar

from pydantic import Field

from scenarios.errors import Problem
from scenarios.fields import Names
from scenarios.model import Scenario, Volume
from scenarios.profiles import profile_weights, rescaled
from scenarios.times import Clock
from scenarios.units import Factor
from scenarios.whatifs.base import PlannersGroup, WhatIf, replaced
from scenarios.whatifs.fields import asked
from scenarios.whatifs.windows import (
    DAY_SECONDS,
    intervals_within,
    window_problems,
    window_text,
)
from scenarios.whatifs.words import listed, number, signed


class ScaleVolume(WhatIf):
    """More or fewer cases, of all intents or of some, all day or in a window of every day.

    Give ``percent`` or ``factor``. Within a window, whose ends lie on the scenario's intervals, volumes
    become lists of cases per interval. More volume keeps today's customers and adds new ones. Neutral:
    0 percent and a factor of 1.
    """

    kind: ClassVar[str] = "scale_volume"
    title: ClassVar[str] = "Scale volume"
    group: ClassVar[PlannersGroup] = "Customers"

    percent: Annotated[float, Field(ge=-100, le=9900, allow_inf_nan=False)] = asked(
        0.0,
        kind="number",
        title="Per cent",
        help="More cases, or fewer if negative: 20 is a fifth more.",
        unit="%",
        low=-50,
        high=100,
        step=1,
    )
    factor: Factor = asked(
        1.0,
        kind="number",
        title="Factor",
        help="Instead of per cent: 5 is five times as many.",
        low=0.5,
        high=5,
        step=0.1,
        advanced=True,
    )
    intents: Names | None = asked(
        None, kind="choices", title="Only intents", help="Omitted: all intents.", refers_to="intents"
    )
    start: Clock | None = asked(None, kind="clock", title="From", help="Omitted: all day.")
    end: Clock | None = asked(None, kind="clock", title="Until")

    def describe(self, scenario: Scenario) -> str:
        """For example ``"+20% cases of billing 09:00–12:00"``."""
        change = f"{number(self.factor)} times the" if self.factor != 1.0 else f"{signed(self.percent)}%"
        of = f" of {listed(self.intents)}" if self.intents else ""
        return f"{change} cases{of}{window_text(self.start, self.end)}"

    def _misfits(self, scenario: Scenario) -> Iterable[Problem]:
        yield from window_problems(self.start, self.end, grid_seconds=scenario.calendar.interval)
        if self.percent and self.factor != 1.0:
            yield Problem("factor", self.factor, "1 where a percentage is given", "give one of the two")

    def _changed(self, scenario: Scenario) -> Scenario:
        by = self.factor if self.factor != 1.0 else 1.0 + self.percent / 100.0
        if by == 1.0:
            return scenario
        intents = {
            name: scenario.intents[name].model_copy(
                update={"volume": self._volume(scenario, scenario.intents[name].volume, by)}
            )
            for name in self.intents or scenario.intents
        }
        return scenario.model_copy(update={"intents": replaced(scenario.intents, intents)})

    def _volume(self, scenario: Scenario, volume: Volume, by: float) -> Volume:
        if self.start is None and self.end is None:
            return scaled_volume(volume, by)
        cases = cases_per_interval(volume, scenario.calendar.interval)
        within = intervals_within(scenario, len(cases), self.start, self.end)
        scaled = (now * by if inside else now for now, inside in zip(cases, within, strict=True))
        listed_volume = {"per_day": None, "profile": "flat", "per_interval": tuple(map(_neat, scaled))}
        return volume.model_copy(update=listed_volume)


def scaled_volume(volume: Volume, factor: float) -> Volume:
    """A volume times ``factor`` at every time, in the form in which it was given."""
    if volume.per_interval is not None:
        scaled = tuple(_neat(cases * factor) for cases in volume.per_interval)
        return volume.model_copy(update={"per_interval": scaled})
    return volume.model_copy(update={"per_day": _neat((volume.per_day or 0.0) * factor)})


def cases_per_interval(volume: Volume, interval_seconds: float) -> tuple[float, ...]:
    """Expected cases in each interval of a day (of all days, where they are given so), before the
    weekday index."""
    if volume.per_interval is not None:
        return volume.per_interval
    intervals = round(DAY_SECONDS / interval_seconds)
    shares = (
        profile_weights(volume.profile, intervals)
        if isinstance(volume.profile, str)
        else rescaled(volume.profile, intervals)
    )
    return tuple((volume.per_day or 0.0) * share for share in shares)


def _neat(cases: float) -> float:
    """Cases without the dust of floating-point products, so that a diff reads well."""
    return round(cases, 9) if math.isfinite(cases) else cases

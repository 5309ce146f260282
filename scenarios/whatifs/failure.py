"""Remove failure demand: a root cause is fixed, and contacts about it are never made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import ClassVar

from scenarios.errors import Problem
from scenarios.fields import Names
from scenarios.model import Scenario, Volume
from scenarios.units import Count, Share
from scenarios.whatifs.base import PlannersGroup, WhatIf, replaced
from scenarios.whatifs.fields import asked
from scenarios.whatifs.volume import cases_per_interval, scaled_volume
from scenarios.whatifs.windows import DAY_SECONDS
from scenarios.whatifs.words import listed, per_cent


class RemoveFailureDemand(WhatIf):
    """A root cause is fixed, so that a share of the cases about it never arises.

    The cases that stay are the same as before, with the same luck. From a later day on, volumes become
    lists of cases per interval of all days. Neutral: a share of 0.
    """

    kind: ClassVar[str] = "remove_failure_demand"
    title: ClassVar[str] = "Remove failure demand"
    group: ClassVar[PlannersGroup] = "Customers"

    removed: Share = asked(
        kind="share",
        title="Cases that no longer arise",
        help="Put in how many of these cases the fix prevents.",
        parameter="demand.failure_removed",
        step=0.05,
    )
    intents: Names | None = asked(
        None,
        kind="choices",
        title="Failure demand",
        help="The intents that the fix concerns. Omitted: all that the scenario marks as failure demand.",
        refers_to="intents",
    )
    from_day: Count = asked(
        0,
        kind="number",
        title="From day",
        help="Days after the scenario's first; 0: fixed from the start.",
        unit="days",
        low=0,
        step=1,
        advanced=True,
    )

    def describe(self, scenario: Scenario) -> str:
        """For example ``"30% of login and dispute never arise from Wed 4 Mar"``."""
        which = self.intents or _failures(scenario)
        what = listed(which) if which else "failure demand"
        date = scenario.calendar.start + dt.timedelta(days=self.from_day)
        when = f" from {date:%a} {date.day} {date:%b}" if self.from_day else ""
        return f"{per_cent(self.removed)} of {what} cases never arise{when}"

    def _misfits(self, scenario: Scenario) -> Iterable[Problem]:
        if self.intents is None and not _failures(scenario):
            known = ", ".join(scenario.intents)
            yield Problem(
                "intents", None, f"a scenario with intents marked demand: failure, or some of {known}",
                "choose the intents that the fix concerns",
            )  # fmt: skip
        if self.from_day >= scenario.calendar.days:
            last = scenario.calendar.days - 1
            yield Problem("from_day", self.from_day, f"a day of the scenario, 0 to {last}", f"write {last}")

    def _changed(self, scenario: Scenario) -> Scenario:
        if self.removed == 0.0:
            return scenario
        intents = {
            name: scenario.intents[name].model_copy(
                update={"volume": self._volume(scenario, scenario.intents[name].volume)}
            )
            for name in self.intents or _failures(scenario)
        }
        return scenario.model_copy(update={"intents": replaced(scenario.intents, intents)})

    def _volume(self, scenario: Scenario, volume: Volume) -> Volume:
        if self.from_day == 0:
            return scaled_volume(volume, 1.0 - self.removed)
        interval, days = scenario.calendar.interval, scenario.calendar.days
        per_day = round(DAY_SECONDS / interval)
        cases = cases_per_interval(volume, interval)
        every = cases if len(cases) == per_day * days else cases * days
        fixed_at = self.from_day * per_day
        kept = (now if k < fixed_at else round(now * (1.0 - self.removed), 9) for k, now in enumerate(every))
        listed_volume = {"per_day": None, "profile": "flat", "per_interval": tuple(kept)}
        return volume.model_copy(update=listed_volume)


def _failures(scenario: Scenario) -> tuple[str, ...]:
    return tuple(name for name, intent in scenario.intents.items() if intent.demand == "failure")

"""The question of a year: whom to hire, and when."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from planner_app.running.background import Background, Tell
from planner_app.staffing import hiring_form
from planner_app.staffing.questions import SEED, NeedQuestion, digest
from sim.staffing.capacity import CapacityPlan, capacity
from sim.staffing.outlook import needed_by_week, weekly_volume, with_service

EVERY = 4
"""Each so many weeks a week's service is simulated."""


@dataclass(frozen=True)
class YearQuestion:
    """Whom to hire for the weeks to come, and what service they will have?"""

    need: NeedQuestion
    values: str
    """Values of the form as JSON."""

    @cached_property
    def key(self) -> str:
        """The same for the same question."""
        return digest("year", self.need.key, self.values)

    @property
    def given(self) -> dict[str, Any]:
        """Values of the form."""
        return dict(json.loads(self.values))

    def answer(self, work: Background, tell: Tell, cancel: threading.Event) -> CapacityPlan:
        """Classes at least cost, and the service of some weeks."""
        scenario = self.need.scenario
        year = hiring_form.read(self.given, scenario)

        def searching(done: int, total: int) -> None:
            tell(round(60.0 * done / max(total, 1)), 100)

        def simulating(done: int, total: int) -> None:
            tell(70 + round(30.0 * done / max(total, 1)), 100)

        need = work.found(self.need, searching, cancel).need
        volume = weekly_volume(year.weeks, year.start, year.growth, year.season)
        needed = needed_by_week(need, volume, year.hiring.hours_per_week, year.days_a_week, seed=SEED)
        tell(62, 100)
        plan = capacity(needed, year.hiring, start=year.start, volume=volume, cancel=cancel)
        tell(70, 100)
        return with_service(plan, need, every=EVERY, seed=SEED, progress=simulating, cancel=cancel)

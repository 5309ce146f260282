"""When: the days simulated, and holidays among them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from scenarios.clocks import elapsed
from scenarios.fields import Names, Part
from scenarios.times import Date, Day, DayHours, Timezone
from scenarios.units import Multiple, Seconds, quantity


class Holiday(Part):
    """A day that differs from others of its weekday.

    ``hours`` replaces the opening hours of channels that have some and that agents serve; channels that are
    always open, and self-service, go on as usual unless ``channels`` names them.
    """

    name: str = quantity("", title="Name", max_length=80)
    hours: DayHours | None = quantity(
        None, title="Hours", help='closed, or like "10:00-16:00". Omitted: as usual.'
    )
    channels: Names | None = quantity(
        None,
        title="Only channels",
        help="Whose hours these are. Omitted: channels with opening hours that agents serve.",
    )
    volume: Multiple = quantity(1.0, title="Volume", help="Factor on the cases of that day.")
    staff: Multiple = quantity(1.0, title="Staff", help="Factor on the agents scheduled that day.")


_USUAL = Holiday()


class Calendar(Part):
    """The days simulated, and the interval that tables and schedules count in."""

    start: Day = quantity(title="First day", help="Local date of the first simulated day.")
    timezone: Timezone = quantity(
        "Europe/London",
        title="Time zone",
        help="IANA name; its clocks change when they do there.",
    )
    days: Annotated[int, Field(ge=1, le=366)] = quantity(1, title="Days", unit="days")
    interval: Seconds = quantity(
        900.0,
        title="Interval",
        unit="s",
        help="Divides a day evenly; lists by interval have those of 24 hours by the clock.",
    )
    warm_up: Seconds = quantity(
        0.0,
        title="Warm-up",
        unit="s",
        help="Time at the start that is simulated and not counted; whole intervals.",
    )
    holidays: dict[Date, Holiday] = quantity(
        {},
        title="Holidays",
        help="By local date; those that are not simulated are ignored, so a yearly list will do.",
        max_length=1000,
    )

    def shows(self, window: tuple[dt.datetime, dt.datetime]) -> bool:
        """Whether the clock shows anything between two moments: not if it is put forward over all of it."""
        begins, ends = (elapsed(self.start, self.timezone, self.days, moment) for moment in window)
        return begins < ends

    @property
    def dates(self) -> list[str]:
        """The days simulated, as holidays name them."""
        return [(self.start + dt.timedelta(days=day)).isoformat() for day in range(self.days)]

    def by_day(self) -> list[Holiday]:
        """The holiday of each day simulated; on other days, one that changes nothing."""
        return [self.holidays.get(date, _USUAL) for date in self.dates]

    def simulated(self) -> dict[str, Holiday]:
        """The holidays among the days simulated, in their order."""
        return {date: self.holidays[date] for date in self.dates if date in self.holidays}

    def with_staff(self, factors: Mapping[str, float]) -> Calendar:
        """The same with these factors on agents, by date, and as many as scheduled on other days."""
        holidays = {
            date: holiday.model_copy(update={"staff": factors.get(date, 1.0)})
            for date, holiday in self.holidays.items()
        }
        others = {date: Holiday(staff=factor) for date, factor in factors.items() if factor != 1.0}
        holidays = {**others, **holidays}
        return self if holidays == self.holidays else self.model_copy(update={"holidays": holidays})

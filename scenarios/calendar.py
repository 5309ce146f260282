"""When: the days simulated."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from scenarios.fields import Part
from scenarios.times import Day, Timezone
from scenarios.units import Seconds, quantity


class Calendar(Part):
    """The days simulated, and the interval that tables and schedules count in."""

    start: Day = quantity(title="First day", help="Local date of the first simulated day.")
    timezone: Timezone = quantity("Europe/London", title="Time zone", help="IANA name.")
    days: Annotated[int, Field(ge=1, le=366)] = quantity(1, title="Days", unit="days")
    interval: Seconds = quantity(900.0, title="Interval", unit="s", help="Divides a day evenly.")
    warm_up: Seconds = quantity(
        0.0,
        title="Warm-up",
        unit="s",
        help="Time at the start that is simulated and not counted; whole intervals.",
    )

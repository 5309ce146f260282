"""Who notices first: monitoring, customers who tell an agent, or both at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from scenarios.distributions import Deterministic
from scenarios.errors import Problem
from scenarios.fields import Name
from scenarios.model import Detection, Incident, Scenario
from scenarios.parameters import default_of
from scenarios.units import Seconds, format_duration
from scenarios.whatifs.base import PlannersGroup, WhatIf
from scenarios.whatifs.faults import changed_faults, no_fault, whose
from scenarios.whatifs.fields import asked

MONITORED = {"who": ("monitoring", "desk_wired_to_it")}
REPORTED = {"who": ("service_desk", "desk_wired_to_it")}


class WhoNoticesFirst(WhatIf):
    """An incident is noticed by monitoring after a while, by the desk after some reports, or by both.

    ``monitoring``: IT sees it after a lag, whatever customers say. ``service_desk``: nobody monitors, but the
    desk passes on what customers tell its agents. ``desk_wired_to_it``: both, whoever is first. From then on
    it takes ``fix`` to mend; the incident lasts as long as its window at most, so a fix that comes later
    changes nothing. Customers report only once an agent answers them: an outage that floods the phone delays
    its own detection. Neutral: ``as_it_is``.
    """

    kind: ClassVar[str] = "who_notices_first"
    title: ClassVar[str] = "Who notices first"
    group: ClassVar[PlannersGroup] = "Incidents"
    inbound: ClassVar[bool] = True

    channel: Name | None = asked(
        None,
        kind="choice",
        title="Incidents in",
        help="The channel that fails. Omitted: all incidents that make attempts fail.",
        refers_to="channels",
    )
    who: Literal["monitoring", "service_desk", "desk_wired_to_it", "as_it_is"] = asked(
        "desk_wired_to_it",
        kind="choice",
        title="Noticed by",
        help="monitoring: after a lag; service_desk: after some customers told an agent; "
        "desk_wired_to_it: whichever is first.",
    )
    monitoring: Seconds = asked(
        kind="duration",
        title="Monitoring sees it after",
        unit="s",
        parameter="outage.detection_lag",
        shown_when=MONITORED,
        step=60,
    )
    reports: Annotated[int, Field(ge=1, le=1_000_000)] = asked(
        kind="number",
        title="Reports that the desk needs",
        help="So many customers whom it failed tell an agent before IT is called.",
        unit="customers",
        parameter="outage.reports",
        shown_when=REPORTED,
        step=1,
    )
    fix: Seconds | None = asked(
        None,
        kind="duration",
        title="Time to mend it",
        help="From the moment it is noticed. Omitted: as the incident says, or the library's where it says "
        "nothing.",
        unit="s",
        parameter="outage.time_to_mend",
        step=300,
    )

    def describe(self, scenario: Scenario) -> str:
        """For example ``"portal outage noticed after 10 min or 5 reports, mended 30 min later"``."""
        what = whose(scenario, self.channel)
        if self.who == "as_it_is":
            return f"{what} noticed as now"
        ways = [f"{format_duration(self.monitoring)}"] if self._is_monitored else []
        if self._is_reported:
            ways.append(f"{self.reports} report{'s' * (self.reports > 1)}")
        mended = "" if self.fix is None else f", mended {format_duration(self.fix)} later"
        return f"{what} noticed after {' or '.join(ways)}{mended}"

    @property
    def _is_monitored(self) -> bool:
        return self.who in MONITORED["who"]

    @property
    def _is_reported(self) -> bool:
        return self.who in REPORTED["who"]

    def _misfits(self, scenario: Scenario) -> Iterable[Problem]:
        if self.who != "as_it_is":
            yield from no_fault(scenario, self.channel)

    def _changed(self, scenario: Scenario) -> Scenario:
        return scenario if self.who == "as_it_is" else changed_faults(scenario, self.channel, self._noticed)

    def _noticed(self, incident: Incident) -> Incident:
        detection = Detection(
            monitoring=self.monitoring if self._is_monitored else None,
            reports=self.reports if self._is_reported else None,
        )
        fix = incident.fix if self.fix is None else Deterministic(value=self.fix)
        library = Deterministic(value=default_of("outage.time_to_mend"))
        return incident.model_copy(update={"detection": detection, "fix": fix or library})

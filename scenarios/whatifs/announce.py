"""Announce an incident: customers whom it fails are told to come back when it is over, at a cost."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from scenarios.errors import Problem
from scenarios.fields import Name
from scenarios.model import Announcement, Incident, Scenario
from scenarios.units import Amount, Seconds, Share, format_duration
from scenarios.whatifs.base import PlannersGroup, WhatIf
from scenarios.whatifs.faults import changed_faults, faults, no_fault, whose
from scenarios.whatifs.fields import asked
from scenarios.whatifs.words import per_cent


class AnnounceIncident(WhatIf):
    """A banner or a message tells customers that something is down, once somebody has noticed.

    Of those whom the incident fails while it is announced, a share waits until it is over and tries the same
    channel again; the others do what they would have done. Each of those told costs a message (a banner: 0),
    and each announcement something besides; the comparison sets this, as *Outreach* and within *Cost*, beside
    the contacts and the churn that are spared. Neutral: a share of 0.
    """

    kind: ClassVar[str] = "announce_incident"
    title: ClassVar[str] = "Announce an incident"
    group: ClassVar[PlannersGroup] = "Incidents"
    inbound: ClassVar[bool] = True

    channel: Name | None = asked(
        None,
        kind="choice",
        title="Incidents in",
        help="The channel that fails. Omitted: all incidents that make attempts fail.",
        refers_to="channels",
    )
    heeded: Share = asked(
        kind="share",
        title="Heeded",
        help="Share of customers told who wait until it is over, and then try the same channel again.",
        parameter="outage.notice_averts",
        step=0.05,
    )
    after: Seconds = asked(
        0.0,
        kind="duration",
        title="Told after",
        help="From the moment somebody notices it.",
        unit="s",
        low=0,
        high=3600,
        step=60,
    )
    return_within: Seconds = asked(
        kind="duration",
        title="Return within",
        help="They come back spread evenly over so long after the end.",
        unit="s",
        parameter="outage.return_within",
        step=300,
        advanced=True,
    )
    cost_per_customer: Amount = asked(
        kind="number",
        title="Cost per customer told",
        help="Of a message to each. A banner or an announcement in the menu: 0.",
        unit="money",
        parameter="outreach.cost_per_customer",
        step=0.01,
    )
    fixed_cost: Amount = asked(
        kind="number",
        title="Fixed cost",
        help="Of each announcement, however many hear it.",
        unit="money",
        parameter="outreach.fixed_cost",
        step=5,
    )

    def describe(self, scenario: Scenario) -> str:
        """For example ``"portal outage announced 5 min after it is noticed, 20% heed it"``."""
        when = "as soon as it is noticed"
        if self.after:
            when = f"{format_duration(self.after)} after it is noticed"
        return f"{whose(scenario, self.channel)} announced {when}, {per_cent(self.heeded)} heed it"

    def _misfits(self, scenario: Scenario) -> Iterable[Problem]:
        if self.heeded == 0.0:
            return
        yield from no_fault(scenario, self.channel)
        unnoticed = [one.name for one in faults(scenario, self.channel) if one.detection is None]
        if unnoticed:
            yield Problem(
                "channel", self.channel, f"incidents that somebody notices; nobody does {unnoticed[0]}",
                "stack who_notices_first before this",
            )  # fmt: skip

    def _changed(self, scenario: Scenario) -> Scenario:
        if self.heeded == 0.0:
            return scenario
        return changed_faults(scenario, self.channel, self._announced)

    def _announced(self, incident: Incident) -> Incident:
        told = Announcement(**{name: getattr(self, name) for name in Announcement.model_fields})
        return incident.model_copy(update={"announcement": told})

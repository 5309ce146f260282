"""An outbound campaign: agents call customers on a list while they are idle."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar

from pydantic import Field

from scenarios.channels import Dialler, Live
from scenarios.errors import Problem
from scenarios.fields import Names
from scenarios.model import Intent, Scenario, Skill, Volume
from scenarios.tables import DAY_SECONDS
from scenarios.times import Clock, clock_seconds
from scenarios.units import Count, Seconds, Share
from scenarios.whatifs.base import PlannersGroup, WhatIf, replaced
from scenarios.whatifs.fallback import library_law, library_mean
from scenarios.whatifs.fields import asked
from scenarios.whatifs.words import listed

CHANNEL, INTENT = "outbound", "campaign"
MOST_PRIORITY = 99


class OutboundCampaign(WhatIf):
    """Agents call customers on a list, after all their other work, while more than a reserve of them is idle.

    Adds the channel ``outbound`` with a dialler and the intent ``campaign``, whose customers come on the list
    when the channel opens, every day anew. One call at a time for each idle agent never leaves a customer
    without one, unless inbound is faster; more calls reach more customers, and some of them in vain. Neutral:
    a list of 0.
    """

    kind: ClassVar[str] = "outbound_campaign"
    title: ClassVar[str] = "Outbound campaign"
    group: ClassVar[PlannersGroup] = "Customers"

    customers: Count = asked(
        500, kind="number", title="Customers on the list", unit="a day", low=0, high=5000, step=50
    )
    groups: Names | None = asked(
        None, kind="choices", title="Groups", help="Who calls. Omitted: all groups.", refers_to="groups"
    )
    start: Clock = asked("09:00", kind="clock", title="From")
    end: Clock = asked("17:00", kind="clock", title="Until")
    handle_time: Seconds = asked(
        kind="duration",
        title="Handle time",
        help="Mean of a call that is answered.",
        unit="s",
        parameter="phone.handle_time",
        default_factory=lambda: library_mean("phone.handle_time"),
        step=30,
    )
    keep_idle: Count = asked(
        1,
        kind="number",
        title="Kept for inbound",
        help="Calls are placed only for agents who are idle beyond so many of their group.",
        unit="agents",
        low=0,
        high=10,
        step=1,
    )
    calls_per_agent: Annotated[float, Field(gt=0.0, le=20.0, allow_inf_nan=False)] = asked(
        kind="number",
        title="Calls per idle agent",
        help="Ringing at once. 1 is progressive dialling.",
        parameter="dialler.calls_per_agent",
        step=0.1,
    )
    reached: Share = asked(
        kind="share",
        title="Reached",
        help="Share of calls that the right person answers.",
        parameter="dialler.reached",
        step=0.05,
    )
    attempts: Annotated[int, Field(ge=1, le=20)] = asked(
        kind="number", title="Calls to a customer", unit="calls", parameter="dialler.attempts", step=1
    )
    retry: Seconds = asked(
        kind="duration",
        title="Time between calls",
        unit="s",
        parameter="dialler.retry",
        step=900,
        advanced=True,
    )
    patience: Seconds = asked(
        2.0,
        kind="duration",
        title="Waits for an agent",
        help="How long a customer who answers stays on a silent line.",
        unit="s",
        low=0,
        high=30,
        step=1,
        advanced=True,
    )

    def describe(self, scenario: Scenario) -> str:
        """For example ``"500 customers a day called by agents 09:00–17:00"``."""
        who = listed(self.groups) if self.groups else "agents"
        return f"{self.customers:,} customers a day called by {who} {self.start}–{self.end}"

    def _misfits(self, scenario: Scenario) -> Iterable[Problem]:
        if not scenario.groups:
            yield Problem("groups", None, "a scenario with groups of agents", "add a group first")
        if clock_seconds(self.start) >= clock_seconds(self.end):
            yield Problem("end", self.end, f"a time after {self.start}", "swap the two times")
        if clock_seconds(self.start) % scenario.calendar.interval:
            yield Problem("start", self.start, "the start of an interval of the calendar", "round it")
        for field, name, names in (
            ("channels", CHANNEL, scenario.channels),
            ("intents", INTENT, scenario.intents),
        ):
            if name in names:
                yield Problem(
                    f"{field}.{name}", name, f"{field} without that name", "rename the scenario's own"
                )

    def _changed(self, scenario: Scenario) -> Scenario:
        if self.customers == 0:
            return scenario
        chosen = self.groups or tuple(scenario.groups)
        groups = {name: scenario.groups[name] for name in chosen}
        skilled = {
            name: group.model_copy(
                update={
                    "skills": {
                        **group.skills,
                        CHANNEL: Skill(
                            priority=min(
                                max(skill.priority for skill in group.skills.values()) + 1, MOST_PRIORITY
                            ),
                            keep_idle=self.keep_idle,
                            intents=(INTENT,),
                        ),
                    }
                }
            )
            for name, group in groups.items()
        }
        return scenario.model_copy(
            update={
                "intents": {**scenario.intents, INTENT: self._intent(scenario)},
                "channels": {**scenario.channels, CHANNEL: self._channel()},
                "groups": replaced(scenario.groups, skilled),
            }
        )

    def _intent(self, scenario: Scenario) -> Intent:
        per_day = round(DAY_SECONDS / scenario.calendar.interval)
        first = round(clock_seconds(self.start) / scenario.calendar.interval)
        listed_at = tuple(float(self.customers) if place == first else 0.0 for place in range(per_day))
        return Intent(volume=Volume(per_interval=listed_at, counts="exact"), first_channel={CHANNEL: 1.0})

    def _channel(self) -> Live:
        return Live(
            open={"daily": f"{self.start}-{self.end}"},
            at_close="drop",
            handle_time=library_law("phone.handle_time", self.handle_time),
            patience=self.patience,
            dialler=Dialler(
                calls_per_agent=self.calls_per_agent,
                reached=self.reached,
                attempts=self.attempts,
                retry=self.retry,
            ),
        )

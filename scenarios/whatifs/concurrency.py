"""Change how many contacts an agent may have open at once, and what each extra one costs in time."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from scenarios.fields import Name
from scenarios.model import Scenario
from scenarios.units import Share
from scenarios.whatifs.base import PlannersGroup, WhatIf, replaced
from scenarios.whatifs.fields import asked
from scenarios.whatifs.quality import ChannelQuality
from scenarios.whatifs.words import per_cent


class ChangeConcurrency(WhatIf):
    """Another cap on the contacts an agent has open at once, another slow-down, or both.

    ``slow_down`` is how much longer a contact takes for each further one open: with k open,
    f(k) = 1 + slow_down x (k - 1). Where only the cap rises above a table of slow-downs, the table goes
    on by its last step. ``resolution_drop`` is what each further contact allowed takes off the channel's
    resolution (the direction is measured, its size is not). Neutral: none of them.
    """

    kind: ClassVar[str] = "change_concurrency"
    title: ClassVar[str] = "Change concurrency"
    group: ClassVar[PlannersGroup] = "Agents"

    channel: Name = asked(kind="choice", title="Channel", refers_to="channels", modes=("concurrent",))
    cap: Annotated[int, Field(ge=1, le=20)] | None = asked(
        None,
        kind="number",
        title="Contacts at once",
        help="Most contacts open per agent. Omitted: as it is.",
        unit="contacts",
        parameter="chat.cap",
        step=1,
    )
    slow_down: Annotated[float, Field(ge=0.0, le=4.0, allow_inf_nan=False)] | None = asked(
        None,
        kind="share",
        title="Slow-down per extra contact",
        help="How much longer a contact takes for each further one open. Omitted: as it is.",
        parameter="chat.slowdown_per_contact",
        step=0.05,
        advanced=True,
    )

    resolution_drop: Share | None = asked(
        None,
        kind="share",
        title="Resolution lost per extra contact",
        help="Per contact that the cap rises, gained where it falls; 2% are two points. Omitted: none.",
        parameter="chat.resolution_drop_per_contact",
        step=0.01,
        advanced=True,
    )

    def describe(self, scenario: Scenario) -> str:
        """For example ``"chat: 2 contacts at once"``."""
        parts = [] if self.cap is None else [f"{self.cap} contact{'s' * (self.cap > 1)} at once"]
        if self.slow_down is not None:
            parts.append(f"{per_cent(self.slow_down)} slower per extra contact")
        if self.resolution_drop:
            parts.append(f"{per_cent(self.resolution_drop)} less resolved per extra contact")
        return f"{self.channel}: {', '.join(parts) or 'concurrency as it is'}"

    def _changed(self, scenario: Scenario) -> Scenario:
        channel = scenario.channels[self.channel]
        assert channel.mode == "concurrent"  # problems() admits no other
        cap = channel.cap if self.cap is None else self.cap
        table = channel.slowdown
        if self.slow_down is not None:
            table = tuple(round(1.0 + self.slow_down * extra, 9) for extra in range(cap))
        elif table is not None:
            table = lengthened(table, cap)
        changed = channel.model_copy(update={"cap": cap, "slowdown": table})
        scenario = scenario.model_copy(
            update={"channels": replaced(scenario.channels, {self.channel: changed})}
        )
        points = -100.0 * (self.resolution_drop or 0.0) * (cap - channel.cap)
        return ChannelQuality(channel=self.channel, points=points).apply(scenario) if points else scenario


def lengthened(table: tuple[float, ...], length: int) -> tuple[float, ...]:
    """A table of slow-downs that reaches at least ``length``, going on by its last step.

    >>> lengthened((1.0, 1.2, 1.5), 4)
    (1.0, 1.2, 1.5, 1.8)
    """
    last_step = table[-1] - table[-2] if len(table) > 1 else 0.0
    more = (round(table[-1] + last_step * extra, 9) for extra in range(1, length - len(table) + 1))
    return (*table, *more)

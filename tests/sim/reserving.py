"""A policy as a researcher writes one: specialists are kept for the hotline, until somebody waits long."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scenarios import Scenario
from sim import ByTheRules
from sim.policies import FreeAgent, Moment, WaitingContact


class Reserve(ByTheRules):
    """Specialists help on the phone only while enough of them are idle, or when a caller has waited long.

    ``keep_idle`` and ``overflow_after`` can ask for one and for the other, but not for either of them.
    """

    def __init__(self, idle: int = 2, seconds: float = 60.0) -> None:
        self.idle = idle
        self.seconds = seconds

    def choose_agent(
        self, contact: WaitingContact, agents: Sequence[FreeAgent], now: Moment
    ) -> FreeAgent | None:
        """Nobody but other agents, where the specialists are reserved."""
        if not self._may_be_helped(contact, now.idle("specialists")):
            agents = [agent for agent in agents if agent.group != "specialists"]
        return agents[0] if agents else None

    def choose_contact(
        self, agent: FreeAgent, contacts: Sequence[WaitingContact], now: Moment
    ) -> WaitingContact | None:
        """The first who may be helped; a specialist who looks for work does not count as idle yet."""
        if agent.group == "specialists":
            idle = now.idle("specialists") + 1
            contacts = [contact for contact in contacts if self._may_be_helped(contact, idle)]
        return contacts[0] if contacts else None

    def _may_be_helped(self, contact: WaitingContact, idle: int) -> bool:
        return contact.channel == "hotline" or idle >= self.idle or contact.waited >= self.seconds


def two_lines(**fields: Any) -> Scenario:
    """A phone with its own agents and a hotline with specialists, who help on the phone."""
    law = {"exponential": {"mean": 300}}
    line = {"mode": "live", "handle_time": law, "patience": {"exponential": {"mean": 240}}, "resolution": 1}
    return Scenario(
        name="two lines",
        calendar={"start": "2026-03-02", "timezone": "UTC"},
        intents={
            "question": {"volume": {"per_day": 1000, "profile": "flat"}, "first_channel": {"phone": 1}},
            "emergency": {"volume": {"per_day": 400, "profile": "flat"}, "first_channel": {"hotline": 1}},
        },
        channels={"phone": line, "hotline": line},
        groups={
            "clerks": {"skills": {"phone": {}}, "staff": {"00:00": 3}, "shrinkage": 0},
            "specialists": {
                "skills": {"hotline": {}, "phone": {"priority": 2}},
                "staff": {"00:00": 3},
                "shrinkage": 0,
            },
        },
        **fields,
    )

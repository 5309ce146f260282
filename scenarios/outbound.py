"""Outbound: whose customers are called rather than call."""

from __future__ import annotations

from scenarios.model import Intent, Scenario


def is_called(intent: Intent, scenario: Scenario) -> bool:
    """Whether an intent's customers are on the lists of diallers: none of them chooses a channel."""
    first = [channel for channel, share in intent.first_channel.items() if share > 0]
    return bool(first) and all(
        getattr(scenario.channels.get(channel), "dialler", None) is not None for channel in first
    )

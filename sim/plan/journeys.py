"""Next steps: which row of the table holds after a contact, and what each row offers."""

from __future__ import annotations

import numpy as np

from scenarios.model import NextStep, Scenario
from sim.contract import NOBODY, OUTCOMES, Floats, Ints
from sim.plan.laws import LawTable


def rows(scenario: Scenario) -> Ints:
    """[C, O, I, S] row that holds, or ``NOBODY``.

    A row that names intents wins over one that does not, then one that names segments; of equals, the
    first.
    """
    channels, intents, segments = list(scenario.channels), list(scenario.intents), list(scenario.segments)
    table = np.full((len(channels), len(OUTCOMES), len(intents), len(segments)), NOBODY, dtype=np.int64)
    steps = list(enumerate(scenario.next_steps))
    for row, step in sorted(steps, key=lambda pair: (_detail(pair[1]), -pair[0])):
        where = np.ix_(
            [channels.index(step.after)],
            [OUTCOMES.index(outcome) for outcome in step.outcome],
            [intents.index(name) for name in (intents if step.intents is None else step.intents)],
            [segments.index(name) for name in (segments if step.segments is None else step.segments)],
        )
        table[where] = row
    return table


def _detail(step: NextStep) -> tuple[bool, bool]:
    return step.intents is not None, step.segments is not None


def shares(scenario: Scenario) -> Floats:
    """[R, C] probability of each channel."""
    channels = list(scenario.channels)
    table = np.zeros((len(scenario.next_steps), len(channels)))
    for row, step in enumerate(scenario.next_steps):
        for channel, share in step.go.items():
            table[row, channels.index(channel)] = share
    return table


def delay_laws(scenario: Scenario, table: LawTable) -> Ints:
    """[R] law of the delay, or ``NOBODY``: at once."""
    return np.array(
        [NOBODY if step.delay is None else table.add(step.delay) for step in scenario.next_steps],
        dtype=np.int64,
    )


def frustration(per_failure: float, max_attempts: int) -> Floats:
    """[A] factor after that many failed attempts: 1 + share x attempts, never below 0.

    >>> frustration(-0.5, 4).tolist()
    [1.0, 0.5, 0.0, 0.0]
    """
    factors: Floats = np.maximum(1.0 + per_failure * np.arange(max_attempts), 0.0)
    return factors

"""Whether the parts of a scenario fit together."""

from __future__ import annotations

from scenarios.checks import agents, calendar, channels, customers, journeys, names
from scenarios.errors import Problem
from scenarios.model import Scenario


def check(scenario: Scenario) -> list[Problem]:
    """Every problem with how the parts of a scenario fit together, each with its cure; ``[]`` when sound.

    The form of each field has been checked before, when the scenario was made. A sound scenario can be
    simulated.
    """
    return [
        *names.problems(scenario),
        *calendar.problems(scenario),
        *customers.problems(scenario),
        *channels.problems(scenario),
        *journeys.problems(scenario),
        *agents.problems(scenario),
    ]

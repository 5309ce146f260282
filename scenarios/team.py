"""Teams: agents by name, what they may do, their contract, and when they can work."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from scenarios import documents, wording
from scenarios.errors import Problem, ScenarioError
from scenarios.fields import Name, Names, Part
from scenarios.files import read_text
from scenarios.shifts import located
from scenarios.times import Day, Hours
from scenarios.units import quantity

_ALWAYS = {"daily": "00:00-24:00"}


class Agent(Part):
    """One agent: the groups whose shifts they may work, their contract, and when they can."""

    name: str = quantity(title="Name", min_length=1, max_length=80)
    groups: Names = quantity(title="Groups", help="Whose shifts they may work.")
    contract: Name | None = quantity(
        None, title="Contract", help="Of the shift rules. Omitted: they may work shifts of any."
    )
    available: Hours = quantity(
        _ALWAYS, title="Available", help="By weekday; omitted: always.", validate_default=True
    )
    days_off: tuple[Day, ...] = quantity((), title="Days off", max_length=366)


class Team(Part):
    """Agents, each with a name of their own."""

    agents: tuple[Agent, ...] = quantity(title="Agents", min_length=1, max_length=50_000)

    def __init__(self, /, **fields: Any) -> None:
        """Take fields as a file writes them; raises ``ScenarioError`` with all that is wrong."""
        try:
            super().__init__(**fields)
        except ValidationError as error:
            raise ScenarioError(wording.problems_of(error, fields, Team)) from None
        if problems := list(_twice(self)):
            raise ScenarioError(problems)


def _twice(team: Team) -> Iterator[Problem]:
    for name, number in Counter(agent.name for agent in team.agents).items():
        if number > 1:
            place = max(place for place, agent in enumerate(team.agents) if agent.name == name)
            yield Problem(f"agents.{place}.name", name, "a name that no other agent has", "add an initial")


def load_team(path: str | os.PathLike[str]) -> Team:
    """Read a team from a YAML file; raises ``ScenarioError`` with every problem, each with file and line."""
    place = Path(path)
    if not place.is_file():
        found = f"no file {os.fspath(path)!r}"
        raise ScenarioError([Problem("", found, "a file of agents", "check the path")])
    return _read(read_text(place), place.name)


def loads_team(text: str) -> Team:
    """Read a team from YAML text.

    >>> loads_team('agents: [{name: Ada, groups: desk, available: {mon-fri: "08:00-16:00"}}]').agents[0].name
    'Ada'
    """
    return _read(text, None)


def dumps_team(team: Team) -> str:
    """The team as YAML text: ``loads_team(dumps_team(team)) == team``."""
    return documents.write(team.model_dump(mode="json", exclude_unset=True))


def _read(text: str, file: str | None) -> Team:
    document = documents.parse(text, file)
    try:
        return Team(**document.data)
    except ScenarioError as error:
        raise ScenarioError(located(problem, document.lines, file) for problem in error.problems) from None

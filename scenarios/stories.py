"""Worked stories: questions with which a first visit begins, each a library scenario and what-ifs on it.

Each says what it finds and which measures move which way; tests simulate it and compare. They stand in
``stories.yaml`` beside this module, in the order in which they are shown.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SerializeAsAny

from scenarios import documents
from scenarios.errors import Problem, ScenarioError
from scenarios.fields import Name
from scenarios.units import Count, quantity
from scenarios.whatifs import WhatIf, parse_stack
from scenarios.wording import near


def _read_steps(data: Any) -> Any:
    return tuple(parse_stack(data))


class Story(BaseModel):
    """A question worth asking first: a scenario of the library, what-ifs, and how often to simulate."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name = quantity(title="Name")
    title: str = quantity(title="Title")
    theme: str = quantity(
        "", title="Theme", help="What stories stand together; without one, it is told at once."
    )
    question: str = quantity(title="Question", help="In a sentence or two, as a planner would ask it.")
    base: Name = quantity(title="Scenario", help="A name in the library.")
    steps: Annotated[tuple[SerializeAsAny[WhatIf], ...], BeforeValidator(_read_steps)] = quantity(
        title="What-ifs", help="Stacked in order.", min_length=1
    )
    replications: Annotated[int, Field(ge=2)] = quantity(10, title="Replications")
    seed: Count = quantity(1, title="Seed")
    finding: str = quantity(
        "", title="Finding", help="What it comes to, in a sentence, with the figures of its replications."
    )
    expected: dict[str, Literal["+", "-", "0"]] = quantity(
        {},
        title="Expected",
        help="Which way measures move, by more than their half-width: 'phone asa_seconds' is the phone's.",
    )


@cache
def _stories() -> dict[str, Story]:
    file = resources.files("scenarios").joinpath("stories.yaml")
    data, _ = documents.parse_any(file.read_text(encoding="utf-8"), "stories.yaml")
    return {entry["name"]: Story(**entry) for entry in data}


def stories() -> list[str]:
    """Names of the stories that the first page tells at once, in the order in which they are shown."""
    return [name for name, told in _stories().items() if not told.theme]


def further_stories() -> dict[str, list[str]]:
    """Names of the stories that are told when somebody asks, by theme, in the order in which they are shown.

    >>> further_stories()["A better portal, or more agents?"]
    ['better_portal', 'more_agents']
    """
    themes: dict[str, list[str]] = {}
    for name, told in _stories().items():
        if told.theme:
            themes.setdefault(told.theme, []).append(name)
    return themes


def all_stories() -> list[str]:
    """Names of all stories: those told at once, then the others."""
    return [*stories(), *(name for names in further_stories().values() for name in names)]


def story(name: str) -> Story:
    """The story called ``name``; raises ``ScenarioError`` when there is none.

    >>> story("portal_down").title
    'The portal is down on Monday'
    """
    known = _stories()
    if name not in known:
        cure = near(name, known, f"use one of {', '.join(known)}")
        raise ScenarioError([Problem("", f"no story {name[:60]!r}", f"one of {', '.join(known)}", cure)])
    return known[name]

"""The questions below the three stories: nothing is simulated until somebody asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from dash import Dash
from dash.development.base_component import Component

from planner_app.pages import stories
from planner_app.services import Services
from scenarios.stories import further_stories, story

Parts = Callable[[Any], list[Component]]
FURTHER = [name for names in further_stories().values() for name in names]


def ids(parts: list[Component], kind: str) -> list[str]:
    """Names in the ids of a type, in order."""
    found = [getattr(part, "id", None) for part in parts]
    return [one["name"] for one in found if isinstance(one, dict) and one["type"] == kind]


def test_the_page_asks_them_all_and_computes_only_the_first_three(
    services: Services, parts: Parts, text: Callable[[Any], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up: list[str] = []
    find = services.runs.story
    monkeypatch.setattr(services.runs, "story", lambda name: looked_up.append(name) or find(name))
    page = stories.layout(services)
    assert looked_up == stories.stories()
    assert ids(parts(page), "further") == ids(parts(page), "further-ask") == FURTHER
    said = text(page)
    for theme, names in further_stories().items():
        assert theme in said
        assert all(story(name).question in said for name in names)
    assert ids(parts(page), "further-state") == []


def test_a_question_that_is_asked_is_queued_and_followed(services: Services, parts: Parts) -> None:
    name = FURTHER[0]
    asked = stories.asked(services, story(name))
    found = [part for one in asked for part in parts(one)]
    assert ids(found, "further-ask") == [], "it is asked once"
    [tick] = [part for part in found if getattr(part, "id", None) == {"type": "further-tick", "name": name}]
    assert tick.disabled is False  # type: ignore[attr-defined]
    [link] = [part.href for part in found if getattr(part, "href", None)]  # type: ignore[attr-defined]
    assert link == f"/results/{services.runs.story(name).id}"
    assert ids(found, "story-state") == [], "the stories above are refreshed by their own clock"
    assert ids(found, "story-change") == [name]


@pytest.mark.parametrize("name", FURTHER)
def test_each_can_be_asked(services: Services, name: str) -> None:
    assert services.runs.story(name).title == story(name).title


def test_its_callbacks_can_be_registered(services: Services) -> None:
    app = Dash("stories", suppress_callback_exceptions=True)
    stories.register(app, services)
    app.server.test_client().get("/_dash-dependencies")
    wanted = [spec["inputs"][0]["id"] for spec in app._callback_list]
    assert sum("further-ask" in one for one in wanted) == 1
    assert sum("further-tick" in one for one in wanted) == 1

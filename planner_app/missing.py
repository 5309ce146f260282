"""What an address shows that leads nowhere, or to something that cannot be shown."""

from __future__ import annotations

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from planner_app import cards


def layout() -> Component:
    """There is no such page."""
    return _page(
        "There is nothing at this address",
        "It may have been typed wrongly, or what it led to was deleted.",
    )


def no_study() -> Component:
    """There is no such study."""
    return _page(
        "This study is not here",
        "It was deleted, or the link comes from another computer: studies stay where they were made.",
    )


def cannot_show(reason: str) -> Component:
    """There is such a page, but it cannot be shown now."""
    return _page("This page cannot be shown right now", reason)


def _page(title: str, text: str) -> Component:
    links = [
        cards.link_button("See the worked stories", "/"),
        cards.link_button("Open a scenario", "/scenarios"),
        cards.link_button("Look at earlier results", "/results"),
    ]
    return html.Div([cards.page_head(title, lead=html.P(text, className="lead")), dmc.Group(links, gap="xs")])

"""The frame around every page: header, navigation, colour scheme; all of its behaviour is client-side."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import ALL, ClientsideFunction, Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from planner_app import theme
from planner_app.cards import icon

NAVIGATION: tuple[tuple[str, str, str, str], ...] = (
    ("stories", "Stories", "/", "book"),
    ("scenarios", "Scenarios", "/scenarios", "layers"),
    ("what-if", "What-if", "/what-if", "branch"),
    ("results", "Results", "/results", "chart"),
    ("staffing", "Staffing", "/staffing", "people"),
    ("capacity", "Capacity", "/capacity", "calendar"),
)
"""Name, label, address and icon of each link."""

SCHEME_ID = "scheme"
"""The colour-scheme toggle; its ``computedColorScheme`` is ``light`` or ``dark``."""


def layout() -> Component:
    """The frame with an empty page: ``html.Div(id="page")`` within the main landmark."""
    return html.Div(
        [
            html.A("Skip to the content", href="#page", className="skip-link"),
            dcc.Location(id="url", refresh="callback-nav"),
            dcc.Store(id="templates", data=theme.templates()),
            dmc.AppShell(
                [
                    dmc.AppShellHeader(_header(), px="md"),
                    dmc.AppShellNavbar(_navigation(), p="sm", **{"aria-label": "Main"}),
                    dmc.AppShellMain(html.Div(_waiting(), id="page", tabIndex=-1, className="page")),
                ],
                id="frame",
                className="menu-closed",
                header={"height": 56},
                navbar={"width": 196, "breakpoint": "md", "collapsed": {"mobile": True}},
                padding="lg",
            ),
        ]
    )


def register(app: Dash) -> None:
    """Navigation highlighting, burger and the swap of figure templates, all in the browser."""
    links = [f"nav-{name}" for name, *_ in NAVIGATION]
    app.clientside_callback(
        ClientsideFunction("shell", "highlight"),
        *[Output(link, "active") for link in links],
        *[Output(link, "aria-current") for link in links],
        Output("nav-what-if", "href"),
        Input("url", "pathname"),
    )
    app.clientside_callback(
        ClientsideFunction("shell", "burger"),
        Output("frame", "navbar"),
        Output("burger", "opened"),
        Output("frame", "className"),
        Input("burger", "opened"),
        Input("url", "pathname"),
        State("frame", "navbar"),
    )
    app.clientside_callback(
        ClientsideFunction("shell", "template"),
        Output({"type": "figure", "name": ALL}, "figure"),
        Input(SCHEME_ID, "computedColorScheme"),
        Input({"type": "figure", "name": ALL}, "id"),
        State({"type": "figure", "name": ALL}, "figure"),
        State("templates", "data"),
    )


def _header() -> Component:
    return dmc.Group(
        [
            dmc.Group(
                [
                    dmc.Burger(
                        id="burger",
                        size="sm",
                        hiddenFrom="md",
                        opened=False,
                        **{"aria-label": "Show the menu"},
                    ),
                    dcc.Link(
                        [html.Span(className="brand-mark"), html.Span("Contact-centre planner")],
                        href="/",
                        className="brand",
                    ),
                ],
                gap="sm",
                wrap="nowrap",
            ),
            dmc.ColorSchemeToggle(
                id=SCHEME_ID,
                lightIcon=icon("sun"),
                darkIcon=icon("moon"),
                variant="subtle",
                color="gray",
                size="lg",
                **{"aria-label": "Switch between light and dark"},
            ),
        ],
        justify="space-between",
        h="100%",
        wrap="nowrap",
    )


def _navigation() -> list[Any]:
    return [
        dmc.NavLink(
            id=f"nav-{name}",
            label=label,
            href=href,
            leftSection=icon(picture),
            variant="light",
            className="nav-link",
        )
        for name, label, href, picture in NAVIGATION
    ]


def _waiting() -> Component:
    return dmc.Center(dmc.Loader(size="sm", **{"aria-label": "Loading"}), h=240)

"""The first page: three questions with their answers already computed, more that are answered when asked, and
where to start."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ALL, MATCH, Dash, Input, Output, State, ctx, dcc, html
from dash.development.base_component import Component

from planner_app import cards, figures
from planner_app.answers import findings, headlines, readings, words
from planner_app.answers.readings import Reading
from planner_app.services import Report, RunRow, Services
from scenarios.stories import Story, further_stories, stories, story

TICK_MS = 1200
LIVE = ("queued", "running")


_STEPS = (
    (
        "Start from a centre",
        "Take a scenario from the library or your own file: volumes, channels, opening hours, agents.",
    ),
    (
        "Stack what-ifs on it",
        "An outage, a new channel, fewer staff: each is a few fields, and can be switched off again.",
    ),
    (
        "Press Run and read the answer",
        "Many days are simulated contact by contact, with and without the change: a sentence, a picture, "
        "a table.",
    ),
)


def layout(services: Services) -> Component:
    """The page; stories that are still being computed refresh themselves."""
    told = [story(name) for name in stories()]
    runs = {one.name: services.runs.story(one.name) for one in told}
    return html.Div(
        [
            cards.page_head(
                "What happens to waits and effort if\u00a0…?",
                lead=html.P(
                    "See what a failing digital channel does to phone waits and to customers’ effort. "
                    "Here are worked answers, each simulated on this computer:",
                    className="lead",
                ),
            ),
            dcc.Interval(
                id="stories-tick",
                interval=TICK_MS,
                disabled=not any(run.status in LIVE for run in runs.values()),
            ),
            html.Div(
                [
                    html.Article(
                        body(services, one, runs[one.name]),
                        id={"type": "story", "name": one.name},
                        className="card story",
                    )
                    for one in told
                ],
                className="stories",
            ),
            _further(),
            html.Div([_start(), _how()], className="stack below"),
        ]
    )


def register(app: Dash, services: Services) -> None:
    """Refresh while stories are computed; answer those that are asked for; make a study of a story."""

    @app.callback(
        Output({"type": "story", "name": ALL}, "children"),
        Output("stories-tick", "disabled"),
        Input("stories-tick", "n_intervals"),
        State({"type": "story-state", "name": ALL}, "data"),
        prevent_initial_call=True,
    )
    def refresh(_: int, shown: list[str]) -> tuple[list[Any], bool]:
        names = stories()
        runs = [services.runs.story(name) for name in names]
        children = [
            dash.no_update if seen == state(run) else body(services, story(name), run)
            for name, run, seen in zip(names, runs, shown, strict=True)
        ]
        return children, not any(run.status in LIVE for run in runs)

    @app.callback(
        Output({"type": "further", "name": MATCH}, "children"),
        Input({"type": "further-ask", "name": MATCH}, "n_clicks"),
        prevent_initial_call=True,
    )
    def ask(clicks: int | None) -> Any:
        if not clicks or not isinstance(ctx.triggered_id, dict):
            return dash.no_update
        return asked(services, story(str(ctx.triggered_id["name"])))

    @app.callback(
        Output({"type": "further", "name": MATCH}, "children", allow_duplicate=True),
        Input({"type": "further-tick", "name": MATCH}, "n_intervals"),
        State({"type": "further-state", "name": MATCH}, "data"),
        prevent_initial_call=True,
    )
    def follow(_: int, shown: str) -> Any:
        if not isinstance(ctx.triggered_id, dict):
            return dash.no_update
        told = story(str(ctx.triggered_id["name"]))
        is_same = state(services.runs.story(told.name)) == shown
        return dash.no_update if is_same else asked(services, told)

    @app.callback(
        Output("url", "pathname", allow_duplicate=True),
        Input({"type": "story-change", "name": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def change(clicks: list[int | None]) -> Any:
        # Buttons that a refresh draws anew report an empty click.
        if not any(clicks) or not isinstance(ctx.triggered_id, dict):
            return dash.no_update
        name = str(ctx.triggered_id["name"])
        run = services.runs.story(name)
        study = services.studies.create(run.title, run.baseline, run.steps, origin=f"story: {name}")
        return f"/what-if/{study.id}"


def state(run: RunRow) -> str:
    """What of a run a card depends on; a card is redrawn only when it changed."""
    return f"{run.id} {run.status} {run.done if run.status in LIVE else ''}"


def body(services: Services, told: Story, run: RunRow) -> list[Any]:
    """What stands in a story's card now."""
    return [
        dmc.Title(told.title, order=2),
        html.P(told.question, className="story-question"),
        dcc.Store(id={"type": "story-state", "name": told.name}, data=state(run)),
        *_answered(services, told, run),
    ]


def _answered(services: Services, told: Story, run: RunRow) -> list[Any]:
    """A story's answer, or how far it is, and what can be done with it."""
    report = services.runs.report(run.id) if run.status not in LIVE else None
    parts = _told(told, run, report) if report is not None else [_waiting(run)]
    if report is not None and told.finding:
        parts.append(html.P(told.finding, className="chart-note"))
    buttons = [
        cards.link_button(
            "Open the answer" if report is not None else "Watch it", f"/results/{run.id}", primary=True
        ),
        dmc.Button("Change it", id={"type": "story-change", "name": told.name}, variant="default"),
    ]
    return [*parts, dmc.Group(buttons, gap="xs")]


# -- stories that are told when somebody asks --------------------------------------------------------


def _further() -> Component:
    """The other stories, by theme: their questions, each with a button that asks it."""
    themes = [
        html.Section(
            dmc.Stack([dmc.Title(theme, order=3, size="1.125rem"), *_articles(names)], gap="lg"),
            className="card",
        )
        for theme, names in further_stories().items()
    ]
    return html.Section(
        [
            dmc.Title("More questions", order=2, className="chart-title"),
            html.P("Each is simulated when you ask it, in a few seconds.", className="chart-note"),
            html.Div(themes, className="stories below"),
        ],
        className="below",
    )


def _articles(names: Sequence[str]) -> list[Component]:
    articles: list[Component] = []
    for name in names:
        parts = [*_question(story(name)), _ask_button(name)]
        articles += [
            dmc.Divider(),
            html.Article(parts, id={"type": "further", "name": name}, className="story"),
        ]
    return articles


def _question(told: Story) -> list[Any]:
    return [
        dmc.Title(told.title, order=4, size="1.0625rem"),
        html.P(told.question, className="story-question"),
    ]


def _ask_button(name: str) -> Component:
    return html.Div(
        dmc.Button("Show the answer", id={"type": "further-ask", "name": name}, variant="default")
    )


def asked(services: Services, told: Story) -> list[Any]:
    """A question that was asked, with its answer as far as it is; it looks again until it is there."""
    run = services.runs.story(told.name)
    return [
        *_question(told),
        dcc.Store(id={"type": "further-state", "name": told.name}, data=state(run)),
        dcc.Interval(
            id={"type": "further-tick", "name": told.name},
            interval=TICK_MS,
            disabled=run.status not in LIVE,
        ),
        *_answered(services, told, run),
    ]


def _told(story: Story, run: RunRow, report: Report) -> list[Any]:
    title = headlines.waits(report)
    return [
        html.P(words.unbroken(findings.answer(report, run.steps)), className="story-answer"),
        cards.picture(f"story-{story.name}", figures.sparkline(report), f"{title}."),
        html.P("Average phone wait over the day; grey is without the change.", className="spark-note"),
        html.Dl([_headline(one, report) for one in _headlines(report)], className="story-numbers"),
    ]


def _headlines(report: Report) -> list[Reading]:
    """Three numbers: the phone's wait and service level, and the ease score."""
    chosen = ("asa_seconds", "service_level", "ease_score")
    return [one for one in readings.key_readings(report) if one.measure.name in chosen]


def _headline(found: Reading, report: Report) -> Component:
    money = readings.currency(report)
    told: list[Any] = [words.value(found.current.mean, found.kind, money)]
    if found.what_if is not None:
        was = words.value(found.baseline.mean, found.kind, money)
        text = f"was {was}: {found.verdict}" if found.clear else "no clear difference"
        told.append(html.Span(text, className="was"))
    return html.Div([html.Dt(found.label), html.Dd(told)])


def _waiting(run: RunRow) -> Component:
    if run.status == "failed":
        return cards.notice("This story could not be computed", run.message, tone="error")
    if run.status == "cancelled":
        return cards.notice("Cancelled", "Open it to see why, or change it and run it again.")
    text = (
        "Waiting for its turn …"
        if run.status == "queued"
        else f"Simulating: {run.done} of {run.replications} days done …"
    )
    return html.Div(
        [
            html.Span(text),
            dmc.Progress(
                value=100.0 * run.done / max(run.replications, 1),
                size="md",
                **{"aria-label": "Replications finished"},
            ),
        ],
        className="story-wait",
    )


def _start() -> Component:
    return html.Section(
        [
            html.Div(
                [
                    dmc.Title("Your own centre", order=2, className="chart-title"),
                    html.P(
                        "Start from a scenario of the library, or upload your own file, and change what "
                        "you like.",
                        className="chart-note",
                    ),
                ]
            ),
            cards.link_button("Choose a scenario", "/scenarios", picture_name="layers"),
        ],
        className="card start",
    )


def _how() -> Component:
    return html.Section(
        [
            dmc.Title("How it works", order=2, className="chart-title"),
            html.Ol([html.Li([html.Strong(title), html.P(text)]) for title, text in _STEPS], className="how"),
        ],
        className="card",
    )

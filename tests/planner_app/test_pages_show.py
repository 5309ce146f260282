"""The pages that show: stories and results, in every state that a run can be in."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Sequence
from typing import Any, cast

import pytest
from dash import Dash
from dash.development.base_component import Component

from planner_app import cards, shell, theme
from planner_app.answers import telling
from planner_app.live.desk import Desk
from planner_app.live.growing import Question
from planner_app.pages import result, stories
from planner_app.services import Report, RunRow, RunService, Services, Step, Study, StudyStore
from scenarios.stories import stories as story_names
from tests.planner_app.reports import OUTAGE_STEP, make_report, make_run

OUTAGE = Step("channel_outage", {"channel": "portal", "start": "10:00", "end": "11:30"})


class Runs:
    """Runs in memory; a story is the run of its name."""

    def __init__(self) -> None:
        self.rows: dict[str, RunRow] = {}
        self.reports: dict[str, Report] = {}
        self.cancelled: list[str] = []

    def add(self, run_id: str, run: RunRow, report: Report | None = None) -> None:
        self.rows[run_id] = dataclasses.replace(run, id=run_id)
        if report is not None:
            self.reports[run_id] = report

    def get(self, run_id: str) -> RunRow | None:
        return self.rows.get(run_id)

    def report(self, run_id: str) -> Report | None:
        return self.reports.get(run_id)

    def story(self, name: str) -> RunRow:
        return self.rows[name]

    def cancel(self, run_id: str) -> None:
        self.cancelled.append(run_id)


class Studies:
    """Studies in memory."""

    def __init__(self) -> None:
        self.made: dict[str, Study] = {}

    def get(self, study_id: str) -> Study | None:
        return self.made.get(study_id)

    def create(self, name: str, baseline: str, steps: Sequence[Step], origin: str) -> Study:
        study = Study(
            f"new-{len(self.made)}", name, baseline, tuple(steps), origin, 1, dt.datetime.now(dt.UTC)
        )
        self.made[study.id] = study
        return study


class App:
    """The two pages on a server, with callbacks called as a browser does."""

    def __init__(self) -> None:
        self.runs, self.studies = Runs(), Studies()
        for name in story_names():
            self.runs.add(name, make_run("queued", done=0))
        live = Desk(Question)
        self.services = Services(cast(StudyStore, self.studies), cast(RunService, self.runs), live)
        self.dash = Dash("shown", suppress_callback_exceptions=True, index_string=theme.INDEX_STRING)
        self.dash.layout = theme.provider(shell.layout())
        theme.serve_fonts(self.dash.server)
        shell.register(self.dash)
        stories.register(self.dash, self.services)
        result.register(self.dash, self.services)
        self.client = self.dash.server.test_client()

    def call(self, changed: str, values: dict[str, Any], run_id: str = "r-1") -> dict[str, Any] | None:
        """Trigger the callback whose input is ``changed`` (``id.property``); None when nothing changes."""
        self.client.get("/_dash-dependencies")
        spec = next(
            spec
            for spec in self.dash._callback_list
            if any(f"{i['id']}.{i['property']}" == changed for i in spec["inputs"])
            and spec["clientside_function"] is None
        )
        values = {"result-run.data": run_id, **values}

        def filled(wanted: list[dict[str, str]]) -> list[Any]:
            return [{**one, "value": values.get(f"{one['id']}.{one['property']}")} for one in wanted]

        outputs = [
            {"id": part.rsplit(".", 1)[0], "property": part.rsplit(".", 1)[1].partition("@")[0]}
            for part in spec["output"].strip(".").split("...")
        ]
        body = {
            "output": spec["output"],
            "outputs": [_parsed(one) for one in outputs] if len(outputs) > 1 else _parsed(outputs[0]),
            "inputs": filled(spec["inputs"]),
            "state": filled(spec["state"]),
            "changedPropIds": [changed],
        }
        answer = self.client.post("/_dash-update-component", json=body)
        if answer.status_code == 204:
            return None
        assert answer.status_code == 200, answer.text
        return cast(dict[str, Any], answer.json["response"])


def _parsed(output: dict[str, str]) -> dict[str, Any]:
    return {**output, "id": json.loads(output["id"]) if output["id"].startswith("{") else output["id"]}


@pytest.fixture
def app() -> App:
    return App()


def text_of(part: Any) -> str:
    """All text of a component, alternatives included."""
    if part is None or isinstance(part, bool):
        return ""
    if isinstance(part, str | int | float):
        return f"{part} "
    if isinstance(part, list | tuple):
        return "".join(text_of(one) for one in part)
    own = getattr(part, "aria-label", "") or ""
    return f"{own} {text_of(getattr(part, 'children', None))}".replace("\u00a0", " ")


def ids_of(part: Component) -> list[Any]:
    return [one.id for one in [part, *part._traverse()] if getattr(one, "id", None) is not None]


# -- results ---------------------------------------------------------------------------------------


def test_a_finished_run_tells_the_answer_before_anything_else(app: App) -> None:
    app.runs.add("r-1", make_run(), make_report())
    page = result.layout(app.services, "r-1")
    text = text_of(page)
    sentence = text.index("The portal outage sends 412 ± 17 extra contacts")
    assert (
        sentence < text.index("Phone ASA") < text.index("By channel") < text.index("How was this computed?")
    )
    for label in (
        "Phone ASA",
        "Service level",
        "Abandonment",
        "Spillover to phone",
        "Contacts per case",
        "Ease score",
        "Cost per case",
    ):
        assert label in text
    assert "▼  −17 ± 0.8 pts" in text
    assert "worse than 81%" in text
    assert "no clear difference from £4.02" in text


def test_ids_on_a_result_are_unique(app: App) -> None:
    app.runs.add("r-1", make_run(), make_report())
    ids = [str(one) for one in ids_of(result.layout(app.services, "r-1"))]
    assert len(ids) == len(set(ids))


def test_every_picture_has_a_text_alternative(app: App) -> None:
    app.runs.add("r-1", make_run(), make_report())
    page = result.layout(app.services, "r-1")
    pictures = [one for one in page._traverse() if getattr(one, "role", None) == "img"]
    assert len(pictures) == 5
    assert all(len(getattr(one, "aria-label")) > 30 for one in pictures)


def test_how_it_was_computed(app: App) -> None:
    app.runs.add("r-1", make_run(), make_report())
    text = text_of(result.layout(app.services, "r-1"))
    assert "20 simulated Mondays. Each customer has the same luck in both scenarios" in text
    assert "seed 1, version 0.1.0" in text
    assert "Average speed of answer: the mean wait of answered contacts." in text


def test_library_figures_in_play_are_listed_with_their_grade(app: App) -> None:
    import scenarios

    baseline = scenarios.dumps(scenarios.load("helpdesk"))
    run = dataclasses.replace(make_run(steps=()), baseline=baseline)
    text = text_of(telling.computed(run, make_report(what_if=False)))
    assert "Library figures in play" in text
    assert "X: an assumption: no usable source was found" in text


def test_what_ifs_are_described_in_words(app: App) -> None:
    import scenarios

    run = dataclasses.replace(
        make_run(steps=(OUTAGE,)), baseline=scenarios.dumps(scenarios.load("retail_bank"))
    )
    assert telling.phrases(run) == ["portal down 10:00–11:30"]
    assert telling.baseline_name(run) == "Retail bank, Monday"
    assert telling.phrases(make_run(steps=(OUTAGE,))) == ["Channel outage"], "an unreadable baseline"


def test_a_run_without_what_ifs_shows_values_alone(app: App) -> None:
    app.runs.add("r-1", make_run(steps=()), make_report(what_if=False))
    page = result.layout(app.services, "r-1")
    assert "no clear difference" not in text_of(page)
    assert "journeys-scenario" not in ids_of(page)


def test_a_live_run_shows_progress_and_can_be_cancelled(app: App) -> None:
    app.runs.add("r-1", make_run("running", done=8))
    page = result.layout(app.services, "r-1")
    assert "Replication 9 of 20 · about" in text_of(page)
    tick = next(one for one in page._traverse() if getattr(one, "id", None) == "result-tick")
    assert tick.disabled is False
    assert not app.call("result-cancel.n_clicks", {"result-cancel.n_clicks": None})
    assert app.runs.cancelled == [], "a button that has just been drawn is no click"
    answer = app.call("result-cancel.n_clicks", {"result-cancel.n_clicks": 1})
    assert app.runs.cancelled == ["r-1"]
    assert answer is not None
    assert answer["result-cancel"] == {"disabled": True, "children": "Cancelling …"}


def test_progress_is_taken_from_the_row_and_gives_way_to_the_result(app: App) -> None:
    app.runs.add("r-1", make_run("running", done=8))
    answer = app.call("result-tick.n_intervals", {"result-tick.n_intervals": 1})
    assert answer is not None
    assert answer["result-progress"]["value"] == 40.0
    assert "result-view" not in answer, "nothing else is drawn again, so focus stays where it is"
    assert answer["result-tick"]["disabled"] is False
    app.runs.add("r-1", make_run(), make_report())
    answer = app.call("result-tick.n_intervals", {"result-tick.n_intervals": 2})
    assert answer is not None
    assert answer["result-tick"]["disabled"] is True
    assert answer["result-said"]["children"] == "The result is ready."
    assert "412" in json.dumps(answer["result-view"])


@pytest.mark.parametrize(
    ("done", "seconds", "text"),
    [
        (0, 3, "Replication 1 of 20 · estimating the time left"),
        (8, 8, "Replication 9 of 20 · about 10 s left"),
        (10, 600, "Replication 11 of 20 · about 10 min left"),
        (20, 20, "Replication 20 of 20 · nearly done"),
    ],
)
def test_progress_in_words(done: int, seconds: float, text: str) -> None:
    run = make_run("running", done=done)
    assert run.started is not None
    assert result.progress_text(run, run.started + dt.timedelta(seconds=seconds)) == text


def test_a_waiting_run_says_that_it_waits(app: App) -> None:
    app.runs.add("r-1", make_run("queued", done=0))
    assert "Waiting for its turn" in text_of(result.layout(app.services, "r-1"))


def test_a_failed_run_says_why_and_what_to_do(app: App) -> None:
    app.runs.add("r-1", make_run("failed", done=0, message="phone: nobody serves it."))
    text = text_of(result.layout(app.services, "r-1"))
    assert "This run could not be finished" in text
    assert "phone: nobody serves it." in text
    assert "Change it" in text


def test_a_cancelled_run_shows_what_is_finished_and_how_much_that_is(app: App) -> None:
    app.runs.add("r-1", make_run("cancelled", done=7), make_report(replications=7))
    text = text_of(result.layout(app.services, "r-1"))
    assert "Cancelled: this rests on 7 of 20 replications" in text
    assert "7 simulated Mondays" in text
    assert "7 simulated Mondays of 20 asked for" in text


def test_a_run_cancelled_too_early_has_no_result(app: App) -> None:
    app.runs.add(
        "r-1", make_run("cancelled", done=1, message="Cancelled before two replications were finished.")
    )
    text = text_of(result.layout(app.services, "r-1"))
    assert "there is no result" in text
    assert "Download" not in text


def test_a_result_that_cannot_be_read_any_more_says_how_to_get_it_back(app: App) -> None:
    app.runs.add("r-1", make_run())
    assert "the same seed gives the same answer" in text_of(result.layout(app.services, "r-1"))


def test_an_unknown_run_leads_somewhere(app: App) -> None:
    page = result.layout(app.services, "nothing")
    assert "This result is not here" in text_of(page)
    links = [one.href for one in page._traverse() if getattr(one, "href", None)]
    assert links == ["/results", "/"]


def test_download_sends_a_workbook(app: App) -> None:
    app.runs.add("r-1", make_run(), make_report())
    assert not app.call("result-download.n_clicks", {"result-download.n_clicks": None})
    answer = app.call("result-download.n_clicks", {"result-download.n_clicks": 1})
    assert answer is not None
    sent = answer["result-file"]["data"]
    assert sent["filename"] == "the-portal-is-down-on-monday-r-1.xlsx"
    assert sent["base64"] is True
    assert sent["content"].startswith("UEsDB")


def test_change_leads_to_the_study_or_makes_one(app: App) -> None:
    app.runs.add("r-1", make_run(), make_report())
    answer = app.call("result-change.n_clicks", {"result-change.n_clicks": 1})
    assert answer is not None
    assert answer["url"]["pathname"] == "/what-if/new-0"
    made = app.studies.made["new-0"]
    assert (made.name, made.steps) == ("The portal is down on Monday", (OUTAGE_STEP,))
    app.studies.made["s-1"] = dataclasses.replace(made, id="s-1")
    answer = app.call("result-change.n_clicks", {"result-change.n_clicks": 2})
    assert answer is not None
    assert answer["url"]["pathname"] == "/what-if/s-1"
    assert list(app.studies.made) == ["new-0", "s-1"]


def test_a_chart_can_be_switched_and_keeps_the_colour_scheme(app: App) -> None:
    app.runs.add("r-1", make_run(), make_report())
    answer = app.call(
        "coverage-group.value",
        {
            "coverage-group.value": "specialists",
            "coverage-view.value": telling.OCCUPANCY,
            "result-scheme.data": "dark",
        },
    )
    assert answer is not None
    drawn = answer[json.dumps(cards.figure_id("coverage"), sort_keys=True, separators=(",", ":"))]["figure"]
    assert drawn["layout"]["template"]["layout"]["font"]["color"] == theme.GROUNDS["dark"].text
    assert drawn["layout"]["yaxis"]["title"]["text"] == "Occupancy"
    assert answer["coverage-title"]["children"].startswith("Agents are busy")


# -- stories ---------------------------------------------------------------------------------------


def test_stories_show_answers_as_they_become_ready(app: App) -> None:
    first, second, third = story_names()
    app.runs.add(second, make_run(), make_report())
    app.runs.add(third, make_run("running", done=3))
    page = stories.layout(app.services)
    text = text_of(page)
    assert "The portal outage sends 412 ± 17 extra contacts" in text
    assert "Simulating: 3 of 20 days done" in text
    assert "Waiting for its turn" in text
    tick = next(one for one in page._traverse() if getattr(one, "id", None) == "stories-tick")
    assert tick.disabled is False
    links = [one.href for one in page._traverse() if getattr(one, "href", None)]
    assert links == [f"/results/{name}" for name in (first, second, third)] + ["/scenarios"]


def test_finished_stories_stop_refreshing(app: App) -> None:
    for name in story_names():
        app.runs.add(name, make_run(), make_report())
    page = stories.layout(app.services)
    tick = next(one for one in page._traverse() if getattr(one, "id", None) == "stories-tick")
    assert tick.disabled is True


def test_a_story_card_is_redrawn_only_when_its_run_moved() -> None:
    run = make_run("running", done=3)
    assert stories.state(run) == stories.state(dataclasses.replace(run))
    assert stories.state(run) != stories.state(dataclasses.replace(run, done=4))
    assert stories.state(make_run()) != stories.state(run)


def test_a_story_that_failed_says_so(app: App) -> None:
    name = story_names()[0]
    app.runs.add(name, make_run("failed", done=0, message="memory ran out"))
    assert "memory ran out" in text_of(stories.layout(app.services))


# -- the frame -------------------------------------------------------------------------------------


def test_the_page_names_its_language_and_loads_nothing_from_elsewhere(app: App) -> None:
    page = app.client.get("/").text
    assert '<html lang="en-GB">' in page
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in page


@pytest.mark.parametrize("name", list(theme.FONT_FILES))
def test_fonts_are_served_and_cached(app: App, name: str) -> None:
    answer = app.client.get(f"/_fonts/{name}.ttf")
    assert answer.data[:4] == b"\x00\x01\x00\x00"
    assert "immutable" in answer.headers["Cache-Control"]
    assert f"/_fonts/{name}.ttf" in theme.font_faces()


def test_there_is_no_other_font_file(app: App) -> None:
    assert b"Open Font" not in app.client.get("/_fonts/LICENSE.txt").data
    assert app.client.get("/_fonts/black.ttf").status_code == 404

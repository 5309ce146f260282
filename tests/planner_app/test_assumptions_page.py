"""The page of assumptions: figures as rows and files, and the tornado in the background."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import threading
import time
from collections.abc import Callable
from typing import Any

import openpyxl
import pandas as pd
import pytest
from dash import Dash

import scenarios
from planner_app import shell, theme
from planner_app.app import page_for
from planner_app.assumed import rows, swings
from planner_app.assumed.swings import Question, Swing, Tornados
from planner_app.figures import tornado as figure
from planner_app.pages import assumptions as page
from planner_app.running.background import FAULT, Background
from planner_app.services import Services, Step, Study
from scenarios.assumptions import OWN, assumptions
from scenarios.parameters import GRADES
from scenarios.whatifs import ScaleVolume
from sim import tornado
from sim.errors import RunCancelledError, RunError
from sim.tornado import COLUMNS, MOVES, NO_CLEAR_DIFFERENCE

DESK = scenarios.load("helpdesk")
TEXT = scenarios.dumps(DESK)
MORE = Step("scale_volume", {"percent": 20})
OFF = Step("change_staff", {"by": -2}, enabled=False)
QUESTION = Question(TEXT, (MORE,), "asa_seconds", "channel", "phone")
Said = Callable[[Any], str]


@pytest.fixture
def study(services: Services) -> Study:
    return services.studies.create("Desk", TEXT, (MORE, OFF), "helpdesk")


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    names = ["agents.shrinkage", "phone.patience", "phone.target_share", "phone.handle_time"]
    return tornado(DESK, parameters=names, replications=6)


# -- rows and files ------------------------------------------------------------------------------------


FOUND = assumptions(DESK, [ScaleVolume(percent=20)])


def test_each_figure_is_a_row_with_a_grade_that_is_explained() -> None:
    _, data = rows.grid(FOUND)
    assert len(data) == len(FOUND) == len({row["id"] for row in data})
    assert {row["grade"] for row in data} <= set(rows.MEANING)
    assert set(GRADES) < set(rows.MEANING)
    patience = next(row for row in data if row["id"] == "channels.phone.patience")
    assert patience["range"] == "1 min to 15 min (mean)"
    assert (patience["grade"], patience["origin"]) == ("A", "Library default")
    assert patience["source"].startswith("Measured")


def test_what_was_changed_comes_first_and_then_the_weakest() -> None:
    _, data = rows.grid(FOUND)
    changed = [row["origin"] for row in data if "what-if" in row["origin"]]
    assert (
        [row["origin"] for row in data[: len(changed)]] == changed == ["Changed by a what-if"] * len(changed)
    )
    rest = "".join(row["grade"][0] for row in data[len(changed) :])
    assert "X" in rest
    assert [rest.index(grade) for grade in "XCBAo" if grade in rest] == sorted(
        rest.index(grade) for grade in "XCBAo" if grade in rest
    )


def test_filters_let_through_what_they_say() -> None:
    changed, weak = rows.chosen(FOUND, "changed"), rows.chosen(FOUND, "weak")
    assert [one.field for one in changed] == [f"intents.{intent}.volume.per_day" for intent in DESK.intents]
    assert weak
    assert {one.grade for one in weak} <= {"C", "X"}
    assert all(one.is_library_figure for one in weak)
    assert rows.chosen(FOUND, "all") == FOUND


def test_a_figure_of_ones_own_says_what_the_library_has() -> None:
    bank = {one.field: one for one in assumptions(scenarios.load("retail_bank"))}
    own = bank["channels.chat.resolution"]
    assert own.grade == OWN
    assert rows.source(own).startswith("The library has 70% (grade B): SQM Group")


def test_the_csv_file_has_every_figure() -> None:
    text = rows.csv_text(FOUND)
    assert text.startswith("\ufeff")
    lines = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [line["Field"] for line in lines] == [one.field for one in FOUND]
    changed = next(line for line in lines if line["What-if"])
    assert changed["Before"] != changed["Value"]
    patience = next(line for line in lines if line["Field"] == "channels.phone.patience")
    assert (float(patience["Low"]), float(patience["High"]), patience["Unit of the range"]) == (60, 900, "s")


def test_no_cell_of_the_csv_file_is_a_formula() -> None:
    evil = dataclasses.replace(FOUND[0], value="=1+1", title="@x", by=("+20% volume",))
    line = list(csv.reader(io.StringIO(rows.csv_text([evil]))))[1]
    assert "'=1+1" in line
    assert not any(cell.startswith(("=", "+", "@")) for cell in line)


def test_the_workbook_has_figures_grades_and_the_tornados_there_are(table: pd.DataFrame) -> None:
    book = openpyxl.load_workbook(io.BytesIO(rows.workbook("Desk", FOUND, {"Phone: ASA": table})))
    assert book.sheetnames == ["Assumptions", "Grades", "Tornado 1"]
    assert [cell.value for cell in book["Assumptions"][1]] == list(rows.HEADERS)
    assert book["Assumptions"].max_row == len(FOUND) + 1
    assert book["Grades"].max_row == len(rows.MEANING) + 1
    assert book["Tornado 1"].max_row == len(table) + 1
    assert [cell.value for cell in book["Tornado 1"][1]][1:] == [
        name.replace("_", " ").capitalize() for name in COLUMNS
    ]


# -- the tornado in the background -----------------------------------------------------------------------


class Simulated:
    """A tornado that is finished when it is told to be."""

    def __init__(self, table: pd.DataFrame | None = None, error: Exception | None = None) -> None:
        self.table, self.error = table, error
        self.go, self.began = threading.Event(), threading.Event()
        self.asked: list[Question] = []

    def __call__(self, question: Question, progress: Any, cancel: threading.Event) -> pd.DataFrame:
        self.asked.append(question)
        progress(3, 10)
        self.began.set()
        while not self.go.wait(0.01):
            if cancel.is_set():
                raise RunCancelledError("cancelled")
        if self.error is not None:
            raise self.error
        assert self.table is not None
        return self.table


def ended(tornados: Tornados, question: Question = QUESTION) -> Swing:
    for _ in range(3000):
        state = tornados.look(question)
        assert state is not None
        if not state.is_live:
            return state
        time.sleep(0.01)
    pytest.fail("the tornado did not end")


def test_a_tornado_is_computed_once_and_kept(table: pd.DataFrame) -> None:
    simulated = Simulated(table)
    tornados = Tornados(simulated)
    assert tornados.look(QUESTION) is None
    tornados.submit(QUESTION)
    assert simulated.began.wait(30)
    assert tornados.look(QUESTION) == Swing("running", 3, 10)
    tornados.submit(dataclasses.replace(QUESTION, steps=(MORE, OFF)))  # the same: what is off does not count
    simulated.go.set()
    assert ended(tornados).table is table
    tornados.submit(QUESTION)
    assert ended(tornados).status == "done"
    assert simulated.asked == [QUESTION]


def test_who_waits_is_answered_in_turn_and_may_leave_the_queue(table: pd.DataFrame) -> None:
    simulated = Simulated(table)
    tornados = Tornados(simulated)
    other = dataclasses.replace(QUESTION, measure="service_level")
    third = dataclasses.replace(QUESTION, library_only=True)
    for question in (QUESTION, other, third):
        tornados.submit(question)
    assert simulated.began.wait(30)
    tornados.cancel(other)
    assert tornados.look(other) == Swing("cancelled")
    waits = tornados.look(third)
    assert waits is not None
    assert waits.status == "waiting"
    simulated.go.set()
    assert ended(tornados, third).status == "done"
    assert simulated.asked == [QUESTION, third]
    tornados.submit(other)  # what was cancelled may be asked again
    assert ended(tornados, other).status == "done"


def test_a_cancelled_tornado_says_so(table: pd.DataFrame) -> None:
    simulated = Simulated(table)
    tornados = Tornados(simulated)
    tornados.submit(QUESTION)
    assert simulated.began.wait(30)
    tornados.cancel(QUESTION)
    assert ended(tornados).status == "cancelled"


@pytest.mark.parametrize(
    ("error", "told"), [(RunError("in plain words"), "in plain words"), (KeyError("x"), FAULT)]
)
def test_a_failed_tornado_says_why_and_the_next_is_computed(
    error: Exception, told: str, table: pd.DataFrame
) -> None:
    simulated = Simulated(table, error)
    simulated.go.set()
    tornados = Tornados(simulated)
    tornados.submit(QUESTION)
    assert (ended(tornados).status, ended(tornados).problem) == ("failed", told)
    simulated.error = None
    tornados.submit(QUESTION)
    assert ended(tornados).status == "done"


def test_the_oldest_are_forgotten(table: pd.DataFrame) -> None:
    simulated = Simulated(table)
    simulated.go.set()
    tornados = Tornados(simulated, Background(keep=2))
    asked = [dataclasses.replace(QUESTION, name=name) for name in ("a", "b", "c")]
    for question in asked:
        tornados.submit(question)
        ended(tornados, question)
    assert tornados.look(asked[0]) is None
    assert tornados.look(asked[2]) is not None


def test_what_is_computed_is_the_tornado_of_what_is_on_and_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swings, "REPLICATIONS", 2)
    monkeypatch.setattr(swings, "library_fields", lambda *_: ["channels.phone.patience"])
    gone = Step("channel_outage", {"channel": "app", "start": "10:00", "end": "11:00"})
    asked = dataclasses.replace(QUESTION, steps=(gone, MORE, OFF), library_only=True)
    found = swings.compute(asked, lambda *_: None, threading.Event())
    expected = tornado(
        DESK, [ScaleVolume(percent=20)], parameters=["phone.patience"], replications=2, workers=1
    )
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


def test_library_figures_only_leaves_out_what_was_written() -> None:
    names = swings.library_fields(DESK, [])
    found = {one.field: one for one in assumptions(DESK)}
    assert names
    assert all(found[name].is_library_figure for name in names)


# -- the chart -------------------------------------------------------------------------------------------


def test_a_bar_begins_at_the_answer_as_things_are_and_ends_where_it_would_be(table: pd.DataFrame) -> None:
    drawn = figure.tornado(table, "seconds")
    low, high = drawn.data
    moving = table[table["swing"] > 0]
    assert len(low.x) == len(high.x) == len(moving) < len(table)
    assert [base + x for base, x in zip(low.base, low.x, strict=True)] == pytest.approx(
        list(moving["at_low"])
    )
    assert [base + x for base, x in zip(high.base, high.x, strict=True)] == pytest.approx(
        list(moving["at_high"])
    )
    assert low.marker.color != high.marker.color
    said = " ".join(note.text for note in drawn.layout.annotations)
    assert "Phone: handle time" in said
    assert "3 min" in said


def test_what_is_not_clear_is_pale(table: pd.DataFrame) -> None:
    blurred = table.assign(delta_low_half_width=1e9)
    low, high = figure.tornado(blurred, "seconds").data
    assert set(low.marker.opacity) == {0.35}
    assert 1.0 in high.marker.opacity


def test_where_nothing_moves_the_chart_says_so(table: pd.DataFrame) -> None:
    drawn = figure.tornado(table.assign(swing=0.0), "seconds")
    assert "None of these assumptions" in drawn.layout.annotations[0].text


def test_the_finding_names_what_moves_it_most_and_how_many_do_not(table: pd.DataFrame) -> None:
    state = Swing("done", table=table)
    definition = page.measure("asa_seconds", "channel")
    heading, sentence = page.findings(state, definition, "£", "Phone: average speed of answer", False)
    top = table.iloc[0]
    assert heading == f"{figure.label(top['field'], top['title'])} moves it most"
    clear = int((table["verdict"] == MOVES).sum())
    assert (
        f"{clear} of {len(table)} figures make a clear difference, {len(table) - clear} make none" in sentence
    )
    calm = Swing("done", table=table.assign(verdict=NO_CLEAR_DIFFERENCE))
    assert page.findings(calm, definition, "£", "ASA", True)[0] == "No assumption clearly moves this answer"


def test_behind_the_chart_there_is_a_table_of_all_figures(
    table: pd.DataFrame, parts: Callable[[Any], list[Any]], text: Said
) -> None:
    told = page.result(Swing("done", table=table), QUESTION, "£", "Phone: ASA")
    assert sum(type(part).__name__ == "Tr" for part in parts(told)) == len(table) + 1
    assert NO_CLEAR_DIFFERENCE in text(told)


# -- the page --------------------------------------------------------------------------------------------


def test_the_page_of_a_study_tells_its_figures(services: Services, study: Study, text: Said) -> None:
    shown = page_for(f"/what-if/{study.id}/assumptions", services)
    said = text(shown)
    for words in ("Assumptions", "Back to the study: Desk", "How solid are the figures?", GRADES["X"]):
        assert words in said
    assert f"rests on {len(FOUND)} figures" in said


def test_the_page_of_a_result_tells_those_of_its_inputs(services: Services, text: Said) -> None:
    run_id = services.runs.submit("A result", TEXT, (MORE,), replications=2)
    said = text(page_for(f"/results/{run_id}/assumptions", services))
    assert "Back to the result: A result" in said
    assert f"rests on {len(FOUND)} figures" in said


def test_what_does_not_fit_is_left_out_and_said(services: Services, text: Said) -> None:
    gone = Step("channel_outage", {"channel": "app", "start": "10:00", "end": "11:00"})
    study = services.studies.create("Desk", TEXT, (gone, MORE), "helpdesk")
    assert "A what-if does not fit and is left out here" in text(page.layout(services, "study", study.id))


def test_an_address_that_leads_nowhere_says_so(services: Services, text: Said) -> None:
    assert "This study is not here" in text(page_for("/what-if/none/assumptions", services))
    assert "There is nothing at this address" in text(page_for("/results/none/assumptions", services))


def test_the_page_of_a_study_leads_here(
    services: Services, study: Study, parts: Callable[[Any], list[Any]]
) -> None:
    links = [getattr(part, "href", None) for part in parts(page_for(f"/what-if/{study.id}", services))]
    assert f"/what-if/{study.id}/assumptions" in links


class Browser:
    """The page on a server, its callbacks called as a browser does."""

    def __init__(self, services: Services, tornados: Tornados) -> None:
        self.dash = Dash("assumed", suppress_callback_exceptions=True)
        self.dash.layout = theme.provider(shell.layout())
        page.register(self.dash, services, tornados)
        self.client = self.dash.server.test_client()

    def call(self, output: str, changed: str, values: dict[str, Any]) -> dict[str, Any]:
        self.client.get("/_dash-dependencies")
        spec = next(one for one in self.dash._callback_list if output in one["output"])

        def filled(wanted: list[dict[str, str]]) -> list[Any]:
            return [{**one, "value": values.get(f"{one['id']}.{one['property']}")} for one in wanted]

        names = [part.rsplit(".", 1) for part in spec["output"].strip(".").split("...")]
        outputs = [{"id": name, "property": prop} for name, prop in names]
        body = {
            "output": spec["output"],
            "outputs": outputs if len(outputs) > 1 else outputs[0],
            "inputs": filled(spec["inputs"]),
            "state": filled(spec["state"]),
            "changedPropIds": [changed] if changed else [],
        }
        answer = self.client.post("/_dash-update-component", json=body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json["response"]
        return found


def test_a_tornado_is_asked_for_left_and_found_again(
    services: Services, study: Study, table: pd.DataFrame
) -> None:
    simulated = Simulated(table)
    tornados = Tornados(simulated)
    values = {
        "assumed-subject.data": ["study", study.id],
        "tornado-answer.value": "channel|asa_seconds|phone",
        "tornado-which.value": "all",
        "tornado-start.n_clicks": 1,
    }
    browser = Browser(services, tornados)
    before = browser.call("tornado-view", "", {**values, "tornado-start.n_clicks": 0})
    assert before["tornado-tick"]["disabled"] is True
    asked = browser.call("tornado-view", "tornado-start.n_clicks", values)
    assert (asked["tornado-tick"]["disabled"], asked["tornado-start"]["disabled"]) == (False, True)
    assert simulated.began.wait(30)
    under_way = browser.call("tornado-view", "tornado-tick.n_intervals", values)
    assert "3 of 10 replications finished" in json.dumps(under_way)
    assert "tornado-view" not in under_way
    simulated.go.set()
    ended(tornados, simulated.asked[0])
    again = browser.call("tornado-view", "", values)  # another visit of the page
    assert again["tornado-tick"]["disabled"] is True
    assert "moves it most" in json.dumps(again["tornado-view"])
    file = browser.call("assumed-file", "assumed-xlsx.n_clicks", {**values, "assumed-xlsx.n_clicks": 1})[
        "assumed-file"
    ]["data"]
    assert file["filename"] == "desk-assumptions.xlsx"


def test_the_grid_shows_what_is_asked_for_and_the_csv_has_all(services: Services, study: Study) -> None:
    browser = Browser(services, Tornados())
    subject = {"assumed-subject.data": ["study", study.id]}
    shown = browser.call(
        "assumed-grid.rowData", "assumed-show.value", {**subject, "assumed-show.value": "changed"}
    )
    assert len(shown["assumed-grid"]["rowData"]) == len(DESK.intents)
    file = browser.call("assumed-file", "assumed-csv.n_clicks", {**subject, "assumed-csv.n_clicks": 1})
    data = file["assumed-file"]["data"]
    assert data["filename"] == "desk-assumptions.csv"
    assert data["content"].count("\n") == len(FOUND) + 1

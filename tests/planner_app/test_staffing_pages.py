"""The pages of staffing and capacity: their addresses, and their callbacks called as a browser does."""

from __future__ import annotations

import base64
import dataclasses
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from dash import Dash

from planner_app import shell, theme
from planner_app.answers import words
from planner_app.app import page_for
from planner_app.pages import capacity, staffing
from planner_app.running.background import Background, Standing, Tell
from planner_app.services import Services, Step, Study
from planner_app.staffing import hiring_form, questions, years
from planner_app.staffing.questions import Needed, NeedQuestion
from planner_app.staffing.subjects import subject_of
from scenarios import Problem, ScenarioError
from sim.errors import InfeasibleStaffing
from tests.planner_app.staffed import DESK, GOALS, MORE, QUESTION, TEXT, found

Said = Callable[[Any], str]
GONE = Step("channel_outage", {"channel": "app", "start": "10:00", "end": "11:00"})


@pytest.fixture
def study(services: Services) -> Study:
    return services.studies.create("Desk", TEXT, (MORE,), "helpdesk")


class Answered(Background):
    """Questions about who is needed are answered at once, with the same staff."""

    def __init__(self, error: Exception | None = None) -> None:
        super().__init__()
        self.error = error
        self.asked: list[Any] = []

    def submit(self, question: Any, about: str = "", asker: str = "") -> None:
        self.asked.append(question)
        super().submit(question, about, asker)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Answered:
    made = Answered()

    def answer(_: NeedQuestion, work: Background, tell: Tell, cancel: threading.Event) -> Needed:
        if made.error is not None:
            raise made.error
        return found()

    monkeypatch.setattr(NeedQuestion, "answer", answer)
    monkeypatch.setattr(questions, "CHECKED", 5)
    return made


def waited(work: Background, question: Any) -> Standing:
    for _ in range(4000):
        standing = work.look(question)
        assert standing is not None
        if not standing.is_live:
            return standing
        threading.Event().wait(0.01)
    pytest.fail("it was not answered")


class Browser:
    """A page on a server."""

    def __init__(self, services: Services, work: Background) -> None:
        self.dash = Dash("staffing", suppress_callback_exceptions=True)
        self.dash.layout = theme.provider(shell.layout())
        for page in (staffing, capacity):
            page.register(self.dash, services, work)
        self.client = self.dash.server.test_client()

    def call(self, output: str, changed: str, values: dict[str, Any]) -> dict[str, Any]:
        self.client.get("/_dash-dependencies")
        spec = next(
            one
            for one in self.dash._callback_list
            if output in one["output"] and changed in ("", *map(_property, one["inputs"]))
        )

        def filled(wanted: list[dict[str, str]]) -> list[Any]:
            return [
                []
                if one["id"].startswith("{")
                else {**one, "value": values.get(f"{one['id']}.{one['property']}")}
                for one in wanted
            ]

        names = [part.rsplit(".", 1) for part in spec["output"].strip(".").split("...")]
        outputs = [{"id": _id(name), "property": prop.split("@")[0]} for name, prop in names]
        body = {
            "output": spec["output"],
            "outputs": outputs if len(outputs) > 1 else outputs[0],
            "inputs": filled(spec["inputs"]),
            "state": filled(spec["state"]),
            "changedPropIds": [changed] if changed else [],
        }
        answer = self.client.post("/_dash-update-component", json=body)
        assert answer.status_code == 200, answer.text
        response: dict[str, Any] = answer.json["response"]
        return response


def _property(part: dict[str, str]) -> str:
    return f"{part['id']}.{part['property']}"


def _id(name: str) -> Any:
    return json.loads(name) if name.startswith("{") else name


# -- addresses -----------------------------------------------------------------------------------------


def test_addresses_lead_to_the_pages(services: Services, study: Study, text: Said) -> None:
    for address, said in (
        ("/staffing", "Erlang while you type"),
        (f"/staffing/study/{study.id}", "Back to the study: Desk"),
        ("/capacity", "Plan the year"),
        ("/staffing/study/none", "This study is not here"),
        ("/staffing/result/none", "There is nothing at this address"),
        ("/staffing/other/none", "There is nothing at this address"),
    ):
        assert said in text(page_for(address, services)), address


def test_without_a_study_the_pages_say_where_to_begin(services: Services, text: Said) -> None:
    for address in ("/staffing", "/capacity"):
        assert "No study is open yet" in text(page_for(address, services))


def test_study_and_result_lead_here(
    services: Services, study: Study, parts: Callable[[Any], list[Any]]
) -> None:
    run_id = services.runs.submit("A result", TEXT, (MORE,), replications=2)
    for address, there in (
        (f"/what-if/{study.id}", f"/staffing/study/{study.id}?now"),
        (f"/results/{run_id}", f"/staffing/result/{run_id}?now"),
    ):
        assert there in [getattr(part, "href", None) for part in parts(page_for(address, services))]
    assert "Back to the result: A result" in str(page_for(f"/staffing/result/{run_id}", services))


def test_what_does_not_fit_is_left_out_and_said(services: Services, text: Said) -> None:
    made = services.studies.create("Desk", TEXT, (GONE, MORE), "helpdesk")
    assert "A what-if does not fit and is left out here" in text(
        page_for(f"/staffing/study/{made.id}", services)
    )
    subject = subject_of(services, "study", made.id)
    assert subject is not None
    assert (subject.steps, subject.left_out) == ((MORE,), 1)


# -- the requirement and the shifts --------------------------------------------------------------------


def test_put_it_right_asks_at_once_and_is_found_again(
    services: Services, study: Study, work: Answered
) -> None:
    browser = Browser(services, work)
    values = {"staffing-subject.data": ["study", study.id]}
    before = browser.call("need-view.children", "", values)
    assert before["need-tick"]["disabled"] is True
    assert work.asked == []
    browser.call("need-view.children", "", {**values, "url.search": "?now"})
    assert work.asked == [QUESTION]
    assert waited(work, QUESTION).status == "done"
    again = browser.call("need-view.children", "", values)  # another visit
    assert words.unbroken(found().need.sentence) in json.dumps(again["need-view"], ensure_ascii=False)
    assert again["staffing-xlsx"]["disabled"] is False
    file = browser.call("staffing-file", "staffing-xlsx.n_clicks", {**values, "staffing-xlsx.n_clicks": 1})
    assert file["staffing-file"]["data"]["filename"] == "desk-staffing.xlsx"


def test_an_answer_for_an_earlier_version_of_a_study_says_so_until_it_is_asked_anew(
    services: Services, study: Study, work: Answered
) -> None:
    browser = Browser(services, work)
    values = {"staffing-subject.data": ["study", study.id]}
    browser.call("need-view.children", "", {**values, "url.search": "?now"})
    waited(work, QUESTION)
    fresh = json.dumps(browser.call("need-view.children", "", values)["need-view"])
    assert "Found for an earlier version" not in fresh
    assert "so that phone service level" in fresh
    services.studies.save(dataclasses.replace(study, steps=()))
    old = json.dumps(browser.call("need-view.children", "", values)["need-view"])
    assert "Found for an earlier version of this scenario" in old
    assert "Then it had: volume +20%." in old or "Then it had" in old
    browser.call("need-view.children", "", {**values, "url.search": "?now"})
    assert work.asked[-1] == NeedQuestion(TEXT, (), GOALS)
    waited(work, work.asked[-1])
    assert "earlier version" not in json.dumps(browser.call("need-view.children", "", values)["need-view"])


def test_goals_that_no_staff_meets_are_told_with_what_binds(
    services: Services, study: Study, work: Answered
) -> None:
    problem = Problem("goals phone service_level", "at least 100%", "99.7% with ample staff", "ask for less")
    work.error = InfeasibleStaffing("no staff meets these goals", [problem])
    browser = Browser(services, work)
    values = {"staffing-subject.data": ["study", study.id], "url.search": "?now"}
    browser.call("need-view.children", "", values)
    waited(work, QUESTION)
    told = json.dumps(browser.call("need-view.children", "", values)["need-progress"])
    assert "no staff meets these goals" in told
    assert "99.7% with ample staff" in told


def test_goals_open_with_the_targets_of_the_channels(
    services: Services, study: Study, work: Answered
) -> None:
    values = {"staffing-subject.data": ["study", study.id], "staffing-drawn.data": []}
    drawn = Browser(services, work).call("goal-rows.children", "", values)
    assert drawn["staffing-drawn"]["data"] == [goal.measure for goal in GOALS]


def test_a_schedule_that_exists_is_simulated_or_refused(
    services: Services, study: Study, work: Answered
) -> None:
    browser = Browser(services, work)
    values = {"staffing-subject.data": ["study", study.id], "shift-rules.value": "standard"}
    browser.call("need-view.children", "", {**values, "url.search": "?now"})
    waited(work, QUESTION)
    rows = "group,start,end,agents\nagents,2026-03-02 08:00,2026-03-02 20:00,14\n"
    for text, told in ((rows, ""), (rows.replace("14", "many"), "a whole number")):
        contents = "data:text/csv;base64," + base64.b64encode(text.encode()).decode()
        answer = browser.call(
            "shift-view.children", "shift-import.contents", {**values, "shift-import.contents": contents}
        )
        assert told in json.dumps(answer.get("shift-problems", {}))
    question = work.asked[-1]
    assert waited(work, question).status == "done"
    shown = json.dumps(browser.call("shift-view.children", "", values), ensure_ascii=False)
    assert "14 shifts, 168 paid hours" in shown
    file = browser.call("staffing-file.data@", "shift-csv.n_clicks", {**values, "shift-csv.n_clicks": 1})
    assert file["staffing-file"]["data"]["content"].count("\n") == 2


# -- the year ------------------------------------------------------------------------------------------


def test_the_form_of_the_year_is_made_from_the_model_and_opens_with_the_study() -> None:
    fields = hiring_form.model().model_fields
    assert set(hiring_form.Hiring.model_fields) - {"ramp"} < set(fields)
    values = hiring_form.starting_values(DESK)
    year = hiring_form.read(values, DESK)
    assert year.hiring.shrinkage == DESK.groups["agents"].shrinkage
    assert year.hiring.pay_per_hour == DESK.groups["agents"].pay_per_hour
    assert year.hiring.ramp == hiring_form.library_ramp()
    assert (year.weeks, year.days_a_week) == (52, 5.0)


def test_everything_wrong_with_a_year_is_told_at_once() -> None:
    values = hiring_form.starting_values(DESK) | {
        "start": "soon",
        "weeks": 1,
        "season": "foo 2",
        "agents": -1,
    }
    with pytest.raises(ScenarioError) as caught:
        hiring_form.read(values, DESK)
    assert {problem.field for problem in caught.value.problems} == {"start", "weeks", "season", "agents"}


def test_a_year_is_planned_and_told(
    services: Services, study: Study, work: Answered, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(years, "EVERY", 8)
    browser = Browser(services, work)
    subject = subject_of(services, "study", study.id)
    assert subject is not None
    given = hiring_form.starting_values(subject.scenario) | {"weeks": 16, "growth": 40, "class_least": 1}
    question = years.YearQuestion(capacity.need_of(subject), json.dumps(given))
    work.submit(question, f"year {subject.about}")
    plan = waited(work, question).answer
    values = {"year-study.value": study.id}
    shown = json.dumps(browser.call("year-view.children", "", values), ensure_ascii=False)
    assert "in 16 weeks" in shown or "over 16 weeks" in shown
    assert len(plan.weeks) == 16
    assert set(plan.service["week"]) == {0, 8}
    file = browser.call("year-file", "year-csv.n_clicks", {**values, "year-csv.n_clicks": 1})
    assert file["year-file"]["data"]["content"].count("\n") == 17
    book = browser.call("year-file", "year-xlsx.n_clicks", {**values, "year-xlsx.n_clicks": 1})
    assert book["year-file"]["data"]["filename"] == "desk-capacity.xlsx"

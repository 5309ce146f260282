"""Rosters on the Staffing page: agents from files, the clipboard and the grid, and who works what."""

from __future__ import annotations

import base64
import csv
import datetime as dt
import io
import json
from typing import Any

import openpyxl
import pytest

from planner_app.figures import rosters as figure
from planner_app.services import Services, Study
from planner_app.staffing import roster_view, shift_rows, team_rows, xlsx
from planner_app.staffing.calendar import Days
from planner_app.staffing.questions import ChangedQuestion, RosterQuestion
from scenarios import ScenarioError
from scenarios.team_sheets import COLUMNS, template_rows
from sim.staffing.rosters import Roster
from tests.planner_app.staffed import QUESTION
from tests.planner_app.test_staffing_pages import Answered, Browser, study, waited, work

__all__ = ["study", "work"]

SHIFTS = """group,start,end,agents
agents,2026-03-02 08:00,2026-03-02 14:00,2
agents,2026-03-02 13:00,2026-03-02 20:00,1
"""
AGENTS = """name,groups,contract,available,days_off
Ada,agents,part_time,mon-fri 07:00-15:00,
<b>Ben</b>,agents,part_time,,2026-03-02
Cleo,agents,,,
"""


def uploaded(body: bytes | str) -> str:
    text = body.encode() if isinstance(body, str) else body
    return "data:application/octet-stream;base64," + base64.b64encode(text).decode()


class Desk:
    """The page of a study for which shifts were found."""

    def __init__(self, services: Services, study: Study, work: Answered) -> None:
        self.browser, self.work = Browser(services, work), work
        self.about = f"study:{study.id}"
        self.values: dict[str, Any] = {
            "staffing-subject.data": ["study", study.id],
            "shift-rules.value": "standard",
            "roster-after.style": {},
        }
        work.submit(QUESTION, f"need {self.about}")
        waited(work, QUESTION)
        rows = json.dumps(shift_rows.read_csv(SHIFTS))
        self.shifts = ChangedQuestion(QUESTION, "standard", rows)
        work.submit(self.shifts, f"shifts {self.about}")
        assert waited(work, self.shifts).status == "done"

    def fill(self, changed: str, **values: Any) -> dict[str, Any]:
        given = {name.replace("__", "."): value for name, value in values.items()}
        named = {name.replace("_", "-", 1): value for name, value in given.items()}
        return self.browser.call("team-grid.rowData", changed, {**self.values, **named})

    def download(self, button: str) -> str:
        values = {**self.values, f"{button}.n_clicks": 1}
        answer = self.browser.call("staffing-file.data", f"{button}.n_clicks", values)
        content: str = answer["staffing-file"]["data"]["content"]
        return content

    def give(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        values = {**self.values, "team-grid.rowData": rows, "roster-start.n_clicks": 1}
        return self.browser.call("roster-view.children", "roster-start.n_clicks", values)


@pytest.fixture
def desk(services: Services, study: Study, work: Answered) -> Desk:
    return Desk(services, study, work)


def upload(desk: Desk, body: bytes | str, name: str) -> dict[str, Any]:
    return desk.fill("team-upload.contents", team_upload__contents=uploaded(body), team_upload__filename=name)


def found(desk: Desk) -> Roster:
    standing = waited(desk.work, desk.work.latest(f"roster {desk.about}"))
    assert isinstance(standing.answer, Roster)
    return standing.answer


# -- the agents --------------------------------------------------------------------------------------------


def test_a_file_fills_the_grid_and_is_there_at_the_next_visit(desk: Desk) -> None:
    answer = upload(desk, AGENTS, "agents.csv")
    rows = answer["team-grid"]["rowData"]
    assert [(row["row"], row["name"], row["available"]) for row in rows] == [
        (1, "Ada", "mon-fri 07:00-15:00"),
        (2, "<b>Ben</b>", ""),
        (3, "Cleo", ""),
    ]
    assert answer["team-problems"]["children"] is None
    assert answer["team-count"]["children"] == "3 agents. Contracts of these rules: full_time, part_time."
    assert desk.fill("")["team-grid"]["rowData"] == rows


def test_a_bad_file_says_everything_by_row_and_loses_nothing(desk: Desk) -> None:
    bad = AGENTS.replace("Ada,agents,part_time,mon-fri 07:00", "Ada,agent,parttime,mon-fri 7").replace(
        "2026-03-02", "2/3/26"
    )
    answer = upload(desk, bad, "agents.csv")
    told = json.dumps(answer["team-problems"], ensure_ascii=False)
    for words in (
        "4 cells must be put right",
        "row 1 groups",
        "Write agents (the closest name)",
        "row 1 contract",
        "Write part_time (the closest name)",
        "row 1 available",
        "row 2 days_off",
        "2026-03-04; 2026-03-09 to 2026-03-13",
    ):
        assert words in told, words
    rows = answer["team-grid"]["rowData"]
    assert [row["days_off"] for row in rows] == ["", "2/3/26", ""]
    given = desk.give(rows)
    assert "row 2 days_off" in json.dumps(given["team-problems"])
    assert "roster-view" not in given
    assert desk.work.latest(f"roster {desk.about}") is None


def test_a_file_without_the_columns_leaves_the_grid_as_it_is(desk: Desk) -> None:
    for body, name, told in (
        ("who,skills\nAda,agents\n", "x.csv", "Rename the column"),
        ("", "x.csv", "use the template"),
        (b"\xff\xfe\x00", "x.csv", "cannot be used"),
        (b"no workbook", "x.xlsx", "an Excel workbook"),
    ):
        answer = upload(desk, body, name)
        assert told.lower() in json.dumps(answer["team-problems"]).lower(), body
        assert "team-grid" not in answer


def test_cells_are_pasted_with_or_without_a_header(desk: Desk) -> None:
    for text in ("Name\tSkills\nAda\tagents\nBen\tagents", "Ada\tagents\nBen\tagents"):
        answer = desk.fill("team-take.n_clicks", team_paste__value=text)
        assert [row["name"] for row in answer["team-grid"]["rowData"]] == ["Ada", "Ben"]
        assert answer["team-paste"]["value"] == ""


def test_rows_are_added_removed_and_edited_and_kept(desk: Desk) -> None:
    rows = upload(desk, AGENTS, "agents.csv")["team-grid"]["rowData"]
    values: dict[str, Any] = {"team_grid__rowData": rows}
    more = desk.fill("team-add.n_clicks", **values)["team-grid"]["rowData"]
    assert (len(more), more[-1]["row"], more[-1]["name"]) == (4, 4, "")
    fewer = desk.fill("team-remove.n_clicks", **values, team_grid__selectedRows=[rows[1]])["team-grid"]
    assert [(row["row"], row["name"]) for row in fewer["rowData"]] == [(1, "Ada"), (2, "Cleo")]
    edited = {**fewer["rowData"][0], "name": "Ada L."}
    desk.browser.call(
        "team-count.children@",
        "team-grid.cellValueChanged",
        {
            **desk.values,
            "team-grid.cellValueChanged": [{"data": edited}],
            "team-grid.rowData": fewer["rowData"],
        },
    )
    assert [row["name"] for row in desk.fill("")["team-grid"]["rowData"]] == ["Ada L.", "Cleo"]


def test_as_many_as_needed_work_every_shift(desk: Desk) -> None:
    rows = desk.fill("team-fill.n_clicks")["team-grid"]["rowData"]
    desk.give(rows)
    assert found(desk).complete


def test_templates_are_read_as_they_are(desk: Desk) -> None:
    text, body = desk.download("team-csv"), base64.b64decode(desk.download("team-xlsx"))
    for content, name in ((text, "agents.csv"), (body, "agents.xlsx")):
        answer = upload(desk, content, name)
        assert answer["team-problems"]["children"] is None, name
        assert [row["name"] for row in answer["team-grid"]["rowData"]] == ["Ada Example", "Ben Example"]


# -- the roster --------------------------------------------------------------------------------------------


def test_shifts_are_given_to_people_and_it_is_said_who_works_what(desk: Desk) -> None:
    rows = upload(desk, AGENTS, "agents.csv")["team-grid"]["rowData"]
    desk.give(rows)
    roster = found(desk)
    told = desk.browser.call("roster-view.children", "roster-tick.n_intervals", desk.values)
    assert told["roster-tick"]["disabled"] is True
    said = json.dumps(told["roster-view"], ensure_ascii=False)
    assert "2 of 3 agents work 2 shifts, 13 paid hours; 1 shift goes to nobody." in said
    assert "What nobody works" in said
    days = Days.of(roster.plan.demand.scenario)
    grid = {row["agent"]: row for row in roster_view.grid_rows(roster, days)}
    assert grid["Ada"]["day0"] == "08:00–14:00"
    assert grid["Ada"]["contract"] == "Part time: up to 30 h a week"
    assert grid["<b>Ben</b>"]["day0"] == "off"
    assert "<b>Ben" not in figure.gantt(days, []).to_json()
    again = desk.browser.call("roster-view.children", "", desk.values)  # another visit
    assert "Who works when" in json.dumps(again["roster-view"])


def test_a_roster_for_earlier_shifts_says_so(desk: Desk) -> None:
    rows = upload(desk, AGENTS, "agents.csv")["team-grid"]["rowData"]
    desk.give(rows)
    found(desk)
    other = ChangedQuestion(QUESTION, "standard", desk.shifts.table.replace('"2"', '"1"'))
    desk.work.submit(other, f"shifts {desk.about}")
    waited(desk.work, other)
    told = json.dumps(desk.browser.call("roster-view.children", "", desk.values)["roster-view"])
    assert "Found for earlier shifts" in told


def test_files_have_everybody_and_what_nobody_works(desk: Desk) -> None:
    desk.give(upload(desk, AGENTS, "agents.csv")["team-grid"]["rowData"])
    roster = found(desk)
    rows = list(csv.DictReader(io.StringIO(desk.download("roster-csv").lstrip("\ufeff"))))
    assert [row["agent"] for row in rows] == roster.assignments["agent"].tolist()
    opened = openpyxl.load_workbook(io.BytesIO(base64.b64decode(desk.download("roster-xlsx"))))
    assert opened.sheetnames == ["Answer", "Who works when", "Shifts", "Nobody works", "Hours"]
    assert [cell.value for cell in opened["Who works when"]["A"]][-3:] == ["Ada", "<b>Ben</b>", "Cleo"]


def test_a_question_about_a_roster_is_another_for_other_agents_or_shifts() -> None:
    shifts = ChangedQuestion(QUESTION, "standard", "[]")
    keys = {
        RosterQuestion(shifts, "[]").key,
        RosterQuestion(shifts, "[1]").key,
        RosterQuestion(ChangedQuestion(QUESTION, "standard", "[1]"), "[]").key,
    }
    assert len(keys) == 3


# -- the chart and the workbook ----------------------------------------------------------------------------


def test_a_day_by_name_has_a_row_each_and_what_nobody_works_last() -> None:
    days = Days({"start": "2026-03-02", "days": 1, "timezone": "UTC", "interval_seconds": 900})
    turns = [
        figure.Turn("Ben", "desk", 36_000.0, 64_800.0, ((43_200.0, 45_000.0),)),
        figure.Turn("", "desk", 28_800.0, 43_200.0, agents=2),
        figure.Turn("A<da", "mail", 28_800.0, 57_600.0),
    ]
    drawn = figure.gantt(days, turns)
    assert list(drawn.layout.yaxis.ticktext) == ["A‹da", "Ben", "2 missing"]
    assert [trace.name for trace in drawn.data] == ["Desk", "Mail", "Nobody works it", "Break"]
    assert (drawn.data[0].base[0], drawn.data[0].x[0]) == (36_000.0, 28_800.0)
    many = [figure.Turn(f"agent {number}", "desk", 0.0, 1.0) for number in range(500)]
    assert len(figure.gantt(days, many).layout.yaxis.ticktext) == figure.MOST_ROWS
    assert "Nobody works then" in figure.gantt(days, []).layout.annotations[0].text


def test_workbooks_are_read_whatever_wrote_them() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["Name", "Days off", "Groups"], ["Ada", dt.date(2026, 3, 4), 7], [], ["Ben", None, 1.5]):
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    assert xlsx.read_cells(stream.getvalue()) == [
        (1, ["Name", "Days off", "Groups"]),
        (2, ["Ada", "2026-03-04", "7"]),
        (4, ["Ben", "", "1.5"]),
    ]


@pytest.mark.parametrize("body", [b"", b"PK\x03\x04", b"name,groups"])
def test_what_is_no_workbook_is_refused(body: bytes) -> None:
    with pytest.raises(ScenarioError, match="an Excel workbook"):
        xlsx.read_cells(body)


def test_a_template_says_what_its_columns_mean() -> None:
    rows = template_rows(["desk"], ["full"], dt.date(2026, 3, 2))
    book = openpyxl.load_workbook(io.BytesIO(xlsx.template(COLUMNS, rows)))
    assert [cell.value for cell in book["Agents"][1]] == list(COLUMNS)
    assert [cell.value for cell in book["Columns"]["B"]] == list(COLUMNS.values())
    assert {column["field"] for column in team_rows.columns(["full"])} == {"row", *COLUMNS}

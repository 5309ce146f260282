"""The calendar in files: holidays and changes of the clocks, as read, written, told and refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import scenarios
from scenarios import Scenario, ScenarioError, check, describe, paths
from scenarios.calendar import Calendar, Holiday
from tests.scenarios.examples import small

TEXT = """
name: Desk over Christmas
calendar:
  start: 2026-12-24
  days: 3
  holidays:
    2026-12-25: {name: Christmas Day, hours: closed, volume: 0.1, staff: 0}
    2026-12-26: {hours: "10:00-12:00, 14:00-16:00", channels: phone}
    2027-12-25: {name: Christmas Day, hours: closed}
intents: {help: {volume: {per_day: 240}}}
channels: {phone: {mode: live, open: {daily: "08:00-20:00"}}}
groups: {all: {skills: {phone: {}}, staff: {"08:00": 5, "20:00": 0}}}
"""


def with_holidays(**fields: Any) -> Scenario:
    holidays = fields.pop("holidays", {"2026-12-25": fields})
    return Scenario(**small(calendar={"start": "2026-12-24", "days": 3, "holidays": holidays}))


def test_a_file_reads_and_writes_holidays() -> None:
    scenario = scenarios.loads(TEXT)
    assert check(scenario) == []
    christmas, boxing_day, _ = scenario.calendar.holidays.values()
    assert christmas == Holiday(name="Christmas Day", hours="closed", volume=0.1, staff=0)
    assert boxing_day.hours == ((36000, 43200), (50400, 57600))
    assert boxing_day.channels == ("phone",)
    assert [holiday.volume for holiday in scenario.calendar.by_day()] == [1, 0.1, 1]
    assert scenarios.loads(scenarios.dumps(scenario)) == scenario
    assert 'hours: "10:00-12:00, 14:00-16:00"' in scenarios.dumps(scenario)


def test_comments_beside_holidays_stay(tmp_path: Path) -> None:
    path = tmp_path / "christmas.yaml"
    path.write_text(TEXT.replace("    2026-12-26:", "    # Boxing Day\n    2026-12-26:"))
    changed = paths.replace(scenarios.load(path), "calendar.holidays.2026-12-26.volume", 0.3)
    changed = paths.replace(changed, "calendar.holidays.2027-01-01", {"name": "New Year's Day"})
    scenarios.save(changed, path)
    assert "# Boxing Day" in path.read_text()
    assert scenarios.load(path) == changed


def test_sentences_tell_of_them_and_of_the_clocks() -> None:
    scenario = scenarios.loads(TEXT)
    assert scenarios.summary(scenario) == (
        "504 cases in 3 days from Thu 24 Dec 2026 through phone; up to 5 agents scheduled in 1 group. "
        "Christmas Day on Fri 25 Dec 2026: closed, volume × 0.1, agents scheduled × 0. "
        "Holiday on Sat 26 Dec 2026: phone open 10:00-12:00, 14:00-16:00."
    )
    assert describe(scenario.calendar, scenario).endswith("; 1 holiday on other days.")
    changed = Calendar(start="2026-10-24", days=2, warm_up="1 h")
    assert describe(changed) == (
        "2 days from Sat 24 Oct 2026 in Europe/London; intervals of 15 min; counted after 1 h; "
        "clocks go back by 1 h on Sun 25 Oct 2026."
    )


def test_cases_given_by_interval_are_told_with_their_holidays() -> None:
    for times in (1, 3):
        volume = {"per_interval": [2.5] * 96 * times}
        calendar = {"start": "2026-12-24", "days": 3, "holidays": {"2026-12-25": {"volume": 0.5}}}
        text = scenarios.summary(Scenario(**small(calendar=calendar, intents={"help": {"volume": volume}})))
        assert text.startswith("600 cases in 3 days")


def test_paths_reach_them_and_may_add_one() -> None:
    scenario = scenarios.loads(TEXT)
    assert paths.get(scenario, "calendar.holidays.2026-12-25.hours") == "closed"
    changed = paths.replace(scenario, "calendar.holidays.2026-12-25.volume", 0.3)
    assert changed.calendar.holidays["2026-12-25"].volume == 0.3
    added = paths.replace(scenario, "calendar.holidays.2026-12-24.staff", 0.5)
    assert [holiday.staff for holiday in added.calendar.by_day()] == [0.5, 0, 1]
    told = {one.field: one.text for one in scenarios.assumptions(scenario)}
    assert told["calendar.holidays.2026-12-25.hours"] == "closed"
    assert told["calendar.holidays.2026-12-25.volume"] == "0.1"
    assert not any("2027" in field for field in told)  # it is not simulated
    other_days = paths.replace(scenario, "calendar.start", "2026-12-01")
    assert not any("holidays" in one.field for one in scenarios.assumptions(other_days))


def test_agents_on_holidays_can_be_set_apart() -> None:
    calendar = scenarios.loads(TEXT).calendar
    assert [holiday.staff for holiday in calendar.with_staff({}).by_day()] == [1, 1, 1]
    assert [holiday.staff for holiday in calendar.with_staff({"2026-12-24": 0.5}).by_day()] == [0.5, 1, 1]
    same = {date: holiday.staff for date, holiday in calendar.holidays.items()}
    assert calendar.with_staff(same) is calendar


@pytest.mark.parametrize(
    ("holidays", "field", "cure"),
    [
        ({"Christmas": {}}, "calendar.holidays.Christmas", "2026-03-02"),
        ({"2026-12-32": {}}, "calendar.holidays.2026-12-32", "2026-03-02"),
        ({"2026-12-25": {"hours": "16:00-10:00"}}, "calendar.holidays.2026-12-25.hours", "past midnight"),
        ({"2026-12-25": {"hours": "all day"}}, "calendar.holidays.2026-12-25.hours", "write closed"),
        (
            {"2026-12-25": {"hours": {"daily": "closed"}}},
            "calendar.holidays.2026-12-25.hours",
            "write closed",
        ),
        ({"2026-12-25": {"volume": -0.5}}, "calendar.holidays.2026-12-25.volume", "change"),
        ({"2026-12-25": {"staff": 101}}, "calendar.holidays.2026-12-25.staff", "change"),
        ({"2026-12-25": {"open": "closed"}}, "calendar.holidays.2026-12-25.open", "use one of these"),
    ],
)
def test_what_is_wrong_is_named_with_its_cure(holidays: dict[str, Any], field: str, cure: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        with_holidays(holidays=holidays)
    assert [problem.field for problem in refused.value.problems] == [field]
    assert cure in refused.value.problems[0].cure


def test_channels_of_a_holiday_are_checked() -> None:
    (unknown,) = check(with_holidays(hours="closed", channels=["phone", "fax"]))
    assert unknown.field == "calendar.holidays.2026-12-25.channels.1"
    (idle,) = check(with_holidays(volume=0.5, channels="phone"))
    assert idle.field == "calendar.holidays.2026-12-25.hours"

"""Agents in tables: what may be written, what is wrong by row and column, and that nothing is lost."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import ScenarioError, Team
from scenarios.team import dumps_team
from scenarios.team_sheets import (
    COLUMNS,
    Sheet,
    has_header,
    load_agents,
    read_days,
    read_sheet,
    read_times,
    rows_of,
    team_of_sheet,
    template_rows,
)

names = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,8}", fullmatch=True)
agents = st.fixed_dictionaries(
    {"groups": st.lists(names, min_size=1, max_size=3, unique=True).map(tuple)},
    optional={
        "contract": names,
        "days_off": st.lists(st.dates(dt.date(2026, 1, 1), dt.date(2027, 1, 1)), max_size=3, unique=True),
        "available": st.dictionaries(
            st.sampled_from(["mon", "tue-thu", "sat,sun", "daily"]),
            st.sampled_from(["closed", "08:00-12:00, 13:00-17:00", "00:00-24:00"]),
            max_size=3,
        ),
    },
)


@settings(max_examples=30, deadline=None)
@given(st.lists(agents, min_size=1, max_size=4))
def test_a_team_comes_back_from_its_rows(parts: list[dict[str, object]]) -> None:
    team = Team(agents=tuple({"name": f"Agent {n}", **fields} for n, fields in enumerate(parts)))
    again = team_of_sheet(Sheet(tuple(rows_of(team))))
    assert [agent.model_dump() for agent in again.agents] == [agent.model_dump() for agent in team.agents]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_headers_are_read_as_people_write_them(separator: str) -> None:
    lines = [["\ufeffAgent", "Days off", "SKILLS"], ["Ada", "2026-03-04", "desk"], [], []]
    team = team_of_sheet(read_sheet("\r\n".join(map(separator.join, lines))))
    assert team == Team(agents=({"name": "Ada", "groups": "desk", "days_off": [dt.date(2026, 3, 4)]},))


def test_everything_wrong_is_told_at_once_with_file_line_column_and_cure(tmp_path: Path) -> None:
    path = tmp_path / "team.csv"
    path.write_text(
        "name,groups,contract,available,days_off\n"
        "Ada,desk,full,,\n"
        ",dsk,ful,25:00-26:00,4.3.2026\n"
        "Ada,,,,2026-03-09 to 2026-03-01\n"
        "Bo,a b,,fri 20:00-04:00,\n"
    )
    with pytest.raises(ScenarioError) as caught:
        load_agents(path, ["desk", "chat"], ["full", "part"])
    found = [(problem.line, problem.field) for problem in caught.value.problems]
    assert found == [
        (3, "name"), (3, "groups"), (3, "contract"), (3, "available"), (3, "days_off"),
        (4, "name"), (4, "groups"), (4, "days_off"),
        (5, "groups"), (5, "available"),
    ]  # fmt: skip
    assert {problem.file for problem in caught.value.problems} == {"team.csv"}
    assert all(problem.allowed and problem.cure for problem in caught.value.problems)
    assert "write desk (the closest name)" in str(caught.value)
    assert "split hours that run past midnight" in str(caught.value)


def test_a_grid_names_its_rows() -> None:
    with pytest.raises(ScenarioError) as caught:
        team_of_sheet(Sheet(({"name": "Ada", "groups": "desk"}, {}, {"name": "Ben", "groups": ""})), ["desk"])
    assert [problem.field for problem in caught.value.problems] == ["row 3 groups"]
    with pytest.raises(ScenarioError, match="fill in a row"):
        team_of_sheet(Sheet(({},)))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "use the template"),
        ("groups\ndesk\n", "add a column name"),
        ("name,groups,shift\nAda,desk,1\n", "rename the column"),
        ("name,group,groups\nAda,desk,desk\n", "leave one of them out"),
    ],
)
def test_a_header_that_cannot_be_read_says_how(text: str, told: str) -> None:
    with pytest.raises(ScenarioError, match=told):
        read_sheet(text)


def test_a_header_is_told_from_an_agent() -> None:
    assert has_header("Skills;Agent\nAda;desk")
    assert not has_header("Ada\tagents\nBen\tagents")
    assert not has_header("")


def test_times_and_days_are_read_as_people_write_them() -> None:
    assert read_times("08:00-17:00") == {"daily": "08:00-17:00"}
    assert read_times("always") == {"daily": "00:00-24:00"}
    assert read_times("Monday - Wednesday: 09:00–12:00") == {"mon-wed": "09:00-12:00"}
    assert read_times("mon, fri 09:00-12:00\nsun off") == {"mon,fri": "09:00-12:00", "sun": "closed"}
    assert read_days("2026-03-04 00:00:00") == (dt.date(2026, 3, 4),)
    assert len(read_days("2026-03-04..2026-03-06, 2026-03-05")) == 3


def test_yaml_is_read_too_and_names_are_checked_as_early(tmp_path: Path) -> None:
    team = Team(agents=({"name": "Ada", "groups": "desk", "contract": "ful"},))
    path = tmp_path / "team.yaml"
    path.write_text(dumps_team(team))
    assert load_agents(path) == team
    with pytest.raises(ScenarioError, match=r"team.yaml: agents.0.contract is 'ful'.*write full"):
        load_agents(path, ["desk"], ["full"])
    with pytest.raises(ScenarioError, match="check the path"):
        load_agents(tmp_path / "none.csv")


def test_the_template_is_a_team() -> None:
    rows = template_rows(["desk", "chat"], ["full", "part"], dt.date(2026, 3, 2))
    assert all(set(row) == set(COLUMNS) for row in rows)
    team = team_of_sheet(Sheet(tuple(rows)), ["desk", "chat"], ["full", "part"])
    assert [agent.contract for agent in team.agents] == ["full", "part"]
    bare = team_of_sheet(Sheet(tuple(template_rows(["desk"], [], dt.date(2026, 3, 2)))), ["desk"])
    assert [agent.contract for agent in bare.agents] == [None, None]

"""Teams and hiring: files, defaults, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenarios import Hiring, ScenarioError, Team
from scenarios.hiring import dumps_hiring, loads_hiring
from scenarios.parameters import default_of
from scenarios.team import dumps_team, load_team, loads_team

TEAM = """agents:
  - name: Ada
    groups: [desk, chat]
    contract: full
    available: {mon-fri: "08:00-17:00"}
    days_off: [2026-03-04]
  - {name: Ben, groups: desk}
"""


def test_a_team_round_trips(tmp_path: Path) -> None:
    (tmp_path / "team.yaml").write_text(TEAM)
    team = load_team(tmp_path / "team.yaml")
    assert [agent.name for agent in team.agents] == ["Ada", "Ben"]
    assert team.agents[1].available["sun"] == ((0, 86_400),)
    assert loads_team(dumps_team(team)) == team


def test_what_is_wrong_with_a_team_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="a name that no other agent has"):
        loads_team("agents: [{name: Ada, groups: a}, {name: Ada, groups: b}]")
    with pytest.raises(ScenarioError) as raised:
        loads_team("agents: [{name: '', groups: a}, {name: Ada, groups: b, available: {foo: closed}}]")
    assert len(raised.value.problems) == 2
    with pytest.raises(ScenarioError, match="check the path"):
        load_team(tmp_path / "none.yaml")
    with pytest.raises(ScenarioError):
        Team(agents=())


def test_hiring_takes_its_figures_from_the_library() -> None:
    hiring = Hiring(agents=100)
    assert hiring.attrition_per_year == default_of("agents.attrition_per_year")
    assert hiring.lead_time == default_of("agents.days_to_fill") * 86_400
    assert hiring.training == default_of("agents.days_of_training") * 86_400
    assert hiring.ramp[0] == default_of("learning.first_month_efficiency")
    assert all(before < after < 1 for before, after in zip(hiring.ramp, hiring.ramp[1:], strict=False))
    assert loads_hiring(dumps_hiring(hiring)) == hiring


def test_what_is_wrong_with_hiring_is_told_at_once() -> None:
    with pytest.raises(ScenarioError) as raised:
        Hiring(agents=10, hours_per_week="200 h", class_least=9, class_most=8)
    assert [problem.field for problem in raised.value.problems] == ["hours_per_week", "class_most"]
    with pytest.raises(ScenarioError, match="agents is missing"):
        Hiring()

"""``planner staff``: who is needed, which shifts deliver it, and errors told like others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner, Result

import scenarios
from scenarios import ScenarioError
from sim import cli
from sim.options import read_goals
from sim.plan import build
from sim.staffing import Goal, requirement

DESK = """
name: Desk
calendar: {start: 2026-03-02, interval: 1 h}
intents: {ask: {volume: {per_day: 200}, first_channel: {phone: 1.0}}}
channels: {phone: {mode: live, open: {daily: "08:00-18:00"}}}
groups: {agents: {skills: {phone: {}}, staff: {"08:00": 2, "18:00": 0}, shrinkage: 0.25}}
"""


@pytest.fixture
def desk(tmp_path: Path) -> str:
    path = tmp_path / "desk.yaml"
    path.write_text(DESK, encoding="utf-8")
    return str(path)


def staff(*arguments: object) -> Result:
    return CliRunner().invoke(cli.main, ["staff", *map(str, arguments)])


def test_who_is_needed_is_told_in_a_sentence_and_a_table(desk: str) -> None:
    result = staff(desk, "-n", 10)
    assert (result.exit_code, result.stderr) == (0, "")
    need = requirement(scenarios.load(desk), replications=10)
    assert need.sentence.split(";")[0] in " ".join(result.stdout.split())
    assert f"{need.staff.sum():.1f} h" in result.stdout
    assert "probability that it holds" in result.stdout


def test_json_and_files_say_the_same_as_the_library(desk: str, tmp_path: Path) -> None:
    out = tmp_path / "staff"
    result = staff(desk, "-n", 10, "--shifts", "standard", "--json", "--out", out)
    assert result.exit_code == 0
    told: dict[str, Any] = json.loads(result.stdout)
    need = requirement(scenarios.load(desk), replications=10)
    assert [row["required"] for row in told["agents"]] == need.staff.ravel().tolist()
    assert told["cost"] == need.cost
    assert told["schedule"]["holds"] in (True, False)
    assert told["agents"][0]["start"] == "2026-03-02T00:00:00"
    table = pd.read_csv(out / "shifts.csv")
    assert table["cost"].sum() == pytest.approx(told["schedule"]["cost"])
    assert sorted(path.name for path in out.iterdir()) == [
        "about.json", "agents.csv", "certificate.csv", "checks.csv", "coverage.csv", "headcount.csv",
        "shifts.csv",
    ]  # fmt: skip
    assert "Wrote agents.csv" in result.stderr


def test_what_if_and_goal_change_who_is_needed(desk: str) -> None:
    usual = json.loads(staff(desk, "-n", 10, "--json").stdout)
    more = json.loads(
        staff(desk, "-n", 10, "--json", "--what-if", "{kind: scale_volume, percent: 50}").stdout
    )
    strict = json.loads(staff(desk, "-n", 10, "--json", "--goal", "asa_seconds:phone:5s").stdout)
    assert more["hours"] > usual["hours"]
    assert strict["goals"] == ["phone ASA at most 5 s a day"]
    assert strict["hours"] > usual["hours"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--goal", "service_level:fone:80%"], "write phone (the closest name)"),
        (["--goal", "speed:phone:3"], "MEASURE:NAME:LIMIT"),
        (["--goal", "service_level:phone:140%"], "a share from 0 to 1"),
        (["--shifts", "nope"], "shift rules that exist"),
        (["-n", "0"], "replications"),
    ],
)
def test_what_is_asked_wrongly_ends_with_status_2(desk: str, arguments: list[str], told: str) -> None:
    result = staff(desk, *arguments)
    assert result.exit_code == 2
    assert told in result.stderr
    assert result.stdout == ""


def test_goals_that_no_staff_meets_are_told_like_other_errors(desk: str) -> None:
    result = staff(desk, "-n", 10, "--goal", "occupancy:agents:0%")
    assert result.exit_code == 2
    assert "Error: no staff meets these goals" in result.stderr
    assert "Cure:" in result.stderr


def test_goals_are_read_from_text() -> None:
    plan = build(scenarios.load("retail_bank"))
    texts = [
        "service_level:phone:80%:interval:90%",
        "asa_seconds:chat:1 min",
        "occupancy:every:85%",
        "effort:4",
    ]
    assert read_goals(texts, plan) == [
        Goal("service_level", "phone", at_least=0.8, per="interval", probability=0.9),
        Goal("asa_seconds", "chat", at_most=60.0),
        Goal("occupancy", at_most=0.85),
        Goal("effort", at_most=4.0),
    ]
    with pytest.raises(ScenarioError) as caught:
        read_goals(
            ["service_level:phone", "asa_seconds:phone:often", "effort:4:often", "abandonment:x:5%"], plan
        )
    assert len(caught.value.problems) == 4
    assert {problem.field for problem in caught.value.problems} == {"--goal"}


# -- who works which shift ----------------------------------------------------------------------------

TEAM = """name,groups,contract,available,days_off
Ada,agents,full_time,,
Ben,agents,part_time,mon 07:00-19:00,
Cleo,agents,part_time,,2026-03-02
"""


def test_shifts_are_given_to_named_agents(desk: str, tmp_path: Path) -> None:
    path, out = tmp_path / "agents.csv", tmp_path / "staff"
    path.write_text(TEAM, encoding="utf-8")
    result = staff(desk, "-n", 10, "--shifts", "standard", "--agents", path, "--json", "--out", out)
    assert (result.exit_code, result.stderr.count("\n")) == (0, 1)
    told: dict[str, Any] = json.loads(result.stdout)
    assert {row["agent"] for row in told["roster"]} <= {"Ada", "Ben"}
    assert [row["agent"] for row in told["hours"]] == ["Ada", "Ben", "Cleo"]
    asked = sum(row["agents"] for row in told["shifts"])
    assert len(told["roster"]) + sum(row["agents"] for row in told["unassigned"]) == asked
    written = pd.read_csv(out / "roster.csv")
    assert written["agent"].tolist() == [row["agent"] for row in told["roster"]]
    assert {"roster.csv", "unassigned.csv", "hours.csv"} <= {path.name for path in out.iterdir()}
    shown = staff(desk, "-n", 10, "--shifts", "standard", "--agents", path)
    text = " ".join(shown.stdout.split())
    assert "of 3 agents work" in text
    assert "Shifts that nobody works" in text


def test_what_is_wrong_with_the_agents_is_told_before_anything_is_searched(desk: str, tmp_path: Path) -> None:
    path = tmp_path / "agents.csv"
    path.write_text(TEAM.replace("Ben,agents,part_time", "Ben,agnts,parttime"), encoding="utf-8")
    result = staff(desk, "-n", 1_000_000, "--shifts", "standard", "--agents", path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "agents.csv, line 3: groups is 'agnts'" in result.stderr
    assert "agents.csv, line 3: contract is 'parttime'" in result.stderr
    alone = staff(desk, "--agents", path)
    assert alone.exit_code == 2
    assert "--agents" in alone.stderr
    assert "add --shifts standard" in alone.stderr

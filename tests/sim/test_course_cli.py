"""``planner course``: a scenario over weeks from a shell."""

import json

import pandas as pd
import pytest
from click.testing import CliRunner

from sim import cli
from tests.sim.test_cli import DESK

LEAVING = """
name: leaving
weeks: 2
people: {attrition_per_year: 3}
"""


@pytest.fixture
def files(tmp_path):
    texts = {"desk": DESK, "leaving": LEAVING, "nothing": "{name: nothing, weeks: 2}"}
    for name, text in texts.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return {name: str(tmp_path / f"{name}.yaml") for name in texts}


def planner(*arguments):
    return CliRunner().invoke(cli.main, ["course", *(str(argument) for argument in arguments), "-n", "2"])


def test_a_line_per_week_and_a_sentence(files):
    result = planner(files["desk"], files["leaving"])
    assert result.exit_code == 0
    assert result.stderr == ""
    assert "Desk: leaving, 2 weeks, 2 replications of each" in result.stdout
    assert "Service level on phone" in result.stdout


def test_courses_are_compared_with_the_first(files):
    result = planner(files["desk"], files["nothing"], files["leaving"])
    assert "Leaving costs" in result.stdout
    found = json.loads(planner(files["desk"], files["nothing"], files["leaving"], "--json").stdout)
    assert found["courses"] == ["nothing", "leaving"]
    assert {row["total"] for row in found["break_even"]} == {"cost", "work_hours"}
    alone = json.loads(planner(files["desk"], files["leaving"], "--json").stdout)
    assert {row["week"] for row in alone["weeks"]} == {1, 2}


def test_tables_are_written(files, tmp_path):
    out = tmp_path / "out"
    assert planner(files["desk"], files["nothing"], files["leaving"], "--out", out).exit_code == 0
    assert {path.name for path in out.iterdir()} == {
        "weeks.csv", "state.csv", "whole.csv", "break_even.csv", "about.json",
    }  # fmt: skip
    assert set(pd.read_csv(out / "state.csv")["course"]) == {"nothing", "leaving"}


def test_what_is_wrong_with_a_course_is_said(files, tmp_path):
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("weeks: 0\n", encoding="utf-8")
    result = planner(files["desk"], wrong)
    assert result.exit_code == 2
    assert "wrong.yaml, line 1: weeks is 0" in result.stderr

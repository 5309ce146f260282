"""The command line: what it prints, where, and how it ends."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

import scenarios
from scenarios.stories import stories
from sim import cli, run, sweep
from sim.console import as_json, estimate, number, progress_bar

DESK = """
name: Desk
description: A phone queue behind a portal.
calendar: {start: 2026-03-02, interval: 30 min}
intents: {ask: {volume: {per_day: 200}, first_channel: {portal: 0.5, phone: 0.5}}}
channels:
  portal: {mode: self_service, success: 0.6}
  phone: {mode: live, open: {daily: "08:00-18:00"}}
next_steps:
  - {after: portal, outcome: failed, go: {phone: 0.8}, delay: 2 min}
groups: {agents: {skills: {phone: {}}, staff: {"08:00": 3, "18:00": 0}, shrinkage: 0}}
"""
OUTAGE = """
- {kind: channel_outage, channel: portal, start: "10:00", end: "12:00"}
- {kind: scale_volume, percent: 50}
"""


@pytest.fixture
def desk(tmp_path):
    path = tmp_path / "desk.yaml"
    path.write_text(DESK, encoding="utf-8")
    return str(path)


@pytest.fixture
def outage(tmp_path):
    path = tmp_path / "outage.yaml"
    path.write_text(OUTAGE, encoding="utf-8")
    return str(path)


def planner(*arguments):
    return CliRunner().invoke(cli.main, [str(argument) for argument in arguments])


# -- run -------------------------------------------------------------------------------------------


def test_run_shows_the_main_measures(desk):
    result = planner("run", desk, "-n", 2, "--workers", 1)
    assert result.exit_code == 0
    assert result.stderr == ""
    for words in ("Desk: 2 replications, seed 1", "ASA", "Spillover to phone", "Occupancy", "±", "phone"):
        assert words in result.stdout


def test_names_that_look_like_markup_are_shown_as_they_are(tmp_path):
    path = tmp_path / "odd.yaml"
    path.write_text(DESK.replace("name: Desk", 'name: "Desk [/x] [red]y"\ncurrency: "[b]"'))
    shown = planner("run", path, "-n", "1", "--workers", "1")
    assert shown.exit_code == 0, shown.stderr
    assert "Desk [/x] [red]y: 1 replication, " in shown.stdout
    assert " [b]" in shown.stdout
    compared = planner("compare", "helpdesk", path, "-n", "1", "--workers", "1")
    assert compared.exit_code == 0, compared.stderr
    assert "Desk [/x] [red]y" in compared.stdout


def test_run_prints_every_measure_as_json(desk):
    result = planner("run", desk, "-n", 2, "--workers", 1, "--seed", 7, "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert (found["scenario"], found["seed"], found["replications"], found["complete"]) == (
        "Desk",
        7,
        2,
        True,
    )
    expected = cli.run(scenarios.load(desk), replications=2, seed=7).summary
    assert len(found["summary"]) == len(expected)
    assert list(found["summary"][0]) == list(expected.columns)
    assert found["summary"][0]["mean"] == expected["mean"].iloc[0]


def test_json_has_null_where_there_is_no_number(desk):
    result = planner("run", desk, "-n", 1, "--workers", 1, "--json")
    assert {row["half_width"] for row in json.loads(result.stdout)["summary"]} == {None}


def test_run_writes_tables(desk, tmp_path):
    out = tmp_path / "out" / "here"
    result = planner("run", desk, "-n", 2, "--workers", 1, "--out", out, "--contacts", "--cases")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert "contacts.csv" in result.stderr
    files = {path.name for path in out.iterdir()}
    assert files == {
        "summary.csv", "interval_summary.csv", "coverage.csv", "spillover.csv", "journeys.csv",
        "intervals.csv", "groups.csv", "cases.csv", "contacts.csv", "about.json",
    }  # fmt: skip
    contacts = pd.read_csv(out / "contacts.csv")
    assert contacts["replication"].unique().tolist() == [0, 1]
    assert json.loads((out / "about.json").read_text(encoding="utf-8"))["seed"] == 1


def test_run_with_what_ifs_compares(desk, outage):
    result = planner("run", desk, "--what-if", outage, "-n", 3, "--workers", 1, "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert found["scenarios"] == ["baseline", "what-if"]
    rows = {(row["scenario"], row["scope"], row["measure"]): row for row in found["summary"]}
    cases = rows["what-if", "all", "cases"]
    assert cases["delta"] == pytest.approx(0.5 * rows["baseline", "all", "cases"]["mean"], rel=0.15)
    assert cases["verdict"] == "higher"


def test_a_what_if_by_name_opens_as_its_form_does(desk):
    result = planner("run", desk, "--what-if", "channel_outage", "-n", 3, "--workers", 1)
    assert result.exit_code == 0, result.stderr
    for words in ("baseline", "what-if", "difference", "portal down", "no clear difference"):
        assert words in result.stdout


def test_what_ifs_stack_and_may_be_written_out(desk, outage):
    twice = "{kind: scale_volume, factor: 2, intents: [ask]}"
    result = planner("run", desk, "--what-if", outage, "--what-if", twice, "-n", 3, "--workers", 1, "--json")
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert len(found["what_ifs"]["what-if"]) == 3
    cases = [row["mean"] for row in found["summary"] if (row["scope"], row["measure"]) == ("all", "cases")]
    assert cases[1] == pytest.approx(3 * cases[0], rel=0.15)


def test_a_story_brings_its_values(desk):
    result = planner("run", desk, "--what-if", "portal_down", "-n", 2, "--workers", 1)
    assert result.exit_code == 0, result.stderr
    assert "portal down 10:00–11:30" in result.stdout


def test_a_what_if_that_does_not_fit_says_which(desk, tmp_path):
    path = tmp_path / "misfit.yaml"
    path.write_text("- {kind: scale_volume, percent: 5}\n- {kind: channel_outage, channel: fax}\n")
    result = planner("run", desk, "--what-if", path)
    assert result.exit_code == 2
    assert "what-if 2 (channel_outage)" in result.stderr


# -- compare ---------------------------------------------------------------------------------------


def test_compare_takes_scenarios_and_what_ifs(desk, outage, tmp_path):
    other = tmp_path / "other.yaml"
    other.write_text(DESK.replace("name: Desk", "name: Four agents").replace('"08:00": 3', '"08:00": 4'))
    out = tmp_path / "out"
    result = planner(
        "compare",
        desk,
        other,
        outage,
        "scale_volume",
        "-n",
        2,
        "--workers",
        1,
        "--out",
        out,
        "--json",
        "--cases",
    )
    assert result.exit_code == 0, result.stderr
    names = ["baseline", "Four agents", "outage", "scale_volume"]
    assert json.loads(result.stdout)["scenarios"] == names
    assert pd.read_csv(out / "summary.csv")["scenario"].unique().tolist() == names
    assert pd.read_csv(out / "cases.csv")["scenario"].unique().tolist() == names


def test_compare_needs_a_variant(desk):
    result = planner("compare", desk)
    assert result.exit_code == 2
    assert "VARIANT" in result.stderr


# -- stopping --------------------------------------------------------------------------------------


def test_run_until_a_measure_is_precise_enough(desk):
    result = planner("run", desk, "--until", "ease_score:0.05", "--until", "asa_seconds:phone:1min", "--json")
    assert result.exit_code == 0, result.stderr
    assert result.stderr == ""
    found = json.loads(result.stdout)
    assert found["reached"] is True
    assert found["replications"] >= 20
    width = {(row["scope"], row["measure"]): row["half_width"] for row in found["summary"]}
    assert width["all", "ease_score"] <= 0.05
    shown = planner("run", desk, "--until", "ease_score:all:50%")
    assert "20 replications (as precise as asked)" in shown.stdout
    assert json.loads(planner("run", desk, "-n", 1, "--json").stdout)["reached"] is None


def test_compare_until_a_difference_is_precise_enough(desk):
    result = planner("compare", desk, "scale_volume", "--until", "cases:2%", "--json")
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert found["reached"] is True
    cases = [row for row in found["summary"] if (row["scope"], row["measure"]) == ("all", "cases")]
    assert cases[1]["delta_half_width"] <= 0.02 * cases[0]["mean"]


def test_a_budget_that_is_spent_is_said(desk):
    for budget in (("-n", 21), ("--seconds", 0.001)):
        result = planner("run", desk, "--until", "ease_score:0.0001", *budget, "--workers", 1)
        assert result.exit_code == 0
        assert "the budget is spent" in result.stderr
        assert "(not as precise as asked)" in result.stdout


def test_everything_that_is_wrong_with_until_is_told_at_once(desk):
    wrong = ["asa:phone:2s", "asa_seconds:fone:2s", "asa_seconds:phone:two", "asa_seconds", "cases:-1",
             "asa_seconds:portal:2s", "contacts:ask/phone:1"]  # fmt: skip
    result = planner("run", desk, *(word for text in wrong for word in ("--until", text)))
    assert result.exit_code == 2
    assert result.stdout == ""
    for text in wrong:
        assert f"--until is '{text}'" in result.stderr
    assert "write phone (the closest name)" in result.stderr
    assert "asa_seconds:phone:2s" in result.stderr


# -- sweep -----------------------------------------------------------------------------------------


def test_sweep_shows_a_line_per_combination(desk):
    result = planner("sweep", desk, "--set", "channels.portal.success=0.5,0.9", "--set",
                     "groups.agents.staff={\"08:00\": 2, \"18:00\": 0},{\"08:00\": 4, \"18:00\": 0}",
                     "-n", 3, "--workers", 1)  # fmt: skip
    assert result.exit_code == 0, result.stderr
    head, *lines = result.stdout.strip().splitlines()
    assert head.split()[:2] == ["success", "staff"]
    assert "Ease score" in head
    assert "phone: ASA" in head
    assert "portal" not in head
    assert [line.split()[0] for line in lines] == ["0.5", "0.5", "0.9", "0.9"]


def test_sweep_prints_and_keeps_every_measure(desk, tmp_path):
    asked = ("sweep", desk, "--set", "channels.portal.success=0.5,0.9", "-n", 3, "--workers", 1)
    expected = sweep(scenarios.load(desk), {"channels.portal.success": [0.5, 0.9]}, 3)
    assert json.loads(planner(*asked, "--json").stdout) == json.loads(as_json(expected))
    for _ in range(2):
        kept = planner(*asked, "--out", tmp_path / "grid")
        assert (kept.exit_code, kept.stdout) == (0, "")
        assert f"Wrote {len(expected)} rows" in kept.stderr
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "grid"), expected)
    other = planner(*asked, "--seed", 2, "--out", tmp_path / "grid")
    assert other.exit_code == 2
    assert "another seed" in other.stderr


def test_everything_that_is_wrong_with_a_grid_is_told_at_once(desk):
    result = planner(
        "sweep", desk, "--set", "max_attempts", "--set", "max_attempts=", "--set", "a=[", "--set", "=2"
    )
    assert result.exit_code == 2
    for text in ("max_attempts", "max_attempts=", "a=[", "=2"):
        assert f"--set is '{text}'" in result.stderr
    unsound = planner("sweep", desk, "--set", "max_attempts=0,3", "--set", "channels.fax.lines=3")
    assert unsound.exit_code == 2
    assert "max_attempts is 0" in unsound.stderr
    assert "fax" in unsound.stderr


# -- check, library, schema ------------------------------------------------------------------------


def test_check_of_a_sound_scenario(desk):
    result = planner("check", desk)
    assert result.exit_code == 0
    assert "is sound" in result.stdout
    assert json.loads(planner("check", desk, "--json").stdout)["sound"] is True


def test_check_names_field_line_and_cure(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text(
        DESK.replace("success: 0.6", "success: 1.6").replace("go: {phone: 0.8}", "go: {fax: 0.8}")
    )
    result = planner("check", path)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "success" in result.stderr
    assert "1.6" in result.stderr
    assert "line 7" in result.stderr
    found = planner("check", path, "--json")
    assert found.exit_code == 2
    assert json.loads(found.stdout)["problems"][0]["cure"]


def test_a_day_on_which_the_clocks_change_can_be_run_but_not_staffed(tmp_path):
    path = tmp_path / "spring.yaml"
    path.write_text(DESK.replace("start: 2026-03-02", "start: 2026-03-29"))  # clocks go forward
    assert planner("check", path).exit_code == 0
    assert planner("run", path, "-n", 1).exit_code == 0
    refused = planner("staff", path)
    assert refused.exit_code == 2
    assert "calendar.start" in refused.stderr
    assert "2026-03-29" in refused.stderr


def test_library_lists_scenarios_and_what_ifs():
    result = planner("library")
    assert result.exit_code == 0
    for name in [*scenarios.library(), *scenarios.whatifs.WHATIFS, *stories()]:
        assert name in result.stdout
    found = json.loads(planner("library", "--json").stdout)
    assert [item["name"] for item in found["scenarios"]] == scenarios.library()


def test_schema_is_json_schema():
    found = json.loads(planner("schema").stdout)
    assert {"calendar", "channels", "intents"} <= set(found["properties"])
    stacks = json.loads(planner("schema", "what-ifs").stdout)
    assert set(scenarios.whatifs.WHATIFS) <= set(stacks["$defs"])


def test_the_manual_tells_every_what_if():
    told = planner("library", "--manual").stdout
    assert all(f"(`{kind}`)" in told for kind in scenarios.whatifs.WHATIFS)


# -- bad input -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "no_such_scenario"], "no_such_scenario"),
        (["run", "{desk}", "-n", "0", "--seed", "-1"], "replications"),
        (["run", "{desk}", "-n", "many"], "many"),
        (["run", "{desk}", "--engine", "wishful"], "wishful"),
        (["run", "{desk}", "--what-if", "wishful"], "wishful"),
        (["run"], "SCENARIO"),
        (["run", "{desk}", "--wishful"], "--wishful"),
        (["run", "{desk}", "--seconds", "5"], "seconds"),
        (["run", "{desk}", "-n", "5", "--until", "cases:1%", "--seconds", "-5"], "above 0"),
        (["sweep", "{desk}"], "--set"),
        (["sweep", "{desk}", "--set", "max_attempts=2", "-n", "0"], "replications"),
        (["wishful"], "wishful"),
        (["check", "no/such/file.yaml"], "file.yaml"),
        (["compare", "{desk}", "no/such/file.yaml"], "file.yaml"),
        (["run", "{desk}", "-n", "1", "--workers", "1", "--out", "{desk}"], "desk.yaml"),
    ],
)
def test_bad_input_ends_with_2_and_says_why_on_standard_error(desk, arguments, words):
    result = planner(*(argument.format(desk=desk) for argument in arguments))
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


def test_a_file_that_cannot_be_written_is_said(desk, tmp_path):
    blocker = tmp_path / "file"
    blocker.write_text("here")
    result = planner("run", desk, "-n", "1", "--workers", "1", "--out", blocker / "below")
    assert result.exit_code == 2
    assert "--out" in result.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_output_that_cannot_be_written_is_said(desk):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "sim.cli", "library"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr


# -- numbers ---------------------------------------------------------------------------------------


def test_numbers_are_short_and_have_units():
    assert number(float("nan"), "s") == "–"
    assert number(12_345.6, "£") == "12,346 £"
    assert estimate(12_345.6, 78.9, "£") == "12,346 ± 79 £"
    assert estimate(0.5, float("nan"), "share") == "50.0%"
    assert estimate(5.126, 0.014, "1–7") == "5.13 ± 0.01"
    assert estimate(-0.0312, 0.004, "share", sign=True) == "−3.1 ± 0.4 pp"


# -- as a process ----------------------------------------------------------------------------------


def test_as_a_process_with_workers(desk):
    done = subprocess.run(
        [sys.executable, "-m", "sim.cli", "run", desk, "-n", "4", "--workers", "2", "--json"],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    found = json.loads(done.stdout)
    expected = json.loads(planner("run", desk, "-n", 4, "--workers", 1, "--json").stdout)
    assert found["summary"] == expected["summary"]


def test_ctrl_c_keeps_the_replications_that_are_finished(desk, monkeypatch):
    def interrupted(scenario, progress=None, **options):
        def tell(done, total):
            if done == 2:
                signal.raise_signal(signal.SIGINT)

        return run(scenario, progress=tell, **options)

    monkeypatch.setattr(cli, "run", interrupted)
    before = signal.getsignal(signal.SIGINT)
    result = planner("run", desk, "-n", 50, "--workers", 1, "--json")
    assert result.exit_code == 130
    assert "2 of 50 replications were finished" in result.stderr
    found = json.loads(result.stdout)
    assert (found["replications"], found["complete"]) == (2, False)
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_before_anything_is_finished(desk, monkeypatch):
    def interrupted(scenario, **options):
        signal.raise_signal(signal.SIGINT)
        return run(scenario, **options)

    monkeypatch.setattr(cli, "run", interrupted)
    result = planner("run", desk, "--workers", 1)
    assert result.exit_code == 130
    assert result.stdout == ""
    assert "cancelled" in result.stderr


def test_a_progress_bar_counts_on_a_terminal_only(desk, monkeypatch):
    with progress_bar("Simulating", 3) as tell:
        assert tell is None
    monkeypatch.setenv("FORCE_COLOR", "1")
    with progress_bar("Simulating", 3) as tell:
        assert tell is not None
        tell(2, 3)

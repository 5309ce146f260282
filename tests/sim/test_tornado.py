"""Tornados: which assumption moves an answer most, and by how much."""

import json
import sys

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from scenarios import ScenarioError, assumptions
from scenarios.assumptions import BEHIND_RESULTS
from scenarios.parameters import PARAMETERS
from scenarios.paths import replace
from scenarios.whatifs import ChannelOutage, LaunchChannel, ScaleVolume
from sim import RunCancelledError, RunError, cli, compare, money, run, tornado
from sim.cli.entrance import BAD_INPUT
from sim.effort import Weights
from sim.tornado import COLUMNS, MOVES, NO_CLEAR_DIFFERENCE, bars
from tests.sim.desks import DESK

MODULE = sys.modules["sim.tornado"]  # its name is also that of the function
REPLICATIONS = 6
PATIENCE, HANDLE = "channels.phone.patience", "channels.phone.handle_time"
LOW, HIGH = PARAMETERS["phone.patience"].low, PARAMETERS["phone.patience"].high
OUTAGE = ChannelOutage(channel="portal", start="10:00", end="12:00")
MORE = ScaleVolume(percent=20)


def blown(variant=None, parameters=("phone.patience", "phone.handle_time"), replications=REPLICATIONS, **how):
    return tornado(DESK, variant, parameters=parameters, replications=replications, seed=3, **how)


def patient(seconds):
    return replace(DESK, PATIENCE, {"exponential": {"mean": seconds}})


@pytest.fixture(scope="module")
def table():
    return blown(workers=1)


def bar(table, field):
    return table[table["field"] == field].iloc[0]


def same(one, other):
    pd.testing.assert_frame_equal(one, other, check_exact=True)


# -- what it says ------------------------------------------------------------------------------------


def test_a_bar_is_what_a_comparison_says(table):
    assert list(table.columns) == list(COLUMNS)
    variants = {"low": patient(LOW), "high": patient(HIGH)}
    found = compare(DESK, variants, REPLICATIONS, seed=3).summary
    wait = found[(found["measure"] == "asa_seconds") & (found["name"] == "phone")].set_index("scenario")
    mine = bar(table, PATIENCE)
    for end in variants:
        assert mine[f"at_{end}"] == wait.loc[end, "mean"]
        assert mine[f"delta_{end}"] == pytest.approx(wait.loc[end, "delta"], rel=1e-12)
        half_width = wait.loc[end, "delta_half_width"]
        assert mine[f"delta_{end}_half_width"] == pytest.approx(half_width, rel=1e-9)
    assert mine["at_base"] == wait.loc["baseline", "mean"]
    assert (mine["low"], mine["high"], mine["value"]) == (LOW, HIGH, 300.0)
    assert (mine["grade"], mine["origin"], mine["replications"]) == ("A", "library", REPLICATIONS)


def test_the_widest_swing_comes_first(table):
    assert list(table["field"]) == [HANDLE, PATIENCE]
    answers = table[["at_low", "at_base", "at_high"]]
    assert table["swing"].to_numpy() == pytest.approx(np.ptp(answers.to_numpy(), axis=1))
    assert (table["verdict"] == MOVES).all()


def test_with_what_ifs_the_answer_is_the_difference_that_they_make():
    mine = bar(blown([OUTAGE, MORE]), PATIENCE)

    def difference(scenario):
        changed = MORE.apply(OUTAGE.apply(scenario))
        found = compare(scenario, {"changed": changed}, REPLICATIONS, seed=3).summary
        rows = (found["measure"] == "asa_seconds") & (found["scenario"] == "changed")
        return found.loc[rows, "delta"].iloc[0]

    assert mine["at_base"] == pytest.approx(difference(DESK))
    assert mine["at_low"] == pytest.approx(difference(patient(LOW)))
    assert mine["delta_high"] == pytest.approx(difference(patient(HIGH)) - difference(DESK))
    assert mine["delta_low_half_width"] > 0


def test_a_what_ifs_own_figure_moves_and_not_what_it_wrote():
    launch = LaunchChannel(name="bot", success=0.5)
    fields = [one.field for found in bars(DESK, [launch]) for one in found.figures]
    assert "what-if 1 (launch_channel).success" in fields
    assert "channels.bot.success" not in fields
    assert "channels.bot.cost_per_contact" in fields  # the library's, which the what-if does not ask for
    found = blown([launch], ["launch.success"])
    own = bar(found, "what-if 1 (launch_channel).success")

    def waits(success):
        changed = LaunchChannel(name="bot", success=success).apply(DESK)
        base = run(DESK, REPLICATIONS, seed=3).value("asa_seconds", "phone", "channel")
        return run(changed, REPLICATIONS, seed=3).value("asa_seconds", "phone", "channel") - base

    assert own["at_low"] == pytest.approx(waits(own["low"]))
    assert own["at_high"] == pytest.approx(waits(own["high"]))


def test_figures_with_the_same_value_for_the_same_reason_move_together(centre):
    found = {found.field: found for found in bars(centre)}
    assert "groups.desk.shrinkage" in found
    assert "groups.digital.shrinkage" in found  # another value
    together = found["intents.balance.volume.day_factor_cv, intents.fault.volume.day_factor_cv"]
    assert (together.first.grade, together.ends) == ("A", (0.0, 0.3))
    assert "channels.phone.resolution, channels.chat.resolution, channels.email.resolution" in found


def test_an_end_that_is_the_value_in_use_changes_nothing():
    mine = blown(parameters=["demand.day_factor_cv"]).iloc[0]
    assert (mine["low"], mine["value"]) == (0.0, 0.0)
    assert (mine["at_low"], mine["delta_low"], mine["delta_low_half_width"]) == (mine["at_base"], 0.0, 0.0)
    assert mine["at_high"] != mine["at_base"]


def test_what_does_not_matter_is_said_to_make_no_clear_difference():
    found = blown(parameters=["agents.pay_per_hour", "phone.target_within", "phone.patience"])
    for field in ("groups.agents.pay_per_hour", "channels.phone.target.within"):
        mine = bar(found, field)
        assert (mine["swing"], mine["verdict"]) == (0.0, NO_CLEAR_DIFFERENCE)
    few = blown(parameters=["phone.resolution"], replications=2).iloc[0]
    covered = all(abs(few[f"delta_{end}"]) <= few[f"delta_{end}_half_width"] for end in ("low", "high"))
    assert (few["verdict"] == NO_CLEAR_DIFFERENCE) == covered


def test_weights_of_effort_move_effort_in_proportion():
    found = blown(
        parameters=["effort.repeat_contact"], measure="effort_repeat_contact", scope="all", name="all"
    )
    mine = found.iloc[0]
    assert (mine["low"], mine["value"], mine["high"]) == (0.5, 1.0, 2.0)
    assert mine["at_high"] == pytest.approx(2 * mine["at_base"])
    assert mine["at_low"] == pytest.approx(mine["at_base"] / 2)


@pytest.mark.parametrize(
    ("parameter", "measure"),
    [
        ("csat.hardest", "csat"),
        ("loyalty.hazard_first", "churn_share"),
        ("money.revenue_per_customer", "revenue_at_risk"),
        ("money.overtime_factor", "cost_total"),
        ("frustration.handle_time", "effort_waiting"),
    ],
)
def test_library_figures_behind_results_reach_their_measure(parameter, measure):
    mine = blown(parameters=[parameter], measure=measure, scope="all", name="all").iloc[0]
    assert mine["at_low"] < mine["at_base"] < mine["at_high"]


def test_what_cannot_reach_a_channel_is_not_simulated_and_would_not_have_mattered(monkeypatch):
    names = ["effort.waiting", "effort.scale", "csat.hardest", "loyalty.hazard_first"]
    for scope, name, measure in (("channel", "phone", "service_level"), ("group", "agents", "agent_cost")):
        asked = {"scope": scope, "name": name, "measure": measure}
        told = []
        quick = blown(parameters=names, progress=lambda *one: told.append(one), **asked)  # noqa: B023
        assert told[-1] == (REPLICATIONS, REPLICATIONS)
        with monkeypatch.context() as patch:
            patch.setattr(MODULE._Question, "asks", lambda *_: True)
            same(blown(parameters=names, **asked), quick)


def test_what_the_library_has_behind_results_is_all_that_the_simulation_takes_from_it():
    weights = {f"effort.{name}" for name in Weights.__dataclass_fields__}
    assert set(BEHIND_RESULTS) == weights | set(money.ENTRIES.values()) | {"money.overtime_factor"}


def test_all_figures_in_use_with_a_range_are_moved_unless_some_are_named():
    every = {one.field for found in bars(DESK) for one in found.figures}
    assert every == {one.field for one in assumptions(DESK) if one.range is not None}
    assert set(blown(parameters=[PATIENCE])["parameter"]) == {"phone.patience"}


def test_an_end_that_cannot_be_simulated_says_why(monkeypatch):
    varied = MODULE.varied

    def refuses(scenario, one, number):
        if number == LOW:
            return replace(scenario, PATIENCE, "no such law")
        return varied(scenario, one, number)

    monkeypatch.setattr(MODULE, "varied", refuses)
    mine = bar(blown(), PATIENCE)
    assert np.isnan(mine["at_low"])
    assert np.isnan(mine["delta_low"])
    assert mine["note"].startswith("60 is not possible: channels.phone.patience")
    assert mine["swing"] == pytest.approx(abs(mine["delta_high"]))


# -- how it is done ----------------------------------------------------------------------------------


def test_workers_change_nothing(table):
    same(blown(workers=2), table)


def test_progress_counts_the_replications_of_all_scenarios():
    told = []
    blown(workers=1, progress=lambda *one: told.append(one))
    assert told == [(done, 5 * REPLICATIONS) for done in range(1, 5 * REPLICATIONS + 1)]


def test_a_cancelled_tornado_has_the_bars_that_were_finished(table):
    told = []
    found = blown(
        workers=1, progress=lambda done, _: told.append(done), cancel=lambda: len(told) >= 4 * REPLICATIONS
    )
    assert len(found) == 1
    same(found, table[table["field"] == found["field"].iloc[0]].reset_index(drop=True))
    with pytest.raises(RunCancelledError, match="base"):
        blown(cancel=lambda: True)


def test_everything_that_is_wrong_is_told_at_once():
    with pytest.raises(RunError) as caught:
        tornado("bank", DESK, replications=0, seed=-1)
    assert {problem.field for problem in caught.value.problems} == {"base", "variant", "replications", "seed"}
    with pytest.raises(RunError, match="asa_seconds"):
        tornado(DESK, measure="asa_second")
    with pytest.raises(RunError, match="portal, phone"):
        tornado(DESK, name="fax")
    with pytest.raises(RunError, match="a channel with agents"):
        tornado(DESK, name="portal")
    with pytest.raises(RunError, match="one of all, channel"):
        tornado(DESK, scope="channels")
    with pytest.raises(RunError, match=r"phone\.patience"):
        tornado(DESK, parameters=["phone.patienc"])
    with pytest.raises(RunError, match=r"\['phone.patience'\]|\[\"phone.patience\"\]"):
        tornado(DESK, parameters="phone.patience")
    with pytest.raises(ScenarioError, match="what-if 1"):
        tornado(DESK, ChannelOutage(channel="app"))


# -- the command line --------------------------------------------------------------------------------


def planner(*arguments):
    return CliRunner().invoke(cli.main, ["tornado", *map(str, arguments)])


def test_the_command_says_which_figure_moves_it_most():
    few = ("helpdesk", "-n", 2, "--parameter", "agents.shrinkage", "--parameter", "phone.target_share")
    text = planner(*few)
    assert text.exit_code == 0
    first, second = text.stdout.splitlines()
    assert first.startswith("groups.agents.shrinkage = 0.2 to 0.5 share (grade B): ")
    assert second.endswith(NO_CLEAR_DIFFERENCE)
    found = json.loads(planner(*few, "--json", "--measure", "cost_per_case").stdout)
    assert [row["parameter"] for row in found] == ["agents.shrinkage", "phone.target_share"]
    changed = json.loads(
        planner(
            *few, "--json", "--measure", "cost_per_case", "--what-if", "{kind: scale_volume, percent: 50}"
        ).stdout
    )
    assert changed[0]["at_base"] < 0 < found[0]["at_base"]  # what the what-if saves per case


def test_the_command_says_what_it_cannot_read():
    wrong = planner("helpdesk", "--measure", "asa:phone")
    assert wrong.exit_code == BAD_INPUT
    assert "--measure is 'asa:phone'" in wrong.stderr

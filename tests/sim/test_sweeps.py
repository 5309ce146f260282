"""Sweeps: a grid in one table; kept as it is made, and taken up again where it was cut off."""

import importlib
import json
import signal
import subprocess
import sys
import weakref

import pandas as pd
import pytest

from scenarios import ScenarioError, save
from scenarios.paths import replace
from sim import RunCancelledError, RunError, run, sweep
from sim.columns import COLUMNS
from sim.experiments import replicate, sweeps
from tests.sim.desks import BIGGER, DESK

SUCCESS, STAFF = "channels.portal.success", "groups.agents.staff"
FEW, MANY = {"08:00": 2, "18:00": 0}, {"08:00": 5, "18:00": 0}
GRID = {SUCCESS: [0.2, 0.9], STAFF: [FEW, MANY]}
REPLICATIONS = 2


def swept(**how):
    return sweep(DESK, GRID, REPLICATIONS, seed=3, **how)


@pytest.fixture(scope="module")
def table():
    return swept(workers=1)


def same(one, other):
    pd.testing.assert_frame_equal(one, other, check_exact=True)


# -- a grid ------------------------------------------------------------------------------------------


def test_a_sweep_is_a_grid_in_one_table(table):
    assert list(table.columns) == [SUCCESS, STAFF, *COLUMNS["summary"]]
    spilled = table[(table["measure"] == "spillover_to_phone") & (table["scope"] == "all")]
    assert list(zip(spilled[SUCCESS], spilled[STAFF], strict=True)) == [
        (0.2, FEW), (0.2, MANY), (0.9, FEW), (0.9, MANY)
    ]  # fmt: skip
    assert spilled["mean"].iloc[0] == spilled["mean"].iloc[1] > 3 * spilled["mean"].iloc[2]
    alone = run(replace(DESK, SUCCESS, 0.9), REPLICATIONS, seed=3)
    expected = run(replace(replace(DESK, SUCCESS, 0.9), STAFF, FEW), REPLICATIONS, seed=3).summary
    size = len(expected)
    same(table.iloc[2 * size : 3 * size, 2:].reset_index(drop=True), expected)
    ease = table[(table["measure"] == "ease_score") & (table["scope"] == "all")]["mean"]
    assert ease.iloc[2] != alone.value("ease_score")


def test_workers_give_the_same_table(table):
    same(swept(workers=2), table)


def test_progress_counts_the_replications_of_all_combinations():
    seen = []
    swept(workers=1, progress=lambda *told: seen.append(told))
    assert seen == [(done, 8) for done in range(1, 9)]


def test_a_cancelled_sweep_has_the_combinations_that_were_finished(table):
    seen = []
    found = swept(workers=1, progress=lambda done, _: seen.append(done), cancel=lambda: len(seen) >= 5)
    same(found, table.iloc[: len(table) // 2])
    with pytest.raises(RunCancelledError, match="first combination"):
        swept(cancel=lambda: True)


def test_only_combinations_under_way_are_in_memory(monkeypatch):
    made, most = weakref.WeakSet(), []

    def watched(name, scenario):
        model = model_of(name, scenario)
        made.add(model)
        most.append(len(made))
        return model

    model_of = sweeps.model_of
    monkeypatch.setattr(sweeps, "model_of", watched)
    monkeypatch.setattr(replicate, "IN_FLIGHT", 2)
    sweep(DESK, {"max_attempts": range(1, 25)}, 1, workers=1)
    sweep(DESK, {"max_attempts": range(1, 25)}, 1, workers=2)
    assert len(most) > 48
    assert max(most) <= 6


def test_a_sweep_over_nothing_is_refused():
    for grid in ({}, {"max_attempts": []}):
        with pytest.raises(RunError, match="grid"):
            sweep(DESK, grid, replications=1)


def test_a_sweep_tells_all_that_is_wrong_at_once():
    with pytest.raises(ScenarioError) as caught:
        sweep(DESK, {SUCCESS: [0.5, 1.5, "x"], "nope": [1]}, replications=1)
    assert [problem.value for problem in caught.value.problems] == [1.5, "x", "nope"]
    for grid in (None, [("max_attempts", [1])], {3: [1]}, {"max_attempts": 5}, {"max_attempts": "58"}):
        with pytest.raises(RunError, match="grid"):
            sweep(DESK, grid, replications=1)
    with pytest.raises(RunError, match="at most 10000"):
        sweep(DESK, {f"field {number}": range(100) for number in range(50)}, replications=1)
    with pytest.raises(RunError) as refused:
        sweep("desk", {}, replications=0, seed=-1)
    assert [problem.field for problem in refused.value.problems] == ["base", "seed", "replications", "grid"]


def test_a_combination_that_is_not_sound_is_named_before_anything_is_simulated():
    ticked = []
    grid = {"max_attempts": [1, 2], STAFF: [FEW, {"08:00": 2, "18:00": -1}]}
    with pytest.raises(ScenarioError, match="-1"):
        sweep(DESK, grid, 1, progress=lambda *told: ticked.append(told))
    assert not ticked


# -- kept on disk ------------------------------------------------------------------------------------


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A folder of a sweep that ran through."""
    folder = tmp_path_factory.mktemp("kept") / "grid"
    swept(out=folder, workers=1)
    return folder


def test_what_is_kept_is_one_parquet_data_set(kept, table):
    assert sorted(contents(kept)) == [
        "00000.parquet", "00001.parquet", "00002.parquet", "00003.parquet", "_sweep.json"
    ]  # fmt: skip
    read = pd.read_parquet(kept)
    assert read[SUCCESS].dtype == float
    assert read[STAFF].map(json.loads).tolist() == table[STAFF].tolist()
    same(read.drop(columns=[STAFF]), table.drop(columns=[STAFF]))
    same(swept(out=kept, workers=1), table)


KILLED = """
import json, os, signal, sys
import scenarios, sim
base, grid, replications, out = scenarios.load(sys.argv[1]), *map(json.loads, sys.argv[2:4]), sys.argv[4]
def kill(done, total):
    if done == 5:
        os.kill(os.getpid(), signal.SIGKILL)
sim.sweep(base, grid, replications, seed=3, workers=1, progress=kill, out=out)
"""


def test_a_sweep_that_was_killed_goes_on_where_it_was(kept, table, tmp_path):
    folder = tmp_path / "grid"
    save(DESK, tmp_path / "desk.yaml")
    asked = [tmp_path / "desk.yaml", json.dumps(GRID), json.dumps(REPLICATIONS), folder]
    killed = subprocess.run([sys.executable, "-c", KILLED, *asked], check=False, timeout=120)
    assert killed.returncode == -signal.SIGKILL
    before = contents(folder)
    assert sorted(before) == ["00000.parquet", "00001.parquet", "_sweep.json"]
    seen = []
    same(swept(out=folder, progress=lambda *told: seen.append(told)), table)
    assert seen[0] == (4, 8)
    assert seen[-1] == (8, 8)
    assert contents(folder) == contents(kept)
    assert {name: contents(folder)[name] for name in before} == before


def test_a_kill_while_a_file_is_written_leaves_nothing_half(kept, table, tmp_path):
    folder = tmp_path / "grid"
    folder.mkdir()
    for name, content in contents(kept).items():
        (folder / name).write_bytes(content)
    (folder / "00001.parquet").rename(folder / ".00001.parquet")
    (folder / ".00001.parquet").write_bytes(contents(kept)["00001.parquet"][:100])
    assert len(pd.read_parquet(folder)) == len(table) * 3 // 4
    same(swept(out=folder), table)
    assert contents(folder) == contents(kept)


def test_a_cancelled_sweep_goes_on_too(kept, table, tmp_path):
    sizes = []
    for _ in range(4):
        told = []
        found = swept(
            out=tmp_path / "x",
            workers=1,
            progress=lambda done, _, told=told: told.append(done),
            cancel=lambda told=told: len(told) >= 4,
        )
        sizes.append(4 * len(found) // len(table))
    assert sizes == [2, 3, 4, 4]
    same(found, table)
    assert contents(tmp_path / "x") == contents(kept)


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"base": BIGGER}, "base"),
        ({"grid": {SUCCESS: [0.2, 0.8], STAFF: [FEW, MANY]}}, "grid"),
        ({"replications": 3}, "replications"),
        ({"seed": 4}, "seed"),
    ],
)
def test_the_folder_of_another_sweep_is_refused(kept, changed, word):
    before = contents(kept)
    asked = {"base": DESK, "grid": GRID, "replications": REPLICATIONS, "seed": 3, **changed}
    with pytest.raises(RunError, match=f"another {word}[.]"):
        sweep(**asked, out=kept)
    assert contents(kept) == before


def test_another_version_or_engine_is_another_sweep(kept, monkeypatch):
    monkeypatch.setattr(sweeps, "version", lambda: "0.0")
    with pytest.raises(RunError, match=r"another version[.]"):
        swept(out=kept)
    told = json.loads((kept / "_sweep.json").read_text("utf-8"))
    other = {"compiled": "reference", "reference": "compiled"}[told["engine"]]
    with pytest.raises(RunError, match=r"another engine, version[.]"):
        swept(out=kept, engine=other)


def test_a_folder_of_something_else_is_refused(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(RunError, match="empty folder"):
        swept(out=tmp_path)
    with pytest.raises(RunError, match="a folder that can be written"):
        swept(out=tmp_path / "mine.txt")
    (tmp_path / "_sweep.json").write_text("{")
    with pytest.raises(RunError, match="out is"):
        swept(out=tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_columns_of_values_have_the_type_of_the_values(tmp_path):
    sweep(DESK, {"max_attempts": [1, 2], SUCCESS: [1, 0.5], "currency": ["£", "€"]}, 1, out=tmp_path / "x")
    found = pd.read_parquet(tmp_path / "x").dtypes
    assert [str(found[path]) for path in ("max_attempts", SUCCESS, "currency")] == ["int64", "float64", "str"]


def test_without_pyarrow_the_cure_is_said(monkeypatch, tmp_path):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(RunError, match=r"pip install 'contact-centre-planner\[parquet\]'"):
        swept(out=tmp_path / "x")
    assert not (tmp_path / "x").exists()

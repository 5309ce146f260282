"""Warming up: everything is compiled once, and only what is out of date is cleared."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

import scenarios
from sim import compiling, warm

USE_EVERYTHING = """
import sys
import scenarios, sim
for name in sys.argv[1:]:
    scenario = scenarios.load(name)
    for engine in ("reference", "compiled"):
        if engine == "reference" and name != "helpdesk":
            continue
        for contacts in (False, True):
            result = sim.run(scenario, replications=2, engine=engine, contacts=contacts, workers=1)
            result.summary, result.intervals, result.groups, result.spillover
    sim.compare(scenario, [scenario], replications=2, engine="compiled").summary
"""


def _files(folder: Path) -> dict[str, int]:
    return {
        str(file.relative_to(folder)): file.stat().st_mtime_ns
        for file in folder.rglob("*")
        if file.suffix in (".nbi", ".nbc")
    }


def test_nothing_is_left_to_compile_after_warming_up() -> None:
    warm.warm_up()
    folder = compiling.FOLDER
    before = _files(folder)
    assert before
    subprocess.run([sys.executable, "-c", USE_EVERYTHING, *scenarios.library()], check=True)
    assert _files(folder) == before


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for machine code of its own, and nothing that is worth compiling."""
    place = tmp_path / "machine-code-1"
    monkeypatch.setattr(compiling, "FOLDER", place)
    monkeypatch.setattr(warm, "_simulate", lambda: None)
    return place


def test_warm_is_what_was_warmed_up(folder: Path) -> None:
    assert not warm.is_warm()
    warm.warm_up()
    assert warm.is_warm()
    compiling.FOLDER = folder.with_name("machine-code-2")  # the sources change
    assert not warm.is_warm()


def test_another_processor_is_not_warm(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    warm.warm_up()
    monkeypatch.setattr(warm.llvm, "get_host_cpu_name", lambda: "another")
    assert not warm.is_warm()


def test_only_old_machine_code_is_cleared(folder: Path) -> None:
    old, young, other = (folder.with_name(name) for name in ("machine-code-0", "machine-code-2", "mine"))
    for place in (old, young, other):
        (place / "sim").mkdir(parents=True)
        (place / "sim" / "entry.nbi").touch()
    before = time.time() - warm.OLD_SECONDS - 60
    for place in (old, other):
        os.utime(place, (before, before))
    warm.warm_up()
    assert not old.exists()
    assert young.exists()
    assert other.exists()
    assert folder.exists()


def test_one_line_says_whether_it_was_ready(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    warm.main()
    warm.main()
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("Compiling")
    assert first.endswith("s.")
    assert second == "Machine code is ready."

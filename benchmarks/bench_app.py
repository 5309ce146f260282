"""The app's server: opening a result's page, as a browser asks for it, and its workbook."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any, cast

import pytest

import scenarios
import sim
from planner_app.answers import export
from planner_app.app import create_app
from planner_app.running.report import WHAT_IF, report_of
from planner_app.services import LiveService, Report, RunRow, RunService, Services, StudyStore
from planner_app.settings import load as load_settings
from scenarios.whatifs import ChangeStaff

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def run() -> RunRow:
    return RunRow(
        id="bench",
        study_id=None,
        title="Two agents fewer",
        baseline=scenarios.dumps(scenarios.load("helpdesk")),
        steps=(),
        replications=5,
        seed=1,
        status="done",
        done=5,
        message="",
        version="0",
        created=NOW,
        started=NOW,
        finished=NOW,
    )


@pytest.fixture(scope="module")
def report() -> Report:
    base = scenarios.load("helpdesk")
    variant = ChangeStaff(by=-2).apply(base)
    return report_of(sim.compare(base, {WHAT_IF: variant}, replications=5, seed=1))


@dataclasses.dataclass
class OneRun:
    """The part of a run service that reading a result needs."""

    run: RunRow
    found: Report

    def get(self, run_id: str) -> RunRow | None:
        return self.run

    def report(self, run_id: str) -> Report | None:
        return self.found


@pytest.mark.benchmark(group="app")
def bench_open_a_result(benchmark: Any, run: RunRow, report: Report, tmp_path: Path) -> None:
    """The callback that answers with the whole page of a result, figures included."""
    services = Services(
        studies=cast(StudyStore, None),
        runs=cast(RunService, OneRun(run, report)),
        live=cast(LiveService, None),
    )
    app = create_app(load_settings({}, data=tmp_path), services)
    browser = app.server.test_client()
    browser.get("/_dash-dependencies")
    question = {
        "output": "page.children",
        "outputs": {"id": "page", "property": "children"},
        "inputs": [{"id": "url", "property": "pathname", "value": f"/results/{run.id}"}],
        "changedPropIds": ["url.pathname"],
    }

    def ask() -> int:
        answer = browser.post("/_dash-update-component", json=question)
        assert answer.status_code == 200, answer.get_data(as_text=True)[:300]
        return len(answer.get_data())

    benchmark.extra_info["bytes"] = benchmark(ask)


@pytest.mark.benchmark(group="app")
def bench_workbook(benchmark: Any, run: RunRow, report: Report) -> None:
    """The Excel workbook of a result."""
    benchmark(export.workbook, report, run)

from __future__ import annotations

import base64
import dataclasses
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import scenarios
from planner_app import notices, settings
from planner_app.app import create_app, page_for
from planner_app.pages import scenarios as scenarios_page
from planner_app.pages import whatif
from planner_app.serve import main
from planner_app.services import Services, Step, Study
from planner_app.settings import UPLOAD_BYTES, Settings
from planner_app.studies import edits, run_panel, upload
from planner_app.studies.drawer import fill
from planner_app.studies.edits import StudyGoneError, moved
from planner_app.studies.files import DOWNLOADS, text_of
from planner_app.studies.stack_view import change_list, stack_list
from planner_app.studies.stacks import read_baseline, resolve
from scenarios import ScenarioError
from scenarios.whatifs import load_stack

DESK = scenarios.load("helpdesk")
TEXT = scenarios.dumps(DESK)
FEWER = Step("change_staff", {"by": -2})
GONE = Step("channel_outage", {"channel": "portal", "start": "10:00", "end": "11:00"})
MORE = Step("scale_volume", {"percent": 20})
Said = Callable[[Any], str]


@pytest.fixture
def study(services: Services) -> Study:
    return services.studies.create("Desk", TEXT, (FEWER, MORE), "helpdesk")


@pytest.fixture
def chosen(tmp_path: Path) -> Settings:
    return settings.load({}, data=tmp_path)


# -- stacks --------------------------------------------------------------------------------------------


def test_a_stack_is_applied_in_order_and_off_means_off() -> None:
    stack = resolve(DESK, (FEWER, dataclasses.replace(MORE, enabled=False)))
    assert [entry.step.enabled for entry in stack.entries] == [True, False]
    assert stack.variant.groups["agents"].staff["08:00"] == 5  # type: ignore[index]
    assert stack.variant.intents == DESK.intents


def test_a_what_if_that_does_not_fit_is_left_out_and_says_why(text: Said) -> None:
    stack = resolve(DESK, (GONE, MORE))
    assert stack.misfits == stack.entries[:1]
    assert "phone" in text(stack_list(stack))
    assert stack.variant.intents != DESK.intents
    assert run_panel.why_not(stack) == "Run is off: a what-if does not fit. Edit it, or switch it off."
    off = resolve(DESK, (dataclasses.replace(GONE, enabled=False), MORE))
    assert run_panel.why_not(off) is None


def test_a_what_if_of_a_kind_that_is_not_known_is_kept_and_says_so(text: Said) -> None:
    stack = resolve(DESK, (Step("from_the_future", {"x": 1}),))
    assert len(stack.misfits) == 1
    assert "from_the_future" in text(stack_list(stack))


def test_a_baseline_with_problems_keeps_run_off() -> None:
    broken = DESK.model_copy(update={"groups": {}})
    assert scenarios.check(broken)
    reason = run_panel.why_not(resolve(broken, ()))
    assert reason is not None
    assert "baseline has problems" in reason


def test_moving_stops_at_the_ends() -> None:
    steps = (FEWER, GONE, MORE)
    assert moved(steps, 0, -1) == steps
    assert moved(steps, 2, 1) == steps
    assert moved(steps, 0, 1) == (GONE, FEWER, MORE)


def test_long_lists_of_changes_are_shown_on_demand(text: Said) -> None:
    after = resolve(DESK, (FEWER, MORE)).variant
    assert "more change" in text(change_list(DESK, after, 2))
    assert "more change" not in text(change_list(DESK, after, 1000))


# -- edits -----------------------------------------------------------------------------------------------


def test_an_edit_is_saved_at_once(services: Services, study: Study) -> None:
    now, done = edits.edit(services, edits.page_state(study), lambda steps: steps[:1])
    assert done
    assert services.studies.get(study.id) == now
    assert (now.steps, now.revision) == ((FEWER,), 2)


def test_an_edit_from_a_page_that_is_out_of_date_overwrites_nothing(
    services: Services, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, ...]] = []
    monkeypatch.setattr(notices, "show", lambda *words: told.append(words))
    theirs = services.studies.save(dataclasses.replace(study, steps=(MORE,)))
    now, done = edits.edit(services, edits.page_state(study), lambda steps: ())
    assert not done
    assert now == theirs == services.studies.get(study.id)
    assert "another window" in told[0][1]


def test_an_edit_of_a_deleted_study_says_what_to_do(services: Services, study: Study) -> None:
    services.studies.delete(study.id)
    with pytest.raises(StudyGoneError, match="Restore it"):
        edits.edit(services, edits.page_state(study), lambda steps: ())


def test_what_the_page_shows_after_an_edit(services: Services, study: Study, text: Said) -> None:
    shown = edits.shown(study)
    assert set(shown) == set(edits.EDITED)
    assert shown["study"] == {"id": study.id, "revision": 1}
    assert shown["saved"].startswith("Saved ")
    assert "+20% cases" in text(shown["stack"])
    assert not shown["blocked"]


# -- the drawer ------------------------------------------------------------------------------------------


def test_the_drawer_previews_what_would_change(text: Said) -> None:
    filled = fill("scale_volume", DESK, {("percent", ""): 20})
    assert filled.whatif is not None
    assert "480" in text(filled.preview)
    nothing = fill("scale_volume", DESK, {("percent", ""): 0})
    assert "changes nothing" in text(nothing.preview)


def test_the_drawer_puts_problems_beside_fields() -> None:
    filled = fill("change_staff", DESK, {("by", ""): 1, ("start", ""): "12:00", ("end", ""): "11:00"})
    assert filled.whatif is None
    assert set(filled.problems) == {"end"}


def test_the_drawer_tells_problems_of_the_whole_scenario(text: Said) -> None:
    filled = fill("channel_outage", DESK, {("channel", ""): "phone", ("start", ""): "nonsense"})
    assert set(filled.problems) == {"start"}
    assert "not understood" in filled.problems["start"].lower()


# -- scenarios -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", scenarios.library())
def test_a_library_scenario_opens_as_a_study_that_needs_no_other_file(name: str, services: Services) -> None:
    opened = scenarios_page.open_from_library(services, name)
    assert read_baseline(opened.baseline) == scenarios.load(name)
    again = scenarios_page.open_from_library(services, name)
    assert again.name == f"{opened.name} (2)"


def test_an_upload_with_problems_lists_them_all_and_stores_nothing(services: Services) -> None:
    broken = "colour: red\n" + TEXT.replace("2026-03-02", "someday")
    with pytest.raises(ScenarioError) as caught:
        upload.study_of(services, broken)
    assert len(caught.value.problems) >= 2
    assert services.studies.all() == []


def test_an_upload_keeps_the_text_with_its_comments(services: Services) -> None:
    uploaded = upload.study_of(services, "# mine\n" + TEXT)
    assert uploaded.baseline.startswith("# mine\n")
    assert uploaded.origin == "uploaded"


def test_an_upload_that_is_no_text_is_refused_with_a_cure() -> None:
    contents = "data:application/octet-stream;base64," + base64.b64encode(b"\xff\xfe\x00\x81").decode()
    with pytest.raises(ScenarioError, match="UTF-8"):
        upload.decoded(contents)
    assert upload.decoded("data:;base64," + base64.b64encode(b"name: x").decode()) == "name: x"


def test_files_to_take_away_read_back(services: Services, study: Study) -> None:
    assert set(DOWNLOADS) == {"baseline", "what-ifs", "scenario"}
    assert scenarios.loads(text_of(study, "baseline")) == DESK
    stack = resolve(DESK, study.steps)
    assert load_stack(text_of(study, "what-ifs")) == [entry.whatif for entry in stack.entries]
    assert scenarios.loads(text_of(study, "scenario")) == stack.variant


# -- pages and addresses ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/scenarios", "Library"),
        ("/what-if", "No study is open yet"),
        ("/what-if/nothing", "This study is not here"),
        ("/results", "Nothing has been run yet"),
        ("/results/nothing", ""),
        ("/nowhere", "There is nothing at this address"),
        ("/what-if/a/b/c", "There is nothing at this address"),
    ],
)
def test_every_address_shows_something_helpful(
    address: str, words: str, services: Services, text: Said
) -> None:
    assert words in text(page_for(address, services))


def test_the_page_of_a_study_shows_its_parts(services: Services, study: Study, text: Said) -> None:
    said = text(page_for(f"/what-if/{study.id}", services))
    for words in ("Baseline", "400 cases", "agents in each group", "+20% cases", "Add what-if", "Run"):
        assert words in said
    assert text(page_for("/what-if", services)) == said


def test_a_page_that_fails_says_so_without_a_traceback(
    services: Services, text: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("a secret")

    monkeypatch.setattr(whatif, "layout", fail)
    said = text(page_for("/what-if", services))
    assert "cannot be shown" in said
    assert "secret" not in said


def test_two_apps_in_one_process_both_work(services: Services, chosen: Settings) -> None:
    first, second = create_app(chosen, services), create_app(chosen, services)
    assert set(first.callback_map) == set(second.callback_map) != set()


def test_the_panel_takes_only_whole_numbers_in_range() -> None:
    assert run_panel.wrong_numbers(20, 0) is None
    for replications, seed in ((1, 1), (2.5, 1), (None, 1), ("", 1), (10**6, 1), (20, -1), (20, None)):
        assert run_panel.wrong_numbers(replications, seed) is not None


def test_a_run_of_nonsense_is_refused_before_it_is_queued(services: Services) -> None:
    with pytest.raises(ScenarioError):
        services.runs.submit("x", TEXT, (GONE,))
    assert services.runs.recent() == []
    run_id = services.runs.submit("x", TEXT, (FEWER, dataclasses.replace(GONE, enabled=False)))
    row = services.runs.get(run_id)
    assert row is not None
    assert row.steps == (FEWER,)


def test_a_story_is_one_run_however_often_it_is_asked_for(services: Services) -> None:
    first = services.runs.story("portal_down")
    assert services.runs.story("portal_down") == first
    assert services.runs.story("fewer_staff").id != first.id
    assert services.runs.recent() == []


# -- what the server refuses -----------------------------------------------------------------------------


def test_only_its_own_name_and_pages_reach_the_app(services: Services, chosen: Settings) -> None:
    client = create_app(chosen, services).server.test_client()
    assert client.get("/", headers={"Host": "localhost:8050"}).status_code == 200
    assert client.get("/", headers={"Host": "127.0.0.1:8050"}).status_code == 200
    assert client.get("/", headers={"Host": "[::1]:8050"}).status_code == 200
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 421
    update = "/_dash-update-component"
    foreign = {"Host": "localhost:8050", "Origin": "http://evil.example"}
    assert client.post(update, json={}, headers=foreign).status_code == 403
    assert client.get("/health", headers={"Host": "localhost"}).status_code == 200


def test_answers_forbid_anything_from_elsewhere(services: Services, chosen: Settings) -> None:
    response = create_app(chosen, services).server.test_client().get("/", headers={"Host": "localhost"})
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]
    assert "https://" not in response.get_data(as_text=True).replace("https://dash.plotly.com", "")


def test_a_request_that_is_too_large_is_refused_in_words(services: Services, chosen: Settings) -> None:
    client = create_app(chosen, services).server.test_client()
    body = b"x" * (2 * UPLOAD_BYTES + 1)
    response = client.post(
        "/_dash-update-component",
        data=body,
        headers={"Host": "localhost", "Content-Type": "application/json"},
    )
    assert response.status_code == 413
    assert "at most 5 MB" in response.get_data(as_text=True)


def test_a_callback_with_nonsense_shows_no_traceback(services: Services, chosen: Settings) -> None:
    client = create_app(chosen, services).server.test_client()
    response = client.post("/_dash-update-component", json={"output": "x"}, headers={"Host": "localhost"})
    assert response.status_code == 500
    assert "Traceback" not in response.get_data(as_text=True)


# -- settings and start ----------------------------------------------------------------------------------


def test_flags_win_over_the_environment_and_that_over_defaults(tmp_path: Path) -> None:
    environment = {"PLANNER_PORT": "9000", "PLANNER_DATA": str(tmp_path), "PLANNER_WORKERS": "3"}
    assert settings.load(environment).port == 9000
    assert settings.load(environment, port=0).port == 0
    assert settings.load({}).host == "127.0.0.1"
    assert settings.load(environment).database.endswith("planner.db")
    with pytest.raises(ValueError, match="PLANNER_PORT is '80a'"):
        settings.load({"PLANNER_PORT": "80a"})


def test_a_port_that_is_taken_is_said_with_status_2(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = CliRunner().invoke(main, ["--port", str(port), "--data", str(tmp_path)])
    assert result.exit_code == 2
    assert f"127.0.0.1:{port}" in result.output
    assert "--port" in result.output


def test_simulating_processes_load_no_web_server() -> None:
    script = (
        "import sys, planner_app.serve, planner_app.running.pool, sim.experiments.replicate\n"
        "sys.exit(any(name in sys.modules for name in ('dash', 'flask', 'sqlalchemy', 'plotly')))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0

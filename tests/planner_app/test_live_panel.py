"""What the browser asks for and gets while what-ifs are being changed; and the dials that it moves."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from dash.development.base_component import Component

import scenarios
from planner_app import settings
from planner_app.app import create_app, page_for
from planner_app.live import warmth
from planner_app.services import LiveAnswer, LiveState, Services, Step, Study
from planner_app.studies import live_panel
from planner_app.studies.dials import dials, dials_of, turn
from planner_app.studies.live_panel import answer, read, steps_of, told
from scenarios import Problem, ScenarioError
from scenarios.whatifs import WHATIFS, starting_values
from tests.planner_app.glances import make_glance

DESK = scenarios.load("helpdesk")
FEWER = Step("change_staff", {"by": -2})
MORE = Step("scale_volume", {"percent": 20.0})
Parts = Callable[[Any], list[Component]]


class Told:
    """A live service that keeps what it was asked, and answers with a glance."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int, str, tuple[Step, ...]]] = []
        self.state: LiveState | None = None
        self.refuse = False

    def submit(self, session: str, revision: int, baseline: str, steps: Sequence[Step]) -> None:
        if self.refuse:
            raise ScenarioError([Problem("by", 1, "less", "give less")])
        self.asked.append((session, revision, baseline, tuple(steps)))

    def look(self, session: str, revision: int, seen: int = 0, wait_seconds: float = 0.0) -> LiveState | None:
        return self.state


@pytest.fixture
def live() -> Told:
    return Told()


@pytest.fixture
def served(services: Services, live: Told) -> Services:
    return dataclasses.replace(services, live=live)


@pytest.fixture
def study(services: Services) -> Study:
    return services.studies.create("Desk", scenarios.dumps(DESK), (FEWER, MORE), "helpdesk")


def body(study: Study, **more: Any) -> dict[str, Any]:
    return {"session": "me", "revision": 3, "study": study.id, **more}


def draft(kind: str, index: int | None, **fields: Any) -> dict[str, Any]:
    ids = [{"form": "what-if", "field": name, "key": ""} for name in fields]
    return {"target": {"kind": kind, "index": index}, "ids": ids, "values": list(fields.values())}


# -- what is asked ---------------------------------------------------------------------------------------


def test_a_question_is_the_study_with_dials_moved(served: Services, live: Told, study: Study) -> None:
    live.state = LiveState(3, refining=True)
    found = answer(served, read(body(study, dials=[[0, "change_staff", "by", -4]])), asking=True)
    assert found == {"revision": 3, "refining": True, "state": "waiting", "status": None}
    ((session, revision, baseline, steps),) = live.asked
    assert (session, revision, baseline) == ("me", 3, study.baseline)
    assert steps == (Step("change_staff", {"by": -4}), MORE)
    kept = served.studies.get(study.id)
    assert kept is not None
    assert kept.steps == (FEWER, MORE), "looking changes nothing that is saved"


def test_a_dial_that_is_no_longer_there_is_left_out(study: Study) -> None:
    gone = [[7, "change_staff", "by", 1], [0, "scale_volume", "percent", 1]]
    moved = [*gone, [1, "scale_volume", "nothing", 1]]
    assert steps_of(study, read(body(study, dials=moved))) == study.steps


def test_an_open_form_is_part_of_the_question(study: Study) -> None:
    added = steps_of(study, read(body(study, draft=draft("scale_volume", None, percent=5))))
    assert added == (FEWER, MORE, Step("scale_volume", {"percent": 5.0}))
    edited = steps_of(study, read(body(study, draft=draft("change_staff", 0, by=-1))))
    assert edited == (Step("change_staff", {"by": -1.0}), MORE)
    off = dataclasses.replace(study, steps=(dataclasses.replace(FEWER, enabled=False), MORE))
    changed = steps_of(off, read(body(study, draft=draft("change_staff", 0, by=-1))))
    assert changed is not None
    assert not changed[0].enabled


@pytest.mark.parametrize("fields", [{"percent": "-"}, {"percent": -500}, {"percent": 5, "start": "nonsense"}])
def test_a_half_typed_field_asks_nothing_and_says_where_to_look(
    served: Services, live: Told, study: Study, fields: dict[str, Any]
) -> None:
    found = answer(served, read(body(study, draft=draft("scale_volume", None, **fields))), asking=True)
    assert found["state"] == "problem"
    assert "beside the field" in found["problem"]
    assert live.asked == []


def test_what_does_not_fit_or_is_gone_is_said(served: Services, live: Told, study: Study) -> None:
    live.refuse = True
    assert answer(served, read(body(study)), asking=True)["state"] == "problem"
    served.studies.delete(study.id)
    assert "deleted" in answer(served, read(body(study)), asking=True)["problem"]


def test_a_superseded_question_is_old(served: Services, study: Study) -> None:
    assert answer(served, read(body(study)), asking=False) == {"revision": 3, "state": "old"}


@pytest.mark.parametrize(
    "nonsense",
    [
        None,
        [],
        "x",
        {},
        {"session": "me"},
        {"session": "me", "revision": "x"},
        {"session": "me", "revision": 1, "dials": [[1]]},
        {"session": "me", "revision": 1, "dials": 5},
        {"session": "me", "revision": 1, "tops": [1]},
        {"session": "me", "revision": 1, "tops": [float("nan"), None]},
        {"session": "me", "revision": 1, "draft": "x"},
    ],
)
def test_nonsense_is_refused_in_words(nonsense: Any, served: Services, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"."):
        read(nonsense)
    client = create_app(settings.load({}, data=tmp_path), served).server.test_client()
    for address in (live_panel.ASK, live_panel.LOOK):
        response = client.post(address, json=nonsense, headers={"Host": "localhost"})
        assert response.status_code == 400
        assert "does not understand" in response.get_data(as_text=True)


def test_a_fault_is_told_without_a_traceback(served: Services, study: Study, tmp_path: Path) -> None:
    client = create_app(settings.load({}, data=tmp_path), served).server.test_client()
    wrong = body(study, draft={"target": {"kind": "no such kind", "index": None}})
    response = client.post(live_panel.ASK, json=wrong, headers={"Host": "localhost"})
    assert response.status_code == 200
    found = response.get_json()
    assert found["state"] == "problem"
    assert "Traceback" not in found["problem"]
    foreign = {"Host": "localhost:8050", "Origin": "http://evil.example"}
    assert client.post(live_panel.ASK, json=body(study), headers=foreign).status_code == 403


# -- what is shown ---------------------------------------------------------------------------------------


def shown(days: int = 12, *, refining: bool = True) -> LiveState:
    found = LiveAnswer(days, (FEWER,), make_glance(days=days))
    return LiveState(3, answer=found, refining=refining, goal=100)


def test_an_answer_says_how_many_days_it_rests_on_and_whether_more_come() -> None:
    found = told(shown())
    assert (found["state"], found["days"], found["refining"]) == ("shown", 12, True)
    assert found["words"]["live-status"] == "Rests on 12 simulated Mondays, refining …"
    assert found["words"]["live-said"] == "", "a screen reader is told once, in the end"
    last = told(shown(100, refining=False))
    assert last["words"]["live-status"] == "Rests on 100 simulated Mondays"
    assert "Average wait" in last["words"]["live-said"]
    assert last["share"] == 1.0


def test_numbers_have_intervals_and_paired_differences(text: Callable[[Any], str]) -> None:
    props = {json.dumps(name): props for name, props in told(shown())["props"]}
    said = text(props['"live-numbers"']["children"])
    assert "Agents short at worst 2 at 11:00" in said
    assert "worse than 10 s" in said
    assert "Phone ASA" not in said or "+30 s" in said
    assert "12 simulated Mondays" in told(shown())["words"]["live-brief"]


def test_scales_are_kept_from_answer_to_answer() -> None:
    first = told(shown())
    assert told(shown(), tuple(first["tops"]))["tops"] == first["tops"]


def test_preparing_is_said() -> None:
    found = told(LiveState(1, refining=True, preparing=True))
    assert "Preparing the simulator for this machine" in found["status"]


def test_the_page_of_a_study_has_a_place_for_the_live_answer(
    services: Services, study: Study, parts: Parts
) -> None:
    ids = [getattr(part, "id", None) for part in parts(page_for(f"/what-if/{study.id}", services))]
    for name in ("live", "live-status", "live-sentence", "live-numbers", "live-problem", "dials-at-rest"):
        assert name in ids
    assert {"dial": "by", "index": 0, "kind": "change_staff"} in ids


# -- dials -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(WHATIFS))
def test_dials_move_what_their_form_holds(kind: str) -> None:
    bank = scenarios.load("retail_bank")
    step = Step(kind, {k: v for k, v in starting_values(WHATIFS[kind], bank).items() if v not in (None, [])})
    found = dials_of(step)
    assert len(found) <= 3
    for dial in found:
        assert dial.low <= dial.value <= dial.high
        assert 0 < dial.step <= dial.high - dial.low
        for number in (dial.low, dial.high):
            after = turn([step], [(0, kind, dial.field.name, number)])[0]
            again = {one.field.name: one.value for one in dials_of(after)}
            assert again.get(dial.field.name, number) == pytest.approx(number)


def test_a_value_beyond_the_usual_range_can_still_be_shown() -> None:
    (dial,) = dials_of(Step("scale_volume", {"percent": 400}))
    assert (dial.high, dial.value) == (400, 400)


def test_a_dial_at_nought_stays_where_it_is() -> None:
    step = turn([Step("change_staff", {"percent": -10.0})], [(0, "change_staff", "percent", 0)])[0]
    assert [dial.field.name for dial in dials_of(step)] == ["percent"]


def test_shares_by_intent_have_no_single_dial() -> None:
    step = Step("channel_quality", {"channel": "portal", "success": {"login": 0.5}})
    assert [dial.field.name for dial in dials_of(step)] == []
    assert dials(step, 0) is None
    assert dials_of(Step("no such kind", {})) == ()


# -- making ready ----------------------------------------------------------------------------------------


def test_compiling_happens_elsewhere_and_what_waits_for_it_begins_afterwards(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mark = tmp_path / "compiled"
    order: list[str] = []
    monkeypatch.setattr("sim.warm.is_warm", mark.exists)
    monkeypatch.setattr("sim.warm.warm_up", lambda: order.append(f"loaded {mark.exists()}"))
    made = warmth.Warmth([sys.executable, "-c", f"open({str(mark)!r}, 'w').close()"])
    begun = threading.Event()
    assert not made.is_ready()
    made.start(then=lambda: (order.append("then"), begun.set()))
    assert begun.wait(30)
    assert made.is_ready()
    assert order == ["loaded True", "then"]
    made.close()


def test_closing_while_it_compiles_is_quick_and_begins_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.warm.is_warm", lambda: False)
    order: list[str] = []
    monkeypatch.setattr("sim.warm.warm_up", lambda: order.append("loaded"))
    made = warmth.Warmth([sys.executable, "-c", "import time; time.sleep(60)"])
    made.start(then=lambda: order.append("then"))
    while made._compiler is None:
        time.sleep(0.01)
    begun = time.monotonic()
    made.close()
    assert time.monotonic() - begun < 5
    assert order == []
    assert isinstance(made._compiler, subprocess.Popen)
    assert made._compiler.poll() is not None

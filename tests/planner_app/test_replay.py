"""A day replayed: its queues are those of the results, its numbers add up, and it is chosen as it says."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import numpy as np
import pytest

import scenarios
import sim
from planner_app.answers import replay_days, replay_view
from planner_app.answers.readings import BASELINE, WHAT_IF
from planner_app.answers.replay import (
    AGAIN,
    MOST_MOMENTS,
    NEW,
    PASSED_ON,
    Stays,
    busy_hours,
    came_from,
    film,
    moments_of,
    queue_of,
    went_back,
    whole_parts,
)
from planner_app.answers.replay_days import Showing, ranking, showing
from planner_app.services import RunRow, Step
from scenarios import Scenario
from scenarios.whatifs import parse
from sim import engines
from sim.contract import NOBODY, TICKS_PER_SECOND, Mode, Plan, Trace
from sim.luck.streams import draw
from sim.plan import build
from tests.planner_app.reports import make_report, make_run
from tests.planner_app.test_pages_show import App, text_of

OUTAGE = Step("channel_outage", {"channel": "portal", "start": "10:00", "end": "11:30"})
NOTICED = Step("who_notices_first", {"channel": "portal", "reports": 20, "fix": "20 min"})
CALLBACKS: dict[str, Any] = {"kind": "offer_callbacks", "channel": "phone", "offer_above": "20 s"}
FEWER: dict[str, Any] = {"kind": "change_staff", "by": -2}
REPORT = make_report(replications=6)
MINUTE = 60 * TICKS_PER_SECOND


def with_callbacks() -> Scenario:
    changed = scenarios.load("helpdesk")
    for one in (FEWER, CALLBACKS):
        changed = parse(one).apply(changed)
    return changed


def simulated(scenario: Scenario, number: int = 0) -> tuple[Plan, Trace]:
    plan = build(scenario)
    return plan, engines.get()(plan, draw(plan, 1, number))


@pytest.fixture(scope="module")
def run() -> RunRow:
    baseline = scenarios.dumps(scenarios.load("retail_bank"))
    return dataclasses.replace(make_run(steps=(OUTAGE, NOTICED)), id="replayed", baseline=baseline)


@pytest.fixture(scope="module")
def shown(run: RunRow) -> Showing:
    return showing(run, 6, "typical", 0)


# -- queues ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["telecom_outage", "bank_menu", "service_desk", "callbacks"])
def test_queues_are_those_of_the_results(name: str) -> None:
    scenario = with_callbacks() if name == "callbacks" else scenarios.load(name)
    plan, trace = simulated(scenario)
    table = sim.run(scenario, replications=1, seed=1, workers=1).intervals
    edges = np.arange(plan.intervals + 1) * plan.interval_ticks
    for place, channel in enumerate(plan.channels):
        if plan.mode[place] == Mode.SELF_SERVICE:
            continue
        means = queue_of(plan, trace, place).means(edges)
        if plan.mode[place] == Mode.DEFERRED:
            again = went_back(plan, trace, place)
            assert (again > 0).any(), "interrupted emails wait again"
            means = means + again
        expected = table.loc[table["channel"].astype(str) == channel, "queue_length_mean"].to_numpy()
        assert expected.max() > 0
        assert means == pytest.approx(expected, abs=1e-9), channel


def test_a_fine_film_of_a_queue_has_its_mean() -> None:
    plan, trace = simulated(scenarios.load("telecom_outage"))
    stays = queue_of(plan, trace, plan.channels.index("phone"))
    edges = np.arange(plan.intervals + 1) * plan.interval_ticks
    busiest = int(stays.means(edges).argmax())
    seconds = np.arange(edges[busiest], edges[busiest + 1], TICKS_PER_SECOND)
    assert stays.at(seconds).mean() == pytest.approx(stays.means(edges)[busiest], rel=0.02)


def test_who_comes_at_a_moment_is_there_and_who_leaves_is_not() -> None:
    stays = Stays(np.array([0, 5, 5]) * TICKS_PER_SECOND, np.array([10, 5, 8]) * TICKS_PER_SECOND)
    moments = np.array([0, 5, 7, 8, 10]) * TICKS_PER_SECOND
    assert stays.at(moments).tolist() == [1, 2, 2, 1, 0]
    assert stays.longest(moments).tolist() == [0, 5, 7, 8, 0]


def test_contacts_come_from_where_the_results_say() -> None:
    scenario = scenarios.load("retail_bank")
    plan, trace = simulated(scenario)
    result = sim.run(scenario, replications=1, seed=1, workers=1)
    source, names = came_from(plan, trace)
    table = result.intervals.groupby("channel", observed=True)[["offered", "spilled_in", "repeated_in"]].sum()
    for place, channel in enumerate(plan.channels):
        counts = dict(
            zip(names, np.bincount(source[trace.channel == place], minlength=len(names)), strict=True)
        )
        spilled = sum(counts[other] for other in plan.channels)
        assert (sum(counts.values()), spilled, counts[AGAIN]) == tuple(table.loc[channel])
    assert (source == names.index(NEW)).sum() == (trace.attempt == 0).sum()


def test_transfers_and_callbacks_are_no_customers_tries() -> None:
    plan, trace = simulated(scenarios.load("service_desk"))
    source, names = came_from(plan, trace)
    passed = (source == names.index(PASSED_ON)).sum()
    assert 0 < passed == (trace.next_channel[trace.outcome == 7] != NOBODY).sum()
    plan, trace = simulated(with_callbacks())
    source, _ = came_from(plan, trace)
    assert (source == NOBODY).sum() == (trace.outcome == 8).sum() > 0
    lane = film(plan, trace, [], busy_hours(plan, [trace], 0)).lanes[0]
    assert lane.callbacks.max() > 0
    assert lane.total[-1] < len(trace.case)


# -- the film --------------------------------------------------------------------------------------


def test_agents_add_up_and_follow_the_table_of_groups(shown: Showing) -> None:
    plan = shown.ranked.plans[WHAT_IF]
    trace = engines.get()(plan, draw(plan, 1, shown.number))
    found = shown.films[WHAT_IF]
    first = int(found.moments[0] // plan.interval_ticks)
    for place, crew in enumerate(found.crews):
        within = slice(first, first + len(crew.busy))
        present = trace.present[place, within] / plan.interval_ticks
        assert crew.busy + crew.idle + crew.overtime == pytest.approx(np.rint(present))
        assert crew.busy == pytest.approx(trace.busy[place, within] / plan.interval_ticks, abs=1)
        assert crew.scheduled.tolist() == plan.staff[place, within].tolist()
    assert found.interval[0] == 0
    assert found.interval[-1] == len(found.crews[0].busy) - 1


def test_parts_in_whole_numbers_keep_their_sum() -> None:
    parts = np.random.default_rng(3).uniform(0, 30, (3, 500))
    found = whole_parts(parts)
    assert (found.sum(axis=0) == np.rint(parts.sum(axis=0))).all()
    assert np.abs(found - parts).max() < 1


def test_an_incident_is_told_as_it_went(shown: Showing) -> None:
    assert shown.films[BASELINE].troubles == ()
    (trouble,) = shown.films[WHAT_IF].troubles
    assert trouble.start == 600 * MINUTE
    assert trouble.noticed is not None
    assert trouble.start < trouble.noticed < trouble.end == trouble.noticed + 20 * MINUTE < trouble.planned
    clock = replay_view._Clock(REPORT, 0, MINUTE)
    told = [replay_view.state(trouble, at, clock) for at in (trouble.start, trouble.noticed, trouble.end)]
    assert told[0] == "since 10:00, not noticed yet"
    assert told[1].startswith("since 10:00, noticed at 10:")
    assert "fixed at 10:" in told[2]
    unseen = dataclasses.replace(trouble, noticed=None, watched=False, end=trouble.planned)
    assert replay_view.state(unseen, 615 * MINUTE, clock) == "since 10:00"
    assert replay_view.state(unseen, 690 * MINUTE, clock) == "over at 11:30"


@pytest.mark.parametrize("hours", [1, 6, 9, 12, 16, 24])
def test_a_film_is_short(hours: int) -> None:
    moments = moments_of((0, hours * 60 * MINUTE))
    assert 60 <= len(moments) <= MOST_MOMENTS
    assert moments[-1] == hours * 60 * MINUTE
    assert (np.diff(moments) % MINUTE == 0).all()


def test_a_day_of_several_is_cut_out() -> None:
    plan, trace = simulated(scenarios.load("average_centre"))
    hours = busy_hours(plan, [trace], 4)
    day = 24 * 60 * MINUTE
    assert 4 * day <= hours[0] < hours[1] <= 5 * day
    lane = film(plan, trace, [], hours).lanes[0]
    today = (trace.arrived >= 4 * day) & (trace.arrived < hours[1])
    assert lane.total[-1] == today.sum()


# -- which replication -----------------------------------------------------------------------------


def test_a_typical_and_the_worst_day_by_the_mean_wait(run: RunRow, shown: Showing) -> None:
    ranked = ranking(run, 6)
    alone = [
        sim.run(ranked.scenarios[WHAT_IF], replications=6, seed=1, contacts=True).contacts.pipe(
            lambda t, number=number: t[(t["replication"] == number) & (t["channel"] == "phone")]
        )
        for number in range(6)
    ]
    waits = [float(table.loc[table["answered"].notna(), "wait_seconds"].mean()) for table in alone]
    assert ranked.waits == pytest.approx(waits)
    assert ranked.number("worst") == int(np.argmax(waits))
    assert sorted(waits).index(waits[ranked.number("typical")]) in (2, 3)
    assert ranked.number("first") == 0
    assert shown.wait == ranked.waits[shown.number]
    assert ranking(run, 6) is ranked, "it is kept"


def test_what_is_shown_is_said(shown: Showing) -> None:
    told = replay_view.which(REPORT, shown)
    assert told.startswith(
        f"A typical day: number {shown.number + 1} of 6 that were simulated. The mean wait"
    )
    of_many = replay_view.which(make_report(replications=5000), shown)
    assert "of the first 6 that were simulated" in of_many
    assert replay_view.asked_for(make_report(replications=5000)) == replay_days.MOST_RANKED
    week = make_report(replications=5000)
    week = dataclasses.replace(week, meta={**week.meta, "days": 7})
    assert replay_view.asked_for(week) == replay_days.MOST_RANKED // 7


# -- the package -----------------------------------------------------------------------------------


def test_the_package_is_small_and_whole(shown: Showing) -> None:
    package = replay_view.package(REPORT, shown)
    text = json.dumps(package)
    assert len(text) < 400_000
    count = len(package["labels"])
    assert package["labels"][0] == "08:00"
    assert list(package["films"]) == [BASELINE, WHAT_IF]
    for one in package["films"].values():
        assert len(one["told"]) == len(one["interval"]) == count
        for lane in one["lanes"]:
            assert len(lane["there"]) == len(lane["longest"]) == count
            assert min(lane["there"]) >= 0
            assert all(len(source["counts"]) == count for source in lane["sources"])
    phone = next(lane for lane in package["films"][WHAT_IF]["lanes"] if lane["name"] == "phone")
    assert "portal" in [source["from"] for source in phone["sources"]]
    assert "from the portal" in [source["title"] for source in phone["sources"]]


def test_a_moment_in_words_has_the_numbers_of_the_moment(shown: Showing) -> None:
    package = replay_view.package(REPORT, shown)
    one = package["films"][WHAT_IF]
    place = package["labels"].index("10:30")
    phone = next(lane for lane in one["lanes"] if lane["name"] == "phone")
    told = one["told"][place].replace("\u00a0", " ")
    assert told.startswith("10:30. ")
    assert phone["there"][place] > 0
    assert f"Phone: {phone['there'][place]} waiting, the first for " in told
    source = next(source for source in phone["sources"] if source["from"] == "portal")
    came = source["counts"][place] - source["counts"][place - package["window"]]
    assert f"In the last 15 min, {came} from the portal" in told
    assert "Portal down 10:00–11:30: " in told
    early = one["told"][package["labels"].index("09:00")]
    assert "Portal down" not in early


# -- the page --------------------------------------------------------------------------------------


@pytest.fixture
def app(run: RunRow) -> App:
    found = App()
    found.runs.add(run.id, run, REPORT)
    return found


def ask(app: App, **values: Any) -> dict[str, Any] | None:
    asked = {"kind.value": "typical", "day.value": "0", "show.n_clicks": None, **values}
    return app.call("replay-show.n_clicks", {f"replay-{name}": v for name, v in asked.items()}, "replayed")


def test_nothing_is_simulated_before_somebody_asks(app: App, run: RunRow) -> None:
    from planner_app.pages import result

    text = text_of(result.layout(app.services, run.id))
    assert text.index("Replay of one day") < text.index("Follow one customer")
    assert "It is one sample of many, not the average" in text
    assert ask(app) is None


def test_a_day_is_shown_when_it_is_asked_for(app: App) -> None:
    answer = ask(app, **{"show.n_clicks": 1})
    assert answer is not None
    assert len(answer["replay-data"]["data"]["films"]) == 2
    assert "A typical day: number" in str(answer["replay-view"]["children"])
    answer = ask(app, **{"show.n_clicks": 1, "kind.value": "worst"})
    assert answer is not None
    assert "The worst day: number" in str(answer["replay-view"]["children"])


def test_a_day_that_cannot_be_simulated_says_why(app: App) -> None:
    app.runs.add("replayed", dataclasses.replace(make_run(), id="replayed"), make_report(replications=5))
    answer = ask(app, **{"show.n_clicks": 1})
    assert answer is not None
    assert answer["replay-data"]["data"] is None
    assert "This day cannot be simulated again" in str(answer["replay-view"]["children"])


def test_only_the_latest_rankings_are_kept(run: RunRow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay_days, "_known", type(replay_days._known)())
    monkeypatch.setattr(replay_days, "_KEPT", 2)
    desk = scenarios.dumps(scenarios.load("helpdesk"))
    for name in "abc":
        ranking(dataclasses.replace(run, id=name, baseline=desk, steps=()), 1)
    assert [name for name, _ in replay_days._known] == ["b", "c"]

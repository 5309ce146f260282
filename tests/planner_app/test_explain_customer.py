"""One customer: the same case in both scenarios, its effort as it builds, its timeline and its page."""

from __future__ import annotations

import dataclasses
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import scenarios
from planner_app import figures
from planner_app.answers import customer
from planner_app.answers.customer import Contact, Day, Journey, day_of, effort_so_far
from planner_app.answers.readings import BASELINE, WHAT_IF
from planner_app.figures.customer import pieces, ticks_of
from planner_app.services import RunRow, Step
from scenarios import ScenarioError
from tests.planner_app.reports import make_report, make_run
from tests.planner_app.test_pages_show import App, text_of

OUTAGE = Step("channel_outage", {"channel": "portal", "start": "10:00", "end": "11:30"})
MORE = Step("scale_volume", {"percent": 5})
REPORT = make_report()


@pytest.fixture(scope="module")
def run() -> RunRow:
    baseline = scenarios.dumps(scenarios.load("retail_bank"))
    return dataclasses.replace(make_run(steps=(OUTAGE, MORE)), id="followed", baseline=baseline)


@pytest.fixture(scope="module")
def day(run: RunRow) -> Day:
    return day_of(run)


@pytest.fixture(scope="module")
def hit(day: Day) -> dict[str, Journey | None]:
    key = day.find("hit")
    assert key is not None
    return day.journeys(key)


def contact(channel: str = "phone", mode: str = "live", **fields: Any) -> Contact:
    usual: dict[str, Any] = {
        "arrived": 36_000.0, "wait": 90.0, "handled": 240.0, "ended": 36_330.0, "group": "generalists",
        "outcome": "resolved", "effort": 0.46,
    }  # fmt: skip
    return Contact(channel, mode, **{**usual, **fields})


# -- the day ---------------------------------------------------------------------------------------


def test_effort_as_it_builds_ends_as_the_case_table_has_it(day: Day) -> None:
    for side in day.sides.values():
        cases = side.cases.sort_values("contacts", ascending=False, kind="stable")
        for key in [*cases.index[:150], *cases.index[-20:]]:
            journey = side.journey(int(key))
            assert journey is not None
            assert journey.effort == pytest.approx(cases.loc[key, "effort"], abs=1e-6), journey
            assert len(journey.contacts) == cases.loc[key, "contacts"]
            points = [one.effort for one in journey.contacts]
            assert points == sorted(points), "effort never falls"


def test_effort_by_hand(day: Day) -> None:
    weights = day.last.result.terms.weights
    modes = {"portal": "self_service", "phone": "live", "email": "deferred"}
    rows = [
        {"channel": "portal", "outcome": "failed", "answered": np.nan, "wait_seconds": 0.0},
        {"channel": "phone", "outcome": "transferred", "answered": 60.0, "wait_seconds": 60.0},
        {"channel": "email", "outcome": "resolved", "answered": 9e3, "wait_seconds": 9e3},
    ]
    waiting = weights.waiting * np.log(2.0)
    one = weights.failed_self_service
    step = weights.channel_switch + weights.repeating_information
    passed_on = one + step + weights.repeat_contact + waiting + weights.transfer
    # An agent passed the second contact on: the third is no repeat contact.
    expected = [one, passed_on, passed_on + step]
    assert effort_so_far(rows, modes, weights) == pytest.approx(expected, abs=6 / 1024)


def test_the_same_customer_comes_in_both_scenarios(day: Day) -> None:
    before, after = day.sides[BASELINE].cases, day.sides[WHAT_IF].cases
    shared = before.index.intersection(after.index)
    assert len(shared) == len(before) < len(after), "more volume keeps the old cases"
    assert (before.loc[shared, "case"] != after.loc[shared, "case"]).any(), "numbers may shift"
    for column in ("intent", "segment", "arrived_seconds"):
        assert (before.loc[shared, column].astype(object) == after.loc[shared, column].astype(object)).all()


def test_who_is_hit_hardest(day: Day, hit: dict[str, Journey | None]) -> None:
    before, after = hit[BASELINE], hit[WHAT_IF]
    assert before is not None
    assert after is not None
    both = day.sides[WHAT_IF].cases["effort"] - day.sides[BASELINE].cases["effort"]
    assert after.effort - before.effort == pytest.approx(both.max())
    first, second = (day.find("hit", rank) for rank in (0, 1))
    assert first is not None
    assert second is not None
    assert both[first] >= both[second]
    assert day.find("hit", customer.MOST_LISTED) == first, "after the last the first comes again"


def test_other_customers_are_found(day: Day) -> None:
    cases = day.last.cases
    found = {kind: day.find(kind) for kind in ("longest", "contacts", "gave_up")}
    assert cases.loc[found["contacts"], "contacts"] == cases["contacts"].max()
    assert cases.loc[found["gave_up"], "outcome"] == "given_up"
    longest = day.last.journey(found["longest"] or 0)
    assert longest is not None
    assert longest.waited == pytest.approx(cases["waited_seconds"].max())
    assert longest.waited < 3600, "a reply to an email is not waited for on the line"
    assert day.find("hit") is not None
    assert list(day.kinds()) == list(customer.KINDS)


def test_a_number_is_that_of_the_baseline(day: Day) -> None:
    key = day.numbered(17)
    assert key is not None
    journey = day.sides[BASELINE].journey(key)
    assert journey is not None
    assert journey.number == 17
    assert day.numbered(10**7) is None
    newcomer = len(day.sides[BASELINE].cases) + 3
    key = day.numbered(newcomer)
    assert key is not None, "only the what-if has so many"


def test_a_customer_who_only_comes_in_the_what_if(day: Day) -> None:
    before, after = (side.cases.index for side in day.sides.values())
    journeys = day.journeys(int(after.difference(before)[0]))
    assert journeys[BASELINE] is None
    assert customer.story(journeys).startswith(
        "This customer does not come in the baseline. In the what-if, the"
    )
    assert customer.who(journeys).startswith("Case ")
    assert {y for bar in figures.customer(REPORT, journeys).data if bar.type == "bar" for y in bar.y} <= {
        f"What-if: {channel}" for channel in ("portal", "phone", "chat", "email")
    }


def test_a_baseline_alone_is_followed_too() -> None:
    desk = scenarios.dumps(scenarios.load("helpdesk"))
    alone = day_of(dataclasses.replace(make_run(steps=()), id="alone", baseline=desk))
    assert list(alone.sides) == [BASELINE]
    assert "hit" not in alone.kinds()
    key = alone.find("longest")
    assert key is not None
    journeys = alone.journeys(key)
    assert customer.story(journeys).startswith("The case is given up after 2 contacts and ")
    assert figures.customer(REPORT, journeys).data


def test_days_are_kept_and_the_oldest_forgotten(run: RunRow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(customer, "_days", type(customer._days)(customer._days))
    monkeypatch.setattr(customer, "_KEPT_DAYS", 2)
    desk = scenarios.dumps(scenarios.load("helpdesk"))
    runs = [dataclasses.replace(run, id=name, baseline=desk, steps=()) for name in "abc"]
    days = [day_of(one) for one in runs]
    assert day_of(runs[2]) is days[2]
    assert list(customer._days) == ["b", "c"]


def test_a_scenario_that_cannot_be_read_any_more() -> None:
    with pytest.raises(ScenarioError):
        day_of(dataclasses.replace(make_run(), id="unreadable"))


# -- words -----------------------------------------------------------------------------------------


def test_the_story_of_a_customer() -> None:
    calm = Journey(4, "loan", "gen_x", "resolved", (contact(),))
    hard = Journey(4, "loan", "gen_x", "given_up", (contact(outcome="abandoned", group="", handled=0.0),))
    assert customer.who({BASELINE: calm}) == "Case 4: loan, gen x"
    assert customer.story({BASELINE: calm, WHAT_IF: hard}) == (
        "In the baseline, the case is resolved after 1 contact and 1 min 30 s of waiting, with 0.46 effort "
        "points. In the what-if, the case is given up after 1 contact and 1 min 30 s of waiting, with 0.46 "
        "effort points."
    )
    assert customer.story({BASELINE: calm, WHAT_IF: calm}).startswith(
        "Nothing changes for this customer: the case"
    )
    assert customer.story({BASELINE: calm, WHAT_IF: None}).endswith(
        "In the what-if, this customer does not come."
    )


def test_contacts_in_words() -> None:
    journey = Journey(4, "loan", "gen_x", "resolved", (
        contact("portal", "self_service", wait=0.0, handled=200.0, group="", outcome="failed", effort=0.5),
        contact(arrived=36_900.0, effort=3.2),
    ))  # fmt: skip
    assert customer.table(REPORT, journey) == [
        ["10:00", "Portal", "–", "3 min 20 s", "failed", "0.50"],
        ["10:15", "Phone", "1 min 30 s", "4 min, generalists", "resolved", "3.20"],
    ]
    assert customer.heard(REPORT, journey) == (
        "10:00 Portal, failed, effort 0.50; 10:15 Phone, resolved, effort 3.20"
    )


# -- the timeline ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "looks"),
    [
        (contact(), ["Waiting", "With an agent"]),
        (contact(wait=0.0), ["With an agent"]),
        (contact(outcome="abandoned", group="", wait=330.0), ["Waiting"]),
        (contact("email", "deferred"), ["Waiting for a reply", "With an agent"]),
        (contact("portal", "self_service", wait=0.0, group=""), ["In self-service"]),
        (contact(outcome="blocked", group="", wait=0.0, ended=36_000.0), ["Waiting"]),
    ],
)
def test_what_a_customer_does_fills_the_contact(one: Contact, looks: list[str]) -> None:
    found = pieces(one)
    assert [look for *_, look in found] == looks
    assert (found[0][0], found[-1][1]) == (one.arrived, one.ended)
    assert all(before[1] == after[0] for before, after in pairwise(found))


def test_the_baseline_is_drawn_above_the_what_if(hit: dict[str, Journey | None]) -> None:
    figure = figures.customer(REPORT, hit)
    lanes = list(figure.layout.yaxis.categoryarray)[::-1]
    assert [lane.partition(":")[0] for lane in lanes] == sorted(lane.partition(":")[0] for lane in lanes)
    assert lanes[0].startswith("Baseline")
    assert lanes[-1].startswith("What-if")
    assert {key.name for key in figures.legend(figure)} >= {"Waiting", "Effort, baseline", "Effort, what-if"}
    low, high = figure.layout.xaxis.range
    for trace in figure.data:
        if trace.type == "bar":
            ends = [start + length for start, length in zip(trace.base, trace.x, strict=True)]
            assert low < min(trace.base)
            assert max(ends) < high


def test_effort_steps_up_to_the_end(hit: dict[str, Journey | None]) -> None:
    figure = figures.customer(REPORT, hit)
    for name, journey in (("Effort, baseline", hit[BASELINE]), ("Effort, what-if", hit[WHAT_IF])):
        assert journey is not None
        (line,) = (trace for trace in figure.data if trace.name == name)
        assert line.y[0] == 0
        assert line.y[-1] == journey.effort
        assert line.line.shape == "hv"
        assert list(line.x) == sorted(line.x)


def test_ticks_are_whole_minutes_and_few() -> None:
    for length in (60.0, 600.0, 7200.0, 86_400.0, 600_000.0):
        ticks, labels = ticks_of(REPORT, (36_000.0, 36_000.0 + length))
        assert 1 <= len(ticks) <= 6
        assert all(tick % 60 == 0 for tick in ticks)
        assert len(labels) == len(ticks)


# -- the page --------------------------------------------------------------------------------------


@pytest.fixture
def app(run: RunRow) -> App:
    found = App()
    found.runs.add(run.id, run, REPORT)
    return found


def ask(app: App, changed: str, **values: Any) -> dict[str, Any] | None:
    asked = {"customer-rank.data": 0, **{name.replace("__", "."): v for name, v in values.items()}}
    asked = {f"customer-{name}" if not name.startswith("customer") else name: v for name, v in asked.items()}
    return app.call(f"customer-{changed}", asked, "followed")


def test_a_customer_is_found_by_kind_and_then_another(app: App, day: Day) -> None:
    answer = ask(app, "kind.value", kind__value="hit")
    assert answer is not None
    assert answer["customer-rank"]["data"] == 0
    shown = str(answer["customer-view"]["children"])
    first = day.find("hit")
    assert first is not None
    assert customer.who(day.journeys(first)) in shown
    assert "made by another version" not in shown or day.last.result.version != "0.1.0"
    answer = ask(app, "next.n_clicks", kind__value="hit", next__n_clicks=1)
    assert answer is not None
    assert answer["customer-rank"]["data"] == 1
    second = day.find("hit", 1)
    assert second is not None
    assert customer.who(day.journeys(second)) in str(answer["customer-view"]["children"])


def test_a_customer_is_found_by_number(app: App) -> None:
    answer = ask(app, "number.value", number__value=17)
    assert answer is not None
    assert "Case 17: " in str(answer["customer-view"]["children"])
    answer = ask(app, "number.value", number__value=10**7)
    assert answer is not None
    assert "No such customer on this day" in str(answer["customer-view"]["children"])


def test_nothing_is_simulated_before_somebody_asks(app: App) -> None:
    assert ask(app, "kind.value", kind__value=None) is None
    assert ask(app, "next.n_clicks", next__n_clicks=None) is None
    assert ask(app, "number.value", number__value="") is None
    answer = ask(app, "next.n_clicks", next__n_clicks=1)
    assert answer is not None, "without a kind, the first one"


def test_a_day_that_cannot_be_simulated_says_why(app: App) -> None:
    app.runs.add("followed", dataclasses.replace(make_run(), id="followed"), REPORT)
    saved = customer._days.pop("followed", None)
    try:
        answer = ask(app, "kind.value", kind__value="longest")
    finally:
        if saved is not None:
            customer._days["followed"] = saved
    assert answer is not None
    assert "This day cannot be simulated again" in str(answer["customer-view"]["children"])


def test_the_page_offers_it_before_how_it_was_computed(app: App, run: RunRow) -> None:
    from planner_app.pages import result

    text = text_of(result.layout(app.services, run.id))
    assert text.index("Follow one customer") < text.index("How was this computed?")
    assert "simulated again with every contact kept" in text

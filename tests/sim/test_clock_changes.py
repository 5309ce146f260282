"""Days on which the clocks change: plans, luck, tables and engines, against counting by hand."""

from __future__ import annotations

import copy
import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import sim
from scenarios import Problem, Scenario, check
from scenarios.whatifs import UnannouncedChange
from sim import plan as plans
from sim.contract import TICKS_PER_SECOND, Outcome, Plan
from sim.course.totals import days_counted
from sim.engines import get
from sim.errors import RunError
from sim.luck.streams import draw
from sim.staffing import requirement
from sim.staffing.demand import demand_of
from tests.golden.given import Case
from tests.sim.desks import DESK
from tests.strategies import scenario_fields
from tests.twins.compare import both_tell_the_same
from tests.twins.days import given_by_hand, hashed

HOUR = 3600 * TICKS_PER_SECOND
LONDON = "Europe/London"
SPRING, AUTUMN = "2026-03-29", "2026-10-25"
"""In London 01:00 is 02:00, and 02:00 is 01:00 again."""
BY_HOUR = [float(hour) for hour in range(24)]


def centre(start: str, zone: str = LONDON, days: int = 1, interval: str = "1 h", **changes: Any) -> Scenario:
    fields: dict[str, Any] = {
        "name": "centre",
        "calendar": {"start": start, "timezone": zone, "days": days, "interval": interval},
        "intents": {"help": {"volume": {"per_day": 240, "counts": "exact"}}},
        "channels": {"phone": {"mode": "live", "resolution": 1}},
        "groups": {"desk": {"skills": {"phone": {}}, "staff": {"00:00": 5}, "shrinkage": 0}},
    }
    return Scenario(**(fields | changes))


def plan_of(start: str, **changes: Any) -> Plan:
    return plans.build(centre(start, **changes))


def volume(**fields: Any) -> dict[str, Any]:
    return {"help": {"volume": fields}}


def problem_of(scenario: Scenario) -> Problem:
    (found,) = check(scenario)
    return found


# -- which intervals there are, and what they hold ---------------------------------------------------


@pytest.mark.parametrize(
    ("start", "zone", "days", "interval", "index"),
    [
        (SPRING, LONDON, 1, "1 h", [0, 23]),
        (AUTUMN, LONDON, 1, "30 min", [0, 50]),
        ("2026-10-24", LONDON, 3, "1 h", [0, 24, 49, 73]),
        ("2026-03-08", "America/New_York", 2, "15 min", [0, 92, 188]),
        ("2026-10-31", "America/New_York", 2, "15 min", [0, 96, 196]),
        ("2026-10-04", "Australia/Lord_Howe", 1, "30 min", [0, 47]),
        ("2026-04-04", "Australia/Lord_Howe", 3, "15 min", [0, 96, 194, 290]),
    ],
)
def test_the_horizon_has_the_intervals_that_exist(
    start: str, zone: str, days: int, interval: str, index: list[int]
) -> None:
    plan = plan_of(start, zone=zone, days=days, interval=interval)
    assert plan.day_index.tolist() == index
    assert plan.intervals == index[-1] == plan.rate.shape[1] == plan.staff.shape[1]
    assert plan.horizon == plan.intervals * plan.interval_ticks


def test_what_is_given_by_time_of_day_is_left_out_or_comes_twice() -> None:
    by_hour = {
        "intents": volume(per_interval=BY_HOUR, counts="exact"),
        "groups": {"desk": {"skills": {"phone": {}}, "staff": BY_HOUR, "shrinkage": 0}},
    }
    spring, autumn = plan_of(SPRING, **by_hour), plan_of(AUTUMN, **by_hour)
    assert spring.rate[0].tolist() == spring.staff[0].tolist() == [0, *range(2, 24)]
    assert autumn.rate[0].tolist() == autumn.staff[0].tolist() == [0, 1, 1, *range(2, 24)]
    assert draw(spring, 1, 0).arrival.size == sum(range(24)) - 1
    assert draw(autumn, 1, 0).arrival.size == sum(range(24)) + 1


def test_a_list_of_all_days_goes_by_the_clock_too() -> None:
    numbers = [*BY_HOUR, *(100 + hour for hour in BY_HOUR), *(200 + hour for hour in BY_HOUR)]
    plan = plan_of("2026-10-24", days=3, intents=volume(per_interval=numbers))
    assert plan.rate[0].tolist() == [*range(24), 100, 101, 101, *range(102, 124), *range(200, 224)]


def test_a_day_of_25_hours_has_25_hours_of_a_flat_volume() -> None:
    assert [plan_of(day).rate.sum() for day in ("2026-10-24", SPRING, AUTUMN)] == pytest.approx(
        [240, 230, 250]
    )
    assert draw(plan_of(AUTUMN), 1, 0).arrival.size == 250


def test_weekdays_are_those_of_the_local_dates() -> None:
    index = volume(per_day=24, weekday_index={"sat": 2, "sun": 3, "mon": 5})
    assert plan_of("2026-10-24", days=3, intents=index).rate[0] == pytest.approx(
        [2] * 24 + [3] * 25 + [5] * 24
    )


def test_a_day_has_one_factor_however_long_it_is() -> None:
    busy = volume(per_day=2_400_000 / 24, day_factor_cv=0.5)
    factors = {}
    for zone in (LONDON, "UTC"):
        plan = plan_of("2026-10-24", zone=zone, days=3, intents=busy)
        counts = np.bincount(draw(plan, 3, 0).arrival // HOUR, minlength=plan.intervals) / plan.rate[0]
        days = np.split(counts, plan.day_index[1:-1])
        assert all(np.ptp(day) < 0.2 * day.mean() for day in days)
        factors[zone] = [day.mean() for day in days]
    # The same days in luck, whatever the clocks do.
    assert factors[LONDON] == pytest.approx(factors["UTC"], rel=0.02)
    assert np.ptp(factors[LONDON]) > 0.2


# -- hours, staff and incidents around the change ----------------------------------------------------


def opening(start: str, hours: str) -> list[tuple[float, float]]:
    plan = plan_of(start, channels={"phone": {"mode": "live", "open": {"daily": hours}}})
    return [
        (since / HOUR, until / HOUR) for since, until in zip(plan.open_from, plan.open_until, strict=True)
    ]


def test_opening_hours_follow_the_clock() -> None:
    assert opening(SPRING, "00:00-24:00") == [(0, 23)]
    assert opening(SPRING, "00:30-01:30, 08:00-20:00") == [(0.5, 1), (7, 19)]
    assert opening(SPRING, "01:00-02:00, 02:00-03:00") == [(1, 2)]
    assert opening(SPRING, "01:15-01:45") == []
    assert opening(AUTUMN, "00:00-24:00") == [(0, 25)]
    assert opening(AUTUMN, "00:00-01:30, 08:00-20:00") == [(0, 1.5), (2, 2.5), (9, 21)]
    assert opening(AUTUMN, "01:30-06:00") == [(1.5, 2), (2.5, 7)]
    assert opening(AUTUMN, "00:30-01:15, 01:30-01:45") == [
        (0.5, 1.25), (1.5, 1.75), (2, 2.25), (2.5, 2.75),
    ]  # fmt: skip


def test_staff_follows_the_clock() -> None:
    groups = {"night": {"skills": {"phone": {}}, "staff": {"00:00": 1, "01:00": 2, "02:00": 3, "03:00": 0}}}
    groups["night"]["shrinkage"] = 0
    assert plan_of(SPRING, groups=groups).staff[0, :4].tolist() == [1, 3, 0, 0]
    assert plan_of(AUTUMN, groups=groups).staff[0, :5].tolist() == [1, 2, 2, 3, 0]


def test_incidents_happen_at_moments() -> None:
    def windows(day: str, *times: str) -> list[tuple[float, float]]:
        incidents = [
            {"name": f"{time}", "channel": "phone", "window": [f"{day} {end}" for end in time.split("-")]}
            for time in times
        ]
        plan = plan_of(day, incidents=incidents)
        each = zip(plan.incident_from, plan.incident_until, strict=True)
        return [(since / HOUR, until / HOUR) for since, until in each]

    assert windows(SPRING, "00:30-01:30", "01:30-03:00", "03:00-04:00") == [(0.5, 1), (1, 2), (2, 3)]
    # Of an ambiguous time the first is meant: half an hour, two and a half, one.
    assert windows(AUTUMN, "01:00-01:30", "01:30-03:00", "03:00-04:00") == [(1, 1.5), (1.5, 4), (4, 5)]


# -- what is refused ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "zone", "interval", "longest"),
    [
        ("2026-10-04", "Australia/Lord_Howe", "1 h", "30 min"),
        (SPRING, LONDON, "2 h", "1 h"),
        (AUTUMN, LONDON, "45 min", "1 h"),
    ],
)
def test_an_interval_across_the_change_is_refused(start: str, zone: str, interval: str, longest: str) -> None:
    found = problem_of(centre(start, zone=zone, interval=interval))
    assert found.field == "calendar.interval"
    assert longest in found.cure
    assert check(centre("2026-03-02", zone=zone, interval=interval)) == []


def test_an_incident_that_the_clock_never_shows_is_refused() -> None:
    window = [f"{SPRING} 01:10", f"{SPRING} 01:50"]
    found = problem_of(centre(SPRING, incidents=[{"name": "x", "channel": "phone", "window": window}]))
    assert found.field == "incidents.0.window"


def test_what_if_steps_that_the_clock_never_shows_are_left_out() -> None:
    change = UnannouncedChange(prepared="not_told", start="00:00", halves_after="1 h")
    usual, spring = (change.apply(centre(day)).incidents for day in ("2026-03-02", SPRING))
    assert check(change.apply(centre(SPRING))) == []
    assert [step.slow_down for step in spring] == [step.slow_down for step in usual[:1] + usual[2:]]


def test_a_day_that_never_was_and_a_warm_up_of_all_its_hours_are_refused() -> None:
    assert problem_of(centre("2011-12-30", zone="Pacific/Apia")).field == "calendar.start"
    calendar = {"start": SPRING, "timezone": LONDON, "interval": "1 h", "warm_up": "23 h"}
    assert problem_of(centre(SPRING, calendar=calendar)).field == "calendar.warm_up"
    assert check(centre(SPRING, calendar=calendar | {"warm_up": "22 h"})) == []


def test_staff_is_not_planned_for_such_days() -> None:
    asked = centre("2026-10-24", days=2)
    with pytest.raises(RunError, match=AUTUMN) as refused:
        requirement(asked)
    assert [problem.field for problem in refused.value.problems] == ["calendar.start"]
    with pytest.raises(Exception, match=AUTUMN):
        demand_of(asked)
    assert demand_of(centre("2026-10-23", days=2)).required.shape == (1, 48)


# -- whole days --------------------------------------------------------------------------------------


def test_a_night_shift_across_the_change_against_hand_reckoning() -> None:
    """One agent until 02:00 by the clock, who takes 20 minutes a call, and a call every half hour.

    In spring the agent goes at 01:00, when it is 02:00; in autumn after three hours.
    """
    night = {
        "night": {"skills": {"phone": {}}, "staff": {"00:00": 1, "02:00": 0, "08:00": 1}, "shrinkage": 0}
    }
    calls = [Case(half * 1800, "phone", work=[1200]) for half in range(8)]
    for start, there, back in ((SPRING, 1, 7), (AUTUMN, 3, 9)):
        day = given_by_hand(centre(start, groups=night), calls)
        both_tell_the_same(day)
        trace = get("reference")(day.plan, day.draws())
        taken = [half * 1800 for half in range(2 * there)]
        # Those who come later wait for 08:00, and are then taken one after the other.
        later = [back * 3600 + 1200 * place for place in range(8 - len(taken))]
        assert (trace.answered / TICKS_PER_SECOND).tolist() == [*taken, *later]
        assert trace.present.sum() == (there + (24 - 8)) * HOUR


def test_tables_know_the_days_and_their_hours() -> None:
    calendar = {"start": "2026-10-24", "days": 3, "interval": 1800, "warm_up": "24 h"}
    found = sim.run(Scenario(**{**DESK.model_dump(exclude_unset=True), "calendar": calendar}), replications=2)
    groups = found.groups
    assert groups.groupby("day").size().tolist() == [2 * 50, 2 * 48]
    first = groups[groups["replication"] == 0].set_index("interval")["start_seconds"]
    assert first.tolist() == [1800.0 * interval for interval in range(48, 146)]
    # Open, and staffed, from 08:00 to 18:00: ten hours, after nine of the night.
    there = found.coverage.query("scheduled > 0")["start_seconds"]
    assert there.tolist() == [
        hours * 3600.0 + 1800 * half for hours in (24 + 9, 49 + 8) for half in range(20)
    ]
    assert days_counted(found.plan) == 2
    assert found.terms.paid.sum() * 0.5 == 3 * 3 * 10


def test_closing_time_comes_at_the_clock_time() -> None:
    """A portal that is open until 01:30 closes, opens for half an hour when it is 01:00 again, and closes."""
    portal = {"portal": {"mode": "self_service", "success": 1, "open": {"daily": "00:00-01:30"}}}
    calls = [Case(minute * 60, "portal") for minute in (80, 100, 130, 160)]
    day = given_by_hand(centre(AUTUMN, channels=portal, groups={}), calls)
    trace = get("reference")(day.plan, day.draws())
    ends = [Outcome.RESOLVED, Outcome.CLOSED, Outcome.RESOLVED, Outcome.CLOSED]
    assert trace.outcome.tolist() == ends


@st.composite
def changed_days(draw_from: st.DrawFn) -> Scenario:
    """Random scenarios, moved to a day or two with a change of the clocks in the first or the second."""
    fields = copy.deepcopy(draw_from(scenario_fields(20)))
    start, zone = draw_from(
        st.sampled_from(
            [
                (SPRING, LONDON),
                ("2026-10-24", LONDON),
                (AUTUMN, LONDON),
                ("2026-04-05", "Australia/Lord_Howe"),
            ]
        )
    )
    by = dt.date.fromisoformat(start) - dt.date.fromisoformat(fields["calendar"]["start"])
    fields["calendar"] |= {"start": start, "timezone": zone}
    for incident in fields["incidents"]:
        moved = [dt.datetime.fromisoformat(str(end)) + by for end in incident["window"]]
        incident["window"] = [end.isoformat(sep=" ") for end in moved]
    scenario = Scenario(**fields)
    assume(not check(scenario))
    return scenario


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(changed_days(), st.sampled_from([None, 900]))
def test_both_engines_tell_the_same(scenario: Scenario, unit: int | None) -> None:
    both_tell_the_same(hashed(scenario, 1, unit=unit))

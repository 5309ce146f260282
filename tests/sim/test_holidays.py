"""Holidays: volumes, hours, agents and pay of the day, against counting by hand."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

import sim
from scenarios import Scenario, check
from sim import plan as plans
from sim.contract import TICKS_PER_SECOND, Plan
from sim.explain import with_agents_of
from sim.luck.streams import draw
from sim.staffing import Goal, requirement
from sim.terms import terms_of

HOUR = 3600 * TICKS_PER_SECOND
DATE = "2026-12-25"
"""A Friday, the second of three days simulated."""


def centre(holiday: dict[str, Any] | None = None, date: str = DATE, **changes: Any) -> Scenario:
    fields: dict[str, Any] = {
        "name": "centre",
        "calendar": {"start": "2026-12-24", "days": 3, "timezone": "Europe/London", "interval": "1 h"},
        "intents": {"help": {"volume": {"per_day": 240, "counts": "exact"}}},
        "channels": {
            "phone": {"mode": "live", "open": {"daily": "08:00-20:00"}},
            "email": {"mode": "deferred"},
            "portal": {"mode": "self_service", "open": {"daily": "06:00-22:00"}},
        },
        "groups": {"desk": {"skills": {"phone": {}, "email": {}}, "staff": {"08:00": 10, "20:00": 0}}},
    }
    if holiday is not None:
        fields["calendar"]["holidays"] = {date: holiday}
    fields |= changes
    fields["intents"]["help"]["first_channel"] = {"phone": 1}
    return Scenario(**fields)


def plan_of(holiday: dict[str, Any] | None = None, **changes: Any) -> Plan:
    return plans.build(centre(holiday, **changes))


def hours_of(plan: Plan, channel: str) -> list[tuple[float, float]]:
    """When a channel is open, in hours since the first midnight."""
    place = plan.channels.index(channel)
    windows = slice(*plan.open_index[place : place + 2])
    each = zip(plan.open_from[windows], plan.open_until[windows], strict=True)
    return [(since / HOUR, until / HOUR) for since, until in each]


def same(one: Plan, other: Plan) -> bool:
    pairs = [(getattr(one, field.name), getattr(other, field.name)) for field in dataclasses.fields(Plan)]
    return all(np.array_equal(a, b, equal_nan=True) for a, b in pairs if isinstance(a, np.ndarray))


def test_a_factor_on_volume_in_every_form() -> None:
    forms: list[dict[str, Any]] = [
        {"per_day": 240},
        {"per_interval": [10.0] * 24},
        {"per_interval": [10.0] * 72},
        {"per_day": 120, "weekday_index": {"thu": 2, "fri": 2, "sat": 2}},
    ]
    for form in forms:
        plan = plan_of({"volume": 0.25}, intents={"help": {"volume": {**form, "counts": "exact"}}})
        assert plan.rate[0] == pytest.approx([10] * 24 + [2.5] * 24 + [10] * 24)
        assert np.bincount(draw(plan, 1, 0).arrival // (24 * HOUR)).tolist() == [240, 60, 240]


def test_a_factor_on_agents_before_shrinkage_and_on_pay() -> None:
    groups = {"desk": {"skills": {"phone": {}}, "staff": {"08:00": 10, "20:00": 0}, "shrinkage": 0.3}}
    groups["desk"]["pay_per_hour"] = 20
    scenario = centre({"staff": 0.45}, groups=groups)
    plan = plans.build(scenario)
    # 10 × 0.45 are paid; of the 3.15 who are left, rounded, 3 are there.
    assert plan.staff[0].reshape(3, 24)[:, 12].tolist() == [7, 3, 7]
    paid = terms_of(scenario, plan).paid[0].reshape(3, 24)
    assert paid.sum(axis=1).tolist() == [120, 54, 120]
    nobody_comes = centre({"staff": 0.45}, groups=groups, intents={"help": {"volume": {"per_day": 0}}})
    assert sim.run(nobody_comes, replications=2).value("cost_total") == 20 * (120 + 54 + 120)


@pytest.mark.parametrize(
    ("hours", "open_then"),
    [("closed", []), ("10:00-16:00", [(34, 40)]), ("09:00-12:00, 13:00-15:00", [(33, 36), (37, 39)])],
)
def test_hours_are_those_of_channels_with_hours_that_agents_serve(
    hours: str, open_then: list[tuple[float, float]]
) -> None:
    plan = plan_of({"hours": hours})
    assert hours_of(plan, "phone") == [(8, 20), *open_then, (56, 68)]
    assert hours_of(plan, "portal") == [(6, 22), (30, 46), (54, 70)]
    assert hours_of(plan, "email") == [(0, 72)]
    # Agents come all the same: for the email, unless the holiday says that fewer do.
    assert (plan.staff == plan_of().staff).all()


def test_hours_of_the_channels_that_are_named() -> None:
    plan = plan_of({"hours": "closed", "channels": ["portal", "email"]})
    assert hours_of(plan, "phone") == [(8, 20), (32, 44), (56, 68)]
    assert hours_of(plan, "portal") == [(6, 22), (54, 70)]
    assert hours_of(plan, "email") == [(0, 24), (48, 72)]


def test_hours_of_a_holiday_on_a_day_that_is_closed_otherwise() -> None:
    channels = {"phone": {"mode": "live", "open": {"mon-thu": "08:00-20:00"}}, "email": {"mode": "deferred"}}
    assert hours_of(plan_of({"hours": "10:00-12:00"}, channels=channels), "phone") == [(8, 20), (34, 36)]


def test_who_rings_a_closed_line_is_counted_as_such() -> None:
    only = {"phone": {"mode": "live", "open": {"daily": "00:00-24:00"}}}
    groups = {"desk": {"skills": {"phone": {}}, "staff": {"00:00": 30}, "shrinkage": 0}}
    found = sim.run(centre({"hours": "closed"}, channels=only, groups=groups), replications=2)
    assert found.value("closed", "phone", "channel") >= 240
    by_day = found.intervals.groupby("day")["closed"].sum() / 2
    assert by_day.tolist() == [0, by_day[1], 0]
    assert by_day[1] >= 240  # and those of them who rang again


def test_what_changes_nothing_changes_no_bit() -> None:
    usual = plan_of()
    assert same(usual, plan_of({}))
    assert same(
        usual, plan_of({"name": "Some day", "hours": "closed", "volume": 0, "staff": 0}, date="2027-12-25")
    )
    assert not same(usual, plan_of({"volume": 0.5}))


def test_a_holiday_on_the_day_on_which_clocks_change() -> None:
    calendar = {"start": "2026-10-25", "timezone": "Europe/London", "interval": "1 h"}
    calendar["holidays"] = {"2026-10-25": {"hours": "00:30-01:30", "volume": 2, "staff": 0.5}}
    plan = plan_of(calendar=calendar)
    assert hours_of(plan, "phone") == [(0.5, 1.5), (2, 2.5)]
    assert plan.rate.sum() == pytest.approx(2 * 250)
    assert plan.staff.sum() == 12 * 4  # 10 × 0.5 × (1 - 0.3), and a half is rounded up


def test_cases_beyond_what_can_be_simulated_are_refused() -> None:
    busy = {"help": {"volume": {"per_day": 100_000}}}
    (problem,) = check(centre({"volume": 100}, intents=busy))
    assert problem.field == "intents"
    assert check(centre({"volume": 2}, intents=busy)) == []


def test_staff_that_was_planned_is_not_cut_again() -> None:
    small = {"phone": {"mode": "live", "open": {"daily": "10:00-11:00"}, "patience": "unlimited"}}
    groups = {"desk": {"skills": {"phone": {}}, "staff": {"10:00": 6, "11:00": 0}, "shrinkage": 0}}
    base = centre({"staff": 0.5, "volume": 0.5}, channels=small, groups=groups)
    need = requirement(base, Goal("service_level", "phone", at_least=0.8), replications=10)
    assert (plans.build(need.scenario).staff == need.staff).all()
    # And its agents at work in the scenario with the cut are those, the other way round too.
    assert (plans.build(with_agents_of(base, need.scenario)).staff == need.staff).all()
    assert (plans.build(with_agents_of(need.scenario, base)).staff == plans.build(base).staff).all()

"""Shifts, absence, backlog and draws that retries keep: what the plan and luck make of them."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios import Scenario, ScenarioError
from scenarios.schedules import paid, scheduled, with_numbers
from sim.contract import Plan
from sim.luck.streams import draw
from sim.plan.build import build
from tests.scenarios.examples import small

EARLY = {
    "start": "08:00", "length": "8 h", "agents": 6, "days": "mon-fri",
    "breaks": [{"after": "2 h", "length": "30 min"}, {"after": "4 h", "length": "1 h", "paid": False}],
}  # fmt: skip
NIGHT = {"start": "22:00", "length": "8 h", "agents": 2, "days": "mon,tue"}


def crew(**fields) -> Scenario:
    """Two days from Monday 2 March 2026, by the half hour."""
    group = {"skills": {"phone": {}}, "shrinkage": 0.0, **fields}
    return Scenario(
        **small(calendar={"start": "2026-03-02", "days": 2, "interval": "30 min"}, groups={"team": group})
    )


def plan_of(**fields) -> Plan:
    return build(crew(**fields))


def test_shifts_by_hand() -> None:
    """Monday and Tuesday; the night of Sunday is not worked, that of Monday goes on into Tuesday."""
    day = plan_of(shifts=[EARLY, NIGHT]).staff[0].reshape(2, 48)
    for hours in day:
        assert hours[16:20].tolist() == [6] * 4
        assert hours[20] == 0  # the paid break
        assert hours[21:24].tolist() == [6] * 3
        assert hours[24:26].tolist() == [0, 0]  # the unpaid one
        assert hours[26:32].tolist() == [6] * 6
        assert hours[44:].tolist() == [2] * 4
    assert day[0, :12].sum() == 0
    assert day[1, :12].tolist() == [2] * 12
    sunday = plan_of(shifts=[{**NIGHT, "days": "sun"}]).staff[0]
    assert sunday.tolist() == [2] * 12 + [0] * 84


def test_shifts_come_on_top_of_numbers_and_shrink_with_them() -> None:
    both = plan_of(shifts=[EARLY], staff={"09:00": 3, "12:00": 0}, shrinkage=0.35).staff[0]
    assert both[16:18].tolist() == [4, 4]  # 6 x 0.65 = 3.9
    assert both[18:20].tolist() == [6, 6]  # 9 x 0.65 = 5.85
    assert both[20] == 2


def test_paid_breaks_are_paid_and_numbers_say_the_same_as_shifts() -> None:
    scenario = crew(shifts=[EARLY, NIGHT], staff={"00:00": 1})
    group, calendar = scenario.groups["team"], scenario.calendar
    assert sum(scheduled(group, calendar)) / 2 == 48 + 2 * 6 * 6.5 + 2 * 8 + 2 * 2  # hours
    assert sum(paid(group, calendar)) / 2 == 48 + 2 * 6 * 7 + 2 * 8 + 2 * 2
    plain = with_numbers(group, calendar)
    assert not plain.shifts
    assert list(plain.staff) == scheduled(group, calendar)


def test_what_does_not_fit_is_told_at_once() -> None:
    with pytest.raises(ScenarioError) as caught:
        plan_of(
            staff={"08:00": 2.5},
            shifts=[{"start": "08:10", "length": "25 h", "agents": 1,
                     "breaks": [{"after": "3 h", "length": "1 h"}, {"after": "3 h", "length": "0 s"}]}],
        )  # fmt: skip
    fields = {problem.field for problem in caught.value.problems}
    where = "groups.team.shifts.0"
    assert fields == {f"{where}.start", f"{where}.length", f"{where}.breaks.1"}


def test_who_is_absent_is_absent_all_day_and_by_chance() -> None:
    plan = plan_of(absence=0.2, shifts=[EARLY], staff={"09:00": 10, "12:00": 4, "18:00": 0})
    days = np.array([draw(plan, 5, number).staff[0].reshape(2, 48) for number in range(400)])
    assert (days <= plan.staff[0].reshape(2, 48)).all()
    early = days[:, :, 16]
    # The early shift, seen before and after its breaks, has the same people.
    assert (days[:, :, 16] == days[:, :, 17]).all()
    listed = days[:, :, 24]
    assert (listed == days[:, :, 25]).all()
    assert ((days[:, :, 26] - days[:, :, 25]) == early).all()
    # Binomial: mean 4.8 of 6, variance 0.96; four standard errors of 800 days.
    assert early.mean() == pytest.approx(4.8, abs=4 * (0.96 / 800) ** 0.5)
    assert early.var() == pytest.approx(0.96, rel=0.25)
    # The four who stay after 12:00 are the first of the ten.
    ten = days[:, :, 18] - early
    assert (ten >= listed).all()
    assert np.corrcoef(early[:, 0], early[:, 1])[0, 1] == pytest.approx(0.0, abs=0.2)


def test_one_more_agent_changes_nobody_elses_luck() -> None:
    fewer = plan_of(absence=0.3, staff={"08:00": 5, "18:00": 0}, shifts=[EARLY])
    more = plan_of(absence=0.3, staff={"08:00": 6, "18:00": 0}, shifts=[EARLY])
    change = [draw(more, 1, n).staff - draw(fewer, 1, n).staff for n in range(100)]
    assert set(np.unique(change)) == {0, 1}
    assert all((one[0, :48] == one[0, 16]).sum() >= 20 for one in change)


def test_people_are_whole_where_they_may_be_absent() -> None:
    assert plan_of(staff={"08:00": 2.5}, shrinkage=0.5).staff[0, 20] == 1
    assert plan_of(staff={"08:00": 2.5}, shrinkage=0.5, absence=0.1).staff[0, 20] == 2


def test_nobody_is_absent_without_absence() -> None:
    plan = plan_of(shifts=[EARLY])
    assert draw(plan, 1, 1).staff is plan.staff


def backlog_of(**fields) -> Plan:
    return build(
        Scenario(
            **small(
                intents={
                    "help": {"volume": {"per_day": 100}, "first_channel": {"phone": 1}},
                    "form": {"volume": {"per_day": 60}, "first_channel": {"email": 1}},
                    "claim": {"volume": {"per_day": 30}, "first_channel": {"email": 0.5, "phone": 0.5}},
                },
                channels={"phone": {"mode": "live"}, "email": {"mode": "deferred", **fields}},
                groups={"team": {"skills": {"phone": {}, "email": {}}, "staff": {"08:00": 5}}},
            )
        )
    )


def test_backlog_waits_at_the_first_opening_divided_as_cases_are() -> None:
    plan = backlog_of(backlog=501, open={"daily": "09:00-17:00"})
    assert plan.backlog.tolist() == [[0, 0], [0, 401], [0, 100]]
    draws = draw(plan, 3, 7)
    nine = 9 * 3600 * 10**6
    waiting = np.flatnonzero(draws.arrival == nine)
    assert len(waiting) == 501
    assert np.bincount(draws.intent[waiting]).tolist() == [0, 401, 100]
    assert (draws.first_channel[waiting] == 1).all()
    assert (np.diff(draws.arrival) >= 0).all()
    assert len(np.unique(draws.key)) == len(draws.key)


def test_backlog_leaves_all_others_as_they_were() -> None:
    without, plan = backlog_of(), backlog_of(backlog=40)
    for number in range(5):
        one, other = draw(without, 1, number), draw(plan, 1, number)
        old = ~np.isin(other.key, one.key)
        assert old.sum() == 40
        assert (other.arrival[old] == 0).all()
        for name in ("key", "arrival", "intent", "segment", "first_channel"):
            assert (getattr(one, name) == getattr(other, name)[~old]).all()


def test_a_channel_that_nobody_goes_to_first_has_no_backlog() -> None:
    scenario = Scenario(
        **small(
            channels={"phone": {"mode": "live"}, "email": {"mode": "deferred", "backlog": 5}},
            intents={"help": {"volume": {"per_day": 9}, "first_channel": {"phone": 1}}},
            groups={"team": {"skills": {"phone": {}, "email": {}}, "staff": {"08:00": 5}}},
        )
    )
    assert build(scenario).backlog.sum() == 0


def test_retries_keep_their_draws_or_draw_anew() -> None:
    anew, kept = (build(Scenario(**small(retry_draws=how))) for how in ("anew", "kept"))
    first, second = draw(anew, 1, 1), draw(kept, 1, 1)
    for name in ("work", "patience"):
        again, same = getattr(first, name), getattr(second, name)
        assert (again(0, 0) == same(0, 0)).all()
        assert (again(0, 1) != again(0, 0)).mean() > 0.9
        assert (same(0, 2) == same(0, 0)).all()
    assert (first.resolution_luck(0, 1) == second.resolution_luck(0, 1)).all()


DIALLER = {"mode": "live", "dialler": {}}


def test_a_dialler_wants_a_channel_of_its_own() -> None:
    with pytest.raises(ScenarioError) as caught:
        build(
            Scenario(
                **small(
                    channels={
                        "phone": {"mode": "live", "transfer": {"to": "out", "share": 0.1}},
                        "out": {**DIALLER, "front": {}, "callback": {}},
                    },
                    intents={"help": {"volume": {"per_day": 9}, "first_channel": {"phone": 0.5, "out": 0.5}}},
                    groups={"team": {"skills": {"phone": {}, "out": {}}, "staff": {"08:00": 5}}},
                    incidents=[
                        {"name": "x", "channel": "out", "window": ["2026-03-02 10:00", "2026-03-02 11:00"]}
                    ],
                )
            )
        )
    assert {problem.field for problem in caught.value.problems} == {
        "channels.phone.transfer.to", "channels.out.front", "channels.out.callback", "incidents.0.channel",
    }  # fmt: skip


def test_who_is_called_does_not_choose() -> None:
    """Segments prefer the phone; customers on the list are called all the same."""
    fields = small(
        segments={
            "young": {"share": 0.5, "first_channel": {"phone": 1.0}},
            "old": {"share": 0.5, "adoption": {"phone": 0.4}},
        },
        channels={"phone": {"mode": "live"}, "out": DIALLER},
        intents={
            "help": {"volume": {"per_day": 50}, "first_channel": {"phone": 1.0}},
            "offer": {"volume": {"per_day": 50}, "first_channel": {"out": 1.0}},
        },
        groups={
            "team": {
                "skills": {"phone": {"intents": "help"}, "out": {"intents": "offer"}}, "staff": {"08:00": 5}
            }
        },
    )  # fmt: skip
    assert build(Scenario(**fields)).first_share.tolist() == [[[1, 0], [1, 0]], [[0, 1], [0, 1]]]

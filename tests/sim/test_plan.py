"""From a scenario to arrays."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from scenarios import Scenario, ScenarioError
from scenarios.parameters import default_of
from sim import engines
from sim import plan as plans
from sim.contract import NOBODY, OUTCOMES, WORK, AgentOrder, Busy, Estimate, Mode, Plan
from sim.errors import EngineError
from sim.luck.hashing import key_of
from tests.strategies import scenarios_strategy

HOUR = 3600 * 10**6
DAY = 24 * HOUR


def fields(**changes: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "name": "centre",
        "calendar": {"start": "2026-03-02", "timezone": "UTC", "interval": "1 h"},
        "intents": {
            "balance": {"volume": {"per_day": 240}, "first_channel": {"portal": 0.7, "phone": 0.3}},
            "dispute": {"volume": {"per_day": 24}, "first_channel": {"phone": 1}},
        },
        "channels": {
            "portal": {"mode": "self_service"},
            "phone": {"mode": "live"},
            "chat": {"mode": "concurrent", "cap": 3, "slowdown": [1, 1.2, 1.45, 9]},
            "email": {"mode": "deferred"},
        },
        "groups": {
            "all": {"skills": {"phone": {}, "chat": {}, "email": {}}, "staff": {"08:00": 10}, "shrinkage": 0}
        },
    }
    return plain | changes


def plan_of(**changes: Any) -> Plan:
    return plans.build(Scenario(**fields(**changes)))


def with_(part: str, **changes: Any) -> dict[str, Any]:
    """The plain scenario with some entries of a part replaced or added."""
    return {part: {**fields()[part], **changes}}


# -- what is refused -------------------------------------------------------------------------------


def test_a_faulty_scenario_is_refused_with_all_its_problems() -> None:
    with pytest.raises(ScenarioError) as refused:
        plan_of(next_steps=[{"after": "fax", "outcome": "failed", "go": {"pigeon": 1}}])
    assert len(refused.value.problems) == 2


@pytest.mark.parametrize("order", ["weighted_wait", "priority_then_oldest"])
def test_orders_that_are_one_rule_without_weights(order: str) -> None:
    assert plan_of(routing={"contact_order": order}).intents == ("balance", "dispute")


def test_engines_go_by_name() -> None:
    assert engines.get() is engines.get("compiled")
    assert engines.get("reference") is not engines.get("compiled")
    with pytest.raises(EngineError, match="compiled or reference"):
        engines.get("simpy")


# -- demand ----------------------------------------------------------------------------------------


def test_a_daily_total_is_spread_by_its_profile() -> None:
    weights = [0.0] * 8 + [1, 2, 3, 2] * 4
    volume = {"per_day": 320, "profile": weights}
    rate = plan_of(**with_("intents", balance={"volume": volume, "first_channel": {"phone": 1}})).rate
    assert rate[0, 8:12].tolist() == [10, 20, 30, 20]
    assert rate.sum(axis=1).tolist() == pytest.approx([320, 24])


def test_days_repeat_with_their_weekday_index() -> None:
    volumes = {
        "balance": {"per_day": 24, "weekday_index": {"mon": 1.5, "sun": 0}},
        "dispute": {"per_interval": list(range(24)), "weekday_index": {"sat": 2}},
    }
    intents = {name: {"volume": volume, "first_channel": {"phone": 1}} for name, volume in volumes.items()}
    plan = plan_of(
        intents=intents, calendar={"start": "2026-03-02", "timezone": "UTC", "days": 8, "interval": "1 h"}
    )
    assert plan.intervals == 8 * 24
    assert plan.horizon == 8 * DAY
    assert plan.rate[0, ::24].tolist() == pytest.approx([1.5, 1, 1, 1, 1, 1, 0, 1.5])
    assert plan.rate[1].reshape(8, 24).sum(axis=1).tolist() == [276, 276, 276, 276, 276, 552, 276, 276]


def test_a_list_for_all_days() -> None:
    volume = {"per_interval": list(range(48))}
    plan = plan_of(
        **with_("intents", balance={"volume": volume, "first_channel": {"phone": 1}}),
        calendar={"start": "2026-03-02", "timezone": "UTC", "days": 2, "interval": "1 h"},
    )
    assert plan.rate[0].tolist() == list(range(48))


def test_first_channels_of_segment_then_intent_then_adoption() -> None:
    plan = plan_of(
        segments={
            "plain": {"share": 0.5},
            "own": {"share": 0.25, "first_channel": {"phone": 0.5, "chat": 0.5}},
            "adopts": {"share": 0.25, "adoption": {"chat": 0.2, "email": 0.5}},
        }
    )
    assert plan.segment_share.tolist() == [0.5, 0.25, 0.25]
    assert plan.first_share[0, 0].tolist() == [0.7, 0.3, 0, 0]
    assert plan.first_share[0, 1].tolist() == [0, 0.5, 0.5, 0]
    # Chat takes a fifth from portal and phone, then email half from these three.
    assert plan.first_share[0, 2].tolist() == pytest.approx([0.28, 0.12, 0.1, 0.5])
    assert plan.first_share[1, 2].tolist() == pytest.approx([0, 0.4, 0.1, 0.5])


def test_an_only_channel_is_everybodys_first() -> None:
    plan = plan_of(
        intents={"help": {"volume": {"per_day": 10}}}, channels={"phone": {"mode": "live"}},
        groups={"all": {"skills": {"phone": {}}, "staff": {"00:00": 1}}},
    )  # fmt: skip
    assert plan.first_share.tolist() == [[[1.0]]]


# -- channels --------------------------------------------------------------------------------------


def windows(plan: Plan, channel: int) -> list[tuple[float, float]]:
    mine = slice(plan.open_index[channel], plan.open_index[channel + 1])
    return [(a / HOUR, b / HOUR) for a, b in zip(plan.open_from[mine], plan.open_until[mine], strict=True)]


def test_opening_hours_by_weekday() -> None:
    hours = {
        "portal": {"mode": "self_service"},
        "phone": {"mode": "live", "open": {"mon-fri": "08:00-12:00, 13:00-20:00", "sat": "09:00-17:00"}},
        "chat": {"mode": "concurrent", "open": {"daily": "00:00-24:00"}},
        "email": {"mode": "deferred", "open": {"daily": "08:00-12:00, 12:00-24:00", "sun": "00:00-06:00"}},
    }
    plan = plan_of(
        channels=hours, calendar={"start": "2026-03-06", "timezone": "UTC", "days": 3, "interval": "1 h"}
    )
    assert windows(plan, 0) == [(0, 72)]
    assert windows(plan, 1) == [(8, 12), (13, 20), (33, 41)]
    assert windows(plan, 2) == [(0, 72)], "days that adjoin are one window"
    assert windows(plan, 3) == [(8, 24), (32, 54)]


def test_modes_lines_caps_and_speeds() -> None:
    plan = plan_of(**with_("channels", phone={"mode": "live", "lines": 7, "at_close": "drop"}))
    assert plan.mode.tolist() == [Mode.SELF_SERVICE, Mode.LIVE, Mode.CONCURRENT, Mode.DEFERRED]
    assert plan.lines.tolist() == [2**62, 7, 2**62, 2**62]
    assert plan.drop_at_close.tolist() == [False, True, False, False]
    assert plan.cap.tolist() == [1, 1, 3, 1]
    assert plan.interruptible.tolist() == [False, False, False, True]
    assert plan.speed[2].tolist() == [0, WORK, round(WORK / 1.2), round(WORK / 1.45)]
    assert plan.speed[1, 1] == WORK


def test_the_slowdown_comes_from_the_library_where_none_is_given() -> None:
    plan = plan_of(**with_("channels", chat={"mode": "concurrent", "cap": 4}))
    extra = default_of("chat.slowdown_per_contact")
    assert plan.speed[2].tolist() == [0, *(round(WORK / (1 + extra * k)) for k in range(4))]


def test_success_by_intent_and_segment() -> None:
    portal = {"mode": "self_service", "success": {"default": 0.8, "dispute": 0.2}}
    plan = plan_of(
        channels={**fields()["channels"], "portal": portal, "phone": {"mode": "live", "resolution": 0.7}},
        segments={"a": {"share": 0.5, "self_service_success": 1.5}, "b": {"share": 0.5}},
    )
    assert plan.success[0].tolist() == [[1.0, 0.8], [pytest.approx(0.3), 0.2]]
    assert plan.success[1].tolist() == [[0.7, 0.7], [0.7, 0.7]]


def test_laws_are_shared_and_by_intent() -> None:
    phone = {"mode": "live", "handle_time": {"default": "5 min", "dispute": "9 min"}, "patience": "5 min"}
    plan = plan_of(**with_("channels", phone=phone))
    assert plan.work_law[1, 0] == plan.patience_law[1, 0] == plan.patience_law[1, 1]
    assert plan.laws.parameters[plan.work_law[1], 0].tolist() == [300, 540]
    assert plan.patience_law[[0, 3]].tolist() == [[NOBODY] * 2] * 2


def test_incidents_in_ticks() -> None:
    incident = {
        "name": "x",
        "channel": "phone",
        "window": ["2026-03-01 23:00", "2026-03-02 01:30"],
        "failure": 0.3,
    }
    plan = plan_of(incidents=[incident])
    assert plan.incident_channel.tolist() == [1]
    assert (plan.incident_from / HOUR).tolist() == [-1]
    assert (plan.incident_until / HOUR).tolist() == [1.5]
    assert plan.incident_failure.tolist() == [0.3]


def test_callbacks_and_what_agents_pass_on() -> None:
    callback = {"offer_above": "1 min", "take_up": 0.4, "connect": 0.7, "attempts": 2, "ring": 20}
    transfer = {"share": {"default": 0.1, "dispute": 0.5}, "to": "email", "part": 0.25, "when_busy": "lose"}
    phone = {"mode": "live", "callback": callback | {"estimate": "queue"}, "transfer": transfer}
    plan = plan_of(**with_("channels", phone=phone))
    assert plan.callback_above.tolist() == [NOBODY, 60 * 10**6, NOBODY, NOBODY]
    assert plan.callback_estimate[1] == Estimate.QUEUE
    assert (plan.callback_take_up[1], plan.callback_connects[1], plan.callback_tries[1]) == (0.4, 0.7, 2)
    assert plan.callback_retry[1] == default_of("callback.retry") * 10**6
    assert plan.callback_ring[1] == 20 * 10**6
    assert plan.transfer_share[1].tolist() == [0.1, 0.5]
    assert plan.transfer_to.tolist() == [NOBODY, 3, NOBODY, NOBODY]
    assert (plan.transfer_busy[1], plan.passing_part[1]) == (Busy.LOSE, 0.25)


def test_who_notices_an_incident_and_what_follows() -> None:
    base = {"channel": "portal", "window": ["2026-03-02 10:00", "2026-03-02 12:00"]}
    told = {"after": 60, "heeded": 0.3, "return_within": 600}
    plan = plan_of(
        incidents=[
            base | {"name": "seen", "detection": {"monitoring": 1800}, "fix": "1 h", "announcement": told},
            base | {"name": "told", "detection": {"monitoring": "2 h", "reports": 3}},
            base | {"name": "seen", "window": ["2026-03-01 20:00", "2026-03-02 01:00"],
                    "detection": {"monitoring": "1 h"}},
            base | {"name": "silent"},
        ]
    )  # fmt: skip
    assert plan.incident_noticed.tolist() == [10.5 * HOUR, NOBODY, 0, NOBODY]
    assert plan.incident_reports.tolist() == [0, 3, 0, 0]
    assert plan.laws.parameters[plan.fix_law[0], 0] == 3600
    assert plan.fix_law[1:].tolist() == [NOBODY] * 3
    assert plan.announced_after.tolist() == [60 * 10**6, NOBODY, NOBODY, NOBODY]
    assert plan.announcement_heeded.tolist() == [0.3, 0, 0, 0]
    assert plan.returns_within.tolist() == [600 * 10**6, 0, 0, 0]
    assert plan.incident_key[0] == plan.incident_key[2] == key_of("seen")
    assert len(set(plan.incident_key.tolist())) == 3


def test_the_warm_up_is_a_number_of_intervals() -> None:
    plan = plan_of(calendar={"start": "2026-03-02", "timezone": "UTC", "interval": "1 h", "warm_up": "3 h"})
    assert plan.warm_up == 3
    assert plan_of().warm_up == 0


# -- agents ----------------------------------------------------------------------------------------


def test_skills_may_resolve_and_pass_on_by_figures_of_their_own() -> None:
    phone = {"mode": "live", "transfer": {"to": "email"}}
    skills = {"phone": {"resolution": 0.9, "transfer": 0}, "chat": {}, "email": {"resolution": 0}}
    plan = plan_of(
        **with_("channels", phone=phone), groups={"all": {"skills": skills, "staff": {"00:00": 1}}}
    )
    assert plan.queue_channel.tolist() == [1, 2, 3]
    assert plan.skill_resolution[0].tolist() == pytest.approx([0.9, np.nan, 0], nan_ok=True)
    assert plan.skill_transfer[0].tolist() == pytest.approx([0, np.nan, np.nan], nan_ok=True)


def test_estimates_rest_on_mean_work_and_on_all_who_may_take_a_queue() -> None:
    times = {"default": "2 min", "dispute": {"exponential": {"mean": "13 min"}}}
    groups = {
        "all": {"skills": {"phone": {}, "chat": {}, "email": {}}, "staff": {"08:00": 10}, "shrinkage": 0.3},
        "callers": {"skills": {"phone": {}}, "staff": {"00:00": 2, "20:00": 0}, "shrinkage": 0},
    }
    plan = plan_of(
        **with_("channels", phone={"mode": "live", "handle_time": times},
                chat={"mode": "concurrent", "handle_time": "1 min"}), groups=groups,
    )  # fmt: skip
    # 240 and 24 cases expected: (10 x 2 + 13) / 11 min.
    assert plan.queue_work[plan.queue_of[1, 0]] == 3 * 60 * 10**6
    assert plan.queue_work[plan.queue_of[2, 0]] == 60 * 10**6
    assert plan.queue_staff[plan.queue_of[1, 0], [7, 8, 19, 20]].tolist() == [2, 9, 9, 7]
    assert plan.queue_staff[plan.queue_of[2, 0], [7, 8]].tolist() == [0, 7]
    none = with_("intents", balance={"volume": {"per_day": 0}, "first_channel": {"phone": 1}},
                 dispute={"volume": {"per_day": 0}, "first_channel": {"phone": 1}})  # fmt: skip
    quiet = plan_of(**none, **with_("channels", phone={"mode": "live", "handle_time": times}))
    assert quiet.queue_work[0] == 7.5 * 60 * 10**6


def test_agents_may_be_chosen_at_random() -> None:
    assert plan_of(routing={"agent_order": "random"}).agent_order == AgentOrder.RANDOM


def test_intents_that_the_same_skills_accept_share_a_queue() -> None:
    groups = {
        "all": {
            "skills": {"phone": {"priority": 2, "handle_time": 1.1}, "chat": {}, "email": {}},
            "staff": {"00:00": 1},
        },
        "disputes": {"skills": {"phone": {"intents": ["dispute"]}}, "staff": {"00:00": 1}},
    }
    plan = plan_of(groups=groups)
    assert plan.queue_of.tolist() == [[NOBODY, NOBODY], [0, 1], [2, 2], [3, 3]]
    assert plan.queue_channel.tolist() == [1, 1, 2, 3]
    assert plan.skill_priority.tolist() == [[2, 2, 1, 1], [0, 1, 0, 0]]
    assert plan.skill_factor.tolist() == [[1.1, 1.1, 1, 1], [1, 1, 1, 1]]


@pytest.mark.parametrize(
    ("scheduled", "shrinkage", "floor"),
    [(10, 0.35, 7), (10, 0.3, 7), (3, 0.5, 2), (1, 0.5, 1), (1, 0.51, 0), (12.4, 0, 12), (0, 0.3, 0)],
)
def test_agents_on_the_floor_are_rounded_half_up(scheduled: float, shrinkage: float, floor: int) -> None:
    group = {
        "skills": {"phone": {}, "chat": {}, "email": {}},
        "staff": {"00:00": scheduled},
        "shrinkage": shrinkage,
    }
    assert set(plan_of(groups={"all": group}).staff.ravel().tolist()) == {floor}


def test_staff_by_clock_time_and_by_list() -> None:
    skills = {"phone": {}, "chat": {}, "email": {}}
    groups = {
        "clock": {"skills": skills, "staff": {"17:00": 2, "08:00": 5, "20:00": 0}, "shrinkage": 0},
        "day": {"skills": skills, "staff": list(range(24)), "shrinkage": 0},
        "days": {"skills": skills, "staff": list(range(48)), "shrinkage": 0},
    }
    plan = plan_of(
        groups=groups, calendar={"start": "2026-03-02", "timezone": "UTC", "days": 2, "interval": "1 h"}
    )
    day = [0] * 8 + [5] * 9 + [2] * 3 + [0] * 4
    assert plan.staff.tolist() == [day * 2, list(range(24)) * 2, list(range(48))]


# -- journeys --------------------------------------------------------------------------------------


def test_the_most_detailed_next_step_holds() -> None:
    steps = [
        {"after": "phone", "outcome": ["abandoned", "blocked"], "go": {"phone": 0.5}, "delay": "10 min"},
        {"after": "phone", "outcome": "abandoned", "segments": ["b"], "go": {"chat": 0.5}},
        {"after": "phone", "outcome": "abandoned", "intents": ["dispute"], "go": {"email": 1}},
    ]
    plan = plan_of(next_steps=steps, segments={"a": {"share": 0.5}, "b": {"share": 0.5}})
    abandoned, blocked = OUTCOMES.index("abandoned"), OUTCOMES.index("blocked")
    assert plan.next_row[1, abandoned].tolist() == [[0, 1], [2, 2]]
    assert plan.next_row[1, blocked].tolist() == [[0, 0], [0, 0]]
    assert np.sum(plan.next_row != NOBODY) == 8
    assert plan.next_share.tolist() == [[0, 0.5, 0, 0], [0, 0, 0.5, 0], [0, 0, 0, 1]]
    assert (plan.delay_law == NOBODY).tolist() == [False, True, True]


def test_frustration_is_linear_and_never_below_0() -> None:
    plan = plan_of(frustration={"handle_time": 0.1, "patience": -0.4}, max_attempts=4)
    assert plan.frustration_work.tolist() == pytest.approx([1, 1.1, 1.2, 1.3])
    assert plan.frustration_patience.tolist() == pytest.approx([1, 0.6, 0.2, 0])


# -- shapes ----------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(scenarios_strategy())
def test_every_array_has_its_shape_and_type(asked: Scenario) -> None:
    plan = plans.build(asked)
    i, s, c, g = (len(names) for names in (plan.intents, plan.segments, plan.channels, plan.groups))
    n = len(asked.incidents)
    q, k, a, r = len(plan.queue_channel), plan.intervals, plan.max_attempts, len(plan.next_share)
    shapes = {
        "rate": (i, k), "exact_counts": (i,), "day_factor_cv": (i,), "segment_share": (s,),
        "first_share": (i, s, c),
        "mode": (c,), "open_index": (c + 1,), "drop_at_close": (c,), "lines": (c,), "cap": (c,),
        "speed": (c, 1 + plan.cap.max()), "interruptible": (c,), "success": (c, i, s), "queue_of": (c, i),
        "skill_priority": (g, q), "skill_factor": (g, q), "staff": (g, k), "work_law": (c, i),
        "patience_law": (c, i), "patience_factor": (s,), "delay_law": (r,), "intent_key": (i,),
        "segment_key": (s,), "channel_key": (c,), "next_row": (c, len(OUTCOMES), i, s), "next_share": (r, c),
        "frustration_work": (a,), "frustration_patience": (a,),
        "callback_above": (c,), "callback_estimate": (c,), "callback_take_up": (c,),
        "callback_connects": (c,), "callback_tries": (c,), "callback_retry": (c,), "callback_ring": (c,),
        "transfer_share": (c, i), "transfer_to": (c,), "transfer_busy": (c,), "passing_part": (c,),
        "incident_noticed": (n,),
        "incident_reports": (n,), "fix_law": (n,), "announced_after": (n,), "announcement_heeded": (n,),
        "returns_within": (n,), "incident_key": (n,), "skill_resolution": (g, q), "skill_transfer": (g, q),
        "queue_work": (q,), "queue_staff": (q, k),
    }  # fmt: skip
    floats = {"rate", "day_factor_cv", "segment_share", "first_share", "success", "skill_factor",
              "patience_factor", "callback_take_up", "callback_connects", "transfer_share", "passing_part",
              "next_share", "frustration_work", "frustration_patience", "announcement_heeded",
              "skill_resolution", "skill_transfer"}  # fmt: skip
    for name, shape in shapes.items():
        array = getattr(plan, name)
        assert array.shape == shape, name
        assert array.flags.c_contiguous, name
        kind = (
            "f"
            if name in floats
            else "b"
            if name in ("exact_counts", "drop_at_close", "interruptible")
            else "iu"
        )
        assert array.dtype.kind in kind, name
        assert array.dtype.itemsize in (1, 8), name
    assert np.allclose(plan.first_share.sum(axis=2), 1)
    assert plan.horizon == asked.calendar.days * DAY == plan.intervals * plan.interval_ticks
    assert isinstance(asked.calendar.start, dt.date)


def test_truncation_that_leaves_nothing_of_a_law_is_refused() -> None:
    tight = {"lognormal": {"mean": "6 min", "cv": 0.1, "at_most": "1 s"}}
    with pytest.raises(EngineError, match="at_most 1") as caught:
        plan_of(**with_("channels", phone={"mode": "live", "handle_time": tight}))
    assert "widen" in str(caught.value)

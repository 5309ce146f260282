"""A replication's cases and what is asked about them, against the rules written once more in plain Python."""

from __future__ import annotations

import gc
import math
from typing import Any

import numpy as np
import pytest

from scenarios import Scenario
from sim import plan as plans
from sim.contract import FAR, NOBODY, Chance, Plan
from sim.luck import asked, cases, prepared, races
from sim.luck.first_work import first_work
from sim.luck.hashing import GOLDEN, chain, key_of, mix
from sim.luck.prepared import Purpose, luck_of
from sim.luck.streams import _draw, draw


def town(**changes: Any) -> Plan:
    fields: dict[str, Any] = {
        "name": "town",
        "calendar": {"start": "2026-03-02", "timezone": "UTC", "days": 2},
        "segments": {
            "young": {"share": 0.6, "patience": 0.8},
            "nobody": {"share": 0.0},
            "old": {"share": 0.4},
        },
        "intents": {
            "balance": {
                "volume": {"per_day": 400, "profile": "office_hours", "day_factor_cv": 0.3},
                "first_channel": {"portal": 0.5, "phone": 0.5},
            },
            "claim": {
                "volume": {"per_day": 300, "day_factor_cv": 0.2},
                "first_channel": {"phone": 0.7, "chat": 0.3},
            },
            "fault": {
                "volume": {"per_interval": [0.3] * 96, "counts": "exact"},
                "first_channel": {"portal": 1},
            },
        },
        "channels": {
            "portal": {"mode": "self_service", "success": 0.6},
            "phone": {"mode": "live", "patience": "unlimited"},
            "chat": {"mode": "concurrent", "patience": {"exponential": {"mean": 60, "zero": 0.5}}},
        },
        "next_steps": [
            {"after": "portal", "outcome": "failed", "go": {"phone": 0.6, "chat": 0.1}},
            {
                "after": "chat",
                "outcome": "abandoned",
                "go": {"phone": 1.0},
                "delay": {"uniform": {"low": 5, "high": 9}},
            },
            {"after": "phone", "outcome": "closed", "go": {}},
        ],
        "groups": {"all": {"skills": {"phone": {}, "chat": {}}, "staff": {"08:00": 30}, "shrinkage": 0}},
    }
    return plans.build(Scenario(**(fields | changes)))


def number(key: int, salt: int) -> float:
    """A uniform number by Python's integers."""
    x = mix((mix(key ^ salt) + GOLDEN) % 2**64)
    return ((x >> 12) + 0.5) * 2.0**-52


def winner(key: int, purpose: Purpose, attempt: int, shares: dict[int, float], names: list[int]) -> int:
    """Who wins a race by Python's logarithm."""
    rings = {
        index: -math.log(number(key, chain(purpose, attempt, names[index]))) / share
        for index, share in shares.items()
        if share > 0
    }
    return min(rings, key=lambda index: rings[index])


def test_cases_are_those_of_the_rules() -> None:
    plan = town()
    draws = draw(plan, seed=7, replication=3)
    channels, segments = plan.channel_key.tolist(), plan.segment_key.tolist()
    intervals = draws.arrival // plan.interval_ticks
    expected = []
    for intent, intent_key in enumerate(plan.intent_key.tolist()):
        for interval in range(plan.intervals):
            count = int(np.sum((intervals == interval) & (draws.intent == intent)))
            for ordinal in range(count):
                key = chain(7, 3, Purpose.CASE, intent_key, interval, ordinal)
                place = int(number(key, chain(Purpose.PLACE)) * plan.interval_ticks)
                segment = winner(
                    key, Purpose.SEGMENT, 0, dict(enumerate(plan.segment_share.tolist())), segments
                )
                first = winner(
                    key,
                    Purpose.FIRST_CHANNEL,
                    0,
                    dict(enumerate(plan.first_share[intent, segment].tolist())),
                    channels,
                )
                expected.append(
                    (interval * plan.interval_ticks + place, intent, ordinal, key, segment, first)
                )
    columns = (draws.arrival, draws.intent, draws.key, draws.segment, draws.first_channel)
    found = list(zip(*(column.tolist() for column in columns), strict=True))
    assert len(found) > 1000
    assert found == [(tick, i, key, segment, first) for tick, i, _, key, segment, first in sorted(expected)]


def test_next_channels_are_those_of_the_rules() -> None:
    plan = town()
    draws = draw(plan, seed=7, replication=3)
    names = [*plan.channel_key.tolist(), key_of("")]
    for row, attempt in ((0, 0), (0, 3)):
        shares = dict(enumerate([*plan.next_share[row].tolist(), 1 - float(plan.next_share[row].sum())]))
        won = [winner(key, Purpose.NEXT_CHANNEL, attempt, shares, names) for key in draws.key.tolist()]
        assert draws.next_channel(row, attempt).tolist() == [NOBODY if w == 3 else w for w in won]
    assert np.all(draws.next_channel(1, 0) == 1)
    assert np.all(draws.next_channel(2, 0) == NOBODY)


def test_close_races_are_run_again() -> None:
    """Alternatives with the same name ring together, so that only the shares' last digits tell them apart."""
    n = 5000
    keys = np.array([mix(j) for j in range(n)], dtype=np.uint64)
    shares = np.array([0.3, 0.3 * (1 + 1e-7), 0.3 * (1 - 1e-7)])
    room = [np.empty(n) for _ in range(3)]
    found = np.full(n, NOBODY)
    races.race(
        np.array([4, 5, 6]),
        np.full(3, 9, dtype=np.uint64),
        1 / shares[:, np.newaxis],
        np.zeros(n, dtype=np.int64),
        keys,
        found,
        np.uint64(0),
        np.uint64(n),
        *room,
    )
    assert np.all(found == 5)


@pytest.mark.parametrize("alternatives", [2, 3, 5])
def test_rough_logarithms_change_no_winner(alternatives: int) -> None:
    n = 100_000
    keys = np.array([mix(j) for j in range(n)], dtype=np.uint64)
    salts = np.arange(1, alternatives + 1, dtype=np.uint64)
    means = np.random.default_rng(alternatives).uniform(1, 20, (alternatives, 4))
    column = np.arange(n) % 4
    room = [np.empty(n) for _ in range(3)]
    found = np.empty(n, dtype=np.int64)
    races.race(np.arange(alternatives), salts, means, column, keys, found, np.uint64(0), np.uint64(n), *room)
    again = [races._again(np.arange(alternatives), salts, means, column[j], keys[j]) for j in range(n)]
    assert np.array_equal(found, again)
    close = room[1] < room[0] * races.CLEAR
    assert 0 < close.mean() < 1e-3


def test_too_little_room_is_told_and_nothing_filled() -> None:
    luck = luck_of(town())
    n = len(draw(town(), 1, 0).key)
    small, scratch = cases.case_arrays(n - 1), cases.scratch_for(luck, n - 1)
    assert _draw(luck, np.uint64(1), np.uint64(0), small, scratch) == -n
    assert not small.key.any()
    exact, scratch = cases.case_arrays(n), cases.scratch_for(luck, n)
    assert _draw(luck, np.uint64(1), np.uint64(0), exact, scratch) == n


def test_room_used_before_changes_nothing() -> None:
    luck = luck_of(town())
    room, scratch = cases.case_arrays(4000), cases.scratch_for(luck, 4000)
    for replication in range(5):
        n = _draw(luck, np.uint64(1), np.uint64(replication), room, scratch)
        fresh = draw(town(), 1, replication)
        assert all(
            np.array_equal(column[:n], getattr(fresh, name))
            for name, column in zip(room._fields, room, strict=True)
        )


def test_a_busier_replication_than_foreseen_is_drawn_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = draw(town(), 1, 0)
    monkeypatch.setattr(cases, "capacity_for", lambda luck: 10)
    again = draw(town(), 1, 0)
    assert np.array_equal(again.key, usual.key)
    assert np.array_equal(again.first_channel, usual.first_channel)


def test_seeds_of_any_size_are_taken_modulo_2_to_the_64() -> None:
    assert np.array_equal(draw(town(), 2**64 + 5, 0).key, draw(town(), 5, 0).key)
    assert np.array_equal(draw(town(), -1, 0).key, draw(town(), 2**64 - 1, 0).key)


def test_patience_and_delays() -> None:
    draws = draw(town(), 1, 0)
    assert np.all(draws.patience(1, 0) == FAR)
    assert not draws.patience(0, 0).any()
    assert np.mean(draws.patience(2, 0) == 0) == pytest.approx(0.5, abs=0.06)
    assert not draws.delay(0, 0).any()
    assert 5e6 <= draws.delay(1, 2).min() < draws.delay(1, 2).max() <= 9e6


def test_one_contact_is_asked_what_all_are_asked() -> None:
    draws = draw(town(), 1, 0)
    luck = draws.luck
    for j in (0, 100, 500):
        key, intent, segment = draws.key[j], int(draws.intent[j]), int(draws.segment[j])
        for channel in range(3):
            assert asked.work(luck, key, intent, channel, 1) == draws.work(channel, 1)[j]
            assert asked.patience(luck, key, intent, segment, channel, 1) == draws.patience(channel, 1)[j]
            assert asked.resolution_luck(luck, key, channel, 1) == draws.resolution_luck(channel, 1)[j]
        for which in range(Chance.CONNECTS + 1):
            assert asked.chance(luck, key, which, 2) == draws.chance(which, 2)[j]
        assert asked.incident_luck(luck, key, 2) == draws.incident_luck(2)[j]
        assert asked.next_channel(luck, key, 0, 2) == draws.next_channel(0, 2)[j]
        assert asked.delay(luck, key, intent, 1, 2) == draws.delay(1, 2)[j]


@pytest.mark.parametrize(
    "handle_time",
    [
        {"lognormal": {"mean": 300, "cv": 0.8}},
        {"lognormal": {"mean": 300, "cv": 0.8, "at_most": 600}},
        {"exponential": {"mean": 300}},
        {"empirical": {"values": [1, 5, 100]}},
        {"weibull": {"mean": 300, "shape": 2}},
    ],
)
def test_first_work_is_the_work_of_first_contacts(handle_time: Any) -> None:
    plan = town(
        channels={
            "portal": {"mode": "self_service", "duration": {"lognormal": {"mean": 200, "cv": 1}}},
            "phone": {"mode": "live", "handle_time": handle_time},
            "chat": {"mode": "concurrent"},
        }
    )
    draws = draw(plan, 1, 0)
    n = len(draws.key)
    columns = cases.CaseArrays(*(getattr(draws, name) for name in cases.CaseArrays._fields))
    found = np.full(n, NOBODY)
    first_work(draws.luck, columns, n, found, cases.scratch_for(draws.luck, n))
    expected = np.choose(draws.first_channel, [draws.work(channel, 0) for channel in range(3)])
    assert np.array_equal(found, expected)
    assert np.unique(found).size > 100


def test_luck_is_prepared_once_and_forgotten_with_its_plan() -> None:
    plan = town()
    assert luck_of(plan) is luck_of(plan)
    identity = id(plan)
    assert identity in prepared._known
    del plan
    gc.collect()
    assert identity not in prepared._known

"""Luck: well mixed, independent, and the same for the same customer whatever else changes."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from scipy import stats

from scenarios import Scenario
from sim import plan as plans
from sim.compiling import compiled
from sim.contract import NOBODY
from sim.luck.hashing import FIRST, GOLDEN, SECOND, chain, folded, key_of, mix, mixed, uniform
from sim.luck.streams import HashedDraws, Purpose, draw
from tests.sim.loops import over

N = 200_000


def mix_each(x: Any) -> Any:
    return over(mixed)(x, dtype=np.uint64)


def fold_each(h: int, values: Any) -> Any:
    root = np.uint64(h)
    return over(_fold_into)(values, root, dtype=np.uint64)


@compiled
def _fold_into(value: Any, h: Any) -> Any:
    return folded(h, value)


def uniform_each(keys: Any, salt: int) -> Any:
    return over(uniform)(keys, np.uint64(salt))


def bank(**changes: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "name": "bank",
        "calendar": {"start": "2026-03-02", "timezone": "UTC"},
        "segments": {"young": {"share": 0.6, "patience": 0.8}, "old": {"share": 0.4}},
        "intents": {
            "balance": {
                "volume": {"per_day": 3000, "profile": "office_hours", "day_factor_cv": 0.1},
                "first_channel": {"portal": 0.5, "phone": 0.5},
            },
            "dispute": {"volume": {"per_day": 1000}, "first_channel": {"phone": 0.8, "chat": 0.2}},
        },
        "channels": {
            "portal": {"mode": "self_service", "success": 0.6},
            "phone": {"mode": "live"},
            "chat": {"mode": "concurrent"},
        },
        "next_steps": [
            {"after": "portal", "outcome": "failed", "go": {"phone": 0.6, "chat": 0.1}},
            {
                "after": "phone",
                "outcome": "abandoned",
                "go": {"phone": 0.5},
                "delay": {"exponential": {"mean": 600}},
            },
        ],
        "groups": {"all": {"skills": {"phone": {}, "chat": {}}, "staff": {"08:00": 30}, "shrinkage": 0}},
    }
    return fields | changes


def luck_of(fields: dict[str, Any], seed: int = 1, replication: int = 0) -> HashedDraws:
    return draw(plans.build(Scenario(**fields)), seed, replication)


# -- the hash --------------------------------------------------------------------------------------


def test_the_hash_of_pythons_integers_is_the_compiled_one() -> None:
    values = [0, 1, 2**63, 2**64 - 1, 0x9E3779B97F4A7C15]
    array = np.array(values, dtype=np.uint64)
    assert mix_each(array).tolist() == [mix(value) for value in values]
    assert fold_each(chain(5), array).tolist() == [chain(5, value) for value in values]


def test_known_values_hold_for_ever() -> None:
    """Luck is part of what users compare between versions: a change of these numbers is a change of seeds."""
    assert key_of("phone") == 0xF3B947CA9F8D0DE7
    assert chain(1, 2, 3) == 0x558194CB6FE3BC54
    case = np.zeros(1, dtype=np.uint64)
    assert uniform_each(case, chain(Purpose.WORK, 0, key_of("phone"))).tolist() == [0.17761890120131418]


def test_purposes_are_distinct() -> None:
    assert len({purpose.value for purpose in Purpose}) == len(Purpose)


@pytest.mark.parametrize("salt", [0, chain(Purpose.WORK, 0, key_of("phone")), 2**64 - 1])
def test_uniform_numbers_are_uniform(salt: int) -> None:
    for keys in (
        np.arange(N, dtype=np.uint64),  # the worst keys: neighbours
        fold_each(chain(1, 0), np.arange(N, dtype=np.uint64)),
        np.arange(N, dtype=np.uint64) << np.uint64(44),
    ):
        u = uniform_each(keys, salt)
        assert 0 < u.min() < u.max() < 1
        assert stats.kstest(u, "uniform").pvalue > 1e-3
        assert stats.kstest(np.diff(u), stats.triang(0.5, loc=-1, scale=2).cdf).pvalue > 1e-3
        assert abs(np.corrcoef(u[1:], u[:-1])[0, 1]) < 4 / np.sqrt(N)


def test_extreme_hashes_stay_within_0_and_1() -> None:
    """The middle of the first step is above 0, that of the last below 1."""
    last = 2**64 - 1
    for step in (0, last):
        x = (_unmix(step) - GOLDEN) % 2**64
        u = uniform_each(np.array([_unmix(x)], dtype=np.uint64), 0)
        assert u.tolist() == [2.0**-53 if step == 0 else 1 - 2.0**-53]


def _unmix(x: int) -> int:
    """The inverse of :func:`mix`."""
    for shift, factor in ((31, SECOND), (27, FIRST), (30, 1)):
        y = x
        for _ in range(64 // shift + 1):
            y = x ^ (y >> shift)
        x = y * pow(factor, -1, 2**64) % 2**64
    return x


def independent(one: Any, other: Any) -> None:
    """No correlation, and a flat joint histogram."""
    assert abs(np.corrcoef(one, other)[0, 1]) < 4 / np.sqrt(len(one))
    table = np.histogram2d(one, other, bins=16, range=((0, 1), (0, 1)))[0]
    assert stats.chisquare(table.ravel()).pvalue > 1e-4


def test_luck_is_independent_between_purposes_attempts_names_and_replications() -> None:
    case = np.arange(N, dtype=np.uint64)
    keys = fold_each(chain(1, 0, Purpose.CASE), case)
    others = fold_each(chain(1, 1, Purpose.CASE), case)
    streams = [
        uniform_each(keys, chain(Purpose.WORK, 0, key_of("phone"))),
        uniform_each(keys, chain(Purpose.WORK, 1, key_of("phone"))),
        uniform_each(keys, chain(Purpose.WORK, 0, key_of("chat"))),
        uniform_each(keys, chain(Purpose.PATIENCE, 0, key_of("phone"))),
        uniform_each(keys, chain(Purpose.PLACE)),
        uniform_each(others, chain(Purpose.WORK, 0, key_of("phone"))),
        uniform_each(np.roll(keys, 1), chain(Purpose.WORK, 0, key_of("phone"))),
    ]
    for one, other in itertools.combinations(streams, 2):
        independent(one, other)


# -- one replication -------------------------------------------------------------------------------


def test_cases_are_in_order_and_have_keys_of_their_own() -> None:
    draws = luck_of(bank())
    assert np.all(np.diff(draws.arrival) >= 0)
    assert len(np.unique(draws.key)) == len(draws.key)
    assert draws.arrival.min() >= 0
    assert draws.arrival.max() < draws.plan.horizon


def test_every_uniform_luck_of_a_replication_is_uniform() -> None:
    draws = luck_of(bank(intents={"a": {"volume": {"per_day": 50_000}, "first_channel": {"phone": 1}}}))
    assert stats.kstest(draws.arrival / draws.plan.horizon, "uniform").pvalue > 1e-3
    assert (
        stats.kstest(draws.arrival % draws.plan.interval_ticks / draws.plan.interval_ticks, "uniform").pvalue
        > 1e-3
    )
    assert stats.kstest(draws.incident_luck(0), "uniform").pvalue > 1e-3
    handle = draws.work(1, 0) / 1e6
    assert np.log(handle).std() == pytest.approx(np.sqrt(np.log(2)), rel=0.02)
    assert handle.mean() == pytest.approx(360, rel=0.03)


def test_choices_have_their_probabilities() -> None:
    draws = luck_of(bank())
    of_intent = [np.bincount(draws.first_channel[draws.intent == i], minlength=3) for i in (0, 1)]
    for counts, shares in zip(of_intent, ([0.5, 0.5, 0], [0, 0.8, 0.2]), strict=True):
        for n, share in zip(counts, shares, strict=True):
            assert abs(n - share * counts.sum()) <= 4 * np.sqrt(counts.sum() * share * (1 - share))
    cases = len(draws.key)
    assert np.mean(draws.segment == 0) == pytest.approx(0.6, abs=4 * np.sqrt(0.24 / cases))
    after = draws.next_channel(0, 0)
    for channel, share in ((1, 0.6), (2, 0.1), (NOBODY, 0.3), (0, 0.0)):
        assert np.mean(after == channel) == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / cases))


def test_shares_that_sum_to_1_leave_nobody_to_give_up() -> None:
    go = {"phone": 0.1, "chat": 0.2, "portal": 0.7}
    draws = luck_of(bank(next_steps=[{"after": "portal", "outcome": "failed", "go": go}]))
    assert NOBODY not in draws.next_channel(0, 0)


def test_patience_takes_the_segments_factor() -> None:
    draws, plain = luck_of(bank()), luck_of(bank(segments={"young": {"share": 0.6}, "old": {"share": 0.4}}))
    ratio = draws.patience(1, 0) / np.maximum(plain.patience(1, 0), 1)
    young = draws.segment == 0
    assert np.allclose(ratio[young], 0.8, atol=1e-4)
    assert np.array_equal(draws.patience(1, 0)[~young], plain.patience(1, 0)[~young])


def test_exact_counts_are_the_volume_whatever_the_day() -> None:
    volume = {"per_interval": [0.25] * 8 + [3] * 88, "counts": "exact", "day_factor_cv": 0.5}
    fields = bank(intents={"a": {"volume": volume, "first_channel": {"phone": 1}}})
    counts = [
        np.bincount(luck_of(fields, replication=r).arrival // 900_000_000, minlength=96) for r in range(400)
    ]
    assert np.all(np.array(counts)[:, 8:] == 3)
    fraction = np.array(counts)[:, :8]
    assert set(np.unique(fraction)) == {0, 1}
    assert np.all(fraction.sum(axis=1) == 2), "fractions add up to whole cases"
    assert fraction.mean() == pytest.approx(0.25)
    assert np.all(np.abs(fraction.mean(axis=0) - 0.25) < 4 * np.sqrt(0.1875 / 400))


def test_a_busy_day_is_busy_for_every_intent() -> None:
    volume = {"per_day": 2000, "day_factor_cv": 0.3}
    fields = bank(
        intents={name: {"volume": volume, "first_channel": {"phone": 1}} for name in ("a", "b")},
        calendar={"start": "2026-03-02", "timezone": "UTC", "days": 25},
    )
    draws = luck_of(fields)
    day = draws.arrival // (86_400 * 10**6)
    counts = [np.bincount(day[draws.intent == i], minlength=25) for i in (0, 1)]
    assert np.corrcoef(*counts)[0, 1] > 0.95


# -- common random numbers by case -----------------------------------------------------------------


def by_case(draws: HashedDraws, columns: dict[str, Any], where: Any = True) -> dict[int, tuple[Any, ...]]:
    rows = zip(*(np.asarray(column).tolist() for column in columns.values()), strict=True)
    chosen = np.broadcast_to(where, draws.key.shape)
    return {key: row for key, row, kept in zip(draws.key.tolist(), rows, chosen, strict=True) if kept}


def phone_luck(draws: HashedDraws) -> dict[str, Any]:
    channel = draws.plan.channels.index("phone")
    return {
        "arrival": draws.arrival,
        "segment": draws.segment,
        **{f"work {a}": draws.work(channel, a) for a in range(3)},
        **{f"patience {a}": draws.patience(channel, a) for a in range(3)},
        **{f"resolves {a}": draws.resolution_luck(channel, a) for a in range(3)},
    }


def first_is(draws: HashedDraws, channel: str) -> Any:
    return draws.first_channel == draws.plan.channels.index(channel)


def test_a_what_if_on_chat_leaves_the_luck_of_phone_first_cases_alone() -> None:
    base = bank()
    chat = {"mode": "concurrent", "cap": 2, "handle_time": {"gamma": {"mean": 999, "cv": 2}},
            "resolution": 0.1,
            "patience": 5, "lines": 3}  # fmt: skip
    changed = bank(channels={**base["channels"], "chat": chat})
    one, other = luck_of(base), luck_of(changed)
    mine = by_case(one, phone_luck(one), first_is(one, "phone"))
    assert len(mine) > 1000
    assert mine == by_case(other, phone_luck(other), first_is(other, "phone"))


def test_more_volume_keeps_the_old_cases_and_adds_new_ones() -> None:
    base = bank()
    more = {
        name: {**intent, "volume": {**intent["volume"], "per_day": 1.1 * intent["volume"]["per_day"]}}
        for name, intent in base["intents"].items()
    }
    one, other = luck_of(base), luck_of(bank(intents=more))
    old, new = by_case(one, phone_luck(one)), by_case(other, phone_luck(other))
    assert old.items() <= new.items()
    assert len(new) == pytest.approx(1.1 * len(old), rel=0.02)


def test_a_new_intent_moves_nobody() -> None:
    base = bank()
    new = {"claim": {"volume": {"per_day": 500}, "first_channel": {"phone": 1}}}
    one, other = luck_of(base), luck_of(bank(intents={**new, **base["intents"]}))
    old = by_case(one, {**phone_luck(one), "first": one.first_channel})
    assert old.items() <= by_case(other, {**phone_luck(other), "first": other.first_channel}).items()


def test_a_new_channel_moves_only_those_whom_it_wins() -> None:
    base = bank()
    channels = {"app": {"mode": "self_service"}, **base["channels"]}
    segments = {name: {**segment, "adoption": {"app": 0.2}} for name, segment in base["segments"].items()}
    one, other = luck_of(base), luck_of(bank(channels=channels, segments=segments))
    before = np.array(one.plan.channels)[one.first_channel]
    after = np.array(other.plan.channels)[other.first_channel]
    assert np.array_equal(one.key, other.key)
    assert np.all((after == before) | (after == "app"))
    assert np.mean(after == "app") == pytest.approx(0.2, abs=0.03)


def test_a_new_segment_takes_its_share_from_the_others() -> None:
    one = luck_of(bank())
    segments = {"new": {"share": 0.1}, "young": {"share": 0.54}, "old": {"share": 0.36}}
    other = luck_of(bank(segments=segments))
    before = np.array(one.plan.segments)[one.segment]
    after = np.array(other.plan.segments)[other.segment]
    assert np.all((after == before) | (after == "new"))


def test_a_longer_horizon_keeps_the_first_days() -> None:
    one = luck_of(bank())
    other = luck_of(bank(calendar={"start": "2026-03-02", "timezone": "UTC", "days": 3}))
    first = other.arrival < one.plan.horizon
    assert np.array_equal(one.key, other.key[first])
    assert np.array_equal(one.arrival, other.arrival[first])


def test_seeds_and_replications_share_nobody() -> None:
    keys = [
        set(luck_of(bank(), seed, replication).key.tolist()) for seed, replication in ((1, 0), (1, 1), (2, 0))
    ]
    assert not keys[0] & keys[1]
    assert not keys[0] & keys[2]


def test_no_cases_at_all() -> None:
    draws = luck_of(bank(intents={"a": {"volume": {"per_day": 0}, "first_channel": {"phone": 1}}}))
    assert len(draws.key) == len(draws.work(1, 0)) == len(draws.next_channel(0, 0)) == 0

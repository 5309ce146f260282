"""What luck takes from a plan, prepared once: salts, laws and shares as flat arrays.

A uniform number is a hash of a case's key and a *salt*: what is asked about the case, that is (purpose,
attempt, name). Salts depend on the plan alone, so they are computed here and not when they are asked for.
"""

from __future__ import annotations

import weakref
from enum import IntEnum, unique
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.contract import NOBODY, Bools, Chance, Floats, Ints, Keys, Plan
from sim.luck import laws
from sim.luck.hashing import GOLDEN, chain, key_of, mix

GIVES_UP = key_of("")
"""The key of giving up, an alternative like any channel; no channel has an empty name."""
_SMALLEST_SHARE = 1e-12
"""What rounding may leave of 1 when shares that sum to 1 are taken off it."""
_WHOLE = 9
"""Decimals to which volumes are summed, so that ten times 0.1 is a whole case."""

CHOICE = np.dtype([("channel", np.int64), ("salt", np.int64), ("mean", np.float64)])
"""An alternative of a next step: the channel or ``NOBODY``, its column of ``next_salt``, 1 / its share."""


@unique
class Purpose(IntEnum):
    """What a random number is for. Each decision has its own; sharing one is an error."""

    DAY_FACTOR = 1
    COUNT = 2
    CASE = 3
    PLACE = 4
    SEGMENT = 5
    FIRST_CHANNEL = 6
    WORK = 7
    PATIENCE = 8
    RESOLVES = 9
    INCIDENT = 10
    NEXT_CHANNEL = 11
    DELAY = 12
    FRONT = 13
    FRONT_ENDS = 14
    WRAP = 15
    BALK = 16
    SILENCE = 17
    SILENT = 18
    TAKES_CALLBACK = 19
    TRANSFERS = 20
    HEEDS = 21
    RETURNS = 22
    AGENT = 23
    CONNECTS = 24
    FIX = 25
    CONSULTS = 26
    ABSENCE = 27
    BACKLOG = 28


STAGES = (Purpose.FRONT, Purpose.WRAP, Purpose.SILENT, Purpose.FRONT_ENDS, Purpose.BALK, Purpose.SILENCE)
"""What is asked about the stages of a contact besides its handling; the first three have laws."""
FRONT, WRAP, SILENT, FRONT_ENDS, BALK, SILENCE = range(6)
"""Places in :data:`STAGES`."""


CHANCES = {
    Chance.TAKES_CALLBACK: Purpose.TAKES_CALLBACK,
    Chance.TRANSFERS: Purpose.TRANSFERS,
    Chance.HEEDS: Purpose.HEEDS,
    Chance.RETURNS: Purpose.RETURNS,
    Chance.AGENT: Purpose.AGENT,
    Chance.CONSULTS: Purpose.CONSULTS,
    Chance.CONNECTS: Purpose.CONNECTS,
}
"""The purposes of chances."""


class Luck(NamedTuple):
    """Sizes as in :class:`sim.contract.Plan`: A attempts, C channels, I intents, S segments, K intervals,
    R next-step rows, L laws. A *mean* is that of an alternative's clock: 1 / share, infinite without one.
    """

    # of a contact
    work_salt: Keys
    """[A, C]."""
    patience_salt: Keys
    """[A, C]."""
    resolves_salt: Keys
    """[A, C]."""
    incident_salt: Keys
    """[A]."""
    stage_salt: Keys
    """[6, A, C] by :data:`STAGES`."""
    chance_salt: Keys
    """[6 + tries, A] by :class:`sim.contract.Chance`."""
    next_salt: Keys
    """[A, C + 1]; the last one is that of giving up."""
    delay_salt: Keys
    """[A]."""
    laws: NDArray[Any]
    """[L] of :data:`sim.luck.laws.LAW`."""
    table: NDArray[Any]
    """[T] of :data:`sim.luck.laws.OBSERVED`."""
    work_law: Ints
    """[C, I]."""
    patience_law: Ints
    """[C, I]."""
    stage_law: Ints
    """[3, C, I] by :data:`STAGES`; ``NOBODY``: none."""
    front_share: Floats
    """[C, I, 3] below the first number the front contains, below the next it loses, then it misroutes."""
    balk: Floats
    """[C]."""
    silence: Floats
    """[C]."""
    delay_law: Ints
    """[R]."""
    patience_factor: Floats
    """[S]."""
    success: Floats
    """[C, I, S]."""
    next_index: Ints
    """[R + 1] the alternatives ``next_index[r]:next_index[r + 1]`` belong to row r."""
    choices: NDArray[Any]
    """Of :data:`CHOICE`; none has share 0."""
    # of a replication's incidents
    fix_law: Ints
    """[N]; ``NOBODY``: nothing fixes it."""
    incident_key: Keys
    """[N]."""
    # of a replication's agents
    staff: Ints
    """[G, K]."""
    absence: Floats
    """[G]."""
    attending: Floats
    """[G]."""
    duty: Ints
    """[D, 5]."""
    group_key: Keys
    """[G]."""
    # of a replication's cases
    backlog: Ints
    """[B, 4] those that wait already: tick, intent, channel, how many; in order."""
    backlog_key: Keys
    """[B] of intent and channel."""
    interval_ticks: int
    day_index: Ints
    """[D + 1] the intervals of each day."""
    rate: Floats
    """[I, K]."""
    so_far: Floats
    """[I, K] volume up to the end of each interval."""
    exact_counts: Bools
    """[I]."""
    day_factor_cv: Floats
    """[I]."""
    intent_key: Keys
    """[I]."""
    interval_link: Keys
    """[K] what an interval's number adds to a chain of hashes."""
    place_salt: Keys
    """[1]."""
    segments: Ints
    """[V] those that anybody is in."""
    segment_salt: Keys
    """[V]."""
    segment_mean: Floats
    """[V, 1]."""
    first_channels: Ints
    """[F] those that anybody goes to first."""
    first_salt: Keys
    """[F]."""
    first_mean: Floats
    """[F, I * S]."""


_known: dict[int, tuple[weakref.ref[Plan], Luck]] = {}


def luck_of(plan: Plan) -> Luck:
    """The luck of a plan; prepared once, and forgotten with the plan."""
    identity = id(plan)
    found = _known.get(identity)
    if found is not None and found[0]() is plan:
        return found[1]
    luck = _prepare(plan)
    _known[identity] = (weakref.ref(plan, lambda _: _known.pop(identity, None)), luck)
    return luck


def _prepare(plan: Plan) -> Luck:
    attempts = range(plan.max_attempts)
    channels = [int(key) for key in plan.channel_key]
    next_index, choices = _choices(plan)
    first_share = plan.first_share.reshape(-1, len(channels)).T
    segments = np.flatnonzero(plan.segment_share > 0)
    first_channels = np.flatnonzero((first_share > 0).any(axis=1))
    backlog = _backlog(plan)
    return Luck(
        work_salt=_kept(plan, _salts(Purpose.WORK, plan.max_attempts, channels)),
        patience_salt=_kept(plan, _salts(Purpose.PATIENCE, plan.max_attempts, channels)),
        resolves_salt=_salts(Purpose.RESOLVES, plan.max_attempts, channels),
        incident_salt=_keys([chain(Purpose.INCIDENT, attempt) for attempt in attempts]),
        stage_salt=np.array([_salts(stage, plan.max_attempts, channels) for stage in STAGES]),
        chance_salt=_chance_salts(plan),
        next_salt=_salts(Purpose.NEXT_CHANNEL, plan.max_attempts, [*channels, GIVES_UP]),
        delay_salt=_keys([chain(Purpose.DELAY, attempt) for attempt in attempts]),
        laws=laws.rows(plan.laws),
        table=laws.observed(plan.laws),
        work_law=_flat(plan.work_law, np.int64),
        patience_law=_flat(plan.patience_law, np.int64),
        stage_law=np.array([plan.front_law, plan.wrap_law, plan.silent_law], np.int64),
        front_share=_front_shares(plan),
        balk=_flat(plan.balk, np.float64),
        silence=_flat(plan.silent, np.float64),
        delay_law=_flat(plan.delay_law, np.int64),
        patience_factor=_flat(plan.patience_factor, np.float64),
        success=_flat(plan.success, np.float64),
        next_index=next_index,
        choices=choices,
        fix_law=_flat(plan.fix_law, np.int64),
        incident_key=_flat(plan.incident_key, np.uint64),
        staff=_flat(plan.staff, np.int64),
        absence=_flat(plan.absence, np.float64),
        attending=_flat(plan.attending, np.float64),
        duty=_flat(plan.duty, np.int64),
        group_key=_flat(plan.group_key, np.uint64),
        backlog=backlog,
        backlog_key=_keys(
            [
                chain(int(plan.channel_key[channel]), int(plan.intent_key[intent]))
                for _, intent, channel, _ in backlog
            ]
        ),
        interval_ticks=int(plan.interval_ticks),
        day_index=_flat(plan.day_index, np.int64),
        rate=_flat(plan.rate, np.float64),
        so_far=_flat(np.round(np.cumsum(plan.rate, axis=1), _WHOLE), np.float64),
        exact_counts=_flat(plan.exact_counts, np.bool_),
        day_factor_cv=_flat(plan.day_factor_cv, np.float64),
        intent_key=_flat(plan.intent_key, np.uint64),
        interval_link=_keys([mix((k + GOLDEN) % 2**64) for k in range(plan.intervals)]),
        place_salt=_keys([chain(Purpose.PLACE)]),
        segments=segments,
        segment_salt=_salts(Purpose.SEGMENT, 1, [int(key) for key in plan.segment_key[segments]])[0],
        segment_mean=_means(plan.segment_share[segments, np.newaxis]),
        first_channels=first_channels,
        first_salt=_salts(Purpose.FIRST_CHANNEL, 1, [channels[c] for c in first_channels])[0],
        first_mean=_means(first_share[first_channels]),
    )


def _kept(plan: Plan, salts: Keys) -> Keys:
    """[A, C] the same, or those of the first attempt for all if retries keep their draws."""
    return _flat(np.broadcast_to(salts[:1], salts.shape), np.uint64) if plan.keeps_draws else salts


def _backlog(plan: Plan) -> Ints:
    """[B, 4] tick, intent, channel, number of those that wait already, in order of arrival."""
    found = [
        (int(plan.backlog_at[channel]), int(intent), int(channel), int(plan.backlog[intent, channel]))
        for intent, channel in np.argwhere(plan.backlog > 0)
        if plan.backlog_at[channel] < plan.horizon
    ]
    return np.array(sorted(found), np.int64).reshape(len(found), 4)


def calls(plan: Plan) -> int:
    """Most calls to a customer in one attempt, by who rings back or a dialler; at least 1."""
    return max(int(plan.callback_tries.max(initial=0)), int(plan.dialler_tries.max(initial=0)), 1)


def _chance_salts(plan: Plan) -> Keys:
    """[6 + tries, A]; each call to the customer is a chance of its own."""
    tries = calls(plan)
    asked = [(CHANCES[which], 0) for which in Chance if which is not Chance.CONNECTS]
    asked += [(Purpose.CONNECTS, number) for number in range(tries)]
    return _keys([[chain(purpose, a, number) for a in range(plan.max_attempts)] for purpose, number in asked])


def _choices(plan: Plan) -> tuple[Ints, NDArray[Any]]:
    """What each next-step row offers: channels in their order, then giving up, each with a share."""
    index, found = [0], []
    gives_up = len(plan.channels)
    for shares in plan.next_share:
        stays_away = 1.0 - float(shares.sum())
        for channel, share in enumerate(
            [*shares.tolist(), stays_away if stays_away > _SMALLEST_SHARE else 0.0]
        ):
            if share > 0:
                found.append((NOBODY if channel == gives_up else channel, channel, 1.0 / share))
        index.append(len(found))
    return np.array(index, dtype=np.int64), np.array(found, dtype=CHOICE)


def _front_shares(plan: Plan) -> Floats:
    """[C, I, 3] cumulative shares of how a front ends other than passing on."""
    shares = np.stack(
        np.broadcast_arrays(
            plan.front_contains, plan.front_loses[:, np.newaxis], plan.front_misroutes[:, np.newaxis]
        ),
        axis=-1,
    )
    return _flat(np.cumsum(shares, axis=-1), np.float64)


def _salts(purpose: Purpose, attempts: int, names: list[int]) -> Keys:
    """[attempts, names]."""
    return _keys([[chain(purpose, attempt, name) for name in names] for attempt in range(attempts)])


def _means(shares: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        means: Floats = np.where(shares > 0, 1.0 / shares, np.inf)
    return _flat(means, np.float64)


def _keys(values: Any) -> Keys:
    return np.array(values, dtype=np.uint64)


def _flat(values: Any, dtype: Any) -> NDArray[Any]:
    """In order in memory, and a type of its own: compiled code is made for exactly these types."""
    return np.ascontiguousarray(values, dtype=dtype)

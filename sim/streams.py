"""Luck: every random number belongs to whom and what it is for, never to when it is asked for.

A uniform number is a hash (:mod:`sim.hashing`) of (seed, replication, case, attempt, purpose, name).
There is no generator and no state, so a case has the same luck in every scenario in which it occurs,
whatever happens to others. A case's key is folded from (seed, replication, purpose, intent's name,
interval, ordinal); what is asked about it, (purpose, attempt, name), is its salt.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum, unique
from typing import Concatenate, ParamSpec, TypeVar, cast

import numpy as np

from sim import quantiles
from sim.clock import array_to_ticks
from sim.contract import NOBODY, Bools, Floats, Ints, Keys, Plan, Ticks
from sim.hashing import chain, fold_each, key_of, uniform_each

GIVES_UP = key_of("")
"""The key of giving up, an alternative like any channel; no channel has an empty name."""
_SMALLEST_SHARE = 1e-12
"""What rounding may leave of 1 when shares that sum to 1 are taken off it."""

Answer = TypeVar("Answer")
P = ParamSpec("P")


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


def draw(plan: Plan, seed: int, replication: int) -> HashedDraws:
    """The luck of one replication: which cases come and when; the rest is computed when asked for."""
    keys, arrivals, intents, ordinals = [], [], [], []
    interval_key = np.arange(plan.intervals, dtype=np.uint64)
    counts = _counts(plan, seed, replication)
    for intent in range(len(plan.intents)):
        root = chain(seed, replication, Purpose.CASE, int(plan.intent_key[intent]))
        count = counts[intent]
        interval = np.repeat(np.arange(plan.intervals), count)
        first = np.cumsum(count) - count
        ordinal = np.arange(len(interval)) - np.repeat(first, count)
        key = fold_each(fold_each(root, interval_key)[interval], ordinal.astype(np.uint64))
        place = uniform_each(key, chain(Purpose.PLACE))
        keys.append(key)
        arrivals.append(interval * plan.interval_ticks + (place * plan.interval_ticks).astype(np.int64))
        intents.append(np.full(len(interval), intent, dtype=np.int64))
        ordinals.append(ordinal)
    key, arrival, intent_of = np.concatenate(keys), np.concatenate(arrivals), np.concatenate(intents)
    order = np.lexsort((np.concatenate(ordinals), intent_of, arrival))
    return HashedDraws(plan, key[order], arrival[order], intent_of[order])


def _counts(plan: Plan, seed: int, replication: int) -> Ints:
    """[I, K] number of cases."""
    days = plan.intervals // plan.intervals_per_day
    day_key = np.arange(days, dtype=np.uint64)
    busy = uniform_each(fold_each(chain(seed, replication, Purpose.DAY_FACTOR), day_key), 0)
    interval_key = np.arange(plan.intervals, dtype=np.uint64)
    counts = np.zeros(plan.rate.shape, dtype=np.int64)
    for intent in range(len(plan.intents)):
        root = chain(seed, replication, Purpose.COUNT, int(plan.intent_key[intent]))
        u = uniform_each(fold_each(root, interval_key), 0)
        factor = quantiles.day_factor(np.full(days, plan.day_factor_cv[intent]), busy)
        mean = plan.rate[intent] * np.repeat(factor, plan.intervals_per_day)
        if plan.exact_counts[intent]:
            counts[intent] = _exactly(plan.rate[intent], float(u[0]))
        else:
            counts[intent] = quantiles.poisson(mean, u)
    return counts


def _exactly(volume: Floats, u: float) -> Ints:
    """Counts that add up to the volume so far, never more than one case off (systematic rounding)."""
    so_far = np.floor(np.round(np.cumsum(volume), 9) + u).astype(np.int64)
    counts: Ints = np.diff(so_far, prepend=0)
    return counts


def _once(
    method: Callable[Concatenate[HashedDraws, P], Answer],
) -> Callable[Concatenate[HashedDraws, P], Answer]:
    """Compute each answer once, for all cases, and keep it."""
    name = method.__name__

    @functools.wraps(method)
    def answer(self: HashedDraws, /, *question: P.args, **none: P.kwargs) -> Answer:
        key = (name, question)
        if key not in self._known:
            self._known[key] = method(self, *question, **none)
        return cast(Answer, self._known[key])

    return answer


@dataclass(frozen=True)
class HashedDraws:
    """One replication's luck: :class:`sim.contract.Draws` by hashing.

    What a later attempt needs is computed when it is first asked for, always for all cases at once: so
    one code path computes every number.
    """

    plan: Plan
    key: Keys
    arrival: Ticks
    intent: Ints
    _known: dict[tuple[str, tuple[object, ...]], object] = field(default_factory=dict, repr=False)

    @property
    def segment(self) -> Ints:
        """[n]; see :class:`sim.contract.Draws`, for this and what follows."""
        return self._segment()

    @property
    def first_channel(self) -> Ints:
        """[n]."""
        return self._first_channel()

    @_once
    def work(self, channel: int, attempt: int) -> Ticks:
        """[n] base handle time, or duration of self-service, before factors."""
        return self._durations(self.plan.work_law[channel], self._salt(Purpose.WORK, attempt, channel))

    @_once
    def patience(self, channel: int, attempt: int) -> Ticks:
        """[n] patience, the segment's factor included, before frustration."""
        salt = self._salt(Purpose.PATIENCE, attempt, channel)
        return self._durations(self.plan.patience_law[channel], salt, self.plan.patience_factor[self.segment])

    @_once
    def resolves(self, channel: int, attempt: int) -> Bools:
        """[n] whether a contact that runs its course resolves the case."""
        success: Floats = self.plan.success[channel, self.intent, self.segment]
        return uniform_each(self.key, self._salt(Purpose.RESOLVES, attempt, channel)) < success

    @_once
    def incident_luck(self, attempt: int) -> Floats:
        """[n] uniform in (0, 1)."""
        return uniform_each(self.key, chain(Purpose.INCIDENT, attempt))

    @_once
    def next_channel(self, row: int, attempt: int) -> Ints:
        """[n] channel by next-step row ``row``, or ``NOBODY``."""
        shares = self.plan.next_share[row]
        stays_away = 1.0 - float(shares.sum())
        names = [*self._names(self.plan.channel_key), GIVES_UP]
        chances = [*shares, np.float64(stays_away if stays_away > _SMALLEST_SHARE else 0.0)]
        winner = self._race(Purpose.NEXT_CHANNEL, attempt, names, chances)
        return np.where(winner == len(names) - 1, NOBODY, winner)

    @_once
    def delay(self, row: int, attempt: int) -> Ticks:
        """[n] delay before the next attempt; 0 where the row has none."""
        law = np.full(len(self.plan.intents), self.plan.delay_law[row])
        return self._durations(law, chain(Purpose.DELAY, attempt))

    # -- how they are computed ---------------------------------------------------------------------

    @_once
    def _segment(self) -> Ints:
        return self._race(Purpose.SEGMENT, 0, self._names(self.plan.segment_key), [*self.plan.segment_share])

    @_once
    def _first_channel(self) -> Ints:
        share = self.plan.first_share[self.intent, self.segment]
        shares = [np.ascontiguousarray(share[:, channel]) for channel in range(len(self.plan.channels))]
        return self._race(Purpose.FIRST_CHANNEL, 0, self._names(self.plan.channel_key), shares)

    @_once
    def _clock(self, purpose: Purpose, attempt: int, name: int) -> Floats:
        """[n] an alternative's clock before it is sped up by its share: exponential with mean 1."""
        return -np.log(uniform_each(self.key, chain(purpose, attempt, name)))

    def _race(self, purpose: Purpose, attempt: int, names: list[int], shares: list[Floats]) -> Ints:
        """[n] index of the alternative whose clock rings first.

        A share says how fast a clock runs: of independent exponential clocks each is first with a
        probability in proportion to its rate. So an alternative that is new, or whose share grows, takes
        away only those whom it wins.
        """
        winner = np.full(len(self.key), NOBODY, dtype=np.int64)
        soonest = np.full(len(self.key), np.inf)
        for index, (name, share) in enumerate(zip(names, shares, strict=True)):
            if not np.any(share > 0):
                continue
            with np.errstate(divide="ignore"):
                rings = self._clock(purpose, attempt, name) / share
            sooner = rings < soonest
            winner[sooner] = index
            soonest[sooner] = rings[sooner]
        return winner

    def _durations(self, law_of_intent: Ints, salt: int, factor: Floats | float = 1.0) -> Ticks:
        """[n] durations in ticks by the law of each case's intent; 0 where there is none."""
        u = uniform_each(self.key, salt)
        law_of_case = law_of_intent[self.intent]
        seconds = np.zeros(len(u))
        for law in np.unique(law_of_intent):
            if law != NOBODY:
                mine = law_of_case == law
                seconds[mine] = quantiles.duration_seconds(self.plan.laws, int(law), u[mine])
        return array_to_ticks(seconds * factor)

    def _salt(self, purpose: Purpose, attempt: int, channel: int) -> int:
        return chain(purpose, attempt, int(self.plan.channel_key[channel]))

    @staticmethod
    def _names(keys: Keys) -> list[int]:
        return [int(key) for key in keys]

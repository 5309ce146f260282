"""The cases of one replication: how many, who, when, and where they go first.

All of it runs over blocks of neighbouring intervals, in plain loops over flat arrays that compilers turn
into vector code, so that a quiet day costs no more for each case than a busy one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.compiling import compiled
from sim.contract import Floats, Ints, Keys
from sim.luck.counts import draw_counts
from sim.luck.hashing import folded, mixed, uniform
from sim.luck.prepared import Luck, Purpose
from sim.luck.races import race

_CASE, _BACKLOG = np.uint64(Purpose.CASE), np.uint64(Purpose.BACKLOG)
_0, _1 = np.uint64(0), np.uint64(1)
_BLOCK = 256
"""Cases for which a pass over them is worth its start, and few enough to stay in the nearest cache."""


class CaseArrays(NamedTuple):
    """Cases in canonical order: by arrival, intent, ordinal within the interval; as long as the capacity."""

    key: Keys
    arrival: Ints
    intent: Ints
    segment: Ints
    first_channel: Ints


class Scratch(NamedTuple):
    """What drawing needs besides; made once, reused for every replication of plans of the same size."""

    counts: Ints
    """[K, I] cases of each interval and intent."""
    u: Floats
    """[K] of the intent being counted."""
    none: Floats
    """[K] its probabilities of no case."""
    root: Keys
    """[I] where the chains of an intent's keys begin."""
    chain: Keys
    """[capacity] before sorting: where the key's hash comes from, then the key."""
    ordinal: Keys
    """[capacity]."""
    intent: Ints
    """[capacity]."""
    tick: Ints
    """[capacity] arrival, counted from the interval's start, then from the horizon's."""
    bucket: Ints
    """[capacity] for sorting: in order of time."""
    until: Ints
    """[capacity + 1] cases in each bucket, then where it ends."""
    soonest: Floats
    """[capacity] of a race: when the first clock rings."""
    second: Floats
    """[capacity] when the next one does."""
    mean: Floats
    """[capacity] the mean of an alternative's clock."""


def case_arrays(capacity: int) -> CaseArrays:
    """Room for that many cases."""
    return CaseArrays(
        np.zeros(capacity, dtype=np.uint64), *(np.zeros(capacity, dtype=np.int64) for _ in range(4))
    )


def scratch_for(luck: Luck, capacity: int) -> Scratch:
    """What :func:`draw_cases` needs besides to draw up to ``capacity`` cases."""
    intents, intervals = luck.rate.shape
    return Scratch(
        counts=np.zeros((intervals, intents), dtype=np.int64),
        u=np.zeros(intervals),
        none=np.zeros(intervals),
        root=np.zeros(intents, dtype=np.uint64),
        chain=np.zeros(capacity, dtype=np.uint64),
        ordinal=np.zeros(capacity, dtype=np.uint64),
        intent=np.zeros(capacity, dtype=np.int64),
        tick=np.zeros(capacity, dtype=np.int64),
        bucket=np.zeros(capacity, dtype=np.int64),
        until=np.zeros(capacity + 1, dtype=np.int64),
        soonest=np.zeros(capacity),
        second=np.zeros(capacity),
        mean=np.zeros(capacity),
    )


def capacity_for(luck: Luck) -> int:
    """Room that is enough for nearly every replication; :func:`draw_cases` tells when it is not."""
    expected = luck.rate.sum(axis=1)
    spread = np.sqrt(expected.sum()) + float((expected * luck.day_factor_cv).sum())
    return int(expected.sum() + 5.0 * spread) + int(luck.backlog[:, 3].sum()) + 64


@compiled
def draw_cases(
    luck: Luck, seed: np.uint64, replication: np.uint64, cases: CaseArrays, scratch: Scratch
) -> int:
    """Fill ``cases`` with those of one replication, and of the backlog, and return how many there are.

    When there is no room for them, nothing is filled and their number is returned negative.
    """
    root = folded(folded(_0, np.uint64(seed)), np.uint64(replication))
    n = draw_counts(luck, root, scratch.counts, scratch.u, scratch.none)
    waiting = int(luck.backlog[:, 3].sum())
    if n + waiting > cases.key.size:
        return -(n + waiting)
    backlog_root = folded(root, _BACKLOG)
    root = folded(root, _CASE)
    for intent in range(luck.intent_key.size):
        scratch.root[intent] = folded(root, luck.intent_key[intent])
    intervals = np.uint64(luck.interval_link.size)
    begin, at = _0, _0
    while begin < intervals:
        end = begin
        size = _0
        while end < intervals and size < _BLOCK:
            for intent in range(luck.intent_key.size):
                size += np.uint64(scratch.counts[end, intent])
            end += _1
        _arrive(luck, begin, end, size, scratch)
        _order(size, at, cases, scratch)
        _choose(luck, size, at, cases, scratch)
        begin = end
        at += size
    if waiting > 0:
        _add_backlog(luck, backlog_root, np.uint64(n), np.uint64(waiting), cases, scratch)
    return n + waiting


@compiled
def _add_backlog(
    luck: Luck, root: np.uint64, n: np.uint64, size: np.uint64, cases: CaseArrays, scratch: Scratch
) -> None:
    """Put ``size`` cases that wait already among the first ``n``, before those of the same tick."""
    at = n
    for row in range(luck.backlog.shape[0]):
        tick, intent = luck.backlog[row, 0], luck.backlog[row, 1]
        channel, number = luck.backlog[row, 2], luck.backlog[row, 3]
        key = folded(root, luck.backlog_key[row])
        for ordinal in range(number):
            cases.key[at] = folded(key, np.uint64(ordinal))
            cases.intent[at] = intent
            scratch.tick[at - n] = tick
            scratch.ordinal[at - n] = np.uint64(channel)
            at += _1
    _choose(luck, size, n, cases, scratch)
    for j in range(size):
        scratch.chain[j] = cases.key[n + j]
        scratch.intent[j] = cases.intent[n + j]
        scratch.until[j] = cases.segment[n + j]
    rest, left, to = n, size, n + size
    while left > _0:
        to -= _1
        last = left - _1
        if rest > _0 and cases.arrival[rest - _1] >= scratch.tick[last]:
            rest -= _1
            cases.key[to] = cases.key[rest]
            cases.arrival[to] = cases.arrival[rest]
            cases.intent[to] = cases.intent[rest]
            cases.segment[to] = cases.segment[rest]
            cases.first_channel[to] = cases.first_channel[rest]
        else:
            left = last
            cases.key[to] = scratch.chain[last]
            cases.arrival[to] = scratch.tick[last]
            cases.intent[to] = scratch.intent[last]
            cases.segment[to] = scratch.until[last]
            cases.first_channel[to] = np.int64(scratch.ordinal[last])


@compiled
def _arrive(luck: Luck, begin: np.uint64, end: np.uint64, size: np.uint64, scratch: Scratch) -> None:
    """Keys, ticks and buckets of the ``size`` cases of intervals ``begin:end``, by interval and intent."""
    n = _0
    for interval in range(begin, end):
        for intent in range(luck.intent_key.size):
            chain = mixed(scratch.root[intent] ^ luck.interval_link[interval])
            count = np.uint64(scratch.counts[interval, intent])
            for ordinal in range(count):
                scratch.chain[n + ordinal] = chain
                scratch.ordinal[n + ordinal] = ordinal
                scratch.intent[n + ordinal] = intent
            n += count
    _hash(scratch, size, luck.place_salt[0], np.float64(luck.interval_ticks))
    n = _0
    for interval in range(begin, end):
        count = _0
        for intent in range(luck.intent_key.size):
            count += np.uint64(scratch.counts[interval, intent])
        _spread(scratch, n, n + count, int(interval) * luck.interval_ticks, luck.interval_ticks)
        n += count


@compiled
def _hash(scratch: Scratch, n: np.uint64, salt: np.uint64, ticks: float) -> None:
    for j in range(n):
        key = folded(scratch.chain[j], scratch.ordinal[j])
        scratch.chain[j] = key
        scratch.tick[j] = np.int64(uniform(key, salt) * ticks)


@compiled
def _spread(scratch: Scratch, begin: np.uint64, end: np.uint64, first_tick: int, ticks: int) -> None:
    """Buckets of one interval's cases: one for each case. Those of the same tick come into the same one."""
    per_tick = np.float64(end - begin) / np.float64(ticks)
    first_bucket = np.int64(begin)
    for j in range(begin, end):
        tick = scratch.tick[j]
        scratch.bucket[j] = first_bucket + np.int64(np.float64(tick) * per_tick)
        scratch.tick[j] = first_tick + tick


@compiled
def _order(n: np.uint64, at: np.uint64, cases: CaseArrays, scratch: Scratch) -> None:
    """Sort the scratch's cases by tick into ``cases[at:at + n]``; those of the same tick keep their order."""
    until = scratch.until
    for j in range(n + _1):
        until[j] = 0
    for j in range(n):
        until[np.uint64(scratch.bucket[j])] += 1
    total = np.int64(at)
    for k in range(n + _1):
        size = until[k]
        until[k] = total
        total += size
    for j in range(n):
        bucket = np.uint64(scratch.bucket[j])
        place = np.uint64(until[bucket])
        until[bucket] += 1
        cases.key[place] = scratch.chain[j]
        cases.arrival[place] = scratch.tick[j]
        cases.intent[place] = scratch.intent[j]
    for j in range(at + _1, at + n):
        arrival = cases.arrival[j]
        if cases.arrival[j - _1] > arrival:
            key, intent = cases.key[j], cases.intent[j]
            to = np.uint64(j)
            while to > at and cases.arrival[to - _1] > arrival:
                cases.key[to] = cases.key[to - _1]
                cases.arrival[to] = cases.arrival[to - _1]
                cases.intent[to] = cases.intent[to - _1]
                to -= _1
            cases.key[to] = key
            cases.arrival[to] = arrival
            cases.intent[to] = intent


@compiled
def _choose(luck: Luck, n: np.uint64, at: np.uint64, cases: CaseArrays, scratch: Scratch) -> None:
    """Segments and first channels of ``cases[at:at + n]``."""
    segments = luck.patience_factor.size
    for j in range(n):
        scratch.bucket[j] = 0
    race(
        luck.segments, luck.segment_salt, luck.segment_mean, scratch.bucket,
        cases.key, cases.segment, at, n, scratch.soonest, scratch.second, scratch.mean,
    )  # fmt: skip
    for j in range(n):
        scratch.bucket[j] = cases.intent[at + j] * segments + cases.segment[at + j]
    race(
        luck.first_channels, luck.first_salt, luck.first_mean, scratch.bucket,
        cases.key, cases.first_channel, at, n, scratch.soonest, scratch.second, scratch.mean,
    )  # fmt: skip

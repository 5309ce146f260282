"""Luck: every random number belongs to whom and what it is for, never to when it is asked for.

A uniform number is a hash (:mod:`sim.luck.hashing`) of (seed, replication, case, attempt, purpose, name).
There is no generator and no state, so a case has the same luck in every scenario in which it occurs,
whatever happens to others. A case's key is folded from (seed, replication, purpose, intent's name,
interval, ordinal); what is asked about it, (purpose, attempt, name), is its salt.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

import numpy as np

from sim.compiling import entry
from sim.contract import Bools, Floats, Ints, Keys, Plan, Ticks
from sim.luck import asked, cases
from sim.luck.attendance import draw_attendance
from sim.luck.prepared import FRONT, SILENT, WRAP, Luck, Purpose, luck_of
from sim.luck.repairs import draw_repairs

__all__ = ["HashedDraws", "Purpose", "draw"]

Answer = TypeVar("Answer")
P = ParamSpec("P")


def draw(plan: Plan, seed: int, replication: int) -> HashedDraws:
    """The luck of one replication: which cases come and when; the rest is computed when asked for."""
    luck = luck_of(plan)
    capacity = cases.capacity_for(luck)
    while True:
        drawn = cases.case_arrays(capacity)
        scratch = cases.scratch_for(luck, capacity)
        n = _draw(luck, np.uint64(seed % 2**64), np.uint64(replication % 2**64), drawn, scratch)
        if n >= 0:
            return HashedDraws(
                plan,
                luck,
                drawn.key[:n].copy(),
                drawn.arrival[:n].copy(),
                drawn.intent[:n].copy(),
                drawn.segment[:n].copy(),
                drawn.first_channel[:n].copy(),
                _fixes(plan, luck, seed, replication),
                _staff(plan, luck, seed, replication),
            )
        capacity = -n


def _fixes(plan: Plan, luck: Luck, seed: int, replication: int) -> Ticks:
    fix = np.empty(len(plan.fix_law), np.int64)
    _repairs(luck, np.uint64(seed % 2**64), np.uint64(replication % 2**64), fix)
    return fix


def _staff(plan: Plan, luck: Luck, seed: int, replication: int) -> Ints:
    if not len(luck.duty):
        return plan.staff
    staff = np.empty(luck.staff.shape, np.int64)
    _attendance(luck, np.uint64(seed % 2**64), np.uint64(replication % 2**64), staff)
    return staff


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

    The methods answer for all cases, by loops over the very functions that the compiled engine calls for
    one contact at a time (:mod:`sim.luck.asked`): so one code path computes every number.
    """

    plan: Plan
    luck: Luck = field(repr=False)
    key: Keys
    arrival: Ticks
    intent: Ints
    segment: Ints
    first_channel: Ints
    fix: Ticks
    staff: Ints
    _known: dict[tuple[str, tuple[object, ...]], object] = field(default_factory=dict, repr=False)

    @_once
    def work(self, channel: int, attempt: int) -> Ticks:
        """[n]; see :class:`sim.contract.Draws`, for this and what follows."""
        found = np.empty(len(self.key), dtype=np.int64)
        _work(self.luck, self.key, self.intent, channel, attempt, found)
        return found

    @_once
    def patience(self, channel: int, attempt: int) -> Ticks:
        """[n]."""
        found = np.empty(len(self.key), dtype=np.int64)
        _patience(self.luck, self.key, self.intent, self.segment, channel, attempt, found)
        return found

    @_once
    def resolution_luck(self, channel: int, attempt: int) -> Floats:
        """[n]."""
        found = np.empty(len(self.key), dtype=np.float64)
        _resolution_luck(self.luck, self.key, channel, attempt, found)
        return found

    @_once
    def incident_luck(self, attempt: int) -> Floats:
        """[n]."""
        found = np.empty(len(self.key), dtype=np.float64)
        _incident_luck(self.luck, self.key, attempt, found)
        return found

    @_once
    def chance(self, which: int, attempt: int) -> Floats:
        """[n]."""
        found = np.empty(len(self.key), dtype=np.float64)
        _chance(self.luck, self.key, which, attempt, found)
        return found

    @_once
    def front(self, channel: int, attempt: int) -> Ticks:
        """[n]."""
        return self._stage(channel, attempt, FRONT)

    @_once
    def front_ends(self, channel: int, attempt: int) -> Ints:
        """[n]."""
        found = np.empty(len(self.key), dtype=np.int64)
        _front_ends(self.luck, self.key, self.intent, channel, attempt, found)
        return found

    @_once
    def wrap(self, channel: int, attempt: int) -> Ticks:
        """[n]."""
        return self._stage(channel, attempt, WRAP)

    @_once
    def balks(self, channel: int, attempt: int) -> Bools:
        """[n]."""
        found = np.empty(len(self.key), dtype=np.bool_)
        _balks(self.luck, self.key, channel, attempt, found)
        return found

    @_once
    def leaves_silently(self, channel: int, attempt: int) -> Bools:
        """[n]."""
        found = np.empty(len(self.key), dtype=np.bool_)
        _leaves_silently(self.luck, self.key, channel, attempt, found)
        return found

    @_once
    def silent(self, channel: int, attempt: int) -> Ticks:
        """[n]."""
        return self._stage(channel, attempt, SILENT)

    def _stage(self, channel: int, attempt: int, which: int) -> Ticks:
        found = np.empty(len(self.key), dtype=np.int64)
        _stages(self.luck, self.key, self.intent, channel, attempt, which, found)
        return found

    @_once
    def next_channel(self, row: int, attempt: int) -> Ints:
        """[n]."""
        found = np.empty(len(self.key), dtype=np.int64)
        _next_channel(self.luck, self.key, row, attempt, found)
        return found

    @_once
    def delay(self, row: int, attempt: int) -> Ticks:
        """[n]."""
        found = np.empty(len(self.key), dtype=np.int64)
        _delay(self.luck, self.key, self.intent, row, attempt, found)
        return found


@entry
def _draw(luck: Luck, seed: Any, replication: Any, drawn: cases.CaseArrays, scratch: cases.Scratch) -> int:
    return cases.draw_cases(luck, seed, replication, drawn, scratch)


@entry
def _work(luck: Luck, key: Keys, intent: Ints, channel: int, attempt: int, found: Ticks) -> None:
    for j in range(key.size):
        found[j] = asked.work(luck, key[j], intent[j], channel, attempt)


@entry
def _patience(
    luck: Luck, key: Keys, intent: Ints, segment: Ints, channel: int, attempt: int, found: Ticks
) -> None:
    for j in range(key.size):
        found[j] = asked.patience(luck, key[j], intent[j], segment[j], channel, attempt)


@entry
def _resolution_luck(luck: Luck, key: Keys, channel: int, attempt: int, found: Floats) -> None:
    for j in range(key.size):
        found[j] = asked.resolution_luck(luck, key[j], channel, attempt)


@entry
def _incident_luck(luck: Luck, key: Keys, attempt: int, found: Floats) -> None:
    for j in range(key.size):
        found[j] = asked.incident_luck(luck, key[j], attempt)


@entry
def _chance(luck: Luck, key: Keys, which: int, attempt: int, found: Floats) -> None:
    for j in range(key.size):
        found[j] = asked.chance(luck, key[j], which, attempt)


@entry
def _repairs(luck: Luck, seed: Any, replication: Any, found: Ticks) -> None:
    draw_repairs(luck, seed, replication, found)


@entry
def _attendance(luck: Luck, seed: Any, replication: Any, found: Ints) -> None:
    draw_attendance(luck, seed, replication, found)


@entry
def _stages(
    luck: Luck, key: Keys, intent: Ints, channel: int, attempt: int, which: int, found: Ticks
) -> None:
    for j in range(key.size):
        found[j] = asked.stage(luck, key[j], intent[j], channel, attempt, which)


@entry
def _front_ends(luck: Luck, key: Keys, intent: Ints, channel: int, attempt: int, found: Ints) -> None:
    for j in range(key.size):
        found[j] = asked.front_ends(luck, key[j], intent[j], channel, attempt)


@entry
def _balks(luck: Luck, key: Keys, channel: int, attempt: int, found: Bools) -> None:
    for j in range(key.size):
        found[j] = asked.balks(luck, key[j], channel, attempt)


@entry
def _leaves_silently(luck: Luck, key: Keys, channel: int, attempt: int, found: Bools) -> None:
    for j in range(key.size):
        found[j] = asked.leaves_silently(luck, key[j], channel, attempt)


@entry
def _next_channel(luck: Luck, key: Keys, row: int, attempt: int, found: Ints) -> None:
    for j in range(key.size):
        found[j] = asked.next_channel(luck, key[j], row, attempt)


@entry
def _delay(luck: Luck, key: Keys, intent: Ints, row: int, attempt: int, found: Ticks) -> None:
    for j in range(key.size):
        found[j] = asked.delay(luck, key[j], intent[j], row, attempt)

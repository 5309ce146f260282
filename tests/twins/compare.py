"""Comparing two traces, and telling readers where they part."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np

from sim.contract import NOBODY, OUTCOMES, TICKS_PER_SECOND, IncidentFact, Plan, Trace
from sim.engines import get
from tests.twins.days import Day

CONTACTS = (
    "channel",
    "group",
    "arrived",
    "entered",
    "answered",
    "ended",
    "queued",
    "handled",
    "wrapped",
    "helper",
    "helped",
    "rung",
    "outcome",
    "next_channel",
)
TIMES = ("arrived", "entered", "answered", "ended", "queued", "handled", "wrapped", "helped")
INTEGRALS = ("present", "busy", "overtime", "contacts_open", "queue_length")


def both_tell_the_same(day: Day) -> None:
    """Simulate the day on both engines; every field of every contact and every integral is the same."""
    agree(day, get("reference")(day.plan, day.draws()), get("compiled")(day.plan, day.draws()))


def agree(day: Day, reference: Trace, compiled: Trace) -> None:
    """Raise ``AssertionError`` with the scenario and the place where the traces part, if they do."""
    if not same(reference, compiled):
        parted = "\n".join(where_they_part(day.plan, reference, compiled))
        raise AssertionError(f"the engines part\n\n{day}\n\n{parted}")


def same(one: Trace, other: Trace) -> bool:
    """Bit for bit."""
    pairs = [(getattr(one, field.name), getattr(other, field.name)) for field in dataclasses.fields(Trace)]
    return all(
        a.dtype == b.dtype == np.int64 and a.shape == b.shape and np.array_equal(a, b) for a, b in pairs
    )


def where_they_part(plan: Plan, reference: Trace, compiled: Trace) -> Iterator[str]:
    """In words: the contact that differs first in time, and the first interval of each integral."""
    yield from (
        f"{name} is {one} and {other}" for name, one, other in _shapes(reference, compiled) if one != other
    )
    contacts = [_by_identity(trace) for trace in (reference, compiled)]
    different = [key for key in contacts[0].keys() | contacts[1].keys() if _differ(*contacts, key)]
    if different:
        first = min(different, key=lambda key: (_parts_at(*contacts, key), key))
        yield f"{len(different)} contacts differ; the first in time is case {first[0]}, attempt {first[1]}"
        yield _line("", "reference", "compiled")
        for name in CONTACTS:
            words = [_word(plan, name, contact.get(first, {}).get(name)) for contact in contacts]
            yield _line(name, *words)
    for name in INTEGRALS:
        left, right = getattr(reference, name), getattr(compiled, name)
        if left.shape == right.shape and (apart := np.argwhere(left != right)).size:
            row, k = min(apart.tolist(), key=lambda cell: cell[::-1])
            whose = (plan.channels if name == "queue_length" else plan.groups)[row]
            yield f"{len(apart)} cells of {name} differ; the first is {whose} in interval {k}"
            yield _line("", *(f"{meter[row, k] / TICKS_PER_SECOND:.6f} s" for meter in (left, right)))
    left, right = reference.incidents, compiled.incidents
    if left.shape == right.shape:
        for row, fact in np.argwhere(left != right).tolist():
            name = IncidentFact(fact).name.lower()
            yield _line(f"incident {row} {name}", str(left[row, fact]), str(right[row, fact]))


def _shapes(*traces: Trace) -> Iterator[tuple[str, ...]]:
    for field in dataclasses.fields(Trace):
        columns = [getattr(trace, field.name) for trace in traces]
        yield field.name, *(f"{column.dtype} {column.shape}" for column in columns)


Contacts = dict[tuple[int, int], dict[str, int]]


def _by_identity(trace: Trace) -> Contacts:
    columns = {name: getattr(trace, name).tolist() for name in CONTACTS}
    keys = zip(trace.case.tolist(), trace.attempt.tolist(), strict=False)
    rows = zip(*columns.values(), strict=False)
    return {key: dict(zip(columns, row, strict=True)) for key, row in zip(keys, rows, strict=False)}


def _differ(one: Contacts, other: Contacts, key: tuple[int, int]) -> bool:
    return one.get(key) != other.get(key)


def _parts_at(one: Contacts, other: Contacts, key: tuple[int, int]) -> int:
    """The first tick at which something about the contact differs."""
    left, right = one.get(key), other.get(key)
    if left is None or right is None:
        return (left or right or {})["arrived"]
    ticks = [
        tick
        for name in ("arrived", "answered", "ended")
        for tick in (left[name], right[name])
        if left[name] != right[name] and tick != NOBODY
    ]
    return min(ticks, default=left["answered"] if left["answered"] != NOBODY else left["ended"])


def _word(plan: Plan, name: str, value: int | None) -> str:
    if value is None:
        return "no such contact"
    if name == "rung":
        return str(value)
    if name in TIMES:
        return "-" if value == NOBODY else f"{value / TICKS_PER_SECOND:.6f} s"
    names: Sequence[str] = {"group": plan.groups, "helper": plan.groups, "outcome": OUTCOMES}.get(
        name, plan.channels
    )
    return "-" if value == NOBODY else names[value] if 0 <= value < len(names) else f"number {value}"


def _line(name: str, left: str, right: str) -> str:
    mark = "   <--" if name and left != right else ""
    return f"  {name:12} {left:>22} {right:>22}{mark}".rstrip()

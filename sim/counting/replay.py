"""Replays: replications simulated and counted again, to see what was not kept of them.

Luck belongs to the seed, the replication and the customer, so the plan, the seed and the number of a
replication are enough to have it again, bit for bit, on any engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from sim import engines
from sim.contract import Draws, Plan, Trace
from sim.counting.book import book_of
from sim.counting.counted import Columns, read_day
from sim.counting.layout import CELL_FIELDS
from sim.luck.streams import draw
from sim.policies import Policy
from sim.terms import Terms


@dataclass(frozen=True)
class Replayed:
    """One replication in detail."""

    replication: int
    cells: Columns
    """[C, K] of :data:`~sim.counting.layout.CELL_FIELDS`, and ``queue_ticks``."""
    groups: Columns
    """[G, K] ticks ``present``, ``busy``, ``overtime`` and ``contacts_open``."""
    cases: Columns
    """[n] columns of :class:`~sim.counting.day.CaseTable`, and who the customers were."""


def replay(
    plan: Plan,
    terms: Terms,
    seed: int,
    engine: str,
    numbers: Iterable[int],
    policy: Policy | None = None,
) -> Iterator[Replayed]:
    """Simulate these replications again, one after another."""
    simulate = engines.get(engine, policy)
    for replication in numbers:
        draws = draw(plan, seed, int(replication))
        yield examine(plan, terms, draws, simulate(plan, draws), int(replication))


def examine(plan: Plan, terms: Terms, draws: Draws, trace: Trace, replication: int) -> Replayed:
    """Count one replication in detail."""
    day = read_day(book_of(plan, terms), draws, trace, keep_cases=True)
    shape = len(plan.channels), plan.intervals
    cells = {name: day.cells[:, place].reshape(shape) for place, name in enumerate(CELL_FIELDS)}
    table = day.table
    wide = {name: getattr(table, name) for name in ("wait", "waited", "ended")}
    small = [name for name in table._fields if name not in wide]
    cases: Columns = {name: getattr(table, name).astype(np.int8) for name in small}
    who = ("intent", "segment", "first_channel")
    return Replayed(
        replication=replication,
        cells=cells | {"queue_ticks": trace.queue_length},
        groups={name: getattr(trace, name) for name in ("present", "busy", "overtime", "contacts_open")},
        cases={
            **cases,
            **wide,
            **{name: getattr(draws, name).astype(np.int16) for name in who},
            "cost": table.cost.astype(np.float32),
            "key": draws.key,
            "arrived": draws.arrival,
        },
    )

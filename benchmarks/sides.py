"""Several ways to do the same, in turn: what a noisy machine does to one, it does to all.

A figure of a benchmark is the median over rounds of a ratio *within* a round; ``floors.toml`` says what it
must keep to.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

LEAST_SECONDS = 0.02
"""What takes less is done several times a round."""


@dataclass(frozen=True)
class Side:
    """One way to do it."""

    do: Callable[[], object]
    contacts: int
    """How many contacts that simulates: costs are compared per contact."""
    clock: Callable[[], float] = time.thread_time
    """The processor's time in this thread: fair where others use the machine too. What has several threads
    or processes needs ``time.perf_counter``, and so does whatever it is compared with."""


class Race:
    """The rounds of one benchmark, and what they come to."""

    def __init__(self, benchmark: Any, rounds: int) -> None:
        self._benchmark = benchmark
        self._rounds = rounds
        self._costs: dict[str, list[float]] = {}

    def run(self, sides: Mapping[str, Side]) -> Race:
        """Do all sides in turn, round after round; the last one is the benchmark's own."""
        repeats = {name: _repeats(side.do) for name, side in sides.items()}
        *others, last = sides
        costs: dict[str, list[float]] = {name: [] for name in sides}

        def do(name: str) -> None:
            side = sides[name]
            started = side.clock()
            for _ in range(repeats[name]):
                side.do()
            costs[name].append((side.clock() - started) / repeats[name] / side.contacts)

        def before() -> None:
            for name in others:
                do(name)

        self._benchmark.pedantic(do, args=(last,), setup=before, rounds=self._rounds)
        self._benchmark.extra_info["sides"] = {name: median(seconds) for name, seconds in costs.items()}
        self._costs = costs
        return self

    def once(self, do: Callable[[], object]) -> None:
        """Do something a single time, where what counts is not time."""
        self._benchmark.pedantic(do, rounds=1)

    def times(self, slow: str, fast: str) -> float:
        """How many times the cost per contact of ``fast`` that of ``slow`` is: the median of the rounds."""
        return median(a / b for a, b in zip(self._costs[slow], self._costs[fast], strict=True))

    def cost(self, name: str) -> float:
        """Median seconds per contact."""
        return median(self._costs[name])

    def figure(self, name: str, value: float) -> None:
        """Note a figure under the name by which ``floors.toml`` and the report know it."""
        self._benchmark.extra_info.setdefault("figures", {})[name] = value


def _repeats(do: Callable[[], object]) -> int:
    first = _seconds(do)  # with whatever is made only once
    seconds = first if first > 10 * LEAST_SECONDS else _seconds(do)
    return max(1, math.ceil(LEAST_SECONDS / seconds))


def _seconds(do: Callable[[], object]) -> float:
    started = time.perf_counter()
    do()
    return time.perf_counter() - started

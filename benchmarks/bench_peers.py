"""Staffing problems that pyworkforce and OR-Tools solve too: as good a result, and both times."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks import peer_staffing

pytestmark = pytest.mark.skipif(bool(peer_staffing.missing()), reason="needs the extra peers")


@pytest.mark.benchmark(group="peers")
def bench_peers(benchmark: Any) -> None:
    """Every problem by both sides; ours must be equal or better."""
    rows = benchmark.pedantic(lambda: list(peer_staffing.compared(rounds=3)), rounds=1)
    for problem, ours, theirs, mine, other in rows:
        assert problem.as_good(ours, theirs), f"{problem.name}: {ours:g}, theirs {theirs:g}"
        benchmark.extra_info[problem.name] = {"ours": mine, "theirs": other}

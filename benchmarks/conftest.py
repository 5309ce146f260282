"""The fixture that races sides against each other."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.sides import Race


@pytest.fixture
def race(benchmark: Any, request: pytest.FixtureRequest) -> Race:
    """A race of as many rounds as a benchmark has at least."""
    return Race(benchmark, request.config.getoption("benchmark_min_rounds"))

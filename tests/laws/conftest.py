"""Laws hold on every engine; the faster one is observed for longer, so it is held to them more closely."""

import pytest

from sim.engines import Engine
from tests.laws.observed import Observe, observed

LONGER = {"reference": 1, "compiled": 6}


@pytest.fixture
def longer(engine_name: str) -> int:
    """How many times as long as a test asks the engine is observed."""
    return LONGER[engine_name]


@pytest.fixture
def observe(engine: Engine, longer: int) -> Observe:
    return lambda asked: observed(asked, engine, longer)

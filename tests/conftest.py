"""What all tests may ask for."""

import pytest

from sim.engines import Engine, get

ENGINES = ("reference", "compiled")


@pytest.fixture(params=ENGINES, scope="session")
def engine_name(request: pytest.FixtureRequest) -> str:
    """Each engine in turn, by name: what is expected of one is expected of all."""
    return request.param


@pytest.fixture(scope="session")
def engine(engine_name: str) -> Engine:
    """Each engine in turn."""
    return get(engine_name)

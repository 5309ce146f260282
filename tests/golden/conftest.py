"""Golden days happen on every engine."""

import pytest

from scenarios import Scenario
from sim import plan as plans
from sim.contract import Trace
from sim.engines import Engine
from tests.golden.given import HEADING, Case, GivenDraws, Happen, Tell, as_text


@pytest.fixture
def happens(engine: Engine) -> Happen:
    def happens(asked: Scenario, *cases: Case) -> Trace:
        plan = plans.build(asked)
        return engine(plan, GivenDraws(plan, cases))

    return happens


@pytest.fixture
def told(happens: Happen) -> Tell:
    def told(asked: Scenario, *cases: Case, heading: str = HEADING) -> str:
        return as_text(plans.build(asked), happens(asked, *cases), heading)

    return told

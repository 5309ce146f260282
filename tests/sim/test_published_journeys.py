"""Published figures about journeys come out of a scenario of the library, as it says."""

from __future__ import annotations

import pandas as pd
import pytest

import scenarios
import sim
from scenarios.parameters import default_of

REPLICATIONS = 5


@pytest.fixture(scope="module")
def result() -> sim.Result:
    return sim.run(scenarios.load("three_channels"), replications=REPLICATIONS, seed=1, contacts=True)


@pytest.fixture(scope="module")
def cases(result: sim.Result) -> pd.DataFrame:
    return result.cases


def test_three_quarters_of_customers_use_three_channels_or_more(cases: pd.DataFrame) -> None:
    published = default_of("journey.channels_three_or_more")
    assert (cases.channels >= 3).mean() == pytest.approx(published, abs=0.015)
    by_the_file = 0.96 * 0.955 * 0.94 * 0.86
    assert by_the_file == pytest.approx(published, abs=0.002)


def test_five_in_six_of_those_whom_self_service_failed_ring_up(result: sim.Result) -> None:
    first = result.contacts.drop_duplicates(["replication", "case", "channel"])
    failed = first[(first.channel == "bot") & (first.outcome == "failed")]
    assert (failed.next_channel == "phone").mean() == pytest.approx(0.84, abs=0.015)


def test_self_service_alone_resolves_one_journey_in_eleven(result: sim.Result, cases: pd.DataFrame) -> None:
    people = result.contacts[result.contacts.channel.isin(["phone", "email"])]
    met = pd.MultiIndex.from_frame(people[["replication", "case"]])
    alone = cases.resolved & ~pd.MultiIndex.from_frame(cases[["replication", "case"]]).isin(met)
    assert alone.mean() == pytest.approx(default_of("self_service.journeys_resolved"), abs=0.015)


def test_who_failed_once_or_twice_leaves_as_often_as_surveys_say(cases: pd.DataFrame) -> None:
    for failures, leaving in ((0, 0.0), (1, 0.17), (2, 0.40)):
        found = cases[cases.failures == failures].churn
        assert len(found) > 100
        assert found.mean() == pytest.approx(leaving, abs=0.005)
    assert cases.churn.max() <= default_of("loyalty.limit")

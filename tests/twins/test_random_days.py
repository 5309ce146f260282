"""Both engines tell the same of random days, and random days leave nothing out."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from sim.engines import get
from sim.luck.streams import draw
from tests.twins.compare import agree, both_tell_the_same
from tests.twins.days import Day, days_by_hand, random_days, wide_days
from tests.twins.features import HAPPENINGS, SELDOM, simulate

BY_CHANCE = 5
"""Of what happens in one or two days of a hundred, so much may be left out of a thousand days by chance."""


def thorough(days: int) -> settings:
    return settings(max_examples=days, deadline=None, suppress_health_check=list(HealthCheck))


def test_random_days() -> None:
    """A thousand days in which nearly all that may happen does."""
    happened: set[str] = set()
    compiled = get("compiled")

    @thorough(1000)
    @given(random_days())
    def compare(day: Day) -> None:
        reference, happenings = simulate(day.plan, day.draws())
        agree(day, reference, compiled(day.plan, day.draws()))
        # The workspace is used again: what another replication leaves behind changes nothing.
        compiled(day.plan, draw(day.plan, 1, 1))
        agree(day, reference, compiled(day.plan, day.draws()))
        happened.update(happenings)

    compare()
    left_out = sorted(HAPPENINGS - SELDOM - happened)
    assert len(left_out) <= BY_CHANCE, left_out


@thorough(400)
@given(days_by_hand())
def test_days_by_hand(day: Day) -> None:
    both_tell_the_same(day)


@thorough(30)
@given(wide_days())
def test_days_of_many_groups_and_queues(day: Day) -> None:
    both_tell_the_same(day)


@thorough(50)
@given(random_days())
def test_noticing_changes_nothing(day: Day) -> None:
    noticed, _ = simulate(day.plan, day.draws())
    agree(day, get("reference")(day.plan, day.draws()), noticed)

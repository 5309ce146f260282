"""Effort: the parts, the whole, and the published figures that the weights are calibrated to."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.parameters import default_of
from sim import effort, money
from sim.effort import DRIVERS, Weights, ease_score, ease_share, points

WEIGHTS = Weights.from_library()
LOYALTY = money.Loyalty.from_library()


def journey(waited=0.0, contacts=1, switches=0, transfers=0, retellings=0, failed=0):
    """Effort points by driver of one case."""
    return points(
        WEIGHTS,
        waited_seconds=np.array([float(waited)]),
        contacts=np.array([contacts]),
        channel_switches=np.array([switches]),
        transfers=np.array([transfers]),
        retellings=np.array([retellings]),
        failed_self_service=np.array([failed]),
    )[:, 0]


def ease(**what):
    return float(ease_score(journey(**what).sum(), WEIGHTS.scale))


def calls(number, wait=20.0):
    """So many calls about one case, each answered after ``wait`` seconds."""
    return {"waited": wait * number, "contacts": number, "retellings": number - 1}


def satisfied(**what):
    share = ease_share(np.array([ease(**what)]))
    return float(money.csat(LOYALTY, share)[0])


def test_each_driver_adds_only_its_own_part():
    drivers = {"waited": 60, "contacts": 2, "switches": 1, "transfers": 1, "retellings": 1, "failed": 1}
    expected = [
        WEIGHTS.waiting * math.log(2),
        WEIGHTS.repeat_contact,
        WEIGHTS.channel_switch,
        WEIGHTS.transfer,
        WEIGHTS.repeating_information,
        WEIGHTS.failed_self_service,
    ]
    assert journey(**drivers) == pytest.approx(expected, abs=0.5 / effort.GRAIN)
    for place, (name, value) in enumerate(drivers.items()):
        alone = journey(**{name: value})
        assert np.flatnonzero(alone).tolist() == [place], DRIVERS[place]
    assert journey().tolist() == [0.0] * 6


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(0, 1e6), st.integers(1, 50), st.integers(0, 49), st.integers(0, 50), st.integers(0, 49)
        ),
        min_size=1,
        max_size=30,
    ),
    st.permutations(range(6)),
)
def test_parts_sum_to_the_whole_exactly_in_any_order(rows, order):
    waited, contacts, switches, transfers, retellings = (
        np.array(column) for column in zip(*rows, strict=True)
    )
    parts = points(
        WEIGHTS,
        waited_seconds=waited,
        contacts=contacts,
        channel_switches=switches,
        transfers=transfers,
        retellings=retellings,
        failed_self_service=switches,
    )
    assert (parts >= 0).all()
    assert (parts[list(order)].sum(axis=0) == parts.sum(axis=0)).all()
    assert (parts.astype(np.float32).sum(axis=0) == parts.sum(axis=0)).all()


def test_waiting_is_concave():
    minutes = np.arange(0, 60)
    waited = np.array([journey(waited=60 * m)[0] for m in minutes])
    assert (np.diff(waited) > 0).all()
    assert (np.diff(waited, 2) < 2 / effort.GRAIN).all()


# -- calibration -----------------------------------------------------------------------------------


def test_one_resolved_call_after_twenty_seconds_is_easy():
    assert ease(**calls(1)) >= 6


def test_each_further_call_costs_what_is_published():
    satisfaction = [satisfied(**calls(number)) for number in (1, 2, 3)]
    drops = -np.diff(satisfaction)
    assert drops.mean() == pytest.approx(default_of("csat.drop_per_contact"), abs=0.01)
    assert drops[0] > drops[1] > 0.1


def test_satisfaction_of_a_centre_with_average_resolution():
    """71% of calls resolve: 75% of customers are satisfied (SQM Group, financial services)."""
    resolution = 0.71
    average = sum(
        resolution * (1 - resolution) ** (number - 1) * satisfied(**calls(number)) for number in range(1, 40)
    )
    assert average == pytest.approx(0.75, abs=0.01)


def test_share_with_moderate_to_high_effort():
    """62% repeat, 59% are transferred, 57% switch and 56% explain again: 59% find it hard (HBR 2010)."""
    shares = {"repeat": 0.62, "transfer": 0.59, "switch": 0.57, "retell": 0.56}
    hard = 0.0
    for happened in itertools.product((0, 1), repeat=4):
        probability = math.prod(
            share if yes else 1 - share for share, yes in zip(shares.values(), happened, strict=True)
        )
        repeat, transfer, switch, retell = happened
        contacts = 1 + repeat
        score = ease(
            waited=20 * contacts, contacts=contacts, transfers=transfer, switches=switch, retellings=retell
        )
        hard += probability * (score < 5)
    assert hard == pytest.approx(0.59, abs=0.02)


def test_a_hand_over_from_failed_self_service_is_hard():
    assert ease(waited=60, contacts=2, switches=1, retellings=1, failed=1) < 5


def test_disloyalty_runs_from_the_published_low_to_the_published_high():
    shares = money.disloyal(LOYALTY, ease_share(np.array([7.0, 4.0, 1.0])))
    assert shares == pytest.approx([0.09, (0.09 + 0.96) / 2, 0.96])

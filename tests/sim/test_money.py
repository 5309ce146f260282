"""Money and loyalty: churn, satisfaction, pay and the cost of a contact."""

import numpy as np
import pytest

from sim import money
from sim.money import Loyalty

LOYALTY = Loyalty.from_library()


def test_churn_after_one_failure_after_two_and_at_the_limit():
    shares = money.churn(LOYALTY, np.array([0, 1, 2, 3, 50]))
    third = 1 - 0.83 * 0.723 * 0.723
    assert shares == pytest.approx([0.0, 0.17, 1 - 0.83 * 0.723, third, 0.85])
    assert shares[2] == pytest.approx(0.40, abs=0.0005)


def test_satisfaction_runs_from_the_hardest_to_the_effortless():
    share = np.array([1.0, 0.0])
    assert money.csat(LOYALTY, share).tolist() == pytest.approx([0.84, 0.22])
    scores = money.nps(LOYALTY, share)
    assert scores[0] - scores[1] == 65
    assert money.disloyal(LOYALTY, share).tolist() == pytest.approx([0.09, 0.96])


@pytest.mark.parametrize("of", [money.csat, money.nps, money.disloyal])
def test_customers_may_be_added_up_before_or_after(of):
    """Three customers one by one, or at once from the sum of their shares."""
    shares = np.array([0.9, 0.25, 0.0])
    assert of(LOYALTY, shares).sum() == pytest.approx(float(of(LOYALTY, shares.sum(), 3)))


def test_pay_is_for_scheduled_hours_and_dearer_overtime():
    cost = money.agent_cost(np.array([100.0, 8.0]), np.array([2.0, 0.0]), np.array([20.0, 30.0]), 1.5)
    assert cost.tolist() == [2060.0, 240.0]


def test_direct_cost_shares_an_hour_among_open_contacts():
    """Two chats of an hour each, side by side, cost one agent hour together."""
    cost = money.direct_cost(
        group=np.array([0, 0, -1]),
        handle_hours=np.array([1.0, 1.0, 0.0]),
        contact_cost=np.array([0.5, 0.5, 0.1]),
        occupied_hours=np.array([1.0]),
        contact_hours=np.array([2.0]),
        pay_per_hour=np.array([24.0]),
    )
    assert cost.tolist() == pytest.approx([12.5, 12.5, 0.1])


def test_direct_cost_where_no_group_handled_anything():
    cost = money.direct_cost(
        np.array([-1]), np.zeros(1), np.array([0.1]), np.zeros(0), np.zeros(0), np.zeros(0)
    )
    assert cost.tolist() == pytest.approx([0.1])

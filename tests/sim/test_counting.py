"""Counting: rules at the edges, on traces given by hand; totals that do not grow; the same in any parts."""

import dataclasses
import pickle
import random
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sim import engines
from sim.contract import NOBODY, TICKS_PER_SECOND, Mode, Outcome, Trace
from sim.counting import Counted, count_trace
from sim.counting.book import book_of
from sim.counting.counted import count_day, settle_day
from sim.counting.day import day_of
from sim.counting.layout import CASE, CHANNEL, cases_of, integrals_of, rows_of
from sim.counting.replay import examine
from sim.counting.totals import SUMS, exact
from sim.effort import Weights
from sim.luck.streams import draw
from sim.money import Loyalty
from sim.plan import build
from sim.summary import by_scope, channel_quantities
from sim.terms import Terms, terms_of
from tests.strategies import scenarios_strategy

SECOND = TICKS_PER_SECOND
HOUR = 3600 * SECOND
ALL_DAY = ((0, 24 * HOUR),)


def trace_of(rows, groups=1, channels=2, intervals=24, wrapped=None, rung=None, entered=None):
    """A trace from rows (case, attempt, channel, group, arrived, answered, ended, outcome, next channel) of
    contacts without a front; by row too ``wrapped`` and ``rung``, 0 unless given, and ``entered``."""
    columns = [np.array(column, np.int64) for column in zip(*rows, strict=True)]
    case, attempt, channel, group, arrived, answered, ended, outcome, following = columns
    handled = np.where(answered == NOBODY, 0, ended - answered)
    if entered is None:
        entered = np.where(np.isin(outcome, (Outcome.BLOCKED, Outcome.CLOSED)), NOBODY, arrived)
    blank = np.zeros((groups, intervals), np.int64)
    return Trace(
        case, attempt, channel, group, arrived, np.array(entered), answered, ended, np.zeros_like(case),
        handled, np.array(wrapped or [0] * len(case)), np.full_like(case, NOBODY), np.zeros_like(case),
        np.array(rung or [0] * len(case)), outcome, following, blank, blank, blank, blank,
        np.zeros((channels, intervals), np.int64), np.zeros((0, 5), np.int64),
    )  # fmt: skip


def given_by_hand(
    rows, cases, wrapped=None, warm_up=0, arrival=0, dials=(False, False), windows=(ALL_DAY, ALL_DAY),
    open_clock=(False, False), **of_rows,
):  # fmt: skip
    """Plan, terms, draws and trace of a day of phone (0; 20 s) and email (1; reply in 4 h).

    ``windows``: of opening, of phone and of email, in ticks.
    """
    opens, closes = np.array([*windows[0], *windows[1]], np.int64).reshape(-1, 2).T
    plan = SimpleNamespace(
        channels=("phone", "email"), intents=("ask",), segments=("all",), groups=("desk",),
        mode=np.array([Mode.LIVE, Mode.DEFERRED]), intervals=24, interval_ticks=HOUR, horizon=24 * HOUR,
        max_attempts=5, skill_priority=np.array([[1, 1]]), queue_channel=np.array([0, 1]),
        staff=np.zeros((1, 24), np.int64), day_index=np.array([0, 24]), warm_up=warm_up,
        incident_channel=np.zeros(0, np.int64), announced_after=np.zeros(0, np.int64),
        dialler_tries=np.array(dials) * 3,
        open_from=opens, open_until=closes, open_index=np.array([0, len(windows[0]), len(opens)]),
    )  # fmt: skip
    terms = Terms(
        has_target=np.array([True, True]), target_share=np.array([0.8, 0.9]),
        target_within=np.array([20 * SECOND, 4 * HOUR]), target_of=np.array([0, 0]),
        reply=np.array([False, True]), open_clock=np.array(open_clock),
        short_abandon=np.array([5 * SECOND, 0]), contact_cost=np.zeros(2), paid=np.zeros((1, 24)),
        pay_per_hour=np.zeros(1), overtime_factor=1.5, notice_fixed=np.zeros(0),
        notice_each=np.zeros(0),
        failure_intent=np.array([False]), weights=Weights.from_library(), loyalty=Loyalty.from_library(),
    )  # fmt: skip
    draws = SimpleNamespace(
        key=np.arange(cases, dtype=np.uint64), arrival=np.zeros(cases, np.int64) + arrival,
        intent=np.zeros(cases, np.int64), segment=np.zeros(cases, np.int64),
        first_channel=np.zeros(cases, np.int64), work=lambda channel, attempt: np.full(cases, 60 * SECOND),
    )  # fmt: skip
    return plan, terms, draws, trace_of(rows, wrapped=wrapped, **of_rows)


def day_by_hand(rows, cases, wrapped=None, **given):
    """What such a day was, in detail."""
    return examine(*given_by_hand(rows, cases, wrapped, **given), 0)


def totals(day, *names):
    return [day.cells[name].sum(axis=1).tolist() for name in names]


def test_a_wait_of_exactly_the_target_is_in_time():
    day = day_by_hand(
        [
            (0, 0, 0, 0, 0, 20 * SECOND, HOUR, Outcome.RESOLVED, NOBODY),
            (1, 0, 0, 0, 0, 20 * SECOND + 1, HOUR, Outcome.RESOLVED, NOBODY),
        ],
        2,
    )
    assert totals(day, "answered_in_time", "judged") == [[1, 0], [2, 0]]


def test_blocked_and_closed_are_not_judged_and_short_abandons_are():
    day = day_by_hand(
        [
            (0, 0, 0, NOBODY, 0, NOBODY, 0, Outcome.BLOCKED, NOBODY),
            (1, 0, 0, NOBODY, 0, NOBODY, 0, Outcome.CLOSED, NOBODY),
            (2, 0, 0, NOBODY, 0, NOBODY, 5 * SECOND, Outcome.ABANDONED, NOBODY),
            (3, 0, 0, NOBODY, 0, NOBODY, 30 * SECOND, Outcome.ABANDONED, NOBODY),
            (4, 0, 0, NOBODY, 0, NOBODY, 30 * SECOND, Outcome.DISCONNECTED, NOBODY),
        ],
        5,
    )
    assert totals(day, "offered", "judged") == [[5, 0], [3, 0]]
    assert totals(day, "abandoned", "short_abandoned", "abandoned_in_time") == [[2, 0], [1, 0], [1, 0]]


def test_what_the_end_leaves_undecided_is_not_judged():
    end = 24 * HOUR
    day = day_by_hand(
        [
            # waiting since 19 s before the end: could still be answered in time
            (0, 0, 0, NOBODY, end - 19 * SECOND, NOBODY, end, Outcome.UNFINISHED, NOBODY),
            # waiting since 21 s before the end: missed
            (1, 0, 0, NOBODY, end - 21 * SECOND, NOBODY, end, Outcome.UNFINISHED, NOBODY),
            # answered in time and cut off by the end: met
            (2, 0, 0, 0, end - 30 * SECOND, end - 20 * SECOND, end, Outcome.UNFINISHED, NOBODY),
            # an email begun in time but not sent 3 h after it came: open
            (3, 0, 1, 0, end - 3 * HOUR, end - 2 * HOUR, end, Outcome.UNFINISHED, NOBODY),
            # an email sent after 5 h, though begun at once: missed
            (4, 0, 1, 0, HOUR, HOUR, 6 * HOUR, Outcome.RESOLVED, NOBODY),
        ],
        5,
    )
    assert totals(day, "judged", "answered_in_time") == [[2, 1], [1, 0]]
    assert totals(day, "answered_judged", "answered") == [[1, 1], [1, 2]]


def test_contacts_count_in_the_interval_in_which_they_arrived():
    day = day_by_hand([(0, 0, 0, 0, HOUR - 1, 2 * HOUR, 3 * HOUR, Outcome.RESOLVED, NOBODY)], 1)
    assert day.cells["offered"][0, :3].tolist() == [1, 0, 0]
    assert day.cells["answered"][0, :3].tolist() == [1, 0, 0]
    assert day.cells["wait_ticks"][0, 0] == HOUR + 1


def test_a_next_attempt_after_the_end_leaves_the_case_open():
    day = day_by_hand([(0, 0, 0, 0, 0, 0, 60 * SECOND, Outcome.UNRESOLVED, 1)], 1)
    assert day.cases["outcome"].tolist() == [2]
    assert day.cells["spilled_in"].sum() == 0


def test_telling_an_agent_again():
    """An abandoned call told nobody; an answered one and a transfer did."""
    day = day_by_hand(
        [
            (0, 0, 0, NOBODY, 0, NOBODY, 60 * SECOND, Outcome.ABANDONED, 0),
            (0, 1, 0, 0, HOUR, HOUR, HOUR + 60 * SECOND, Outcome.TRANSFERRED, 1),
            (0, 2, 1, 0, 2 * HOUR, 3 * HOUR, 4 * HOUR, Outcome.RESOLVED, NOBODY),
        ],
        1,
    )
    cases = day.cases
    assert cases["contacts"].tolist() == [3]
    assert cases["retellings"].tolist() == [1]
    assert cases["transfers"].tolist() == [1]
    assert cases["legs"].tolist() == [1]  # the email is none of the customer's
    assert cases["channel_switches"].tolist() == [0]
    assert totals(day, "spilled_in", "repeated_in") == [[0, 0], [1, 0]]
    assert cases["failures"].tolist() == [1]  # a transfer is no failure
    assert cases["waited"].tolist() == [60 * SECOND]  # not the hour for which the email lay there
    assert cases["wait"].tolist() == [60 * SECOND + HOUR]


CALLBACKS = [
    # answered in the end, at the second try: 40 s of ringing in vain, 100 s with the customer
    (0, 0, 0, NOBODY, 0, NOBODY, 0, Outcome.CALLED_BACK, 0),
    (0, 1, 0, 0, 0, HOUR, HOUR + 100 * SECOND, Outcome.RESOLVED, NOBODY),
    # never reached; then a call of the customer's own, answered after 10 s for 50 s
    (1, 0, 0, NOBODY, 0, NOBODY, 0, Outcome.CALLED_BACK, 0),
    (1, 1, 0, 0, 0, NOBODY, 2 * HOUR, Outcome.ABANDONED, 0),
    (1, 2, 0, 0, 3 * HOUR, 3 * HOUR + 10 * SECOND, 3 * HOUR + 60 * SECOND, Outcome.UNRESOLVED, NOBODY),
    # dropped at closing, and one that the end of the simulation finds still waiting
    (2, 0, 0, NOBODY, 0, NOBODY, 0, Outcome.CALLED_BACK, 0),
    (2, 1, 0, NOBODY, 0, NOBODY, HOUR, Outcome.DISCONNECTED, NOBODY),
    (3, 0, 0, NOBODY, 0, NOBODY, 0, Outcome.CALLED_BACK, 0),
    (3, 1, 0, NOBODY, 0, NOBODY, 24 * HOUR, Outcome.UNFINISHED, NOBODY),
    # cut off by the end while talking
    (4, 0, 0, NOBODY, 23 * HOUR, NOBODY, 23 * HOUR, Outcome.CALLED_BACK, 0),
    (4, 1, 0, 0, 23 * HOUR, 24 * HOUR - 30 * SECOND, 24 * HOUR, Outcome.UNFINISHED, NOBODY),
]
RINGING = [0, 40 * SECOND, 0, 60 * SECOND, 0, 0, 0, 0, 0, 0, 0]


def test_callbacks_are_in_none_of_the_queues_rates():
    day = day_by_hand(CALLBACKS, 5, RINGING)
    phone = {name: sums[0] for name, sums in zip(day.cells, totals(day, *day.cells), strict=True)}
    counts = {"offered": 11, "called_back": 5, "never_queued": 10, "answered": 1, "judged": 1, "lost": 2}
    counts |= {"abandoned": 1, "hung_up": 1, "short_abandoned": 0, "answered_in_time": 1, "repeated_in": 1}
    counts |= {"callbacks_answered": 2, "served": 2, "resolved": 1, "unresolved": 1}
    assert {name: phone[name] for name in counts} == counts
    assert phone["wait_ticks"] == phone["answer_ticks"] == 10 * SECOND
    assert phone["callback_ticks"] == HOUR + HOUR - 30 * SECOND
    assert phone["handle_ticks"] == (140 + 50) * SECOND  # of those that ran their course, ringing included


def test_a_callback_is_no_effort_of_its_customers():
    cases = day_by_hand(CALLBACKS, 5, RINGING).cases
    assert cases["contacts"].tolist() == [2, 3, 2, 2, 2]
    assert cases["legs"].tolist() == [1, 1, 1, 1, 1]
    assert cases["wait"].tolist() == cases["waited"].tolist() == [0, 10 * SECOND, 0, 0, 0]
    assert cases["failures"].tolist() == [0, 2, 1, 0, 0]
    assert cases["retellings"].tolist() == [0] * 5
    found = count_trace(*given_by_hand(CALLBACKS, 5, RINGING), 0).headlines
    assert found.waits[0, 0].tolist() == [10, 10]  # seconds, of the one call that came to the queue
    sums = found.intents[0, 0]
    assert sums[CASE["effort_repeat_contact"]] == 1024 * Weights.from_library().repeat_contact
    assert sums[CASE["one_contact"]] == 1
    assert sums[CASE["failure_demand"]] == 1
    assert sums[CASE["first_contact"]] == 1


def test_work_of_a_callback_comes_when_it_was_asked_for():
    """Answered and rung in vain: what it took; dropped or cut off: the mean of those answered."""
    load = load_by_hand(CALLBACKS, 5, RINGING)[0]
    answered = (140 + 50 + 30) * SECOND
    mean = (answered + 60 * SECOND) / 3
    assert load[0] == round(200 * SECOND + 2 * mean)
    assert [load[3], load[23]] == [50 * SECOND, 30 * SECOND]


def test_work_of_a_customer_who_was_lost_before_a_callback_comes_with_the_first_call():
    rows = [
        (0, 0, 0, NOBODY, 0, NOBODY, 30 * SECOND, Outcome.ABANDONED, 0),
        (0, 1, 0, NOBODY, HOUR, NOBODY, HOUR, Outcome.CALLED_BACK, 0),
        (0, 2, 0, 0, HOUR, 2 * HOUR, 2 * HOUR + 100 * SECOND, Outcome.RESOLVED, NOBODY),
        (1, 0, 0, NOBODY, 3 * HOUR, NOBODY, 3 * HOUR, Outcome.ABANDONED, 0),
        (1, 1, 0, NOBODY, 4 * HOUR, NOBODY, 4 * HOUR, Outcome.CALLED_BACK, 0),
        (1, 2, 0, NOBODY, 4 * HOUR, NOBODY, 5 * HOUR, Outcome.DISCONNECTED, NOBODY),
    ]
    assert load_by_hand(rows, 2)[0, :6].tolist() == [100 * SECOND, 0, 0, 100 * SECOND, 0, 0]


def test_a_transfer_that_leads_nowhere_is_one():
    rows = [(0, 0, 0, 0, 0, 0, 60 * SECOND, Outcome.TRANSFERRED, NOBODY)]
    sums = count_trace(*given_by_hand(rows, 1), 0).headlines.intents[0, 0]
    assert sums[CASE["transfers"]] == 1
    assert sums[CASE["effort_transfer"]] == 1024 * Weights.from_library().transfer
    assert sums[CASE["failure_demand"]] == 0


def test_nothing_of_the_warm_up_is_counted():
    """Two hours: a case that came in them counts nowhere, its call after them only as a call."""
    rows = [
        (0, 0, 0, NOBODY, HOUR, NOBODY, HOUR + 30 * SECOND, Outcome.ABANDONED, 0),
        (0, 1, 0, 0, 2 * HOUR, 2 * HOUR + SECOND, 2 * HOUR + 60 * SECOND, Outcome.UNRESOLVED, 1),
        (0, 2, 1, 0, 5 * HOUR, 5 * HOUR, 6 * HOUR, Outcome.RESOLVED, NOBODY),
        (1, 0, 0, 0, 0, 0, 60 * SECOND, Outcome.UNRESOLVED, 1),
        (1, 1, 1, 0, HOUR, HOUR, HOUR + 60 * SECOND, Outcome.RESOLVED, NOBODY),
        (2, 0, 0, 0, 3 * HOUR, 3 * HOUR, 3 * HOUR + 60 * SECOND, Outcome.RESOLVED, NOBODY),
    ]
    arrival = np.array([HOUR, 0, 3 * HOUR])
    given = given_by_hand(rows, 3, warm_up=2, arrival=arrival)
    ones = np.ones((1, 24), np.int64)
    several = np.where(np.arange(24) < 2, 5, ones)  # contacts open per agent, in the warm-up alone
    length = np.ones((2, 24), np.int64)
    trace = dataclasses.replace(given[3], present=ones, busy=ones, contacts_open=several, queue_length=length)
    counted = count_trace(*given[:3], trace, 0)
    found = counted.headlines
    assert found.channels[0, :, CHANNEL["offered"]].tolist() == [2, 1]
    assert found.channels[0, :, CHANNEL["abandoned"]].tolist() == [0, 0]
    assert found.channels[0, :, CHANNEL["repeated_in"]].tolist() == [1, 0]
    assert found.channels[0, :, CHANNEL["spilled_in"]].tolist() == [0, 1]
    assert found.channels[0, :, CHANNEL["queue_ticks"]].tolist() == [22, 22]
    assert found.waits[0].tolist() == [[0.9, 1], [0, 0]]
    assert found.groups[0, 0].tolist() == [22, 22, 0, 22]
    sums = found.intents[0, 0]
    assert sums[[CASE["resolved"], CASE["contacts"], CASE["one_contact"]]].tolist() == [1, 1, 1]
    assert sums[CASE["churned"]] == 0
    total = counted.totals
    assert total.sums[:, 0].reshape(2, 24)[:, :6].tolist() == [[0, 0, 1, 1, 0, 0], [0, 0, 0, 0, 0, 1]]
    assert total.load[[0, 1, 3]].tolist() == [0, 0, 60 * SECOND]
    assert total.occupied.tolist() == [0, 0] + [1] * 22
    # Steps count with the contacts they lead to: call to call, call to email, and two ends.
    steps = total.steps.reshape(5, 2, 5, len(Outcome))
    assert {place: steps[place] for place in map(tuple, np.argwhere(steps))} == {
        (0, 0, 0, Outcome.ABANDONED): 1,
        (1, 0, 1, Outcome.UNRESOLVED): 1,
        (2, 1, 2, Outcome.RESOLVED): 1,
        (0, 0, 2, Outcome.RESOLVED): 1,
    }


def test_load_of_a_channel_that_nobody_answered_is_drawn():
    """Three lost calls of 60 s each, though nobody was there to show how long one takes."""
    rows = [(case, 0, 0, NOBODY, 0, NOBODY, 30 * SECOND, Outcome.ABANDONED, NOBODY) for case in range(3)]
    assert load_by_hand(rows, 3)[0, 0] == 180 * SECOND


def test_work_of_a_customer_who_rings_again_comes_once_with_the_first_call():
    """One is lost twice, then answered for 100 s; the other is lost at three, and for good at four."""
    rows = [
        (0, 0, 0, NOBODY, 0, NOBODY, 30 * SECOND, Outcome.ABANDONED, 0),
        (0, 1, 0, NOBODY, HOUR, NOBODY, HOUR + 30 * SECOND, Outcome.DISCONNECTED, 0),
        (0, 2, 0, 0, 2 * HOUR, 2 * HOUR, 2 * HOUR + 100 * SECOND, Outcome.RESOLVED, NOBODY),
        (1, 0, 0, NOBODY, 3 * HOUR, NOBODY, 3 * HOUR, Outcome.ABANDONED, 0),
        (1, 1, 0, NOBODY, 4 * HOUR, NOBODY, 4 * HOUR, Outcome.ABANDONED, 1),
        (1, 2, 1, NOBODY, 5 * HOUR, NOBODY, 5 * HOUR, Outcome.CLOSED, NOBODY),
    ]
    load = load_by_hand(rows, 2)[0]
    assert load[:6].tolist() == [100 * SECOND, 0, 0, 100 * SECOND, 0, 0]


def load_by_hand(rows, cases, wrapped=None):
    """Ticks of work [G, K] that arrived."""
    return count_trace(*given_by_hand(rows, cases, wrapped), 0).totals.load.reshape(1, 24)


# -- diallers --------------------------------------------------------------------------------------

DIALLED = [
    # rung three times in vain, and written to, which helps
    (0, 0, 0, NOBODY, 0, NOBODY, 2 * HOUR, Outcome.UNREACHED, 1),
    (0, 1, 1, 0, 2 * HOUR, 3 * HOUR, 3 * HOUR + 300 * SECOND, Outcome.RESOLVED, NOBODY),
    # reached at the second call, and kept waiting for 10 s
    (1, 0, 0, 0, 0, HOUR + 10 * SECOND, HOUR + 70 * SECOND, Outcome.RESOLVED, NOBODY),
    # reached, and gone after 30 s without an agent
    (2, 0, 0, NOBODY, 0, NOBODY, HOUR + 30 * SECOND, Outcome.ABANDONED, NOBODY),
    # never reached, and that was all
    (3, 0, 0, NOBODY, 0, NOBODY, 2 * HOUR, Outcome.UNREACHED, NOBODY),
    # still on the list at the end
    (4, 0, 0, NOBODY, 0, NOBODY, 24 * HOUR, Outcome.UNFINISHED, NOBODY),
    # rung once in vain, and on the list as the channel closes; on the next list, and reached
    (5, 0, 0, NOBODY, 0, NOBODY, 18 * HOUR, Outcome.DISCONNECTED, 0),
    (5, 1, 0, 0, 19 * HOUR, 19 * HOUR + 60 * SECOND, 19 * HOUR + 90 * SECOND, Outcome.UNRESOLVED, NOBODY),
    # reached, and waiting as the channel closes
    (6, 0, 0, NOBODY, 0, NOBODY, 18 * HOUR, Outcome.DISCONNECTED, NOBODY),
    # reached 5 s before the end: may still be answered in time
    (7, 0, 0, NOBODY, 0, NOBODY, 24 * HOUR, Outcome.UNFINISHED, NOBODY),
]
REACHED = [
    NOBODY, 2 * HOUR, HOUR, HOUR, NOBODY, NOBODY, NOBODY, 19 * HOUR + 60 * SECOND, 18 * HOUR - 40 * SECOND,
    24 * HOUR - 5 * SECOND,
]  # fmt: skip
CALLS = [3, 0, 2, 1, 3, 0, 1, 1, 2, 1]


def dialled(**given):
    return given_by_hand(DIALLED, 8, dials=(True, False), entered=REACHED, rung=CALLS, **given)


def test_the_queues_rates_are_of_those_whom_a_dialler_reached():
    day = examine(*dialled(), 0)
    phone = {name: sums[0] for name, sums in zip(day.cells, totals(day, *day.cells), strict=True)}
    counts = {"offered": 9, "unreached": 2, "disconnected": 2, "unfinished": 2, "abandoned": 1, "rung": 14}
    counts |= {"never_queued": 4, "answered": 2, "judged": 4, "answered_in_time": 2, "mismatched": 2}
    counts |= {"hung_up": 0, "lost": 3, "repeated_in": 0, "spilled_in": 0}
    assert {name: phone[name] for name in counts} == counts
    assert phone["wait_ticks"] == (10 + 30 + 0 + 40 + 5) * SECOND
    assert phone["answer_ticks"] == 10 * SECOND
    plan, terms, *_ = dialled()
    found = channel_quantities(plan, terms, {name: cells.sum(axis=1) for name, cells in day.cells.items()}, 1)
    assert [found[name].tolist() for name in ("reached", "queued")] == [[5, 0], [5, 1]]


def test_whom_a_dialler_did_not_reach_made_no_effort_and_failed_at_nothing():
    day = examine(*dialled(), 0)
    cases = day.cases
    assert cases["failures"].tolist() == [0, 0, 1, 0, 0, 1, 1, 0]  # the fifth was not resolved when reached
    assert cases["legs"].tolist() == [1, 0, 0, 0, 0, 1, 0, 0]
    assert cases["channel_switches"].tolist() == cases["retellings"].tolist() == [0] * 8
    assert cases["waited"].tolist() == [0, 10 * SECOND, 30 * SECOND, 0, 0, 0, 40 * SECOND, 5 * SECOND]
    assert cases["outcome"].tolist() == [0, 0, 1, 1, 2, 1, 1, 2]
    assert totals(day, "spilled_in", "repeated_in") == [[0, 0], [0, 0]]
    sums = count_trace(*dialled(), 0).headlines.intents[0, 0]
    assert sums[CASE["never_reached"]] == 1
    assert sums[CASE["one_contact"]] == 2  # who was written to, too
    assert sums[CASE["met_agent"]] == 3
    assert sums[CASE["failure_demand"]] == sums[CASE["effort_repeat_contact"]] == 0
    lost = 1 - (1 - Loyalty.from_library().hazard_first)
    assert sums[CASE["churned"]] == pytest.approx(3 * lost)


def test_whoever_was_never_reached_is_not_asked_for_an_opinion():
    """Without that case, satisfaction is what it was; effort is a mean over all cases."""
    plan, terms, draws, trace = dialled()
    kept = trace.case != 3
    without = Trace(
        *(
            getattr(trace, field.name)[kept] if len(getattr(trace, field.name)) == len(kept) else
            getattr(trace, field.name)
            for field in dataclasses.fields(Trace)
        )
    )  # fmt: skip
    values = {}
    for name, one in (("all", trace), ("without", without)):
        counted = count_trace(plan, terms, draws, one, 0)
        values[name] = by_scope(plan, terms, counted)["all"]
    for quantity in ("satisfied", "recommending", "disloyal", "ended", "effort", "one_contact"):
        assert values["all"][quantity] == values["without"][quantity], quantity
    assert values["all"]["in_touch"] == 7
    assert values["all"]["given_up"] == values["without"]["given_up"] + 1


# -- targets whose clock runs only while the channel is open --------------------------------------------

MINUTE = 60 * SECOND


def test_the_clock_of_a_target_stands_still_while_the_channel_is_closed():
    """Open from 8 to 18: an email of 16:30 that is answered at 20:00 took an hour and a half."""
    rows = [(0, 0, 1, 0, 16 * HOUR + 30 * MINUTE, 19 * HOUR, 23 * HOUR, Outcome.RESOLVED, NOBODY)]
    office = (ALL_DAY, ((8 * HOUR, 18 * HOUR),))
    for clock, in_time in ((False, 0), (True, 1)):
        day = day_by_hand(rows, 1, windows=office, open_clock=(False, clock))
        assert totals(day, "answered_in_time", "judged") == [[0, in_time], [0, 1]]
        assert totals(day, "wait_ticks", "answer_ticks") == [[0, 150 * MINUTE]] * 2  # elapsed


@pytest.mark.parametrize(("arrived", "judged"), [(14 * HOUR, 0), (14 * HOUR - 1, 1)])
def test_what_may_still_be_in_time_when_the_channel_opens_again_is_undecided(arrived, judged):
    """Four hours of an office day that ends at 18:00 have gone by at midnight, and no tick more; or one."""
    rows = [(0, 0, 1, NOBODY, arrived, NOBODY, 24 * HOUR, Outcome.UNFINISHED, NOBODY)]
    office = (ALL_DAY, ((8 * HOUR, 18 * HOUR),))
    for clock, expected in ((True, judged), (False, 1)):
        day = day_by_hand(rows, 1, windows=office, open_clock=(False, clock))
        assert totals(day, "answered_in_time", "judged") == [[0, 0], [0, expected]]


ticks_of_day = st.integers(0, 24 * 60).map(lambda minutes: minutes * MINUTE)
edges = st.lists(ticks_of_day, min_size=2, max_size=8, unique=True).map(sorted)
spans = st.tuples(st.integers(0, 1), ticks_of_day, ticks_of_day, st.sampled_from(("answered", "abandoned")))


@settings(deadline=None)
@given(st.tuples(edges, edges), st.lists(spans, min_size=1, max_size=20))
def test_open_hours_are_those_of_a_plain_reckoning(marks, contacts):
    """Any windows, any waits: minutes that lie in a window are counted one by one."""
    windows = [tuple(zip(each[::2], each[1::2], strict=False)) for each in marks]
    within = [20 * SECOND, 4 * HOUR]
    good, gone, judged, rows = [0, 0], [0, 0], [0, 0], []
    for case, (channel, one, other, how) in enumerate(contacts):
        start, end = min(one, other), max(one, other)
        answered = how == "answered" or channel == 1
        cut_off = end == 24 * HOUR
        minutes = range(start, end, MINUTE)
        taken = sum(MINUTE for at in minutes if any(a <= at < b for a, b in windows[channel]))
        in_time = taken <= within[channel]
        if cut_off:
            rows.append((case, 0, channel, NOBODY, start, NOBODY, end, Outcome.UNFINISHED, NOBODY))
            judged[channel] += not in_time
        else:
            outcome = Outcome.RESOLVED if answered else Outcome.ABANDONED
            agent, began = (0, end) if answered else (NOBODY, NOBODY)
            rows.append((case, 0, channel, agent, start, began, end, outcome, NOBODY))
            judged[channel] += 1
            good[channel] += answered and in_time
            gone[channel] += not answered and in_time
    counted = [row for row in rows if row[4] < 24 * HOUR]  # nobody arrives at the end
    assume(len(counted) == len(rows))
    day = day_by_hand(rows, len(rows), windows=windows, open_clock=(True, True))
    assert totals(day, "answered_in_time", "abandoned_in_time", "judged") == [good, gone, judged]


# -- waits -----------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.lists(st.integers(0, 3) | st.integers(0, 2**40), min_size=1, max_size=60), st.integers(0, 40))
def test_percentiles_of_waits_are_numpys(waits, none):
    """Any mixture of waits and of contacts that did not wait, in two channels."""
    waits = waits + [0] * none
    rows = [
        (case, 0, channel, 0, 0, wait, wait, Outcome.RESOLVED, NOBODY)
        for channel in (0, 1)
        for case, wait in enumerate(waits[channel:], channel * len(waits))
    ]
    rows = [(case, *row[1:]) for case, row in enumerate(rows)]
    found = count_trace(*given_by_hand(rows, len(rows)), 0).headlines.waits[0]
    for channel in (0, 1):
        if waits[channel:]:
            assert found[channel, 0] == np.quantile(waits[channel:], 0.9) / TICKS_PER_SECOND
            assert found[channel, 1] == max(waits[channel:]) / TICKS_PER_SECOND
        else:
            assert np.isnan(found[channel]).all()


# -- many replications -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def days(centre):
    """Plan, terms, and eight replications: draws and traces."""
    plan = build(centre)
    pairs = []
    for replication in range(8):
        draws = draw(plan, 11, replication)
        pairs.append((draws, engines.get("reference")(plan, draws)))
    return plan, terms_of(centre, plan), pairs


@pytest.fixture(scope="module")
def parts(days):
    plan, terms, pairs = days
    return [count_trace(plan, terms, *pair, number, keep_contacts=True) for number, pair in enumerate(pairs)]


def same(one, other):
    assert one.numbers.tolist() == other.numbers.tolist()
    for mine, theirs in ((one.totals, other.totals), (one.headlines, other.headlines)):
        for a, b in zip(mine, theirs, strict=True):
            assert a.tobytes() == b.tobytes()


def test_parts_joined_in_any_order_are_the_same_to_the_bit(parts):
    whole = Counted.join(parts)
    shuffled = random.Random(3).sample(parts, len(parts))
    split = Counted.join([Counted.join(shuffled[:3]), shuffled[3], Counted.join(shuffled[4:])])
    same(whole, split)
    same(whole, pickle.loads(pickle.dumps(split)))
    assert whole.numbers.tolist() == list(range(8))
    for number, columns in enumerate(split.contacts):
        assert (columns["arrived"] == parts[number].contacts[0]["arrived"]).all()


def test_only_headlines_grow_with_replications(parts):
    few, many = Counted.join(parts[:2]), Counted.join(parts)
    assert [a.shape for a in few.totals] == [a.shape for a in many.totals]
    assert sum(a.nbytes for a in many.headlines) == 4 * sum(a.nbytes for a in few.headlines)
    assert sum(a.nbytes for a in many.headlines) / len(many) < 5_000


def test_a_workspace_used_before_counts_as_a_new_one(days, parts):
    plan, terms, pairs = days
    book = book_of(plan, terms)
    day = day_of(book, max(len(trace.case) for _, trace in pairs))
    used = Counted.empty(book, range(len(pairs)))
    for row, (draws, trace) in enumerate(pairs):
        integrals = integrals_of(trace)
        count_day(book, cases_of(draws), len(draws.key), rows_of(trace), len(trace.case), integrals, day)
        for channel in np.flatnonzero(day.asks):
            day.drawn[channel] = draws.work(int(channel), 0).mean()
        settle_day(book, integrals, day, used.totals, used.headlines, row)
    same(used, Counted.join(parts))
    same(used.first(5), Counted(used.numbers[:5], Counted.join(parts[:5]).headlines, used.totals))


def test_totals_are_the_sums_of_days_and_of_their_squares(days, parts):
    plan, terms, pairs = days
    total = Counted.join(parts).totals
    each = []
    for number, pair in enumerate(pairs):
        cells = examine(plan, terms, *pair, number).cells
        seen = channel_quantities(plan, terms, {name: values.T for name, values in cells.items()}, 1.0)
        ticks = {name: cells[name].ravel() for name in ("answer_ticks", "queue_ticks")}
        each.append({name: values.T.ravel().astype(int) for name, values in seen.items()} | ticks)
    for place, name in enumerate(SUMS):
        values = np.array([day[name] for day in each], dtype=object)
        assert (total.sums[:, place] == values.sum(axis=0)).all(), name
        assert (exact(total.squares[:, place]) == (values**2).sum(axis=0)).all(), name
    whole = np.array([part.headlines.channels[0, :, CHANNEL["offered"]] for part in parts]).sum(axis=0)
    assert whole.tolist() == total.sums[:, 0].reshape(len(plan.channels), -1).sum(axis=1).tolist()


@settings(max_examples=20, deadline=None)
@given(scenarios_strategy(max_cases=25), st.integers(0, 1000))
def test_traces_of_any_scenario_are_counted_once_each(scenario, seed):
    """Rows by outcome, channel and interval, and by step, as the trace has them."""
    plan = build(scenario)
    draws = draw(plan, seed, 0)
    trace = engines.get("reference")(plan, draws)
    found = examine(plan, terms_of(scenario, plan), draws, trace, 0)
    interval = trace.arrived // plan.interval_ticks
    for outcome in Outcome:
        expected = np.zeros((len(plan.channels), plan.intervals), int)
        mine = trace.outcome == outcome
        np.add.at(expected, (trace.channel[mine], interval[mine]), 1)
        assert (found.cells[outcome.name.lower()] == expected).all()
    assert found.cases["contacts"].tolist() == np.bincount(trace.case, minlength=len(draws.key)).tolist()
    assert (found.cases["arrived"] == draws.arrival).all()


def test_a_trace_that_does_not_fit_is_refused():
    plan, terms, draws, trace = given_by_hand([(3, 0, 0, NOBODY, 0, NOBODY, 0, Outcome.CLOSED, NOBODY)], 3)
    with pytest.raises(IndexError, match="cases"):
        count_trace(plan, terms, draws, trace, 0)

"""The tally: rules at the edges, on traces given by hand."""

from types import SimpleNamespace

import numpy as np

from sim.contract import NOBODY, TICKS_PER_SECOND, Mode, Outcome, Trace
from sim.effort import Weights
from sim.money import Loyalty
from sim.tally import count
from sim.terms import Terms

SECOND = TICKS_PER_SECOND
HOUR = 3600 * SECOND


def trace_of(rows, groups=1, channels=2, intervals=24):
    """A trace from rows (case, attempt, channel, group, arrived, answered, ended, outcome, next channel)."""
    columns = [np.array(column, np.int64) for column in zip(*rows, strict=True)]
    case, attempt, channel, group, arrived, answered, ended, outcome, following = columns
    handled = np.where(answered == NOBODY, 0, ended - answered)
    blank = np.zeros((groups, intervals), np.int64)
    return Trace(
        case, attempt, channel, group, arrived, answered, ended, np.zeros_like(case), handled, outcome,
        following, blank, blank, blank, blank, np.zeros((channels, intervals), np.int64),
    )  # fmt: skip


def tally_of(rows, cases):
    """Tally a trace of phone (channel 0; 20 s) and email (channel 1; reply in 4 h) over one day."""
    plan = SimpleNamespace(
        channels=("phone", "email"), intents=("ask",), segments=("all",), groups=("desk",),
        mode=np.array([Mode.LIVE, Mode.DEFERRED]), intervals=24, interval_ticks=HOUR, horizon=24 * HOUR,
        max_attempts=5, skill_priority=np.array([[1, 1]]), queue_channel=np.array([0, 1]),
        staff=np.zeros((1, 24), np.int64), intervals_per_day=24,
    )  # fmt: skip
    terms = Terms(
        has_target=np.array([True, True]), target_share=np.array([0.8, 0.9]),
        target_within=np.array([20 * SECOND, 4 * HOUR]), target_of=np.array([0, 0]),
        reply=np.array([False, True]), short_abandon=np.array([5 * SECOND, 0]),
        contact_cost=np.zeros(2), paid=np.zeros((1, 24)), pay_per_hour=np.zeros(1), overtime_factor=1.5,
        failure_intent=np.array([False]), weights=Weights.from_library(), loyalty=Loyalty.from_library(),
    )  # fmt: skip
    draws = SimpleNamespace(
        key=np.arange(cases, dtype=np.uint64), arrival=np.zeros(cases, np.int64),
        intent=np.zeros(cases, np.int64), segment=np.zeros(cases, np.int64),
        first_channel=np.zeros(cases, np.int64), work=lambda channel, attempt: np.full(cases, 60 * SECOND),
    )  # fmt: skip
    return count(plan, terms, draws, trace_of(rows), 0)


def totals(tally, *names):
    return [tally.cells[name].sum(axis=1).tolist() for name in names]


def test_a_wait_of_exactly_the_target_is_in_time():
    tally = tally_of(
        [
            (0, 0, 0, 0, 0, 20 * SECOND, HOUR, Outcome.RESOLVED, NOBODY),
            (1, 0, 0, 0, 0, 20 * SECOND + 1, HOUR, Outcome.RESOLVED, NOBODY),
        ],
        2,
    )
    assert totals(tally, "answered_in_time", "judged") == [[1, 0], [2, 0]]


def test_blocked_and_closed_are_not_judged_and_short_abandons_are():
    tally = tally_of(
        [
            (0, 0, 0, NOBODY, 0, NOBODY, 0, Outcome.BLOCKED, NOBODY),
            (1, 0, 0, NOBODY, 0, NOBODY, 0, Outcome.CLOSED, NOBODY),
            (2, 0, 0, NOBODY, 0, NOBODY, 5 * SECOND, Outcome.ABANDONED, NOBODY),
            (3, 0, 0, NOBODY, 0, NOBODY, 30 * SECOND, Outcome.ABANDONED, NOBODY),
            (4, 0, 0, NOBODY, 0, NOBODY, 30 * SECOND, Outcome.DISCONNECTED, NOBODY),
        ],
        5,
    )
    assert totals(tally, "offered", "queued", "judged") == [[5, 0], [3, 0], [3, 0]]
    assert totals(tally, "abandoned", "short_abandoned", "abandoned_in_time") == [[2, 0], [1, 0], [1, 0]]


def test_what_the_end_leaves_undecided_is_not_judged():
    end = 24 * HOUR
    tally = tally_of(
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
    assert totals(tally, "judged", "answered_in_time") == [[2, 1], [1, 0]]
    assert totals(tally, "answered_judged", "answered") == [[1, 1], [1, 2]]


def test_contacts_count_in_the_interval_in_which_they_arrived():
    tally = tally_of([(0, 0, 0, 0, HOUR - 1, 2 * HOUR, 3 * HOUR, Outcome.RESOLVED, NOBODY)], 1)
    assert tally.cells["offered"][0, :3].tolist() == [1, 0, 0]
    assert tally.cells["answered"][0, :3].tolist() == [1, 0, 0]
    assert tally.cells["wait_ticks"][0, 0] == HOUR + 1


def test_a_next_attempt_after_the_end_leaves_the_case_open():
    tally = tally_of([(0, 0, 0, 0, 0, 0, 60 * SECOND, Outcome.UNRESOLVED, 1)], 1)
    assert tally.cases["outcome"].tolist() == [2]
    assert tally.cells["spilled_in"].sum() == 0


def test_telling_an_agent_again():
    """An abandoned call told nobody; an answered one and a transfer did."""
    tally = tally_of(
        [
            (0, 0, 0, NOBODY, 0, NOBODY, 60 * SECOND, Outcome.ABANDONED, 0),
            (0, 1, 0, 0, HOUR, HOUR, HOUR + 60 * SECOND, Outcome.TRANSFERRED, 1),
            (0, 2, 1, 0, 2 * HOUR, 3 * HOUR, 4 * HOUR, Outcome.RESOLVED, NOBODY),
        ],
        1,
    )
    cases = tally.cases
    assert cases["contacts"].tolist() == [3]
    assert cases["retellings"].tolist() == [1]
    assert cases["transfers"].tolist() == [1]
    assert cases["channel_switches"].tolist() == [1]
    assert cases["failures"].tolist() == [2]
    assert cases["waited"].tolist() == [60 * SECOND]  # not the hour for which the email lay there
    assert cases["wait"].tolist() == [60 * SECOND + HOUR]


def test_load_of_a_channel_that_nobody_answered_is_drawn():
    """Three lost calls of 60 s each, though nobody was there to show how long one takes."""
    rows = [(case, 0, 0, NOBODY, 0, NOBODY, 30 * SECOND, Outcome.ABANDONED, NOBODY) for case in range(3)]
    assert tally_of(rows, 3).groups["load_ticks"][0, 0] == 180 * SECOND

"""Contacts: one pass over the rows of a replication counts them by channel and interval of arrival."""

from __future__ import annotations

import numpy as np

from sim.compiling import compiled
from sim.contract import NOBODY, Ints, Outcome, Rows
from sim.counting.book import Book
from sim.counting.day import TOUCHED_CELLS, Day
from sim.counting.hours import open_between
from sim.counting.layout import CELL, Place

ABANDONED, BLOCKED, CLOSED = int(Outcome.ABANDONED), int(Outcome.BLOCKED), int(Outcome.CLOSED)
CALLED_BACK, UNFINISHED = int(Outcome.CALLED_BACK), int(Outcome.UNFINISHED)

OFFERED, SHORT, ANSWERED, SERVED, LOST = (
    CELL[name] for name in ("offered", "short_abandoned", "answered", "served", "lost")
)
WAIT, ANSWER, HANDLE = (CELL[name] for name in ("wait_ticks", "answer_ticks", "handle_ticks"))
NEVER_QUEUED, HUNG_UP = CELL["never_queued"], CELL["hung_up"]
CALLBACKS_ANSWERED, CALLBACK = CELL["callbacks_answered"], CELL["callback_ticks"]
RUNG, MISMATCHED = CELL["rung"], CELL["mismatched"]
IN_TIME, GONE_IN_TIME, JUDGED, ANSWERED_JUDGED = (
    CELL[name] for name in ("answered_in_time", "abandoned_in_time", "judged", "answered_judged")
)
# Most contacts are answered and come to an end. So the pass counts the exceptions, in the places of what
# :func:`complete` makes of them.
UNANSWERED, CUT_OFF, LOST_WAIT, UNDECIDED = ANSWERED, SERVED, ANSWER, JUDGED


@compiled
def count_contacts(book: Book, rows: Rows, m: int, day: Day) -> int:
    """Count m contacts by cell, note their waits and add up agents' time; returns how many waited.

    Who leaves for a callback has done with waiting, and so has its callback, the contact that follows: both
    are in none of the queue's rates. Nor is whom a dialler did not reach, who asked for no agent. Waits of
    the warm-up are not noted.

    Of rows in channels with agents, what most need is done for all, by arithmetic on flags: a branch that
    cannot be foreseen costs more than it spares. Indices are unsigned, for signed ones are checked for
    counting from the end.
    """
    waits = 0
    before = UNFINISHED
    for row in range(m):
        r = np.uint64(row)
        channel = rows.channel[r]
        outcome = rows.outcome[r]
        arrived = rows.arrived[r]
        callback = before == CALLED_BACK  # always the next row
        before = outcome
        c = np.uint64(channel)
        interval = interval_of(book, arrived)
        cell = np.uint64(channel * book.intervals + interval)
        if day.cells[cell, OFFERED] == 0:
            touch(day.touched_cells, day.lengths, TOUCHED_CELLS, cell)
        day.cells[cell, OFFERED] += 1
        day.cells[cell, np.uint64(outcome)] += 1
        if not book.agents[c]:
            day.wait[r] = 0
            continue
        answered_at = rows.answered[r]
        entered = rows.entered[r]
        ended = rows.ended[r]
        handled = rows.handled[r] + rows.wrapped[r]
        group = rows.group[r]
        answered = answered_at != NOBODY
        queued = entered != NOBODY and outcome != CALLED_BACK and not callback
        until = answered_at if answered else ended
        wait = until - entered if queued else 0
        day.cells[cell, WAIT] += wait
        day.cells[cell, HANDLE] += handled
        reply = book.reply[c]
        taken = ended - arrived if reply else wait
        if book.special[c]:
            if book.open_clock[c] and queued:
                taken = open_between(book, c, arrived if reply else entered, ended if reply else until)
            if book.dials[c]:
                day.cells[cell, RUNG] += rows.rung[r]
                day.cells[cell, MISMATCHED] += queued and not answered and outcome != UNFINISHED
        met = answered and queued and not (reply and outcome == UNFINISHED)
        day.cells[cell, IN_TIME] += met and taken <= book.within[c]
        day.wait[r] = wait
        w = np.uint64(waits)
        day.positive_wait[w] = wait
        day.wait_channel[w] = channel
        waits += wait > 0 and arrived >= book.counted_from
        if queued and (outcome == UNFINISHED or not answered):
            note_exception(book, day, cell, channel, outcome, answered, met, taken, wait, handled)
        elif not queued and outcome != BLOCKED and outcome != CLOSED:
            day.cells[cell, NEVER_QUEUED] += 1
            day.cells[cell, HUNG_UP] += outcome == ABANDONED
            if callback:
                note_callback(day, cell, outcome, answered, answered_at - arrived, handled)
                day.cells[cell, RUNG] += rows.rung[r]
        # The last place is that of nobody.
        g = np.uint64(group if group != NOBODY else book.groups)
        own = np.rint(handled * day.attention[g])
        day.load[g, np.uint64(interval)] += own
        day.work[c, g] += own
        helper = rows.helper[r]
        if helper != NOBODY:
            h = np.uint64(helper)
            day.load[h, np.uint64(interval)] += np.rint(rows.helped[r] * day.attention[h])
    return waits


@compiled
def interval_of(book: Book, tick: int) -> int:
    """The interval of a tick: divided by multiplying, one too low at most, and then put right."""
    interval = int(tick * book.per_tick)
    return interval + ((interval + 1) * book.interval_ticks <= tick)


@compiled
def note_exception(
    book: Book, day: Day, cell: Place, channel: int, outcome: int, answered: bool, met: bool, taken: int,
    wait: int, handled: int,
) -> None:  # fmt: skip
    """Count a contact that nobody answered, or that the end of the simulation cut off.

    ``taken`` is the time that the target judges: until the contact left, or the simulation ended.
    """
    within = book.within[np.uint64(channel)]
    if not answered:
        day.cells[cell, UNANSWERED] += 1
        day.cells[cell, LOST_WAIT] += wait
        day.cells[cell, HANDLE] -= handled  # an agent found out that nobody was there
        day.cells[cell, LOST] += 1
    if outcome == UNFINISHED:
        if answered:
            day.cells[cell, CUT_OFF] += 1
            day.cells[cell, HANDLE] -= handled
        # What could still have met the target says nothing about it.
        if not met and taken <= within:
            day.cells[cell, UNDECIDED] += 1
    elif outcome == ABANDONED:
        day.cells[cell, SHORT] += wait <= book.short_abandon[np.uint64(channel)]
        day.cells[cell, GONE_IN_TIME] += taken <= within


@compiled
def note_callback(day: Day, cell: Place, outcome: int, answered: bool, after: int, handled: int) -> None:
    """Count a callback: when it reached the customer it is work like any, else agents rang in vain."""
    if answered:
        day.cells[cell, CALLBACKS_ANSWERED] += 1
        day.cells[cell, CALLBACK] += after
    else:
        # Whom nobody reached would have brought nothing more.
        day.cells[cell, LOST] += outcome != ABANDONED
    if not answered or outcome == UNFINISHED:
        day.cells[cell, HANDLE] -= handled
    else:
        day.cells[cell, CUT_OFF] -= 1  # one more is served than the queue's


@compiled
def complete(book: Book, day: Day) -> None:
    """Make counts of all of the counts of exceptions."""
    for place in range(day.lengths[TOUCHED_CELLS]):
        cell = np.uint64(day.touched_cells[place])
        channel = np.uint64(book.channel_of[cell])
        if book.agents[channel]:
            queued = day.cells[cell, OFFERED] - day.cells[cell, NEVER_QUEUED]
            queued -= day.cells[cell, BLOCKED] + day.cells[cell, CLOSED]
            answered = queued - day.cells[cell, UNANSWERED]
            served = answered - day.cells[cell, CUT_OFF]
            day.cells[cell, ANSWERED] = answered
            day.answered[channel] += answered + day.cells[cell, CALLBACKS_ANSWERED]
            day.cells[cell, SERVED] = served
            day.cells[cell, ANSWER] = day.cells[cell, WAIT] - day.cells[cell, LOST_WAIT]
            if book.within[channel] >= 0:
                day.cells[cell, JUDGED] = queued - day.cells[cell, UNDECIDED]
                day.cells[cell, ANSWERED_JUDGED] = served if book.reply[channel] else answered
            else:
                day.cells[cell, JUDGED] = 0


@compiled
def touch(touched: Ints, lengths: Ints, which: int, place: Place) -> None:
    """Remember a place that is no longer 0."""
    touched[np.uint64(lengths[which])] = place
    lengths[which] += 1

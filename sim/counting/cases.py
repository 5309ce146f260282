"""Cases: one pass over the rows of a replication, case by case, adds up what each was for its customer."""

from __future__ import annotations

import numpy as np

from sim.compiling import compiled
from sim.contract import NOBODY, TICKS_PER_SECOND, Outcome, Rows
from sim.counting.book import Book
from sim.counting.contacts import interval_of, touch
from sim.counting.day import CASES_SEEN, TOUCHED_STEPS, Day
from sim.counting.layout import CASE, CELL, CaseOutcome, Place
from sim.effort import GRAIN
from sim.luck.arithmetic import exp, log
from sim.luck.cases import CaseArrays

TICKS_PER_MINUTE = 60 * TICKS_PER_SECOND

OUTCOMES = len(Outcome)
RESOLVED, CONTAINED, FAILED = int(Outcome.RESOLVED), int(Outcome.CONTAINED), int(Outcome.FAILED)
TRANSFERRED, CALLED_BACK = int(Outcome.TRANSFERRED), int(Outcome.CALLED_BACK)
ABANDONED, UNFINISHED = int(Outcome.ABANDONED), int(Outcome.UNFINISHED)
CASE_RESOLVED, CASE_GIVEN_UP = int(CaseOutcome.RESOLVED), int(CaseOutcome.GIVEN_UP)
CASE_UNFINISHED = int(CaseOutcome.UNFINISHED)

LOST, SPILLED, REPEATED = (CELL[name] for name in ("lost", "spilled_in", "repeated_in"))
SHARE, CONTACTS, CHANNELS, ONE_CONTACT = (
    CASE[name] for name in ("share_resolved", "contacts", "channels", "one_contact")
)
MET_AGENT, FIRST_CONTACT, TRANSFERS, TO_PHONE = (
    CASE[name] for name in ("met_agent", "first_contact", "transfers", "spilled_to_phone")
)
FAILURE_DEMAND, EFFORT, CHURNED, ELAPSED = (
    CASE[name] for name in ("failure_demand", "effort_waiting", "churned", "elapsed_ticks")
)
CONTACT_COST, DIRECT_COST = CASE["contact_cost"], CASE["direct_cost"]
NEVER_REACHED = CASE["never_reached"]


@compiled
def count_cases(book: Book, cases: CaseArrays, n: int, rows: Rows, m: int, day: Day) -> None:
    """Add n cases up by intent and segment, and count the steps between attempts.

    Contacts have been counted: their waits are read, and work that came with an earlier try is moved there.
    Contacts that an agent passed on, callbacks, and what follows where a dialler reached nobody, are *legs*
    of the one before: no customer began them. Of a dialler's contact that never asked for an agent the
    customer knows nothing: it is no failed attempt.

    Cases that began in the warm-up are not added up. A step counts with the contact that it leads to, and
    the last one with the contact that it comes from.
    """
    row = 0
    keep = len(day.table.contacts) > 0
    number = day.lengths[CASES_SEEN]
    sums = day.sums
    for case in range(n):
        i = np.uint64(case)
        who = np.uint64(cases.intent[i] * book.segments + cases.segment[i])
        first_row = np.uint64(row)
        counted = cases.arrival[i] >= book.counted_from
        if counted and not keep and row < m and rows.case[first_row] == case and day.wait[first_row] == 0:
            outcome = rows.outcome[first_row]
            if outcome == RESOLVED or (outcome == CONTAINED and rows.next_channel[first_row] == NOBODY):
                # Most cases are plain: a contact that nobody waited for, and that resolved them.
                add_plain(book, rows, first_row, day, who, rows.ended[first_row] - cases.arrival[i])
                row += 1
                continue
        number += 1
        # What is known of the case so far.
        contacts = channels = switches = to_phone = transfers = legs = callbacks = unnoticed = 0
        retellings = self_failed = failures = 0
        wait_of_case = waited = ended = 0
        told = first_answered = met_agent = first_contact = False
        contact_cost = direct_cost = 0.0
        outcome = UNFINISHED
        following = channel = NOBODY
        # A run of tries of one channel that nobody answered: its work came in the interval of the first.
        pending = False
        interval_of_work = NOBODY
        while row < m and rows.case[np.uint64(row)] == case:
            r = np.uint64(row)
            previous, outcome_before = channel, outcome
            channel = rows.channel[r]
            outcome = rows.outcome[r]
            c = np.uint64(channel)
            wait = day.wait[r]
            answered = rows.answered[r] != NOBODY
            agents = book.agents[c]
            # Whoever left for a callback is not lost, nor is who was rung and not reached.
            lost = not answered and rows.entered[r] != NOBODY and outcome != CALLED_BACK
            pending_before = False
            if contacts > 0:
                callback = outcome_before == CALLED_BACK
                lost = lost and not (callback and outcome == ABANDONED)
                if rows.arrived[r] >= book.counted_from:
                    take(day, step_of(book, contacts - 1, previous, channel, outcome_before))
                interval = interval_of(book, rows.arrived[r])
                cell = np.uint64(channel * book.intervals + interval)
                callbacks += callback
                if book.leads_on[np.uint64(previous), np.uint64(outcome_before)]:
                    legs += 1
                elif channel == previous:
                    day.cells[cell, REPEATED] += 1
                else:
                    day.cells[cell, SPILLED] += 1
                    switches += 1
                    to_phone += book.live[c]
                pending_before = pending and channel == previous
                if not pending_before:
                    interval_of_work = NOBODY
                elif interval_of_work == NOBODY:
                    interval_of_work = interval_of(book, rows.arrived[r - np.uint64(1)])
                if pending_before and outcome != CALLED_BACK:
                    move_work(book, rows, r, day, channel, lost, answered, interval_of_work, interval)
            channels += day.seen[c] != number
            day.seen[c] = number
            contacts += 1
            pending = pending_before if outcome == CALLED_BACK else lost  # the callback goes on with it
            wait_of_case += wait
            waited += wait if book.impatient[c] else 0
            cost = book.price[c]
            contact_cost += cost
            group = rows.group[r]
            g = np.uint64(group if group != NOBODY else book.groups)
            direct_cost += (
                cost + (rows.handled[r] + rows.wrapped[r]) * day.rate[g] + cost_of_help(rows, r, day)
            )
            failed = outcome == FAILED and not agents
            self_failed += failed
            unknown = book.dials[c] and rows.entered[r] == NOBODY
            unnoticed += unknown
            failures += book.failure[np.uint64(outcome)] and not unknown
            transfers += outcome == TRANSFERRED
            retellings += answered and told
            told = told or answered or failed
            first = answered and not first_answered
            met_agent = met_agent or (first and outcome != UNFINISHED)
            first_contact = first_contact or (first and is_resolved(outcome))
            first_answered = first_answered or answered
            row += 1
        if contacts > 0:
            ended = rows.ended[np.uint64(row - 1)]
            following = rows.next_channel[np.uint64(row - 1)]
        resolved = is_resolved(outcome) and following == NOBODY
        open_still = outcome == UNFINISHED or following != NOBODY
        if contacts > 0 and rows.arrived[np.uint64(row - 1)] >= book.counted_from:
            ending = 0 if resolved else 1 if open_still else 2
            take(day, step_of(book, contacts - 1, channel, book.channels + ending, outcome))

        final = CASE_RESOLVED if resolved else CASE_UNFINISHED if open_still else CASE_GIVEN_UP
        if counted:
            # The case is closed: add it to those of its intent and segment.
            grains = 0
            if waited > 0:
                grains = int(np.rint(book.waiting * log(1.0 + waited / TICKS_PER_MINUTE) * GRAIN))
                sums[who, EFFORT] += grains
            if contacts > 1 or failures > 0 or transfers > 0:
                repeats = max(contacts - 1 - legs, 0)
                for driver, times in enumerate((repeats, switches, transfers, retellings, self_failed)):
                    points = book.points[np.uint64(driver), np.uint64(times)]
                    sums[who, np.uint64(EFFORT + 1 + driver)] += points
                    grains += points
                sums[who, TRANSFERS] += transfers
                sums[who, TO_PHONE] += to_phone
                sums[who, CHURNED] += book.churn[np.uint64(failures)]
                sums[who, FAILURE_DEMAND] -= legs
            share = book.ease[np.uint64(grains)] if grains < len(book.ease) else exp(-grains / book.scale)
            sums[who, np.uint64(final)] += 1.0
            sums[who, np.uint64(SHARE + final)] += share
            sums[who, CONTACTS] += contacts
            sums[who, CHANNELS] += channels
            sums[who, ONE_CONTACT] += resolved and contacts - callbacks - unnoticed == 1
            sums[who, NEVER_REACHED] += final == CASE_GIVEN_UP and unnoticed == contacts
            sums[who, MET_AGENT] += met_agent
            sums[who, FIRST_CONTACT] += first_contact
            sums[who, ELAPSED] += ended - cases.arrival[i] if resolved else 0
            sums[who, CONTACT_COST] += contact_cost
            sums[who, DIRECT_COST] += direct_cost
        if keep:
            table = day.table
            table.contacts[case] = contacts
            table.channels[case] = channels
            table.channel_switches[case] = switches
            table.transfers[case] = transfers
            table.legs[case] = legs
            table.retellings[case] = retellings
            table.failed_self_service[case] = self_failed
            table.failures[case] = failures
            table.outcome[case] = final
            table.wait[case] = wait_of_case
            table.waited[case] = waited
            table.ended[case] = ended
            table.cost[case] = direct_cost
    day.lengths[CASES_SEEN] = number
    for place in range(sums.shape[0]):
        for field in (CASE_RESOLVED, SHARE, CONTACTS, CHANNELS, ONE_CONTACT):
            sums[place, field] += day.plain[place, 0]
        for field in (MET_AGENT, FIRST_CONTACT):
            sums[place, field] += day.plain[place, 1]
        # All contacts of failure intents; of others those after the first, but for legs, taken off before.
        ended = sums[place, CASE_RESOLVED] + sums[place, CASE_GIVEN_UP]
        begun = ended + sums[place, CASE_UNFINISHED]
        again = sums[place, CONTACTS] - begun + sums[place, FAILURE_DEMAND]
        all_of_it = book.failure_intent[place // book.segments]
        sums[place, FAILURE_DEMAND] = sums[place, CONTACTS] if all_of_it else again


@compiled
def is_resolved(outcome: int) -> bool:
    """Whether the outcome of a contact resolves its case."""
    return outcome in (RESOLVED, CONTAINED)


@compiled
def add_plain(book: Book, rows: Rows, r: Place, day: Day, who: Place, elapsed: int) -> None:
    """Add a case of one contact, resolved without a wait, in which nobody made an effort."""
    channel = rows.channel[r]
    group = rows.group[r]
    g = np.uint64(group if group != NOBODY else book.groups)
    price = book.price[np.uint64(channel)]
    day.plain[who, 0] += 1
    day.plain[who, 1] += rows.answered[r] != NOBODY
    day.sums[who, ELAPSED] += elapsed
    day.sums[who, CONTACT_COST] += price
    day.sums[who, DIRECT_COST] += price + (rows.handled[r] + rows.wrapped[r]) * day.rate[g]
    day.sums[who, DIRECT_COST] += cost_of_help(rows, r, day)
    take(day, step_of(book, 0, channel, book.channels, rows.outcome[r]))


@compiled
def cost_of_help(rows: Rows, r: Place, day: Day) -> float:
    """What the second agent's time on a contact costs."""
    helper = rows.helper[r]
    return rows.helped[r] * day.rate[np.uint64(helper)] if helper != NOBODY else 0.0


@compiled
def move_work(
    book: Book, rows: Rows, r: Place, day: Day, channel: int, lost: bool, answered: bool,
    first: int, interval: int,
) -> None:  # fmt: skip
    """Count work once for tries of a channel in a row: in the interval of the first, not in this one's.

    A customer who is lost and tries again brings no new work; otherwise a shortage of agents would seem to
    need agents for every redial that it causes.
    """
    there = np.uint64(channel * book.intervals + first)
    day.cells[there, LOST] -= 1
    if lost:
        day.cells[np.uint64(channel * book.intervals + interval), LOST] -= 1
        day.cells[there, LOST] += 1
    elif answered:
        g = np.uint64(rows.group[r])
        own = np.rint((rows.handled[r] + rows.wrapped[r]) * day.attention[g])
        day.load[g, np.uint64(interval)] -= own
        day.load[g, np.uint64(first)] += own
        helper = rows.helper[r]
        if helper != NOBODY:
            h = np.uint64(helper)
            help_given = np.rint(rows.helped[r] * day.attention[h])
            day.load[h, np.uint64(interval)] -= help_given
            day.load[h, np.uint64(first)] += help_given


@compiled
def step_of(book: Book, attempt: int, channel: int, to: int, outcome: int) -> int:
    """The place of a step."""
    return ((attempt * book.channels + channel) * (book.channels + 3) + to) * OUTCOMES + outcome


@compiled
def take(day: Day, step: int) -> None:
    """Count a step."""
    place = np.uint64(step)
    if day.steps[place] == 0:
        touch(day.touched_steps, day.lengths, TOUCHED_STEPS, step)
    day.steps[place] += 1

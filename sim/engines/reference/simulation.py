"""The life of a case: attempts arrive, meet the channel, end, and lead to the next attempt."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter

import numpy as np

from sim.contract import (
    NOBODY,
    Draws,
    Ints,
    Kind,
    Mode,
    Outcome,
    Plan,
    Trace,
    contact_id,
)
from sim.engines.reference.agenda import Agenda
from sim.engines.reference.dispatcher import Dispatcher
from sim.engines.reference.front import AutomatedFront
from sim.engines.reference.incidents import Incidents
from sim.engines.reference.people import Contact


class Simulation:
    """One replication: the customers' side of the centre, and the record of what happened."""

    def __init__(self, plan: Plan, draws: Draws) -> None:
        self._plan = plan
        self._draws = draws
        self._agenda = Agenda(plan.horizon)
        self._incidents = Incidents(plan)
        self._dispatcher = Dispatcher(
            plan, draws, self._agenda, self._incidents, self._is_open, self._conclude
        )
        self._front = AutomatedFront(
            plan, draws, self._agenda, self._is_open, self._dispatcher.enter, self._conclude
        )
        self._contacts: list[Contact] = []
        self._mode = [Mode(mode) for mode in plan.mode.tolist()]
        self._lines: list[int] = plan.lines.tolist()
        self._inside = [0] * len(plan.channels)
        self._windows = [self._windows_of(channel) for channel in range(len(plan.channels))]
        self._changes = [self._changes_of(group) for group in range(len(plan.groups))]
        self._queue_of: list[list[int]] = plan.queue_of.tolist()
        self._next_row: list[list[list[list[int]]]] = plan.next_row.tolist()
        self._arrival: list[int] = draws.arrival.tolist()
        self._first_channel: list[int] = draws.first_channel.tolist()
        self._intent: list[int] = draws.intent.tolist()
        self._segment: list[int] = draws.segment.tolist()

    def run(self) -> Trace:
        """Let the whole horizon happen."""
        for channel in range(len(self._plan.channels)):
            self._foresee_closing(channel)
        for group in range(len(self._plan.groups)):
            self._foresee_staffing(group, 0)
        self._foresee_case(0)
        self._agenda.run()
        return self._trace()

    # -- what the calendar brings ------------------------------------------------------------------

    def _foresee_closing(self, channel: int) -> None:
        if self._plan.drop_at_close[channel]:
            for _, until in self._windows[channel]:
                self._agenda.at(until, Kind.CLOSING, channel, self._dispatcher.clear, channel)

    def _foresee_staffing(self, group: int, following: int) -> None:
        """Enter one change of a group's number on the floor; when it happens, it enters the next."""
        if following < len(self._changes[group]):
            interval, by = self._changes[group][following]
            tick = interval * self._plan.interval_ticks
            self._agenda.at(tick, Kind.STAFFING, group, self._staffing_changes, (group, following, by))

    def _staffing_changes(self, what: tuple[int, int, int]) -> None:
        group, following, by = what
        self._dispatcher.staff(group, by)
        self._foresee_staffing(group, following + 1)

    def _foresee_case(self, case: int) -> None:
        if case < len(self._arrival):
            identity = contact_id(case, 0, self._plan.max_attempts)
            self._agenda.at(self._arrival[case], Kind.ARRIVAL, identity, self._case_begins, case)

    def _case_begins(self, case: int) -> None:
        self._attempt(self._contact(case, 0, self._first_channel[case]))
        self._foresee_case(case + 1)

    # -- an attempt --------------------------------------------------------------------------------

    def _contact(self, case: int, attempt: int, channel: int) -> Contact:
        contact = Contact(
            id=contact_id(case, attempt, self._plan.max_attempts),
            case=case,
            attempt=attempt,
            channel=channel,
            queue=self._queue_of[channel][self._intent[case]],
            arrived=self._agenda.now,
        )
        self._contacts.append(contact)
        return contact

    def _attempt(self, contact: Contact) -> None:
        """The customer tries a channel: it may be closed, full or out of order, else the contact gets in."""
        channel = contact.channel
        if not self._is_open(channel):
            self._end(contact, Outcome.CLOSED)
        elif self._inside[channel] >= self._lines[channel]:
            self._end(contact, Outcome.BLOCKED)
        elif self._mode[channel] is Mode.SELF_SERVICE:
            self._inside[channel] += 1
            self._begin_self_service(contact)
        elif self._meets_incident(contact):
            self._end(contact, Outcome.BLOCKED)
        else:
            self._inside[channel] += 1
            self._front.receive(contact)

    def _begin_self_service(self, contact: Contact) -> None:
        now = self._agenda.now
        contact.doomed = self._meets_incident(contact)
        duration = self._draws.work(contact.channel, contact.attempt).item(contact.case)
        end = now + self._incidents.slowed(duration, contact.channel, now)
        self._agenda.at(end, Kind.END, contact.id, self._self_service_ends, contact)

    def _self_service_ends(self, contact: Contact) -> None:
        resolves = self._draws.resolves(contact.channel, contact.attempt).item(contact.case)
        self._conclude(contact, Outcome.RESOLVED if resolves and not contact.doomed else Outcome.FAILED)

    def _meets_incident(self, contact: Contact) -> bool:
        """Whether the incidents of this moment make the attempt fail."""
        failure = self._incidents.failure(contact.channel, self._agenda.now)
        return failure > 0.0 and self._draws.incident_luck(contact.attempt).item(contact.case) < failure

    def _is_open(self, channel: int) -> bool:
        windows = self._windows[channel]
        while windows and windows[0][1] <= self._agenda.now:
            windows.pop(0)
        return bool(windows) and windows[0][0] <= self._agenda.now

    # -- an outcome --------------------------------------------------------------------------------

    def _conclude(self, contact: Contact, outcome: Outcome) -> None:
        """A contact that was in its channel ends."""
        self._inside[contact.channel] -= 1
        self._end(contact, outcome)

    def _end(self, contact: Contact, outcome: Outcome) -> None:
        """A contact ends; unless the case is resolved, the customer may try again."""
        contact.ended = self._agenda.now
        contact.outcome = outcome
        if outcome is Outcome.RESOLVED or contact.attempt + 1 == self._plan.max_attempts:
            return
        intent, segment = self._intent[contact.case], self._segment[contact.case]
        row = self._next_row[contact.channel][outcome][intent][segment]
        if row != NOBODY:
            self._choose_next_step(contact, row)
        elif outcome is Outcome.TRANSFERRED:
            self._transfer(contact)

    def _choose_next_step(self, contact: Contact, row: int) -> None:
        contact.next_channel = self._draws.next_channel(row, contact.attempt).item(contact.case)
        if contact.next_channel != NOBODY:
            delay = self._draws.delay(row, contact.attempt).item(contact.case)
            self._foresee_next(contact, delay, self._next_attempt_begins)

    def _transfer(self, contact: Contact) -> None:
        """The agent passes the customer on within the channel."""
        contact.next_channel = contact.channel
        self._foresee_next(contact, 0, self._transfer_arrives)

    def _foresee_next(self, contact: Contact, delay: int, begins: Callable[[Contact], None]) -> None:
        identity = contact_id(contact.case, contact.attempt + 1, self._plan.max_attempts)
        self._agenda.at(self._agenda.now + delay, Kind.ARRIVAL, identity, begins, contact)

    def _next_attempt_begins(self, last: Contact) -> None:
        self._attempt(self._next_contact(last))

    def _transfer_arrives(self, last: Contact) -> None:
        """Whoever was let in once is met neither by closing, lines and incidents nor by the front."""
        contact = self._next_contact(last)
        contact.transferred = True
        self._inside[contact.channel] += 1
        self._dispatcher.enter(contact)

    def _next_contact(self, last: Contact) -> Contact:
        contact = self._contact(last.case, last.attempt + 1, last.next_channel)
        contact.failed = last.failed + (last.outcome is not Outcome.TRANSFERRED)
        return contact

    # -- the plan, per channel and group -----------------------------------------------------------

    def _windows_of(self, channel: int) -> list[tuple[int, int]]:
        mine = slice(int(self._plan.open_index[channel]), int(self._plan.open_index[channel + 1]))
        return list(
            zip(self._plan.open_from[mine].tolist(), self._plan.open_until[mine].tolist(), strict=True)
        )

    def _changes_of(self, group: int) -> list[tuple[int, int]]:
        """Intervals at which the number on the floor changes, and by how many."""
        changes = np.diff(self._plan.staff[group], prepend=0)
        intervals = np.flatnonzero(changes)
        return list(zip(intervals.tolist(), changes[intervals].tolist(), strict=True))

    # -- the record --------------------------------------------------------------------------------

    def _trace(self) -> Trace:
        for contact in self._contacts:
            self._cut_at_horizon(contact)
        self._contacts.sort(key=lambda contact: contact.id)
        floor = self._dispatcher.floor
        return Trace(
            case=self._column("case"),
            attempt=self._column("attempt"),
            channel=self._column("channel"),
            group=self._column("group"),
            arrived=self._column("arrived"),
            entered=self._column("entered"),
            answered=self._column("answered"),
            ended=self._column("ended"),
            queued=self._column("queued"),
            handled=self._column("handled"),
            wrapped=self._column("wrapped"),
            outcome=self._column("outcome"),
            next_channel=self._column("next_channel"),
            present=floor.present,
            busy=floor.busy,
            overtime=floor.overtime,
            contacts_open=self._dispatcher.contacts_open,
            queue_length=self._dispatcher.queue_length,
        )

    def _cut_at_horizon(self, contact: Contact) -> None:
        """What has not ended by the horizon is unfinished: waits and agents' time are cut there."""
        horizon = self._plan.horizon
        if contact.waiting_since != NOBODY:
            contact.queued += horizon - contact.waiting_since
        if contact.agent is not None:
            contact.clock(horizon)
        if not contact.gone:
            contact.ended = horizon

    def _column(self, name: str) -> Ints:
        return np.fromiter(map(attrgetter(name), self._contacts), np.int64, len(self._contacts))

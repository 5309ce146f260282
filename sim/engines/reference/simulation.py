"""The life of a case: attempts arrive, meet the channel, end, and lead to the next attempt."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.contract import NOBODY, Draws, Ints, Kind, Mode, Outcome, Plan, Trace, contact_id
from sim.engines.reference.agenda import Agenda
from sim.engines.reference.dialler import Diallers
from sim.engines.reference.dispatcher import Dispatcher
from sim.engines.reference.entrance import Entrance
from sim.engines.reference.front import AutomatedFront
from sim.engines.reference.incidents import Incidents
from sim.engines.reference.people import Contact
from sim.engines.reference.record import record
from sim.engines.reference.resolution import Resolution
from sim.policies import Policy

_NO_FAILURE = (Outcome.TRANSFERRED, Outcome.CALLED_BACK, Outcome.UNREACHED)


class Simulation:
    """One replication: the customers' side of the centre, and the record of what happened."""

    def __init__(self, plan: Plan, draws: Draws, policy: Policy | None = None) -> None:
        self._plan = plan
        self._draws = draws
        self._agenda = Agenda(plan.horizon)
        self._entrance = Entrance(plan, self._agenda)
        self._incidents = Incidents(plan, draws, self._agenda)
        self._resolution = Resolution(plan, draws)
        self._dispatcher = Dispatcher(
            plan,
            draws,
            self._agenda,
            self._entrance,
            self._incidents,
            self._resolution,
            self._conclude,
            policy,
        )
        self._front = AutomatedFront(
            plan, draws, self._agenda, self._entrance.is_open, self._dispatcher.enter, self._conclude
        )
        self._diallers = Diallers(
            plan,
            draws,
            self._agenda,
            self._entrance,
            self._dispatcher.floor,
            self._dispatcher.enter,
            self._conclude,
        )
        self._is_watchful = bool(
            policy is not None or self._dispatcher.routing.conditions.watched or self._diallers.channels
        )
        self._contacts: list[Contact] = []
        self._mode = [Mode(mode) for mode in plan.mode.tolist()]
        self._changes = [_changes(staff) for staff in draws.staff]
        self._queue_of: list[list[int]] = plan.queue_of.tolist()
        self._transfer_to: list[int] = plan.transfer_to.tolist()
        self._next_row: list[list[list[list[int]]]] = plan.next_row.tolist()
        self._arrival: list[int] = draws.arrival.tolist()
        self._first_channel: list[int] = draws.first_channel.tolist()
        self._intent: list[int] = draws.intent.tolist()
        self._segment: list[int] = draws.segment.tolist()

    def run(self) -> Trace:
        """Let the whole horizon happen."""
        for channel in range(len(self._plan.channels)):
            self._foresee_closing(channel)
            self._foresee_opening(channel)
        for group in range(len(self._plan.groups)):
            self._foresee_staffing(group, 0)
        self._incidents.foresee_monitoring()
        self._foresee_case(0)
        if self._is_watchful:
            self._agenda.afterwards = self._look_round
        self._agenda.run()
        return record(self._contacts, self._plan.horizon, self._dispatcher, self._incidents)

    # -- what the calendar brings ------------------------------------------------------------------

    def _foresee_closing(self, channel: int) -> None:
        if self._plan.drop_at_close[channel]:
            for tick in self._entrance.closings(channel):
                self._agenda.at(tick, Kind.CLOSING, channel, self._closes, channel)

    def _closes(self, channel: int) -> None:
        self._dispatcher.clear(channel)
        self._diallers.clear(channel)

    def _foresee_opening(self, channel: int) -> None:
        if channel in self._diallers.channels:
            for tick in self._entrance.openings(channel):
                self._agenda.at(tick, Kind.OPENING, channel, self._opens, channel)

    def _opens(self, channel: int) -> None:
        """Nothing but the look round that follows."""

    def _look_round(self) -> None:
        """An event is over: it may have changed what skills' conditions and diallers look at."""
        self._dispatcher.look_round()
        self._diallers.place_calls()

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
        intent = self._intent[case]
        contact = Contact(
            id=contact_id(case, attempt, self._plan.max_attempts),
            case=case,
            attempt=attempt,
            intent=intent,
            segment=self._segment[case],
            channel=channel,
            queue=self._queue_of[channel][intent],
            arrived=self._agenda.now,
        )
        self._contacts.append(contact)
        return contact

    def _attempt(self, contact: Contact) -> None:
        """The customer tries a channel: it may be closed, full or out of order, else the contact gets in; or
        comes to one whose dialler calls customers."""
        channel = contact.channel
        if channel in self._diallers.channels:
            self._diallers.take_down(contact)
        elif not self._entrance.is_open(channel):
            self._conclude(contact, Outcome.CLOSED)
        elif not self._entrance.has_line(channel):
            self._conclude(contact, Outcome.BLOCKED)
        elif self._mode[channel] is Mode.SELF_SERVICE:
            self._entrance.let_in(contact)
            self._begin_self_service(contact)
        elif self._incidents.fail(contact):
            self._conclude(contact, Outcome.BLOCKED)
        else:
            self._entrance.let_in(contact)
            self._front.receive(contact)

    def _begin_self_service(self, contact: Contact) -> None:
        self._incidents.fail(contact)
        duration = self._draws.work(contact.channel, contact.attempt).item(contact.case)
        end = self._agenda.now + self._incidents.slowed(duration, contact.channel)
        self._agenda.at(end, Kind.END, contact.id, self._self_service_ends, contact)

    def _self_service_ends(self, contact: Contact) -> None:
        resolved = not contact.doomed and self._resolution.resolves(contact)
        self._conclude(contact, Outcome.RESOLVED if resolved else Outcome.FAILED)

    # -- an outcome --------------------------------------------------------------------------------

    def _conclude(self, contact: Contact, outcome: Outcome) -> None:
        """A contact ends; unless the case is resolved, it may go on."""
        self._entrance.let_out(contact)
        contact.ended = self._agenda.now
        contact.outcome = outcome
        if outcome is not Outcome.RESOLVED and contact.attempt + 1 < self._plan.max_attempts:
            self._go_on(contact)

    def _go_on(self, contact: Contact) -> None:
        """The customer waits for the end of an incident or for a callback, or chooses; or an agent has."""
        now = self._agenda.now
        back_at = self._incidents.back_at(contact)
        row = self._next_row[contact.channel][contact.outcome][contact.intent][contact.segment]
        if back_at is not None:
            self._foresee_next(contact, contact.channel, back_at, self._attempt)
        elif contact.outcome is Outcome.CALLED_BACK:
            self._foresee_next(contact, contact.channel, now, self._callback_arrives)
        elif row != NOBODY:
            self._choose_next_step(contact, row)
        elif contact.outcome is Outcome.TRANSFERRED:
            to = contact.channel if contact.misrouted else self._transfer_to[contact.channel]
            self._foresee_next(contact, to, now, self._transfer_arrives)

    def _choose_next_step(self, contact: Contact, row: int) -> None:
        channel = self._draws.next_channel(row, contact.attempt).item(contact.case)
        if channel != NOBODY:
            delay = self._draws.delay(row, contact.attempt).item(contact.case)
            self._foresee_next(contact, channel, self._agenda.now + delay, self._attempt)

    def _foresee_next(
        self, last: Contact, channel: int, tick: int, begins: Callable[[Contact], None]
    ) -> None:
        """The case makes its next attempt, ``begins``, at a tick in a channel."""
        last.next_channel = channel
        identity = contact_id(last.case, last.attempt + 1, self._plan.max_attempts)
        self._agenda.at(tick, Kind.ARRIVAL, identity, self._next_begins, (last, begins))

    def _next_begins(self, what: tuple[Contact, Callable[[Contact], None]]) -> None:
        last, begins = what
        contact = self._contact(last.case, last.attempt + 1, last.next_channel)
        contact.failed = last.failed + (last.outcome not in _NO_FAILURE)
        begins(contact)

    def _transfer_arrives(self, contact: Contact) -> None:
        """Whoever was let in once is met neither by closing, lines and incidents nor by the front."""
        contact.transferred = True
        self._entrance.let_in(contact)
        self._dispatcher.enter(contact)

    def _callback_arrives(self, contact: Contact) -> None:
        """The customer has hung up: nothing stands in the way, and no line is held before somebody rings."""
        contact.is_callback = True
        self._dispatcher.enter(contact)


def _changes(staff: Ints) -> list[tuple[int, int]]:
    """Intervals at which a group's number on the floor changes, and by how many."""
    changes = np.diff(staff, prepend=0)
    intervals = np.flatnonzero(changes)
    return list(zip(intervals.tolist(), changes[intervals].tolist(), strict=True))

"""Callbacks: customers who would wait long hang up, and agents ring them when it is their turn."""

from __future__ import annotations

from sim.contract import FAR, NOBODY, Chance, Draws, Estimate, Plan
from sim.engines.reference.agenda import Agenda
from sim.engines.reference.people import Contact
from sim.engines.reference.queues import Queue


class Callbacks:
    """Who is offered a callback and takes it, and who answers when an agent rings.

    ``queues`` are looked at to tell how long a contact would wait.
    """

    def __init__(self, plan: Plan, draws: Draws, agenda: Agenda, queues: list[Queue]) -> None:
        self._draws = draws
        self._agenda = agenda
        self._queues = queues
        self._above: list[int] = plan.callback_above.tolist()
        self._estimate = [Estimate(estimate) for estimate in plan.callback_estimate.tolist()]
        self._take_up: list[float] = plan.callback_take_up.tolist()
        self._connects: list[float] = plan.callback_connects.tolist()
        self._tries: list[int] = plan.callback_tries.tolist()
        self._retry: list[int] = plan.callback_retry.tolist()
        self._work: list[int] = plan.queue_work.tolist()
        self._staff: list[list[int]] = plan.queue_staff.tolist()
        self._interval_ticks = plan.interval_ticks
        self._max_attempts = plan.max_attempts
        self._last_wait = [0] * len(queues)

    # -- the offer ---------------------------------------------------------------------------------

    def is_taken(self, contact: Contact) -> bool:
        """Whether a contact for which nobody is free is offered a callback, and the customer takes it."""
        if not self._is_offered(contact):
            return False
        luck = self._draws.chance(Chance.TAKES_CALLBACK, contact.attempt).item(contact.case)
        return bool(luck < self._take_up[contact.channel])

    def _is_offered(self, contact: Contact) -> bool:
        """Nobody is offered one on a transfer or in a callback, nor when no attempt is left for it."""
        above = self._above[contact.channel]
        if above == NOBODY or contact.transferred or contact.is_callback:
            return False
        return contact.attempt + 1 < self._max_attempts and self._expected_wait(contact) > above

    def _expected_wait(self, contact: Contact) -> int:
        match self._estimate[contact.channel]:
            case Estimate.HEAD_OF_LINE:
                head = self._queues[contact.queue].head
                return 0 if head is None else self._agenda.now - head.entered
            case Estimate.LAST_WAIT:
                return self._last_wait[contact.queue]
            case Estimate.QUEUE:
                return self._wait_by_length(contact.queue)

    def _wait_by_length(self, queue: int) -> int:
        """How long the agents scheduled need for those in the queue and one more."""
        staff = self._staff[queue][self._agenda.now // self._interval_ticks]
        if staff == 0:
            return FAR
        return (self._queues[queue].length + 1) * self._work[queue] // staff

    def remember_wait(self, contact: Contact) -> None:
        """An agent is about to open the contact; if none has before, this is how long the last one waited."""
        if contact.group == NOBODY:
            self._last_wait[contact.queue] = self._agenda.now - contact.entered

    # -- the tries ---------------------------------------------------------------------------------

    def answers(self, contact: Contact) -> bool:
        """Whether the customer answers the try that begins now."""
        luck = self._draws.chance(Chance.CONNECTS + contact.tries, contact.attempt).item(contact.case)
        return bool(luck < self._connects[contact.channel])

    def next_try(self, contact: Contact) -> int | None:
        """The tick at which the contact is due again; ``None`` when agents have rung often enough."""
        if contact.tries == self._tries[contact.channel]:
            return None
        return self._agenda.now + self._retry[contact.channel]

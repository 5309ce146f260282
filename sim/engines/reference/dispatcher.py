"""The dispatcher: brings contacts and agents together as the routing chooses, and takes them apart again.

The rules are those of DESIGN.md, "Rules of the simulation".
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter

from sim.contract import NOBODY, Draws, Kind, Mode, Outcome, Plan, Ticks, scaled
from sim.engines.reference.agenda import Agenda
from sim.engines.reference.attention import Attention
from sim.engines.reference.floor import Floor
from sim.engines.reference.incidents import Incidents
from sim.engines.reference.meters import Meter
from sim.engines.reference.people import Agent, Contact
from sim.engines.reference.queues import Queue
from sim.engines.reference.routing import Routing

Conclude = Callable[[Contact, Outcome], None]


class Dispatcher:
    """Has a contact from the moment it asks for an agent, until the customer is gone and the agent done.

    ``is_open(channel)`` tells whether a channel is open now; ``conclude(contact, outcome)`` is called
    when a contact ends for the customer.
    """

    def __init__(
        self,
        plan: Plan,
        draws: Draws,
        agenda: Agenda,
        incidents: Incidents,
        is_open: Callable[[int], bool],
        conclude: Conclude,
    ) -> None:
        self.floor = Floor(plan)
        self.queues = [Queue(channel) for channel in plan.queue_channel.tolist()]
        self.routing = Routing(plan, agenda, self.floor, self.queues, is_open)
        self._draws = draws
        self._agenda = agenda
        self._conclude = conclude
        self._attention = Attention(plan, draws, incidents)
        self._mode = [Mode(mode) for mode in plan.mode.tolist()]
        self._lasting: list[float] = plan.frustration_patience.tolist()
        self._length = Meter(len(plan.channels), plan.intervals, plan.interval_ticks)
        self._open = Meter(len(plan.groups), plan.intervals, plan.interval_ticks)

    # -- what the centre tells the dispatcher ------------------------------------------------------

    def enter(self, contact: Contact) -> None:
        """A contact asks for an agent: it is served at once, or it has to wait if the customer will."""
        contact.entered = self._agenda.now
        if self._serve(contact):
            return
        if self._balks(contact):
            self._conclude(contact, Outcome.ABANDONED)
        else:
            self._wait(contact)
            self._lose_patience(contact)
            self._foresee_overflow(contact)

    def staff(self, group: int, change: int) -> None:
        """The number of a group on the floor changes."""
        if change < 0:
            # The idle leave without a look at the queues: what they might take, they were offered.
            self.floor.fewer(group, -change, self._agenda.now)
        for _ in range(change):
            agent = self.floor.come(group, self._agenda.now)
            self._look_for_work(agent)
            self._settle(agent)

    def clear(self, channel: int) -> None:
        """A channel that drops those waiting closes."""
        waiting = [
            contact for queue in self.queues if queue.channel == channel for contact in queue.waiting()
        ]
        for contact in sorted(waiting, key=attrgetter("place")):
            self._leave_queue(contact)
            if not contact.gone:
                self._conclude(contact, Outcome.DISCONNECTED)

    # -- bringing together -------------------------------------------------------------------------

    def _serve(self, contact: Contact) -> bool:
        """A free agent takes the contact, or one is freed for it. Whether there was one."""
        agent = self.routing.free_agent(contact)
        if agent is not None:
            self._give(contact, agent)
            self._settle(agent)
            return True
        agent = self.routing.agent_to_interrupt(contact)
        if agent is not None:
            self._interrupt(agent, contact)
            return True
        return False

    def _interrupt(self, agent: Agent, contact: Contact) -> None:
        """The agent leaves deferred work for the contact; the work is offered to others, or waits."""
        (interrupted,) = agent.contacts
        self._release(interrupted)
        self._give(contact, agent)
        self._look_for_work(agent)
        self._settle(agent)
        self._resume(interrupted)

    def _resume(self, interrupted: Contact) -> None:
        agent = self.routing.free_agent(interrupted)
        if agent is not None:
            self._give(interrupted, agent)
            self._settle(agent)
        else:
            self._wait(interrupted)

    def _look_for_work(self, agent: Agent) -> None:
        """The agent takes contacts until it has no room or none is found."""
        while len(agent.contacts) < agent.limit:
            contact = self.routing.next_contact(agent)
            if contact is None:
                return
            self._give(contact, agent)

    def _offer_reserve(self, group: int) -> None:
        """One more of the group is idle: what it held back for that, a colleague may take now."""
        for queue in self.routing.held_back(group):
            while (contact := queue.head) and (agent := self.routing.free_agent(contact)):
                self._give(contact, agent)
                self._settle(agent)

    # -- handling ----------------------------------------------------------------------------------

    def _give(self, contact: Contact, agent: Agent) -> None:
        """The agent opens the contact, from the queue or as it comes; :meth:`_settle` must follow."""
        if contact.in_queue:
            self._leave_queue(contact)
        self.floor.take_off(agent)
        self._attention.begin(agent, contact, self._agenda.now)
        self._open.change(agent.group, self._agenda.now, 1)

    def _release(self, contact: Contact) -> Agent:
        """The agent puts the contact down; :meth:`_settle` must follow."""
        agent = self._attention.end(contact, self._agenda.now)
        self.floor.take_off(agent)
        self._open.change(agent.group, self._agenda.now, -1)
        return agent

    def _settle(self, agent: Agent) -> None:
        """The agent has come to a new load: file it under that, and foresee when its contacts end."""
        self.floor.put_back(agent, self._agenda.now)
        for contact in agent.contacts:
            tick = self._attention.ends_at(agent, contact)
            if tick != contact.ends_at:
                contact.ends_at = tick
                self._agenda.at(tick, Kind.END, contact.id, self._work_ends, contact)
        if agent.shelf is not None and not agent.contacts:
            self._offer_reserve(agent.group)

    def _work_ends(self, contact: Contact) -> None:
        """The agent is done: with the customer, or with what was to be done after or without."""
        if contact.agent is None or contact.ends_at != self._agenda.now:
            return  # It was interrupted or re-timed since: another event will end it.
        wrap = 0 if contact.gone else self._attention.wrap_time(contact)
        if wrap > 0:
            self._begin_wrap(contact, contact.agent, wrap)
            return
        agent = self._release(contact)
        if not contact.gone:
            self._conclude(contact, self._result(contact))
        self._look_for_work(agent)
        self._settle(agent)

    def _begin_wrap(self, contact: Contact, agent: Agent, time: int) -> None:
        """The customer goes; the contact stays on the agent's desk until the after-call work is done."""
        self.floor.take_off(agent)
        self._attention.wrap(contact, time, self._agenda.now)
        self._conclude(contact, self._result(contact))
        self._settle(agent)

    def _result(self, contact: Contact) -> Outcome:
        """What the handling came to."""
        if contact.misrouted:
            return Outcome.TRANSFERRED
        resolved = self._draws.resolves(contact.channel, contact.attempt).item(contact.case)
        return Outcome.RESOLVED if resolved else Outcome.UNRESOLVED

    # -- waiting -----------------------------------------------------------------------------------

    def _wait(self, contact: Contact) -> None:
        contact.waiting_since = self._agenda.now
        self.queues[contact.queue].enter(contact)
        self._length.change(contact.channel, self._agenda.now, 1)

    def _leave_queue(self, contact: Contact) -> None:
        self.queues[contact.queue].leave(contact)
        contact.overflows_at = NOBODY
        if not contact.gone:
            self._stop_waiting(contact)

    def _stop_waiting(self, contact: Contact) -> None:
        """The customer waits no longer."""
        contact.queued += self._agenda.now - contact.waiting_since
        contact.waiting_since = NOBODY
        self._length.change(contact.channel, self._agenda.now, -1)

    def _balks(self, contact: Contact) -> bool:
        """Whether the customer, who would have to wait, leaves at once; nobody does on a transfer."""
        if contact.transferred or self._mode[contact.channel] is Mode.DEFERRED:
            return False
        return bool(self._draws.balks(contact.channel, contact.attempt).item(contact.case))

    def _lose_patience(self, contact: Contact) -> None:
        """Foresee when the customer gives up, unless answered before; deferred contacts never do."""
        if self._mode[contact.channel] is not Mode.DEFERRED:
            drawn = self._draws.patience(contact.channel, contact.attempt).item(contact.case)
            patience = scaled(drawn, self._lasting[contact.failed])
            tick = self._agenda.now + patience
            self._agenda.at(tick, Kind.PATIENCE, contact.id, self._patience_ends, contact)

    def _patience_ends(self, contact: Contact) -> None:
        if contact.waiting_since == NOBODY:
            return
        if self._draws.leaves_silently(contact.channel, contact.attempt).item(contact.case):
            self._stop_waiting(contact)  # Nobody notices: the contact keeps its place.
        else:
            self._leave_queue(contact)
        self._conclude(contact, Outcome.ABANDONED)

    def _foresee_overflow(self, contact: Contact) -> None:
        """Enter when a contact in its queue opens to a further skill, if it will."""
        contact.overflows_at = self.routing.opens_next(contact)
        if contact.overflows_at != NOBODY:
            self._agenda.at(contact.overflows_at, Kind.OVERFLOW, contact.id, self._overflows, contact)

    def _overflows(self, contact: Contact) -> None:
        if contact.overflows_at == self._agenda.now and not self._serve(contact):
            self._foresee_overflow(contact)

    # -- what was measured -------------------------------------------------------------------------

    @property
    def queue_length(self) -> Ticks:
        """[C, K] contacts waiting."""
        return self._length.integrals()

    @property
    def contacts_open(self) -> Ticks:
        """[G, K] contacts on agents' desks."""
        return self._open.integrals()

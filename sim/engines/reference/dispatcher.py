"""The dispatcher: brings contacts and agents together as the routing chooses, and takes them apart again.

The rules are those of DESIGN.md, "Rules of the simulation".
"""

from __future__ import annotations

from collections.abc import Callable

from sim.contract import NOBODY, Draws, Kind, Mode, Outcome, Plan, Ticks, scaled
from sim.engines.reference.agenda import Agenda
from sim.engines.reference.attention import Attention
from sim.engines.reference.by_policy import PolicyRouting
from sim.engines.reference.callbacks import Callbacks
from sim.engines.reference.consulting import Consulting
from sim.engines.reference.entrance import Entrance
from sim.engines.reference.floor import Floor
from sim.engines.reference.incidents import Incidents
from sim.engines.reference.meters import Meter
from sim.engines.reference.passing_on import PassingOn
from sim.engines.reference.people import Agent, Contact
from sim.engines.reference.queues import Queue, Queues
from sim.engines.reference.resolution import Resolution
from sim.engines.reference.routing import Routing
from sim.policies import Policy

Conclude = Callable[[Contact, Outcome], None]


class Dispatcher:
    """Has a contact from the moment it asks for an agent, until the customer is gone and the agent done.

    ``conclude(contact, outcome)`` is called when a contact ends for the customer.
    """

    def __init__(
        self,
        plan: Plan,
        draws: Draws,
        agenda: Agenda,
        entrance: Entrance,
        incidents: Incidents,
        resolution: Resolution,
        conclude: Conclude,
        policy: Policy | None = None,
    ) -> None:
        self.floor = Floor(plan)
        self.queues = Queues(plan, agenda)
        parts = plan, draws, agenda, self.floor, self.queues.each, entrance.is_open
        self.routing = Routing(*parts) if policy is None else PolicyRouting(*parts, policy)
        self._draws = draws
        self._agenda = agenda
        self._entrance = entrance
        self._resolution = resolution
        self._conclude = conclude
        self._callbacks = Callbacks(plan, draws, agenda, self.queues.each)
        self._passing_on = PassingOn(plan, draws, self.routing)
        self._open = Meter(len(plan.groups), plan.intervals, plan.interval_ticks)
        self._consulting = Consulting(plan, draws, agenda, self.floor, self._open)
        self._attention = Attention(plan, draws, incidents, self._passing_on, self._consulting)
        self._mode = [Mode(mode) for mode in plan.mode.tolist()]
        self._drops: list[bool] = plan.drop_at_close.tolist()
        self._lasting: list[float] = plan.frustration_patience.tolist()

    # -- what the centre tells the dispatcher ------------------------------------------------------

    def enter(self, contact: Contact) -> None:
        """A contact asks for an agent: it is served at once, or it has to wait if the customer will."""
        contact.entered = self._agenda.now
        if self._serve(contact):
            return
        if self._callbacks.is_taken(contact):
            self._conclude(contact, Outcome.CALLED_BACK)
        elif self._balks(contact):
            self._conclude(contact, Outcome.ABANDONED)
        else:
            self.queues.enter(contact)
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
        for contact in self.queues.of_channel(channel):
            self.queues.leave(contact)
            if not contact.gone:
                self._conclude(contact, Outcome.DISCONNECTED)

    def look_round(self) -> None:
        """Serve queues for which some skill has conditions from their heads, until no more can be served."""
        while sum(self._serve_heads(queue) for queue in self.routing.to_look_at()):
            pass

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

    def _serve_heads(self, queue: Queue) -> bool:
        """Serve the queue from its head as long as that can be. Whether anybody was.

        Whom a policy leaves waiting holds up nobody behind.
        """
        served = 0
        for contact in queue.waiting():
            if not contact.in_queue:
                continue  # Served meanwhile: somebody went idle, and made room with a colleague.
            if self._serve(contact):
                served += 1
            elif not self.routing.left_waiting(contact):
                break
        return served > 0

    def _interrupt(self, agent: Agent, contact: Contact) -> None:
        """The agent leaves deferred work for the contact; the work is offered to others, or waits."""
        (interrupted,) = agent.contacts
        self._release(interrupted)
        self._give(contact, agent)
        self._look_for_work(agent)
        self._settle(agent)
        self._resume(interrupted)

    def _resume(self, contact: Contact) -> None:
        """What an agent put down before it was done: another takes it up, or it takes its old place."""
        agent = self.routing.free_agent(contact)
        if agent is not None:
            self._give(contact, agent)
            self._settle(agent)
        else:
            self.queues.enter(contact)

    def _look_for_work(self, agent: Agent) -> None:
        """The agent helps a colleague who asks, or takes contacts until it has no room or none is found."""
        asks = self._consulting.next_in_line(agent)
        if asks is not None:
            self._consulting.join(asks, agent)
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
            self.queues.leave(contact)
        self.floor.take_off(agent)
        self._callbacks.remember_wait(contact)
        if contact.is_callback:
            self._ring(contact)
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
            if self._attention.ends_at(agent, contact) != contact.ends_at:
                self._foresee_end(agent, contact)
        if agent.shelf is not None and not agent.contacts:
            self._offer_reserve(agent.group)

    def _foresee_end(self, agent: Agent, contact: Contact) -> None:
        contact.ends_at = self._attention.ends_at(agent, contact)
        self._agenda.at(contact.ends_at, Kind.END, contact.id, self._work_ends, contact)

    def _work_ends(self, contact: Contact) -> None:
        """The agent is done: with the customer, or with what was to be done after or without."""
        if contact.agent is None or contact.ends_at != self._agenda.now:
            self._agenda.pass_over()  # It was interrupted or re-timed since: another event will end it.
            return
        if contact.ringing:
            self._stop_ringing(contact)
            return
        if contact.together != NOBODY:
            self._ask_for_second(contact)
            return
        second = self._consulting.part(contact)
        self._end(contact, contact.agent)
        if second is not None:
            self._look_for_work(second)
            self._settle(second)

    def _ask_for_second(self, contact: Contact) -> None:
        """The agent cannot go on alone, or would rather not."""
        second = self._consulting.ask(contact)
        if second is not None:
            self._settle(second)
        elif contact.together == NOBODY and contact.agent is not None:
            self._foresee_end(contact.agent, contact)

    def _end(self, contact: Contact, agent: Agent) -> None:
        """The customer goes, if not gone; and the agent, unless there is after-call work, to other work."""
        wrap = 0 if contact.gone else self._attention.wrap_time(contact)
        if wrap > 0:
            self._begin_wrap(contact, agent, wrap)
            return
        self._release(contact)
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
        """What the handling came to; its agent is on no shelf."""
        passed_on = self._passing_on.outcome(contact)
        if passed_on is not None:
            return passed_on
        return Outcome.RESOLVED if self._resolution.resolves(contact) else Outcome.UNRESOLVED

    # -- ringing back ------------------------------------------------------------------------------

    def _ring(self, contact: Contact) -> None:
        """An agent rings: the customer answers, who is on the line then, or nobody does."""
        contact.reached = self._callbacks.answers(contact)
        contact.ringing = not contact.reached
        if contact.reached:
            self._entrance.let_in(contact)

    def _stop_ringing(self, contact: Contact) -> None:
        """Nobody has answered: the agent puts the contact down, for another try or for good."""
        agent = self._release(contact)
        contact.ringing = False
        contact.tries += 1
        due = self._callbacks.next_try(contact)
        if due is None:
            self._conclude(contact, Outcome.ABANDONED)
        else:
            self._agenda.at(due, Kind.ARRIVAL, contact.id, self._try_again, contact)
        self._look_for_work(agent)
        self._settle(agent)

    def _try_again(self, contact: Contact) -> None:
        """A callback is due again."""
        if self._drops[contact.channel] and not self._entrance.is_open(contact.channel):
            self._conclude(contact, Outcome.DISCONNECTED)
        else:
            self._resume(contact)

    # -- waiting -----------------------------------------------------------------------------------

    def _balks(self, contact: Contact) -> bool:
        """Whether the customer, who would have to wait, leaves at once; nobody does whom agents pass on or
        ring."""
        deferred = self._mode[contact.channel] is Mode.DEFERRED
        if deferred or contact.transferred or contact.is_callback:
            return False
        return bool(self._draws.balks(contact.channel, contact.attempt).item(contact.case))

    def _lose_patience(self, contact: Contact) -> None:
        """Foresee when the customer gives up, unless answered before; who need not hold on never does."""
        if self._mode[contact.channel] is not Mode.DEFERRED and not contact.is_callback:
            drawn = self._draws.patience(contact.channel, contact.attempt).item(contact.case)
            patience = scaled(drawn, self._lasting[contact.failed])
            tick = self._agenda.now + patience
            self._agenda.at(tick, Kind.PATIENCE, contact.id, self._patience_ends, contact)

    def _patience_ends(self, contact: Contact) -> None:
        if contact.waiting_since == NOBODY:
            self._agenda.pass_over()
            return
        if self._draws.leaves_silently(contact.channel, contact.attempt).item(contact.case):
            self.queues.stop_waiting(contact)  # Nobody notices: the contact keeps its place.
        else:
            self.queues.leave(contact)
        self._conclude(contact, Outcome.ABANDONED)

    def _foresee_overflow(self, contact: Contact) -> None:
        """Enter when a contact in its queue opens to a further skill, if it will."""
        contact.overflows_at = self.routing.opens_next(contact)
        if contact.overflows_at != NOBODY:
            self._agenda.at(contact.overflows_at, Kind.OVERFLOW, contact.id, self._overflows, contact)

    def _overflows(self, contact: Contact) -> None:
        if contact.overflows_at != self._agenda.now:
            self._agenda.pass_over()
        elif not self._serve(contact):
            self._foresee_overflow(contact)

    # -- what was measured -------------------------------------------------------------------------

    @property
    def contacts_open(self) -> Ticks:
        """[G, K] contacts on agents' desks."""
        return self._open.integrals()

"""The dispatcher: which agent for a contact, which contact for an agent. Every rule of matching is here.

The rules are those of DESIGN.md, "Rules of the simulation". Nothing else in the engine chooses.
"""

from __future__ import annotations

from collections.abc import Callable

from sim.contract import NOBODY, Draws, Kind, Mode, Outcome, Plan, Ticks, scaled
from sim.engines.reference.agenda import Agenda
from sim.engines.reference.attention import Attention
from sim.engines.reference.floor import Floor, Shelf
from sim.engines.reference.meters import Meter
from sim.engines.reference.people import Agent, Contact
from sim.engines.reference.queues import Queue

Conclude = Callable[[Contact, Outcome], None]


class Dispatcher:
    """Matches contacts and agents, from a contact's entry until it is concluded.

    ``is_open(channel)`` tells whether a channel is open now; ``conclude(contact, outcome)`` is called
    when a contact ends.
    """

    def __init__(
        self, plan: Plan, draws: Draws, agenda: Agenda, is_open: Callable[[int], bool], conclude: Conclude
    ) -> None:
        self.floor = Floor(plan)
        self.queues = [Queue(channel) for channel in plan.queue_channel.tolist()]
        self._plan = plan
        self._draws = draws
        self._agenda = agenda
        self._is_open = is_open
        self._conclude = conclude
        self._attention = Attention(plan, draws)
        self._mode = [Mode(mode) for mode in plan.mode.tolist()]
        self._cap: list[int] = plan.cap.tolist()
        self._lasting: list[float] = plan.frustration_patience.tolist()
        self._length = Meter(len(plan.channels), plan.intervals, plan.interval_ticks)
        self._open = Meter(len(plan.groups), plan.intervals, plan.interval_ticks)
        self._with_room = [self._shelves_with_room(queue) for queue in range(len(self.queues))]
        self._interruptible = [self._interruptible_shelves(queue) for queue in range(len(self.queues))]
        self._choices = [self._ranked_queues(group) for group in range(len(plan.groups))]

    # -- what the centre tells the dispatcher ------------------------------------------------------

    def enter(self, contact: Contact) -> None:
        """A contact comes in: an agent takes it at once if one is free, or is freed for it; else it waits."""
        agent = self._free_agent(contact)
        if agent is not None:
            self._give(contact, agent)
            self._settle(agent)
        elif not self._interrupt_for(contact):
            self._wait(contact)
            self._lose_patience(contact)

    def staff(self, group: int, change: int) -> None:
        """The number of a group on the floor changes."""
        if change < 0:
            # The idle leave without a look at the queues: what they may take, they have taken.
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
        for contact in sorted(waiting, key=_place):
            self._stop_waiting(contact)
            self._conclude(contact, Outcome.DISCONNECTED)

    # -- choosing an agent for a contact -----------------------------------------------------------

    def _free_agent(self, contact: Contact) -> Agent | None:
        """Smallest (priority, contacts open, turn) among agents with room."""
        for by_load in self._with_room[contact.queue]:
            for shelves in by_load:
                agent = _longest_at_it(shelves)
                if agent is not None:
                    return agent
        return None

    def _interrupt_for(self, contact: Contact) -> bool:
        """Take an agent off deferred work: smallest (priority, turn). Whether there was one."""
        if self._mode[contact.channel] is Mode.DEFERRED:
            return False
        for shelves in self._interruptible[contact.queue]:
            agent = _longest_at_it(shelves)
            if agent is not None:
                (interrupted,) = agent.contacts
                self._release(interrupted)
                self._give(contact, agent)
                self._look_for_work(agent)
                self._settle(agent)
                self._resume(interrupted)
                return True
        return False

    def _resume(self, interrupted: Contact) -> None:
        agent = self._free_agent(interrupted)
        if agent is not None:
            self._give(interrupted, agent)
            self._settle(agent)
        else:
            self._wait(interrupted)

    def _shelves_with_room(self, queue: int) -> list[list[list[Shelf]]]:
        """[rank of priority][contacts open][group]: where to look for an agent, in this order."""
        loads = range(self._cap[self.queues[queue].channel])
        return [
            [[self.floor.with_room[group][load] for group in equals] for load in loads]
            for equals in self._ranked_groups(queue)
        ]

    def _interruptible_shelves(self, queue: int) -> list[list[Shelf]]:
        """[rank of priority][group]."""
        return [
            [self.floor.interruptible[group] for group in equals] for equals in self._ranked_groups(queue)
        ]

    def _ranked_groups(self, queue: int) -> list[list[int]]:
        """Groups that may take a queue, in lists of equal priority, best first."""
        rank = {g: int(p) for g, p in enumerate(self._plan.skill_priority[:, queue]) if p > 0}
        return [[g for g in rank if rank[g] == p] for p in sorted(set(rank.values()))]

    # -- choosing a contact for an agent -----------------------------------------------------------

    def _look_for_work(self, agent: Agent) -> None:
        """The agent takes contacts until it has no room or none is found."""
        while len(agent.contacts) < agent.limit:
            contact = self._next_contact(agent)
            if contact is None:
                return
            self._stop_waiting(contact)
            self._give(contact, agent)

    def _next_contact(self, agent: Agent) -> Contact | None:
        """Smallest (deferred last, priority, place) among the heads of queues the agent may take."""
        for queues in self._choices[agent.group]:
            heads = [queue.head for queue in queues if queue.head and self._may(agent, queue)]
            if heads:
                return min(heads, key=_place)
        return None

    def _may(self, agent: Agent, queue: Queue) -> bool:
        """Whether the agent has room for the queue's channel and, if leaving, stays for it."""
        load = len(agent.contacts)
        if load and (self._mode[queue.channel] is not Mode.CONCURRENT or load >= self._cap[queue.channel]):
            return False
        return not agent.leaving or self._serves_out(queue.channel)

    def _serves_out(self, channel: int) -> bool:
        """Whether the channel has closed, and those still waiting are served before agents go home."""
        return self._mode[channel] is not Mode.DEFERRED and not self._is_open(channel)

    def _ranked_queues(self, group: int) -> list[list[Queue]]:
        """Queues that a group may take, in lists of equal standing, best first."""
        standing = {
            q: (self._mode[queue.channel] is Mode.DEFERRED, int(self._plan.skill_priority[group, q]))
            for q, queue in enumerate(self.queues)
            if self._plan.skill_priority[group, q] > 0
        }
        return [
            [self.queues[q] for q in standing if standing[q] == rank]
            for rank in sorted(set(standing.values()))
        ]

    # -- handling ----------------------------------------------------------------------------------

    def _give(self, contact: Contact, agent: Agent) -> None:
        """The agent opens the contact; :meth:`_settle` must follow."""
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
                self._agenda.at(tick, Kind.END, contact.id, self._handling_ends, contact)

    def _handling_ends(self, contact: Contact) -> None:
        if contact.agent is None or contact.ends_at != self._agenda.now:
            return  # It was interrupted or re-timed since: another event will end it.
        agent = self._release(contact)
        resolved = self._draws.resolves(contact.channel, contact.attempt).item(contact.case)
        self._conclude(contact, Outcome.RESOLVED if resolved else Outcome.UNRESOLVED)
        self._look_for_work(agent)
        self._settle(agent)

    # -- waiting -----------------------------------------------------------------------------------

    def _wait(self, contact: Contact) -> None:
        self.queues[contact.queue].enter(contact, self._agenda.now)
        self._length.change(contact.channel, self._agenda.now, 1)

    def _stop_waiting(self, contact: Contact) -> None:
        self.queues[contact.queue].leave(contact, self._agenda.now)
        self._length.change(contact.channel, self._agenda.now, -1)

    def _lose_patience(self, contact: Contact) -> None:
        """Foresee when the customer gives up, unless answered before; deferred contacts never do."""
        if self._mode[contact.channel] is not Mode.DEFERRED:
            drawn = self._draws.patience(contact.channel, contact.attempt).item(contact.case)
            patience = scaled(drawn, self._lasting[contact.attempt])
            tick = self._agenda.now + patience
            self._agenda.at(tick, Kind.PATIENCE, contact.id, self._patience_ends, contact)

    def _patience_ends(self, contact: Contact) -> None:
        if contact.waiting_since != NOBODY:
            self._stop_waiting(contact)
            self._conclude(contact, Outcome.ABANDONED)

    # -- what was measured -------------------------------------------------------------------------

    @property
    def queue_length(self) -> Ticks:
        """[C, K] contacts waiting."""
        return self._length.integrals()

    @property
    def contacts_open(self) -> Ticks:
        """[G, K] contacts being handled."""
        return self._open.integrals()


def _longest_at_it(shelves: list[Shelf]) -> Agent | None:
    """Of the agents at the head of each shelf, the one with the smallest turn."""
    longest: Agent | None = None
    for shelf in shelves:
        if shelf:
            agent = shelf[next(iter(shelf))]
            if longest is None or agent.turn < longest.turn:
                longest = agent
    return longest


def _place(contact: Contact) -> tuple[int, int]:
    """The place in a queue: arrival, then identity."""
    return contact.arrived, contact.id

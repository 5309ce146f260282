"""Routing: which agent for a contact, which contact for an agent. Every choice in the engine is made here.

The rules are those of DESIGN.md, "Rules of the simulation". Routing looks and chooses; it changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from sim.contract import NOBODY, AgentOrder, Chance, Draws, Mode, Plan
from sim.engines.reference.agenda import Agenda
from sim.engines.reference.conditions import Conditions
from sim.engines.reference.floor import Floor, Shelf
from sim.engines.reference.people import Agent, Contact
from sim.engines.reference.queues import Queue


class Routing:
    """Who may take whom, and who comes first. ``is_open(channel)`` tells whether a channel is open now."""

    def __init__(
        self,
        plan: Plan,
        draws: Draws,
        agenda: Agenda,
        floor: Floor,
        queues: list[Queue],
        is_open: Callable[[int], bool],
    ) -> None:
        self._plan = plan
        self._draws = draws
        self._agenda = agenda
        self._floor = floor
        self._queues = queues
        self.conditions = Conditions(plan, floor, queues)
        self._is_open = is_open
        self._mode = [Mode(mode) for mode in plan.mode.tolist()]
        self._at_random = plan.agent_order == AgentOrder.RANDOM
        self._cap: list[int] = plan.cap.tolist()
        self._overflow: list[list[int]] = plan.skill_overflow.tolist()
        self._keep_idle: list[list[int]] = plan.skill_keep_idle.tolist()
        self._weight: list[list[float]] = plan.choice_weight.tolist()
        self._equals = [self._ranked_groups(queue) for queue in range(len(queues))]
        self._positions = [self._ordered_positions(queue) for queue in range(len(queues))]
        self._opens = [self._overflow_times(queue) for queue in range(len(queues))]
        self._choices = [self._ranked_queues(group) for group in range(len(plan.groups))]
        self._held_back = [self._queues_held_back(group) for group in range(len(plan.groups))]

    # -- an agent for a contact --------------------------------------------------------------------

    def free_agent(self, contact: Contact) -> Agent | None:
        """The first agent with room, in the order that the plan names."""
        for with_room in self._with_room(contact.queue, self._agenda.now - contact.entered):
            agent = self._any_of(with_room, contact) if self._at_random else _longest_at_it(with_room)
            if agent is not None:
                return agent
        return None

    def is_anybody_free(self, queue: int) -> bool:
        """Whether there is an agent with room for a contact that has just come to a queue."""
        return any(shelf for with_room in self._with_room(queue, 0) for shelf in with_room)

    def _with_room(self, queue: int, waited: int) -> Iterator[list[Shelf]]:
        """Where agents stand who may take a contact that has waited so long: shelves alike, best first."""
        for load, groups in self._positions[queue]:
            yield [
                self._floor.with_room[group][load]
                for group in groups
                if self._takes(group, queue, waited, itself_idle=load == 0)
            ]

    def _any_of(self, shelves: list[Shelf], contact: Contact) -> Agent | None:
        """One at random of all the agents there; the luck is the contact's."""
        agents = list(chain.from_iterable(shelf.values() for shelf in shelves))
        luck = self._draws.chance(Chance.AGENT, contact.attempt).item(contact.case)
        return agents[int(luck * len(agents))] if agents else None

    def agent_to_interrupt(self, contact: Contact) -> Agent | None:
        """Of those on deferred work, smallest (priority, turn); only for a customer who waits for it."""
        if self._mode[contact.channel] is Mode.DEFERRED or contact.gone or contact.is_callback:
            return None
        waited = self._agenda.now - contact.entered
        for groups in self._equals[contact.queue]:
            on_deferred = [
                self._floor.interruptible[group]
                for group in groups
                if self._takes(group, contact.queue, waited)
            ]
            agent = _longest_at_it(on_deferred)
            if agent is not None:
                return agent
        return None

    def opens_next(self, contact: Contact) -> int:
        """The tick at which the contact will have waited long enough for a further skill, or ``NOBODY``."""
        for wait in self._opens[contact.queue]:
            if contact.entered + wait > self._agenda.now:
                return contact.entered + wait
        return NOBODY

    # -- a contact for an agent --------------------------------------------------------------------

    def next_contact(self, agent: Agent) -> Contact | None:
        """Among the heads that the agent may take: deferred last, then best rank, then most urgent."""
        for queues in self._choices[agent.group]:
            heads = [
                head
                for queue in queues
                if (head := queue.head) and self._may(agent, queue) and self._chooses(agent, head)
            ]
            if heads:
                return min(heads, key=lambda head: (-self._urgency(agent.group, head), head.place))
        return None

    def to_look_at(self) -> list[Queue]:
        """The queues that are to be looked at when an event is over."""
        return self.conditions.watched

    def left_waiting(self, contact: Contact) -> bool:
        """Whether somebody was free for the contact and was not chosen: by the rules, never."""
        return False

    def held_back(self, group: int) -> list[Queue]:
        """The queues for which the group keeps agents idle."""
        return self._held_back[group]

    def _urgency(self, group: int, contact: Contact) -> float:
        return self._weight[group][contact.queue] * float(self._agenda.now - contact.entered)

    # -- who may take whom -------------------------------------------------------------------------

    def _chooses(self, agent: Agent, contact: Contact) -> bool:
        """Whether the skill is usable for an agent on no shelf; who leaves asks only for the wait."""
        waited = self._agenda.now - contact.entered
        if agent.leaving:
            return self._is_open_after(waited, agent.group, contact.queue)
        return self._takes(agent.group, contact.queue, waited)

    def _is_open_after(self, waited: int, group: int, queue: int) -> bool:
        """Whether a contact has waited long enough for the skill."""
        return waited >= self._overflow[group][queue]

    def _takes(self, group: int, queue: int, waited: int, *, itself_idle: bool = False) -> bool:
        """Whether the skill is open to who has waited so long, enough others of the group are idle, and the
        skill's conditions hold.

        Who would take it is not one of the others (``itself_idle``: it still stands among the idle).
        """
        others_idle = len(self._floor.with_room[group][0]) - itself_idle
        enough = others_idle >= self._keep_idle[group][queue]
        return enough and self._is_open_after(waited, group, queue) and self.conditions.hold_for(group, queue)

    def _may(self, agent: Agent, queue: Queue) -> bool:
        """Whether the agent has room for the queue's channel and, if leaving, stays for it."""
        load = len(agent.contacts)
        if load and (self._mode[queue.channel] is not Mode.CONCURRENT or load >= self._cap[queue.channel]):
            return False
        return not agent.leaving or self._serves_out(queue.channel)

    def _serves_out(self, channel: int) -> bool:
        """Whether the channel has closed, and those still waiting are served before agents go home."""
        return self._mode[channel] is not Mode.DEFERRED and not self._is_open(channel)

    # -- the plan, per queue and group -------------------------------------------------------------

    def _ordered_positions(self, queue: int) -> list[tuple[int, list[int]]]:
        """Where to look for an agent with room, one after the other: (contacts open, groups)."""
        loads = range(self._cap[self._queues[queue].channel])
        match AgentOrder(self._plan.agent_order):
            case AgentOrder.LONGEST_IDLE | AgentOrder.RANDOM:
                return [(load, groups) for groups in self._equals[queue] for load in loads]
            case AgentOrder.LEAST_LOADED:
                return [(load, groups) for load in loads for groups in self._equals[queue]]
            case AgentOrder.FILL_FIRST:
                return [(load, groups) for groups in self._equals[queue] for load in reversed(loads)]

    def _ranked_groups(self, queue: int) -> list[list[int]]:
        """Groups that may take a queue, in lists of equal priority, best first."""
        rank = {g: int(p) for g, p in enumerate(self._plan.skill_priority[:, queue]) if p > 0}
        return [[g for g in rank if rank[g] == p] for p in sorted(set(rank.values()))]

    def _ranked_queues(self, group: int) -> list[list[Queue]]:
        """Queues that a group may take, in lists of equal standing, best first."""
        standing = {
            q: (self._mode[queue.channel] is Mode.DEFERRED, int(self._plan.choice_rank[group, q]))
            for q, queue in enumerate(self._queues)
            if self._plan.skill_priority[group, q] > 0
        }
        return [
            [self._queues[q] for q in standing if standing[q] == rank]
            for rank in sorted(set(standing.values()))
        ]

    def _overflow_times(self, queue: int) -> list[int]:
        """The waits after which a further skill opens to a queue, shortest first."""
        skilled = self._plan.skill_priority[:, queue] > 0
        return sorted({wait for wait in self._plan.skill_overflow[skilled, queue].tolist() if wait > 0})

    def _queues_held_back(self, group: int) -> list[Queue]:
        return [queue for q, queue in enumerate(self._queues) if self._keep_idle[group][q] > 0]


def _longest_at_it(shelves: list[Shelf]) -> Agent | None:
    """Of the agents at the head of each shelf, the one with the smallest turn."""
    longest: Agent | None = None
    for shelf in shelves:
        if shelf:
            agent = shelf[next(iter(shelf))]
            if longest is None or agent.turn < longest.turn:
                longest = agent
    return longest

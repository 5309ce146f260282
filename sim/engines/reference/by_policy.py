"""Routing by a policy: the rules say who may meet, a policy of the user's own chooses among them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from typing import TypeVar

from sim.contract import TICKS_PER_SECOND, Draws, Mode, Plan
from sim.engines.reference.agenda import Agenda
from sim.engines.reference.floor import Floor, Shelf
from sim.engines.reference.people import Agent, Contact
from sim.engines.reference.queues import Queue
from sim.engines.reference.routing import Routing
from sim.policies import FreeAgent, Moment, Policy, WaitingContact

Real = TypeVar("Real", Agent, Contact)
View = TypeVar("View", FreeAgent, WaitingContact)


class PolicyRouting(Routing):
    """Routing in which a copy of ``policy`` has the last word. It remembers what the policy passed over."""

    def __init__(
        self,
        plan: Plan,
        draws: Draws,
        agenda: Agenda,
        floor: Floor,
        queues: list[Queue],
        is_open: Callable[[int], bool],
        policy: Policy,
    ) -> None:
        super().__init__(plan, draws, agenda, floor, queues, is_open)
        self._policy = deepcopy(policy)
        self._intent: list[int] = draws.intent.tolist()
        self._segment: list[int] = draws.segment.tolist()
        self._declined: set[int] = set()
        """Queues in which the policy has left somebody waiting."""
        self._left_waiting: set[int] = set()
        """Contacts for whom there was somebody, but not by the policy."""

    # -- what the dispatcher asks ------------------------------------------------------------------

    def free_agent(self, contact: Contact) -> Agent | None:
        """Whom the policy chooses of all agents with room."""
        self._left_waiting.discard(contact.id)
        return self._agent_for(contact, list(self._in_order(contact)))

    def agent_to_interrupt(self, contact: Contact) -> Agent | None:
        """Whom the policy chooses of all on deferred work, for a customer who waits for it."""
        if super().agent_to_interrupt(contact) is None:
            return None
        waited = self._agenda.now - contact.entered
        on_deferred = [
            agent
            for groups in self._equals[contact.queue]
            for agent in _by_turn(
                self._floor.interruptible[group]
                for group in groups
                if self._takes(group, contact.queue, waited)
            )
        ]
        return self._agent_for(contact, on_deferred)

    def next_contact(self, agent: Agent) -> Contact | None:
        """Whom the policy chooses of all who wait for such an agent, heads of queues or not."""
        offered: list[Contact] = []
        for queues in self._choices[agent.group]:
            mine = [
                contact
                for queue in queues
                if queue.head and self._may(agent, queue)
                for contact in queue.waiting()
                if self._chooses(agent, contact)
            ]
            offered += sorted(mine, key=lambda one: (-self._urgency(agent.group, one), one.place))
        if not offered:
            return None
        views = [self._contact_seen(contact) for contact in offered]
        choice = self._policy.choose_contact(self._agent_seen(agent), views, self._moment())
        if choice is None:
            self._declined.update(contact.queue for contact in offered)
        return _real(choice, views, offered, "choose_contact")

    def to_look_at(self) -> list[Queue]:
        """The queues with conditions, and those in which the policy has left somebody waiting."""
        declined = [queue for place, queue in enumerate(self._queues) if place in self._declined]
        self._declined.clear()
        watched = self.conditions.watched
        return [queue for queue in self._queues if queue in watched or queue in declined]

    def left_waiting(self, contact: Contact) -> bool:
        """Whether it was the policy that found nobody for the contact when last asked."""
        return contact.id in self._left_waiting

    # -- asking the policy -------------------------------------------------------------------------

    def _agent_for(self, contact: Contact, offered: list[Agent]) -> Agent | None:
        if not offered:
            return None
        views = [self._agent_seen(agent) for agent in offered]
        choice = self._policy.choose_agent(self._contact_seen(contact), views, self._moment())
        if choice is None:
            self._declined.add(contact.queue)
            self._left_waiting.add(contact.id)
        else:
            self._left_waiting.discard(contact.id)
        return _real(choice, views, offered, "choose_agent")

    def _in_order(self, contact: Contact) -> Iterator[Agent]:
        """All agents with room, whom the rules choose first."""
        for with_room in self._with_room(contact.queue, self._agenda.now - contact.entered):
            agents = _by_turn(iter(with_room))
            if self._at_random and agents:
                first = self._any_of(with_room, contact)
                agents.sort(key=lambda agent: agent is not first)
            yield from agents

    def _contact_seen(self, contact: Contact) -> WaitingContact:
        plan = self._plan
        return WaitingContact(
            case=contact.case,
            attempt=contact.attempt,
            channel=plan.channels[contact.channel],
            intent=plan.intents[contact.intent],
            segment=plan.segments[contact.segment],
            waited=(self._agenda.now - contact.entered) / TICKS_PER_SECOND,
            is_callback=contact.is_callback,
            is_begun=contact.group >= 0,
        )

    def _agent_seen(self, agent: Agent) -> FreeAgent:
        deferred = any(self._mode[contact.channel] is Mode.DEFERRED for contact in agent.contacts)
        return FreeAgent(
            number=agent.number,
            group=self._plan.groups[agent.group],
            contacts_open=len(agent.contacts),
            would_interrupt=deferred,
            is_leaving=agent.leaving,
        )

    def _moment(self) -> Moment:
        return Moment(self._agenda.now / TICKS_PER_SECOND, self._idle, self._waiting)

    def _idle(self, group: str) -> int:
        place = self._plan.groups.index(group)
        return self._floor.here(place) - self._floor.at_work(place)

    def _waiting(self, channel: str) -> int:
        place = self._plan.channels.index(channel)
        return sum(queue.length for queue in self._queues if queue.channel == place)


def _by_turn(shelves: Iterator[Shelf]) -> list[Agent]:
    """Everybody on the shelves, the longest at the present load first."""
    return sorted((agent for shelf in shelves for agent in shelf.values()), key=lambda agent: agent.turn)


def _real(choice: View | None, views: Sequence[View], offered: Sequence[Real], asked: str) -> Real | None:
    """The agent or contact that was chosen as it was shown."""
    if choice is None:
        return None
    for view, real in zip(views, offered, strict=True):
        if view is choice:
            return real
    raise ValueError(
        f"the policy's {asked} answered {choice!r}; allowed: one of the {len(views)} offered, or None; "
        "return it as it was offered"
    )

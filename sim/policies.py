"""Policies of one's own: which agent for a contact, which contact for an agent, by a few lines of Python.

A policy stands in place of the last step of routing, on the reference engine only
(``sim.run(scenario, engine="reference", policy=MyPolicy())``). Skills, caps, opening hours, overflow,
reserves and conditions are settled before: a policy is offered those who may meet, and may only choose among
them. What is offered comes **in the order of the rules**: a policy that always takes the first is the rules,
bit for bit.

``None`` means *not now*: the contact waits on, or the agent stays idle. Whoever was passed over is asked
about again after the next event, whatever happens then; time alone is no event (``overflow_after`` makes
one).

A policy is asked when a contact looks for an agent (as it arrives, as a skill opens to it, as its work was
interrupted) and when an agent looks for a contact; and once more, when none of those free is chosen, about
those on deferred work whom the contact may interrupt. It is not asked about second agents in a conference,
nor whether somebody is free to whom a contact may be passed on, nor for how many agents a dialler calls.

Every replication begins with a copy of the policy as it was given, so what it remembers lasts for one
replication, and results depend neither on order nor on workers. Luck of its own should come from a
``random.Random(seed)`` that it keeps; a policy that looks at the computer's clock, or at global state, has no
such promise. It must be possible to copy and to pickle it: define its class at the top of a module.

>>> class Spare(ByTheRules):
...     'Specialists take a simple contact only while two of them are idle.'
...     def choose_agent(self, contact, agents, now):
...         if contact.intent == "simple" and now.idle("specialists") < 2:
...             agents = [agent for agent in agents if agent.group != "specialists"]
...         return agents[0] if agents else None
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class WaitingContact:
    """A contact that asks for an agent, as far as a centre can know it."""

    case: int
    """Which customer, of this replication."""
    attempt: int
    """Of the customer; 0 is the first."""
    channel: str
    intent: str
    segment: str
    waited: float
    """Seconds since it asked for an agent; of interrupted work, since it did so first."""
    is_callback: bool
    """Agents ring the customer, who does not wait on the line."""
    is_begun: bool
    """An agent has worked on it before."""


@dataclass(frozen=True, slots=True)
class FreeAgent:
    """An agent who may take a contact."""

    number: int
    """In the order in which agents came on the floor."""
    group: str
    contacts_open: int
    """Chats on the desk, or deferred work that the contact would interrupt."""
    would_interrupt: bool
    """Has deferred work open, which goes back to its queue."""
    is_leaving: bool
    """Beyond schedule: serves out a channel that has closed."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The present, and what a wallboard shows."""

    seconds: float
    """Since the start of the first day."""
    _idle: Callable[[str], int]
    _waiting: Callable[[str], int]

    def idle(self, group: str) -> int:
        """Agents of a group within schedule who have nothing to do; who looks for work now counts as busy."""
        return self._idle(group)

    def waiting(self, channel: str) -> int:
        """Contacts that have a place in the queues of a channel; one that arrives has none yet."""
        return self._waiting(channel)


@runtime_checkable
class Policy(Protocol):
    """What a policy must answer; :class:`ByTheRules` does, and may be built upon."""

    def choose_agent(
        self, contact: WaitingContact, agents: Sequence[FreeAgent], now: Moment
    ) -> FreeAgent | None:
        """One of ``agents`` (one or more, the rules' choice first) for a contact; ``None``: not now."""
        ...

    def choose_contact(
        self, agent: FreeAgent, contacts: Sequence[WaitingContact], now: Moment
    ) -> WaitingContact | None:
        """One of ``contacts`` (one or more, the rules' choice first) for an agent; ``None``: not now."""
        ...


class ByTheRules:
    """The policy that changes nothing: the first of those who are offered."""

    def choose_agent(
        self, contact: WaitingContact, agents: Sequence[FreeAgent], now: Moment
    ) -> FreeAgent | None:
        """The agent whom the rules choose."""
        return agents[0]

    def choose_contact(
        self, agent: FreeAgent, contacts: Sequence[WaitingContact], now: Moment
    ) -> WaitingContact | None:
        """The contact that the rules choose."""
        return contacts[0]


Policies = Policy | Mapping[str, Policy]
"""One policy for all scenarios of a comparison, or one for each that is named; the others go by the rules."""

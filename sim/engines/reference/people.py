"""Who is in the centre: a contact (one attempt of a customer) and an agent."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from sim.contract import NOBODY, Outcome


@dataclass(slots=True, eq=False)
class Contact:
    """One attempt of a case in one channel: the facts of the trace, and where it stands now."""

    id: int
    case: int
    attempt: int
    channel: int
    queue: int
    arrived: int
    group: int = NOBODY
    answered: int = NOBODY
    ended: int = NOBODY
    queued: int = 0
    handled: int = 0
    outcome: Outcome = Outcome.UNFINISHED
    next_channel: int = NOBODY

    doomed: bool = False
    """An incident will make this visit to self-service fail."""
    waiting_since: int = NOBODY
    """Tick at which it began to wait, or ``NOBODY`` while it does not."""
    agent: Agent | None = None
    """Who handles it now."""
    started: int = NOBODY
    """Tick at which that agent began."""
    left: int = NOBODY
    """What is left to be done (work units, or ticks for an undivided agent) as of ``updated``."""
    updated: int = NOBODY
    ends_at: int = NOBODY
    """Tick at which it will end if the agent's load stays as it is."""


@dataclass(slots=True, eq=False)
class Agent:
    """One agent on the floor."""

    number: int
    """In the order in which agents came on the floor."""
    group: int
    turn: int = NOBODY
    """The tick-order in which the agent came to the present load: longest at it is smallest."""
    contacts: list[Contact] = field(default_factory=list)
    """Contacts open now: none, one exclusive one, or concurrent ones."""
    limit: int = 1
    """Most contacts the agent may have open, given those that are."""
    interruptible: bool = False
    """Whether what the agent does may be interrupted."""
    leaving: bool = False
    """Beyond schedule: goes when nothing is left to do."""
    busy: bool = False
    """Within schedule and with a contact, as the meter has it."""
    shelf: OrderedDict[int, Agent] | None = None
    """Where the agent waits to be found, by turn; ``None`` when it is not to be had."""

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
    intent: int
    segment: int
    channel: int
    queue: int
    arrived: int
    group: int = NOBODY
    entered: int = NOBODY
    answered: int = NOBODY
    ended: int = NOBODY
    queued: int = 0
    handled: int = 0
    wrapped: int = 0
    outcome: Outcome = Outcome.UNFINISHED
    next_channel: int = NOBODY

    failed: int = 0
    """How many earlier attempts of the case have failed; a transfer is no failure, nor is a callback."""
    holds_line: bool = False
    """It takes up one of its channel's lines."""
    doomed: bool = False
    """An incident makes this attempt fail: at once, or when the visit to self-service ends."""
    misrouted: bool = False
    """The front sent it to the wrong queue: the agent who takes it will transfer it."""
    transferred: bool = False
    """It comes from the agent who transferred the attempt before."""
    is_callback: bool = False
    """Agents ring the customer, who hung up in the attempt before."""
    tries: int = 0
    """How often they, or a dialler, have rung in vain."""
    reached: bool = False
    """The customer has answered a call."""
    ringing: bool = False
    """An agent rings, and nobody will answer."""
    together: int = NOBODY
    """How long it will need a second agent, who is to be asked for when what is left now is done; or
    ``NOBODY``: no (more)."""
    second: Agent | None = None
    """The second agent, now."""
    joined: int = NOBODY
    """Tick at which that agent joined."""
    helper: int = NOBODY
    helped: int = 0
    in_queue: bool = False
    """It has a place in its queue: the customer waits, left without a sign, or is to be rung back."""
    waiting_since: int = NOBODY
    """Tick at which the customer began to wait, or ``NOBODY`` while there is no such customer."""
    overflows_at: int = NOBODY
    """Tick at which, if still in the queue, it opens to a further skill."""
    agent: Agent | None = None
    """Who has it open now."""
    started: int = NOBODY
    """Tick at which that agent began, with the customer or without."""
    left: int = NOBODY
    """What is left to be done (work units, or ticks for an undivided agent) as of ``updated``."""
    updated: int = NOBODY
    ends_at: int = NOBODY
    """Tick at which it will end if the agent's load stays as it is."""

    @property
    def gone(self) -> bool:
        """The customer has left. What an agent still has to do with the contact is done alone."""
        return self.ended != NOBODY

    @property
    def rung(self) -> int:
        """Calls placed to the customer that were answered, or in vain."""
        return self.tries + self.reached

    @property
    def place(self) -> tuple[int, int]:
        """The place in a queue: when it asked for an agent, then identity."""
        return self.entered, self.id

    def clock(self, now: int) -> None:
        """Write down the agent's time since ``started``: with the customer, or without."""
        if self.gone or self.ringing:
            self.wrapped += now - self.started
        else:
            self.handled += now - self.started
        self.started = now


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

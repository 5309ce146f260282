"""What happens in a day, by name: so that tests can show that random days leave nothing out."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from sim.contract import FAR, NOBODY, Draws, Kind, Mode, Outcome, Plan, Trace, scaled
from sim.engines.reference.people import Agent, Contact
from sim.engines.reference.simulation import Simulation

TIES = frozenset(
    f"{one.name} and {other.name} at the same tick".lower()
    for one, other in itertools.combinations_with_replacement(Kind, 2)
)
HAPPENINGS = TIES | {
    # who comes, and where
    "contacts in self_service",
    "contacts in live",
    "contacts in concurrent",
    "contacts in deferred",
    "contacts in two channels of one mode",
    "contacts in four channels",
    "a channel opens again",
    "several days",
    "a case with three attempts",
    "an attempt at the tick at which the last one ended",
    "an attempt on a later day",
    "a next attempt that the horizon cuts off",
    "two attempts in the same channel",
    # what becomes of them
    *(f"outcome {outcome.name.lower()}" for outcome in Outcome
      if outcome is not Outcome.CALLED_BACK),
    "failed in an incident",
    "blocked in an incident",
    "blocked as all lines are taken",
    "blocked as there are no lines",
    "two incidents at once",
    "unfinished in the queue",
    "unfinished with an agent",
    "unfinished in self-service",
    "handled in no time",
    "patience of nothing",
    "patience shortened or lengthened",
    "patience without end, of which frustration leaves nothing",
    "answered at the tick at which patience ends",
    "several disconnected at once",
    "abandoned after closing",
    # the automated front
    "abandoned in the front",
    "disconnected after the front",
    "unfinished in the front",
    "passed on after closing",
    "misrouted with no other queue",
    "a next step after a transfer",
    "passed on by an agent",
    "passed on by an agent after closing",
    "passed on above the lines",
    "waits after a transfer",
    "a next step although contained",
    # without the customer
    "balked",
    "wrapped up",
    "wrapped up beside a chat",
    "wrapped up at another speed",
    "wrapped up in overtime",
    "wrap cut off by the horizon",
    "left without a sign",
    "found out that nobody is there",
    "found out at another speed",
    "forgotten at closing",
    "finding out cut off by the horizon",
    "left without a sign, and back before an agent found out",
    # conditions of skills
    "an overflow finds an agent",
    "an overflow finds nobody",
    "an overflow interrupts",
    "an overflow from behind the head",
    "a silent contact overflows",
    "deferred work overflows",
    "interrupted before its overflow",
    "an agent is kept idle",
    "a skill is not open yet to a free agent",
    "who goes idle makes room with a colleague",
    "deferred work is not interrupted as too few are idle",
    "a weight decides",
    # slow-down
    "slowed down by an incident",
    "slowed down by two incidents",
    "self-service slowed down",
    # who serves whom
    "a contact finds a free agent",
    "a contact finds free agents in two groups of equal priority",
    "a contact finds free agents in two groups of different priority",
    "an agent chooses between queues of equal standing",
    "an agent chooses between queues of different standing",
    "an agent finds only deferred work",
    "handled at another speed",
    "handled with frustration",
    # shared attention
    "two contacts open",
    "three contacts open",
    "four contacts open",
    "contacts of two channels open",
    "a chat slowed down",
    "an agent takes several contacts at once",
    "a chat goes to an agent with chats",
    # interruptions
    "interrupted",
    "interrupted twice",
    "interrupted for a chat",
    "interrupted, and the room that is left is filled",
    "interrupted, and offered to another at once",
    "resumed by another group",
    "resumed at another speed",
    # staff
    "idle agents leave",
    "marked as leaving with one contact",
    "marked as leaving with several contacts",
    "a leaving agent goes",
    "a leaving agent stays after all",
    "a leaving agent serves out",
    "agents who come find work",
}  # fmt: skip
"""Everything that may happen."""
SELDOM = frozenset(
    {
        "a next step after a transfer",
        "a silent contact overflows",
        "a weight decides",
        "an overflow from behind the head",
        "an overflow interrupts",
        "closing and front at the same tick",
        "closing and overflow at the same tick",
        "finding out cut off by the horizon",
        "interrupted before its overflow",
        "interrupted, and the room that is left is filled",
        "passed on above the lines",
        "passed on after closing",
        "passed on by an agent after closing",
        "self-service slowed down",
        "slowed down by two incidents",
        "unfinished in the front",
        "wrap cut off by the horizon",
    }
)
"""What fewer than one day in a hundred has, so that a thousand may well have none."""


def simulate(plan: Plan, draws: Draws) -> tuple[Trace, set[str]]:
    """The reference engine's trace, and the names of what happened."""
    noticed = NoticedSimulation(plan, draws)
    trace = noticed.run()
    return trace, noticed.seen | _in_the_trace(plan, draws, trace)


class NoticedSimulation(Simulation):
    """The reference engine, which notices what its parts are asked to do."""

    def __init__(self, plan: Plan, draws: Draws) -> None:
        super().__init__(plan, draws)
        self.seen: set[str] = set()
        self._happened: set[tuple[int, int, int]] = set()
        self._interruptions: dict[int, int] = {}
        self._overflow_of: dict[int, int] = {}
        agenda, dispatcher = self._agenda, self._dispatcher
        self._enter_agenda, agenda.at = agenda.at, self._at  # type: ignore[method-assign]
        self._begin, dispatcher._attention.begin = dispatcher._attention.begin, self._begins  # type: ignore[method-assign]
        self._come, dispatcher.floor.come = dispatcher.floor.come, self._comes  # type: ignore[method-assign]
        self._fewer, dispatcher.floor.fewer = dispatcher.floor.fewer, self._leave  # type: ignore[method-assign]
        self._go, dispatcher.floor._go = dispatcher.floor._go, self._goes  # type: ignore[method-assign]
        routing, front = dispatcher.routing, self._front
        self._free, routing.free_agent = routing.free_agent, self._finds_agent  # type: ignore[method-assign]
        self._next, routing.next_contact = routing.next_contact, self._finds_contact  # type: ignore[method-assign]
        self._may_take, routing._takes = routing._takes, self._takes  # type: ignore[method-assign]
        self._offers, dispatcher._offer_reserve = dispatcher._offer_reserve, self._offers_reserve  # type: ignore[method-assign]
        self._overflow, dispatcher._overflows = dispatcher._overflows, self._overflows  # type: ignore[method-assign]
        self._goes_on, front._enter = front._enter, self._enters  # type: ignore[method-assign]
        self._wraps, dispatcher._begin_wrap = dispatcher._begin_wrap, self._begins_wrap  # type: ignore[method-assign]
        self._forget, dispatcher._leave_queue = dispatcher._leave_queue, self._leaves_queue  # type: ignore[method-assign]
        self._resumes, dispatcher._resume = dispatcher._resume, self._is_resumed  # type: ignore[method-assign]
        self._looks, dispatcher._look_for_work = dispatcher._look_for_work, self._looks_for_work  # type: ignore[method-assign]

    def run(self) -> Trace:
        trace = super().run()
        for contact in self._contacts:
            alone = contact.agent is not None and contact.outcome is not Outcome.UNFINISHED
            self._notice(alone and contact.answered != NOBODY, "wrap cut off by the horizon")
            self._notice(alone and contact.answered == NOBODY, "finding out cut off by the horizon")
        ticks: dict[int, list[int]] = {}
        for tick, kind, _ in sorted(self._happened):
            ticks.setdefault(tick, []).append(kind)
        for kinds in ticks.values():
            for one, other in set(itertools.combinations(kinds, 2)):
                self.seen.add(f"{Kind(one).name} and {Kind(other).name} at the same tick".lower())
        return trace

    # -- events ------------------------------------------------------------------------------------

    def _at(self, tick: int, kind: Kind, identity: int, action: Any, whom: Any) -> None:
        def happens(whom: Any) -> None:
            if self._matters(kind, whom):
                self._happened.add((tick, kind, identity))
            action(whom)

        self._enter_agenda(tick, kind, identity, happens, whom)

    def _matters(self, kind: Kind, whom: Any) -> bool:
        """Whether the event does something; of those that the reference engine leaves behind, some do not."""
        if kind is Kind.END and self._mode[whom.channel] is not Mode.SELF_SERVICE:
            return whom.agent is not None and whom.ends_at == self._agenda.now
        if kind is Kind.OVERFLOW:
            return whom.overflows_at == self._agenda.now
        if kind is Kind.PATIENCE:
            if whom.answered == self._agenda.now > whom.arrived:
                self.seen.add("answered at the tick at which patience ends")
            elif whom.waiting_since != NOBODY and not self._is_open(whom.channel):
                self.seen.add("abandoned after closing")
            return whom.waiting_since != NOBODY
        return True

    # -- who serves whom ---------------------------------------------------------------------------

    def _begins(self, agent: Agent, contact: Contact, now: int) -> None:
        plan = self._plan
        if contact.group not in (NOBODY, agent.group):
            self.seen.add("resumed by another group")
            if (
                plan.skill_factor[agent.group, contact.queue]
                != plan.skill_factor[contact.group, contact.queue]
            ):
                self.seen.add("resumed at another speed")
        if agent.leaving:
            self.seen.add("a leaving agent serves out")
        self._notice_slow_down(contact, now)
        if contact.gone:
            self.seen.add("found out that nobody is there")
            self._notice(plan.skill_factor[agent.group, contact.queue] != 1, "found out at another speed")
        self._begin(agent, contact, now)
        load, channels = len(agent.contacts), {open_.channel for open_ in agent.contacts}
        if load > 1:
            self.seen.add(f"{('two', 'three', 'four')[load - 2]} contacts open")
            self._notice(len(channels) > 1, "contacts of two channels open")
            slow = any(plan.speed[channel, load] < plan.speed[channel, 1] for channel in channels)
            self._notice(slow, "a chat slowed down")

    def _finds_agent(self, contact: Contact) -> Agent | None:
        agent = self._free(contact)
        if agent is not None:
            self.seen.add("a contact finds a free agent")
            self._notice(bool(agent.contacts), "a chat goes to an agent with chats")
            free = [
                sum(
                    bool(room) and self._may_take(group, contact, itself_idle=load == 0)
                    for group in groups
                    for load, room in enumerate(self._dispatcher.floor.with_room[group])
                )
                for groups in self._dispatcher.routing._equals[contact.queue]
            ]
            self._notice(max(free) > 1, "a contact finds free agents in two groups of equal priority")
            different = sum(n > 0 for n in free) > 1
            self._notice(different, "a contact finds free agents in two groups of different priority")
        return agent

    def _finds_contact(self, agent: Agent) -> Contact | None:
        contact = self._next(agent)
        if contact is not None:
            routing, now = self._dispatcher.routing, self._agenda.now
            offered = [
                [
                    queue.head
                    for queue in queues
                    if queue.head and routing._may(agent, queue) and routing._chooses(agent, queue.head)
                ]
                for queues in routing._choices[agent.group]
            ]
            rivals = next(heads for heads in offered if contact in heads)
            earliest = min(rivals, key=lambda head: head.place)
            self._notice(earliest is not contact and earliest.entered < now, "a weight decides")
            offered_in = [len(heads) for heads in offered]
            self._notice(max(offered_in) > 1, "an agent chooses between queues of equal standing")
            different = sum(n > 0 for n in offered_in) > 1
            self._notice(different, "an agent chooses between queues of different standing")
            deferred = self._mode[contact.channel] is Mode.DEFERRED
            self._notice(deferred, "an agent finds only deferred work")
        return contact

    def _looks_for_work(self, agent: Agent) -> None:
        before = len(agent.contacts)
        self._looks(agent)
        taken = len(agent.contacts) - before
        self._notice(taken > 1, "an agent takes several contacts at once")
        self._notice(agent.turn == NOBODY and taken > 0, "agents who come find work")

    def _is_resumed(self, interrupted: Contact) -> None:
        self.seen.add("interrupted")
        pending = self._overflow_of.get(interrupted.id, NOBODY) > self._agenda.now
        self._notice(pending, "interrupted before its overflow")
        times = self._interruptions[interrupted.id] = self._interruptions.get(interrupted.id, 0) + 1
        self._notice(times > 1, "interrupted twice")
        now = self._agenda.now
        taken_for = [
            c
            for c in self._contacts
            if c.started == now and c.agent is not None and not c.gone and c is not interrupted
        ]
        for_chat = any(self._mode[c.channel] is Mode.CONCURRENT for c in taken_for)
        self._notice(for_chat, "interrupted for a chat")
        filled = any(len(c.agent.contacts) > 1 and c.arrived < now for c in taken_for if c.agent)
        self._notice(filled, "interrupted, and the room that is left is filled")
        self._resumes(interrupted)
        self._notice(interrupted.agent is not None, "interrupted, and offered to another at once")

    # -- conditions of skills, and what happens without the customer -----------------------------------

    def _takes(self, group: int, contact: Contact, *, itself_idle: bool = False) -> bool:
        takes = self._may_take(group, contact, itself_idle=itself_idle)
        floor, plan = self._dispatcher.floor, self._plan
        room = any(floor.with_room[group])
        open_ = self._agenda.now - contact.entered >= plan.skill_overflow[group, contact.queue]
        self._notice(not open_ and room, "a skill is not open yet to a free agent")
        self._notice(open_ and not takes and room, "an agent is kept idle")
        self._notice(
            open_ and not takes and not itself_idle and bool(floor.interruptible[group]),
            "deferred work is not interrupted as too few are idle",
        )
        return takes

    def _offers_reserve(self, group: int) -> None:
        heads = [queue.head for queue in self._dispatcher.routing.held_back(group)]
        self._offers(group)
        made = any(head and not head.in_queue for head in heads)
        self._notice(made, "who goes idle makes room with a colleague")

    def _overflows(self, contact: Contact) -> None:
        if contact.overflows_at == self._agenda.now:
            head = self._dispatcher.queues[contact.queue].head
            interrupted = sum(self._interruptions.values())
            self._overflow(contact)
            found = contact.agent is not None
            self._notice(found, "an overflow finds an agent")
            self._notice(not found, "an overflow finds nobody")
            self._notice(sum(self._interruptions.values()) > interrupted, "an overflow interrupts")
            self._notice(found and head is not contact, "an overflow from behind the head")
            self._notice(found and contact.gone, "a silent contact overflows")
            deferred = self._mode[contact.channel] is Mode.DEFERRED
            self._notice(found and deferred, "deferred work overflows")

    def _enters(self, contact: Contact) -> None:
        met = self._plan.front_law[contact.channel, self._intent[contact.case]] != NOBODY
        self._notice(met and not self._is_open(contact.channel), "passed on after closing")
        own = self._queue_of[contact.channel][self._intent[contact.case]]
        self._notice(contact.misrouted and contact.queue == own, "misrouted with no other queue")
        self._goes_on(contact)

    def _transfer_arrives(self, last: Contact) -> None:
        channel = last.next_channel
        self.seen.add("passed on by an agent")
        self._notice(not self._is_open(channel), "passed on by an agent after closing")
        self._notice(self._inside[channel] >= self._lines[channel], "passed on above the lines")
        super()._transfer_arrives(last)
        self._notice(self._contacts[-1].in_queue, "waits after a transfer")

    def _next_attempt_begins(self, last: Contact) -> None:
        self._notice(last.in_queue, "left without a sign, and back before an agent found out")
        super()._next_attempt_begins(last)

    def _begins_wrap(self, contact: Contact, agent: Agent, time: int) -> None:
        self.seen.add("wrapped up")
        self._notice(len(agent.contacts) > 1, "wrapped up beside a chat")
        self._notice(agent.leaving, "wrapped up in overtime")
        factor = self._plan.skill_factor[agent.group, contact.queue]
        self._notice(factor != 1, "wrapped up at another speed")
        self._wraps(contact, agent, time)

    def _leaves_queue(self, contact: Contact) -> None:
        self._overflow_of[contact.id] = contact.overflows_at
        dropped = self._plan.drop_at_close[contact.channel] and not self._is_open(contact.channel)
        self._notice(contact.gone and bool(dropped), "forgotten at closing")
        self._forget(contact)

    def _begin_self_service(self, contact: Contact) -> None:
        slowed = self._slow_downs(contact, self._agenda.now)
        self._notice(slowed > 0, "self-service slowed down")
        super()._begin_self_service(contact)

    def _notice_slow_down(self, contact: Contact, now: int) -> None:
        if contact.left == NOBODY and not contact.gone:
            slowed = self._slow_downs(contact, now)
            self._notice(slowed > 0, "slowed down by an incident")
            self._notice(slowed > 1, "slowed down by two incidents")

    def _slow_downs(self, contact: Contact, now: int) -> int:
        return sum(slow_down != 1 for _, slow_down in self._incidents._active(contact.channel, now))

    # -- staff -------------------------------------------------------------------------------------

    def _comes(self, group: int, now: int) -> Agent:
        self._notice(bool(self._dispatcher.floor.leaving[group]), "a leaving agent stays after all")
        return self._come(group, now)

    def _leave(self, group: int, by: int, now: int) -> None:
        floor = self._dispatcher.floor
        self._notice(bool(floor.with_room[group][0]), "idle agents leave")
        known = set(floor.leaving[group])
        self._fewer(group, by, now)
        for number in set(floor.leaving[group]) - known:
            several = len(floor.leaving[group][number].contacts) > 1
            self.seen.add(f"marked as leaving with {'several contacts' if several else 'one contact'}")

    def _goes(self, agent: Agent, now: int) -> None:
        self.seen.add("a leaving agent goes")
        self._go(agent, now)

    def _notice(self, happened: bool, name: str) -> None:
        if happened:
            self.seen.add(name)


# -- what the record shows -------------------------------------------------------------------------


def _in_the_trace(plan: Plan, draws: Draws, trace: Trace) -> set[str]:
    outcome, mode = trace.outcome, plan.mode[trace.channel]
    channels = np.unique(trace.channel)
    modes = plan.mode[channels]
    served = trace.answered != NOBODY
    follows = trace.attempt[1:] > 0
    again = np.flatnonzero(follows)
    unfinished = outcome == Outcome.UNFINISHED
    day = plan.horizon // (plan.intervals // plan.intervals_per_day)
    seen = {
        "contacts in two channels of one mode": len(modes) > len(np.unique(modes)),
        "contacts in four channels": len(channels) >= 4,
        "a channel opens again": bool(np.any(np.diff(plan.open_index)[channels] > 1)),
        "several days": len(trace.case) and plan.horizon > day,
        "a case with three attempts": np.any(trace.attempt >= 2),
        "an attempt at the tick at which the last one ended": np.any(
            trace.arrived[again + 1] == trace.ended[again]
        ),
        "an attempt on a later day": np.any(trace.arrived[again + 1] // day > trace.ended[again] // day),
        "a next attempt that the horizon cuts off": np.any(
            (trace.next_channel != NOBODY) & ~np.append(follows, False)
        ),
        "two attempts in the same channel": np.any(trace.channel[again + 1] == trace.channel[again]),
        "unfinished in the queue": np.any(unfinished & ~served & (mode != Mode.SELF_SERVICE)),
        "unfinished with an agent": np.any(unfinished & served & (trace.handled > 0)),
        "unfinished in self-service": np.any(unfinished & (mode == Mode.SELF_SERVICE)),
        "handled in no time": np.any(served & ~unfinished & (trace.handled == 0)),
        "abandoned in the front": np.any((outcome == Outcome.ABANDONED) & (trace.entered == NOBODY)),
        "disconnected after the front": np.any((outcome == Outcome.DISCONNECTED) & (trace.entered == NOBODY)),
        "unfinished in the front": np.any(
            unfinished & (trace.entered == NOBODY) & (mode != Mode.SELF_SERVICE)
        ),
        "a next step after a transfer": np.any(
            (outcome == Outcome.TRANSFERRED)
            & (trace.next_channel != NOBODY)
            & (trace.next_channel != trace.channel)
        ),
        "a next step although contained": np.any(
            (outcome == Outcome.CONTAINED) & (trace.next_channel != NOBODY)
        ),
        "several disconnected at once": _several_at_once(trace.ended[outcome == Outcome.DISCONNECTED]),
    }
    seen |= {f"outcome {Outcome(o).name.lower()}": True for o in np.unique(outcome)}
    seen |= {f"contacts in {Mode(m).name.lower()}": True for m in np.unique(modes)}
    found = {name for name, happened in seen.items() if happened}
    failed = 0
    for m in range(len(trace.case)):
        failed = failed if trace.attempt[m] else 0
        found |= _of_contact(plan, draws, trace, m, failed)
        failed += outcome[m] != Outcome.TRANSFERRED
    return found


def _several_at_once(ticks: Any) -> bool:
    return len(ticks) > len(np.unique(ticks))


def _of_contact(plan: Plan, draws: Draws, trace: Trace, m: int, failed: int) -> set[str]:
    case, attempt, channel = int(trace.case[m]), int(trace.attempt[m]), int(trace.channel[m])
    mode, outcome, arrived = Mode(plan.mode[channel]), trace.outcome[m], int(trace.arrived[m])
    mine = (
        (plan.incident_channel == channel) & (plan.incident_from <= arrived) & (arrived < plan.incident_until)
    )
    queue = plan.queue_of[channel, draws.intent[case]]
    lines, served = plan.lines[channel], trace.answered[m] != NOBODY
    work = int(draws.work(channel, attempt)[case])
    impatient = mode in (Mode.LIVE, Mode.CONCURRENT) and trace.entered[m] != NOBODY
    leg = attempt > 0 and trace.outcome[m - 1] == Outcome.TRANSFERRED
    balks = impatient and not leg and draws.balks(channel, attempt)[case]
    leaves = impatient and not balks and outcome == Outcome.ABANDONED
    drawn = int(draws.patience(channel, attempt)[case]) if impatient else FAR
    patience = scaled(drawn, plan.frustration_patience[failed])
    unlucky = mine.any() and draws.incident_luck(attempt)[case] < 1 - np.prod(1 - plan.incident_failure[mine])
    seen = {
        "failed in an incident": outcome == Outcome.FAILED and unlucky,
        "blocked in an incident": outcome == Outcome.BLOCKED and unlucky and mode is not Mode.SELF_SERVICE,
        "blocked as all lines are taken": outcome == Outcome.BLOCKED and lines > 0 and not unlucky,
        "blocked as there are no lines": outcome == Outcome.BLOCKED and lines == 0,
        "two incidents at once": mine.sum() > 1 and outcome != Outcome.CLOSED,
        "patience of nothing": patience == 0,
        "patience shortened or lengthened": drawn < FAR and patience != drawn and trace.queued[m] > 0,
        "patience without end, of which frustration leaves nothing": (
            impatient and drawn == FAR and plan.frustration_patience[failed] == 0 and trace.queued[m] > 0
        ),
        "balked": balks and outcome == Outcome.ABANDONED and trace.queued[m] == 0,
        "left without a sign": leaves and draws.leaves_silently(channel, attempt)[case],
        "handled at another speed": served and work > 0 and plan.skill_factor[trace.group[m], queue] != 1,
        "handled with frustration": served and work > 0 and plan.frustration_work[failed] != 1,
    }  # fmt: skip
    return {name for name, happened in seen.items() if happened}

"""What happens in a day, by name: so that tests can show that random days leave nothing out."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from sim.contract import (
    FAR,
    NOBODY,
    AgentOrder,
    Busy,
    Draws,
    Estimate,
    Kind,
    Mode,
    Outcome,
    Plan,
    Trace,
    scaled,
)  # fmt: skip
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
    *(f"outcome {outcome.name.lower()}" for outcome in Outcome),
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
    # callbacks
    "a callback is expected to be worth it by the head of the line",
    "a callback is expected to be worth it by the last wait",
    "a callback is expected to be worth it by the queue",
    "a callback at once",
    "a callback is answered",
    "a callback is answered at a later try",
    "a callback that nobody answers",
    "a callback is dropped at closing",
    "a callback due again after closing",
    "a callback takes its old place",
    "a callback overflows",
    "a callback above the lines",
    "unfinished before a callback",
    "ringing cut off by the horizon",
    "a next step after a callback that nobody answered",
    # conditional overflow
    "a queue is too short for a skill",
    "the group's own queues are too long for a skill",
    "a group is too busy for a skill",
    "looking round finds an agent",
    "looking round interrupts",
    "looking round finds an agent for deferred work",
    "looking round serves two queues",
    # diallers
    "a call is answered",
    "a call is answered at a later try",
    "a call in vain",
    "who answers is served at once",
    "who answers has to wait",
    "who answers interrupts",
    "answered after closing",
    "disconnected on answering",
    "several calls ring at once",
    "lines hold a call back",
    "the pace holds a call back",
    "on the list while the channel is closed",
    "the list is dropped at closing",
    "a call rings at closing",
    "dropped when due to be called again",
    "a next step to a dialler",
    "a next step after unreached",
    "unfinished on the list",
    "unfinished while it rings",
    "unfinished before being called again",
    "two diallers",
    # the day's luck
    "somebody is absent",
    "everybody scheduled is absent",
    "a backlog",
    "a later attempt keeps its draws",
    # passing on
    "passed on to another channel",
    "passed on to the same channel",
    "passed on as somebody is free",
    "not passed on as nobody is free",
    "lost as nobody is free",
    "bounced",
    "passed on by the share of the group",
    "passed on after a callback",
    "resolved by the share of the group",
    "one of several free agents at random",
    # consulting
    "a second agent joins at once",
    "a second agent joins from the line",
    "two in line for a second agent",
    "the second agent comes from the first one's group",
    "no second agent, and no wait for one",
    "consulting cut off by the horizon",
    "waiting for a second agent cut off by the horizon",
    "a second agent joins for no time",
    "a second agent finds work afterwards",
    "a second agent in overtime",
    "a wrap after consulting",
    "a callback consults",
    # incidents are noticed
    "detected by monitoring",
    "detected by reports",
    "monitoring notices what is known",
    "told of what is known",
    "told after it is over",
    "fixed before the end of its window",
    "an announcement is heeded",
    "an announcement is not heeded",
    "a visit fails that outlasts the incident",
    "back after an incident",
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
        "a next step although contained",
        "an overflow interrupts",
        "answered after closing",
        "closing and opening at the same tick",
        "closing and patience at the same tick",
        "detection and opening at the same tick",
        "end and opening at the same tick",
        "looking round serves two queues",
        "overflow and opening at the same tick",
        "patience and opening at the same tick",
        "unfinished before being called again",
        "unfinished while it rings",
        "who answers interrupts",
        "a callback above the lines",
        "a callback at once",
        "a callback due again after closing",
        "a next step after a transfer",
        "a silent contact overflows",
        "a weight decides",
        "an overflow from behind the head",
        "closing and detection at the same tick",
        "closing and front at the same tick",
        "closing and overflow at the same tick",
        "detection and detection at the same tick",
        "detection and overflow at the same tick",
        "detection and patience at the same tick",
        "finding out cut off by the horizon",
        "forgotten at closing",
        "interrupted before its overflow",
        "interrupted, and the room that is left is filled",
        "monitoring notices what is known",
        "passed on after a callback",
        "passed on after closing",
        "ringing cut off by the horizon",
        "unfinished in the front",
        "who goes idle makes room with a colleague",
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
        self._helpers: set[int] = set()
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
        callbacks, passing_on, incidents = dispatcher._callbacks, dispatcher._passing_on, self._incidents
        self._taken, callbacks.is_taken = callbacks.is_taken, self._takes_callback  # type: ignore[method-assign]
        self._rings, dispatcher._ring = dispatcher._ring, self._is_rung  # type: ignore[method-assign]
        self._again, dispatcher._try_again = dispatcher._try_again, self._is_due_again  # type: ignore[method-assign]
        self._passed, passing_on.outcome = passing_on.outcome, self._passes_on  # type: ignore[method-assign]
        consulting = dispatcher._consulting
        self._asks, consulting.ask = consulting.ask, self._asks_for_second  # type: ignore[method-assign]
        self._joins, consulting.join = consulting.join, self._second_joins  # type: ignore[method-assign]
        self._parts, consulting.part = consulting.part, self._second_parts  # type: ignore[method-assign]
        self._known, incidents._detect = incidents._detect, self._detects  # type: ignore[method-assign]
        self._told, incidents.listen = incidents.listen, self._listens  # type: ignore[method-assign]
        self._waits, incidents.back_at = incidents.back_at, self._heeds  # type: ignore[method-assign]
        self._wraps, dispatcher._begin_wrap = dispatcher._begin_wrap, self._begins_wrap  # type: ignore[method-assign]
        conditions, diallers = routing.conditions, self._diallers
        self._holds, conditions.hold_for = conditions.hold_for, self._hold_for  # type: ignore[method-assign]
        self._round, dispatcher.look_round = dispatcher.look_round, self._looks_about  # type: ignore[method-assign]
        self._heads, dispatcher._serve_heads = dispatcher._serve_heads, self._serves_heads  # type: ignore[method-assign]
        self._served: list[bool] = []
        self._may, diallers._may_call = diallers._may_call, self._may_be_called  # type: ignore[method-assign]
        self._rung, diallers._ringing_ends = diallers._ringing_ends, self._ends_ringing  # type: ignore[method-assign]
        self._taken_down, diallers.take_down = diallers.take_down, self._is_taken_down  # type: ignore[method-assign]
        self._cleared, diallers.clear = diallers.clear, self._is_cleared  # type: ignore[method-assign]
        queues = dispatcher.queues
        self._forget, queues.leave = queues.leave, self._leaves_queue  # type: ignore[method-assign]
        self._resumes, dispatcher._resume = dispatcher._resume, self._is_resumed  # type: ignore[method-assign]
        self._looks, dispatcher._look_for_work = dispatcher._look_for_work, self._looks_for_work  # type: ignore[method-assign]

    def run(self) -> Trace:
        trace = super().run()
        for contact in self._contacts:
            self._notice(contact.second is not None, "consulting cut off by the horizon")
            waits = contact.together != NOBODY and contact.left == FAR and contact.agent is not None
            self._notice(waits, "waiting for a second agent cut off by the horizon")
            self._notice(contact.ringing, "ringing cut off by the horizon")
            alone = contact.agent is not None and contact.outcome is not Outcome.UNFINISHED
            self._notice(alone and contact.answered != NOBODY, "wrap cut off by the horizon")
            self._notice(alone and contact.answered == NOBODY, "finding out cut off by the horizon")
            self._notice_unfinished_call(contact)
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
            elif whom.waiting_since != NOBODY and not self._entrance.is_open(whom.channel):
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
            at_random = self._plan.agent_order == AgentOrder.RANDOM
            rooms = self._dispatcher.floor.with_room[agent.group]
            several = len(rooms[len(agent.contacts)]) > 1
            self._notice(at_random and several, "one of several free agents at random")
            waited = self._agenda.now - contact.entered
            free = [
                sum(
                    bool(room) and self._may_take(group, contact.queue, waited, itself_idle=load == 0)
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
        self._notice(agent.number in self._helpers and taken > 0, "a second agent finds work afterwards")
        self._helpers.discard(agent.number)
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

    def _takes(self, group: int, queue: int, waited: int, *, itself_idle: bool = False) -> bool:
        takes = self._may_take(group, queue, waited, itself_idle=itself_idle)
        floor, plan = self._dispatcher.floor, self._plan
        room = any(floor.with_room[group])
        open_ = waited >= plan.skill_overflow[group, queue]
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
        if contact.overflows_at != self._agenda.now:
            self._overflow(contact)  # which passes it over
            return
        head = self._dispatcher.queues.each[contact.queue].head
        interrupted = sum(self._interruptions.values())
        self._overflow(contact)
        found = contact.agent is not None
        self._notice(found, "an overflow finds an agent")
        self._notice(not found, "an overflow finds nobody")
        self._notice(sum(self._interruptions.values()) > interrupted, "an overflow interrupts")
        self._notice(found and head is not contact, "an overflow from behind the head")
        self._notice(found and contact.gone, "a silent contact overflows")
        self._notice(found and contact.is_callback, "a callback overflows")
        deferred = self._mode[contact.channel] is Mode.DEFERRED
        self._notice(found and deferred, "deferred work overflows")

    def _enters(self, contact: Contact) -> None:
        met = self._plan.front_law[contact.channel, self._intent[contact.case]] != NOBODY
        closed = not self._entrance.is_open(contact.channel)
        self._notice(bool(met) and closed, "passed on after closing")
        own = self._queue_of[contact.channel][self._intent[contact.case]]
        self._notice(contact.misrouted and contact.queue == own, "misrouted with no other queue")
        self._goes_on(contact)

    def _transfer_arrives(self, contact: Contact) -> None:
        self.seen.add("passed on by an agent")
        entrance = self._entrance
        self._notice(not entrance.is_open(contact.channel), "passed on by an agent after closing")
        self._notice(not entrance.has_line(contact.channel), "passed on above the lines")
        super()._transfer_arrives(contact)
        self._notice(contact.in_queue, "waits after a transfer")

    def _next_begins(self, what: tuple[Contact, Any]) -> None:
        last, _ = what
        self._notice(last.in_queue, "left without a sign, and back before an agent found out")
        super()._next_begins(what)

    # -- callbacks, passing on, incidents ----------------------------------------------------------

    def _takes_callback(self, contact: Contact) -> bool:
        taken = self._taken(contact)
        estimate = Estimate(self._plan.callback_estimate[contact.channel]).name.lower().replace("_", " ")
        name = {"queue": "the queue", "last wait": "the last wait"}.get(estimate, "the head of the line")
        self._notice(taken, f"a callback is expected to be worth it by {name}")
        return taken

    def _callback_arrives(self, contact: Contact) -> None:
        super()._callback_arrives(contact)
        self._notice(contact.agent is not None, "a callback at once")

    def _is_rung(self, contact: Contact) -> None:
        full = not self._entrance.has_line(contact.channel)
        self._rings(contact)
        self._notice(not contact.ringing, "a callback is answered")
        self._notice(not contact.ringing and full, "a callback above the lines")
        self._notice(not contact.ringing and contact.tries > 0, "a callback is answered at a later try")

    def _is_due_again(self, contact: Contact) -> None:
        closed = not self._entrance.is_open(contact.channel)
        self._notice(closed, "a callback due again after closing")
        self._again(contact)
        self._notice(contact.in_queue, "a callback takes its old place")

    def _passes_on(self, contact: Contact) -> Outcome | None:
        outcome = self._passed(contact)
        if contact.misrouted:
            return outcome
        plan = self._plan
        careful = plan.transfer_busy[contact.channel] != Busy.QUEUE
        would = self._dispatcher._passing_on._would(contact, contact.group)
        passed = outcome is Outcome.TRANSFERRED
        own = not np.isnan(plan.skill_transfer[contact.group, contact.queue])
        self._notice(passed and bool(careful), "passed on as somebody is free")
        self._notice(would and outcome is None, "not passed on as nobody is free")
        self._notice(outcome is Outcome.DISCONNECTED, "lost as nobody is free")
        self._notice(passed and bool(own), "passed on by the share of the group")
        self._notice(passed and contact.is_callback, "passed on after a callback")
        self._notice(passed and contact.transferred, "bounced")
        to = plan.transfer_to[contact.channel]
        self._notice(passed and to != contact.channel, "passed on to another channel")
        self._notice(passed and to == contact.channel, "passed on to the same channel")
        shares = plan.skill_resolution[contact.group, contact.queue]
        self._notice(outcome is None and not np.isnan(shares), "resolved by the share of the group")
        return outcome

    def _asks_for_second(self, contact: Contact) -> Agent | None:
        second = self._asks(contact)
        consulting = self._dispatcher._consulting
        self._notice(second is not None, "a second agent joins at once")
        alone = second is None and contact.together == NOBODY
        self._notice(alone, "no second agent, and no wait for one")
        line = consulting._lines[consulting._group[contact.channel]]
        self._notice(len(line) > 1, "two in line for a second agent")
        return second

    def _second_joins(self, contact: Contact, second: Agent) -> None:
        self._notice(contact.together == 0, "a second agent joins for no time")
        self._notice(contact.is_callback, "a callback consults")
        waited = contact.left == FAR
        self._notice(waited, "a second agent joins from the line")
        self._notice(second.group == contact.group, "the second agent comes from the first one's group")
        self._joins(contact, second)

    def _second_parts(self, contact: Contact) -> Agent | None:
        second = self._parts(contact)
        if second is not None:
            self._helpers.add(second.number)
            self._notice(second.leaving, "a second agent in overtime")
            self._notice(self._dispatcher._attention.wrap_time(contact) > 0, "a wrap after consulting")
        return second

    def _detects(self, incident: Any) -> None:
        known = incident.detected != NOBODY
        monitored = incident.noticed == self._agenda.now
        self._notice(known and monitored, "monitoring notices what is known")
        until = incident.ends
        self._known(incident)
        detected = not known and incident.detected != NOBODY
        self._notice(detected and monitored, "detected by monitoring")
        self._notice(detected and not monitored, "detected by reports")
        self._notice(incident.ends < until, "fixed before the end of its window")

    def _listens(self, contact: Contact) -> None:
        incident = self._incidents._hurt.get(contact.case)
        if incident is not None:
            now = self._agenda.now
            self._notice(incident.detected != NOBODY and incident.is_active(now), "told of what is known")
            self._notice(not incident.is_active(now), "told after it is over")
        self._told(contact)

    def _heeds(self, contact: Contact) -> int | None:
        back = self._waits(contact)
        if contact.doomed:
            incident = self._incidents._hurt[contact.case]
            announced = incident.is_announced(self._agenda.now)
            self._notice(back is not None, "an announcement is heeded")
            self._notice(announced and back is None, "an announcement is not heeded")
            over = not incident.is_active(self._agenda.now)
            self._notice(over, "a visit fails that outlasts the incident")
            self._notice(back is not None and back < self._plan.horizon, "back after an incident")
        return back

    # -- conditions, diallers ----------------------------------------------------------------------

    def _hold_for(self, group: int, queue: int) -> bool:
        condition = self._dispatcher.routing.conditions._of[group][queue]
        floor = self._dispatcher.floor
        if condition is not None and (any(floor.with_room[group]) or floor.interruptible[group]):
            short = condition.queue.length < condition.queue_least
            long = sum(own.length for own in condition.own_queues) >= condition.own_below
            self._notice(short, "a queue is too short for a skill")
            self._notice(long, "the group's own queues are too long for a skill")
            self._notice(not condition._is_idle_enough(floor), "a group is too busy for a skill")
        return self._holds(group, queue)

    def _looks_about(self) -> None:
        self._served = []
        interrupted = sum(self._interruptions.values())
        self._round()
        self._notice(any(self._served), "looking round finds an agent")
        self._notice(sum(self._served) > 1, "looking round serves two queues")
        self._notice(sum(self._interruptions.values()) > interrupted, "looking round interrupts")

    def _serves_heads(self, queue: Any) -> bool:
        served = self._heads(queue)
        self._served.append(served)
        deferred = self._mode[queue.channel] is Mode.DEFERRED
        self._notice(served and deferred, "looking round finds an agent for deferred work")
        return served

    def _may_be_called(self, contact: Contact) -> bool:
        may = self._may(contact)
        open_ = self._entrance.is_open(contact.channel)
        line = self._entrance.has_line(contact.channel)
        ringing = self._diallers._ringing[contact.channel]
        self._notice(not open_, "on the list while the channel is closed")
        self._notice(open_ and not line, "lines hold a call back")
        idle = self._diallers._spare(contact.queue) > 0
        self._notice(open_ and line and idle and not may, "the pace holds a call back")
        self._notice(may and ringing > 0, "several calls ring at once")
        return may

    def _ends_ringing(self, contact: Contact) -> None:
        closed = not self._entrance.is_open(contact.channel)
        interrupted = sum(self._interruptions.values())
        self._rung(contact)
        self._notice(not contact.reached, "a call in vain")
        self._notice(contact.reached, "a call is answered")
        self._notice(contact.reached and contact.tries > 0, "a call is answered at a later try")
        self._notice(contact.agent is not None, "who answers is served at once")
        self._notice(contact.in_queue, "who answers has to wait")
        self._notice(sum(self._interruptions.values()) > interrupted, "who answers interrupts")
        entered = contact.entered != NOBODY
        self._notice(entered and closed, "answered after closing")
        self._notice(contact.reached and not entered, "disconnected on answering")

    def _is_taken_down(self, contact: Contact) -> None:
        self._notice(contact.attempt > 0 and contact.tries == 0, "a next step to a dialler")
        self._taken_down(contact)
        self._notice(contact.gone, "dropped when due to be called again")

    def _is_cleared(self, channel: int) -> None:
        if channel in self._diallers.channels:
            self._notice(bool(self._diallers._lists[channel]), "the list is dropped at closing")
            self._notice(self._diallers._ringing[channel] > 0, "a call rings at closing")
        self._cleared(channel)

    def _notice_unfinished_call(self, contact: Contact) -> None:
        if contact.channel in self._diallers.channels and contact.outcome is Outcome.UNFINISHED:
            listed = contact in self._diallers._lists[contact.channel]
            rings = contact.holds_line and contact.entered == NOBODY
            self._notice(listed, "unfinished on the list")
            self._notice(rings, "unfinished while it rings")
            between = contact.tries > 0 and not listed and not contact.holds_line
            self._notice(between, "unfinished before being called again")

    def _begins_wrap(self, contact: Contact, agent: Agent, time: int) -> None:
        self.seen.add("wrapped up")
        self._notice(len(agent.contacts) > 1, "wrapped up beside a chat")
        self._notice(agent.leaving, "wrapped up in overtime")
        factor = self._plan.skill_factor[agent.group, contact.queue]
        self._notice(factor != 1, "wrapped up at another speed")
        self._wraps(contact, agent, time)

    def _leaves_queue(self, contact: Contact) -> None:
        self._overflow_of[contact.id] = contact.overflows_at
        closed = not self._entrance.is_open(contact.channel)
        dropped = bool(self._plan.drop_at_close[contact.channel]) and closed
        self._notice(contact.gone and dropped, "forgotten at closing")
        self._notice(contact.is_callback and dropped, "a callback is dropped at closing")
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
        return sum(incident.slowdown != 1 for incident in self._incidents._active(contact.channel))

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
    never_answered = follows & (outcome[:-1] == Outcome.CALLED_BACK) & (outcome[1:] == Outcome.ABANDONED)
    day = plan.horizon // (len(plan.day_index) - 1)
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
            unfinished
            & (trace.entered == NOBODY)
            & (mode != Mode.SELF_SERVICE)
            & (plan.dialler_tries[trace.channel] == 0)
        ),
        "a next step after a transfer": np.any(
            (outcome == Outcome.TRANSFERRED)
            & (trace.next_channel != NOBODY)
            & (trace.next_channel != trace.channel)
            & (trace.next_channel != plan.transfer_to[trace.channel])
        ),
        "unfinished before a callback": np.any(
            unfinished[1:] & follows & (outcome[:-1] == Outcome.CALLED_BACK)
        ),
        "a callback that nobody answers": np.any(never_answered),
        "a next step after a callback that nobody answered": np.any(
            never_answered & (trace.next_channel[1:] != NOBODY)
        ),
        "a next step although contained": np.any(
            (outcome == Outcome.CONTAINED) & (trace.next_channel != NOBODY)
        ),
        "a next step after unreached": np.any(
            (outcome == Outcome.UNREACHED) & (trace.next_channel != NOBODY)
        ),
        "two diallers": np.count_nonzero(plan.dialler_tries[channels]) > 1,
        "somebody is absent": np.any(draws.staff < plan.staff),
        "everybody scheduled is absent": np.any((draws.staff == 0) & (plan.staff > 0)),
        "a backlog": np.any(plan.backlog) and np.any(plan.backlog_at < plan.horizon),
        "a later attempt keeps its draws": plan.keeps_draws
        and np.any(served[again + 1] & (plan.dialler_tries[trace.channel[again + 1]] == 0)),
        "several disconnected at once": _several_at_once(trace.ended[outcome == Outcome.DISCONNECTED]),
    }
    seen |= {f"outcome {Outcome(o).name.lower()}": True for o in np.unique(outcome)}
    seen |= {f"contacts in {Mode(m).name.lower()}": True for m in np.unique(modes)}
    found = {name for name, happened in seen.items() if happened}
    failed = 0
    for m in range(len(trace.case)):
        failed = failed if trace.attempt[m] else 0
        found |= _of_contact(plan, draws, trace, m, failed)
        failed += outcome[m] not in (Outcome.TRANSFERRED, Outcome.CALLED_BACK, Outcome.UNREACHED)
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
    rung = attempt > 0 and trace.outcome[m - 1] == Outcome.CALLED_BACK
    impatient = mode in (Mode.LIVE, Mode.CONCURRENT) and trace.entered[m] != NOBODY and not rung
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

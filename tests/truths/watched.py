"""A simulation that is watched: between any two events, what must always hold is looked at."""

from __future__ import annotations

import numpy as np
import simpy

from sim.contract import NOBODY, Draws, Mode, Plan, Trace
from sim.engines.reference.people import Agent, Contact
from sim.engines.reference.simulation import Simulation
from sim.policies import Policy


class WatchedSimulation(Simulation):
    """The reference engine, stopped after each event to look around."""

    def __init__(self, plan: Plan, draws: Draws, policy: Policy | None = None) -> None:
        super().__init__(plan, draws, policy)
        self._called: dict[int, int] = {}
        """Calls placed by diallers, by contact."""

    def run(self) -> Trace:
        diallers = self._diallers
        self._place_call, diallers._call = diallers._call, self._look_at_call  # type: ignore[method-assign]
        self._agenda.run = self._run_watched  # type: ignore[method-assign]
        return super().run()

    def _run_watched(self) -> None:
        environment = self._agenda._environment
        while True:
            try:
                environment.step()
            except simpy.core.EmptySchedule:
                return
            self._look_around()

    def _look_around(self) -> None:
        floor, plan = self._dispatcher.floor, self._plan
        everybody = [agent for agents in floor.agents for agent in agents.values()]
        for group, agents in enumerate(floor.agents):
            scheduled = int(self._draws.staff[group, self._agenda.now // plan.interval_ticks])
            staying = sum(not agent.leaving for agent in agents.values())
            # A staffing event of this tick may still be to come.
            assert staying == scheduled or self._agenda.now % plan.interval_ticks == 0
        for agent in everybody:
            self._look_at(agent)
        for queue in self._dispatcher.queues.each:
            waiting = queue.waiting()
            assert waiting == sorted(waiting, key=lambda contact: contact.place)
            assert all(contact.in_queue for contact in waiting)
            for contact in waiting[:1]:
                self._nobody_could_take(contact, everybody)
                if self._has_conditions(contact.queue):
                    self._nobody_could_be_interrupted(contact, everybody)
        for channel in self._diallers.channels:
            self._nobody_else_would_be_called(channel, everybody)
        inside, by_agents = [0] * len(plan.channels), [0] * len(plan.channels)
        for contact in self._contacts:
            self._look_at_contact(contact)
            present = contact.ended == NOBODY
            on_a_line = present and (contact.answered != NOBODY or not contact.is_callback)
            if contact.channel in self._diallers.channels:
                on_a_line = present and (contact.entered != NOBODY or self._rings(contact))
            assert contact.holds_line == on_a_line
            inside[contact.channel] += on_a_line
            by_agents[contact.channel] += on_a_line and (contact.transferred or contact.is_callback)
        assert inside == self._entrance.inside
        for n, let_in, lines in zip(inside, by_agents, plan.lines.tolist(), strict=True):
            assert n - let_in <= lines

    def _look_at_contact(self, contact: Contact) -> None:
        plan, present = self._plan, contact.ended == NOBODY
        waits, on_a_desk = contact.waiting_since != NOBODY, contact.agent is not None
        assert waits + on_a_desk + contact.in_queue <= 1 + waits
        assert contact.in_queue or not waits
        if contact.is_callback:
            self._look_at_callback(contact)
            return
        assert not contact.ringing
        assert contact.tries <= plan.dialler_tries[contact.channel]
        if Mode(plan.mode[contact.channel]) is not Mode.SELF_SERVICE:
            in_the_front = contact.entered == NOBODY
            assert waits + (on_a_desk and present) + (in_the_front and present) == present
        silent = contact.in_queue and not waits
        assert not silent or (contact.gone and contact.answered == NOBODY)

    def _look_at_callback(self, contact: Contact) -> None:
        """Nobody waits on a line; until somebody answers, the agent who has it open rings."""
        on_a_desk, answered = contact.agent is not None, contact.answered != NOBODY
        assert contact.waiting_since == NOBODY
        assert contact.queued == 0
        assert contact.ringing == (on_a_desk and not answered)
        assert not (contact.in_queue and (answered or contact.gone))
        assert contact.tries <= self._plan.callback_tries[contact.channel]

    def _look_at(self, agent: Agent) -> None:
        plan = self._plan
        channels = [contact.channel for contact in agent.contacts]
        assert all(agent in (contact.agent, contact.second) for contact in agent.contacts)
        assert all(len(channels) <= plan.cap[channel] for channel in channels), "above a cap"
        if len(channels) > 1:
            assert all(plan.mode[channel] == Mode.CONCURRENT for channel in channels)
        if agent.leaving:
            assert channels, "a leaving agent without contacts has gone"
            assert agent.shelf is None
        else:
            room = len(channels) < min([int(plan.cap[channel]) for channel in channels], default=1)
            interruptible = any(
                plan.interruptible[contact.channel] and not contact.gone for contact in agent.contacts
            )
            assert (agent.shelf is not None) == (room or interruptible)
            assert agent.shelf is None or agent.shelf[agent.turn] is agent
        for contact in agent.contacts:
            assert agent is contact.second or plan.skill_priority[agent.group, contact.queue] > 0

    def _nobody_could_take(self, contact: Contact, everybody: list[Agent]) -> None:
        plan = self._plan
        for agent in everybody:
            if agent.leaving or not self._usable(agent, contact, everybody):
                continue
            assert agent.contacts, "idle while somebody waits whom the agent could take"
            if (
                plan.mode[contact.channel] == Mode.CONCURRENT
                and plan.mode[agent.contacts[0].channel] == Mode.CONCURRENT
            ):
                load = len(agent.contacts) + 1
                full = any(
                    load > plan.cap[c]
                    for c in [contact.channel, *(open_.channel for open_ in agent.contacts)]
                )
                assert full, "room for a chat while a chat waits"

    def _usable(self, agent: Agent, contact: Contact, everybody: list[Agent]) -> bool:
        """Whether the skill is, for sure: what an agent has put down is not told when another opens."""
        is_new = contact.answered == NOBODY and (contact.tries == 0 or not contact.is_callback)
        group, queue, plan = agent.group, contact.queue, self._plan
        others_idle = sum(
            other.group == group and not other.leaving and not other.contacts and other is not agent
            for other in everybody
        )
        opens = int(plan.skill_overflow[group, queue])
        return bool(
            plan.skill_priority[group, queue] > 0
            and others_idle >= plan.skill_keep_idle[group, queue]
            and self._conditions_hold(group, queue, everybody)
            and (opens == 0 or (is_new and self._agenda.now > contact.entered + opens))
        )

    # -- conditions and diallers -------------------------------------------------------------------

    def _has_conditions(self, queue: int) -> bool:
        plan = self._plan
        asks = (
            (plan.skill_queue_least > 0) | (plan.skill_own_below < 2**62) | (plan.skill_busy_below < np.inf)
        )
        return bool(np.any(asks[:, queue] & (plan.skill_priority[:, queue] > 0)))

    def _conditions_hold(self, group: int, queue: int, everybody: list[Agent]) -> bool:
        plan, queues = self._plan, self._dispatcher.queues.each
        mine = plan.skill_priority[group]
        own = sum(len(queues[q].waiting()) for q in np.flatnonzero((mine > 0) & (mine < mine[queue])))
        here = [agent for agent in everybody if agent.group == group and not agent.leaving]
        busy = sum(bool(agent.contacts) for agent in here)
        return bool(
            len(queues[queue].waiting()) >= plan.skill_queue_least[group, queue]
            and own < plan.skill_own_below[group, queue]
            and (not here or busy < plan.skill_busy_below[group, queue] * len(here))
        )

    def _nobody_could_be_interrupted(self, contact: Contact, everybody: list[Agent]) -> None:
        """Where queues are looked at after every event, none holds a head that interrupts work."""
        if contact.waiting_since == NOBODY or self._plan.mode[contact.channel] == Mode.DEFERRED:
            return
        for agent in everybody:
            if agent.interruptible and not agent.leaving and agent.contacts:
                assert not self._usable(agent, contact, everybody)

    def _rings(self, contact: Contact) -> bool:
        return contact.id in self._called and contact.tries < self._called[contact.id]

    def _spare(self, queue: int, everybody: list[Agent]) -> int:
        plan = self._plan
        idle = np.zeros(len(plan.groups), np.int64)
        for agent in everybody:
            idle[agent.group] += not agent.leaving and not agent.contacts
        beyond = np.maximum(idle - plan.skill_keep_idle[:, queue], 0)
        return int(beyond[plan.skill_priority[:, queue] > 0].sum())

    def _most_calls(self, contact: Contact) -> int:
        everybody = [agent for agents in self._dispatcher.floor.agents for agent in agents.values()]
        return int(self._plan.dialler_pace[contact.channel] * self._spare(contact.queue, everybody))

    def _ringing_now(self, channel: int) -> int:
        return sum(
            contact.channel == channel and contact.holds_line and contact.entered == NOBODY
            for contact in self._contacts
        )

    def _look_at_call(self, contact: Contact) -> None:
        """A call is placed: while the channel is open, a line is free and the pace allows it."""
        channel = contact.channel
        assert self._entrance.is_open(channel)
        assert self._entrance.inside[channel] < self._plan.lines[channel]
        assert self._ringing_now(channel) < self._most_calls(contact)
        self._called[contact.id] = self._called.get(contact.id, 0) + 1
        assert self._called[contact.id] == contact.tries + 1 <= self._plan.dialler_tries[channel]
        self._place_call(contact)

    def _nobody_else_would_be_called(self, channel: int, everybody: list[Agent]) -> None:
        waiting, ringing = self._diallers._lists[channel], self._ringing_now(channel)
        assert ringing == self._diallers._ringing[channel]
        full = self._entrance.inside[channel] >= self._plan.lines[channel]
        if waiting and self._entrance.is_open(channel) and not full:
            assert ringing >= self._most_calls(waiting[0])


def watch(plan: Plan, draws: Draws) -> Trace:
    return WatchedSimulation(plan, draws).run()

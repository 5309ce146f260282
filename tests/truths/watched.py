"""A simulation that is watched: between any two events, what must always hold is looked at."""

from __future__ import annotations

import simpy

from sim.contract import NOBODY, Draws, Mode, Plan, Trace
from sim.engines.reference.people import Agent, Contact
from sim.engines.reference.simulation import Simulation


class WatchedSimulation(Simulation):
    """The reference engine, stopped after each event to look around."""

    def run(self) -> Trace:
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
            scheduled = int(plan.staff[group, self._agenda.now // plan.interval_ticks])
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
        inside, by_agents = [0] * len(plan.channels), [0] * len(plan.channels)
        for contact in self._contacts:
            self._look_at_contact(contact)
            present = contact.ended == NOBODY
            on_a_line = present and (contact.answered != NOBODY or not contact.is_callback)
            assert contact.holds_line == on_a_line
            inside[contact.channel] += on_a_line
            by_agents[contact.channel] += on_a_line and (contact.transferred or contact.is_callback)
        assert inside == self._entrance.inside
        for n, let_in, lines in zip(inside, by_agents, plan.lines.tolist(), strict=True):
            assert n - let_in <= lines

    def _look_at_contact(self, contact: Contact) -> None:
        present = contact.ended == NOBODY
        waits, on_a_desk = contact.waiting_since != NOBODY, contact.agent is not None
        assert waits + on_a_desk + contact.in_queue <= 1 + waits
        assert contact.in_queue or not waits
        if contact.is_callback:
            self._look_at_callback(contact)
            return
        assert not contact.ringing
        assert contact.tries == 0
        if Mode(self._plan.mode[contact.channel]) is not Mode.SELF_SERVICE:
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
        is_new = contact.answered == NOBODY and contact.tries == 0
        group, queue, plan = agent.group, contact.queue, self._plan
        others_idle = sum(
            other.group == group and not other.leaving and not other.contacts and other is not agent
            for other in everybody
        )
        opens = int(plan.skill_overflow[group, queue])
        return bool(
            plan.skill_priority[group, queue] > 0
            and others_idle >= plan.skill_keep_idle[group, queue]
            and (opens == 0 or (is_new and self._agenda.now > contact.entered + opens))
        )


def watch(plan: Plan, draws: Draws) -> Trace:
    return WatchedSimulation(plan, draws).run()

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
        for queue in self._dispatcher.queues:
            waiting = queue.waiting()
            assert waiting == sorted(waiting, key=lambda contact: contact.place)
            assert all(contact.in_queue for contact in waiting)
            for contact in waiting[:1]:
                self._nobody_could_take(contact, everybody)
        inside, passed_on = [0] * len(plan.channels), [0] * len(plan.channels)
        for contact in self._contacts:
            present = contact.ended == NOBODY
            inside[contact.channel] += present
            passed_on[contact.channel] += present and contact.transferred
            waits, on_a_desk = contact.waiting_since != NOBODY, contact.agent is not None
            assert waits + on_a_desk + contact.in_queue <= 1 + waits
            if Mode(plan.mode[contact.channel]) is not Mode.SELF_SERVICE:
                in_the_front = contact.entered == NOBODY
                assert waits + (on_a_desk and present) + (in_the_front and present) == present
            assert contact.in_queue or not waits
            silent = contact.in_queue and not waits
            assert not silent or (contact.gone and contact.answered == NOBODY)
        assert inside == self._inside
        for n, by_transfer, lines in zip(inside, passed_on, plan.lines.tolist(), strict=True):
            assert n - by_transfer <= lines

    def _look_at(self, agent: Agent) -> None:
        plan = self._plan
        channels = [contact.channel for contact in agent.contacts]
        assert all(contact.agent is agent for contact in agent.contacts)
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
            assert plan.skill_priority[agent.group, contact.queue] > 0

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
        """Whether the skill is, for sure: interrupted work is not told when another opens."""
        group, queue, plan = agent.group, contact.queue, self._plan
        others_idle = sum(
            other.group == group and not other.leaving and not other.contacts and other is not agent
            for other in everybody
        )
        opens = int(plan.skill_overflow[group, queue])
        return bool(
            plan.skill_priority[group, queue] > 0
            and others_idle >= plan.skill_keep_idle[group, queue]
            and (opens == 0 or (contact.answered == NOBODY and self._agenda.now > contact.entered + opens))
        )


def watch(plan: Plan, draws: Draws) -> Trace:
    return WatchedSimulation(plan, draws).run()

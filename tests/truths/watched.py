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
            for contact in queue.waiting()[:1]:
                self._nobody_could_take(contact, everybody)
        inside = [0] * len(plan.channels)
        for contact in self._contacts:
            present = contact.ended == NOBODY
            inside[contact.channel] += present
            waiting_or_served = (contact.waiting_since != NOBODY) + (contact.agent is not None)
            if Mode(plan.mode[contact.channel]) is not Mode.SELF_SERVICE:
                assert waiting_or_served == present
        assert inside == self._inside
        assert all(n <= lines for n, lines in zip(inside, plan.lines.tolist(), strict=True))

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
            interruptible = any(plan.interruptible[channel] for channel in channels)
            assert (agent.shelf is not None) == (room or interruptible)
            assert agent.shelf is None or agent.shelf[agent.turn] is agent
        for contact in agent.contacts:
            assert plan.skill_priority[agent.group, contact.queue] > 0

    def _nobody_could_take(self, contact: Contact, everybody: list[Agent]) -> None:
        plan = self._plan
        for agent in everybody:
            if plan.skill_priority[agent.group, contact.queue] == 0 or agent.leaving:
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


def watch(plan: Plan, draws: Draws) -> Trace:
    return WatchedSimulation(plan, draws).run()

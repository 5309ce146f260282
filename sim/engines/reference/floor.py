"""The floor: the agents at work, where they are to be found, and who goes when their number falls."""

from __future__ import annotations

from collections import OrderedDict

from sim.contract import Plan, Ticks
from sim.engines.reference.meters import Meter
from sim.engines.reference.people import Agent

Shelf = OrderedDict[int, Agent]
"""Agents in the same position by turn: the one longest at its load is first."""


class Floor:
    """Agents by group. The dispatcher changes what they do; the floor knows where they stand.

    An agent whose load is to change is taken off its shelf, and put back under a new turn.
    """

    def __init__(self, plan: Plan) -> None:
        groups, most = len(plan.groups), int(plan.cap.max(initial=1))
        self.with_room: list[list[Shelf]] = [[Shelf() for _ in range(most)] for _ in range(groups)]
        """[group][contacts open]: agents with room for one more, who are not leaving."""
        self.interruptible: list[Shelf] = [Shelf() for _ in range(groups)]
        """[group]: agents on work that a live or concurrent contact may interrupt, not leaving."""
        self.agents: list[dict[int, Agent]] = [{} for _ in range(groups)]
        """[group]: everybody on the floor, by number."""
        self.leaving: list[dict[int, Agent]] = [{} for _ in range(groups)]
        """[group]: those due to leave, in the order in which they were marked."""
        self._turn = 0
        self._number = 0
        self._present = Meter(groups, plan.intervals, plan.interval_ticks)
        self._busy = Meter(groups, plan.intervals, plan.interval_ticks)
        self._overtime = Meter(groups, plan.intervals, plan.interval_ticks)

    # -- one agent ---------------------------------------------------------------------------------

    def take_off(self, agent: Agent) -> None:
        """The agent is not to be found while its load changes."""
        if agent.shelf is not None:
            del agent.shelf[agent.turn]
            agent.shelf = None

    def put_back(self, agent: Agent, now: int) -> None:
        """The agent has come to a new load: the last of all who have it. If due to leave, it may go."""
        self._turn += 1
        agent.turn = self._turn
        if agent.leaving and not agent.contacts:
            self._go(agent, now)
            return
        agent.shelf = self._shelf(agent)
        if agent.shelf is not None:
            agent.shelf[agent.turn] = agent
        busy = bool(agent.contacts) and not agent.leaving
        if busy is not agent.busy:
            self._busy.change(agent.group, now, 1 if busy else -1)
            agent.busy = busy

    def _shelf(self, agent: Agent) -> Shelf | None:
        if agent.leaving:
            return None
        load = len(agent.contacts)
        if load < agent.limit:
            return self.with_room[agent.group][load]
        return self.interruptible[agent.group] if agent.interruptible else None

    # -- staffing ----------------------------------------------------------------------------------

    def come(self, group: int, now: int) -> Agent:
        """One more agent, not yet to be found: the one last marked as leaving stays, or a new one comes."""
        if self.leaving[group]:
            _, agent = self.leaving[group].popitem()
            agent.leaving = False
            self._overtime.change(group, now, -1)
        else:
            agent = Agent(self._number, group)
            self._number += 1
            self.agents[group][agent.number] = agent
            self._present.change(group, now, 1)
        return agent

    def fewer(self, group: int, by: int, now: int) -> None:
        """So many leave: the idle first, the longest idle of all first; then busy ones are marked,
        those with the fewest contacts first, then the longest at their load."""
        idle = self.with_room[group][0]
        while by and idle:
            agent = idle[next(iter(idle))]
            self.take_off(agent)
            del self.agents[group][agent.number]
            self._present.change(group, now, -1)
            by -= 1
        if by:
            staying = [agent for agent in self.agents[group].values() if not agent.leaving]
            staying.sort(key=lambda agent: (len(agent.contacts), agent.turn))
            for agent in staying[:by]:
                self._mark_leaving(agent, now)

    def _mark_leaving(self, agent: Agent, now: int) -> None:
        self.take_off(agent)
        agent.leaving = True
        self.leaving[agent.group][agent.number] = agent
        agent.busy = False
        self._busy.change(agent.group, now, -1)
        self._overtime.change(agent.group, now, 1)

    def _go(self, agent: Agent, now: int) -> None:
        del self.agents[agent.group][agent.number]
        del self.leaving[agent.group][agent.number]
        self._overtime.change(agent.group, now, -1)
        self._present.change(agent.group, now, -1)

    # -- what the meters show now ------------------------------------------------------------------

    def here(self, group: int) -> int:
        """Agents within schedule on the floor."""
        return self._present.level[group] - self._overtime.level[group]

    def at_work(self, group: int) -> int:
        """Those among them who have a contact; who is being given another load, as before that."""
        return self._busy.level[group]

    # -- what was measured -------------------------------------------------------------------------

    @property
    def present(self) -> Ticks:
        """[G, K] agents on the floor, overtime included."""
        return self._present.integrals()

    @property
    def busy(self) -> Ticks:
        """[G, K] agents within schedule who have a contact."""
        return self._busy.integrals()

    @property
    def overtime(self) -> Ticks:
        """[G, K] agents beyond schedule."""
        return self._overtime.integrals()

"""The agenda: SimPy's environment, with the contract's total order of events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import simpy

from sim.contract import Kind, event_order

_AFTER_SIMPY = 2
"""SimPy's own priorities are 0 and 1: a cascade that it starts is over before our next event."""


class Agenda:
    """What is to happen until the horizon, in order of tick, kind and identity.

    ``now`` is the present tick. When an event is over, ``afterwards()`` is called, if there is one.
    """

    def __init__(self, horizon: int) -> None:
        self.horizon = horizon
        self.now = 0
        self.afterwards: Callable[[], None] | None = None
        self._is_event = True
        self._environment = simpy.Environment(initial_time=0)
        self._first_of_kind: list[Any] = [_AFTER_SIMPY + event_order(kind, 0) for kind in Kind]

    def at(self, tick: int, kind: Kind, identity: int, action: Callable[[Any], None], whom: object) -> None:
        """Enter that ``action(whom)`` happens at ``tick``. Nothing happens at or after the horizon."""
        if tick < self.horizon:
            happening = Happening(self, tick, action, whom)
            self._environment.schedule(happening, self._first_of_kind[kind] + identity, tick - self.now)

    def happen(self, tick: int, action: Callable[[Any], None], whom: object) -> None:
        """It is ``tick``: what was entered for it happens."""
        self.now = tick
        self._is_event = True
        action(whom)
        if self.afterwards is not None and self._is_event:
            self.afterwards()

    def pass_over(self) -> None:
        """What happens now was foreseen, and is to be no more: it is no event."""
        self._is_event = False

    def run(self) -> None:
        """Let everything happen."""
        self._environment.run()


class Happening(simpy.Event):
    """Something that happens at a tick; like SimPy's ``Timeout``, it is triggered from the start."""

    _ok = True

    def __init__(self, agenda: Agenda, tick: int, action: Callable[[Any], None], whom: object) -> None:
        self.callbacks = [self._happen]
        self._agenda = agenda
        self._tick = tick
        self._action = action
        self._value = whom

    def _happen(self, _: simpy.Event) -> None:
        self._agenda.happen(self._tick, self._action, self._value)

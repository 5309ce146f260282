"""Stations: where a thread simulates. Each thread has its own workspace for a plan and uses it again."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from sim.contract import Draws, IncidentFact, Integrals, Plan, Rows, Trace
from sim.engines.compiled import kernel
from sim.engines.compiled.centre import centre_of, computed_by, given_by
from sim.engines.compiled.fortune import TIME
from sim.engines.compiled.kernel import OUT_OF_ROOM
from sim.engines.compiled.records import CONTACT
from sim.engines.compiled.sheet import sheet_of
from sim.luck.cases import CaseArrays
from sim.luck.prepared import Luck

_MORE_CONTACTS = 1.5
"""Room for so many times the cases, to begin with."""

_local = threading.local()


class Station:
    """A plan's workspace in one thread. It grows when a replication needs more room, and then stays so."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._contacts = 0
        self.desk = centre_of(plan, sheet_of(plan))
        self.desk.record["time_address"] = TIME.address
        self.desk.record["simulate_address"] = kernel.SIMULATE.address
        """What the kernel works on."""

    @classmethod
    def here(cls, plan: Plan) -> Station:
        """This thread's station for a plan: that of the call before, if it was for the same plan."""
        station: Station | None = getattr(_local, "station", None)
        if station is None or station._plan is not plan:
            station = _local.station = cls(plan)
        return station

    def simulate(self, draws: Draws) -> Trace:
        """Simulate one replication."""
        number = len(draws.arrival)
        cases = CaseArrays(
            np.ascontiguousarray(draws.key),
            *(np.ascontiguousarray(getattr(draws, name), np.int64) for name in CaseArrays._fields[1:]),
        )
        luck: Luck | None = getattr(draws, "luck", None)
        self.desk.put(
            fix=np.ascontiguousarray(draws.fix, np.int64),
            staff=np.ascontiguousarray(draws.staff, np.int64),
        )
        if luck is None:
            self.desk.put(**given_by(self._plan, draws))
        self.desk.put(first_work=np.zeros(0, np.int64))
        self.make_room(luck, cases, number, 0)
        while True:
            contacts = kernel.simulate_once(self.desk.record, number)
            if contacts != OUT_OF_ROOM:
                return self._trace(number, contacts)
            kernel.clear_once(self.desk.record)
            self.make_room(luck, cases, number, 2 * self._contacts)

    def make_room(self, luck: Luck | None, cases: CaseArrays, number: int, contacts: int) -> int:
        """Put cases and luck on the desk (None: it is given), and make room for ``number`` cases and, at
        least, so many contacts; returns for how many there is room."""
        desk, queues = self.desk, len(self._plan.queue_channel)
        desk.record["given"] = luck is None
        if luck is not None:
            desk.put(**computed_by(luck))
        desk.put(**cases._asdict())
        if len(desk.arrays.get("first_contact", ())) < number:
            desk.put(first_contact=np.zeros(number, np.uint32))
            if len(self._plan.incident_channel):
                desk.put(hurt_by=np.zeros(number, np.uint16))
        contacts = max(contacts, int(number * _MORE_CONTACTS) + 64)
        if self._contacts < contacts:
            self._contacts = contacts
            desk.put(contacts=_aligned(contacts + queues + 2))
            if desk.record["consulting"]:
                desk.put(helper=np.empty(contacts + queues + 2, np.int64))
                desk.put(helped=np.empty(contacts + queues + 2, np.int64))
            desk.record["most_contacts"] = contacts + queues
            desk.record["blank"] = contacts + queues + 1
        return self._contacts

    def _trace(self, number: int, contacts: int) -> Trace:
        rows = Rows(*(np.empty(contacts, np.int64) for _ in Rows._fields))
        integrals = integrals_of(self._plan)
        kernel.write_once(self.desk.record, number, rows, integrals)
        return Trace(**rows._asdict(), **integrals._asdict())


def _aligned(contacts: int) -> NDArray[np.void]:
    """Room for contacts that begin where a cache line does."""
    line = 64
    room = np.zeros(contacts * CONTACT.itemsize + line, np.uint8)
    start = -room.ctypes.data % line
    return room[start : start + contacts * CONTACT.itemsize].view(CONTACT)


def integrals_of(plan: Plan) -> Integrals:
    """Room for integrals."""
    groups, channels = len(plan.groups), len(plan.channels)
    shapes = [(rows, plan.intervals) for rows in (groups,) * 4 + (channels,)]
    shapes.append((len(plan.incident_channel), len(IncidentFact)))
    return Integrals(*(np.empty(shape, np.int64) for shape in shapes))

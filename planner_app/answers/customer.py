"""One customer: the same case in the baseline and in the what-if, contact by contact.

The first day of a run is simulated again, with every contact kept: luck belongs to the seed, the replication
and the customer, so it is the same day. Customers are paired by their identity, not by their number, which
another volume may shift.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

import sim
from planner_app.answers import readings
from planner_app.answers.readings import BASELINE, WHAT_IF, Told
from planner_app.answers.words import plain, spoken, title, value, whole
from planner_app.services import RunRow
from planner_app.studies.stacks import read_variant
from sim import effort
from sim.effort import Weights
from sim.results import Result

KINDS: dict[str, str] = {
    "hit": "Hit hardest by the what-if",
    "longest": "Longest wait",
    "contacts": "Most contacts",
    "gave_up": "Gave up, with most effort",
}
"""How a customer is looked for, and what menus call it. All but the first look at the last scenario."""

MOST_LISTED = 50
"""So many customers of a kind are found, one after another."""

_KEPT_DAYS = 4
_IMPATIENT = ("live", "concurrent")

OUTCOMES: dict[str, str] = {
    "resolved": "resolved",
    "contained": "resolved",
    "unresolved": "not resolved",
    "failed": "failed",
    "abandoned": "gave up waiting",
    "blocked": "did not get through",
    "closed": "was closed",
    "transferred": "was transferred",
    "called_back": "is called back",
    "disconnected": "was cut off at closing",
    "unfinished": "was still open at the end",
    "unreached": "was called in vain",
}
"""How a contact ended, in words."""


@dataclass(frozen=True)
class Contact:
    """One attempt of a case. Times are seconds from the start of the simulation."""

    channel: str
    mode: str
    arrived: float
    wait: float
    handled: float
    """Agent's time; the time in the channel for self-service."""
    ended: float
    group: str
    """Of agents; empty where nobody answered."""
    outcome: str
    effort: float
    """Points of the case so far, this contact included."""

    @property
    def resolved(self) -> bool:
        """Whether it resolved the case."""
        return self.outcome in ("resolved", "contained")

    @property
    def impatient(self) -> bool:
        """Whether its customer waits on the line, so that waiting is effort."""
        return self.mode in _IMPATIENT


@dataclass(frozen=True)
class Journey:
    """What became of a customer in one scenario."""

    number: int
    """Of the case, within the replication."""
    intent: str
    segment: str
    outcome: str
    """``resolved``, ``given_up`` or ``unfinished``."""
    contacts: tuple[Contact, ...]

    @property
    def effort(self) -> float:
        """Points in the end."""
        return self.contacts[-1].effort if self.contacts else 0.0

    @property
    def waited(self) -> float:
        """Seconds on the line before agents answered or the customer left."""
        return sum(contact.wait for contact in self.contacts if contact.impatient)


@dataclass(frozen=True, eq=False)
class Side:
    """The first day of one scenario."""

    result: Result

    @cached_property
    def cases(self) -> pd.DataFrame:
        """The cases by identity, with the seconds that they waited on the line."""
        table = self.result.cases
        contacts = self.result.contacts
        modes = self._modes
        impatient = contacts["channel"].astype(object).map(modes).isin(_IMPATIENT)
        waits = np.where(impatient, contacts["wait_seconds"], 0.0)
        waited = np.bincount(contacts["case"], weights=waits, minlength=len(table))
        return table.assign(waited_seconds=waited).set_index("key")

    @cached_property
    def _modes(self) -> dict[str, str]:
        return {name: channel.mode for name, channel in self.result.scenario.channels.items()}

    def journey(self, key: int) -> Journey | None:
        """The journey of a customer; None where they do not come."""
        if key not in self.cases.index:
            return None
        case: Any = self.cases.loc[key]
        contacts = self.result.contacts
        rows = contacts[contacts["case"] == case["case"]].to_dict("records")
        points = effort_so_far(rows, self._modes, self.result.terms.weights)
        return Journey(
            int(case["case"]),
            str(case["intent"]),
            str(case["segment"]),
            str(case["outcome"]),
            tuple(
                Contact(
                    row["channel"],
                    self._modes[row["channel"]],
                    row["arrived"],
                    row["wait_seconds"],
                    row["handle_seconds"]
                    if self._modes[row["channel"]] != "self_service"
                    else row["ended"] - row["arrived"],
                    row["ended"],
                    "" if pd.isna(row["group"]) else str(row["group"]),
                    row["outcome"],
                    float(so_far),
                )
                for row, so_far in zip(rows, points, strict=True)
            ),
        )


def effort_so_far(
    rows: Sequence[dict[Any, Any]], modes: dict[str, str], weights: Weights
) -> np.ndarray[Any, Any]:
    """Points ``[n]`` of a case after each of its n contacts, by the rules of :mod:`sim.effort`."""
    waited, switches, transfers, retellings, failed = (np.zeros(len(rows)) for _ in range(5))
    told = False
    for place, row in enumerate(rows):
        mode, answered = modes[row["channel"]], not pd.isna(row["answered"])
        self_failed = mode == "self_service" and row["outcome"] == "failed"
        waited[place] = row["wait_seconds"] if mode in _IMPATIENT else 0.0
        switches[place] = place > 0 and row["channel"] != rows[place - 1]["channel"]
        transfers[place] = row["outcome"] == "transferred"
        retellings[place] = answered and told
        failed[place] = self_failed
        told = told or answered or self_failed
    parts = effort.points(
        weights,
        waited_seconds=waited.cumsum(),
        # Whom an agent passes on has not come back.
        contacts=np.arange(1, len(rows) + 1) - (transfers.cumsum() - transfers).astype(np.int64),
        channel_switches=switches.cumsum().astype(np.int64),
        transfers=transfers.cumsum().astype(np.int64),
        retellings=retellings.cumsum().astype(np.int64),
        failed_self_service=failed.cumsum().astype(np.int64),
    )
    return np.asarray(parts.sum(axis=0))


@dataclass(frozen=True, eq=False)
class Day:
    """The first day of a run, in its scenarios."""

    sides: dict[str, Side]

    @property
    def last(self) -> Side:
        """The what-if's, or the baseline's where nothing is stacked."""
        return self.sides.get(WHAT_IF, self.sides[BASELINE])

    def kinds(self) -> dict[str, str]:
        """How a customer can be looked for here."""
        return {kind: name for kind, name in KINDS.items() if kind != "hit" or WHAT_IF in self.sides}

    def find(self, kind: str, rank: int = 0) -> int | None:
        """The identity of the customer who comes ``rank``-th in a kind (see :data:`KINDS`); None without any.

        After the last one, or :data:`MOST_LISTED`, the first comes again.
        """
        found = self._listed(kind)
        return None if not found else found[rank % len(found)]

    def numbered(self, number: int) -> int | None:
        """The identity of the customer with a number, in the baseline or else in the what-if."""
        for side in self.sides.values():
            found = side.cases.index[side.cases["case"] == number]
            if len(found):
                return int(found[0])
        return None

    def journeys(self, key: int) -> dict[str, Journey | None]:
        """A customer's journey in each scenario."""
        return {name: side.journey(key) for name, side in self.sides.items()}

    def _listed(self, kind: str) -> list[int]:
        cases = self.last.cases
        if kind == "hit":
            standing = (cases["effort"] - self.sides[BASELINE].cases["effort"]).dropna()
        elif kind == "longest":
            standing = cases["waited_seconds"]
        elif kind == "contacts":
            standing = cases["contacts"].astype(np.float64)
        else:
            standing = cases.loc[cases["outcome"].astype(object) == "given_up", "effort"]
        standing = standing[standing > 0].sort_values(ascending=False, kind="stable")
        return [int(key) for key in standing.index[:MOST_LISTED]]


_days: OrderedDict[str, Day] = OrderedDict()
_lock = threading.Lock()


def day_of(run: RunRow) -> Day:
    """The first day of a run, simulated again; the latest few are kept.

    Raises ``ScenarioError`` when the run's scenario cannot be read any more, and ``EngineError`` when it
    cannot be simulated.
    """
    with _lock:
        if run.id in _days:
            _days.move_to_end(run.id)
            return _days[run.id]
        base, variant = read_variant(run.baseline, run.steps)
        scenarios = {BASELINE: base} if variant is None else {BASELINE: base, WHAT_IF: variant}
        day = Day(
            {
                name: Side(sim.run(scenario, replications=1, seed=run.seed, contacts=True, workers=1))
                for name, scenario in scenarios.items()
            }
        )
        _days[run.id] = day
        while len(_days) > _KEPT_DAYS:
            _days.popitem(last=False)
        return day


# -- words -----------------------------------------------------------------------------------------


def who(journeys: dict[str, Journey | None]) -> str:
    """The customer: number, what they want and who they are."""
    one = next(journey for journey in journeys.values() if journey is not None)
    return f"Case {one.number:,}: {plain(one.intent)}, {plain(one.segment)}"


def story(journeys: dict[str, Journey | None]) -> str:
    """What became of the customer, in one scenario and in the other."""
    before = journeys[BASELINE]
    told = "This customer does not come in the baseline." if before is None else f"{_end(before)}."
    if WHAT_IF not in journeys:
        return told[:1].upper() + told[1:]
    after = journeys[WHAT_IF]
    if before is not None and after is not None and before.contacts == after.contacts:
        return f"Nothing changes for this customer: {told}"
    if before is not None:
        told = f"In the baseline, {told}"
    return f"{told} In the what-if, {'this customer does not come' if after is None else _end(after)}."


def _end(journey: Journey) -> str:
    count = len(journey.contacts)
    ends = {"resolved": "resolved", "given_up": "given up", "unfinished": "still open at the end of the day"}
    waited = f" and {spoken(journey.waited)} of waiting" if journey.waited >= 0.5 else ""
    contacts = f"{whole(count)} contact{'' if count == 1 else 's'}"
    points = value(journey.effort, "ratio")
    return f"the case is {ends[journey.outcome]} after {contacts}{waited}, with {points} effort points"


def table(told: Told, journey: Journey) -> list[list[str]]:
    """The contacts of a journey, in words: time, channel, waited, handled, ended, effort so far."""
    return [
        [
            readings.time_label(told, contact.arrived),
            title(contact.channel),
            spoken(contact.wait) if contact.wait >= 0.5 else "–",
            _handled(contact),
            OUTCOMES.get(contact.outcome, plain(contact.outcome)),
            value(contact.effort, "ratio"),
        ]
        for contact in journey.contacts
    ]


def _handled(contact: Contact) -> str:
    if contact.handled < 0.5:
        return "–"
    by = f", {plain(contact.group)}" if contact.group else ""
    return f"{spoken(contact.handled)}{by}"


def heard(told: Told, journey: Journey) -> str:
    """A journey as a screen reader says it."""
    return "; ".join(
        f"{time} {channel}, {outcome}, effort {points}"
        for time, channel, _, _, outcome, points in table(told, journey)
    )

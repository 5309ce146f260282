"""The centre: everything that compiled functions share, and the workspace in which it lives.

A compiled function takes the centre as its first argument and reads the tables that it needs:
``contacts(centre)[contact].arrived``. How, :class:`sim.compiling.Desk` says.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from sim.compiling import Desk, desk_layout, on_desk, tuple_on_desk
from sim.contract import Chance, Draws, Floats, Ints, Keys, Plan
from sim.engines.compiled import records
from sim.engines.compiled.records import NONE
from sim.engines.compiled.sheet import Sheet
from sim.luck.laws import LAW, OBSERVED
from sim.luck.prepared import CHOICE, Luck, calls

PRESENT, BUSY, OVERTIME, OPEN = range(4)
"""Meters of a group, in rows ``group * METERS + …``; those of the queues' channels follow."""
METERS = 4

MOST_BUCKETS = 2**23

SCALARS: list[tuple[str, DTypeLike]] = [
    # sizes
    ("groups_count", np.int64),
    ("queues_count", np.int64),
    ("channels_count", np.int64),
    ("most_cap", np.int64),
    ("attempts", np.int64),
    ("shelves", np.int64),  # of each group
    ("most_contacts", np.int64),
    ("given", np.int64),  # luck is given as tables rather than computed
    ("agent_order", np.int64),
    ("by_group", np.int64),  # 1: some group has shares of its own of what it resolves
    ("troubled", np.int64),  # 1: there are incidents
    ("consulting", np.int64),  # 1: some contacts need a second agent
    ("ringing", np.int64),  # 1: some contacts are calls to the customer
    ("absent", np.int64),  # 1: agents may be absent
    ("conditions", np.int64),  # 1: some skill has conditions
    ("dialling", np.int64),  # 1: some channel has a dialler
    ("looks_round", np.int64),  # 1: one of these two
    ("time_address", np.int64),  # of sim.engines.compiled.fortune.TIME
    ("simulate_address", np.int64),  # of sim.engines.compiled.kernel.SIMULATE
    # time
    ("horizon", np.int64),
    ("interval_ticks", np.int64),
    ("now", np.int64),
    ("interval", np.int64),
    ("interval_begins", np.int64),
    ("interval_ends", np.int64),
    # the agenda
    ("shift", np.int64),  # a bucket is 2**shift ticks wide
    ("buckets_count", np.int64),
    ("cursor", np.int64),  # the bucket of the next event, or an earlier one
    ("opened", np.int64),  # the bucket that is in order, -1 for none
    ("opened_last", np.uint32),  # its last contact
    # records
    ("blank", np.uint32),  # the contact that new ones are copies of: the last record
    ("new_contact", np.uint32),  # the next one that is free
    ("new_agent", np.uint32),  # the next one never used
    ("spare_agent", np.uint32),  # agents who went, to be used again
    ("full", np.uint32),  # 1: there was no record for a contact
    ("turn", np.int64),
]
"""Numbers of the centre."""

TABLES: dict[str, tuple[DTypeLike, int]] = {
    # what changes
    "contacts": (records.CONTACT, 1),  # one sentinel per queue, then contacts as they arrived
    "agents": (records.AGENT, 1),  # the sentinels of each group's shelves, then agents
    "channels": (records.CHANNEL, 1),
    "queues": (records.QUEUE, 1),
    "buckets": (np.uint32, 1),  # first contact of each bucket of the agenda; all empty between replications
    "hands": (np.uint32, 2),  # [agents, most cap] the contacts that an agent has open
    "free": (np.uint64, 2),  # [1 + most cap, words of G] groups with an agent who has so many contacts open
    # and room for one more; in the last row, with one on work that may be interrupted
    "waiting": (np.uint64, 1),  # [words of Q] queues in which somebody waits
    "meters": (records.METER, 2),  # [METERS * G + C, K]
    "first_contact": (np.uint32, 1),  # [n] a case's first contact
    "incidents": (records.INCIDENT, 1),
    "lines": (records.LINE, 1),  # [G] who waits for a second agent of the group
    "helper": (np.int64, 1),  # by contact, if anybody consults: the second agent's group
    "helped": (np.int64, 1),  # and clock time
    "diallers": (records.DIALLER, 1),  # [C]
    "crews": (records.CREW, 1),  # [G]
    "hurt_by": (np.uint16, 1),  # [n] 1 + the incident that failed the customer, who has not told; 0: none
    # the cases of the replication
    "key": (np.uint64, 1),
    "arrival": (np.int64, 1),
    "intent": (np.int64, 1),
    "segment": (np.int64, 1),
    "first_channel": (np.int64, 1),
    "fix": (np.int64, 1),  # [N] from detection to the end
    "staff": (np.int64, 2),  # [G, K] agents on the floor
    "first_work": (np.int64, 1),  # [n] what the first attempt takes, or empty: then it is computed when asked
    # the sheet
    "planned_channels": (records.CHANNEL, 1),
    "planned_queues": (records.QUEUE, 1),
    "opens": (np.int64, 1),
    "closes": (np.int64, 1),
    "planned_incidents": (records.INCIDENT, 1),
    "changes": (records.CHANGE, 1),
    "queue_of": (np.int64, 2),
    "next_row": (np.int64, 4),
    "agent_ranks": (np.uint64, 2),
    "wrong_queue": (np.int64, 1),
    "transfer_part": (np.float64, 1),
    "offers": (records.CALLBACK_OFFER, 1),
    "passing_on": (records.PASSING_ON, 1),
    "transfer_share": (np.float64, 2),
    "consults": (records.CONSULT, 1),
    "consult_share": (np.float64, 2),
    "success": (np.float64, 3),
    "skill_resolution": (np.float64, 2),
    "skill_transfer": (np.float64, 2),
    "queue_work": (np.int64, 1),
    "queue_staff": (np.int64, 2),
    "overflow": (np.int64, 2),
    "keep_idle": (np.int64, 2),
    "queue_least": (np.int64, 2),
    "own_below": (np.int64, 2),
    "busy_below": (np.float64, 2),
    "priority": (np.int64, 2),
    "weight": (np.float64, 2),
    "selective": (np.uint8, 1),
    "rouses": (np.uint8, 1),
    "first_choice": (np.int64, 1),
    "choices": (np.uint64, 2),
    "room_for": (np.uint64, 2),
    "factor": (np.float64, 2),
    "speed": (np.int64, 2),
    "frustration": (np.float64, 2),
    # luck, computed (see sim.luck.prepared.Luck)
    "work_salt": (np.uint64, 2),
    "patience_salt": (np.uint64, 2),
    "resolves_salt": (np.uint64, 2),
    "incident_salt": (np.uint64, 1),
    "stage_salt": (np.uint64, 3),
    "chance_salt": (np.uint64, 2),
    "next_salt": (np.uint64, 2),
    "delay_salt": (np.uint64, 1),
    "laws": (LAW, 1),
    "table": (OBSERVED, 1),
    "work_law": (np.int64, 2),
    "patience_law": (np.int64, 2),
    "delay_law": (np.int64, 1),
    "patience_factor": (np.float64, 1),
    "stage_law": (np.int64, 3),
    "front_share": (np.float64, 3),
    "balk": (np.float64, 1),
    "silence": (np.float64, 1),
    "next_index": (np.int64, 1),
    "alternatives": (CHOICE, 1),
    # or given
    "given_work": (np.int64, 3),  # [C, A, n]
    "given_patience": (np.int64, 3),  # [C, A, n]
    "given_resolution": (np.float64, 3),  # [C, A, n]
    "given_chance": (np.float64, 3),  # [chances, A, n]
    "given_incident": (np.float64, 2),  # [A, n]
    "given_stage": (np.int64, 4),  # [6, C, A, n] by sim.luck.prepared.STAGES
    "given_next": (np.int64, 3),  # [R, A, n]
    "given_delay": (np.int64, 3),  # [R, A, n]
}
"""Arrays of the centre: dtype and number of axes."""

CENTRE = desk_layout(SCALARS, TABLES)


class ContactLuck(NamedTuple):
    """The part of :class:`sim.luck.prepared.Luck` that contacts ask."""

    work_salt: Keys
    patience_salt: Keys
    resolves_salt: Keys
    incident_salt: Keys
    stage_salt: Keys
    chance_salt: Keys
    next_salt: Keys
    delay_salt: Keys
    laws: NDArray[np.void]
    table: NDArray[np.void]
    work_law: Ints
    patience_law: Ints
    delay_law: Ints
    patience_factor: Floats
    stage_law: Ints
    front_share: Floats
    balk: Floats
    silence: Floats
    next_index: Ints
    choices: NDArray[np.void]


contacts = on_desk("contacts", TABLES)
agents = on_desk("agents", TABLES)
channels = on_desk("channels", TABLES)
queues = on_desk("queues", TABLES)
buckets = on_desk("buckets", TABLES)
hands = on_desk("hands", TABLES)
free = on_desk("free", TABLES)
waiting = on_desk("waiting", TABLES)
meters = on_desk("meters", TABLES)
first_contact = on_desk("first_contact", TABLES)
key = on_desk("key", TABLES)
arrival = on_desk("arrival", TABLES)
intent = on_desk("intent", TABLES)
segment = on_desk("segment", TABLES)
first_channel = on_desk("first_channel", TABLES)
first_work = on_desk("first_work", TABLES)
fix = on_desk("fix", TABLES)
hurt_by = on_desk("hurt_by", TABLES)
planned_channels = on_desk("planned_channels", TABLES)
planned_queues = on_desk("planned_queues", TABLES)
opens = on_desk("opens", TABLES)
closes = on_desk("closes", TABLES)
incidents = on_desk("incidents", TABLES)
planned_incidents = on_desk("planned_incidents", TABLES)
changes = on_desk("changes", TABLES)
queue_of = on_desk("queue_of", TABLES)
next_row = on_desk("next_row", TABLES)
agent_ranks = on_desk("agent_ranks", TABLES)
wrong_queue = on_desk("wrong_queue", TABLES)
transfer_part = on_desk("transfer_part", TABLES)
offers = on_desk("offers", TABLES)
passing_on = on_desk("passing_on", TABLES)
transfer_share = on_desk("transfer_share", TABLES)
consults = on_desk("consults", TABLES)
consult_share = on_desk("consult_share", TABLES)
lines = on_desk("lines", TABLES)
helper = on_desk("helper", TABLES)
helped = on_desk("helped", TABLES)
success = on_desk("success", TABLES)
skill_resolution = on_desk("skill_resolution", TABLES)
skill_transfer = on_desk("skill_transfer", TABLES)
queue_work = on_desk("queue_work", TABLES)
queue_staff = on_desk("queue_staff", TABLES)
overflow = on_desk("overflow", TABLES)
keep_idle = on_desk("keep_idle", TABLES)
queue_least = on_desk("queue_least", TABLES)
own_below = on_desk("own_below", TABLES)
busy_below = on_desk("busy_below", TABLES)
priority = on_desk("priority", TABLES)
diallers = on_desk("diallers", TABLES)
crews = on_desk("crews", TABLES)
staff = on_desk("staff", TABLES)
weight = on_desk("weight", TABLES)
selective = on_desk("selective", TABLES)
rouses = on_desk("rouses", TABLES)
first_choice = on_desk("first_choice", TABLES)
choices = on_desk("choices", TABLES)
room_for = on_desk("room_for", TABLES)
factor = on_desk("factor", TABLES)
speed = on_desk("speed", TABLES)
frustration = on_desk("frustration", TABLES)
_LUCK = [name if name != "choices" else "alternatives" for name in ContactLuck._fields]
luck = tuple_on_desk(ContactLuck, _LUCK, TABLES)
given_work = on_desk("given_work", TABLES)
given_patience = on_desk("given_patience", TABLES)
given_resolution = on_desk("given_resolution", TABLES)
given_chance = on_desk("given_chance", TABLES)
given_incident = on_desk("given_incident", TABLES)
given_stage = on_desk("given_stage", TABLES)
given_next = on_desk("given_next", TABLES)
given_delay = on_desk("given_delay", TABLES)


def centre_of(plan: Plan, sheet: Sheet) -> Desk:
    """A workspace for one thread; cases, luck and room for contacts are put on it later."""
    desk = Desk(CENTRE, TABLES)
    size, record = sheet.sizes, desk.record
    places = max(size.groups * size.shelves + size.agents, 1)
    shift = bucket_shift(plan)
    record["groups_count"] = size.groups
    record["queues_count"] = size.queues
    record["channels_count"] = size.channels
    record["most_cap"] = size.most_cap
    record["attempts"] = plan.max_attempts
    record["shelves"] = size.shelves
    record["horizon"] = plan.horizon
    record["interval_ticks"] = plan.interval_ticks
    record["shift"] = shift
    record["agent_order"] = plan.agent_order
    record["by_group"] = not np.isnan(plan.skill_resolution).all()
    record["troubled"] = len(plan.incident_channel) > 0
    record["consulting"] = bool((plan.consult_group >= 0).any())
    record["ringing"] = bool((plan.callback_above >= 0).any() or (plan.dialler_tries > 0).any())
    record["absent"] = len(plan.duty) > 0
    record["conditions"] = bool(sheet.planned_queues["watched"].any())
    record["dialling"] = bool((plan.dialler_tries > 0).any())
    record["looks_round"] = record["conditions"] | record["dialling"]
    record["buckets_count"] = ((plan.horizon - 1) >> shift) + 1
    desk.put(
        agents=np.zeros(places, records.AGENT),
        channels=np.zeros(size.channels, records.CHANNEL),
        queues=np.zeros(size.queues, records.QUEUE),
        incidents=np.zeros(len(plan.incident_channel), records.INCIDENT),
        fix=np.zeros(len(plan.incident_channel), np.int64),
        hurt_by=np.zeros(0, np.uint16),
        crews=np.zeros(size.groups, records.CREW),
        staff=plan.staff.copy(),
        lines=np.zeros(size.groups, records.LINE),
        helper=np.zeros(0, np.int64),
        helped=np.zeros(0, np.int64),
        buckets=np.full(((plan.horizon - 1) >> shift) + 1, NONE),
        hands=np.zeros((places, size.most_cap), np.uint32),
        free=np.zeros((1 + size.most_cap, sheet.agent_ranks.shape[1]), np.uint64),
        waiting=np.zeros(sheet.choices.shape[1], np.uint64),
        meters=np.zeros((METERS * size.groups + size.channels, plan.intervals), records.METER),
        **sheet.tables(),
    )
    return desk


def bucket_shift(plan: Plan) -> int:
    """log2 of a bucket's width in ticks: about half the time between arrivals when the day is busiest,
    but no more buckets than may be crossed at little cost beside the contacts."""
    rate = plan.rate.sum(axis=0)
    busiest = max(float(rate.max(initial=0.0)), 1.0)
    shift = max(int(np.log2(plan.interval_ticks / (2.0 * busiest))), 0)
    worth = min(64 + 8 * int(rate.sum()), MOST_BUCKETS)
    while (plan.horizon >> shift) >= worth:
        shift += 1
    return shift


def computed_by(luck: Luck) -> dict[str, NDArray[Any]]:
    """What contacts ask of their luck, as tables."""
    fields = zip(_LUCK, ContactLuck._fields, strict=True)
    return {table: np.ascontiguousarray(getattr(luck, field)) for table, field in fields}


def given_by(plan: Plan, draws: Draws) -> dict[str, Ints | Floats]:
    """All that draws may be asked, as tables."""
    attempts, n = range(plan.max_attempts), len(draws.arrival)
    channels, rows = range(len(plan.channels)), range(len(plan.next_share))
    chances = range(Chance.CONNECTS + calls(plan))
    by_channel, by_row = (len(channels), len(attempts), n), (len(rows), len(attempts), n)

    def ints(answers: list[Ints], shape: tuple[int, ...]) -> Ints:
        return np.array(answers, np.int64).reshape(shape)

    return {
        "given_work": ints([draws.work(c, a) for c in channels for a in attempts], by_channel),
        "given_patience": ints([draws.patience(c, a) for c in channels for a in attempts], by_channel),
        "given_resolution": np.array(
            [draws.resolution_luck(c, a) for c in channels for a in attempts], np.float64
        ).reshape(by_channel),
        "given_chance": np.array([draws.chance(which, a) for which in chances for a in attempts]).reshape(
            len(chances), len(attempts), n
        ),
        "given_incident": np.array([draws.incident_luck(a) for a in attempts]).reshape(len(attempts), n),
        "given_stage": ints(
            [
                np.asarray(stage(c, a), np.int64)
                for stage in (
                    draws.front,
                    draws.wrap,
                    draws.silent,
                    draws.front_ends,
                    draws.balks,
                    draws.leaves_silently,
                )
                for c in channels
                for a in attempts
            ],
            (6, *by_channel),
        ),
        "given_next": ints([draws.next_channel(r, a) for r in rows for a in attempts], by_row),
        "given_delay": ints([draws.delay(r, a) for r in rows for a in attempts], by_row),
    }

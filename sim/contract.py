"""The contract between a plan and the engines: all that both engines may know.

Time is an int64 count of **ticks** (microseconds) since the horizon's start. :class:`Plan` is the
scenario as flat arrays; :class:`Draws` is one replication's luck; :class:`Trace` is what happened.
An engine is a function ``simulate(plan, draws) -> Trace`` and two engines given the same plan and
draws return the same trace, bit for bit. To make that possible

* events are totally ordered: by tick, then :class:`Kind`, then an id that does not depend on the
  order of scheduling (:func:`event_order`);
* every duration is rounded to ticks once, in :class:`Draws` or by :func:`scaled`;
* shared attention is exact integer arithmetic (:data:`WORK`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Ticks = NDArray[np.int64]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Keys = NDArray[np.uint64]

TICKS_PER_SECOND = 1_000_000
NOBODY = -1
"""Stands for no group, no channel, no tick, no queue in integer arrays."""
FAR = 2**52
"""A duration that never ends within a horizon (142 years); longer draws are cut to it."""
WORK = 2**20
"""Work units that one tick of undivided attention does; with k contacts open each advances by
``Plan.speed[channel, k]`` (the nearest integer to ``WORK / f(k)``) per tick."""
LONGEST_SHARED = 2**42
"""The agent's time on a concurrent contact is cut to this (51 days), so that it fits in work units."""


HALF_UP = 0.5 + 1e-9
"""Added before rounding a number of agents down, so that 10 x (1 - 0.35), which floating point puts just
below 6.5, is rounded up as on paper."""


class Kind(IntEnum):
    """Kinds of event in the order in which they happen at the same tick."""

    CLOSING = 0
    """A channel that drops those waiting closes; the id is the channel."""
    STAFFING = 1
    """A group's number on the floor changes; the id is the group."""
    DETECTION = 2
    """Monitoring notices an incident; the id is the incident."""
    END = 3
    """A contact's handling, or its time in self-service, ends; the id is the contact."""
    ARRIVAL = 4
    """A case makes an attempt, first or later, or a callback is due again; the id is the contact."""
    FRONT = 5
    """A contact's automated front ends, or the ringing of a dialler's call; the id is the contact."""
    OVERFLOW = 6
    """A waiting contact has waited long enough for another skill to open; the id is the contact."""
    PATIENCE = 7
    """A waiting customer gives up; the id is the contact."""
    OPENING = 8
    """A channel with a dialler opens; the id is the channel."""


ID_BITS = 48


def event_order(kind: int, identity: int) -> int:
    """One integer that orders events of the same tick: by kind, then identity (below 2**48)."""
    return (kind << ID_BITS) | identity


def contact_id(case: int, attempt: int, max_attempts: int) -> int:
    """The identity of a contact: the same in every engine, whenever it is scheduled."""
    return case * max_attempts + attempt


def scaled(ticks: int, factor: float) -> int:
    """``ticks`` x ``factor``, rounded to the nearest tick (half to even) and cut to :data:`FAR`.

    What never ends does not end sooner by any factor.

    >>> scaled(3, 0.5), scaled(5, 0.5), scaled(FAR, 0.0) == FAR
    (2, 2, True)
    """
    return FAR if ticks >= FAR else min(round(ticks * factor), FAR)


class Mode(IntEnum):
    """How a channel works."""

    SELF_SERVICE = 0
    LIVE = 1
    CONCURRENT = 2
    DEFERRED = 3


class Front(IntEnum):
    """How an automated front ends."""

    PASSES = 0
    """On to the queue."""
    CONTAINS = 1
    """The customer needs no agent."""
    LOSES = 2
    """The customer hangs up."""
    MISROUTES = 3
    """On to the wrong queue; the agent there transfers the contact."""


class Outcome(IntEnum):
    """How a contact ended. The names in lower case are the words of the tables and files."""

    RESOLVED = 0
    CONTAINED = 1
    UNRESOLVED = 2
    FAILED = 3
    ABANDONED = 4
    BLOCKED = 5
    CLOSED = 6
    TRANSFERRED = 7
    CALLED_BACK = 8
    DISCONNECTED = 9
    UNFINISHED = 10
    UNREACHED = 11


OUTCOMES: tuple[str, ...] = tuple(outcome.name.lower() for outcome in Outcome)


class AgentOrder(IntEnum):
    """Which free agent takes a contact: the smallest of what is named, one after the other."""

    LONGEST_IDLE = 0
    """Priority, contacts open, turn."""
    LEAST_LOADED = 1
    """Contacts open, priority, turn."""
    FILL_FIRST = 2
    """Priority, room left for more (most contacts open first), turn."""

    RANDOM = 3
    """Priority, contacts open; one at random among those."""


class Estimate(IntEnum):
    """How the wait that a contact must expect is told."""

    HEAD_OF_LINE = 0
    """How long the first in the queue has waited; 0 when it is empty."""
    LAST_WAIT = 1
    """How long the contact had waited that an agent last opened for the first time; 0 to begin with."""
    QUEUE = 2
    """(Contacts in the queue + 1) x mean handle time / agents scheduled, rounded down."""


class Busy(IntEnum):
    """What an agent does who would pass a contact on when nobody is free to take it at once."""

    QUEUE = 0
    """It waits there."""
    SKIP = 1
    """The agent ends it."""
    LOSE = 2
    """The contact is disconnected."""


class Chance(IntEnum):
    """What is left to chance once an attempt, besides what has a method of its own in :class:`Draws`."""

    TAKES_CALLBACK = 0
    TRANSFERS = 1
    HEEDS = 2
    """The announcement of an incident."""
    RETURNS = 3
    """When, after the incident."""
    AGENT = 4
    """Which of those free, where that is random."""
    CONSULTS = 5
    """A second agent is needed."""
    CONNECTS = 6
    """The first call to the customer, by who rings back or a dialler; further ones follow."""


class LawKind(IntEnum):
    """Kinds of law and the meaning of their parameters ``a, b, c`` (seconds unless said otherwise)."""

    DETERMINISTIC = 0
    """a: value."""
    EXPONENTIAL = 1
    """a: mean."""
    LOGNORMAL = 2
    """a: mean of the logarithm, b: its standard deviation (of seconds)."""
    GAMMA = 3
    """a: shape, b: scale (Erlang too)."""
    WEIBULL = 4
    """a: shape, b: scale."""
    UNIFORM = 5
    """a: low, b: high."""
    TRIANGULAR = 6
    """a: low, b: mode, c: high."""
    EMPIRICAL = 7
    """Values and cumulative shares in the table."""
    UNLIMITED = 8
    """Always :data:`FAR`."""


@dataclass(frozen=True)
class Laws:
    """Laws of durations as flat arrays; only draws read them. L laws, T table entries in all."""

    kind: Ints
    """[L] of :class:`LawKind`."""
    parameters: Floats
    """[L, 3]."""
    zero: Floats
    """[L] probability of exactly 0."""
    from_quantile: Floats
    """[L] the law's cdf at the lower truncation, 0 without one."""
    until_quantile: Floats
    """[L] the law's cdf at the upper truncation, 1 without one."""
    at_least: Floats
    """[L] lower truncation in seconds, 0 without one."""
    at_most: Floats
    """[L] upper truncation in seconds, infinity without one."""
    table_index: Ints
    """[L + 1] entries ``table_index[l]:table_index[l + 1]`` belong to law l."""
    table_seconds: Floats
    """[T]."""
    table_cumulative: Floats
    """[T] ends at 1 for each law."""


@dataclass(frozen=True)
class Plan:
    """A scenario as flat arrays. Sizes: I intents, S segments, C channels, Q queues, G groups,
    K intervals over the whole horizon, D days, R next-step rows, A attempts at most, O outcomes.

    A *queue* holds the waiting contacts of one channel whose intents the same skills may take.
    """

    # names, in the order of the indices below
    intents: tuple[str, ...]
    segments: tuple[str, ...]
    channels: tuple[str, ...]
    groups: tuple[str, ...]
    # time
    interval_ticks: int
    intervals: int
    """K."""
    day_index: Ints
    """[D + 1] the intervals of day d are ``day_index[d]:day_index[d + 1]``; not every day has as many."""
    horizon: int
    """Ticks; what has not ended by then is ``unfinished``. Arrivals at or after it do not happen."""
    warm_up: int
    """Intervals at the start, of which nothing is counted."""
    # demand
    rate: Floats
    """[I, K] expected cases, before the day factor."""
    exact_counts: Bools
    """[I] the count is the rate itself (its fraction drawn), not Poisson around it."""
    day_factor_cv: Floats
    """[I]."""
    segment_share: Floats
    """[S], sums to 1."""
    first_share: Floats
    """[I, S, C] preference for the first channel, sums to 1 over C."""
    backlog: Ints
    """[I, C] cases besides, whose first attempt in the channel waits from its first opening on."""
    backlog_at: Ticks
    """[C] when that is; beyond the horizon: never."""
    # channels
    mode: Ints
    """[C] of :class:`Mode`."""
    open_from: Ticks
    """[W] windows of opening of all channels: those of channel c are
    ``open_index[c]:open_index[c + 1]``, in order, half-open ``[open_from, open_until)``."""
    open_until: Ticks
    """[W]."""
    open_index: Ints
    """[C + 1]."""
    drop_at_close: Bools
    """[C] those waiting at closing are disconnected; otherwise agents serve them out."""
    lines: Ints
    """[C] most contacts in the channel at once; 2**62 when unlimited."""
    cap: Ints
    """[C] most contacts open per agent (1 unless concurrent)."""
    front_law: Ints
    """[C, I] duration of the automated front, or NOBODY without one."""
    front_contains: Floats
    """[C, I] probability that the front contains the contact."""
    front_loses: Floats
    """[C] that the customer hangs up in it."""
    front_misroutes: Floats
    """[C] that it passes the contact on to the wrong queue; the three sum to at most 1."""
    transfer_part: Floats
    """[C] share of the handle time that an agent takes to find out that a contact was misrouted."""
    wrap_law: Ints
    """[C, I] after-call work, or NOBODY: none."""
    balk: Floats
    """[C] probability of leaving at once when there would be a wait."""
    silent: Floats
    """[C] probability that a customer who gives up does so silently."""
    silent_law: Ints
    """[C, I] the agent's time to find that out, or NOBODY: none."""
    callback_above: Ticks
    """[C] a callback is offered to whom a longer wait is expected for, or NOBODY: never."""
    callback_estimate: Ints
    """[C] of :class:`Estimate`."""
    callback_take_up: Floats
    """[C] probability that it is accepted."""
    callback_connects: Floats
    """[C] probability that the customer answers a try."""
    callback_tries: Ints
    """[C]."""
    callback_retry: Ticks
    """[C] from a try that nobody answered to the next."""
    callback_ring: Ticks
    """[C] agent's time on such a try."""
    dialler_tries: Ints
    """[C] most calls that the channel's dialler places to a customer; 0: it has none."""
    dialler_pace: Floats
    """[C] calls ringing at once for each agent who is idle beyond those whom the skill keeps idle."""
    dialler_reaches: Floats
    """[C] probability that the customer answers a call."""
    dialler_ring: Ticks
    """[C] until that is known."""
    dialler_retry: Ticks
    """[C] from a call that nobody answered until the customer is on the list again."""
    transfer_share: Floats
    """[C, I] probability that an agent passes a contact on when its handling ends."""
    transfer_to: Ints
    """[C] to which channel, or NOBODY where nobody does."""
    transfer_busy: Ints
    """[C] of :class:`Busy`."""
    passing_part: Floats
    """[C] share of the handle time that passes before that."""
    consult_share: Floats
    """[C, I] probability that the handling needs a second agent; live channels only."""
    consult_group: Ints
    """[C] whose, or NOBODY where none is ever needed."""
    consult_part: Floats
    """[C] share of the handle time, its last part, that takes both."""
    consult_waits: Bools
    """[C] the contact and its agent wait for one when none is idle; otherwise the agent goes on alone."""
    speed: Ints
    """[C, 1 + max cap] work units per tick with k contacts open (index 0 unused)."""
    interruptible: Bools
    """[C] deferred work that a live or concurrent contact preempts."""
    success: Floats
    """[C, I, S] probability that a contact that runs its course resolves the case."""
    # incidents, N of them
    incident_channel: Ints
    """[N]."""
    incident_from: Ticks
    """[N]."""
    incident_until: Ticks
    """[N]."""
    incident_failure: Floats
    """[N] probability that an attempt arriving within the window fails; several combine as
    independent causes."""
    incident_slowdown: Floats
    """[N] factor on handle time that begins, or on self-service that is entered, within the window; several
    multiply."""
    incident_noticed: Ticks
    """[N] when monitoring detects it, or NOBODY: it does not."""
    incident_reports: Ints
    """[N] so many customers whom it failed tell an agent, and it is detected; 0: that detects nothing."""
    fix_law: Ints
    """[N] from detection to the fix, which ends the incident if that is sooner than its window; or NOBODY."""
    announced_after: Ticks
    """[N] from detection to the announcement, or NOBODY: none."""
    announcement_heeded: Floats
    """[N] probability that a customer whom it fails while it is announced waits for the fix."""
    returns_within: Ticks
    """[N] those come back in so long after the end, uniformly."""
    incident_key: Keys
    """[N] 64-bit hash of the name."""
    # queues and skills
    queue_of: Ints
    """[C, I] queue, or NOBODY for self-service."""
    queue_channel: Ints
    """[Q]."""
    skill_priority: Ints
    """[G, Q] 1 first; 0: the group may not take the queue."""
    wrong_queue: Ints
    """[Q] where a misrouted contact goes: the next queue of the same channel, itself if that is the only."""
    skill_factor: Floats
    """[G, Q] handle-time factor (1 where there is no skill)."""
    skill_overflow: Ticks
    """[G, Q] the skill opens to contacts that have waited so long (0: at once)."""
    skill_keep_idle: Ints
    """[G, Q] the skill is used only while so many other agents of the group are idle."""
    skill_queue_least: Ints
    """[G, Q] the skill is used only while at least so many contacts stand in the queue (0: always)."""
    skill_own_below: Ints
    """[G, Q] only while fewer stand in the queues that the group takes with a better priority (2**62:
    always)."""
    skill_busy_below: Floats
    """[G, Q] only while a smaller share of the group's scheduled agents on the floor is busy (infinite:
    always)."""
    skill_resolution: Floats
    """[G, Q] probability that the group resolves what it handles; NaN: ``success`` of the contact."""
    skill_transfer: Floats
    """[G, Q] probability that it passes the contact on; NaN: ``transfer_share`` of the contact."""
    queue_work: Ticks
    """[Q] mean handle time, for estimates."""
    queue_staff: Ints
    """[Q, K] agents scheduled who may take the queue, for estimates."""
    choice_rank: Ints
    """[G, Q] in which order a group's agents choose among queues, 1 first; 0: no skill."""
    choice_weight: Floats
    """[G, Q] among queues of one rank the largest weight x wait is chosen; all 1: the longest wait."""
    agent_order: int
    """Of :class:`AgentOrder`."""
    staff: Ints
    """[G, K] agents on the floor when nobody is absent."""
    absence: Floats
    """[G] probability that a person is absent for a day, or for the shift that begins on it."""
    attending: Floats
    """[G] share of those present who are on the floor: 1 - shrinkage; rounded half up, per interval."""
    duty: Ints
    """[D, 5] of groups with absence, who is scheduled when: group, day, interval, first person, one past the
    last. A group's people of a day are numbered from 0. In order of group, then day."""
    # durations (laws by index into ``laws``)
    laws: Laws
    work_law: Ints
    """[C, I] handle time, or duration of self-service."""
    patience_law: Ints
    """[C, I], or NOBODY where nobody waits impatiently."""
    patience_factor: Floats
    """[S] the segment's factor on patience."""
    delay_law: Ints
    """[R] delay of a next-step row, or NOBODY: at once."""
    # stable identities, so that luck does not move when the scenario's lists do
    intent_key: Keys
    """[I] 64-bit hash of the name."""
    segment_key: Keys
    """[S]."""
    channel_key: Keys
    """[C]."""
    group_key: Keys
    """[G]."""
    # what customers do next
    next_row: Ints
    """[C, O, I, S] row of ``next_share``, or NOBODY: gives up."""
    next_share: Floats
    """[R, C] probability of each channel; what is left of 1 gives up."""
    max_attempts: int
    """A."""
    keeps_draws: bool
    """Later attempts in a channel have the base handle time and patience of a first one there."""
    frustration_work: Floats
    """[A] handle-time factor after that many failed attempts (a transfer is none, nor is a callback)."""
    frustration_patience: Floats
    """[A] patience factor after that many failed attempts."""


class Draws(Protocol):
    """One replication's luck, indexed by who and what for, never by when.

    ``cases`` are in canonical order: by arrival tick, then intent, then ordinal within the interval.
    The methods give, for *every* case, the value that holds if its attempt number ``attempt`` (0 is
    the first) meets the question; they are pure and may be computed on demand.
    """

    @property
    def key(self) -> Keys:
        """[n] identity of the case: the same customer in every scenario."""

    @property
    def arrival(self) -> Ticks:
        """[n] tick of the first attempt."""

    @property
    def intent(self) -> Ints:
        """[n]."""

    @property
    def segment(self) -> Ints:
        """[n]."""

    @property
    def first_channel(self) -> Ints:
        """[n]."""

    def work(self, channel: int, attempt: int) -> Ticks:
        """[n] base handle time, or duration of self-service, before factors."""

    def patience(self, channel: int, attempt: int) -> Ticks:
        """[n] patience, the segment's factor included, before frustration."""

    def resolution_luck(self, channel: int, attempt: int) -> Floats:
        """[n] uniform in (0, 1); a contact that runs its course resolves if it is below its ``success``."""

    def incident_luck(self, attempt: int) -> Floats:
        """[n] uniform in (0, 1); the attempt fails if it is below the incident's failure."""

    def front(self, channel: int, attempt: int) -> Ticks:
        """[n] duration of the automated front; 0 where there is none."""

    def front_ends(self, channel: int, attempt: int) -> Ints:
        """[n] how it ends: :class:`Front`."""

    def wrap(self, channel: int, attempt: int) -> Ticks:
        """[n] after-call work, before the skill's factor; 0 where there is none."""

    def balks(self, channel: int, attempt: int) -> Bools:
        """[n] whether the customer leaves at once when there would be a wait."""

    def leaves_silently(self, channel: int, attempt: int) -> Bools:
        """[n] whether the customer, when giving up, does so without a sign."""

    def silent(self, channel: int, attempt: int) -> Ticks:
        """[n] agent's time to find that out, before the skill's factor."""

    def chance(self, which: int, attempt: int) -> Floats:
        """[n] uniform in (0, 1), by :class:`Chance`; that of call t to the customer is ``CONNECTS + t``."""

    @property
    def fix(self) -> Ticks:
        """[N] time from the detection of each incident to its fix; FAR where nothing fixes it."""

    @property
    def staff(self) -> Ints:
        """[G, K] agents on the floor: ``Plan.staff``, in groups with absence less those who are absent."""

    def next_channel(self, row: int, attempt: int) -> Ints:
        """[n] channel by next-step row ``row``, or NOBODY: gives up."""

    def delay(self, row: int, attempt: int) -> Ticks:
        """[n] delay before that next attempt."""


@dataclass(frozen=True)
class Trace:
    """What happened in one replication: one row per contact, ordered by case and attempt, and exact
    integrals per interval in tick units. m contacts.
    """

    case: Ints
    """[m] index into the draws' cases."""
    attempt: Ints
    """[m] 0 is the first."""
    channel: Ints
    """[m]."""
    group: Ints
    """[m] group that served (the last one, for interrupted work), or NOBODY."""
    arrived: Ticks
    """[m]."""
    entered: Ticks
    """[m] when it asked for an agent: at arrival, or after the automated front; NOBODY if it never did."""
    answered: Ticks
    """[m] first start of handling by an agent, or NOBODY (self-service has no agent)."""
    ended: Ticks
    """[m] when the customer left; the horizon for contacts that are unfinished."""
    queued: Ticks
    """[m] total time in queue, returns after an interruption included."""
    handled: Ticks
    """[m] agent's clock time with the customer (interruptions excluded)."""
    wrapped: Ticks
    """[m] agent's clock time on the contact without the customer: after-call work, or finding out that the
    customer has left."""
    helper: Ints
    """[m] group of the second agent, or NOBODY."""
    helped: Ticks
    """[m] the second agent's clock time on it."""
    rung: Ints
    """[m] calls placed to the customer that were answered, or in vain: by who rings back, or a dialler."""
    outcome: Ints
    """[m] of :class:`Outcome`."""
    next_channel: Ints
    """[m] where the case goes next, or NOBODY."""
    # integrals per interval
    present: Ticks
    """[G, K] agents on the floor, overtime included: present = idle + busy + overtime."""
    busy: Ticks
    """[G, K] agents within schedule who have at least one contact."""
    overtime: Ticks
    """[G, K] agents beyond the scheduled number, finishing a contact."""
    contacts_open: Ticks
    """[G, K] contacts on agents' desks, after-call work included (over busy + overtime: measured
    concurrency)."""
    queue_length: Ticks
    """[C, K] contacts waiting."""
    incidents: Ints
    """[N, 6] by :class:`IncidentFact`."""


class IncidentFact(IntEnum):
    """What is told of an incident: columns of ``Trace.incidents``."""

    DETECTED = 0
    """Tick, or NOBODY."""
    ENDED = 1
    """Tick at which it ended, or was to end when the simulation did."""
    FAILED = 2
    """Attempts that it failed; of several incidents at once, the first in the plan's order has them."""
    REPORTED = 3
    """Customers among those who told an agent, before it was detected or after."""
    HEEDED = 4
    """Customers among those who heeded the announcement."""
    TOLD = 5
    """Failed attempts at whose end the customer was told by the announcement, and had an attempt left."""


class Rows(NamedTuple):
    """The rows of a :class:`Trace` as compiled code takes them: all int64, maybe longer than m."""

    case: Ints
    attempt: Ints
    channel: Ints
    group: Ints
    arrived: Ticks
    entered: Ticks
    answered: Ticks
    ended: Ticks
    queued: Ticks
    handled: Ticks
    wrapped: Ticks
    helper: Ints
    helped: Ticks
    rung: Ints
    outcome: Ints
    next_channel: Ints


class Integrals(NamedTuple):
    """What a :class:`Trace` has besides: [G, K] integrals, one [C, K], and [N, 5]."""

    present: Ticks
    busy: Ticks
    overtime: Ticks
    contacts_open: Ticks
    queue_length: Ticks
    incidents: Ints

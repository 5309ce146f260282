"""What must hold in every run, on random scenarios full of ties."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenarios import Scenario
from sim import plan as plans
from sim.contract import FAR, NOBODY, Busy, Chance, IncidentFact, Mode, Outcome, Plan, Trace, scaled
from sim.engines import Engine, get
from sim.luck.streams import HashedDraws, draw
from tests.strategies import GROUPS, scenario_fields, scenarios_strategy
from tests.truths.calling import called, calls_follow_the_rules
from tests.truths.reckoned import (
    failed_before,
    handle_times,
    is_open,
    misrouted,
    needs_help,
    next_row,
    passed_on,
    queues,
    rung_back,
    would_pass_on,
    would_resolve,
)
from tests.truths.ringing import callbacks_follow_the_rules, tries_in_vain
from tests.truths.troubles import incidents_are_as_contacts_tell
from tests.truths.watched import watch
from tests.twins.compare import same

many = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
few = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@many
@given(scenarios_strategy(), st.integers(0, 2**64 - 1))
def test_truths(engine_name: str, asked: Scenario, seed: int) -> None:
    """The reference engine is watched at every event; of others, the trace is enough."""
    plan = plans.build(asked)
    draws = draw(plan, seed, 0)
    trace = watch(plan, draws) if engine_name == "reference" else get(engine_name)(plan, draws)
    cases_are_conserved(plan, draws, trace)
    contacts_are_conserved(plan, draws, trace)
    outcomes_follow_the_rules(plan, draws, trace)
    handling_ends_by_the_rules(plan, draws, trace)
    callbacks_follow_the_rules(plan, draws, trace)
    calls_follow_the_rules(plan, draws, trace)
    incidents_are_as_contacts_tell(plan, draws, trace)
    time_is_conserved(plan, draws, trace)
    help_follows_the_rules(plan, draws, trace)
    littles_law(plan, trace)
    agents_time_is_conserved(plan, draws, trace)
    nobody_waits_longer_than_patience(plan, draws, trace)
    assert same(trace, get(engine_name)(plan, draw(plan, seed, 0)))


def cases_are_conserved(plan: Plan, draws: HashedDraws, trace: Trace) -> None:
    """Every case makes its first attempt, the attempts of a case are a chain, and nothing else happens."""
    assert np.array_equal(np.unique(trace.case), np.arange(len(draws.key)))
    first = trace.attempt == 0
    assert np.array_equal(trace.arrived[first], draws.arrival)
    assert np.array_equal(trace.channel[first], draws.first_channel)
    for m in range(len(trace.case)):
        follows = m + 1 < len(trace.case) and trace.case[m + 1] == trace.case[m]
        if trace.next_channel[m] == NOBODY:
            assert not follows
            continue
        assert trace.outcome[m] not in (Outcome.RESOLVED, Outcome.UNFINISHED)
        assert follows or arrives_next(plan, draws, trace, m) >= plan.horizon
        if follows:
            assert trace.attempt[m + 1] == trace.attempt[m] + 1 < plan.max_attempts
            assert trace.arrived[m + 1] == arrives_next(plan, draws, trace, m) < plan.horizon
            assert trace.channel[m + 1] == trace.next_channel[m]


def arrives_next(plan: Plan, draws: HashedDraws, trace: Trace, m: int) -> int:
    """The tick of the next attempt; and that the case goes on in the right channel."""
    case, attempt, channel = int(trace.case[m]), int(trace.attempt[m]), int(trace.channel[m])
    ended, outcome, to = int(trace.ended[m]), trace.outcome[m], trace.next_channel[m]
    row = int(next_row(plan, draws, trace)[m])
    if outcome == Outcome.CALLED_BACK:
        assert to == channel
        return ended
    if outcome in (Outcome.BLOCKED, Outcome.FAILED) and to == channel:
        later = float(draws.chance(Chance.RETURNS, attempt)[case])
        for n in np.flatnonzero((plan.incident_channel == channel) & (plan.announced_after != NOBODY)):
            back = int(trace.incidents[n, IncidentFact.ENDED]) + scaled(int(plan.returns_within[n]), later)
            if back == arrived_next(trace, m, back if back >= plan.horizon else None):
                return back  # Whether the customer heeds an announcement is told elsewhere.
    if row == NOBODY:  # an agent passes the contact on
        assert outcome == Outcome.TRANSFERRED
        own = misrouted(plan, draws, trace)[m]
        assert to == (channel if own else plan.transfer_to[channel])
        return ended
    assert draws.next_channel(row, attempt)[case] == to
    return int(ended + draws.delay(row, attempt)[case])


def arrived_next(trace: Trace, m: int, otherwise: int | None) -> int | None:
    """When the case's next attempt arrived, if there is one."""
    follows = m + 1 < len(trace.case) and trace.case[m + 1] == trace.case[m]
    return int(trace.arrived[m + 1]) if follows else otherwise


def contacts_are_conserved(plan: Plan, draws: HashedDraws, trace: Trace) -> None:
    """Every offered contact has one of the outcomes, per channel and interval."""
    interval = trace.arrived // plan.interval_ticks
    cell = trace.channel * plan.intervals + interval
    offered = np.bincount(cell, minlength=len(plan.channels) * plan.intervals)
    by_outcome = [np.bincount(cell[trace.outcome == o], minlength=len(offered)) for o in Outcome]
    assert np.array_equal(offered, np.sum(by_outcome, axis=0))
    unfinished = trace.outcome == Outcome.UNFINISHED
    assert np.array_equal(trace.ended == plan.horizon, unfinished)


def outcomes_follow_the_rules(plan: Plan, draws: HashedDraws, trace: Trace) -> None:
    """What each outcome implies about times, agents and modes."""
    rung = rung_back(trace)
    let_in = passed_on(plan, draws, trace) | rung | called(plan, trace)
    for m in range(len(trace.case)):
        outcome, channel = Outcome(trace.outcome[m]), int(trace.channel[m])
        mode, arrived = Mode(plan.mode[channel]), int(trace.arrived[m])
        windows = slice(plan.open_index[channel], plan.open_index[channel + 1])
        assert (outcome is Outcome.CLOSED) == (not is_open(plan, channel, arrived) and not let_in[m])
        served, entered = trace.answered[m] != NOBODY, trace.entered[m] != NOBODY
        if (
            not served and trace.group[m] != NOBODY and not rung[m]
        ):  # who found out that the customer had left
            assert outcome is Outcome.ABANDONED
            assert plan.silent[channel] > 0
            assert trace.handled[m] == 0
        assert not served or trace.group[m] != NOBODY
        if outcome is Outcome.TRANSFERRED:
            assert served
        if outcome is Outcome.CONTAINED:
            assert not entered
        if outcome in (Outcome.RESOLVED, Outcome.UNRESOLVED):
            assert served or mode is Mode.SELF_SERVICE
        if outcome in (
            Outcome.ABANDONED,
            Outcome.CALLED_BACK,
            Outcome.BLOCKED,
            Outcome.CLOSED,
            Outcome.FAILED,
            Outcome.UNREACHED,
        ):
            assert not served
        if outcome in (Outcome.BLOCKED, Outcome.CLOSED):
            assert trace.ended[m] == arrived
        if outcome is Outcome.DISCONNECTED and not served:
            assert plan.drop_at_close[channel]
            at_closing = trace.ended[m] in plan.open_until[windows]
            assert not entered or at_closing or (rung[m] and not is_open(plan, channel, int(trace.ended[m])))


def handling_ends_by_the_rules(plan: Plan, draws: HashedDraws, trace: Trace) -> None:
    """What runs its course is resolved by its share, or is passed on if somebody is there to take it."""
    resolves = would_resolve(plan, draws, trace)
    passes, wrong = would_pass_on(plan, draws, trace), misrouted(plan, draws, trace)
    by_luck = np.where(resolves, Outcome.RESOLVED, Outcome.UNRESOLVED)
    for m in np.flatnonzero((trace.answered != NOBODY) & (trace.outcome != Outcome.UNFINISHED)):
        when_busy = Busy(plan.transfer_busy[trace.channel[m]])
        if wrong[m]:
            assert trace.outcome[m] == Outcome.TRANSFERRED
        elif not passes[m]:
            assert trace.outcome[m] == by_luck[m]
        elif when_busy is Busy.QUEUE:
            assert trace.outcome[m] == Outcome.TRANSFERRED
        else:
            busy = by_luck[m] if when_busy is Busy.SKIP else Outcome.DISCONNECTED
            assert trace.outcome[m] in (Outcome.TRANSFERRED, busy)
    ended = (plan.mode[trace.channel] == Mode.SELF_SERVICE) & (trace.outcome == Outcome.RESOLVED)
    assert np.all(resolves[ended])


def time_is_conserved(plan: Plan, draws: HashedDraws, trace: Trace) -> None:
    """A contact with agents is in the front, waiting or being handled; handling lasts as long as the work."""
    self_service = plan.mode[trace.channel] == Mode.SELF_SERVICE
    entered, rung = trace.entered != NOBODY, rung_back(trace)
    assert not np.any(entered & self_service)
    spent = trace.queued + trace.handled
    stays = entered & ~rung
    assert np.array_equal((trace.ended - trace.entered)[stays], spent[stays])
    assert np.all((spent + trace.wrapped)[~entered] == 0)
    answered = trace.answered != NOBODY
    assert np.all((trace.answered >= trace.entered)[answered])
    assert np.array_equal((trace.ended - trace.answered)[answered & rung], trace.handled[answered & rung])
    assert np.all(trace.handled[~answered] == 0)
    live = (plan.mode == Mode.LIVE)[trace.channel] & ~rung
    assert np.array_equal((trace.answered - trace.entered)[answered & live], trace.queued[answered & live])
    fronts_last(plan, draws, trace)
    queue, consults = queues(plan, draws, trace), needs_help(plan, draws, trace)
    for m, time in handle_times(plan, draws, trace).items():
        if trace.outcome[m] == Outcome.UNFINISHED:
            waits = consults[m] and plan.consult_waits[trace.channel[m]]
            assert trace.handled[m] <= time or waits
            continue
        waited_for_help = trace.handled[m] - time
        waits = trace.helper[m] != NOBODY and plan.consult_waits[trace.channel[m]]
        assert waited_for_help >= 0 if waits else waited_for_help == 0
        case, attempt, channel = int(trace.case[m]), int(trace.attempt[m]), int(trace.channel[m])
        factor = plan.skill_factor[trace.group[m], queue[m]]
        wrap = min(scaled(int(draws.wrap(channel, attempt)[case]), factor), plan.horizon - trace.ended[m])
        if rung[m]:
            wrap += plan.callback_ring[channel] * tries_in_vain(plan, draws, case, attempt, channel)
        assert trace.wrapped[m] == wrap


def help_follows_the_rules(plan: Plan, draws: HashedDraws, trace: Trace) -> None:
    """A second agent takes part in the last part of what needs one, and in nothing else."""
    needed, times = needs_help(plan, draws, trace), handle_times(plan, draws, trace)
    ended = trace.outcome != Outcome.UNFINISHED
    for m in range(len(trace.case)):
        channel = int(trace.channel[m])
        if trace.helper[m] == NOBODY:
            assert trace.helped[m] == 0
            assert not (m in times and needed[m] and plan.consult_waits[channel] and ended[m])
            continue
        together = scaled(times[m], plan.consult_part[channel])
        assert needed[m]
        assert trace.helper[m] == plan.consult_group[channel]
        assert trace.helped[m] == together if ended[m] else trace.helped[m] <= together


def fronts_last(plan: Plan, draws: HashedDraws, trace: Trace) -> None:
    """Who gets through the front has been in it as long as it takes; nobody is longer."""
    let_in = passed_on(plan, draws, trace) | rung_back(trace)
    with_agents = (plan.mode[trace.channel] != Mode.SELF_SERVICE) & ~called(plan, trace)
    for m in np.flatnonzero(with_agents):
        case, channel = int(trace.case[m]), int(trace.channel[m])
        has_front = plan.front_law[channel, draws.intent[case]] != NOBODY and not let_in[m]
        front = int(draws.front(channel, int(trace.attempt[m]))[case]) if has_front else 0
        if trace.entered[m] != NOBODY:
            assert trace.entered[m] == trace.arrived[m] + front
        else:
            assert trace.ended[m] - trace.arrived[m] <= front


def littles_law(plan: Plan, trace: Trace) -> None:
    """The integral of the queue is the sum of the waits, to the tick; likewise of contacts and handling."""
    for channel in range(len(plan.channels)):
        mine = trace.channel == channel
        assert int(plan_total(plan, trace.queue_length[channel])) == int(trace.queued[mine].sum())
        if plan.mode[channel] != Mode.DEFERRED:
            expected = np.zeros(plan.intervals, dtype=np.int64)
            for m in np.flatnonzero(mine & (trace.queued > 0)):
                add_presence(expected, int(trace.entered[m]), int(trace.entered[m] + trace.queued[m]), plan)
            assert np.array_equal(expected, trace.queue_length[channel])
    assert int(trace.contacts_open.sum()) == int((trace.handled + trace.wrapped + trace.helped).sum())


def plan_total(plan: Plan, row: Any) -> int:
    return int(row.sum())


def add_presence(row: Any, begins: int, ends: int, plan: Plan) -> None:
    for k in range(begins // plan.interval_ticks, (ends - 1) // plan.interval_ticks + 1):
        row[k] += min(ends, (k + 1) * plan.interval_ticks) - max(begins, k * plan.interval_ticks)


def agents_time_is_conserved(plan: Plan, draws: HashedDraws, trace: Trace) -> None:
    """present = idle + busy + overtime; the day's number is there, no more; nobody above the cap."""
    assert np.array_equal(trace.present - trace.overtime, draws.staff * plan.interval_ticks)
    assert np.all((draws.staff >= 0) & (draws.staff <= plan.staff))
    idle = trace.present - trace.busy - trace.overtime
    for meter in (idle, trace.busy, trace.overtime, trace.contacts_open, trace.queue_length):
        assert np.all(meter >= 0)
    working = trace.busy + trace.overtime
    assert np.all(trace.contacts_open >= working)
    assert np.all(trace.contacts_open <= working * plan.cap.max(initial=1))


def nobody_waits_longer_than_patience(plan: Plan, draws: HashedDraws, trace: Trace) -> None:
    """Impatient contacts wait at most their patience; who abandons has waited exactly that, unless at once
    or in the front."""
    failed = failed_before(trace)
    for m in np.flatnonzero(~rung_back(trace)):
        case, attempt, channel = int(trace.case[m]), int(trace.attempt[m]), int(trace.channel[m])
        gave_up = trace.outcome[m] == Outcome.ABANDONED and trace.entered[m] != NOBODY
        if Mode(plan.mode[channel]) in (Mode.LIVE, Mode.CONCURRENT):
            lasts = plan.frustration_patience[failed[m]]
            patience = scaled(int(draws.patience(channel, attempt)[case]), lasts)
            assert trace.queued[m] <= patience
            if gave_up and not (trace.queued[m] == 0 and draws.balks(channel, attempt)[case]):
                assert trace.queued[m] == patience < FAR
        else:
            assert not gave_up


# -- what must not matter --------------------------------------------------------------------------


def plain(skill: dict[str, Any]) -> dict[str, Any]:
    """Without a reserve, which is kept by each group for itself, nor a look at how busy that is."""
    conditions = {name: value for name, value in skill.get("only_if", {}).items() if name != "busy_below"}
    return {**skill, "keep_idle": 0, "only_if": conditions}


def halves(fields: dict[str, Any], staff: dict[str, int]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The scenario with steady staff, twice ``staff`` in each group; and with each group split in two.

    Which agent takes a contact is not left to chance: it would be another one.
    """
    groups = {
        name: {
            **group,
            "absence": 0,
            "shifts": [],
            "skills": {channel: plain(skill) for channel, skill in group["skills"].items()},
        }
        for name, group in fields["groups"].items()
    }
    whole = {
        name: {**group, "shrinkage": 0, "staff": {"00:00": 2 * staff[name]}} for name, group in groups.items()
    }
    split = {
        name + half: {**group, "staff": {"00:00": staff[name]}}
        for name, group in whole.items()
        for half in ("", "_too")
    }
    if fields["routing"].get("agent_order") == "random":
        fields = {**fields, "routing": {}}
    # Who asks for help asks one group.
    channels = {
        name: {field: value for field, value in channel.items() if field != "consult"}
        for name, channel in fields["channels"].items()
    }
    fields = {**fields, "channels": channels}
    return {**fields, "groups": whole}, {**fields, "groups": split}


@few
@given(scenario_fields(), st.fixed_dictionaries({name: st.integers(0, 2) for name in GROUPS}))
def test_splitting_every_group_in_two_changes_nothing(
    engine: Engine, fields: dict[str, Any], staff: dict[str, int]
) -> None:
    traces = []
    for each in halves(fields, staff):
        plan = plans.build(Scenario(**each))
        traces.append(engine(plan, draw(plan, 1, 0)))
    whole, split = traces
    for name in (
        "case",
        "attempt",
        "channel",
        "arrived",
        "answered",
        "ended",
        "queued",
        "handled",
        "outcome",
    ):
        assert np.array_equal(getattr(whole, name), getattr(split, name)), name
    for name in ("present", "busy", "overtime", "contacts_open"):
        meter = getattr(split, name)
        assert np.array_equal(getattr(whole, name), meter[0::2] + meter[1::2]), name


@few
@given(scenario_fields())
def test_the_order_of_declaration_changes_nothing(engine: Engine, fields: dict[str, Any]) -> None:
    """Segments, channels and intents may be listed in any order (groups come on the floor in theirs), but
    for where misrouted contacts go, in which order a reserve is offered and queues with conditions are looked
    at, and how what cannot be divided of a backlog is."""
    for group in fields["groups"].values():
        group["skills"] = {
            channel: {**plain(skill), "only_if": None} for channel, skill in group["skills"].items()
        }
    for channel in fields["channels"].values():
        channel.pop("backlog", None)
        if "front" in channel:
            channel["front"] = {**channel["front"], "misroute": 0}
    turned = dict(fields)
    for name in ("segments", "channels", "intents"):
        turned[name] = dict(reversed(list(fields[name].items())))
    stories = []
    for each in (fields, turned):
        plan = plans.build(Scenario(**each))
        draws = draw(plan, 7, 3)
        trace = engine(plan, draws)
        columns = (
            trace.attempt,
            trace.arrived,
            trace.answered,
            trace.ended,
            trace.queued,
            trace.outcome,
            trace.group,
        )
        keys = draws.key[trace.case].tolist()
        names = [plan.channels[c] for c in trace.channel]
        stories.append(sorted(zip(keys, *(column.tolist() for column in columns), names, strict=True)))
    assert stories[0] == stories[1]


@pytest.mark.parametrize("seed", [-1, 2**70, 0])
def test_any_whole_number_is_a_seed(seed: int) -> None:
    asked = Scenario(
        name="seed",
        calendar={"start": "2026-03-02"},
        intents={"help": {"volume": {"per_day": 100}, "first_channel": {"portal": 1}}},
        channels={"portal": {"mode": "self_service"}},
    )  # fmt: skip
    plan = plans.build(asked)
    assert len(draw(plan, seed, 0).key) > 50

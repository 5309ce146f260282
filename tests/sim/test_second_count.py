"""A second count: every measure again, from the contact table and in plain loops."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import Scenario
from scenarios.parameters import default_of
from scenarios.paths import replace
from sim import run
from sim.effort import DRIVERS, Weights
from sim.money import Loyalty
from tests.strategies import scenarios_strategy

REPLICATIONS = 3
SEED = 6
GOOD_OF = {"phone": "offered", "chat": "abandons_good", "email": "answered"}

# -- channels, counted a second time -----------------------------------------------------------------


def mean_over_replications(frame):
    return len(frame) / REPLICATIONS


@pytest.mark.parametrize("channel", ["portal", "phone", "chat", "email"])
def test_counts_of_channels(contacts, values, channel):
    mine = contacts[contacts["channel"] == channel]
    expected = {
        "offered": mine,
        "handled": mine[mine["outcome"].isin(["resolved", "unresolved", "failed", "transferred"])],
        "blocked": mine[mine["outcome"] == "blocked"],
        "closed": mine[mine["outcome"] == "closed"],
        "unfinished": mine[mine["outcome"] == "unfinished"],
        "spillover_in": mine[mine["previous"].notna() & (mine["previous"] != channel)],
        "repeat_in": mine[mine["previous"] == channel],
    }
    if channel != "portal":
        gone = mine[mine["outcome"] == "abandoned"]
        expected |= {
            "answered": mine[mine["was_answered"]],
            "abandoned": gone,
            "disconnected": mine[mine["outcome"] == "disconnected"],
        }
        if channel != "email":
            expected["short_abandoned"] = gone[gone["wait_seconds"] <= default_of("phone.short_abandon")]
    for name, rows in expected.items():
        assert values["channel", channel, name] == pytest.approx(mean_over_replications(rows)), name
    handled = expected["handled"]
    assert values["channel", channel, "resolution"] == pytest.approx(
        (handled["outcome"] == "resolved").mean()
    )


@pytest.mark.parametrize("channel", ["phone", "chat", "email"])
def test_waits_of_channels(contacts, values, channel):
    mine = contacts[contacts["channel"] == channel]
    queued, answered = mine[mine["queued"]], mine[mine["was_answered"]]
    assert values["channel", channel, "asa_seconds"] == pytest.approx(
        (answered["answered"] - answered["arrived"]).mean()
    )
    assert values["channel", channel, "wait_seconds_mean"] == pytest.approx(queued["wait_seconds"].mean())
    each = queued.groupby("replication")["wait_seconds"]
    assert values["channel", channel, "wait_seconds_p90"] == pytest.approx(each.quantile(0.9).mean())
    assert values["channel", channel, "wait_seconds_max"] == pytest.approx(each.max().mean())
    assert values["channel", channel, "abandonment"] == pytest.approx(
        (queued["outcome"] == "abandoned").mean()
    )
    done = answered[answered["outcome"] != "unfinished"]
    assert values["channel", channel, "aht_seconds"] == pytest.approx(done["handle_seconds"].mean())
    waiting = mine["wait_seconds"].sum() / (REPLICATIONS * 86400)
    if channel != "email":  # deferred contacts may return to the queue after their answer
        assert values["channel", channel, "queue_length_mean"] == pytest.approx(waiting)


def service_levels(mine, within, reply, clock=None):
    """(answered in time, abandoned in time, judged, answered) of a channel's contacts.

    ``clock``: windows [(from, until)] in ticks in which the target's clock runs; None: always.
    """
    queued = mine[mine["queued"]]
    done = queued["was_answered"] & (queued["outcome"] != "unfinished")
    met = done if reply else queued["was_answered"]
    until = queued["ended"] if reply else queued["answered"].fillna(queued["ended"])
    since = queued["arrived"] if reply else until - queued["wait_seconds"]
    since, until = ((seconds * 1e6).round().astype(np.int64) for seconds in (since, until))
    taken = until - since
    if clock is not None:
        taken = sum((until.clip(a, b) - since.clip(a, b) for a, b in clock), 0 * taken)
    in_time = taken <= round(within * 1e6)
    undecided = ~met & (queued["outcome"] == "unfinished") & in_time
    gone = (queued["outcome"] == "abandoned") & in_time
    return (met & in_time).sum(), gone.sum(), (~undecided).sum(), met.sum()


@pytest.mark.parametrize(("channel", "within"), [("phone", 20), ("chat", 60), ("email", 4 * 3600)])
def test_service_levels(contacts, values, channel, within):
    mine = contacts[contacts["channel"] == channel]
    good, gone, judged, answered = service_levels(mine, within, channel == "email")
    expected = {
        "offered": good / judged,
        "answered": good / answered,
        "abandons_good": (good + gone) / judged,
    }
    for definition, share in expected.items():
        name = f"service_level_{'' if definition == 'abandons_good' else 'of_'}{definition}"
        assert values["channel", channel, name] == pytest.approx(share), definition
    assert values["channel", channel, "service_level"] == pytest.approx(expected[GOOD_OF[channel]])


def test_intervals_in_target(contacts, values):
    met = held = 0
    for _, mine in contacts[contacts["channel"] == "phone"].groupby(["replication", "interval"]):
        good, _, judged, _ = service_levels(mine, 20, False)
        held += judged > 0
        met += judged > 0 and good >= 0.8 * judged
    assert 0 < met < held
    assert values["channel", "phone", "intervals_in_target"] == pytest.approx(met / held)


def test_interval_rows_are_those_contacts(result, contacts):
    found = contacts.groupby(["replication", "channel", "interval"])["wait_seconds"].agg(["size", "sum"])
    rows = result.intervals.astype({"channel": object}).set_index(["replication", "channel", "interval"])
    rows = rows[rows["offered"] > 0].sort_index()
    assert rows["offered"].tolist() == found["size"].tolist()
    assert rows["wait_seconds_sum"].tolist() == pytest.approx(found["sum"].tolist())


def test_interval_summary_is_the_mean_of_intervals(result):
    summary = result.interval_summary.set_index(["channel", "interval", "measure"])["mean"]
    rows = result.intervals
    for channel, interval in (("phone", 19), ("phone", 26), ("chat", 20)):
        mine = rows[(rows["channel"] == channel) & (rows["interval"] == interval)]
        assert summary[channel, interval, "offered"] == pytest.approx(mine["offered"].mean())
        assert summary[channel, interval, "spilled_in"] == pytest.approx(mine["spilled_in"].mean())
        weighted = (mine["asa_seconds"] * mine["answered"]).sum() / mine["answered"].sum()
        assert summary[channel, interval, "asa_seconds"] == pytest.approx(weighted)
    assert "portal" not in result.interval_summary.query("measure == 'service_level'")["channel"].unique()


# -- cases, counted a second time --------------------------------------------------------------------


def journeys_by_hand(contacts):
    """One dictionary per case, from its contacts in plain loops."""
    weights, rows = Weights.from_library(), []
    in_order = contacts.itertuples(index=False)
    for (replication, case), chain in itertools.groupby(in_order, lambda row: (row.replication, row.case)):
        steps = list(chain)
        last = steps[-1]
        told, retold, first_answer = False, 0, None
        # What an agent passed on, a callback, and what follows a dialler's call, no customer began.
        began = [not b.leg for b in steps[1:]]
        moves = [(a, b) for (a, b), mine in zip(itertools.pairwise(steps), began, strict=True) if mine]
        rung = sum(step.outcome == "called_back" for step in steps[:-1])
        for step in steps:
            retold += told and step.was_answered
            told = told or step.was_answered or step.outcome == "failed"
            if first_answer is None and step.was_answered:
                first_answer = step
        switches = sum(a.channel != b.channel for a, b in moves)
        waited = sum(step.wait_seconds for step in steps if step.mode in ("live", "concurrent"))
        transfers = sum(step.outcome == "transferred" for step in steps)
        unknown = sum(step.unknown for step in steps)
        failures = sum(
            step.outcome not in ("resolved", "contained", "transferred", "called_back", "unfinished")
            and not step.unknown
            for step in steps
        )
        effort = [
            weights.waiting * math.log1p(waited / 60),
            weights.repeat_contact * sum(began),
            weights.channel_switch * switches,
            weights.transfer * transfers,
            weights.repeating_information * retold,
            weights.failed_self_service * sum(step.outcome == "failed" for step in steps),
        ]
        goes_on = isinstance(last.next_channel, str) or last.outcome == "unfinished"
        rows.append(
            {
                "replication": replication,
                "case": case,
                "intent": last.intent,
                "outcome": "resolved"
                if last.outcome == "resolved" or (last.outcome == "contained" and not goes_on)
                else "unfinished"
                if goes_on
                else "given_up",
                "contacts": len(steps),
                "channels": len({step.channel for step in steps}),
                "failures": failures,
                "to_phone": sum(b.mode == "live" and b.channel != a.channel for a, b in moves),
                "one_contact": last.outcome in ("resolved", "contained")
                and not goes_on
                and len(steps) - rung - unknown == 1,
                "unknown": unknown == len(steps) and last.outcome != "unfinished" and not goes_on,
                "transfers": transfers,
                "again": sum(began),
                "arrived": steps[0].arrived,
                "wait_seconds": sum(step.wait_seconds for step in steps),
                "elapsed_seconds": last.ended - steps[0].arrived,
                **dict(zip([f"effort_{name}" for name in DRIVERS], effort, strict=True)),
                "effort": sum(effort),
                "met_agent": first_answer is not None and first_answer.outcome != "unfinished",
                "first_contact": first_answer is not None and first_answer.outcome == "resolved",
            }
        )
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def by_hand(contacts):
    return journeys_by_hand(contacts)


def test_case_table(result, by_hand):
    check_cases(result.cases, by_hand)


def check_cases(cases, by_hand):
    """The table says of every case what the loops say."""
    assert cases["outcome"].astype(str).tolist() == by_hand["outcome"].tolist()
    assert (cases["resolved"] == (by_hand["outcome"] == "resolved")).all()
    for name in ("contacts", "channels", "failures"):
        assert cases[name].tolist() == by_hand[name].tolist(), name
    for name in ("wait_seconds", "elapsed_seconds"):
        assert cases[name].tolist() == pytest.approx(by_hand[name].tolist()), name
    for name in ("effort", *(f"effort_{driver}" for driver in DRIVERS)):
        assert np.allclose(cases[name], by_hand[name], atol=4 / 1024), name
    assert (cases[[f"effort_{driver}" for driver in DRIVERS]].sum(axis=1) == cases["effort"]).all()


@settings(max_examples=20, deadline=None)
@given(scenarios_strategy(max_cases=25), st.integers(0, 1000), st.booleans())
def test_case_table_of_any_scenario(scenario, seed, while_open):
    if while_open:
        scenario = with_clocks_that_stop(scenario)
    found = run(scenario, replications=2, seed=seed, contacts=True, workers=1)
    if found.contacts.empty:
        return
    table = contacts_of(found)
    by_hand = journeys_by_hand(table)
    check_cases(found.cases, by_hand)
    check_measures_of_cases(found, by_hand[by_hand["arrived"] >= scenario.calendar.warm_up])
    check_channels(found, table)
    check_spillover(found, table)


def test_a_campaign_is_counted_alike(campaign):
    """Two days of calls to customers; whom nobody reaches is written to; agents in shifts, some absent."""
    table = contacts_of(campaign)
    happened = table[table["dialled"]]["outcome"].value_counts()
    assert happened[["resolved", "abandoned", "disconnected", "unreached", "unfinished"]].min() > 0
    assert table.loc[table["outcome"] == "disconnected", "unknown"].any()
    by_hand = journeys_by_hand(table)
    assert by_hand["unknown"].sum() > 5
    check_cases(campaign.cases, by_hand)
    check_measures_of_cases(campaign, by_hand)
    check_channels(campaign, table)
    check_spillover(campaign, table)
    rows = campaign.intervals
    assert rows["unreached"].sum() == happened["unreached"]
    per_hour = (table["dialled"] & ~table["unknown"]).sum() / campaign.replications / 14
    assert campaign.value("reached_per_hour", "outbound", "channel") == pytest.approx(per_hour)


def test_who_was_never_reached_is_in_no_opinion(campaign):
    cases, loyalty = campaign.cases, Loyalty.from_library()
    asked = cases[(cases["outcome"] != "unfinished") & ~journeys_by_hand(contacts_of(campaign))["unknown"]]
    pleased = np.where(asked["resolved"], (asked["ease_score"] - 1) / 6, 0.0)
    csat = loyalty.csat_hardest + (loyalty.csat_effortless - loyalty.csat_hardest) * pleased.mean()
    assert campaign.value("csat") == pytest.approx(csat)
    assert len(asked) < (cases["outcome"] != "unfinished").sum()


def test_a_clock_of_opening_hours_changes_the_target_and_no_wait(campaign):
    always = run(
        replace(campaign.scenario, "channels.email.target.clock", "always"), 2, seed=SEED, engine="reference"
    )
    changed = {
        name
        for name in ("service_level", "asa_seconds", "wait_seconds_mean", "wait_seconds_p90", "offered")
        if always.value(name, "email", "channel") != campaign.value(name, "email", "channel")
    }
    assert changed == {"service_level"}
    assert always.value("service_level", "email", "channel") < campaign.value(
        "service_level", "email", "channel"
    )


def test_absent_agents_are_paid_and_are_not_on_the_floor(campaign):
    """A day: 1 from 8 to 18, and 5 for 8 hours but for an unpaid half; half an hour more of break is paid."""
    rows, hours = campaign.groups, 10 + 5 * 7.5
    assert campaign.value("paid_hours", "desk", "group") == 2 * hours
    absent = rows["absent"].sum() / 3600 / campaign.replications
    assert campaign.value("absent_hours", "desk", "group") == pytest.approx(absent)
    assert absent > 0
    assert (rows["absent"] >= 0).all()
    present = rows["staffed"] - rows["overtime"]
    assert np.allclose(rows["scheduled"] - rows["absent"], present)
    pause = rows[rows["start_seconds"] % 86400 == 11 * 3600]
    assert (pause["scheduled"] == 1800).all()  # all of the shift have a break
    assert np.allclose(rows[["idle", "busy", "overtime"]].sum(axis=1), rows["staffed"])
    coverage = campaign.coverage.set_index("interval")
    each = present.groupby(rows["interval"]).sum() / 1800 / campaign.replications
    assert coverage["present"].tolist() == pytest.approx(each.tolist())
    assert (coverage["present"] <= coverage["scheduled"]).all()


@pytest.fixture(scope="module")
def campaign():
    """Two days of calls, with everything that may become of them."""
    scenario = Scenario(
        name="Campaign",
        calendar={"start": "2026-03-02", "interval": 1800, "days": 2},
        intents={
            "sell": {"volume": {"per_day": 220}, "first_channel": {"outbound": 1}},
            "ask": {"volume": {"per_day": 120}, "first_channel": {"email": 1}},
        },
        channels={
            "outbound": {
                "mode": "live", "open": {"daily": "09:00-12:00, 13:00-17:00"}, "at_close": "drop",
                "patience": 120, "target": {"within": "20 s", "clock": "open_hours"}, "dialler": {
                    "calls_per_agent": 5, "reached": 0.4, "ring": 30, "attempts": 2, "retry": 3600,
                },
            },
            "email": {
                "mode": "deferred", "open": {"daily": "08:00-17:00"},
                "target": {"share": 0.9, "within": "2 h", "clock": "open_hours"},
            },
        },
        next_steps=[
            {"after": "outbound", "outcome": "unreached", "go": {"email": 0.5}},
            {"after": "outbound", "outcome": "disconnected", "go": {"outbound": 0.8}, "delay": "1 h"},
            {"after": "outbound", "outcome": ["abandoned", "unresolved"], "go": {"email": 0.5}},
        ],
        groups={
            "desk": {
                "skills": {"outbound": {"priority": 1}, "email": {"priority": 2}}, "absence": 0.3,
                "shrinkage": 0, "staff": {"08:00": 1, "18:00": 0}, "shifts": [{
                    "start": "09:00", "length": "8 h", "agents": 5, "breaks": [
                        {"after": "2 h", "length": "30 min"},
                        {"after": "4 h", "length": "30 min", "paid": False},
                    ],
                }],
            },
        },
    )  # fmt: skip
    return run(scenario, 2, seed=SEED, engine="reference", contacts=True)


def with_clocks_that_stop(scenario):
    """Every target counts only the time for which its channel is open."""
    for name, channel in scenario.channels.items():
        if channel.mode != "self_service":
            scenario = replace(scenario, f"channels.{name}.target.clock", "open_hours")
    return scenario


def contacts_of(found):
    """The contact table with what a second count needs beside it: the mode, the attempt before."""
    table = found.contacts.copy()
    for name in ("channel", "intent", "outcome", "next_channel"):
        table[name] = table[name].astype(object)
    modes = {name: channel.mode for name, channel in found.scenario.channels.items()}
    table["mode"] = table["channel"].map(modes)
    table["was_answered"] = table["answered"].notna()
    before = table.groupby(["replication", "case"])[["channel", "outcome"]].shift(1)
    table["previous"], table["ended_before"] = before["channel"], before["outcome"]
    table["callback"] = table["ended_before"] == "called_back"
    dialled = [name for name, one in found.scenario.channels.items() if getattr(one, "dialler", None)]
    table["dialled"] = table["channel"].isin(dialled)
    # A dialler's contact of which the customer knows nothing: no call was answered.
    kept_waiting = (table["wait_seconds"] > 0) | table["was_answered"] | (table["outcome"] == "abandoned")
    table["unknown"] = table["dialled"] & ~kept_waiting
    cut_off = (table["ended_before"] == "disconnected") & table["previous"].isin(dialled)
    table["leg"] = table["ended_before"].isin(["called_back", "transferred", "unreached"]) | cut_off
    return table


def check_measures_of_cases(found, rows):
    """Measures over all cases that did not begin in the warm-up."""
    failure = [name for name, intent in found.scenario.intents.items() if intent.demand == "failure"]
    if rows.empty:
        assert found.value("cases") == 0
        return
    demand = np.where(rows["intent"].isin(failure), rows["contacts"], rows["again"])
    expected = {
        "cases": len(rows) / found.replications,
        "contacts": rows["contacts"].sum() / found.replications,
        "channels_per_case": rows["channels"].mean(),
        "resolved_share": (rows["outcome"] == "resolved").mean(),
        "one_contact_resolution": share_of(rows["one_contact"].sum(), (~rows["unknown"]).sum()),
        "transfers_per_case": rows["transfers"].mean(),
        "spillover_to_phone": rows["to_phone"].sum() / found.replications,
        "failure_demand_share": demand.sum() / rows["contacts"].sum(),
    }
    if rows["met_agent"].any():
        expected["first_contact_resolution"] = rows["first_contact"].sum() / rows["met_agent"].sum()
    if (found.plan.dialler_tries > 0).any():
        expected["unreached_share"] = rows["unknown"].mean()
    for name, value in expected.items():
        assert found.value(name) == pytest.approx(value, rel=1e-9, nan_ok=True), name
    for driver in DRIVERS:  # points are rounded to grains, contact by contact
        points = found.value(f"effort_{driver}")
        assert points == pytest.approx(rows[f"effort_{driver}"].mean(), abs=2 / 1024), driver


def check_channels(found, table):
    """Measures of channels over all contacts that did not arrive in the warm-up."""
    table = table[table["arrived"] >= found.scenario.calendar.warm_up]
    for name, channel in found.scenario.channels.items():
        mine = table[table["channel"] == name]
        agents = channel.mode != "self_service"
        expected = counts_again(mine, name) if not agents else counts_again(mine, name) | agents_again(mine)
        if agents and channel.front is None:
            expected |= queue_again(mine, channel, found)
        if getattr(channel, "callback", None) is not None:
            expected |= callbacks_again(mine)
        if getattr(channel, "dialler", None) is not None:
            expected |= dialler_again(mine, channel.dialler)
        if agents and not mine["dialled"].any():
            assert not mine.loc[~mine["callback"], "rung"].any()
        for measure, value in expected.items():
            per = found.replications if isinstance(value, int | np.integer) else 1
            assert found.value(measure, name, "channel") == pytest.approx(value / per, nan_ok=True), measure


def counts_again(mine, name):
    """Contacts, as whole numbers over all replications."""
    chosen = mine["previous"].notna() & ~mine["leg"]
    handled = mine["outcome"].isin(["resolved", "unresolved", "failed", "transferred"])
    return {
        "offered": len(mine),
        "handled": handled.sum(),
        "unfinished": (mine["outcome"] == "unfinished").sum(),
        "spillover_in": (chosen & (mine["previous"] != name)).sum(),
        "repeat_in": (chosen & (mine["previous"] == name)).sum(),
        "resolution": share_of((mine["outcome"] == "resolved").sum(), handled.sum()),
    }


def agents_again(mine):
    """What holds with and without a front: waits of those answered, and agents' time on contacts."""
    answered = mine[mine["was_answered"] & ~mine["callback"]]
    done = mine[mine["was_answered"] & (mine["outcome"] != "unfinished")]
    return {
        "answered": len(answered),
        "abandoned": (mine["outcome"] == "abandoned").sum(),
        "asa_seconds": share_of(answered["wait_seconds"].sum(), len(answered)),
        "aht_seconds": share_of(done["handle_seconds"].sum(), len(done)),
    }


def queue_again(mine, channel, found):
    """Rates of the queue; callbacks and those who asked for them are in none."""
    apart = mine["callback"] | mine["unknown"] | mine["outcome"].isin(["blocked", "closed", "called_back"])
    queued = mine[~apart].assign(queued=True)
    reply = channel.mode == "deferred"
    clock = None if channel.target.clock == "always" else windows_of(found.plan, mine["channel"])
    good, gone, judged, answered = service_levels(queued, channel.target.within, reply, clock)
    waits = queued.groupby("replication")["wait_seconds"]
    return {
        "wait_seconds_mean": queued["wait_seconds"].mean(),
        "wait_seconds_p90": waits.quantile(0.9).mean(),
        "wait_seconds_max": waits.max().mean(),
        "abandonment": share_of((queued["outcome"] == "abandoned").sum(), len(queued)),
        "service_level_of_offered": share_of(good, judged),
        "service_level_of_answered": share_of(good, answered),
        "service_level_abandons_good": share_of(good + gone, judged),
    }


def windows_of(plan, channels):
    """Windows of opening of the channel that all these contacts are in."""
    for name in channels.unique():
        place = plan.channels.index(name)
        mine = slice(plan.open_index[place], plan.open_index[place + 1])
        return list(zip(plan.open_from[mine].tolist(), plan.open_until[mine].tolist(), strict=True))
    return []


def dialler_again(mine, dialler):
    """Calls to customers, and who had no agent when one answered."""
    unreached, reached = mine[mine["outcome"] == "unreached"], mine[~mine["unknown"]]
    assert (unreached["rung"] == dialler.attempts).all()
    assert (mine["rung"] <= dialler.attempts).all()
    assert (reached["rung"] > 0).all()
    lost = ~reached["was_answered"] & (reached["outcome"] != "unfinished")
    return {
        "unreached": len(unreached),
        "calls_placed": mine["rung"].sum(),
        "calls_reached": share_of(len(reached), mine["rung"].sum()),
        "mismatch": share_of(lost.sum(), len(reached)),
    }


def callbacks_again(mine):
    rung = mine[mine["callback"]]
    reached = rung[rung["was_answered"]]
    assert len(rung) == (mine["outcome"] == "called_back").sum()
    return {
        "calls_placed": mine["rung"].sum(),
        "calls_reached": share_of(len(reached), mine["rung"].sum()),
        "callbacks": len(rung),
        "callbacks_reached": share_of(len(reached), len(rung)),
        "callback_seconds_mean": share_of((reached["answered"] - reached["arrived"]).sum(), len(reached)),
    }


def share_of(part, whole):
    return float(part / whole) if whole else math.nan


def check_spillover(found, table):
    """Moves that customers chose, to contacts that did not arrive in the warm-up."""
    counted = table["arrived"] >= found.scenario.calendar.warm_up
    chosen = table[counted & table["previous"].notna() & (table["previous"] != table["channel"])]
    chosen = chosen[~chosen["leg"]]
    expected = chosen.groupby(["previous", "channel", "ended_before"]).size()
    rows = found.spillover.set_index(["from", "to", "outcome"])["cases"] * found.replications
    assert rows.round(6).to_dict() == expected.to_dict()


@pytest.mark.parametrize("scope", ["all", "balance", "fault"])
def test_measures_of_cases(by_hand, values, scope):
    rows = by_hand if scope == "all" else by_hand[by_hand["intent"] == scope]
    key = ("all", "all") if scope == "all" else ("intent", scope)
    resolved = rows["outcome"] == "resolved"
    ended = rows[rows["outcome"] != "unfinished"]
    ease = 1 + 6 * np.exp(-rows["effort"] / Weights.from_library().scale)
    loyalty = Loyalty.from_library()
    share = np.where(ended["outcome"] == "given_up", 0, (ease[ended.index] - 1) / 6)
    stay = [1, 0.83] + [0.83 * 0.723**n for n in range(1, 60)]
    churn = np.minimum(1 - np.array(stay)[rows["failures"]], 0.85)
    expected = {
        "cases": len(rows) / REPLICATIONS,
        "contacts_per_case": rows["contacts"].mean(),
        "channels_per_case": rows["channels"].mean(),
        "resolved_share": resolved.mean(),
        "given_up_share": (rows["outcome"] == "given_up").mean(),
        "unfinished_share": (rows["outcome"] == "unfinished").mean(),
        "one_contact_resolution": (resolved & (rows["contacts"] == 1)).mean(),
        "first_contact_resolution": rows["first_contact"].sum() / rows["met_agent"].sum(),
        "transfers_per_case": 0.0,
        "spillover_to_phone": rows["to_phone"].sum() / REPLICATIONS,
        "elapsed_seconds_mean": rows.loc[resolved, "elapsed_seconds"].mean(),
        "effort": rows["effort"].mean(),
        "ease_score": ease.mean(),
        "csat": (0.22 + 0.62 * share).mean(),
        "nps": (45 - 65 * (1 - share)).mean(),
        "churn_share": churn.mean(),
        "revenue_at_risk": churn.sum() * loyalty.revenue_per_customer / REPLICATIONS,
    }
    if scope == "all":
        again = rows["contacts"].sum() - len(rows)
        first_failures = (rows["intent"] == "fault").sum()
        expected["failure_demand_share"] = (again + first_failures) / rows["contacts"].sum()
    for name, value in expected.items():
        assert values[(*key, name)] == pytest.approx(value, rel=2e-3, abs=1e-9), name


def test_parts_of_effort_sum_to_the_whole_in_the_summary(values):
    for key in (("all", "all"), ("intent", "fault"), ("segment", "old")):
        parts = [values[(*key, f"effort_{driver}")] for driver in DRIVERS]
        assert sum(parts) == pytest.approx(values[(*key, "effort")], rel=1e-12)


# -- money -------------------------------------------------------------------------------------------


def test_agents_are_paid_for_what_is_scheduled(values):
    hours = {"desk": 3 * 6 + 4 * 6 + 2 * 6, "digital": 3 * 20 + 1 * 4}
    for group, pay in (("desk", 20), ("digital", 30)):
        overtime = values["group", group, "overtime_hours"]
        assert values["group", group, "paid_hours"] == pytest.approx(hours[group])
        assert values["group", group, "agent_cost"] == pytest.approx(pay * (hours[group] + 1.5 * overtime))
    assert values["all", "all", "cost_total"] == pytest.approx(
        values["group", "desk", "agent_cost"]
        + values["group", "digital", "agent_cost"]
        + values["all", "all", "contact_cost"]
    )
    assert values["all", "all", "cost_per_case"] == pytest.approx(
        values["all", "all", "cost_total"] / values["all", "all", "cases"]
    )


def test_costs_per_contact(contacts, values):
    portal = default_of("self_service.cost_per_contact")
    number = contacts["channel"].value_counts()
    expected = (number["portal"] * portal + number["phone"] * 0.05) / REPLICATIONS
    assert values["all", "all", "contact_cost"] == pytest.approx(expected)


def test_direct_costs_are_the_busy_hours_and_the_costs_per_contact(result, values):
    occupied = sum(
        (values["group", group, "busy_hours"] + values["group", group, "overtime_hours"]) * pay
        for group, pay in (("desk", 20), ("digital", 30))
    )
    total = values["all", "all", "direct_cost_per_case"] * values["all", "all", "cases"]
    # A contact that two groups handled in turn is charged to the last one, so this holds nearly.
    assert total == pytest.approx(occupied + values["all", "all", "contact_cost"], rel=0.02)
    assert result.cases["cost"].sum() / REPLICATIONS == pytest.approx(total, rel=1e-5)


# -- groups and coverage -----------------------------------------------------------------------------


def test_measures_of_groups(result, values):
    for group in ("desk", "digital"):
        mine = result.groups[result.groups["group"] == group]
        occupied = mine["busy"].sum() + mine["overtime"].sum()
        assert values["group", group, "occupancy"] == pytest.approx(occupied / mine["staffed"].sum())
        assert values["group", group, "staffed_hours"] == pytest.approx(
            mine["staffed"].sum() / 3600 / REPLICATIONS
        )
        assert values["group", group, "concurrency"] == pytest.approx(
            mine["contacts_open_seconds"].sum() / occupied
        )
    assert values["group", "digital", "concurrency"] > 1.05
    assert values["group", "desk", "concurrency"] == pytest.approx(1.0)


def test_coverage_holds_the_work_that_came(result, contacts):
    """Agent time required over the day: that of answered contacts, and the mean for each lost customer.

    A lost contact whose customer rings again is not work of its own: the later contact is.
    """
    coverage = result.coverage
    phone = contacts[(contacts["channel"] == "phone") & contacts["queued"]]
    answered = phone[phone["was_answered"]]
    email = contacts[(contacts["channel"] == "email") & (contacts["group"] == "desk")]
    later = {
        (row.replication, row.case, row.attempt - 1)
        for row in contacts[contacts["channel"] == "phone"].itertuples()
    }
    lost = 0.0
    for _, mine in phone.groupby("replication"):
        served = mine[mine["was_answered"]]
        for_good = [
            row
            for row in mine[~mine["was_answered"]].itertuples()
            if (row.replication, row.case, row.attempt) not in later
        ]
        lost += served["handle_seconds"].mean() * len(for_good)
    expected = (answered["handle_seconds"].sum() + email["handle_seconds"].sum() + lost) / REPLICATIONS
    found = coverage.loc[coverage["group"] == "desk", "required"].sum() * 1800
    assert found == pytest.approx(expected, rel=0.02)  # emails nobody answered by the end come on top
    scheduled = coverage.loc[coverage["group"] == "desk", "scheduled"].tolist()
    assert scheduled == [0] * 12 + [2] * 12 + [3] * 12 + [2] * 12

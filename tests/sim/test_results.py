"""Results: what tables hold, the sums that must agree, and what a run keeps."""

import math
import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenarios import Scenario
from scenarios.paths import replace
from sim import run
from sim.columns import COLUMNS
from sim.effort import DRIVERS
from sim.errors import RunError
from sim.estimates import ratio
from sim.measures import MEASURES, QUANTITIES
from sim.summary import by_scope
from tests.strategies import scenarios_strategy

REPLICATIONS = 3
OUTCOMES = [
    "handled",
    "contained",
    "abandoned",
    "blocked",
    "closed",
    "called_back",
    "disconnected",
    "unfinished",
    "unreached",
]

# -- the fixture is worth its name -----------------------------------------------------------------


def test_everything_happens_in_the_small_centre(contacts):
    happened = set(contacts["outcome"])
    assert happened >= {
        "resolved", "unresolved", "failed", "abandoned", "blocked", "closed", "disconnected", "unfinished",
    }  # fmt: skip
    assert (contacts["attempt"] > 2).any()


# -- columns ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", [name for name in COLUMNS if not name.startswith("comparison.")])
def test_tables_have_the_columns_that_are_documented(result, table):
    assert list(getattr(result, table).columns) == list(COLUMNS[table])


def test_every_column_says_what_it_holds():
    for columns in COLUMNS.values():
        for column in columns.values():
            assert column.meaning.endswith(".")


def test_contacts_are_as_the_contract_says(result):
    assert list(result.contacts.columns) == [
        "replication", "case", "attempt", "channel", "intent", "segment", "group", "arrived", "answered",
        "ended", "wait_seconds", "handle_seconds", "wrap_seconds", "outcome", "next_channel",
        "helper", "helped_seconds", "rung",
    ]  # fmt: skip
    unanswered = result.contacts[result.contacts["answered"].isna()]
    assert (unanswered["handle_seconds"] == 0).all()
    assert unanswered["group"].isna().all()


# -- conservation ----------------------------------------------------------------------------------


def test_offered_contacts_are_all_accounted_for(result):
    rows = result.intervals
    assert (rows["offered"] == rows[OUTCOMES].sum(axis=1)).all()
    assert (rows["short_abandoned"] <= rows["abandoned"]).all()
    assert rows["offered"].sum() == len(result.contacts)


def test_cases_are_all_accounted_for(result, values):
    parts = [values["all", "all", f"{name}_share"] for name in ("resolved", "given_up", "unfinished")]
    assert sum(parts) == pytest.approx(1.0)
    assert len(result.cases) == pytest.approx(values["all", "all", "cases"] * REPLICATIONS)
    assert result.cases["contacts"].sum() == len(result.contacts)


def test_scopes_add_up_to_the_whole(values):
    for name in ("cases", "contacts", "spillover_to_phone", "contact_cost", "revenue_at_risk"):
        whole = values["all", "all", name]
        assert values["intent", "balance", name] + values["intent", "fault", name] == pytest.approx(whole)
        assert values["segment", "young", name] + values["segment", "old", name] == pytest.approx(whole)


def test_agents_time_is_idle_busy_or_overtime(result):
    rows = result.groups
    assert np.allclose(rows["staffed"], rows[["idle", "busy", "overtime"]].sum(axis=1))
    assert (rows["idle"] >= 0).all()
    assert np.allclose(rows["scheduled"], rows["staffed"] - rows["overtime"])
    assert (rows["absent"] == 0).all()


def test_waiting_contacts_make_the_queue(result):
    """Little's law: the queue's integral is the sum of live and concurrent waits within the horizon."""
    rows = result.intervals
    for channel in ("phone", "chat"):
        mine = rows[rows["channel"] == channel]
        assert (mine["queue_length_mean"] * 1800).sum() == pytest.approx(mine["wait_seconds_sum"].sum())


# -- spillover and journeys ----------------------------------------------------------------------------


def test_spillover_adds_up_to_the_contacts_that_spilled_in(result, contacts, values):
    table = result.spillover
    assert (table["from"] != table["to"]).all()
    for channel in ("phone", "chat", "email"):
        total = table.loc[table["to"] == channel, "cases"].sum()
        assert total == pytest.approx(values["channel", channel, "spillover_in"])
    to_phone = table.loc[table["to"] == "phone", "cases"].sum()
    assert to_phone == pytest.approx(values["all", "all", "spillover_to_phone"])
    row = table[(table["from"] == "portal") & (table["to"] == "phone") & (table["outcome"] == "failed")].iloc[
        0
    ]
    failed = contacts[(contacts["channel"] == "portal") & (contacts["outcome"] == "failed")]
    assert row["share"] == pytest.approx(row["cases"] * REPLICATIONS / len(failed))
    assert 0.5 < row["share"] < 0.65


def test_journeys_flow_on(result, contacts):
    flows = result.journeys
    endings = {"resolved", "given up", "unfinished"}
    for attempt in range(3):
        into = flows[(flows["attempt"] == attempt) & ~flows["to"].isin(endings)].groupby("to")["cases"].sum()
        out = flows[flows["attempt"] == attempt + 1].groupby("from")["cases"].sum()
        assert into.to_dict() == pytest.approx(out.to_dict())
    assert flows["cases"].sum() * REPLICATIONS == pytest.approx(len(contacts))
    ends = flows[flows["to"].isin(endings)].groupby("to")["cases"].sum() * REPLICATIONS
    outcomes = result.cases["outcome"].astype(str).value_counts()
    assert ends["given up"] == pytest.approx(outcomes["given_up"])
    assert ends["resolved"] == pytest.approx(outcomes["resolved"])
    assert ends["unfinished"] == pytest.approx(outcomes["unfinished"])


# -- what is kept, and how much of it ------------------------------------------------------------------


def test_contacts_that_were_not_kept_say_how_to_keep_them(centre):
    slim = run(centre, replications=1)
    with pytest.raises(RunError, match="contacts=True"):
        _ = slim.contacts


def test_what_was_not_kept_is_simulated_again_and_is_the_same(result, contacts):
    """The kept contacts and the replayed cases and intervals are those of the same days."""
    by_case = contacts.groupby(["replication", "case"])
    assert (result.cases["contacts"].to_numpy() == by_case.size().to_numpy()).all()
    assert result.cases["arrived_seconds"].to_numpy() == pytest.approx(by_case["arrived"].min().to_numpy())
    rows = result.intervals
    waits = rows.groupby("replication")["wait_seconds_sum"].sum()
    assert waits.tolist() == pytest.approx(contacts.groupby("replication")["wait_seconds"].sum().tolist())
    mean = rows[rows["channel"] == "phone"].groupby("replication")["answered"].sum().mean()
    assert result.value("answered", "phone", "channel") == mean


def test_a_result_is_small_and_can_be_sent(result):
    slim = run(result.scenario, replications=2, seed=4)
    sent = pickle.dumps(slim.counted)
    assert len(sent) < 500_000
    again = pickle.loads(sent)
    assert (again.headlines.channels == slim.counted.headlines.channels).all()
    assert len(again) == 2


def test_every_quantity_is_counted(result):
    found = by_scope(result.plan, result.terms, result.counted)
    for scope, quantities in QUANTITIES.items():
        assert set(quantities) <= set(found[scope]), scope
        for name in quantities:
            assert len(found[scope][name]) == REPLICATIONS, (scope, name)


def test_half_widths_by_interval_are_those_of_the_replications(result):
    """The totals' exact sums give what the replications' own values give."""
    summary = result.interval_summary.set_index(["channel", "measure"])
    rows = result.intervals
    for channel in ("phone", "chat", "email"):
        mine = rows[rows["channel"] == channel]
        by_replication = {
            name: mine[name].to_numpy().reshape(REPLICATIONS, 48)
            for name in ("offered", "answered", "abandoned", "spilled_in", "asa_seconds", "queue_length_mean")
        }
        pairs = {name: (values, 1.0) for name, values in by_replication.items()}
        seconds = np.nan_to_num(by_replication["asa_seconds"]) * by_replication["answered"]
        pairs["asa_seconds"] = (seconds, by_replication["answered"])
        for name, (above, below) in pairs.items():
            expected = ratio(above, np.broadcast_to(below, above.shape))
            found = summary.loc[(channel, name)]
            for column, values in (("mean", expected.mean), ("half_width", expected.half_width)):
                assert found[column].tolist() == pytest.approx(values.tolist(), abs=1e-9, nan_ok=True), name


def test_summary_has_each_measure_of_each_name_once(result):
    rows = result.summary
    assert not rows.duplicated(["scope", "name", "measure"]).any()
    expected = {"all": 1, "channel": 4, "group": 2, "intent": 2, "segment": 2}
    for item in MEASURES:
        for scope in item.scopes:
            number = ((rows["scope"] == scope) & (rows["measure"] == item.name)).sum()
            nowhere = item.needs not in ("nothing", "agents")  # no callbacks, diallers or absence here
            less = expected[scope] if nowhere else item.needs == "agents"
            assert number == expected[scope] - less, item.name
    assert (rows.loc[rows["measure"] == "cost_total", "unit"] == "£").all()
    assert (rows["p10"].fillna(0) <= rows["p90"].fillna(0)).all()


def test_one_value_by_name(result, values):
    assert result.value("asa_seconds", "phone", "channel") == values["channel", "phone", "asa_seconds"]
    with pytest.raises(KeyError, match="no 'asa'"):
        result.value("asa")


def test_callbacks_are_measured_where_they_are_offered(centre):
    phone = centre.model_dump(mode="json")["channels"]["phone"]
    offered = replace(centre, "channels.phone", phone | {"callback": {"offer_above": 30}})
    found = run(offered, replications=2, workers=1).summary
    measures = ["callbacks", "callbacks_reached", "callback_seconds_mean", "calls_placed", "calls_reached"]
    rows = found[found["measure"].isin(measures)]
    assert rows["name"].tolist() == ["phone"] * 5
    assert rows["measure"].tolist() == measures
    callbacks, reached, seconds, placed, answered = rows["mean"]
    assert callbacks > 5
    assert 0 < reached <= 1
    assert seconds > 0
    assert placed * answered == pytest.approx(callbacks * reached)


def test_a_warm_up_is_left_out_and_changes_nothing_else(centre, result):
    """Ten hours: the same contacts, and the same tables from then on."""
    start = 10 * 3600
    warm = run(replace(centre, "calendar.warm_up", "10 h"), replications=REPLICATIONS, seed=4, contacts=True)
    pd.testing.assert_frame_equal(warm.contacts, result.contacts)
    same = [
        name for name in result.cases if name != "cost"
    ]  # agents' time is shared out over less of the day
    pd.testing.assert_frame_equal(warm.cases[same], result.cases[same])
    for table in ("intervals", "groups", "interval_summary"):
        whole = getattr(result, table)
        rest = whole[whole["start_seconds"] >= start].reset_index(drop=True)
        pd.testing.assert_frame_equal(getattr(warm, table), rest)
    whole = result.coverage[result.coverage["start_seconds"] >= start].reset_index(drop=True)
    pd.testing.assert_frame_equal(warm.coverage[["scheduled", "busy"]], whole[["scheduled", "busy"]])
    hours = result.groups.loc[result.groups["start_seconds"] >= start].groupby("group")["busy"].sum() / 3600
    for group in ("desk", "digital"):
        assert warm.value("busy_hours", group, "group") == pytest.approx(hours[group] / REPLICATIONS)
    assert warm.value("paid_hours", "desk", "group") == 3 * 2 + 4 * 6 + 2 * 6
    assert warm.value("cases") == (result.cases["arrived_seconds"] >= start).sum() / REPLICATIONS
    length = warm.intervals.query("channel == 'phone'")["queue_length_mean"].mean()
    assert warm.value("queue_length_mean", "phone", "channel") == pytest.approx(length)


# -- any scenario ----------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(scenarios_strategy(max_cases=25), st.integers(0, 1000))
def test_sums_agree_in_any_scenario(scenario, seed):
    found = run(scenario, replications=2, seed=seed, contacts=True, workers=1)
    rows = found.intervals
    assert (rows["offered"] == rows[OUTCOMES].sum(axis=1)).all()
    counted = found.contacts["arrived"] >= scenario.calendar.warm_up
    assert rows["offered"].sum() == counted.sum()
    assert (rows["start_seconds"] >= scenario.calendar.warm_up).all()
    spilled = found.spillover["cases"].sum() * 2
    assert spilled == pytest.approx(rows["spilled_in"].sum())
    # Each contact is led to, if it is no first attempt, and each case ends.
    last = ~found.contacts.duplicated(["replication", "case"], keep="last")
    steps = (counted & (found.contacts["attempt"] > 0)).sum() + (counted & last).sum()
    assert found.journeys["cases"].sum() * 2 == pytest.approx(steps)
    cases = found.cases
    assert (cases[[f"effort_{driver}" for driver in DRIVERS]].sum(axis=1) == cases["effort"]).all()
    assert cases["ease_score"].between(1, 7).all()
    assert cases["churn"].between(0, 0.85).all()
    assert (found.groups["idle"] >= 0).all()
    shares = found.summary[found.summary["unit"] == "share"]
    over_time = shares["measure"] == "utilisation"  # of scheduled time, so overtime brings it above 1
    assert shares["mean"].dropna().ge(0).all()
    assert shares.loc[~over_time, "mean"].dropna().le(1 + 1e-12).all()


def small(**changes):
    """A phone that is open all day with one agent in the morning, changed as said."""
    fields = {
        "name": "Small",
        "calendar": {"start": "2026-03-02", "interval": 900},
        "intents": {"ask": {"volume": {"per_day": 0}, "first_channel": {"phone": 1}}},
        "channels": {"phone": {"mode": "live"}},
        "groups": {"desk": {"skills": {"phone": {}}, "staff": {"08:00": 1, "12:00": 0}, "shrinkage": 0}},
    }
    return Scenario(**{**fields, **changes})


@pytest.mark.parametrize("replications", [1, 2])
def test_nobody_comes(replications):
    found = run(small(), replications=replications, contacts=True)
    for table in COLUMNS:
        if not table.startswith("comparison."):
            assert list(getattr(found, table).columns) == list(COLUMNS[table])
    assert found.value("cases") == 0
    assert math.isnan(found.value("ease_score"))
    assert found.value("paid_hours", "desk", "group") == 4
    assert found.value("offered", "phone", "channel") == 0
    assert math.isnan(found.value("asa_seconds", "phone", "channel"))


def test_one_customer():
    volume = {"per_interval": [0] * 36 + [1] + [0] * 59, "counts": "exact"}
    one = small(intents={"ask": {"volume": volume, "first_channel": {"phone": 1}}})
    found = run(one, replications=3, contacts=True)
    assert found.contacts["case"].tolist() == [0, 0, 0]
    assert found.contacts["replication"].tolist() == [0, 1, 2]
    assert found.contacts["arrived"].between(32400, 33300).all()
    assert found.value("asa_seconds", "phone", "channel") == 0
    assert found.value("service_level", "phone", "channel") == 1


def test_a_centre_without_agents():
    found = run(
        small(
            intents={"ask": {"volume": {"per_day": 30}, "first_channel": {"app": 1}}},
            channels={"app": {"mode": "self_service", "success": 1}},
            groups={},
        ),
        replications=2,
    )
    assert found.value("resolved_share") + found.value("unfinished_share") == 1
    assert found.value("cost_total") == pytest.approx(found.value("contact_cost"))
    assert found.groups.empty
    assert found.coverage.empty


def test_intervals_are_counted_over_all_days():
    found = run(small(calendar={"start": "2026-03-02", "interval": 3600, "days": 2}), replications=1)
    assert found.intervals["interval"].tolist() == list(range(48))
    assert found.intervals["day"].tolist() == [0] * 24 + [1] * 24
    assert found.intervals["start_seconds"].iloc[-1] == 47 * 3600

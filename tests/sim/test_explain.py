"""Explanations: parts that sum to the whole, counted a second time from the table of contacts."""

import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import scenarios
import sim
from scenarios import Scenario, check
from scenarios.whatifs import (
    ChangeConcurrency,
    ChangeStaff,
    ChannelOutage,
    LaunchChannel,
    ScaleVolume,
    apply_stack,
)
from sim.contract import OUTCOMES, Mode, Outcome
from sim.effort import DRIVERS
from sim.errors import RunError
from sim.estimates import half_width
from sim.experiments.tasks import Model, Models, Task, perform
from sim.explain import (
    CONTACT_CAUSES,
    EXPLAINED,
    WAIT_CAUSES,
    _cause,
    explain,
    explain_waits,
    with_agents_of,
    with_handling_of,
)
from sim.plan import build
from tests.strategies import scenarios_strategy

REPLICATIONS = 5
SERVED = ("phone", "chat", "email")


@pytest.fixture(scope="module")
def worse(centre: Scenario) -> Scenario:
    """Its portal fails all morning, and it has fewer people."""
    return apply_stack(
        centre,
        [ChannelOutage(channel="portal", start="07:00", end="12:00"), ChangeStaff(by=-1)],
    )


@pytest.fixture(scope="module")
def comparison(centre: Scenario, worse: Scenario) -> sim.Comparison:
    return sim.compare(centre, {"what-if": worse}, REPLICATIONS, seed=4, contacts=True)


@pytest.fixture(scope="module")
def explained(comparison: sim.Comparison) -> pd.DataFrame:
    return explain(comparison)


def causes_again(result: sim.Result) -> pd.DataFrame:
    """Contacts by replication, channel, cause and channel before: counted from the table of contacts."""
    frame = result.contacts[["replication", "case", "attempt", "channel", "outcome"]].astype(
        {"channel": object, "outcome": object}
    )
    before = frame.groupby(["replication", "case"])[["channel", "outcome"]].shift(1)
    mode = {name: channel.mode for name, channel in result.scenario.channels.items()}
    same = frame["channel"] == before["channel"]
    frame["from"] = before["channel"].where(frame["attempt"] > 0, "")
    frame["cause"] = np.select(
        [
            frame["attempt"] == 0,
            before["outcome"] == "transferred",
            before["outcome"] == "called_back",
            ~same & (before["channel"].map(mode) == "self_service"),
            ~same,
            before["outcome"] == "abandoned",
            before["outcome"].isin(["blocked", "closed", "disconnected"]),
        ],
        [
            "first_contact", "transfer", "callback", "failed_self_service", "other_channel",
            "redial_abandoned", "redial_not_reached",
        ],
        "repeat_unresolved",
    )  # fmt: skip
    return frame[frame["channel"].map(mode) != "self_service"]


def per_replication(result: sim.Result, channel: str, cause: str, origin: str) -> np.ndarray:
    frame = causes_again(result)
    chosen = (frame["channel"] == channel) & (frame["cause"] == cause) & (frame["from"] == origin)
    return np.bincount(frame.loc[chosen, "replication"], minlength=result.replications)


# -- contacts --------------------------------------------------------------------------------------


def test_the_table_is_as_documented(explained):
    assert list(explained.columns) == list(EXPLAINED)
    assert all(column.meaning.endswith(".") for column in EXPLAINED.values())
    assert list(dict.fromkeys(explained["part"])) == ["contacts", "effort"]
    contacts = explained[explained["part"] == "contacts"]
    assert list(dict.fromkeys(contacts["channel"])) == list(SERVED), "the phone first"
    assert set(contacts["cause"]) <= set(CONTACT_CAUSES)
    assert set(contacts["unit"]) == {"contacts"}


def test_every_cause_but_what_agents_begin_happens_in_the_small_centre(explained):
    causes = set(explained.loc[explained["part"] == "contacts", "cause"])
    assert causes == set(CONTACT_CAUSES) - {"transfer", "callback", "called_in_vain"}


@pytest.mark.parametrize("channel", SERVED)
def test_causes_sum_to_the_whole_change_of_offered_contacts(comparison, explained, channel):
    rows = explained[(explained["part"] == "contacts") & (explained["channel"] == channel)]
    summary = comparison.summary
    whole = summary[(summary["scope"] == "channel") & (summary["name"] == channel)
                    & (summary["measure"] == "offered")].set_index("scenario")  # fmt: skip
    # Contact by contact: sums over replications are whole numbers.
    whole_contacts = round(whole.loc["what-if", "delta"] * REPLICATIONS)
    assert (rows["delta"] * REPLICATIONS).round().sum() == whole_contacts
    assert rows["delta"].sum() == pytest.approx(whole.loc["what-if", "delta"], abs=1e-9)
    assert rows["before"].sum() == pytest.approx(whole.loc["baseline", "mean"])
    assert rows["after"].sum() == pytest.approx(whole.loc["what-if", "mean"])
    assert rows["share_of_whole"].sum() == pytest.approx(1)


def test_causes_are_those_of_a_second_count(comparison, explained):
    for row in explained[explained["part"] == "contacts"].itertuples():
        key = row.channel, row.cause, explained.loc[row.Index, "from"]
        old, new = (per_replication(result, *key) for result in comparison.results.values())
        assert row.before == pytest.approx(old.mean()), key
        assert row.after == pytest.approx(new.mean()), key
        difference = new - old
        assert row.half_width == pytest.approx(float(half_width(difference - difference.mean()))), key


def test_an_outage_is_told_from_redials(centre):
    outage = ChannelOutage(channel="portal", start="07:00", end="12:00").apply(centre)
    told = explain(sim.compare(centre, [outage], 4, seed=2)).query(
        "part == 'contacts' and channel == 'phone'"
    )
    by_cause = told.groupby("cause")["delta"].sum()
    assert by_cause["first_contact"] == 0, "the same customers come"
    assert by_cause["failed_self_service"] > 10
    first = told[told["cause"] == "first_contact"].iloc[0]
    assert (first["half_width"], first["from"]) == (0, "")
    assert set(told.loc[told["cause"] == "failed_self_service", "from"]) == {"portal"}


def test_more_customers_are_first_contacts(centre):
    more = ScaleVolume(percent=30).apply(centre)
    told = explain(sim.compare(centre, [more], 4, seed=2)).query("part == 'contacts' and channel == 'email'")
    first = told[told["cause"] == "first_contact"].iloc[0]
    assert first["delta"] > 0
    assert first["delta"] == first["after"] - first["before"]


def test_a_channel_that_only_the_variant_has_starts_from_nothing(centre):
    launch = LaunchChannel(name="desk_chat", mode="concurrent", groups=("digital",), share=0.3).apply(centre)
    told = explain(sim.compare(centre, [launch], 3, seed=2)).query("channel == 'desk_chat'")
    assert (told["before"] == 0).all()
    assert told["after"].sum() > 0
    assert told["share_of_whole"].sum() == pytest.approx(1)


def test_nothing_changes_nothing(centre):
    told = explain(sim.compare(centre, {"same": centre}, 2, seed=2))
    assert (told["delta"] == 0).all()
    assert (told["half_width"] == 0).all()
    assert told["share_of_whole"].isna().all()


def test_one_replication_has_means_and_no_intervals(centre, worse):
    told = explain(sim.compare(centre, [worse], 1, seed=4))
    assert told["half_width"].isna().all()
    assert told["delta"].notna().all()


def test_the_spread_of_the_first_replications_stands_for_all(comparison, explained, monkeypatch):
    # ``sim.explain`` is the function; its module is found by name.
    monkeypatch.setattr(sys.modules[explain.__module__], "MOST_REPEATED", 3)
    told = explain(comparison)
    assert told["delta"].tolist() == explained["delta"].tolist(), "means rest on all"
    row = told[(told["channel"] == "phone") & (told["cause"] == "redial_abandoned")].iloc[0]
    old, new = (
        per_replication(r, "phone", "redial_abandoned", "phone")[:3] for r in comparison.results.values()
    )
    spread = float(half_width((new - old) - (new - old).mean()))
    assert row["half_width"] == pytest.approx(spread * np.sqrt(3 / REPLICATIONS))


def test_both_engines_are_explained_alike(centre, worse):
    tables = [
        explain(sim.compare(centre, [worse], 2, seed=9, engine=engine, workers=1))
        for engine in ("compiled", "reference")
    ]
    pd.testing.assert_frame_equal(*tables)


def test_transfers_and_callbacks_are_causes_of_their_own():
    second = {"mode": "live", "handle_time": "8 min", "patience": "20 min"}
    asked = Scenario(
        name="tiers",
        calendar={"start": "2026-03-02", "warm_up": "10 h"},
        intents={"help": {"volume": {"per_day": 300}, "first_channel": {"phone": 1}}},
        channels={
            "phone": second | {"callback": {"offer_above": 60}, "transfer": {"share": 0.3, "to": "experts"}},
            "experts": second | {"transfer": {"share": 0.2, "to": "phone", "when_busy": "skip"}},
        },
        groups={
            name: {"skills": {name: {}}, "staff": {"08:00": agents, "20:00": 0}, "shrinkage": 0}
            for name, agents in (("phone", 3), ("experts", 1))
        },
        next_steps=[{"after": "phone", "outcome": ["abandoned", "unresolved"], "go": {"phone": 0.5}}],
    )
    comparison = sim.compare(asked, [ChangeStaff(by=1).apply(asked)], 4, seed=2, contacts=True, workers=1)
    told = explain(comparison).query("part == 'contacts'")
    assert set(told["cause"]) >= {"first_contact", "transfer", "callback", "repeat_unresolved"}
    for row in told.to_dict("records"):
        for result, column in zip(comparison.results.values(), ("before", "after"), strict=True):
            frame = causes_again(result)
            chosen = (frame["channel"] == row["channel"]) & (frame["cause"] == row["cause"])
            chosen &= (frame["from"] == row["from"]) & (result.contacts["arrived"] >= 36000)
            assert row[column] == pytest.approx(chosen.sum() / 4), row


def test_a_transfer_is_a_cause_of_its_own(centre):
    plan = build(centre)
    phone, chat = plan.channels.index("phone"), plan.channels.index("chat")
    assert _cause(plan, chat, phone, Outcome.TRANSFERRED) == "transfer"
    assert _cause(plan, phone, phone, Outcome.TRANSFERRED) == "transfer"
    assert {
        _cause(plan, a, b, o) for a in (phone, chat) for b in (phone, chat) for o in range(len(OUTCOMES))
    } <= {*CONTACT_CAUSES}


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(scenarios_strategy(max_cases=25), st.integers(0, 1000), st.sampled_from([-60, -20, 40, 100]))
def test_causes_sum_to_the_whole_in_random_scenarios(base, seed, percent):
    comparison = sim.compare(
        base, {"more": ScaleVolume(percent=percent).apply(base)}, 2, seed=seed, workers=1
    )
    told = explain(comparison)
    offered = comparison.summary.query("scenario == 'more' and measure == 'offered'").set_index("name")[
        "delta"
    ]
    plan = comparison.base.plan
    for channel, mode in zip(plan.channels, plan.mode, strict=True):
        rows = told[(told["part"] == "contacts") & (told["channel"] == channel)]
        if mode == Mode.SELF_SERVICE:
            assert rows.empty
        else:
            assert (rows["delta"] * 2).sum() == offered[channel] * 2


# -- effort ----------------------------------------------------------------------------------------


def test_drivers_sum_to_the_whole_change_of_effort(comparison, explained):
    rows = explained[explained["part"] == "effort"].set_index("cause")
    summary = comparison.summary.query("scenario == 'what-if' and scope == 'all'").set_index("measure")
    assert tuple(rows.index) == DRIVERS
    assert rows["delta"].sum() == pytest.approx(summary.loc["effort", "delta"], abs=1e-9)
    for driver in DRIVERS:
        assert rows.loc[driver, "delta"] == summary.loc[f"effort_{driver}", "delta"]
        assert rows.loc[driver, "half_width"] == summary.loc[f"effort_{driver}", "delta_half_width"]
    assert set(rows["unit"]) == {"points per case"}


# -- what may be explained -------------------------------------------------------------------------


def test_a_variant_is_named_or_the_first(centre, worse):
    comparison = sim.compare(centre, {"same": centre, "worse": worse}, 2, seed=4)
    assert (explain(comparison)["delta"] == 0).all()
    pd.testing.assert_frame_equal(explain(comparison, "worse"), sim.explain(comparison, scenario="worse"))
    assert explain(comparison, "worse")["delta"].abs().sum() > 0
    with pytest.raises(
        RunError, match=r"scenario is 'wors'; allowed: one of same, worse\. Cure: write 'same'"
    ):
        explain(comparison, "wors")


def test_what_cannot_be_explained_says_why(centre, result):
    with pytest.raises(RunError, match=r"allowed: a sim\.Comparison\. Cure: give what sim\.compare returns"):
        explain(result)
    with pytest.raises(RunError, match="a base and a variant"):
        explain(sim.Comparison({"baseline": result}))
    with pytest.raises(RunError) as caught:
        explain_waits("retail_bank", None)
    assert [problem.field for problem in caught.value.problems] == ["base", "variant"]


# -- waits -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def desk() -> Scenario:
    return scenarios.load("helpdesk")


@pytest.fixture(scope="module")
def everything(desk) -> Scenario:
    """More customers, longer calls and fewer agents."""
    slower = desk.channels["phone"].model_copy(
        update={"handle_time": type(desk.channels["phone"]).model_validate(
            {"mode": "live", "handle_time": "8 min"}).handle_time}
    )  # fmt: skip
    longer = desk.model_copy(update={"channels": {**desk.channels, "phone": slower}})
    return apply_stack(longer, [ScaleVolume(percent=10), ChangeStaff(percent=-10)])


def test_waits_are_split_in_steps_that_sum_to_the_whole(desk, everything):
    told = explain_waits(desk, everything, replications=4, seed=3)
    assert list(told.columns) == list(EXPLAINED)
    assert told["cause"].tolist() == list(WAIT_CAUSES)
    comparison = sim.compare(desk, [everything], 4, seed=3)
    whole = comparison.summary.query("scenario == 'what-if' and measure == 'asa_seconds'")["delta"].item()
    assert told["delta"].sum() == pytest.approx(whole)
    assert (told["delta"] > told["half_width"]).all(), "each makes waits longer, clearly"
    assert told["after"].tolist()[:-1] == told["before"].tolist()[1:]
    assert told["before"].iloc[0] == comparison.base.value("asa_seconds", "phone", "channel")
    assert set(told["unit"]) == {"s"}


@pytest.mark.parametrize(
    ("what_if", "cause"),
    [
        (ScaleVolume(percent=10), "contacts"),
        (ChannelOutage(channel="portal", start="07:00", end="12:00"), "contacts"),
        (ChangeStaff(by=-1), "agents"),
        (ChangeConcurrency(channel="chat", cap=1), "handling"),
    ],
    ids=lambda value: getattr(value, "kind", value),
)
def test_one_change_is_one_cause(centre, what_if, cause):
    told = explain_waits(centre, what_if.apply(centre), replications=2, seed=3)
    others = told[told["cause"] != cause]
    assert (others["delta"] == 0).all()
    assert (others["half_width"] == 0).all()
    assert told.loc[told["cause"] == cause, "delta"].abs().sum() > 0
    assert list(dict.fromkeys(told["channel"])) == list(SERVED)


def test_steps_lead_from_the_base_to_the_variant(centre, worse):
    assert with_agents_of(centre, centre) == centre
    assert with_handling_of(centre, centre) == centre
    manned = with_agents_of(worse, centre)
    assert manned.groups == centre.groups
    assert manned.incidents == worse.incidents
    assert check(manned) == []


def test_a_new_channel_brings_its_agents_along(centre):
    launch = LaunchChannel(name="desk_chat", mode="concurrent", groups=("digital",), share=0.3).apply(centre)
    fewer = ChangeStaff(by=-1).apply(launch)
    manned = with_agents_of(fewer, centre)
    assert "desk_chat" in manned.groups["digital"].skills
    assert manned.groups["digital"].staff == centre.groups["digital"].staff
    assert check(manned) == []
    told = explain_waits(centre, fewer, replications=2)
    assert "desk_chat" not in set(told["channel"])


def test_groups_that_come_and_go_are_agents(centre):
    desk = centre.groups["desk"]
    split = {**centre.groups, "second": desk.model_copy(update={"skills": {"phone": desk.skills["phone"]}})}
    more = centre.model_copy(update={"groups": split})
    assert with_agents_of(more, centre) == centre
    assert set(with_agents_of(centre, more).groups) == {"desk", "digital", "second"}


def test_a_skill_keeps_its_pace_until_handling_changes(centre):
    desk = centre.groups["desk"]
    slow = desk.skills["phone"].model_copy(update={"handle_time": 1.4, "priority": 2})
    slower = desk.model_copy(update={"skills": {**desk.skills, "phone": slow}})
    variant = centre.model_copy(update={"groups": {**centre.groups, "desk": slower}})
    manned = with_agents_of(variant, centre)
    assert manned.groups["desk"].skills["phone"].handle_time == 1.4
    assert manned.groups["desk"].skills["phone"].priority == 1
    assert with_handling_of(manned, centre).groups["desk"].skills["phone"].handle_time == 1.0


def test_a_task_of_one_replication_counts_it_alone(comparison):
    """What half-widths rest on: tasks of single replications add up to the whole run."""
    result = comparison.base
    models = Models((Model(result.plan, result.terms),))
    parts = [perform(Task(models, 4, result.engine, r, 1))[0].totals.steps for r in range(REPLICATIONS)]
    assert np.array_equal(sum(parts), result.counted.totals.steps)

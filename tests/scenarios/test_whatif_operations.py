"""What-ifs about callbacks, the IVR, tiers, incidents and notice: what each does to a scenario, and what it
refuses."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import Scenario, ScenarioError
from scenarios.channels import Callback, Consult, Front, Live
from scenarios.parameters import default_of
from scenarios.whatifs import (
    AddTier,
    AnnounceIncident,
    ChangeAbsence,
    ChangeConcurrency,
    ChannelOutage,
    ConsultColleague,
    LaunchChannel,
    MergeTiers,
    OfferCallbacks,
    OutboundCampaign,
    OverflowRules,
    ReworkFront,
    SendMailing,
    TrainAgents,
    UnannouncedChange,
    WhatIf,
    WhoNoticesFirst,
    apply_stack,
    parse,
)
from scenarios.whatifs.change import decay
from scenarios.whatifs.fallback import library_mean
from scenarios.whatifs.launch import settled
from tests.scenarios.whatif_rules import (
    changes_a_copy,
    changes_nothing,
    is_sound_or_refused,
    is_written_and_told,
    phrase,
    problems,
)
from tests.strategies import scenarios_strategy

SHOP: dict[str, Any] = {
    "name": "Shop",
    "calendar": {"start": "2026-03-02", "interval": "1 h", "days": 2},
    "segments": {"young": {"share": 0.4}, "old": {"share": 0.6}},
    "intents": {
        "order": {
            "volume": {"per_day": 240, "profile": "flat"},
            "first_channel": {"site": 0.6, "phone": 0.4},
        },
        "refund": {
            "volume": {"per_interval": [0.0] * 8 + [4.0] * 12 + [0.0] * 4},
            "first_channel": {"phone": 0.8, "chat": 0.2},
        },
    },
    "channels": {
        "site": {"mode": "self_service", "success": 0.7},
        "phone": {
            "mode": "live",
            "open": {"daily": "08:00-20:00"},
            "lines": 30,
            "front": {
                "duration": {"exponential": {"mean": "60 s"}},
                "containment": {"default": 0, "order": 0.2},
            },
            "handle_time": {"default": "5 min", "refund": "8 min"},
            "resolution": {"default": 0.7, "refund": 0.6},
        },
        "chat": {"mode": "concurrent"},
        "desk": {
            "mode": "live",
            "handle_time": "5 min",
            "resolution": 0.8,
            "transfer": {"share": {"default": 0.25, "refund": 0.5}, "to": "experts", "part": 0.5},
        },
        "experts": {"mode": "live", "handle_time": "10 min", "resolution": 0.9},
    },
    "next_steps": [
        {"after": "phone", "outcome": ["abandoned", "blocked"], "go": {"phone": 0.5}},
        {"after": "phone", "outcome": "unresolved", "go": {"desk": 0.4}, "intents": "order"},
    ],
    "groups": {
        "team": {
            "skills": {"phone": {"handle_time": 1.1}},
            "staff": {"08:00": 10, "20:00": 0},
            "shrinkage": 0.5,
        },
        "chatters": {"skills": {"chat": {}}, "staff": [0.0] * 8 + [3.0] * 12 + [0.0] * 4},
        "desk_team": {"skills": {"desk": {"transfer": 0.3, "resolution": 0.7}}, "staff": {"00:00": 3}},
        "expert_team": {"skills": {"experts": {"handle_time": 1.2}}, "staff": {"00:00": 2}},
    },
    "incidents": [
        {
            "name": "site down",
            "channel": "site",
            "window": ["2026-03-02 10:00", "2026-03-02 12:00"],
            "detection": {"monitoring": "30 min"},
        },
        {
            "name": "chat slow",
            "channel": "chat",
            "window": ["2026-03-02 10:00", "2026-03-02 12:00"],
            "failure": 0,
            "slow_down": 1.5,
        },
    ],
}


@pytest.fixture
def shop() -> Scenario:
    return Scenario(**SHOP)


EXAMPLES: list[WhatIf] = [
    OfferCallbacks(channel="phone"),
    OfferCallbacks(channel="phone", offer_above=60, take_up=1, attempts=1, estimate="queue"),
    ReworkFront(channel="phone", duration=30, containment=0.4, misroute=0.1, hang_up=0.01, come_back=0.2),
    ReworkFront(channel="chat", containment={"order": 0.3}),
    AddTier(channel="phone", team="team"),
    AddTier(channel="phone", team="team", moved=0.4, share={"refund": 0.5}, part=0.5, resolution=0.9),
    MergeTiers(channel="desk"),
    MergeTiers(channel="desk", handle_time=1, resolution=0.9),
    WhoNoticesFirst(),
    WhoNoticesFirst(channel="site", who="service_desk", reports=3, fix=600),
    WhoNoticesFirst(who="monitoring", monitoring=120),
    AnnounceIncident(),
    AnnounceIncident(channel="site", heeded=0.5, after=300, return_within=60),
    AnnounceIncident(cost_per_customer=0, fixed_cost=100),
    UnannouncedChange(),
    UnannouncedChange(jump=1, prepared="announced", halves_after="2 d", channels=("phone",), day=1),
    SendMailing(),
    SendMailing(factor=3, intents=("order",), notice=0.5, groups=("team",)),
    TrainAgents(team="team"),
    TrainAgents(team="chatters", share=0.3, points=5, faster=0),
    ConsultColleague(channel="phone", team="expert_team"),
    ConsultColleague(channel="desk", team="desk_team", share=0.2, part=0.3, resolved=0, when_busy="skip"),
    ChangeAbsence(absence=0.1),
    ChangeAbsence(absence=0.2, groups=("team",)),
    OverflowRules(team="team", channel="phone", after=30, queue_at_least=3),
    OverflowRules(team="team", channel="phone", own_queue_below=2, busy_below=0.9),
    OutboundCampaign(),
    OutboundCampaign(customers=50, groups=("team",), start="10:00", end="12:00", calls_per_agent=2),
]
NEUTRAL: list[WhatIf] = [
    OfferCallbacks(channel="phone", take_up=0),
    ReworkFront(channel="phone"),
    ReworkFront(channel="phone", duration=60, hang_up=default_of("ivr.hang_up")),
    ReworkFront(channel="phone", come_back=0),
    AddTier(channel="phone", team="team", share=0),
    AddTier(channel="phone", team="team", share={"order": 0.0}),
    MergeTiers(channel="phone"),
    WhoNoticesFirst(who="as_it_is"),
    AnnounceIncident(heeded=0),
    UnannouncedChange(jump=0),
    UnannouncedChange(prepared="announced_and_tested", left_if_tested=0),
    SendMailing(factor=1, notice=1),
    LaunchChannel(pilot=0),
    TrainAgents(team="team", share=0),
    ConsultColleague(channel="phone", team="expert_team", share=0),
    ChangeAbsence(absence=0),
    OverflowRules(team="team", channel="phone"),
    OutboundCampaign(customers=0),
    ChangeConcurrency(channel="chat", resolution_drop=0.02),
]


@pytest.mark.parametrize("whatif", EXAMPLES, ids=phrase)
def test_it_changes_a_copy_into_another_sound_scenario(whatif: WhatIf, shop: Scenario) -> None:
    changes_a_copy(whatif, shop)


@pytest.mark.parametrize("whatif", NEUTRAL, ids=phrase)
def test_at_its_neutral_setting_nothing_changes(whatif: WhatIf, shop: Scenario) -> None:
    changes_nothing(whatif, shop)


@pytest.mark.parametrize("whatif", [*EXAMPLES, *NEUTRAL], ids=phrase)
def test_it_survives_yaml_and_reads_as_one_short_phrase(whatif: WhatIf, shop: Scenario) -> None:
    is_written_and_told(whatif, shop)


@given(scenario=scenarios_strategy(), data=st.data())
@settings(max_examples=40, deadline=None)
def test_on_any_scenario_it_gives_a_sound_one_or_says_why_not(
    scenario: Scenario, data: st.DataObject
) -> None:
    channel = data.draw(st.sampled_from(list(scenario.channels)))
    team = data.draw(st.sampled_from([*scenario.groups, "nobody"]))
    intent = data.draw(st.sampled_from(list(scenario.intents)))
    share = data.draw(st.sampled_from([0.0, 0.3, 1.0]))
    whatif = data.draw(
        st.sampled_from([
            OfferCallbacks(channel=channel, take_up=share),
            ReworkFront(channel=channel, containment={intent: 0.2}, misroute=0, hang_up=0, come_back=share),
            AddTier(channel=channel, team=team, share={intent: share}, moved=0.5, name="tier_2"),
            MergeTiers(channel=channel),
            WhoNoticesFirst(channel=channel),
            WhoNoticesFirst(who="service_desk"),
            AnnounceIncident(heeded=share),
            UnannouncedChange(jump=share, day=scenario.calendar.days - 1),
            SendMailing(intents=(intent,), notice=share),
            TrainAgents(team=team, share=share, start="09:00", end="10:00"),
            LaunchChannel(name="bot", pilot=share),
            ConsultColleague(channel=channel, team=team, share=share),
            ConsultColleague(channel=channel, team=team, share=share, resolved=1, when_busy="skip"),
        ])
    )  # fmt: skip
    is_sound_or_refused(whatif, scenario)


# -- callbacks ---------------------------------------------------------------------------------------


def test_callbacks_are_the_librarys_unless_given(shop: Scenario) -> None:
    phone = OfferCallbacks(channel="phone").apply(shop).channels["phone"]
    assert isinstance(phone, Live)
    assert phone.callback == Callback()
    assert phone.model_copy(update={"callback": None}) == shop.channels["phone"]
    given_ = OfferCallbacks(channel="phone", retry="5 min", take_up=0.3).apply(shop).channels["phone"]
    assert isinstance(given_, Live)
    assert given_.callback == Callback(retry=300, take_up=0.3)


def test_nobody_rings_back_in_a_chat(shop: Scenario) -> None:
    assert "phone" in problems(OfferCallbacks(channel="chat"), shop)["channel"]


# -- consulting --------------------------------------------------------------------------------------


def calls(scenario: Scenario, channel: str) -> Live:
    found = scenario.channels[channel]
    assert isinstance(found, Live)
    return found


def test_a_second_agent_resolves_some_of_what_would_have_failed(shop: Scenario) -> None:
    changed = ConsultColleague(channel="desk", team="expert_team", share=0.2, part=0.4, resolved=0.5).apply(
        shop
    )
    desk = calls(changed, "desk")
    assert desk.consult == Consult(share=0.2, group="expert_team", part=0.4, when_busy="wait")
    assert desk.resolution == pytest.approx(0.8 + 0.2 * 0.2 * 0.5)
    # The desk's own team has a resolution of its own, which is what counts for its calls.
    assert changed.groups["desk_team"].skills["desk"].resolution == pytest.approx(0.7 + 0.3 * 0.2 * 0.5)
    assert changed.groups["expert_team"] == shop.groups["expert_team"]
    phone = calls(
        ConsultColleague(channel="phone", team="expert_team", share=0.2, resolved=1).apply(shop), "phone"
    )
    assert phone.resolution == {"default": pytest.approx(0.76), "refund": pytest.approx(0.68)}


def test_consulting_more_replaces_consulting_less(shop: Scenario) -> None:
    some, more = (ConsultColleague(channel="desk", team="expert_team", share=share) for share in (0.1, 0.3))
    assert more.apply(some.apply(shop)) == more.apply(shop)
    assert more.apply(more.apply(shop)) == more.apply(shop)
    none = ConsultColleague(channel="desk", team="expert_team", share=0).apply(some.apply(shop))
    assert calls(none, "desk").resolution == pytest.approx(0.8)
    by_intent = {
        **SHOP["channels"]["desk"],
        "consult": {"share": {"default": 0, "refund": 0.5}, "group": "team"},
    }
    asked_now = Scenario(**{**SHOP, "channels": {**SHOP["channels"], "desk": by_intent}})
    resolution = calls(more.apply(asked_now), "desk").resolution
    assert resolution == {
        "default": pytest.approx(0.8 + 0.2 * 0.3 * 0.5),
        "refund": pytest.approx(1 - 0.2 / 0.75 * 0.85),  # half of the calls are consulted about, now fewer
    }


def test_colleagues_of_one_team_do_not_wait_for_one_another(shop: Scenario) -> None:
    assert "choose skip" in problems(ConsultColleague(channel="desk", team="desk_team"), shop)["when_busy"]
    assert "phone, desk" in problems(ConsultColleague(channel="chat", team="team"), shop)["channel"]
    assert ConsultColleague(channel="desk", team="desk_team", when_busy="skip").problems(shop) == []


# -- the IVR -----------------------------------------------------------------------------------------


def front_of(scenario: Scenario, channel: str) -> Front:
    front: Front | None = scenario.channels[channel].front  # type: ignore[union-attr]
    assert front is not None
    return front


def test_what_is_not_given_of_a_front_stays_as_it_is(shop: Scenario) -> None:
    front = front_of(
        ReworkFront(channel="phone", duration="20 s", containment={"refund": 0.1}).apply(shop), "phone"
    )
    assert (front.duration.tag, front.duration.law_mean) == ("exponential", 20)
    assert front.containment == {"default": 0, "order": 0.2, "refund": 0.1}
    assert (front.hang_up, front.misroute) == (default_of("ivr.hang_up"), 0)
    whole = front_of(
        ReworkFront(channel="phone", containment={"default": 0.3, "order": 0.5}).apply(shop), "phone"
    )
    assert whole.containment == {"default": 0.3, "order": 0.5}


def test_a_channel_without_a_front_gets_the_librarys(shop: Scenario) -> None:
    front = front_of(ReworkFront(channel="chat", misroute=0.1).apply(shop), "chat")
    assert front == Front(misroute=0.1)
    assert front.duration.law_mean == library_mean("ivr.duration")


def test_who_was_contained_and_not_helped_comes_back(shop: Scenario) -> None:
    once = ReworkFront(channel="phone", come_back=0.3).apply(shop)
    step = once.next_steps[-1]
    assert (step.after, step.outcome, step.go) == ("phone", ("contained",), {"phone": 0.3})
    again = ReworkFront(channel="phone", come_back=0.1).apply(once)
    assert [step.go for step in again.next_steps if "contained" in step.outcome] == [{"phone": 0.1}]
    row = {"after": "phone", "outcome": "contained", "intents": "order", "go": {"desk": 1}}
    told = Scenario(**{**SHOP, "next_steps": [row]})
    assert set(problems(ReworkFront(channel="phone", come_back=0.1), told)) == {"come_back"}
    assert set(problems(ReworkFront(channel="chat", come_back=0.1), shop)) == {"come_back"}


def test_a_front_that_would_do_more_than_all_is_refused(shop: Scenario) -> None:
    with pytest.raises(ScenarioError, match="sum to at most 1"):
        ReworkFront(channel="phone", containment=0.8, misroute=0.3).apply(shop)
    assert "phone, chat" in problems(ReworkFront(channel="site", misroute=0.1), shop)["channel"]


# -- tiers -------------------------------------------------------------------------------------------


def test_a_second_tier_is_the_first_without_what_stands_before_it(shop: Scenario) -> None:
    changed = AddTier(
        channel="phone", team="team", moved=0.4, share=0.2, part=0.6, resolution=0.9, first_resolution=0.5,
        handle_time=1.5, when_busy="skip",
    ).apply(shop)  # fmt: skip
    first, second = changed.channels["phone"], changed.channels["tier_2"]
    assert isinstance(first, Live)
    assert isinstance(second, Live)
    assert first.transfer is not None
    transfer = first.transfer
    assert (transfer.share, transfer.to, transfer.part, transfer.when_busy) == (0.2, "tier_2", 0.6, "skip")
    assert (first.resolution, second.resolution) == (0.5, 0.9)
    assert (second.front, second.lines, second.transfer) == (None, None, None)
    assert (second.open, second.patience, second.handle_time) == (
        first.open,
        first.patience,
        first.handle_time,
    )
    moved = changed.groups["team_tier_2"]
    assert moved.skills.keys() == {"tier_2"}
    assert moved.skills["tier_2"].handle_time == pytest.approx(1.1 * 1.5)
    assert (moved.staff, changed.groups["team"].staff) == ({"08:00": 4, "20:00": 0}, {"08:00": 6, "20:00": 0})


def test_customers_of_the_second_tier_go_on_as_those_of_the_first(shop: Scenario) -> None:
    steps = AddTier(channel="phone", team="team").apply(shop).next_steps[len(shop.next_steps) :]
    assert [(step.after, step.outcome, step.go) for step in steps] == [
        ("tier_2", ("abandoned", "blocked"), {"phone": 0.5}),
        ("tier_2", ("unresolved",), {"desk": 0.4}),
    ]
    assert steps[1].intents == ("order",)


def test_what_a_second_tier_may_not_be(shop: Scenario) -> None:
    assert set(problems(AddTier(channel="phone", team="team", name="desk", moved=0), shop)) == {
        "name",
        "moved",
    }
    assert "choose experts" in problems(AddTier(channel="desk", team="desk_team"), shop)["channel"]
    assert "choose team" in problems(AddTier(channel="phone", team="chatters"), shop)["team"]
    passing = {"after": "phone", "outcome": "transferred", "go": {"desk": 1}}
    by_row = Scenario(**{**SHOP, "next_steps": [passing]})
    assert "transferred" in problems(AddTier(channel="phone", team="team"), by_row)["channel"]


def test_intents_that_are_not_named_are_not_passed_on(shop: Scenario) -> None:
    phone = AddTier(channel="phone", team="team", share={"refund": 0.5}).apply(shop).channels["phone"]
    assert isinstance(phone, Live)
    assert phone.transfer is not None
    assert phone.transfer.share == {"default": 0, "refund": 0.5}


def test_merged_tiers_resolve_as_much_and_take_as_long_as_both_together(shop: Scenario) -> None:
    changed = MergeTiers(channel="desk", handle_time=1.25).apply(shop)
    desk = changed.channels["desk"]
    assert isinstance(desk, Live)
    assert desk.transfer is None
    assert desk.resolution == {
        "order": pytest.approx(0.75 * 0.8 + 0.25 * 0.9),
        "refund": pytest.approx(0.5 * 0.8 + 0.5 * 0.9),
    }
    # 240 orders a day and 48 refunds; 5 min kept, 10 min behind
    work = (240 * (0.75 * 5 + 0.25 * 10) + 48 * (0.5 * 5 + 0.5 * 10)) / (288 * 5)
    first, behind = (changed.groups[name].skills for name in ("desk_team", "expert_team"))
    assert first["desk"].handle_time == pytest.approx(1.25 * work)
    assert (first["desk"].transfer, first["desk"].resolution) == (None, None)
    assert behind["desk"].handle_time == pytest.approx(1.2 * work)
    assert behind["experts"] == shop.groups["expert_team"].skills["experts"]
    assert changed.groups["team"] == shop.groups["team"]


def test_a_third_tier_stays_behind_the_merged_two(shop: Scenario) -> None:
    channels = {**SHOP["channels"], "lab": {"mode": "live"}}
    channels["experts"] = {**channels["experts"], "transfer": {"share": 0.2, "to": "lab"}}
    channels["desk"] = {**channels["desk"], "transfer": {"share": 0.25, "to": "experts"}}
    groups = {**SHOP["groups"], "lab_team": {"skills": {"lab": {}}, "staff": {"00:00": 1}}}
    groups["desk_team"] = {**groups["desk_team"], "skills": {"desk": {}}}
    desk = (
        MergeTiers(channel="desk")
        .apply(Scenario(**{**SHOP, "channels": channels, "groups": groups}))
        .channels["desk"]
    )
    assert isinstance(desk, Live)
    assert desk.transfer is not None
    assert (desk.transfer.to, desk.transfer.share) == ("lab", 0.05)
    assert desk.resolution == pytest.approx((0.75 * 0.8 + 0.25 * 0.8 * 0.9) / 0.95)


# -- who notices first, and telling customers --------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "monitoring", "reports"),
    [("monitoring", 600, None), ("service_desk", None, 4), ("desk_wired_to_it", 600, 4)],
)
def test_who_notices_first(who: Any, monitoring: float | None, reports: int | None, shop: Scenario) -> None:
    down, slow = WhoNoticesFirst(who=who, reports=4, fix="20 min").apply(shop).incidents
    assert down.detection is not None
    assert (down.detection.monitoring, down.detection.reports) == (monitoring, reports)
    assert down.fix is not None
    assert down.fix.law_mean == 1200
    assert slow == shop.incidents[1], "what fails nobody is not noticed"


def test_a_fix_that_the_incident_has_is_kept_unless_one_is_given(shop: Scenario) -> None:
    first = WhoNoticesFirst(fix="20 min").apply(shop)
    assert WhoNoticesFirst(monitoring=60).apply(first).incidents[0].fix == first.incidents[0].fix
    unsaid = WhoNoticesFirst().apply(shop).incidents[0].fix
    assert unsaid is not None
    assert unsaid.law_mean == default_of("outage.time_to_mend")


def test_there_must_be_something_to_notice(shop: Scenario) -> None:
    assert "choose site" in problems(WhoNoticesFirst(channel="chat"), shop)["channel"]
    calm = Scenario(**{**SHOP, "incidents": []})
    assert "stack a channel outage" in problems(WhoNoticesFirst(), calm)["channel"]
    stack = [
        ChannelOutage(channel="phone"),
        WhoNoticesFirst(channel="phone", monitoring=60),
        AnnounceIncident(),
    ]
    [outage] = apply_stack(calm, stack).incidents
    assert outage.announcement is not None
    assert (outage.announcement.after, outage.announcement.heeded) == (0, default_of("outage.notice_averts"))


def test_what_nobody_notices_nobody_announces(shop: Scenario) -> None:
    down = {name: value for name, value in SHOP["incidents"][0].items() if name != "detection"}
    unnoticed = Scenario(**{**SHOP, "incidents": [down]})
    assert "who_notices_first" in problems(AnnounceIncident(), unnoticed)["channel"]
    assert "site down" in problems(AnnounceIncident(channel="site"), unnoticed)["channel"]
    assert WhoNoticesFirst().problems(unnoticed) == []


# -- an unannounced change ---------------------------------------------------------------------------


def test_a_jump_halves_hour_by_hour_until_it_is_over(shop: Scenario) -> None:
    change = UnannouncedChange(jump=0.4, halves_after="1 h", start="09:00", channels=("phone",))
    steps = change.apply(shop).incidents[2:]
    assert [step.window[0] for step in steps] == [dt.datetime(2026, 3, 2, 9 + k) for k in range(len(steps))]
    assert [step.window[1] for step in steps[:-1]] == [step.window[0] for step in steps[1:]]
    mean = 0.4 / (2 * math.log(2))  # of the first hour, in which it falls from 0.4 to 0.2
    assert [step.slow_down - 1 for step in steps] == pytest.approx(
        [mean / 2**k for k in range(len(steps))], abs=5e-5
    )
    assert len(steps) == 7, "0.4 / 2^6 is above half a per cent, 0.4 / 2^7 is not"
    assert {(step.failure, step.channel) for step in steps} == {(0, "phone")}


def test_a_slow_decay_goes_day_by_day_in_every_channel_until_the_end(shop: Scenario) -> None:
    steps = UnannouncedChange(halves_after="3 d", start="12:00").apply(shop).incidents[2:]
    assert [step.channel for step in steps] == [
        "phone",
        "phone",
        "chat",
        "chat",
        "desk",
        "desk",
        "experts",
        "experts",
    ]
    assert steps[1].window == (dt.datetime(2026, 3, 3, 12), dt.datetime(2026, 3, 4))


def test_preparation_leaves_a_part_of_the_jump() -> None:
    sizes = {
        way: UnannouncedChange(jump=0.5, prepared=way).size
        for way in ("not_told", "announced", "announced_and_tested")
    }  # type: ignore[arg-type]
    assert sizes["announced_and_tested"] < sizes["announced"] < sizes["not_told"] == 0.5


@given(st.floats(60, 1e6), st.floats(0, 1e6), st.floats(1, 1e6))
def test_the_mean_of_a_decay_lies_between_its_ends(halves_after: float, since: float, length: float) -> None:
    begin, end = (decay(halves_after, at, at) for at in (since, since + length))
    assert (
        end * (1 - 1e-9) - 1e-12 <= decay(halves_after, since, since + length) <= begin * (1 + 1e-9) + 1e-12
    )


def test_what_a_change_may_not_be(shop: Scenario) -> None:
    assert set(problems(UnannouncedChange(day=2), shop)) == {"day"}
    assert set(problems(UnannouncedChange(halves_after=0), shop)) == {"halves_after"}
    year = Scenario(**{**SHOP, "calendar": {"start": "2026-03-02", "days": 366, "interval": "1 h"}})
    assert "1464 are needed" in problems(UnannouncedChange(halves_after="300 d"), year)["channels"]
    assert len(UnannouncedChange(halves_after="300 d", channels=("phone",)).apply(year).incidents) == 2 + 366


# -- mailings, pilots --------------------------------------------------------------------------------


def test_a_mailing_brings_cases_and_notice_brings_agents(shop: Scenario) -> None:
    quiet = SendMailing(factor=3, intents=("order",), start="10:00", end="12:00")
    changed = quiet.apply(shop)
    cases = changed.intents["order"].volume.per_interval
    assert cases == pytest.approx((10.0,) * 10 + (30.0,) * 2 + (10.0,) * 12)
    assert changed.groups == shop.groups
    # 10 orders and 4 refunds an hour become 34 cases: 143% more; half of them are staffed for
    told = SendMailing(**{**quiet.model_dump(), "notice": 0.5, "groups": ("team",)}).apply(shop)
    assert told.intents == changed.intents
    assert told.groups["team"].staff == {
        "08:00": 10, "10:00": pytest.approx(10 * (1 + 0.5 * 20 / 14)), "12:00": 10, "20:00": 0,
    }  # fmt: skip
    assert told.groups["chatters"] == shop.groups["chatters"]


def test_days_given_as_one_list_and_day_by_day_are_staffed_alike(shop: Scenario) -> None:
    every = [*SHOP["intents"]["refund"]["volume"]["per_interval"]] * 2
    intents = {**SHOP["intents"], "refund": {**SHOP["intents"]["refund"], "volume": {"per_interval": every}}}
    listed = Scenario(**{**SHOP, "intents": intents})
    mailing = SendMailing(notice=1, intents=("order",))
    assert mailing.apply(listed).groups == mailing.apply(shop).groups


def test_a_mailing_keeps_to_the_intervals(shop: Scenario) -> None:
    assert set(problems(SendMailing(start="10:30", end="09:00"), shop)) == {"start", "end"}
    with pytest.raises(ScenarioError, match="factor"):
        parse({"kind": "send_mailing", "factor": 11})


def test_a_pilot_is_the_launch_for_fewer(shop: Scenario) -> None:
    pilot = LaunchChannel(name="bot", share={"young": 0.4}, induced=0.25, pilot=0.5)
    small = LaunchChannel(name="bot", share={"young": 0.2}, induced=0.125)
    assert pilot.apply(shop) == small.apply(shop)
    assert pilot.describe(shop).startswith("pilot (50% of customers) bot: takes 40% (young)")


def test_a_launch_grows_on_an_s_curve_and_its_success_with_it(shop: Scenario) -> None:
    launch = LaunchChannel(name="bot", share=0.4, induced=0.2, success={"order": 0.6, "default": 0.5})
    week = launch.model_copy(
        update={"stage": "in_a_week", "week": 6.0, "half_way": 6.0, "first_success": 0.5}
    ).apply(shop)
    settled = launch.model_copy(update={"share": 0.2, "induced": 0.1}).apply(shop)
    assert week.segments == settled.segments
    assert week.intents == settled.intents
    assert week.channels["bot"].success == pytest.approx({"order": 0.45, "default": 0.375})  # type: ignore[union-attr]
    assert "week 6," in LaunchChannel(stage="in_a_week", week=6).describe(shop)
    assert LaunchChannel(week=6).apply(shop) == LaunchChannel().apply(shop)


@given(st.floats(0, 500), st.floats(0.5, 500), st.floats(0.01, 100))
def test_an_s_curve_rises_from_a_twentieth_and_is_half_way_when_it_says(
    week: float, half_way: float, later: float
) -> None:
    assert 0.05 * (1 - 1e-9) <= settled(week, half_way) <= settled(week + later, half_way) <= 1
    assert settled(half_way, half_way) == pytest.approx(0.5)


def test_each_further_chat_may_cost_resolution(shop: Scenario) -> None:
    chat = ChangeConcurrency(channel="chat", cap=5, resolution_drop=0.02).apply(shop).channels["chat"]
    now = shop.channels["chat"]
    assert now.mode == chat.mode == "concurrent"
    assert (now.cap, chat.cap) == (3, 5)
    assert isinstance(now.resolution, float)
    assert chat.resolution == pytest.approx(now.resolution - 0.04)
    fewer = ChangeConcurrency(channel="chat", cap=2, resolution_drop=0.02).apply(shop).channels["chat"]
    assert fewer.resolution == pytest.approx(now.resolution + 0.02)  # type: ignore[union-attr]


# -- training ----------------------------------------------------------------------------------------


def test_training_takes_hours_today_and_gives_speed_tomorrow(shop: Scenario) -> None:
    changed = TrainAgents(team="team", share=0.4, faster=0.1, points=5, start="13:00", end="15:00")
    with pytest.raises(ScenarioError, match="another share of each intent"):
        changed.apply(shop)
    groups = changed.model_copy(update={"points": 0.0}).apply(shop).groups
    assert list(groups)[-2:] == ["team_in_training", "team_trained"]
    staff = {name: groups[name].staff for name in ("team", "team_in_training", "team_trained")}
    for hour in range(48):
        here = [staff[name][hour] for name in staff]  # type: ignore[index]
        at = hour % 24
        if not 8 <= at < 20:
            assert here == [0, 0, 0]
        elif hour in (13, 14):
            assert here == [6, 4, 0], "10 are scheduled, 5 at their desks; two of those are in training"
        else:
            assert here == ([6, 0, 4] if hour >= 24 else [10, 0, 0])
    assert groups["team_trained"].skills["phone"].handle_time == pytest.approx(1.1 * 0.9)
    assert groups["team_in_training"].skills["phone"].keep_idle >= 1000
    assert groups["team"].skills == shop.groups["team"].skills


def test_trained_agents_resolve_more(shop: Scenario) -> None:
    chat = TrainAgents(team="chatters", points=5).apply(shop).groups["chatters_trained"].skills["chat"]
    assert chat.resolution == default_of("phone.resolution") + 0.05
    desk = TrainAgents(team="desk_team", points=40).apply(shop).groups["desk_team_trained"].skills["desk"]
    assert (desk.resolution, desk.transfer) == (1, 0.3)


def test_training_needs_a_day_after_it(shop: Scenario) -> None:
    assert "write 0" in problems(TrainAgents(team="team", day=1), shop)["day"]
    one_day = Scenario(**{**SHOP, "calendar": {"start": "2026-03-02", "interval": "1 h"}})
    assert "several days" in problems(TrainAgents(team="team"), one_day)["day"]
    assert set(problems(TrainAgents(team="teem", start="13:20"), shop)) == {"team", "start"}

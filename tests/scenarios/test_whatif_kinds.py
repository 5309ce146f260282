"""What-ifs about customers, agents and people: what each does to a scenario, and what it refuses."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import Scenario, ScenarioError
from scenarios.model import Group
from scenarios.parameters import default_of, parameter
from scenarios.whatifs import (
    CarryContext,
    ChannelQuality,
    CrossTrain,
    CustomerMix,
    FirstChoice,
    FirstContactResolution,
    LaunchChannel,
    PoolGroups,
    RemoveFailureDemand,
    UnifyDesktop,
    WhatIf,
    parse,
)
from scenarios.whatifs.cross_train import SECOND_SKILL, split_staff
from scenarios.whatifs.first_choice import average_first_channel, preferences
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
    "calendar": {"start": "2026-03-02", "interval": "1 h"},
    "segments": {
        "gen_z": {"share": 0.4, "adoption": {"chat": 0.1}},
        "boomer": {"share": 0.4, "patience": 1.2},
        "other": {"share": 0.2},
    },
    "intents": {
        "order": {
            "volume": {"per_day": 300, "profile": "flat"},
            "first_channel": {"site": 0.6, "phone": 0.4},
        },
        "refund": {
            "demand": "failure",
            "volume": {"per_interval": [0.0] * 8 + [5.0] * 20 + [0.0] * 20},
            "first_channel": {"phone": 0.8, "chat": 0.2},
        },
    },
    "channels": {
        "site": {"mode": "self_service", "success": {"default": 0.7, "refund": 0.4}},
        "phone": {"mode": "live", "resolution": 0.75},
        "chat": {"mode": "concurrent", "resolution": {"default": 0.6, "refund": 0.5}},
    },
    "frustration": {"handle_time": 0.1, "patience": -0.1},
    "groups": {
        "team": {"skills": {"phone": {}}, "staff": {"08:00": 4, "12:00": 7, "20:00": 0}, "shrinkage": 0.3},
        "chatters": {
            "skills": {
                "chat": {"intents": ["order"], "priority": 3, "handle_time": 1.1},
                "phone": {"priority": 5},
            },
            "staff": [0.0] * 8 + [3.0] * 12 + [0.0] * 4,
        },
        "others": {"skills": {"chat": {}}, "staff": {"00:00": 1}},
        "more": {"skills": {"chat": {"priority": 2}}, "staff": {"00:00": 1}},
    },
}
SHOP["calendar"]["days"] = 2


@pytest.fixture
def shop() -> Scenario:
    return Scenario(**SHOP)


EXAMPLES: list[WhatIf] = [
    FirstContactResolution(),
    FirstContactResolution(to=0.9, channels=("phone",), intents=("refund",)),
    RemoveFailureDemand(),
    RemoveFailureDemand(removed=0.5, intents=("order",), from_day=1),
    CustomerMix(segment="boomer", share=0.5),
    CustomerMix(segment="gen_z", patience=0.8, self_service_success=1.1),
    FirstChoice(),
    FirstChoice(study="polyai_2025"),
    FirstChoice(study="as_they_are", person_first={"other": 0.9}),
    CrossTrain(team="team", channel="chat"),
    CrossTrain(team="team", channel="chat", share=0.25, intents=("order",), own_speed=1.1),
    UnifyDesktop(),
    UnifyDesktop(before=3, after=2, groups=("team",)),
    CarryContext(share=0.5),
    PoolGroups(),
    PoolGroups(teams=("team", "others"), handle_time=1),
]
NEUTRAL: list[WhatIf] = [
    FirstContactResolution(points=0),
    FirstContactResolution(points=0, intents=("refund",)),
    FirstContactResolution(to=0.75, channels=("phone",), intents=("order",)),
    RemoveFailureDemand(removed=0),
    RemoveFailureDemand(removed=0, from_day=1),
    CustomerMix(segment="boomer"),
    CustomerMix(segment="boomer", share=0.4, patience=1),
    FirstChoice(study="as_they_are"),
    CrossTrain(team="team", channel="chat", share=0),
    CrossTrain(team="team", channel="phone", share=0),
    UnifyDesktop(before=4, after=4),
    UnifyDesktop(saving=0),
    CarryContext(share=0),
    PoolGroups(teams=("others", "more")),
]


# -- what holds for each of them ---------------------------------------------------------------------


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
    segment = data.draw(st.sampled_from(list(scenario.segments)))
    group = data.draw(st.sampled_from([*scenario.groups, "nobody"]))
    intent = data.draw(st.sampled_from(list(scenario.intents)))
    channel = data.draw(st.sampled_from(list(scenario.channels)))
    share = data.draw(st.sampled_from([0.0, 0.3, 1.0]))
    whatif = data.draw(
        st.sampled_from([
            FirstContactResolution(points=7, intents=(intent,)),
            RemoveFailureDemand(removed=share, intents=(intent,), from_day=scenario.calendar.days - 1),
            CustomerMix(segment=segment, share=share, patience=1.5),
            FirstChoice(study="as_they_are", person_first={segment: share}),
            CrossTrain(team=group, channel=channel, share=share, own_speed=1.05),
            CrossTrain(team=group, channel=channel, intents=(intent,), handle_time=1.3),
            UnifyDesktop(before=3, after=1),
            CarryContext(share=share),
            PoolGroups(),
        ])
    )  # fmt: skip
    is_sound_or_refused(whatif, scenario)


# -- first-contact resolution ------------------------------------------------------------------------


def test_a_point_is_a_point_in_every_channel_with_agents(shop: Scenario) -> None:
    changed = FirstContactResolution(points=1).apply(shop)
    assert changed.channels["phone"].resolution == 0.76  # type: ignore[union-attr]
    assert changed.channels["chat"].resolution == {"default": 0.61, "refund": 0.51}  # type: ignore[union-attr]
    assert changed.channels["site"] == shop.channels["site"]


def test_resolution_of_one_intent_in_one_channel(shop: Scenario) -> None:
    changed = FirstContactResolution(to=0.9, channels=("phone",), intents=("refund",)).apply(shop)
    assert changed.channels["phone"].resolution == {"default": 0.75, "refund": 0.9}  # type: ignore[union-attr]
    assert changed.channels["chat"] == shop.channels["chat"]


def test_resolution_stays_a_share(shop: Scenario) -> None:
    assert FirstContactResolution(points=60).apply(shop).channels["phone"].resolution == 1  # type: ignore[union-attr]


def test_resolution_is_of_channels_with_agents(shop: Scenario) -> None:
    told = problems(FirstContactResolution(channels=("site",)), shop)
    assert "phone, chat" in told["channels"]
    online = {"site": {"mode": "self_service"}}
    alone = Scenario(
        name="x", calendar=SHOP["calendar"], channels=online, intents={"order": {"volume": {"per_day": 1}}}
    )
    assert set(problems(FirstContactResolution(), alone)) == {"channels"}


def test_quality_that_is_what_it_was_leaves_the_scenario_alone(shop: Scenario) -> None:
    assert ChannelQuality(channel="phone", success=0.75, intents=("order",)).apply(shop) is shop


# -- remove failure demand ---------------------------------------------------------------------------


def test_only_failure_demand_goes_unless_others_are_named(shop: Scenario) -> None:
    changed = RemoveFailureDemand(removed=0.2).apply(shop)
    assert changed.intents["order"] == shop.intents["order"]
    assert changed.intents["refund"].volume.per_interval == (0.0,) * 8 + (4.0,) * 20 + (0.0,) * 20
    assert (
        RemoveFailureDemand(removed=0.5, intents=("order",)).apply(shop).intents["order"].volume.per_day
        == 150
    )


def test_a_fix_from_the_second_day_on(shop: Scenario) -> None:
    changed = RemoveFailureDemand(removed=0.5, intents=("order", "refund"), from_day=1).apply(shop)
    order, refund = (changed.intents[name].volume for name in ("order", "refund"))
    assert order.per_day is None
    assert order.per_interval == pytest.approx((12.5,) * 24 + (6.25,) * 24)
    assert refund.per_interval == (0.0,) * 8 + (5.0,) * 16 + (2.5,) * 4 + (0.0,) * 20
    told = RemoveFailureDemand(removed=0.5, from_day=1).describe(shop)
    assert told == "50% of refund cases never arise from Tue 3 Mar"


def test_a_fix_needs_something_to_fix_and_a_day_that_comes(shop: Scenario) -> None:
    assert "write 1" in problems(RemoveFailureDemand(from_day=2), shop)["from_day"]
    channels = {**SHOP["channels"], "site": {"mode": "self_service"}, "chat": {"mode": "concurrent"}}
    calm = Scenario(**{**SHOP, "channels": channels, "intents": {"order": SHOP["intents"]["order"]}})
    assert "order" in problems(RemoveFailureDemand(), calm)["intents"]
    with pytest.raises(ScenarioError, match="removed"):
        parse({"kind": "remove_failure_demand", "removed": 1.2})


# -- customer mix ------------------------------------------------------------------------------------


def test_the_others_make_room_in_proportion(shop: Scenario) -> None:
    shares = {
        name: one.share for name, one in CustomerMix(segment="boomer", share=0.7).apply(shop).segments.items()
    }
    assert shares == {"gen_z": pytest.approx(0.2), "boomer": 0.7, "other": pytest.approx(0.1)}


@given(st.floats(0, 1), st.sampled_from(["gen_z", "boomer", "other"]))
@settings(max_examples=50, deadline=None)
def test_shares_sum_to_1_whatever_is_asked(share: float, segment: str) -> None:
    changed = CustomerMix(segment=segment, share=share).apply(Scenario(**SHOP))
    assert math.isclose(sum(one.share for one in changed.segments.values()), 1, abs_tol=1e-9)
    assert changed.segments[segment].share == share


def test_a_segment_behaves_otherwise(shop: Scenario) -> None:
    boomer = (
        CustomerMix(segment="boomer", patience=0.5, self_service_success=0.8).apply(shop).segments["boomer"]
    )
    assert (boomer.share, boomer.patience, boomer.self_service_success) == (0.4, 0.6, 0.8)


def test_a_mix_needs_others(shop: Scenario) -> None:
    assert "boomer" in problems(CustomerMix(segment="boomers", share=0.5), shop)["segment"]
    one = Scenario(**{**SHOP, "segments": {"all": {}}})
    assert "no other segment" in problems(CustomerMix(segment="all", share=0.5), one)["share"]
    assert CustomerMix(segment="all", share=1).apply(one) is one
    none_left = CustomerMix(segment="boomer", share=1).apply(shop)
    assert (
        "no other segment has customers"
        in problems(CustomerMix(segment="boomer", share=0.5), none_left)["share"]
    )


# -- where customers turn first ----------------------------------------------------------------------


def person_share(scenario: Scenario, segment: str, *channels: str) -> float:
    first = average_first_channel(scenario, scenario.segments[segment])
    assert math.isclose(sum(first.values()), 1)
    return sum(first[channel] for channel in channels)


def test_the_two_studies_say_the_opposite_of_the_young(shop: Scenario) -> None:
    medallia, polyai = (FirstChoice(study=study).apply(shop) for study in ("medallia_2022", "polyai_2025"))  # type: ignore[arg-type]
    figures = default_of("segments.preferences")
    assert person_share(medallia, "gen_z", "phone", "chat") == pytest.approx(figures["gen_z"]["direct"])
    assert person_share(medallia, "boomer", "phone", "chat") == pytest.approx(figures["boomer"]["direct"])
    assert person_share(polyai, "gen_z", "phone") == pytest.approx(
        default_of("segments.preferences_calling")["gen_z"]
    )
    assert polyai.segments["boomer"] == shop.segments["boomer"]
    assert medallia.segments["other"] == polyai.segments["other"] == shop.segments["other"]


def test_the_studies_say_who_made_them_and_how_good_they_are() -> None:
    entry = parameter("segments.preferences")
    for study, maker in (("medallia_2022", "Medallia 2022"), ("polyai_2025", "PolyAI and Dynata 2025")):
        found = preferences(study)  # type: ignore[arg-type]
        assert maker in found.source
        assert maker in entry.source
        assert found.grade == "B"
    assert "86%" in entry.source


def test_channels_keep_their_proportions_on_either_side(shop: Scenario) -> None:
    before = average_first_channel(shop, shop.segments["boomer"])
    after = average_first_channel(
        (changed := FirstChoice(study="as_they_are", person_first={"boomer": 0.3}).apply(shop)),
        changed.segments["boomer"],
    )
    assert after["phone"] / after["chat"] == pytest.approx(before["phone"] / before["chat"])
    assert after["site"] == pytest.approx(0.7)


def test_adopted_channels_count_in_the_average(shop: Scenario) -> None:
    launched = LaunchChannel(name="bot", share=0.5, induced=0).apply(shop)
    changed = FirstChoice(study="as_they_are", person_first=0.2).apply(launched)
    for segment in changed.segments:
        assert person_share(changed, segment, "phone", "chat") == pytest.approx(0.2)
        assert changed.segments[segment].adoption == {}
    first = average_first_channel(changed, changed.segments["other"])
    was = average_first_channel(launched, launched.segments["other"])
    assert first["bot"] / first["site"] == pytest.approx(was["bot"] / was["site"])


def test_a_study_needs_the_segments_it_asked(shop: Scenario) -> None:
    strange = Scenario(**{**SHOP, "segments": {"rich": {"share": 0.5}, "poor": {"share": 0.5}}})
    told = problems(FirstChoice(), strange)
    assert "boomer, millennial, gen_z" in told["study"]
    assert problems(FirstChoice(person_first={"old": 0.5}), shop)["person_first"]
    only_phone = {
        **SHOP,
        "channels": {"phone": SHOP["channels"]["phone"]},
        "groups": {"team": SHOP["groups"]["team"]},
    }
    only_phone["intents"] = {"order": {"volume": {"per_day": 1}}}
    only_phone["segments"] = {"boomer": {}}
    assert "before a person" in problems(FirstChoice(), Scenario(**only_phone))["study"]


# -- cross-train -------------------------------------------------------------------------------------


def test_a_new_channel_comes_last_and_slower(shop: Scenario) -> None:
    skills = CrossTrain(team="team", channel="chat", intents=("order",)).apply(shop).groups["team"].skills
    assert skills["phone"] == shop.groups["team"].skills["phone"]
    assert (skills["chat"].priority, skills["chat"].handle_time) == (2, default_of(SECOND_SKILL))
    assert skills["chat"].intents == ("order",)


def test_more_intents_of_a_channel_they_have_keep_its_speed(shop: Scenario) -> None:
    chat = CrossTrain(team="chatters", channel="chat").apply(shop).groups["chatters"].skills["chat"]
    assert (chat.intents, chat.priority, chat.handle_time) == (None, 3, 1.1)
    both = CrossTrain(team="chatters", channel="chat", intents=("refund",), handle_time=1.2, priority=1)
    chat = both.apply(shop).groups["chatters"].skills["chat"]
    assert (chat.intents, chat.priority, chat.handle_time) == (("order", "refund"), 1, 1.2)


def test_old_work_slows_down(shop: Scenario) -> None:
    skills = CrossTrain(team="chatters", channel="chat", own_speed=1.2).apply(shop).groups["chatters"].skills
    assert skills["phone"].handle_time == 1.2
    assert skills["chat"].handle_time == pytest.approx(1.32)
    assert list(skills) == ["chat", "phone"]


def test_a_part_becomes_a_group_of_its_own(shop: Scenario) -> None:
    changed = CrossTrain(team="team", channel="chat", share=0.4).apply(shop)
    assert list(changed.groups) == [*shop.groups, "team_trained"]
    trained, rest = changed.groups["team_trained"], changed.groups["team"]
    assert rest.skills == shop.groups["team"].skills
    assert set(trained.skills) == {"phone", "chat"}
    assert (trained.pay_per_hour, trained.shrinkage) == (rest.pay_per_hour, rest.shrinkage)
    again = CrossTrain(team="team", channel="chat", share=0.4).apply(changed)
    assert "team_trained_2" in again.groups


def on_floor(scheduled: float, shrinkage: float) -> int:
    return math.floor(scheduled * (1 - shrinkage) + 0.5 + 1e-9)


@given(
    st.lists(st.one_of(st.integers(0, 400), st.floats(0, 400)), min_size=1, max_size=8),
    st.floats(0, 1),
    st.sampled_from([0, 0.1, 0.25, 0.3, 0.35, 0.5, 0.99]),
)
@settings(max_examples=200, deadline=None)
def test_as_many_are_paid_and_at_work_as_before(staff: list[float], share: float, shrinkage: float) -> None:
    group = Group(skills={"phone": {}}, staff=staff, shrinkage=shrinkage)  # type: ignore[arg-type]
    part, rest = (tuple(schedule) for schedule in split_staff(group, share))
    for now, some, others in zip(staff, part, rest, strict=True):
        assert min(some, others) >= 0
        assert some + others == pytest.approx(now, abs=1e-8)
        assert on_floor(some, shrinkage) + on_floor(others, shrinkage) == on_floor(now, shrinkage)
        assert abs(on_floor(some, shrinkage) - share * on_floor(now, shrinkage)) <= 0.5 + 1e-6


def test_what_training_may_not_be(shop: Scenario) -> None:
    assert "already" in problems(CrossTrain(team="team", channel="phone"), shop)["channel"]
    assert (
        "already"
        in problems(CrossTrain(team="chatters", channel="chat", intents=("order",)), shop)["channel"]
    )
    assert "phone, chat" in problems(CrossTrain(team="team", channel="site"), shop)["channel"]
    assert set(problems(CrossTrain(team="teem", channel="chaat"), shop)) == {"team", "channel"}


# -- pool groups -------------------------------------------------------------------------------------


def test_pooled_groups_take_what_any_of_them_takes(shop: Scenario) -> None:
    groups = PoolGroups(teams=("team", "chatters"), handle_time=1.2).apply(shop).groups
    assert groups["team"].skills["phone"] == shop.groups["team"].skills["phone"]
    learnt = groups["team"].skills["chat"]
    assert (learnt.intents, learnt.handle_time, learnt.priority) == (("order",), 1.2, 2)
    assert groups["chatters"] == shop.groups["chatters"], "they took all of it before"
    assert groups["others"] == shop.groups["others"]
    widened = PoolGroups(teams=("chatters", "others")).apply(shop).groups["chatters"].skills["chat"]
    assert (widened.intents, widened.handle_time, widened.priority) == (None, 1.1, 3)


def test_a_pool_is_of_two_or_more(shop: Scenario) -> None:
    assert "at least two" in problems(PoolGroups(teams=("team",)), shop)["teams"]
    assert "others, more" in problems(PoolGroups(teams=("team", "teem")), shop)["teams"]


# -- unify the desktop -------------------------------------------------------------------------------


def test_each_system_has_the_same_part_in_the_saving(shop: Scenario) -> None:
    saving = default_of("desktop.unified_saving")
    groups = UnifyDesktop(before=5, after=1).apply(shop).groups
    assert groups["team"].skills["phone"].handle_time == pytest.approx(1 - saving)
    assert groups["chatters"].skills["chat"].handle_time == pytest.approx(1.1 * (1 - saving))
    assert UnifyDesktop(before=5, after=3).factor == pytest.approx(1 - saving / 2)
    assert UnifyDesktop(before=5, after=6).factor == pytest.approx(1 + saving / 4)
    only = UnifyDesktop(groups=("team",)).apply(shop).groups
    assert only["chatters"] == shop.groups["chatters"]


def test_a_saving_needs_something_to_be_measured_against(shop: Scenario) -> None:
    assert "at least 2" in problems(UnifyDesktop(before=1, after=3), shop)["before"]
    with pytest.raises(ScenarioError, match="saving"):
        parse({"kind": "unify_desktop", "saving": 1.0})


# -- carry context -----------------------------------------------------------------------------------


def test_repeat_contacts_take_no_longer_than_first_ones(shop: Scenario) -> None:
    assert CarryContext().apply(shop).frustration.handle_time == 0
    assert CarryContext(share=0.4).apply(shop).frustration.handle_time == pytest.approx(0.06)
    assert CarryContext().apply(shop).frustration.patience == shop.frustration.patience


def test_what_was_told_is_not_told_again(shop: Scenario) -> None:
    assert CarryContext(share=0.4).apply(shop).frustration.context_carried == 0.4
    twice = CarryContext(share=0.5).apply(CarryContext(share=0.4).apply(shop))
    assert twice.frustration.context_carried == pytest.approx(0.7)
    plain = Scenario(**{**SHOP, "frustration": {}})
    assert CarryContext().apply(plain).frustration.context_carried == 1

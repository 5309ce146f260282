"""What-ifs: pure, neutral at their neutral setting, checked against the scenario, stackable, and written as
YAML; and what each of the first six does to a scenario, field by field."""

from __future__ import annotations

import datetime as dt
import textwrap
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scenarios.whatifs
from scenarios import Scenario, ScenarioError, diff
from scenarios.fields import Name
from scenarios.parameters import default_of
from scenarios.whatifs import (
    WHATIFS,
    ChangeConcurrency,
    ChangeStaff,
    ChannelOutage,
    ChannelQuality,
    FieldKind,
    LaunchChannel,
    PlannersGroup,
    ScaleVolume,
    WhatIf,
    apply_stack,
    choices,
    fields_of,
    load_stack,
    parse,
    starting_values,
)
from tests.scenarios import test_whatif_kinds, test_whatif_operations
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
    "segments": {"young": {"share": 0.4, "adoption": {"chat": 0.1}}, "old": {"share": 0.6}},
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
        "site": {"mode": "self_service", "success": {"default": 0.7, "refund": 0.4}},
        "phone": {"mode": "live", "open": {"daily": "08:00-20:00"}, "resolution": 0.75},
        "chat": {"mode": "concurrent", "cap": 2, "slowdown": [1.0, 1.3]},
    },
    "next_steps": [{"after": "phone", "outcome": "abandoned", "go": {"phone": 0.5}}],
    "groups": {
        "team": {"skills": {"phone": {}}, "staff": {"08:00": 4, "12:00": 6, "20:00": 0}, "shrinkage": 0.5},
        "chatters": {"skills": {"chat": {}}, "staff": [0.0] * 8 + [3.0] * 12 + [0.0] * 4},
    },
}


@pytest.fixture
def shop() -> Scenario:
    return Scenario(**SHOP)


EXAMPLES: list[WhatIf] = [
    LaunchChannel(name="bot"),
    LaunchChannel(
        name="video", mode="concurrent", groups=("team",), share={"young": 0.5}, success={"refund": 0.2}
    ),
    ChannelQuality(channel="site", points=-10),
    ChannelQuality(channel="phone", success=0.9),
    ChannelOutage(channel="site", start="10:00", end="11:30"),
    ChannelOutage(channel="phone", failure=0.5),
    ChannelOutage(channel="phone", failure=0, slow_down=1.5),
    ChannelOutage(channel="site", failure=0.2, slow_down=2),
    ChangeStaff(groups=("team",), by=3, start="10:00", end="12:00"),
    ChangeStaff(percent=-10, shrinkage=0.25),
    ChangeStaff(by=2, start="10:00", end="12:00", overtime=True),
    ScaleVolume(percent=20),
    ScaleVolume(factor=5, intents=("refund",), start="09:00", end="12:00"),
    ChangeConcurrency(channel="chat", cap=4),
    ChangeConcurrency(channel="chat", slow_down=0.5),
]
NEUTRAL: list[WhatIf] = [
    LaunchChannel(share=0, induced=0),
    LaunchChannel(share={"young": 0}, induced=0, mode="concurrent", groups=("team",)),
    ChannelQuality(channel="site"),
    ChannelQuality(channel="site", success=0.4, intents=("refund",)),
    ChannelQuality(channel="site", success={"default": 0.7, "refund": 0.4}),
    ChannelOutage(channel="site", failure=0),
    ChangeStaff(),
    ChangeStaff(groups=("team",), shrinkage=0.5),
    ChangeStaff(overtime=True),
    ChangeStaff(by=0, start="09:00", end="10:00"),
    ScaleVolume(),
    ScaleVolume(percent=0, start="09:00", end="10:00"),
    ChangeConcurrency(channel="chat"),
    ChangeConcurrency(channel="chat", cap=2, slow_down=0.3),
]


# -- what holds for every what-if --------------------------------------------------------------------


def test_there_is_an_example_and_a_neutral_setting_of_every_kind() -> None:
    others = (test_whatif_kinds, test_whatif_operations)
    examples = [*EXAMPLES, *(whatif for module in others for whatif in module.EXAMPLES)]
    neutral = [*NEUTRAL, *(whatif for module in others for whatif in module.NEUTRAL)]
    assert {whatif.kind for whatif in examples} == set(WHATIFS) == {whatif.kind for whatif in neutral}


@pytest.mark.parametrize("whatif", EXAMPLES, ids=phrase)
def test_it_changes_a_copy_into_another_sound_scenario(whatif: WhatIf, shop: Scenario) -> None:
    changes_a_copy(whatif, shop)


@pytest.mark.parametrize("whatif", NEUTRAL, ids=phrase)
def test_at_its_neutral_setting_nothing_changes(whatif: WhatIf, shop: Scenario) -> None:
    changes_nothing(whatif, shop)


@pytest.mark.parametrize("whatif", [*EXAMPLES, *NEUTRAL], ids=phrase)
def test_it_survives_yaml_and_reads_as_one_short_phrase(whatif: WhatIf, shop: Scenario) -> None:
    is_written_and_told(whatif, shop)


def test_a_launch_keeps_existing_names_and_orders(shop: Scenario) -> None:
    changed = LaunchChannel(name="bot").apply(shop)
    assert list(changed.channels) == [*shop.channels, "bot"]
    assert changed.next_steps[: len(shop.next_steps)] == shop.next_steps
    assert list(changed.intents) == list(shop.intents)
    assert changed.groups == shop.groups


@pytest.mark.parametrize("kind", WHATIFS)
def test_forms_can_be_drawn_from_the_declaration_alone(kind: str, shop: Scenario) -> None:
    whatif = WHATIFS[kind]
    assert whatif.kind == kind
    assert whatif.title
    assert whatif.__doc__
    assert whatif.group in get_args(PlannersGroup)
    for field in fields_of(whatif):
        assert field.kind in get_args(FieldKind)
        assert field.title
        if field.kind in ("choice", "choices"):
            assert choices(field, shop)
        if field.kind in ("number", "duration"):
            assert field.step
            assert field.minimum is not None
        if field.kind in ("share", "shares"):
            assert field.minimum == 0
            assert field.maximum
        if field.low is not None and field.minimum is not None:
            assert field.low >= field.minimum
    values = starting_values(whatif, shop)
    parse({"kind": kind, **{name: value for name, value in values.items() if value is not None}})


def test_choices_offer_what_fits(shop: Scenario) -> None:
    [channel] = [field for field in fields_of(ChangeConcurrency) if field.name == "channel"]
    assert choices(channel, shop) == ("chat",)
    [mode] = [field for field in fields_of(LaunchChannel) if field.name == "mode"]
    assert choices(mode, shop) == ("self_service", "concurrent")
    [intents] = [field for field in fields_of(ScaleVolume) if field.name == "intents"]
    assert choices(intents, shop) == ("order", "refund")


def test_every_problem_is_told_at_once_with_its_cure(shop: Scenario) -> None:
    found = problems(ChannelOutage(channel="sit", start="12:00", end="11:00", day=2), shop)
    assert set(found) == {"channel", "end", "day"}
    assert "site, phone, chat" in found["channel"]
    assert "write site" in found["channel"]


@given(scenario=scenarios_strategy(), data=st.data())
@settings(max_examples=40, deadline=None)
def test_on_any_scenario_it_gives_a_sound_one_or_says_why_not(
    scenario: Scenario, data: st.DataObject
) -> None:
    whatif = data.draw(st.sampled_from(EXAMPLES), "what-if")
    is_sound_or_refused(whatif, scenario)


def test_the_recipe_for_a_new_one_works(shop: Scenario) -> None:
    recipe = textwrap.dedent((scenarios.whatifs.__doc__ or "").split("::\n", 1)[1].split("\n\nNames", 1)[0])
    assert len(recipe.strip().splitlines()) <= 30
    made: dict[str, Any] = {**vars(scenarios.whatifs.base), **vars(scenarios.whatifs.volume), "Name": Name}
    exec(compile(recipe, "recipe", "exec", dont_inherit=True), made)
    patient = made["ChangePatience"](segment="old", factor=2)
    assert patient.apply(shop).segments["old"].patience == 2
    assert patient.describe(shop) == "old wait 2 times as long"
    assert "young" in problems(made["ChangePatience"](segment="odd"), shop)["segment"]


# -- stacks ------------------------------------------------------------------------------------------


def test_a_stack_is_applied_in_order(shop: Scenario) -> None:
    more, fewer = ChangeStaff(groups=("team",), by=2), ChangeStaff(groups=("team",), percent=-50)
    assert apply_stack(shop, [more, fewer]).groups["team"].staff == {"08:00": 3, "12:00": 4, "20:00": 0}
    assert apply_stack(shop, [fewer, more]).groups["team"].staff == {"08:00": 4, "12:00": 5, "20:00": 0}
    assert apply_stack(shop, []) == shop


def test_a_later_what_if_sees_what_an_earlier_one_launched(shop: Scenario) -> None:
    stack = load_stack(
        "- {kind: launch_channel, name: bot}\n- {kind: channel_quality, channel: bot, success: 0.3}"
    )
    assert apply_stack(shop, stack).channels["bot"].success == 0.3  # type: ignore[union-attr]
    with pytest.raises(ScenarioError, match=r"what-if 1 \(channel_quality\): channel is 'bot'"):
        apply_stack(shop, reversed(stack))


def test_a_stack_reports_all_its_faults_with_lines(tmp_path: Any) -> None:
    path = tmp_path / "stack.yaml"
    path.write_text(
        "- kind: channel_outage\n  chanel: site\n  failure: 3\n- kind: outage\n- 7\n", encoding="utf-8"
    )
    with pytest.raises(ScenarioError) as caught:
        load_stack(path)
    found = {problem.field: problem.place for problem in caught.value.problems}
    assert found == {
        "what-if 1 (channel_outage): channel": "stack.yaml, line 1",
        "what-if 1 (channel_outage): chanel": "stack.yaml, line 2",
        "what-if 1 (channel_outage): failure": "stack.yaml, line 3",
        "what-if 2: kind": "stack.yaml, line 4",
        "what-if 3": "stack.yaml, line 5",
    }


@pytest.mark.parametrize(
    "text",
    [
        "- !!python/object/apply:os.system [true]\n",
        "a: &a [1, 1]\nb: &b [*a, *a]\nc: &c [*b, *b]\n",
        "- {kind: scale_volume, percent: .nan}\n",
        "- {kind: scale_volume, percent: 1e400}\n",
        '- {kind: channel_outage, channel: site, start: "25:00"}\n',
        "[" * 5000 + "\n",
        "- {kind: scale_volume}\n" * 101,
        "\0\n",
        "",
        "missing.yaml",
        "miss\0ing.yaml",
        "x" * 5000,
    ],
)
def test_hostile_text_is_refused(text: str) -> None:
    with pytest.raises(ScenarioError):
        load_stack(text)


# -- launch a digital channel ------------------------------------------------------------------------


def first_contacts(scenario: Scenario, intent: str, segment: str) -> dict[str, float]:
    """Cases that start in each channel, by the rule for first channels."""
    volume, person = scenario.intents[intent].volume, scenario.segments[segment]
    cases = sum(volume.per_interval) if volume.per_interval is not None else volume.per_day or 0.0
    shares = {name: scenario.intents[intent].first_channel.get(name, 0.0) for name in scenario.channels}
    for channel, adopted in person.adoption.items():
        shares = {name: share * (1 - adopted) for name, share in shares.items()}
        shares[channel] += adopted
    return {name: cases * share for name, share in shares.items()}


@pytest.mark.parametrize("induced", [0.0, 0.25])
def test_a_launch_takes_its_share_in_proportion_and_extra_cases_start_in_it(
    shop: Scenario, induced: float
) -> None:
    changed = LaunchChannel(name="bot", share={"young": 0.3, "default": 0.1}, induced=induced).apply(shop)
    for segment, share in (("young", 0.3), ("old", 0.1)):
        for intent in shop.intents:
            before, after = first_contacts(shop, intent, segment), first_contacts(changed, intent, segment)
            for channel, cases in before.items():
                assert after[channel] == pytest.approx(cases * (1 - share))
            assert after["bot"] == pytest.approx(sum(before.values()) * (share + induced))


def test_segments_that_a_launch_does_not_name_stay_away(shop: Scenario) -> None:
    changed = LaunchChannel(name="bot", share={"young": 0.3}, induced=0).apply(shop)
    assert changed.segments["old"] == shop.segments["old"]
    assert changed.segments["young"].adoption == {"chat": 0.1, "bot": 0.3}
    assert changed.intents == shop.intents


def test_a_launched_self_service_channel_spills_over(shop: Scenario) -> None:
    changed = LaunchChannel(name="bot", success=0.667, moves_on=0.8, to_phone=0.75, duration="2 min").apply(
        shop
    )
    bot, step = changed.channels["bot"], changed.next_steps[-1]
    assert bot.mode == "self_service"
    assert bot.success == 0.667
    assert bot.duration.law_mean == 120  # type: ignore[union-attr]
    assert (step.after, step.outcome, step.go) == ("bot", ("failed",), {"phone": 0.6, "chat": 0.2})
    assert step.delay is not None
    assert step.delay.law_mean == 180


def test_a_launch_without_figures_takes_the_parameter_library(shop: Scenario) -> None:
    launch = LaunchChannel()
    for field, entry in (
        ("share", "launch.share"),
        ("success", "launch.success"),
        ("induced", "launch.induced_demand"),
        ("moves_on", "spill.moves_on"),
        ("to_phone", "spill.to_phone"),
        ("cap", "chat.cap"),
    ):
        assert getattr(launch, field) == default_of(entry)


def test_a_launched_channel_with_agents_is_taken_by_groups_and_opens_with_the_phone(shop: Scenario) -> None:
    launch = LaunchChannel(name="video", mode="concurrent", groups=("team",), cap=2, priority=3, success=0.5)
    changed = launch.apply(shop)
    video = changed.channels["video"]
    assert video.mode == "concurrent"
    assert video.cap == 2
    assert video.resolution == 0.5
    assert video.open == shop.channels["phone"].open
    assert changed.groups["team"].skills["video"].priority == 3
    assert "video" not in changed.groups["chatters"].skills
    assert set(changed.next_steps[-1].outcome) == {"unresolved", "abandoned", "blocked", "closed"}


def test_intents_that_a_launch_does_not_name_succeed_as_the_library_says(shop: Scenario) -> None:
    changed = LaunchChannel(name="bot", success={"refund": 0.2}).apply(shop)
    expected = {"default": default_of("launch.success"), "refund": 0.2}
    assert changed.channels["bot"].success == expected  # type: ignore[union-attr]


def test_what_a_launch_may_not_be(shop: Scenario) -> None:
    assert "new_site" in problems(LaunchChannel(name="site"), shop)["name"]
    assert "team" in problems(LaunchChannel(mode="concurrent"), shop)["groups"]
    assert set(problems(LaunchChannel(groups=("team",)), shop)) == {"groups"}
    assert set(problems(LaunchChannel(share={"yong": 0.1}, success={"order": 1, "x": 0}), shop)) == {
        "share",
        "success",
    }
    assert set(problems(LaunchChannel(falls_back_on="site"), shop)) == {"falls_back_on"}
    assert set(problems(LaunchChannel(falls_back_on="phone", otherwise="phone"), shop)) == {"otherwise"}
    assert set(problems(LaunchChannel(mode="concurrent", groups=("teem",)), shop)) == {"groups"}


def test_where_there_is_no_phone_customers_of_a_launch_give_up() -> None:
    only_site = Scenario(
        name="Site", calendar={"start": "2026-03-02"}, channels={"site": {"mode": "self_service"}},
        intents={"order": {"volume": {"per_day": 10}, "first_channel": {"site": 1}}},
    )  # fmt: skip
    assert LaunchChannel().apply(only_site).next_steps == ()


# -- channel quality ---------------------------------------------------------------------------------


def test_quality_by_points_moves_each_intent_within_0_and_1(shop: Scenario) -> None:
    changed = ChannelQuality(channel="site", points=-10).apply(shop)
    assert changed.channels["site"].success == {"default": 0.6, "refund": 0.3}  # type: ignore[union-attr]
    changed = ChannelQuality(channel="site", points=45).apply(shop)
    assert changed.channels["site"].success == {"default": 1.0, "refund": 0.85}  # type: ignore[union-attr]
    changed = ChannelQuality(channel="phone", points=5, intents=("refund",)).apply(shop)
    assert changed.channels["phone"].resolution == {"default": 0.75, "refund": 0.8}  # type: ignore[union-attr]


def test_quality_of_an_intent_without_its_own_figure_starts_from_the_one_that_holds(shop: Scenario) -> None:
    partly = ChannelQuality(channel="chat", success={"order": 0.5}).apply(shop)
    library = default_of("phone.resolution")
    assert partly.channels["chat"].resolution == {"default": library, "order": 0.5}  # type: ignore[union-attr]
    better = ChannelQuality(channel="site", points=10, intents=("order",)).apply(shop)
    assert better.channels["site"].success == {"default": 0.7, "refund": 0.4, "order": 0.8}  # type: ignore[union-attr]


def test_quality_is_a_new_share_or_a_change_not_both(shop: Scenario) -> None:
    assert set(problems(ChannelQuality(channel="site", points=5, success=0.9), shop)) == {"points"}
    twice = ChannelQuality(channel="site", success={"order": 0.9}, intents=("order",))
    assert set(problems(twice, shop)) == {"intents"}


def test_the_difference_reads_old_and_new(shop: Scenario) -> None:
    [change] = diff(shop, ChannelQuality(channel="phone", success=0.9).apply(shop))
    assert (change.old, change.new) == (0.75, 0.9)
    assert change.field.startswith("channels.phone.resolution")


# -- channel outage ----------------------------------------------------------------------------------


def test_an_outage_is_an_incident_on_its_day() -> None:
    week = Scenario(**{**SHOP, "calendar": {"start": "2026-03-02", "days": 3, "interval": "1 h"}})
    outage = ChannelOutage(channel="site", start="22:00", end="24:00", day=1, failure=0.4)
    [incident] = outage.apply(week).incidents
    assert incident.channel == "site"
    assert incident.failure == 0.4
    assert incident.window == (dt.datetime(2026, 3, 3, 22), dt.datetime(2026, 3, 4, 0))
    assert outage.describe(week).startswith("site 40% down 22:00–24:00 on Tue 3 Mar")


def test_an_outage_brings_the_next_step_that_is_missing_and_says_so(shop: Scenario) -> None:
    outage = ChannelOutage(channel="site")
    assert outage.describe(shop) == "site down 10:00–11:30, after which some try phone and chat"
    changed = outage.apply(shop)
    step = changed.next_steps[-1]
    assert (step.after, step.outcome) == ("site", ("failed",))
    moves_on, to_phone = default_of("spill.moves_on"), default_of("spill.to_phone")
    assert step.go == pytest.approx({"phone": moves_on * to_phone, "chat": moves_on * (1 - to_phone)})
    again = ChannelOutage(channel="site", start="15:00", end="16:00")
    assert again.describe(changed) == "site down 15:00–16:00"
    assert again.apply(changed).next_steps == changed.next_steps


def test_a_channel_may_be_slow_instead_of_down(shop: Scenario) -> None:
    slow = ChannelOutage(channel="site", failure=0, slow_down=2.5)
    changed = slow.apply(shop)
    [incident] = changed.incidents
    assert (incident.failure, incident.slow_down, incident.name) == (
        0,
        2.5,
        "site 2.5 times as slow 10:00–11:30",
    )
    assert changed.next_steps == shop.next_steps, "nobody fails who would not have"
    both = ChannelOutage(channel="phone", failure=0.3, slow_down=2).describe(shop)
    assert both.startswith("phone 30% down and 2 times as slow 10:00–11:30")


def test_customers_who_cannot_reach_the_phone_try_again(shop: Scenario) -> None:
    step = ChannelOutage(channel="phone").apply(shop).next_steps[-1]
    assert (step.after, step.outcome) == ("phone", ("blocked",))
    assert step.go == {"phone": default_of("phone.redial_share")}
    chat = ChannelOutage(channel="chat").apply(shop).next_steps[-1]
    assert (chat.after, chat.outcome) == ("chat", ("blocked",))
    assert chat.go == {"phone": default_of("spill.moves_on")}


# -- change staff ------------------------------------------------------------------------------------


def test_overtime_is_paid_more_and_works_alike(shop: Scenario) -> None:
    overtime = ChangeStaff(groups=("team",), by=2, start="10:00", end="12:00", overtime=True)
    changed = overtime.apply(shop)
    own, more = changed.groups["team"], changed.groups["team_overtime"]
    assert own == shop.groups["team"]
    assert more.staff == {"08:00": 0, "10:00": 2, "12:00": 0, "20:00": 0}
    assert more.pay_per_hour == own.pay_per_hour * default_of("money.overtime_factor")
    assert (more.skills, more.shrinkage) == (own.skills, own.shrinkage)
    assert overtime.describe(shop) == "+2 team 10:00–12:00, as overtime"
    twice = overtime.apply(changed)
    assert "team_overtime_2" in twice.groups
    series = Scenario(**{**SHOP, "groups": {"team": {**SHOP["groups"]["team"], "staff": [1.0] * 24}}})
    by_list = ChangeStaff(percent=50, start="03:00", end="05:00", overtime=True).apply(series)
    assert by_list.groups["team_overtime"].staff == (0.0,) * 3 + (0.5,) * 2 + (0.0,) * 19
    assert "leave it out" in problems(ChangeStaff(by=-1, overtime=True), shop)["overtime"]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("10:00", "13:00", {"08:00": 4, "10:00": 7, "12:00": 9, "13:00": 6, "20:00": 0}),
        ("08:00", "12:00", {"08:00": 7, "12:00": 6, "20:00": 0}),
        ("06:00", "08:00", {"06:00": 3, "08:00": 4, "12:00": 6, "20:00": 0}),
        ("19:00", None, {"08:00": 4, "12:00": 6, "19:00": 9, "20:00": 3}),
        (None, "09:00", {"00:00": 3, "08:00": 7, "09:00": 4, "12:00": 6, "20:00": 0}),
        (None, None, {"08:00": 7, "12:00": 9, "20:00": 0}),
    ],
)
def test_three_more_agents_by_the_clock(
    shop: Scenario, start: Any, end: Any, expected: dict[str, float]
) -> None:
    changed = ChangeStaff(groups=("team",), by=3, start=start, end=end).apply(shop)
    assert changed.groups["team"].staff == expected
    assert changed.groups["chatters"] == shop.groups["chatters"]


@given(
    staff=st.dictionaries(st.integers(0, 23), st.integers(0, 9), min_size=1, max_size=5),
    window=st.tuples(st.integers(0, 23), st.integers(1, 24)).filter(lambda ends: ends[0] < ends[1]),
    by=st.integers(-5, 5),
)
@settings(max_examples=60, deadline=None)
def test_staff_by_the_clock_and_by_interval_change_alike(
    staff: dict[int, int], window: tuple[int, int], by: int
) -> None:
    series = [float(staff[max(at)]) if (at := [h for h in staff if h <= hour]) else 0.0 for hour in range(24)]

    def changed(form: Any) -> Any:
        groups = {**SHOP["groups"], "team": {"skills": {"phone": {}}, "staff": form}}
        start, end = (f"{hour:02d}:00" for hour in window)
        whatif = ChangeStaff(groups=("team",), by=by, start=start, end=end)
        return whatif.apply(Scenario(**{**SHOP, "groups": groups})).groups["team"].staff

    clocks = changed({f"{hour:02d}:00": number for hour, number in staff.items()})
    by_hour = changed(series)
    for hour in range(24):
        reached = [text for text in clocks if int(text[:2]) <= hour]
        assert (clocks[max(reached)] if reached else 0.0) == by_hour[hour]
        inside = window[0] <= hour < window[1]
        assert by_hour[hour] == (max(0, series[hour] + by) if inside else series[hour])


def test_staff_by_per_cent_and_never_below_nothing(shop: Scenario) -> None:
    changed = ChangeStaff(percent=-10).apply(shop)
    assert changed.groups["team"].staff == {"08:00": 3.6, "12:00": 5.4, "20:00": 0}
    assert changed.groups["chatters"].staff == (0.0,) * 8 + (2.7,) * 12 + (0.0,) * 4
    assert ChangeStaff(by=-5).apply(shop).groups["team"].staff == {"08:00": 0, "12:00": 1, "20:00": 0}


def test_agents_on_the_floor_are_more_on_the_schedule(shop: Scenario) -> None:
    changed = ChangeStaff(groups=("team",), by=2, counted="on_floor").apply(shop)
    assert changed.groups["team"].staff == {"08:00": 8, "12:00": 10, "20:00": 0}  # half of them are away


def test_what_a_change_of_staff_may_not_be(shop: Scenario) -> None:
    assert set(problems(ChangeStaff(by=1, percent=5), shop)) == {"percent"}
    off_grid = problems(ChangeStaff(by=1, start="10:10", end="11:00"), shop)
    assert 'write "10:00"' in off_grid["start"]
    assert set(problems(ChangeStaff(by=1, start="11:00", end="11:00"), shop)) == {"end"}
    assert set(problems(ChangeStaff(groups=("teem",), by=1), shop)) == {"groups"}


def test_shrinkage_is_replaced(shop: Scenario) -> None:
    changed = ChangeStaff(groups=("team",), shrinkage=0.2).apply(shop)
    assert changed.groups["team"].shrinkage == 0.2
    assert changed.groups["team"].staff == shop.groups["team"].staff


# -- scale volume ------------------------------------------------------------------------------------


def test_volume_is_scaled_in_the_form_it_was_given(shop: Scenario) -> None:
    changed = ScaleVolume(percent=20).apply(shop)
    assert changed.intents["order"].volume.per_day == 288
    assert changed.intents["refund"].volume.per_interval == (0.0,) * 8 + (4.8,) * 12 + (0.0,) * 4
    assert ScaleVolume(factor=1.2).apply(shop) == changed


def test_volume_in_a_window_becomes_a_list(shop: Scenario) -> None:
    changed = ScaleVolume(factor=3, intents=("order",), start="09:00", end="11:00").apply(shop)
    volume = changed.intents["order"].volume
    assert volume.per_day is None
    assert volume.per_interval == pytest.approx((10.0,) * 9 + (30.0,) * 2 + (10.0,) * 13)
    assert changed.intents["refund"] == shop.intents["refund"]


def test_what_a_change_of_volume_may_not_be(shop: Scenario) -> None:
    assert set(problems(ScaleVolume(percent=5, factor=2), shop)) == {"factor"}
    assert set(problems(ScaleVolume(percent=5, end="10:30"), shop)) == {"end"}
    assert set(problems(ScaleVolume(percent=5, intents=("orders",)), shop)) == {"intents"}


# -- change concurrency ------------------------------------------------------------------------------


def test_concurrency_above_the_table_goes_on_by_its_last_step(shop: Scenario) -> None:
    chat = ChangeConcurrency(channel="chat", cap=4).apply(shop).channels["chat"]
    assert chat.mode == "concurrent"
    assert chat.cap == 4
    assert chat.slowdown == (1.0, 1.3, 1.6, 1.9)
    one = ChangeConcurrency(channel="chat", cap=1).apply(shop).channels["chat"]
    assert one.mode == "concurrent"
    assert one.cap == 1


def test_slow_down_per_extra_contact(shop: Scenario) -> None:
    chat = ChangeConcurrency(channel="chat", cap=3, slow_down=0.25).apply(shop).channels["chat"]
    assert chat.mode == "concurrent"
    assert chat.slowdown == (1.0, 1.25, 1.5)


def test_concurrency_is_for_concurrent_channels(shop: Scenario) -> None:
    assert "chat" in problems(ChangeConcurrency(channel="phone", cap=3), shop)["channel"]

"""Checks: every way in which parts may not fit is found, at once, at its own field, with a cure."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings

import scenarios
from scenarios import Scenario
from tests.scenarios.examples import small
from tests.strategies import scenarios_strategy

SOUND: dict[str, Any] = {
    **small(),
    "segments": {"young": {"share": 0.4, "adoption": {"chat": 0.1}}, "old": {"share": 0.6}},
    "intents": {
        "order": {"volume": {"per_day": 100}, "first_channel": {"site": 0.7, "phone": 0.3}},
        "refund": {"volume": {"per_interval": [1] * 96}, "first_channel": {"phone": 1}},
    },
    "channels": {
        "site": {"mode": "self_service", "success": {"default": 0.6, "refund": 0.2}},
        "phone": {"mode": "live"},
        "chat": {"mode": "concurrent", "cap": 2, "slowdown": [1, 1.2]},
        "mail": {"mode": "deferred"},
    },
    "next_steps": [
        {"after": "site", "outcome": "failed", "go": {"phone": 0.6}},
        {"after": "site", "outcome": "failed", "intents": "refund", "go": {"phone": 0.6, "chat": 0.4}},
        {"after": "phone", "outcome": ["abandoned", "unresolved"], "go": {"phone": 0.5}},
    ],
    "groups": {
        "all": {"skills": {"phone": {}, "chat": {}}, "staff": {"08:00": 5, "18:00": 0}},
        "refunds": {"skills": {"phone": {"intents": ["refund"]}}, "staff": [3] * 96},
    },
    "incidents": [{"name": "outage", "channel": "site", "window": ["2026-03-02 10:00", "2026-03-02 11:00"]}],
}


def changed(path: str, value: Any) -> Scenario:
    """The sound scenario with one value replaced (removed: ``...``)."""
    data = copy.deepcopy(SOUND)
    *parents, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    here: Any = data
    for step in parents:
        here = here[step]
    if value is ...:
        del here[last]
    else:
        here[last] = value
    return Scenario(**data)


def test_a_sound_scenario_has_no_problems() -> None:
    assert scenarios.check(Scenario(**SOUND)) == []


@settings(max_examples=100, deadline=None)
@given(scenario=scenarios_strategy())
def test_the_strategy_gives_sound_scenarios(scenario: Scenario) -> None:
    assert scenarios.check(scenario) == []


@pytest.mark.parametrize(
    ("path", "value", "field", "said"),
    [
        # unknown names, with the closest one as the cure
        ("intents/order/first_channel", {"sit": 1}, "intents.order.first_channel.sit", "site"),
        ("segments/old/first_channel", {"phon": 1}, "segments.old.first_channel.phon", "phone"),
        ("segments/young/adoption", {"cat": 0.1}, "segments.young.adoption.cat", "chat"),
        ("channels/site/success", {"default": 0.6, "refnd": 0.2}, "channels.site.success.refnd", "refund"),
        ("next_steps/0/after", "sit", "next_steps.0.after", "site"),
        ("next_steps/0/go", {"phne": 0.6}, "next_steps.0.go.phne", "phone"),
        ("next_steps/1/intents", ["refun"], "next_steps.1.intents", "refund"),
        ("next_steps/1/segments", ["yung"], "next_steps.1.segments", "young"),
        ("groups/all/skills", {"phone": {}, "chat": {}, "chatt": {}}, "groups.all.skills.chatt", "chat"),
        ("groups/refunds/skills/phone/intents", ["refnd"], "groups.refunds.skills.phone.intents", "refund"),
        ("incidents/0/channel", "sites", "incidents.0.channel", "site"),
        ("intents/order/volume/profile", "ofice_hours", "intents.order.volume.profile", "office_hours"),
        # sums
        ("next_steps/0/go", {"phone": 0.9, "chat": 0.4}, "next_steps.0.go", "1.3"),
        ("intents/order/first_channel", {"site": 0.7, "phone": 0.2}, "intents.order.first_channel", "0.9"),
        ("intents/order/first_channel", {}, "intents.order.first_channel", "add first_channel"),
        ("segments/old/first_channel", {"phone": 0.5, "site": 0.6}, "segments.old.first_channel", "1.1"),
        ("segments/old/share", 0.5, "segments", "0.9"),
        # volumes
        ("intents/order/volume", {}, "intents.order.volume", "either per_day or per_interval"),
        ("intents/refund/volume/per_day", 3, "intents.refund.volume", "one of the two"),
        ("intents/refund/volume/per_interval", [1] * 95, "intents.refund.volume.per_interval", "96"),
        ("intents/order/volume/profile", [1, 2], "intents.order.volume.profile", "96"),
        ("intents/order/volume/profile", [0] * 96, "intents.order.volume.profile", "not all 0"),
        ("intents/order/volume/per_day", 2_000_001, "intents", "2,000,000"),
        ("intents/order/volume/weekday_index", {"mon": 1000}, "intents.order.volume.weekday_index", "100"),
        # channels
        ("channels/site/success", {"refund": 0.2}, "channels.site.success", "order"),
        ("channels/phone/handle_time", "unlimited", "channels.phone.handle_time", "ends"),
        ("channels/site/duration", {"default": 1, "order": "never"}, "channels.site.duration.order", "ends"),
        ("channels/site/duration", "unlimited", "channels.site.duration", "ends"),
        ("channels/chat/cap", 3, "channels.chat.slowdown", "add 1 more"),
        ("channels/chat/slowdown", [1.1, 1.2], "channels.chat.slowdown", "begin with 1"),
        ("channels/chat/slowdown", [1, 1.3, 1.2], "channels.chat.slowdown", "order"),
        ("groups/all/skills", {"phone": {}}, "channels.chat", "skills"),
        ("groups/all/skills", {"phone": {"intents": "refund"}, "chat": {}}, "channels.phone", "for order"),
        ("groups", {}, "channels.phone", "nobody serves"),
        # next steps
        ("next_steps/2/outcome", "failed", "next_steps.2.outcome", "unresolved"),
        ("next_steps/0/outcome", "abandoned", "next_steps.0.outcome", "failed"),
        ("next_steps/0/outcome", "resolved", "next_steps.0.outcome", "over"),
        ("next_steps/0/outcome", ["failed", "unfinished"], "next_steps.0.outcome", "over"),
        ("next_steps/2/outcome", ["abandoned", "abandoned"], "next_steps.2.outcome", "once"),
        ("next_steps/2/outcome", "contained", "next_steps.2.outcome", "live"),
        ("next_steps/1/intents", ..., "next_steps.1.outcome", "next_steps.0"),
        ("next_steps/0/delay", "unlimited", "next_steps.0.delay", "gives up"),
        # agents
        ("groups/all/skills", {"phone": {}, "chat": {}, "site": {}}, "groups.all.skills.site", "remove"),
        ("groups/refunds/staff", [3] * 95, "groups.refunds.staff", "96"),
        ("groups/all/staff", {"08:10": 5}, "groups.all.staff.08:10", "15 min"),
        ("groups/all/staff", {"08:00": 60_000}, "groups.all.staff", "50,000"),
        ("groups/refunds/skills", {"phone": {"transfer": 1}}, "groups.refunds.skills.phone.transfer", "add"),
        # passing on, callbacks
        ("channels/phone/transfer", {"to": "chta"}, "channels.phone.transfer.to", "chat"),
        ("channels/phone/transfer", {"to": "site"}, "channels.phone.transfer.to", "with agents"),
        ("channels/phone/transfer", {"to": "mail"}, "channels.mail", "nobody serves"),
        ("channels/phone/transfer", {"to": "chat", "share": {"refnd": 1}},
         "channels.phone.transfer.share.refnd", "refund"),
        ("next_steps/2/outcome", "called_back", "next_steps.2.outcome", "of itself"),
        # calendar
        ("calendar/interval", "7 min", "calendar.interval", "divides a day"),
        ("calendar/warm_up", "1 d", "calendar.warm_up", "less than"),
        ("calendar/warm_up", "20 min", "calendar.warm_up", "write 15 min"),
        ("incidents/0/detection", {}, "incidents.0.detection", "reports"),
        ("incidents/0/fix", "10 min", "incidents.0.fix", "add detection"),
        ("incidents/0/announcement", {}, "incidents.0.announcement", "add detection"),
        ("incidents/0/fix", "unlimited", "incidents.0.fix", "nothing"),
        ("incidents/0/window", ["2026-03-02 11:00", "2026-03-02 10:00"], "incidents.0.window", "swap"),
        ("incidents/0/window", ["2026-03-03 00:00", "2026-03-03 10:00"], "incidents.0.window", "within"),
    ],
)  # fmt: skip
def test_a_misfit_is_named_at_its_field_with_a_cure(path: str, value: Any, field: str, said: str) -> None:
    found = {
        problem.field: f"{problem.allowed} {problem.cure}"
        for problem in scenarios.check(changed(path, value))
    }
    assert field in found
    assert said in found[field]


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("intents", "default"),
        ("intents", "gamma"),
        ("channels", "resolved"),
        ("channels", "all"),
        ("groups", "uniform"),
    ],
)
def test_names_with_another_meaning_are_refused(part: str, name: str) -> None:
    data = copy.deepcopy(SOUND)
    data[part][name] = data[part].pop({"intents": "order", "channels": "mail", "groups": "all"}[part])
    assert f"{part}.{name}" in [problem.field for problem in scenarios.check(Scenario(**data))]


def test_all_problems_come_at_once() -> None:
    data = copy.deepcopy(SOUND)
    data["calendar"]["interval"] = "11 min"
    data["next_steps"][0]["go"] = {"fax": 2 / 3, "phone": 2 / 3}
    data["incidents"][0]["channel"] = "fax"
    fields = {problem.field for problem in scenarios.check(Scenario(**data))}
    assert {"calendar.interval", "next_steps.0.go", "next_steps.0.go.fax", "incidents.0.channel"} <= fields


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("next_steps/0/go", {"phone": 0.1 + 0.2, "chat": 0.7}),  # 1 but for floating point
        ("next_steps/0/go", {}),
        ("channels/phone/patience", "unlimited"),
        ("channels/phone/lines", 0),
        ("channels/site/success", {"order": 0.2}),  # refunds never come to the site
        ("intents/order/volume/per_day", 0),
        ("incidents/0/window", ["2026-03-01 10:00", "2026-03-05 11:00"]),
        ("groups/all/staff", [0] * 96),
        ("channels/mail", {"mode": "deferred", "resolution": {"order": 0.5}}),  # nobody writes
        ("segments/old/first_channel", {"phone": 1}),
        ("calendar/warm_up", "2 h"),
        ("channels/phone/transfer", {"to": "phone", "share": 1}),
        ("channels/phone/transfer", {"to": "mail", "share": {"default": 0}}),  # nobody writes
        ("channels/mail", {"mode": "deferred", "transfer": {"to": "phone"}}),
        ("incidents/0/detection", {"reports": 1}),
    ],
)
def test_what_is_merely_unusual_is_sound(path: str, value: Any) -> None:
    assert scenarios.check(changed(path, value)) == []


def test_a_next_step_makes_a_channel_reachable_that_then_needs_agents() -> None:
    steps = [*SOUND["next_steps"], {"after": "chat", "outcome": "abandoned", "go": {"mail": 0.1}}]
    assert [problem.field for problem in scenarios.check(changed("next_steps", steps))] == ["channels.mail"]


def test_contacts_that_are_passed_on_need_agents_too() -> None:
    """To a channel where nobody comes by choice: by the channel's share, or by a skill's alone."""
    for share, skill in ((0.1, None), (0, 0.1), ({"order": 0, "refund": 0.1}, None)):
        passed = changed("channels/phone/transfer", {"to": "mail", "share": share}).model_dump(mode="json")
        passed["groups"]["refunds"]["skills"]["phone"]["transfer"] = skill
        assert [problem.field for problem in scenarios.check(Scenario(**passed))] == ["channels.mail"], share


def test_a_backlog_disconnects_only_what_it_cannot_pass_on() -> None:
    steps = [{"after": "mail", "outcome": "disconnected", "go": {"phone": 1}}]
    for busy, sound in (("lose", True), ("queue", False)):
        mail = {"mode": "deferred", "transfer": {"to": "phone", "when_busy": busy}}
        data = {**SOUND, "channels": {**SOUND["channels"], "mail": mail}, "next_steps": steps}
        assert ("next_steps.0.outcome" not in {p.field for p in scenarios.check(Scenario(**data))}) == sound


def test_one_channel_needs_no_first_channel_but_several_do() -> None:
    assert scenarios.check(Scenario(**small())) == []
    two = small(channels={"phone": {"mode": "live"}, "app": {"mode": "self_service"}})
    assert [problem.field for problem in scenarios.check(Scenario(**two))] == ["intents.help.first_channel"]
    chosen = {**two, "segments": {"all_of_them": {"first_channel": {"phone": 0.5, "app": 0.5}}}}
    assert scenarios.check(Scenario(**chosen)) == []


def test_several_days_take_a_list_for_one_day_or_for_all() -> None:
    calendar = {"start": "2026-03-02", "days": 3}
    for length, sound in ((96, True), (288, True), (192, False)):
        data = small(calendar=calendar, intents={"help": {"volume": {"per_interval": [1] * length}}})
        assert (scenarios.check(Scenario(**data)) == []) == sound

"""Fields by path, and what differs between two scenarios."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scenarios
from scenarios import Scenario, ScenarioError
from scenarios.paths import complete_tree, get, given_tree, plain, replace
from tests.scenarios.examples import small_scenario
from tests.strategies import scenarios_strategy


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("max_attempts", 5),
        ("channels.website.success.default", 0.7),
        ("channels.website.success.booking", 0.7),
        ("channels.website.success.complaint", 0.1),
        ("channels.chat.resolution", 0.6),
        ("channels.chat.resolution.default", 0.6),
        ("channels.chat.resolution.complaint", 0.6),
        ("channels.chat.handle_time.uniform.low", "2 min"),
        ("channels.chat.handle_time.default.uniform.low", "2 min"),
        ("channels.phone.handle_time.complaint", {"weibull": {"mean": "8 min", "shape": 1.4, "zero": 0.0}}),
        ("channels.phone.handle_time.complaint.weibull.zero", 0.0),
        ("channels.phone.front.containment.booking", 0.1),
        ("channels.letters.target.within", "2 d"),
        ("channels.website.open", None),
        ("incidents.slow site.failure", 0.4),
        ("incidents.0.window.1", "2026-03-03 10:15"),
        ("next_steps.website failed.go.phone", 0.5),
        ("next_steps.website failed complaint.go.phone", 0.9),
        (
            "next_steps.phone abandoned/disconnected regular.delay",
            {"deterministic": {"value": "10 min", "zero": 0.0}},
        ),
        ("next_steps.3.delay.lognormal.cv", 2.0),
        ("groups.nurses.staff.13:00", 8.0),
        ("groups.office.staff.16", 4.0),
        ("groups.office.shrinkage", 0.3),
        ("segments.newcomer.first_channel.phone", 0.8),
    ],
)
def test_fields_are_found_by_path(clinic: Scenario, path: str, value: Any) -> None:
    assert get(clinic, path) == value


@pytest.mark.parametrize(
    ("path", "cure"),
    [
        ("channels.websit.success", "website"),
        ("max_attemps", "max_attempts"),
        ("channels.website.success.complant", "complaint"),
        ("max_attempts.more", "path"),
        ("incidents.7.failure", "path"),
        ("incidents.slow sit.failure", "slow site"),
        ("", "path"),
        ("channels..success", "path"),
        ("groups.office.staff.99", "path"),
        ("channels.phone.handle_time.default.lognormal.sd", "path"),
    ],
)
def test_a_path_that_leads_nowhere_is_a_problem(clinic: Scenario, path: str, cure: str) -> None:
    for ask in (lambda: get(clinic, path), lambda: replace(clinic, path, 1)):
        with pytest.raises(ScenarioError) as caught:
            ask()
        assert caught.value.problems[0].field == path
        assert cure in caught.value.problems[0].cure


@pytest.mark.parametrize(
    ("path", "value", "changes"),
    [
        ("max_attempts", 3, ["max_attempts: 5 → 3"]),
        ("channels.website.success.default", 0.8, ["channels.website.success.default: 0.7 → 0.8"]),
        ("channels.website.success.booking", 0.8, ["channels.website.success.booking: 0.7 → 0.8"]),
        ("channels.chat.resolution.default", 0.8, ["channels.chat.resolution: 0.6 → 0.8"]),
        ("channels.chat.resolution.complaint", 0.8, ["channels.chat.resolution.complaint: 0.6 → 0.8"]),
        (
            "channels.chat.handle_time.uniform.low",
            60,
            ["channels.chat.handle_time.uniform.low: 2 min → 1 min"],
        ),
        (
            "channels.chat.handle_time.complaint.uniform.low",
            60,
            ["channels.chat.handle_time.complaint.uniform.low: 2 min → 1 min"],
        ),
        (
            "channels.chat.handle_time",
            "9 min",
            ["channels.chat.handle_time: {uniform: {low: 2 min, high: 12 min}} → 9 min"],
        ),
        ("incidents.slow site.failure", 1, ["incidents.slow site.failure: 0.4 → 1"]),
        (
            "next_steps.website failed.go.letters",
            0.1,
            ["next_steps.website failed.go.letters: nothing → 0.1"],
        ),
        ("groups.nurses.staff.08:00", 7, ["groups.nurses.staff.08:00: nothing → 7"]),
        ("groups.office.pay_per_hour", 20, ["groups.office.pay_per_hour: 16 → 20"]),
        ("channels.chat.wrap", "10 s", ["channels.chat.wrap: nothing → 10 s"]),
        ("channels.phone.lines", None, ["channels.phone.lines: 40 → nothing"]),
        ("channels.chat.slowdown.1", 1.5, ["channels.chat.slowdown: [1, 1.3] → [1, 1.5]"]),
        ("channels.letters.target.share", 0.8, ["channels.letters.target.share: 0.9 → 0.8"]),
    ],
)
def test_a_replaced_value_is_the_only_difference(
    clinic: Scenario, path: str, value: Any, changes: list[str]
) -> None:
    before = clinic.model_copy(deep=True)
    changed = replace(clinic, path, value)
    assert [str(change) for change in scenarios.diff(clinic, changed)] == changes
    assert scenarios.loads(scenarios.dumps(changed)) == changed
    assert clinic == before


def test_a_default_can_be_replaced_where_nothing_was_given() -> None:
    desk = small_scenario()
    for path, value in (
        ("frustration.patience", -0.1),
        ("channels.phone.target.within", "10 s"),
        ("channels.phone.patience.exponential.mean", "2 min"),
        ("channels.phone.resolution.help", 0.5),
        ("segments.customer.patience", 2.0),
        ("routing.contact_order", "priority_then_oldest"),
    ):
        changed = replace(desk, path, value)
        assert get(changed, path) == value
        assert len(scenarios.diff(desk, changed)) == 1


def test_a_value_that_a_field_does_not_take_is_refused(clinic: Scenario) -> None:
    for path, value in (
        ("max_attempts", 0),
        ("channels.chat.open", "always"),
        ("groups.office.staff", "staff.csv"),  # a value from a form or a sweep reads no file
        ("channels.chat.front.nothing", 1),
        ("groups.nurses.staff.25:00", 1),
    ):
        with pytest.raises(ScenarioError):
            replace(clinic, path, value)


def test_an_added_channel_is_listed_with_what_was_given() -> None:
    desk = small_scenario()
    data = {**desk.model_dump(mode="json", exclude_unset=True)}
    data["channels"]["app"] = {"mode": "self_service", "success": 0.5}
    changed = Scenario(**data)
    assert [str(change) for change in scenarios.diff(desk, changed)] == [
        "channels.app.mode: nothing → self_service",
        "channels.app.success: nothing → 0.5",
    ]
    assert [str(change) for change in scenarios.diff(changed, desk)] == [
        "channels.app.mode: self_service → nothing",
        "channels.app.success: 0.5 → nothing",
    ]


def test_incidents_are_compared_by_name() -> None:
    def incident(name: str, failure: float) -> dict[str, Any]:
        return {
            "name": name,
            "channel": "phone",
            "window": ["2026-03-02 09:00", "2026-03-02 10:00"],
            "failure": failure,
        }

    old = small_scenario(incidents=[incident("a", 0.5), incident("b", 0.5)])
    new = small_scenario(incidents=[incident("b", 0.7)])
    fields = [change.field for change in scenarios.diff(old, new)]
    assert [field for field in fields if field.startswith("incidents.b")] == ["incidents.b.failure"]
    twins = small_scenario(incidents=[incident("a", 0.5), incident("a", 0.6)])
    assert get(twins, "incidents.1.failure") == 0.6
    assert get(replace(twins, "incidents.1.failure", 0.9), "incidents.1.failure") == 0.9


def test_long_lists_are_summed_up_in_a_change() -> None:
    volumes = [{"help": {"volume": {"per_interval": [number] * 96}}} for number in (1, 2)]
    (change,) = scenarios.diff(*(small_scenario(intents=intents) for intents in volumes))
    assert str(change).endswith("96 numbers adding up to 96 → 96 numbers adding up to 192")
    assert change.new == [2.0] * 96


@settings(max_examples=40, deadline=None)
@given(old=scenarios_strategy(), new=scenarios_strategy())
def test_no_difference_means_equal(old: Scenario, new: Scenario) -> None:
    assert scenarios.diff(old, old) == []
    assert bool(scenarios.diff(old, new)) == (old != new)
    assert Scenario(**plain(given_tree(old))) == old
    assert Scenario(**plain(complete_tree(old))) == old


@settings(max_examples=40, deadline=None)
@given(old=scenarios_strategy(), data=st.data())
def test_every_change_can_be_made_by_its_path(old: Scenario, data: st.DataObject) -> None:
    field, value = data.draw(
        st.sampled_from(
            [("max_attempts", 7), ("segments.young.patience", 3.0), ("intents.billing.demand", "value")]
        )
    )
    new = replace(old, field, value)
    for change in scenarios.diff(old, new):
        assert get(new, change.field) == change.new
        assert get(old, change.field) == change.old
        assert replace(new, change.field, change.old) == old

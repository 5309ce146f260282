"""The model: problems in plain words, all at once; defaults from the parameter library; immutability."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pydantic
import pytest

from scenarios import PlannerError, Problem, Scenario, ScenarioError, calendar, channels, fields, model
from scenarios.calendar import Calendar
from scenarios.channels import Live, SelfService
from scenarios.distributions import Deterministic, Exponential, Lognormal
from scenarios.errors import shown
from scenarios.fields import for_intent, is_by_intent
from scenarios.parameters import PARAMETERS, default_of
from scenarios.units import parameter_of, unit_of
from tests.scenarios.examples import small, small_scenario


def problems(**changes: Any) -> dict[str, Problem]:
    with pytest.raises(ScenarioError) as caught:
        Scenario(**small(**changes))
    return {problem.field: problem for problem in caught.value.problems}


def test_all_problems_come_at_once_in_plain_words() -> None:
    found = problems(
        max_attempts=0,
        currency="pounds",
        calendar={"start": "yesterday", "timezone": "Mars/Olympus"},
        channels={"phone": {"mode": "live", "resolution": 72, "patience": {"exponental": {"mean": "5 min"}}}},
        next_steps=[{"after": "phone", "outcome": ["abandond"], "go": {"phone": True}}],
        groups={"team": {"skills": {}, "stuff": [1]}},
        surprise=1,
    )
    assert set(found) == {
        "max_attempts", "currency", "calendar.start", "calendar.timezone", "channels.phone.resolution",
        "channels.phone.patience", "next_steps.0.outcome.0", "next_steps.0.go.phone", "groups.team.skills",
        "groups.team.stuff", "groups.team.staff", "surprise",
    }  # fmt: skip
    assert found["channels.phone.resolution"].cure == "write 0.72 for 72%"
    assert "exponential" in found["channels.phone.patience"].cure
    assert "abandoned" in found["next_steps.0.outcome.0"].cure
    assert "staff" in found["groups.team.stuff"].cure
    text = str(ScenarioError(found.values()))
    assert all(field in text for field in found)
    for jargon in ("Input should", "validation", "pydantic", "type=", "valid dictionary"):
        assert jargon not in text


def test_what_is_missing_is_named_with_an_example() -> None:
    with pytest.raises(ScenarioError) as caught:
        Scenario()
    assert {problem.field for problem in caught.value.problems} == {"name", "calendar", "intents", "channels"}
    assert "channels: {phone: {mode: live}}" in str(caught.value)


@pytest.mark.parametrize("way", [lambda data: Scenario(**data), Scenario.model_validate])
def test_every_way_of_making_a_scenario_raises_the_same_error(way: Any) -> None:
    with pytest.raises(ScenarioError, match="max_attempts"):
        way(small(max_attempts="many"))
    assert way(small()) == small_scenario()


def test_errors_survive_pickling_and_have_one_root() -> None:
    error = ScenarioError([Problem("a.b", 1, "2", "write 2", "f.yaml", 3), Problem("c", None, "d", "e")])
    copied = pickle.loads(pickle.dumps(error))
    assert copied.problems == error.problems
    assert str(copied) == str(error)
    assert isinstance(error, PlannerError)


def test_a_problem_reads_as_a_sentence() -> None:
    assert str(Problem("a.b", 1.5, "a share", "write 0.15", "f.yaml", 3)) == (
        "f.yaml, line 3: a.b is 1.5; allowed: a share. Cure: write 0.15."
    )
    assert str(Problem("a.b", None, "a share", "add it.")) == "a.b is missing; needed: a share. Cure: add it."
    assert len(shown(list(range(10**6)))) <= 60
    assert len(shown("x" * 10**6)) <= 60
    assert len(shown(10**5000)) <= 60


# -- defaults ----------------------------------------------------------------------------------------


def test_defaults_are_those_of_the_parameter_library() -> None:
    phone = small_scenario().channels["phone"]
    assert isinstance(phone, Live)
    assert phone.handle_time == Lognormal(mean=360.0, cv=1.0)
    assert phone.patience == Exponential(mean=300.0)
    assert phone.resolution == default_of("phone.resolution")
    assert phone.target.within == default_of("phone.target_within")
    assert small_scenario().groups["team"].shrinkage == default_of("agents.shrinkage")


def test_every_parameter_that_a_field_names_exists() -> None:
    seen = set()
    todo: list[type[pydantic.BaseModel]] = [Scenario]
    modules = (calendar, channels, model)
    found = [kind for module in modules for kind in vars(module).values() if isinstance(kind, type)]
    todo += [kind for kind in found if issubclass(kind, fields.Part)]
    for kind in todo:
        for name, field in kind.model_fields.items():
            assert field.title, f"{kind.__name__}.{name} needs a title for forms"
            parameter = parameter_of(field)
            if parameter is not None:
                assert parameter in PARAMETERS
                seen.add(parameter)
    assert {"phone.patience", "chat.cap", "email.target", "self_service.success"} <= seen


def test_forms_can_read_unit_and_default_from_the_model() -> None:
    field = SelfService.model_fields["cost_per_contact"]
    assert (unit_of(field), parameter_of(field)) == ("money", "self_service.cost_per_contact")
    assert field.get_default(call_default_factory=True) == default_of("self_service.cost_per_contact")


# -- forms of values ---------------------------------------------------------------------------------


def test_a_value_by_intent_is_told_from_a_law() -> None:
    def handle_time(value: Any) -> Any:
        channel = small_scenario(channels={"phone": {"mode": "live", "handle_time": value}}).channels["phone"]
        assert isinstance(channel, Live)
        return channel.handle_time

    assert handle_time({"deterministic": 5}) == Deterministic(value=5.0)
    assert handle_time({"exponential": "5 min"}) == Exponential(mean=300.0)
    assert handle_time("5 min") == Deterministic(value=300.0)
    by_intent = handle_time({"default": "5 min", "help": {"exponential": 60}})
    assert by_intent == {"default": Deterministic(value=300.0), "help": Exponential(mean=60.0)}
    assert for_intent(by_intent, "help", None) == Exponential(mean=60.0)
    assert for_intent(by_intent, "other", None) == Deterministic(value=300.0)
    assert for_intent({"help": 1}, "other", 7) == 7
    assert for_intent(0.5, "help", 7) == 0.5


def test_fields_by_intent_are_known() -> None:
    named = {name for name, field in Live.model_fields.items() if is_by_intent(field)}
    assert named == {"handle_time", "patience", "resolution"}


def test_scenarios_are_frozen() -> None:
    scenario = small_scenario()
    with pytest.raises(pydantic.ValidationError):
        scenario.name = "other"  # type: ignore[misc]
    with pytest.raises(pydantic.ValidationError):
        scenario.channels["phone"].lines = 3  # type: ignore[misc]


def test_making_a_scenario_leaves_its_data_alone() -> None:
    data = small()
    before = copy.deepcopy(data)
    Scenario(**data)
    assert data == before


def test_dates_are_dates_and_not_numbers() -> None:
    for value in (0, 1e9, "2026-03-02T10:00", True, None, "2026-02-30"):
        with pytest.raises(pydantic.ValidationError):
            Calendar.model_validate({"start": value})

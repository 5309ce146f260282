"""Shift rules: what files say, what is refused, and that what is written is read back."""

from __future__ import annotations

from pathlib import Path

import pytest

import scenarios
from scenarios import ScenarioError, ShiftRules
from scenarios.shifts import dumps_shifts, load_shifts, loads_shifts, save_shifts, shift_library

DAY = {"earliest": "08:00", "length": "8 h"}


def problems_with(text: str) -> list[str]:
    with pytest.raises(ScenarioError) as raised:
        loads_shifts(text)
    return [str(problem) for problem in raised.value.problems]


@pytest.mark.parametrize("name", shift_library())
def test_the_library_says_what_it_is_and_round_trips(name: str, tmp_path: Path) -> None:
    rules = load_shifts(name)
    assert len(rules.description) > 60
    assert loads_shifts(dumps_shifts(rules)) == rules
    save_shifts(rules, tmp_path / "mine.yaml")
    assert load_shifts(tmp_path / "mine.yaml") == rules
    text = (Path(scenarios.__file__).parent / "shift_rules" / f"{name}.yaml").read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert "assumption" in text


def test_shift_rules_are_no_scenarios() -> None:
    assert not set(shift_library()) & set(scenarios.library())


def test_units_and_days_are_read_as_people_write_them() -> None:
    rules = loads_shifts(
        """
        shifts:
          a: {earliest: "07:30", latest: "9:00", step: 15 min, length: [4 h, 7 h 30 min], days: "mon-wed,sun"}
        """
    )
    template = rules.shifts["a"]
    assert (template.earliest, template.latest, template.step) == ("07:30", "09:00", 900.0)
    assert template.length == (14_400.0, 27_000.0)
    assert template.days == ("mon", "tue", "wed", "sun")
    assert "mon-wed,sun" in dumps_shifts(rules)
    assert list(rules.contracts) == ["any"]


def test_all_problems_of_form_are_told_at_once_with_their_lines() -> None:
    found = problems_with(
        """shifts:
  a: {earliest: "25:00", length: 8 h}
  b: {earliest: "08:00", length: 4 h, days: mon-foo, colour: red}
  c: {earliest: "08:00", length: 4 h, breaks: [{length: 15 min, earliest: 1 h, latest: 1 h, paid: 3}]}
breaks_in_shrinkage: 20
"""
    )
    assert len(found) == 5
    assert any(text.startswith("line 2: shifts.a.earliest is '25:00'") for text in found)
    assert any("shifts.b.colour" in text for text in found)
    assert any("line 5: breaks_in_shrinkage is 20" in text and "write 0.2 for 20%" in text for text in found)


def test_all_problems_of_sense_are_told_at_once() -> None:
    found = problems_with(
        """shifts:
  a: {earliest: "08:00", latest: "07:00", length: 30 h, contracts: [ful], step: 5 s}
  b:
    earliest: "24:00"
    length: 4 h
    breaks: [{length: 0 s, earliest: 2 h, latest: 1 h}, {length: 1 h, earliest: 30 min, latest: 3 h 30 min}]
contracts: {full: {least_hours: 50 h, most_hours: 40 h, most_days: 0, least_agents: 3, most_agents: 2}}
"""
    )
    fields = [
        "shifts.a.latest", "shifts.a.step", "shifts.a.length", "shifts.a.contracts", "shifts.b.earliest",
        "shifts.b.breaks.0.length", "shifts.b.breaks.0.latest", "shifts.b.breaks.1.latest",
        "shifts.b.breaks.1.earliest", "contracts.full.most_hours", "contracts.full.most_days",
        "contracts.full.most_agents",
    ]  # fmt: skip
    assert [text.split()[2] for text in found] == fields
    assert any("write full (the closest name)" in text for text in found)


def test_rules_made_in_a_script_are_checked_alike() -> None:
    with pytest.raises(ScenarioError, match="a contract of these rules"):
        ShiftRules(shifts={"day": {**DAY, "contracts": ["full"]}})
    with pytest.raises(ScenarioError, match="shifts is missing"):
        ShiftRules()


def test_contracts_of_a_template() -> None:
    rules = ShiftRules(
        shifts={"all": DAY, "few": {**DAY, "contracts": "part", "groups": ["phone", "chat"]}},
        contracts={"full": {"groups": ["phone"]}, "part": {}},
    )
    assert rules.contracts_of(rules.shifts["all"], "phone") == ["full", "part"]
    assert rules.contracts_of(rules.shifts["all"], "chat") == ["part"]
    assert rules.contracts_of(rules.shifts["few"], "chat") == ["part"]
    assert rules.contracts_of(rules.shifts["few"], "email") == []


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"write standard \(the closest name\)"):
        load_shifts("standart")
    with pytest.raises(ScenarioError, match="check the path"):
        load_shifts(tmp_path / "none.yaml")
    with pytest.raises(ScenarioError, match="make the folder first"):
        save_shifts(load_shifts("standard"), tmp_path / "none" / "mine.yaml")
    with pytest.raises(ScenarioError, match="name a file"):
        save_shifts(load_shifts("standard"), tmp_path)


def test_the_schema_describes_every_field() -> None:
    schema = ShiftRules.model_json_schema()
    for model in (schema, *schema["$defs"].values()):
        for field in model["properties"].values():
            assert field.get("title")


def test_a_hostile_file_is_refused() -> None:
    assert problems_with("shifts: !!python/object:os.system {}")
    assert problems_with("- a list")
    assert problems_with("shifts: {a: 1, a: 2}")

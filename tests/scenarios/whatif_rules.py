"""What holds for every what-if, and what its tests share."""

from __future__ import annotations

import pytest

from scenarios import Scenario, ScenarioError, check, dumps, loads
from scenarios.whatifs import WhatIf, dump, dump_stack, load_stack, parse


def phrase(whatif: WhatIf) -> str:
    """How a test of one what-if is named."""
    return repr(whatif)[:70]


def problems(whatif: WhatIf, scenario: Scenario) -> dict[str, str]:
    """What apply refuses: the message by field."""
    with pytest.raises(ScenarioError) as caught:
        whatif.apply(scenario)
    return {problem.field: str(problem) for problem in caught.value.problems}


def changes_a_copy(whatif: WhatIf, scenario: Scenario) -> None:
    """It makes another sound scenario; names keep their places, and the old scenario is as it was."""
    before = dumps(scenario)
    changed = whatif.apply(scenario)
    assert changed != scenario
    assert check(changed) == []
    assert dumps(scenario) == before
    assert loads(dumps(changed)) == changed
    for part in ("segments", "intents", "channels", "groups"):
        names = list(getattr(scenario, part))
        assert list(getattr(changed, part))[: len(names)] == names


def changes_nothing(whatif: WhatIf, scenario: Scenario) -> None:
    """At strength 0 the very same scenario is simulated."""
    assert whatif.problems(scenario) == []
    assert whatif.apply(scenario) is scenario


def is_written_and_told(whatif: WhatIf, scenario: Scenario) -> None:
    """It survives YAML, and reads as one short phrase."""
    assert parse(dump(whatif)) == whatif
    assert load_stack(dump_stack([whatif])) == [whatif]
    text = whatif.describe(scenario)
    assert 0 < len(text) < 90
    assert "\n" not in text
    assert not text.endswith(".")


def is_sound_or_refused(whatif: WhatIf, scenario: Scenario) -> None:
    """On any scenario it gives a sound one, or says why not, with a cure."""
    expected = whatif.problems(scenario)
    if expected:
        with pytest.raises(ScenarioError) as caught:
            whatif.apply(scenario)
        assert list(caught.value.problems) == expected
        assert all(problem.cure and problem.allowed for problem in expected)
        return
    changed = whatif.apply(scenario)
    assert check(changed) == []
    assert loads(dumps(changed)) == changed

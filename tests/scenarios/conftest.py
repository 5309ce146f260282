from __future__ import annotations

from pathlib import Path

import pytest

import scenarios
from scenarios import Scenario
from tests.scenarios.examples import COMPLAINTS_CSV, FULL_TEXT, STAFF_CSV


@pytest.fixture
def clinic_path(tmp_path: Path) -> Path:
    """A scenario file that uses every field, with its CSV files beside it."""
    (tmp_path / "complaints.csv").write_text(COMPLAINTS_CSV)
    (tmp_path / "staff.csv").write_text(STAFF_CSV)
    path = tmp_path / "clinic.yaml"
    path.write_text(FULL_TEXT)
    return path


@pytest.fixture
def clinic(clinic_path: Path) -> Scenario:
    return scenarios.load(clinic_path)

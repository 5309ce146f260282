"""The rooms of the command line: each is found, and entered only when it is called."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from sim import cli

LATER = ("highspy", "sim.staffing.solver", "sim.cli.staff", "sim.cli.runs", "sim.cli.tornados")


@pytest.mark.parametrize("name", sorted(cli.ROOMS))
def test_every_command_is_in_its_room_and_tells_how_it_is_used(name: str) -> None:
    command = cli.main.get_command(click.Context(cli.main), name)
    assert command is not None
    assert command.name == name
    told = CliRunner().invoke(cli.main, [name, "--help"])
    assert (told.exit_code, told.output.splitlines()[0].split()[:3]) == (0, ["Usage:", "main", name])


def test_all_commands_are_listed_with_a_sentence() -> None:
    told = CliRunner().invoke(cli.main, ["--help"]).output
    listed = [line.split() for line in told.partition("Commands:\n")[2].splitlines()]
    assert [words[0] for words in listed] == sorted(cli.ROOMS)
    assert all(len(words) > 3 for words in listed)


def test_a_command_that_does_not_exist_is_refused() -> None:
    told = CliRunner().invoke(cli.main, ["nope"])
    assert told.exit_code == 2
    assert "No such command 'nope'" in told.stderr


def test_who_checks_a_file_does_not_wait_for_a_solver() -> None:
    code = (
        "import sys; from sim.cli import main; main(['check', 'helpdesk'], standalone_mode=False); "
        f"print([name for name in {LATER!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.splitlines() == ["helpdesk is sound.", "[]"]

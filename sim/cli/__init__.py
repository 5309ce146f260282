"""The command line: ``planner run``, ``compare``, ``sweep``, ``tornado``, ``staff``, ``course``, ``check``,
``library``, ``schema``; a room for each, entered when it is called.

Results go to standard output, everything else to standard error. Exit status: 0; 1 when a run failed;
2 for bad input; 130 after Ctrl-C, which keeps the replications that were finished.
"""

from __future__ import annotations

import click

from sim.cli.entrance import Commands
from sim.experiments import compare, run
from sim.experiments.growing import version

__all__ = ["ROOMS", "compare", "main", "run"]

ROOMS = {
    "run": "sim.cli.runs:run_command",
    "compare": "sim.cli.runs:compare_command",
    "sweep": "sim.cli.sweeps:sweep_command",
    "tornado": "sim.cli.tornados:tornado_command",
    "staff": "sim.cli.staff:staff_command",
    "course": "sim.cli.courses:course_command",
    "check": "sim.cli.files:check_command",
    "library": "sim.cli.files:library_command",
    "schema": "sim.cli.files:schema_command",
}
"""Where each command is."""


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version(), prog_name="planner")
def main() -> None:
    """Simulate a contact centre: what failing channels do to waits, effort and cost."""


main.rooms = ROOMS

"""The entrance: a group of commands that turns errors into messages and exit statuses."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from scenarios import PlannerError
from sim.errors import RunCancelledError, RunError

BAD_INPUT, FAILED, INTERRUPTED = 2, 1, 130


class Commands(click.Group):
    """Turns errors that people can put right into a message and an exit status.

    A command is in a room of its own, a module that is entered when the command is called: who checks a file
    does not wait for a solver.
    """

    rooms: Mapping[str, str] = {}
    """Module and name of each command, by its name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of the commands, in order."""
        return sorted(self.rooms)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command of a name, from its room; None where there is none."""
        if name not in self.rooms:
            return None
        module, _, attribute = self.rooms[name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Call the command; what went wrong is told, and ends the program with its status."""
        try:
            return super().invoke(ctx)
        except RunCancelledError as error:
            click.echo(f"Cancelled: {error}", err=True)
            ctx.exit(INTERRUPTED)
        except PlannerError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(FAILED if isinstance(error, RunError) and not error.problems else BAD_INPUT)
        except OSError as error:
            if error.errno == errno.EPIPE:  # the reader has seen enough: click ends quietly
                raise
            click.echo(f"Error: {error}", err=True)
            ctx.exit(FAILED)
        except KeyboardInterrupt:
            click.echo("Cancelled.", err=True)
            ctx.exit(INTERRUPTED)

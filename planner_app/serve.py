"""``planner-app``: serve the app on this machine.

Simulating processes import this module when they are spawned, so the app itself is imported late.
"""

from __future__ import annotations

import importlib.util
import logging
import logging.handlers
import signal
import socket
import sys
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from planner_app.settings import UPLOAD_BYTES

if TYPE_CHECKING:
    from planner_app.services import Services
    from planner_app.settings import Settings

LIMITS = {"max_request_body_size": 4 * UPLOAD_BYTES, "max_request_header_size": 65_536}
THREADS = 32
"""Requests answered at once. Many of them only wait, for a moment, for a live answer; long runs are simulated
in processes of their own."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1, this machine only]")
@click.option("--port", type=int, help="Port to listen on; 0 takes any free one.  [default: 8050]")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the saved studies and results.  [default: the user's data folder]",
)
def main(host: str | None, port: int | None, data: Path | None) -> None:
    """Start the planner in the browser. Ctrl-C stops it; nothing that was saved is lost."""
    if importlib.util.find_spec("dash") is None:
        _leave(
            "The web app needs packages that are not installed here: "
            'pip install "contact-centre-planner[app]", or start it with make app.'
        )
    from planner_app import settings as settings_module

    try:
        settings = settings_module.load(host=host, port=port, data=data)
    except ValueError as error:
        _leave(str(error))
    try:
        listening = _listen(settings.host, settings.port)
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        _leave(
            f"Cannot listen on {where} ({error.strerror or error}). If the planner runs already, "
            f"open http://{where}; otherwise name another port with --port."
        )
    _log_to(settings.data)

    from planner_app.running.runs import open_services
    from scenarios.errors import PlannerError

    signal.signal(signal.SIGTERM, _stop)
    try:
        with open_services(settings) as services:
            _serve(settings, services, listening)
    except PlannerError as error:
        _leave(str(error))


def _serve(settings: Settings, services: Services, listening: socket.socket) -> None:
    from waitress.server import create_server

    from planner_app.app import create_app

    app = create_app(settings, services)
    server = create_server(app.server, sockets=[listening], threads=THREADS, ident="", **LIMITS)
    shown, port = listening.getsockname()[:2]
    click.echo(f"The planner is at http://{shown}:{port}")
    click.echo(f"It keeps its data in {settings.data}. Press Ctrl-C to stop.")
    sys.stdout.flush()
    server.run()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    if sys.platform != "win32":  # there the option would let two programs share the port
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except OSError:
        listening.close()
        raise
    return listening


def _log_to(folder: Path) -> None:
    handlers: list[logging.Handler] = [logging.StreamHandler()]
    handlers[0].setLevel(logging.WARNING)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handlers.append(
            logging.handlers.RotatingFileHandler(
                folder / "planner.log", maxBytes=1_000_000, backupCount=3, encoding="utf-8"
            )
        )
    except OSError as error:
        _leave(
            f"Cannot write to the folder {folder} ({error.strerror or error}); name another one with --data."
        )
    logging.basicConfig(
        level=logging.INFO, handlers=handlers, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _leave(message: str) -> None:
    click.echo(message, err=True)
    raise SystemExit(2)


if __name__ == "__main__":
    main()

"""Files that commands write: each table as CSV, and what they are about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pandas as pd

from sim import console


def write(out: Path, tables: dict[str, pd.DataFrame], about: dict[str, Any]) -> None:
    """Write tables and ``about.json``, and say so."""
    names = console.write_tables(out, tables, about)
    click.echo(f"Wrote {', '.join(names)} to {out}", err=True)

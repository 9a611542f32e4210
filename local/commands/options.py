"""Values of the command line's options."""

import os
from datetime import date, datetime
from pathlib import Path

import click

from common.eastern import EASTERN
from local.stack.config import SERVERS

MAX_PORT = 65535
YEARS = range(1970, 2200)
"""Nearer to either end of time than any season; arithmetic on dates still works in them."""


class Port(click.ParamType[tuple[str, int]]):
    """A fixed port such as `bigquery=9050`."""

    name = "NAME=PORT"

    def convert(
        self, value: str | tuple[str, int], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        """Parse it, or fail with click's one line."""
        if isinstance(value, tuple):
            return value
        name, _, number = value.partition("=")
        if name not in SERVERS:
            self.fail(f"{name!r} is none of {', '.join(SERVERS)}", param, ctx)
        if not number.isdigit() or not 0 < int(number) <= MAX_PORT:
            self.fail(f"{value!r}: the port is a number from 1 to {MAX_PORT}", param, ctx)
        return name, int(number)


class Day(click.ParamType[date]):
    """A date such as 2025-11-12."""

    name = "DATE"

    def convert(
        self, value: str | date, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """Parse it, or fail with click's one line."""
        if isinstance(value, date):
            return value
        try:
            day = date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date of the form YYYY-MM-DD", param, ctx)
        if day.year not in YEARS:
            self.fail(_far(value), param, ctx)
        return day


class Instant(click.ParamType[datetime]):
    """An instant such as 2025-11-12T13:30:15-05:00; without an offset it is Eastern."""

    name = "ISO"

    def convert(
        self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Parse it, or fail with click's one line."""
        if isinstance(value, datetime):
            return value
        try:
            instant = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not an ISO 8601 instant", param, ctx)
        if instant.year not in YEARS:
            self.fail(_far(value), param, ctx)
        return instant if instant.tzinfo else instant.replace(tzinfo=EASTERN)


class Folder(click.ParamType[Path]):
    """A folder to write to, which need not be there yet; checked before the work, not after it."""

    name = "DIR"

    def convert(
        self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None
    ) -> Path:
        """Parse it, or fail with click's one line."""
        folder = Path(value)
        nearest = next(path for path in (folder, *folder.absolute().parents) if path.exists())
        if not nearest.is_dir():
            self.fail(f"{nearest} is a file; name a folder", param, ctx)
        if not os.access(nearest, os.W_OK | os.X_OK):
            self.fail(f"{nearest} cannot be written to; name another folder", param, ctx)
        return folder


def _far(value: str) -> str:
    return f"{value!r}: give a year from {YEARS[0]} to {YEARS[-1]}"

"""Values of the command line's options."""

from datetime import date, datetime

import click

from common.eastern import EASTERN
from local.stack import SERVERS

MAX_PORT = 65535


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
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date of the form YYYY-MM-DD", param, ctx)


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
        return instant if instant.tzinfo else instant.replace(tzinfo=EASTERN)

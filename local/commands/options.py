"""Options that several commands take, and the types of their values."""

import os
import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import click

from common.eastern import EASTERN
from common.errors import BadInputError

PORT_MAX = 65535
YEARS = range(1970, 2200)
"""Wider than any season, and far enough from year 1 and 9999 that adding days cannot overflow."""


Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


class Port(click.ParamType[tuple[str, int]]):
    """A fixed port such as `bigquery=9050`."""

    name = "NAME=PORT"

    def convert(
        self, value: str | tuple[str, int], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        """Parse the value, or fail with click's one line."""
        from local.stack.config import SERVERS

        if isinstance(value, tuple):
            return value
        name, _, number = value.partition("=")
        if name not in SERVERS:
            self.fail(f"{name!r}: name one of {', '.join(SERVERS)}", param, ctx)
        if not number.isdigit() or not 0 < int(number) <= PORT_MAX:
            self.fail(f"{value!r}: the port is a number from 1 to {PORT_MAX}", param, ctx)
        return name, int(number)


class Day(click.ParamType[date]):
    """A date such as 2025-11-12."""

    name = "DATE"

    def convert(
        self, value: str | date, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """Parse the value, or fail with click's one line."""
        if isinstance(value, date):
            return value
        try:
            day = date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date of the form YYYY-MM-DD", param, ctx)
        if day.year not in YEARS:
            self.fail(_out_of_range(value), param, ctx)
        return day


class Instant(click.ParamType[datetime]):
    """An instant such as 2025-11-12T13:30:15-05:00; without an offset it is Eastern."""

    name = "ISO"

    def convert(
        self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Parse the value, or fail with click's one line."""
        if isinstance(value, datetime):
            return value
        try:
            instant = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not an ISO 8601 instant", param, ctx)
        if instant.year not in YEARS:
            self.fail(_out_of_range(value), param, ctx)
        if not re.search(r"[T ]", value):
            self.fail(f"{value!r} has no time of day; write {value}T13:00", param, ctx)
        return instant if instant.tzinfo else instant.replace(tzinfo=EASTERN)


class GameName(click.ParamType[tuple[str, str | None]]):
    """A game such as `0022500213`, or with its teams `0022500213:MIL@CHA`."""

    name = "ID[:AWY@HOM]"

    def convert(
        self,
        value: str | tuple[str, str | None],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[str, str | None]:
        """Parse the value, or fail with click's one line."""
        if isinstance(value, tuple):
            return value
        found = re.fullmatch(r"([0-9]{10}|espn-[0-9]{1,12})(?::([A-Z]{3}@[A-Z]{3}))?", value)
        if found is None:
            self.fail(f"{value!r} is not a game such as 0022500213:MIL@CHA", param, ctx)
        return found[1], found[2]


class FunctionName(click.ParamType[str]):
    """A function such as `scraper_runner`, or as Google Cloud spells it: `scraper-runner`."""

    name = "NAME"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name in our own spelling, or fail with click's one line."""
        from common.configuration.topology import load_topology
        from common.settings import settings

        topology = load_topology(settings().topology_file)
        known = list(dict.fromkeys(one.function for one in topology.subscriptions))
        found = value.replace("-", "_")
        if found not in known:
            self.fail(f"{value!r} is no function; known are {', '.join(known)}", param, ctx)
        return found


class Folder(click.ParamType[Path]):
    """A folder to write to, which may not exist yet; it is checked before the work begins."""

    name = "DIR"

    def convert(
        self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None
    ) -> Path:
        """Parse the value, or fail with click's one line."""
        if not os.fspath(value):
            self.fail("it is empty; name a folder", param, ctx)
        folder = Path(value)
        nearest = next(path for path in (folder, *folder.absolute().parents) if path.exists())
        if not nearest.is_dir():
            self.fail(f"{nearest} is a file; name a folder", param, ctx)
        if not os.access(nearest, os.W_OK | os.X_OK):
            self.fail(f"{nearest} cannot be written to; name another folder", param, ctx)
        return folder


class OutFile(click.ParamType[Path]):
    """A file to write, which may exist; its place is checked before the work begins."""

    name = "FILE"

    def convert(
        self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None
    ) -> Path:
        """Parse the value, or fail with click's one line."""
        if not os.fspath(value):
            self.fail("it is empty; name a file", param, ctx)
        file = Path(value)
        if file.is_dir():
            self.fail(f"{file} is a folder; name a file", param, ctx)
        Folder().convert(file.parent, param, ctx)
        return file


class GivenFile(click.Path):
    """A file to read; it is looked at before the work begins."""

    def __init__(self) -> None:
        super().__init__(exists=True, dir_okay=False, path_type=Path)

    def convert(
        self,
        value: str | os.PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Path:
        """Return the path, or fail with click's one line."""
        try:
            return Path(os.fsdecode(super().convert(value, param, ctx)))
        except click.BadParameter as error:
            self.fail(f"{error.message.rstrip('.')}; give another file", param, ctx)


def make_folder(folder: Path) -> None:
    """Make a folder and write to it, so that work of minutes is not begun for nothing.

    Raises:
        BadInputError: the folder cannot be made, or not be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        TemporaryFile(dir=folder).close()
    except OSError as error:
        said = f"no file can be written there ({error.strerror})"
        raise BadInputError(f"{folder}: {said}; name another folder") from error


def _out_of_range(value: str) -> str:
    return f"{value!r}: give a year from {YEARS[0]} to {YEARS[-1]}"


def file_option(name: str, text: str, *, required: bool = False) -> Decorator:
    """Return an option that names a file to read."""
    return click.option(name, type=GivenFile(), metavar="FILE", required=required, help=text)


_SCHEDULE = "A scheduleLeagueV2 file of NBA.com."
schedule_option = file_option("--schedule", _SCHEDULE)
season_option = file_option("--schedule", _SCHEDULE, required=True)
workflows_option = file_option("--workflows", "Another workflow file.")
out_option = click.option("--out", type=Folder(), required=True, help="Folder for the tables.")
ports_option = click.option(
    "--port", "ports", type=Port(), multiple=True, help="A fixed port in place of a free one."
)
project_option = click.option(
    "--project", metavar="NAME", help="A Google Cloud project, in place of the kept stack."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
wait_option = click.option(
    "--wait",
    type=click.FloatRange(0, 3600),
    default=120.0,
    metavar="SECONDS",
    help="How long to wait for the next row.",
)
first_option = click.option(
    "--from", "first", type=Day(), required=True, help="First date (Eastern)."
)
last_option = click.option("--to", "last", type=Day(), required=True, help="Last date.")

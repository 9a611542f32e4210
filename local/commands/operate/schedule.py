"""`python -m local schedule put`: gives the functions a season file that they cannot fetch.

Works on the kept stack, or with --project on a Google Cloud project (Application Default
Credentials; where STORAGE_EMULATOR_HOST is set, on that emulator).
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from common.calendar.season import FOLDER, SCHEDULE_AGE_MAX
from common.cloud.ports import READ_BYTES_MAX
from common.eastern import eastern, eastern_date
from common.errors import BadInputError, ConfigError, ConflictError
from local.commands.options import project_option
from local.operate.reach import reach

if TYPE_CHECKING:
    from common.calendar.games import Schedule
    from common.cloud.ports import Storage
    from common.runtime import Runtime

KINDS = {
    "002": "regular season",
    "004": "playoffs",
    "005": "play-in",
    "006": "final of the Cup",
}
"""What a game's id begins with, for each kind that is collected."""
WARNINGS_SHOWN_MAX = 3
QUIET_SECONDS = 3.0
"""How long an upload takes before a line says that it is under way."""


def connect(project: str | None, bucket: str | None) -> "Runtime":
    """Return clock, storage and data bucket of a Google Cloud project, or of the kept stack.

    Raises:
        OrchestrationError: no project is named and no stack is kept.
    """
    from common.runtime import Runtime

    if bucket is None:
        return reach(project)
    if project is None:
        raise click.UsageError("schedule put: --bucket needs --project; a stack has its own bucket")
    return Runtime(reach(project).settings.model_copy(update={"data_bucket": bucket}))


@click.group()
def schedule() -> None:
    """Give the functions a season file that they cannot fetch."""


@schedule.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@project_option
@click.option(
    "--bucket", metavar="NAME", help="The project's data bucket, where it has another name."
)
@click.option("--dry-run", is_flag=True, help="Check the file, and upload nothing.")
def put(file: Path, *, project: str | None, bucket: str | None, dry_run: bool) -> None:
    """Check a season FILE and upload it: the next tick takes its games from it.

    FILE is NBA.com's scheduleLeagueV2 as served, or an object that nbac_schedule_api stored.
    """
    body, season = read_season(file)
    _show(season)
    if dry_run:
        click.echo("dry run: nothing is uploaded")
        return
    place = connect(project, bucket)
    now = place.clock.now()
    _warn_of_the_past(season, now)
    click.echo(f"uploaded {upload(place.storage, place.settings.data_bucket, body, now)}")
    click.echo(
        "next: the next tick takes its games from it, until nbac_schedule_api stores a newer one; "
        f"put a fresh file every {SCHEDULE_AGE_MAX.total_seconds() / 3600:.0f} h while that fails: "
        "an older one is not believed when it lists no game today"
    )


def read_season(file: Path) -> "tuple[bytes, Schedule]":
    """Return a season file's bytes and its games, read as the functions read them.

    Raises:
        BadInputError: the functions would not read it, or it lists no game that is collected; the
            text names file, field and value.
    """
    from common.calendar.games import parse_schedule_body

    size = file.stat().st_size
    if size > READ_BYTES_MAX:
        raise BadInputError(f"{file}: it has {size} bytes; functions read up to {READ_BYTES_MAX}")
    body = file.read_bytes()
    try:
        season = parse_schedule_body(body)
    except BadInputError as error:
        raise BadInputError(f"{file}: {error}") from error
    if not season.games:
        kinds = ", ".join(f"{digits} ({kind})" for digits, kind in KINDS.items())
        why = "".join(f"; {warning}" for warning in season.warnings[:1])
        raise BadInputError(f"{file}: no gameId begins with {kinds}; give a whole season{why}")
    return body, season


def upload(storage: "Storage", bucket: str, body: bytes, now: datetime) -> str:
    """Store a season file where the functions look for one, and return its `gs://` path.

    Args:
        storage: holds the bucket.
        bucket: the data bucket.
        body: the checked file.
        now: names the object (aware).

    Raises:
        ConflictError: another file was uploaded in the same second.
        ConfigError: Cloud Storage refuses or does not answer.
    """
    name = f"{FOLDER}{eastern(now):%Y-%m-%d/uploaded-%H%M%S}.json"
    path = f"gs://{bucket}/{name}"
    with _announced(f"uploading {len(body) / 1e6:.1f} MB to {path} …"), _translated(path):
        try:
            storage.create(bucket, name, body, custom_time=now)
        except ConflictError as error:
            held = storage.read(bucket, name)
            if held is None or held[0] != body:  # an equal one is ours, whose answer was lost
                raise ConflictError(f"{path} is another file already; run it again") from error
    return path


def _show(season: "Schedule") -> None:
    """Print season, games by kind and dates on standard output, warnings on standard error."""
    counts = Counter(game_id[:3] for game_id in {game.game_id for game in season.games})
    kinds = ", ".join(
        f"{counts[digits]} {kind}" for digits, kind in KINDS.items() if counts[digits]
    )
    first, last = season.games[0].game_date, season.games[-1].game_date
    click.echo(f"{season.season}: {counts.total()} games ({kinds}), {first} to {last}")
    for warning in season.warnings[:WARNINGS_SHOWN_MAX]:
        click.echo(f"Warning: {warning}", err=True)
    if len(season.warnings) > WARNINGS_SHOWN_MAX:
        click.echo(f"{len(season.warnings) - WARNINGS_SHOWN_MAX} more warnings", err=True)


def _warn_of_the_past(season: "Schedule", now: datetime) -> None:
    today, last = eastern_date(now), season.games[-1].game_date
    if last < today:
        text = f"Warning: its last game is of {last}, and today is {today}: no game will be found"
        click.echo(text, err=True)


@contextmanager
def _announced(text: str) -> Iterator[None]:
    """Print a line on standard error once the block takes longer than `QUIET_SECONDS`."""
    timer = threading.Timer(QUIET_SECONDS, click.echo, [text], {"err": True})
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextmanager
def _translated(path: str) -> Iterator[None]:
    """Turn the library's errors into one of ours, which names the object."""
    from google.api_core.exceptions import Forbidden, GoogleAPICallError, RetryError
    from google.auth.exceptions import DefaultCredentialsError, RefreshError, TransportError

    try:
        yield
    except (DefaultCredentialsError, RefreshError) as error:
        raise ConfigError(
            "no Google Cloud credentials; run: gcloud auth application-default login"
        ) from error
    except Forbidden as error:
        role = "your account needs Storage Object Creator on the bucket"
        raise ConfigError(f"{path}: {error.message}; {role}") from error
    except (GoogleAPICallError, RetryError, TransportError) as error:
        raise ConfigError(f"{path}: {error}; run it again") from error

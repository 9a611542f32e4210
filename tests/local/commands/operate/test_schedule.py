"""`python -m local schedule put` checks a season file, and the functions read it afterwards."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, time, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from google.api_core.exceptions import Forbidden, RetryError, ServiceUnavailable
from google.auth.exceptions import DefaultCredentialsError, RefreshError, TransportError

from common.calendar.season import SCHEDULE_AGE_MAX, SeasonReader
from common.clock import set_clock
from common.cloud.ports import READ_BYTES_MAX, StoredObject
from common.cloud.storage import GoogleStorage
from common.eastern import at
from common.errors import ConfigError, ConflictError, TransientError
from common.runtime import Runtime
from common.settings import Settings, settings, variable
from local.commands.cli import main
from local.commands.operate import schedule
from local.commands.operate.schedule import QUIET_SECONDS, connect, upload
from local.fake_sources.answers import Answer, answer
from local.fake_sources.nba.schedule import document
from local.simulator.ports.memory import MemoryStorage
from local.simulator.world import ManualClock, World
from local.stack.driver import RunningStack
from local.stack.gcs import create_buckets, start_gcs
from tests.kit.served_schedule import document as served
from tests.kit.served_schedule import game, real_season
from tests.kit.serving import serving
from tests.kit.world import DAY, slate

MORNING = at(DAY, time(10, 30, 5))
BUCKET = Settings().data_bucket
NAME = "nbac-schedule-api/2025-11-12/uploaded-103005.json"
PATH = f"gs://{BUCKET}/{NAME}"


def put(file: Path, *arguments: str) -> Result:
    """Run `python -m local schedule put`."""
    return CliRunner().invoke(main, ["schedule", "put", str(file), *arguments])


@pytest.fixture
def season_file(tmp_path: Path) -> Path:
    """Return a scheduleLeagueV2 file of the slate's games, as served in the morning."""
    return written(tmp_path, document(slate(), MORNING))


def written(folder: Path, content: object) -> Path:
    """Write JSON to a file."""
    file = folder / "season.json"
    file.write_text(json.dumps(content))
    return file


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """Return a world that never had a season file, whose NBA hosts refuse; commands reach it."""
    made = World(slate(), MORNING)
    made.ask = lambda path, params: (
        Answer(403, {}, b"")
        if path.startswith(("/static/json", "/stats"))
        else answer(path, params, made.slate, made.clock.now())
    )
    reach(monkeypatch, made.runtime)
    return made


def reach(monkeypatch: pytest.MonkeyPatch, runtime: Runtime) -> None:
    """Have the command connect to a runtime."""
    monkeypatch.setattr(schedule, "connect", lambda *_: runtime)


def test_the_functions_read_an_uploaded_file(world: World, season_file: Path) -> None:
    """Where no season file ever came, the next tick decides and collects by the uploaded one."""
    reader = SeasonReader(world.storage, BUCKET)
    with pytest.raises(TransientError):
        reader.read(MORNING)
    done = put(season_file)
    assert done.exit_code == 0, done.output
    assert f"uploaded {PATH}\n" in done.stdout
    assert "next: the next tick takes its games from it" in done.stdout
    assert f"; put a fresh file every {SCHEDULE_AGE_MAX // timedelta(hours=1)} h " in done.stdout
    season = reader.read(MORNING)
    assert (season.name, len(season.calendar[DAY])) == (NAME, 12)
    world.tick("tick-master-controller", at(DAY, time(13)))
    world.settle()
    log = {(row["scraper_name"], row["outcome"]) for row in world.rows["scraper_execution_log"]}
    assert {("oddsa_player_props", "SUCCESS"), ("upload", "UPLOADED")} <= log


def test_what_the_scraper_stored_can_be_put_back(world: World, tmp_path: Path) -> None:
    """The envelope of nbac_schedule_api is taken as well as the file as served."""
    records = [game(gameDate="11/12/2025 00:00:00")]
    file = written(tmp_path, {"schema": "scraped", "version": 1, "records": records})
    assert put(file).exit_code == 0
    season = SeasonReader(world.storage, BUCKET).read(MORNING)
    assert [one.game_id for one in season.calendar[DAY]] == ["0022500213"]


def test_a_file_is_described(tmp_path: Path) -> None:
    """Season, games by kind and dates are printed; a game that was moved counts once."""
    first, kinds = served(game()), ("004", "005", "006", "001")
    later = [game(gameId=f"{kind}2500001") for kind in kinds]
    moved = game(gameDateTimeEst="2025-11-13T19:00:00Z", gameDateTimeUTC="2025-11-14T00:00:00Z")
    days = first["leagueSchedule"]["gameDates"]
    days[0]["games"] += later
    days.append({"gameDate": "11/13/2025 00:00:00", "games": [moved]})
    done = put(written(tmp_path, first), "--dry-run")
    kinds_shown = "1 regular season, 1 playoffs, 1 play-in, 1 final of the Cup"
    assert done.stdout.splitlines() == [
        f"2025-26: 4 games ({kinds_shown}), 2025-11-12 to 2025-11-13",
        "dry run: nothing is uploaded",
    ]
    assert done.stderr == ""


def test_the_recorded_season_is_described(tmp_path: Path) -> None:
    """The recorded season of 2024-25 has the games that NBA.com counts."""
    done = put(written(tmp_path, real_season()), "--dry-run")
    assert done.exit_code == 0
    assert done.stdout.startswith("2024-25: 1321 games (1230 regular season, 84 playoffs, ")
    assert "2024-10-22 to 2025-06-22" in done.stdout


def test_the_first_warnings_are_printed(tmp_path: Path) -> None:
    """Of five warnings three are printed on standard error, and the others counted."""
    odd = [game(gameId=f"002250021{n}", postponedStatus="Q") for n in range(5)]
    lines = put(written(tmp_path, served(*odd)), "--dry-run").stderr.splitlines()
    assert len(lines) == 4
    assert lines[0].startswith("Warning: game 0022500210: postponedStatus is 'Q'")
    assert lines[3] == "2 more warnings"


def test_as_many_warnings_as_are_printed_are_all(tmp_path: Path) -> None:
    """No line counts others."""
    odd = [game(gameId=f"002250021{n}", postponedStatus="Q") for n in range(3)]
    assert len(put(written(tmp_path, served(*odd)), "--dry-run").stderr.splitlines()) == 3


def test_a_file_of_the_last_size_and_day_is_taken(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its last game is of today, which lasts until midnight in the East.

    The object says when it came, for the functions go by that.
    """
    late = at(DAY, time(23)).astimezone(UTC)
    world.clock.move(late)
    file = written(tmp_path, served(game(gameDate="11/12/2025 00:00:00")))
    monkeypatch.setattr(schedule, "READ_BYTES_MAX", file.stat().st_size)
    done = put(file)
    assert (done.exit_code, done.stderr) == (0, "")
    (held,) = world.storage.list(BUCKET, "")
    assert held.custom_time == late


class Broken(MemoryStorage):
    """A storage that takes nothing."""

    error: Exception

    def create(self, *_: Any, **__: Any) -> StoredObject:
        """Fail."""
        raise self.error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (RefreshError("expired"), "no Google Cloud credentials; run: gcloud auth"),
        (DefaultCredentialsError("none"), "no Google Cloud credentials; run: gcloud auth"),
        (Forbidden("not yours"), f"{PATH}: not yours; your account needs Storage Object Creator"),
        (ServiceUnavailable("later"), f"{PATH}: 503 later; run it again"),
        (RetryError("too long", None), f"{PATH}: too long"),
        (TransportError("no route"), f"{PATH}: no route; run it again"),
        (ConflictError("held"), f"{PATH} is another file already; run it again"),
    ],
)
def test_what_the_storage_refuses_is_one_line(error: Exception, said: str) -> None:
    """It names the object; what is there and cannot be read is another file."""
    storage = Broken(ManualClock(MORNING))
    storage.error = error
    with pytest.raises((ConfigError, ConflictError), match=re.escape(said)):
        upload(storage, BUCKET, b"{}", MORNING)


def test_a_project_s_bucket_may_have_another_name() -> None:
    """All other names are those of the environment."""
    found = connect("p", "theirs").settings
    assert (found.project, found.data_bucket) == ("p", "theirs")
    assert found.state_bucket == Settings().state_bucket


REFUSED: dict[str, tuple[object, str]] = {
    "a list": ([], "the schedule is not a JSON object"),
    "another document": ({"a": 1}, "leagueSchedule is None, not a JSON dict"),
    "a broken field": (served(game(gameStatus="soon")), "game 0022500213: gameStatus is 'soon'"),
    "no game": (served(), "no gameId begins with 002 (regular season), 004 (playoffs)"),
    "preseason only": (served(game(gameId="0012500001")), "no gameId begins with 002"),
    "another league": (served(game(gameId="1022500001")), "game 1022500001: leagueId is 10"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_file_that_the_functions_could_not_use_is_refused(
    world: World, tmp_path: Path, kind: str
) -> None:
    """The error names file, field and value, and nothing is uploaded."""
    content, expected = REFUSED[kind]
    file = written(tmp_path, content)
    done = put(file)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {file}: ")
    assert expected in done.stderr
    assert list(world.storage.list(BUCKET, "")) == []


def test_a_file_that_the_functions_would_not_read_is_refused(tmp_path: Path) -> None:
    """A file that is no JSON, larger than an object may be, or missing is refused by its name."""
    file = tmp_path / "season.json"
    assert f"'{file}' does not exist" in put(file).stderr
    file.write_bytes(b"\x1f\x8b")
    assert f"error: {file}: the schedule is not JSON" in put(file).stderr
    with file.open("wb") as sparse:
        sparse.truncate(READ_BYTES_MAX + 1)
    assert f"error: {file}: it has {READ_BYTES_MAX + 1} bytes" in put(file).stderr


def test_a_season_that_is_over_is_warned_of(world: World, season_file: Path) -> None:
    """A file whose last game is past is uploaded with a warning that names both dates."""
    world.clock.move(MORNING + timedelta(days=30))
    done = put(season_file)
    assert done.exit_code == 0
    assert "Warning: its last game is of 2025-11-13, and today is 2025-12-12" in done.stderr


def test_a_dry_run_needs_no_stack(monkeypatch: pytest.MonkeyPatch, season_file: Path) -> None:
    """The file is checked without a stack or a project."""
    monkeypatch.setattr("local.stack.driver.kept_stack", lambda: None)
    assert put(season_file, "--dry-run").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), "python -m local up; or name a Google Cloud project with --project"),
        (("--bucket", "b"), "--bucket needs --project"),
    ],
)
def test_without_a_place_to_put_it_the_error_names_one(
    monkeypatch: pytest.MonkeyPatch, season_file: Path, arguments: tuple[str, ...], expected: str
) -> None:
    """Without a kept stack the error names `up` and `--project`, which `--bucket` needs."""
    monkeypatch.setattr("local.stack.driver.kept_stack", lambda: None)
    done = put(season_file, *arguments)
    assert done.exit_code == 2
    assert expected in done.stderr


def test_an_upload_whose_answer_was_lost_is_found(world: World, season_file: Path) -> None:
    """The same file in the same second is there already, which is what was asked for."""
    assert put(season_file).exit_code == 0
    assert f"uploaded {PATH}\n" in put(season_file).stdout


def test_another_file_of_the_same_second_is_not_overwritten(
    world: World, season_file: Path
) -> None:
    """Another file under the name is refused with its path, and stays."""
    world.storage.create(BUCKET, NAME, b"theirs")
    done = put(season_file)
    assert done.exit_code == 2
    assert f"error: {PATH} is another file already" in done.stderr
    held = world.storage.read(BUCKET, NAME)
    assert held is not None
    assert held[0] == b"theirs"


class Slow(MemoryStorage):
    """A storage that answers only after every timer has run out."""

    def create(self, *args: Any, **kwargs: Any) -> StoredObject:
        """Wait for the timers, then write."""
        for thread in threading.enumerate():
            if isinstance(thread, threading.Timer):
                thread.join()
        return super().create(*args, **kwargs)


@pytest.mark.parametrize(("storage", "lines"), [(MemoryStorage, 0), (Slow, 1)])
def test_only_a_slow_upload_is_announced(
    monkeypatch: pytest.MonkeyPatch,
    season_file: Path,
    storage: Callable[[ManualClock], MemoryStorage],
    lines: int,
) -> None:
    """An upload that takes long is announced with its size; a fast one is not."""
    monkeypatch.setattr(schedule, "QUIET_SECONDS", 0.01 if lines else QUIET_SECONDS)
    clock = ManualClock(MORNING)
    reach(monkeypatch, Runtime(Settings(), clock=clock, storage=storage(clock)))
    announced = put(season_file).stderr.splitlines()
    assert len(announced) == lines
    assert all(f"MB to {PATH}" in line for line in announced)


def test_the_size_of_a_slow_upload_is_told_in_megabytes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With one digit after the point."""
    monkeypatch.setattr(schedule, "QUIET_SECONDS", 0.01)
    upload(Slow(ManualClock(MORNING)), BUCKET, b" " * 2_540_000, MORNING)
    assert capsys.readouterr().err == f"uploading 2.5 MB to {PATH} …\n"


class _Refusing(BaseHTTPRequestHandler):
    """Answers 403 as Cloud Storage was seen to (googleapis/google-cloud-php, issue 1040)."""

    def _refuse(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        text = "me@example.com does not have storage.objects.create access to the bucket"
        found = [{"domain": "global", "reason": "forbidden", "message": text}]
        body = json.dumps({"error": {"errors": found, "code": 403, "message": text}}).encode()
        self.send_response(403)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = _refuse  # noqa: N815 - the library's names

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture
def refusing() -> Iterator[str]:
    """Return the address of a Cloud Storage that lets nobody in."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Refusing)
    with serving(server):
        yield f"http://127.0.0.1:{server.server_port}"


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Have the settings read from the environment of this test alone."""
    settings.cache_clear()
    yield monkeypatch
    settings.cache_clear()


def test_a_missing_right_is_named(
    environment: pytest.MonkeyPatch, refusing: str, season_file: Path
) -> None:
    """A 403 is one line with the path, Cloud Storage's words and the role that is needed."""
    environment.setenv(variable("storage_emulator_host"), refusing)
    done = put(season_file, "--project", "p", "--bucket", "theirs")
    assert done.exit_code == 2
    assert done.stderr.splitlines()[-1].startswith("error: gs://theirs/nbac-schedule-api/")
    for text in ("storage.objects.create access", "Storage Object Creator"):
        assert text in done.stderr


def test_missing_credentials_are_named(
    environment: pytest.MonkeyPatch, season_file: Path, tmp_path: Path
) -> None:
    """Without credentials the error has the command that makes some."""
    environment.delenv(variable("storage_emulator_host"), raising=False)
    environment.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))
    done = put(season_file, "--project", "p")
    assert done.exit_code == 2
    assert "run: gcloud auth application-default login" in done.stderr


@pytest.mark.stack
def test_a_kept_stack_gets_the_file(
    monkeypatch: pytest.MonkeyPatch, season_file: Path, tmp_path: Path
) -> None:
    """On the kept stack the file goes to its bucket, named by its virtual clock."""
    project = "nba-props-platform"
    server = start_gcs(project, tmp_path / "gcs.log")
    try:
        create_buckets(server.endpoint, project, ["kept"])
        stack = kept_stack(tmp_path, project, server.endpoint)
        monkeypatch.setattr("local.stack.driver.kept_stack", lambda: stack)
        done = put(season_file)
        season = SeasonReader(GoogleStorage(project, server.endpoint), "kept").read(MORNING)
        assert f"uploaded gs://kept/{season.name}\n" in done.stdout, done.output
        assert season.name.startswith("nbac-schedule-api/2025-11-12/uploaded-1030")
        assert len(season.calendar[DAY]) == 12
    finally:
        server.stop()


def kept_stack(folder: Path, project: str, endpoint: str) -> RunningStack:
    """Return a stack of a storage and a clock, as its file describes one."""
    clock = folder / "clock.json"
    set_clock(clock, MORNING)
    environment = {
        variable("storage_emulator_host"): endpoint,
        variable("clock_file"): str(clock),
    }
    buckets = {"data_bucket": "kept", "state_bucket": "state"}
    where = {"project": project, "dataset": "d", **buckets, "environment": environment}
    return RunningStack(where, None)

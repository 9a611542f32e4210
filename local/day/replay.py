"""Replays one day: publishes its ticks in order and waits after each until the chain is idle."""

import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from datetime import time as wall_time
from pathlib import Path
from typing import Any

from common.calendar.games import Game
from common.cloud.publisher import GooglePublisher
from common.cloud.storage import GoogleStorage
from common.configuration.topology import load_topology
from common.configuration.workflows import PostGame, read_workflows
from common.eastern import at
from common.errors import BadInputError, OrchestrationError
from common.settings import Settings, variable
from local.day.coverage import Coverage, cover
from local.fake_sources.slate import Slate, load
from local.records.tables import Tables, count_rows, read_tables, write_tables
from local.scheduler import Tick, ticks_of
from local.stack.chaos import plan
from local.stack.driver import RunningStack
from local.stack.state import ChainState

IDLE_SECONDS_MAX = 60.0
RETRIES_MAX = 200
"""More backed-off retries than this after one tick are an error, not a backlog."""


@dataclass(frozen=True)
class Progress:
    """How far the replay is; deliveries and disturbances are counted since its start."""

    tick: Tick
    number: int
    total: int
    chain: ChainState
    rows: dict[str, int]
    """Rows by table, counted once an hour; otherwise empty."""


@dataclass(frozen=True)
class Outcome:
    """The result of a replayed day."""

    day: date
    tables: Tables
    coverage: Coverage
    events: int
    failed: int
    dead_letters: int
    wall_seconds: float
    disturbances: Mapping[str, int]
    """How often chaos disturbed the day, by action."""


Report = Callable[[Progress], None]


def load_slate(path: Path, day: date) -> Slate:
    """Read the games to replay.

    Raises:
        BadInputError: the date is before the file's first or after its last game.
    """
    slate = load(path)
    days = [game.game_date for game in slate.games]
    if not days or not min(days) <= day <= max(days):
        known = f"{min(days)} to {max(days)}" if days else "none"
        raise BadInputError(f"{day}: no games known ({path} has {known}); pass --schedule FILE")
    return slate


def replay(stack: RunningStack, slate: Slate, day: date, report: Report) -> Outcome:
    """Publish the day's ticks and read the tables at the end.

    On a stack with chaos the ticks arm its disturbances, and the day continues until no message
    waits for a retry.

    Raises:
        OrchestrationError: the chain did not become idle.
    """
    began = time.monotonic()
    topology = load_topology(Settings().topology_file)
    ticks = ticks_of(topology, day)
    seed: int | None = stack.where["chaos"]
    armed = plan(seed, ticks) if seed is not None else []
    end = _end(day) if seed is None else None
    publisher = GooglePublisher(stack.where["project"], stack.environment["PUBSUB_EMULATOR_HOST"])
    for number, tick in enumerate(ticks):
        following = ticks[number + 1].instant if number + 1 < len(ticks) else end
        if number == 0 or tick.instant != ticks[number - 1].instant:
            stack.set_clock(tick.instant)
        for disturbance in armed:
            if disturbance.tick == number:
                stack.arm(disturbance)
        publisher.publish(tick.topic, tick.body(topology), {})
        if following != tick.instant:
            chain = _settle(stack, following)
            rows = count_rows(stack.where) if tick.instant.minute == 0 else {}
            report(Progress(tick, number + 1, len(ticks), chain, rows))
    return _gather(stack, slate, day, time.monotonic() - began)


def _settle(stack: RunningStack, until: datetime | None) -> ChainState:
    """Wait until the chain is idle, moving the clock to each retry that is due before `until`."""
    logs = f"see the logs below {stack.where['folder']}"
    for _ in range(RETRIES_MAX):
        chain = stack.wait_idle(IDLE_SECONDS_MAX)
        if not chain.idle:
            raise OrchestrationError(f"the chain is not idle after {IDLE_SECONDS_MAX:g} s; {logs}")
        if chain.next_due is None or (until and chain.next_due >= until):
            return chain
        stack.set_clock(chain.next_due)
    raise OrchestrationError(f"more than {RETRIES_MAX} retries after one tick; {logs}")


def _end(day: date) -> datetime:
    return at(day + timedelta(days=1), wall_time())


def _gather(stack: RunningStack, slate: Slate, day: date, seconds: float) -> Outcome:
    tables = read_tables(stack.where)
    chain = stack.wait_idle(IDLE_SECONDS_MAX)
    return Outcome(
        day=day,
        tables=tables,
        coverage=_cover(stack, tables, slate.on(day), day),
        events=chain.handled,
        failed=chain.failed,
        dead_letters=stack.dead_letters(),
        wall_seconds=round(seconds, 1),
        disturbances=dict(Counter(line["action"] for line in stack.disturbances())),
    )


def _cover(stack: RunningStack, tables: Tables, games: tuple[Game, ...], day: date) -> Coverage:
    endpoint = stack.environment[variable("storage_emulator_host")]
    storage = GoogleStorage(stack.where["project"], endpoint)

    def read(path: str) -> bytes:
        bucket, _, name = path.removeprefix("gs://").partition("/")
        held = storage.read(bucket, name)
        return held[0] if held else b""

    flows = read_workflows(Settings().workflows_file).file.enabled
    return cover(tables["scraper_execution_log"], read, games, flows, last_window(day))


def last_window(day: date) -> datetime:
    """Return the instant of the date's last post-game window."""
    flows = read_workflows(Settings().workflows_file).file.enabled.values()
    windows = [f.at for f in flows if isinstance(f, PostGame) and f.games_of == "today"]
    return at(day, max(windows))


def summary_of(outcome: Outcome) -> dict[str, Any]:
    """Return the content of `summary.json`."""
    return {
        "date": outcome.day.isoformat(),
        "games": len(outcome.coverage.games),
        "rows": {name: len(rows) for name, rows in outcome.tables.items()},
        "events": outcome.events,
        "failed_deliveries": outcome.failed,
        "dead_letters": outcome.dead_letters,
        "wall_seconds": outcome.wall_seconds,
        "disturbances": dict(outcome.disturbances),
        "coverage": asdict(outcome.coverage),
    }


def write_outcome(outcome: Outcome, folder: Path) -> None:
    """Write the five tables and the summary."""
    write_tables(outcome.tables, folder)
    (folder / "summary.json").write_text(json.dumps(summary_of(outcome), indent=2) + "\n")


def write_disturbances(stack: RunningStack, folder: Path) -> None:
    """Write what chaos did: `chaos.jsonl`."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(line) + "\n" for line in stack.disturbances())
    (folder / "chaos.jsonl").write_text("".join(lines))


def names_of(games: tuple[Game, ...]) -> dict[str, str]:
    """Return names such as `MIL@CHA` by game id."""
    return {game.game_id: f"{game.away}@{game.home}" for game in games}

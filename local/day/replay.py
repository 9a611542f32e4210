"""Replays one day: publishes its ticks in order and waits for the chain to rest after each."""

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
from common.configuration.topology import load_topology
from common.configuration.workflows import PostGame, load_workflows
from common.eastern import at
from common.errors import BadInputError, OrchestrationError
from common.settings import ROOT, Settings
from local.day.coverage import Coverage, cover
from local.fake_sources.slate import Slate, load
from local.records.tables import Tables, count_rows, read_tables, write_tables
from local.scheduler import Tick, ticks_of
from local.stack.chaos import plan
from local.stack.driver import Rested, RunningStack

OWN_SLATE = ROOT / "config" / "slates" / "2025-11.json"
REST_SECONDS = 60.0
LINKS = 200
"""More backed-off retries than this after one tick are a fault, not a backlog."""


@dataclass(frozen=True)
class Progress:
    """Where the replay is: the tick, deliveries handled and failed, disturbances, rows a table."""

    tick: Tick
    number: int
    total: int
    handled: int
    failed: int
    disturbed: int
    rows: dict[str, int]


@dataclass(frozen=True)
class Outcome:
    """A finished day."""

    day: date
    tables: Tables
    coverage: Coverage
    events: int
    failed: int
    dead_letters: int
    wall_seconds: float
    disturbances: Mapping[str, int]
    """How often what went wrong on purpose, by action."""


Report = Callable[[Progress], None]


def load_slate(path: Path, day: date) -> Slate:
    """The games to replay.

    Raises:
        BadInputError: the file holds no games around that date.
    """
    slate = load(path)
    days = [game.game_date for game in slate.games]
    if not days or not min(days) <= day <= max(days):
        held = f"{min(days)} to {max(days)}" if days else "none"
        raise BadInputError(f"{day}: no games known ({path} holds {held}); pass --schedule FILE")
    return slate


def replay(stack: RunningStack, slate: Slate, day: date, report: Report) -> Outcome:
    """Publish the day's ticks and gather what the tables say in the end.

    On a stack with chaos the ticks arm its disturbances, and the day goes on until nothing waits.

    Raises:
        OrchestrationError: the chain did not come to rest.
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
            rested = _settle(stack, following)
            rows = count_rows(stack.where) if tick.instant.minute == 0 else {}
            told = (rested.handled, rested.failed, rested.disturbed, rows)
            report(Progress(tick, number + 1, len(ticks), *told))
    return _gather(stack, slate, day, time.monotonic() - began)


def _settle(stack: RunningStack, until: datetime | None) -> Rested:
    """Let the chain rest, moving the clock to whatever retry is due before `until`, if at all."""
    for _ in range(LINKS):
        rested = stack.rest(REST_SECONDS)
        if not rested.idle:
            raise OrchestrationError(
                f"no rest within {REST_SECONDS:g} s; see the logs below {stack.where['folder']}"
            )
        if rested.next_due is None or (until and rested.next_due >= until):
            return rested
        stack.set_clock(rested.next_due)
    raise OrchestrationError(f"more than {LINKS} retries after a tick; see the functions' logs")


def _end(day: date) -> datetime:
    return at(day + timedelta(days=1), wall_time())


def _gather(stack: RunningStack, slate: Slate, day: date, seconds: float) -> Outcome:
    tables = read_tables(stack.where)
    rested = stack.rest(REST_SECONDS)
    return Outcome(
        day=day,
        tables=tables,
        coverage=cover(tables, slate.on(day), day=day, last_window=last_window(day)),
        events=rested.handled,
        failed=rested.failed,
        dead_letters=stack.dead_letters(),
        wall_seconds=round(seconds, 1),
        disturbances=dict(Counter(line["action"] for line in stack.struck())),
    )


def last_window(day: date) -> datetime:
    """The instant of the date's last post-game window."""
    flows = load_workflows(Settings().workflows_file).values()
    windows = [f.at for f in flows if isinstance(f, PostGame) and f.games_of == "today"]
    return at(day, max(windows))


def summary_of(outcome: Outcome) -> dict[str, Any]:
    """The content of `summary.json`."""
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


def write_struck(stack: RunningStack, folder: Path) -> None:
    """Write what went wrong on purpose: `chaos.jsonl`."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(line) + "\n" for line in stack.struck())
    (folder / "chaos.jsonl").write_text("".join(lines))


def names_of(games: tuple[Game, ...]) -> dict[str, str]:
    """`MIL@CHA` by game id."""
    return {game.game_id: f"{game.away}@{game.home}" for game in games}

"""The same chain in plain Python, as a floor: no queue, no claim, no retry, no second process.

It decides, asks for the events, asks for their props and lines at once, keeps the three answers,
and writes the same rows: one decision, three of the log, one execution. What it lacks is all that
the project is for: a crash loses it, a second start does it twice, and nobody sees where it stood.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlencode

from common.eastern import at
from common.errors import OrchestrationError
from common.scrapers.odds.live import LINE_MARKETS, PROP_MARKETS, SPORT
from local.bench.scene import SLOT, WORKFLOW

LEAD = timedelta(hours=6)
KEY = {"apiKey": "local-stack-key"}
REGION = {"regions": "us"}
"""Odds are refused without it."""
Ask = Callable[[str, Mapping[str, str]], bytes]
"""Asks a source for a path with a query."""


class Store(Protocol):
    """Keeps answers and rows."""

    def write(self, name: str, body: bytes) -> None:
        """Keep an answer."""

    def insert(self, table: str, row: Mapping[str, Any]) -> None:
        """Append a row."""


class InDicts:
    """Keeps everything in this process."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.rows: list[str] = []

    def write(self, name: str, body: bytes) -> None:
        """Keep an answer."""
        self.objects[name] = body

    def insert(self, table: str, row: Mapping[str, Any]) -> None:
        """Append a row, as JSON."""
        self.rows.append(json.dumps({**row, "table": table}, default=str))


class InFiles:
    """Keeps each answer as a file, and the rows of a table as lines of one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, name: str, body: bytes) -> None:
        """Keep an answer."""
        (self._folder / name.replace("/", "-")).write_bytes(body)

    def insert(self, table: str, row: Mapping[str, Any]) -> None:
        """Append a row, as JSON."""
        with (self._folder / f"{table}.jsonl").open("a") as lines:
            lines.write(json.dumps(row, default=str) + "\n")


def over_http(host: str) -> Ask:
    """Ask a server, given as `host:port`, with a connection for each request."""

    def ask(path: str, params: Mapping[str, str]) -> bytes:
        connection = HTTPConnection(host)
        try:
            connection.request("GET", f"{path}?{urlencode({**params, **KEY})}")
            answer = connection.getresponse()
            return accepted(answer.status, answer.read())
        finally:
            connection.close()

    return ask


def accepted(status: int, body: bytes) -> bytes:
    """Return the body of an answer that is no refusal.

    Raises:
        OrchestrationError: it is one; a floor that keeps it would do less than the chain.
    """
    if status != HTTPStatus.OK:
        raise OrchestrationError(f"a source answered {status}: {body[:200]!r}")
    return body


def chain(slate: bytes, day: date, ask: Ask, store: Store) -> None:
    """Run the chain of a day's slot.

    Args:
        slate: the games, as our slate file has them.
        day: the Eastern date.
        ask: the sources.
        store: takes what comes of it.
    """
    slot = at(day, SLOT)
    tips = [_tipoff(game) for game in json.loads(slate)["games"] if game["date"] == f"{day}"]
    is_due = any(slot < tip <= slot + LEAD for tip in tips)
    row = {"workflow": WORKFLOW, "slot": slot, "action": "RUN" if is_due else "SKIP"}
    store.insert("workflow_decisions", row)
    if not is_due:
        return
    events = _collect("events", slot, ask, store, [(f"{SPORT}/events", _bounds(day))])[0]
    props = [
        (f"{SPORT}/events/{event['id']}/odds", {**REGION, "markets": PROP_MARKETS})
        for event in events
    ]
    lines = [(f"{SPORT}/odds", {**_bounds(day), **REGION, "markets": LINE_MARKETS})]
    tasks = (("props", props), ("lines", lines))
    with ThreadPoolExecutor(len(tasks)) as threads:
        done = threads.map(lambda task: _collect(task[0], slot, ask, store, task[1]), tasks)
        succeeded = 1 + len([*done])
    store.insert("workflow_executions", {**row, "status": "completed", "succeeded": succeeded})


def _tipoff(game: Mapping[str, str]) -> datetime:
    return at(date.fromisoformat(game["date"]), time.fromisoformat(game["tipoff"]))


def _collect(
    name: str, slot: datetime, ask: Ask, store: Store, calls: Sequence[tuple[str, dict[str, str]]]
) -> list[Any]:
    """Ask, check that the answers are JSON, keep them as one object, and log it."""
    answers = [json.loads(ask(path, params)) for path, params in calls]
    body = json.dumps(answers).encode()
    where = f"{name}/{slot:%Y-%m-%d/%H%M%S}.json"
    store.write(where, body)
    row = {"scraper": name, "slot": slot, "path": where, "records": sum(map(len, answers))}
    store.insert("scraper_execution_log", {**row, "status": "SUCCESS", "bytes": len(body)})
    return answers


def _bounds(day: date) -> dict[str, str]:
    """Return the bounds of an Eastern day, as The Odds API takes them."""
    start, end = at(day, time()), at(day + timedelta(days=1), time()) - timedelta(seconds=1)
    form = "%Y-%m-%dT%H:%M:%SZ"
    return {
        "commenceTimeFrom": start.astimezone(UTC).strftime(form),
        "commenceTimeTo": end.astimezone(UTC).strftime(form),
    }

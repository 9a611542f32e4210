"""What pages and traces tell of the weekend of `tests/kit/weekend.py`, line by line.

A line that stood before stands as its digest: most pages repeat the rows of others.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from common import ids
from common.cloud.ports import Row
from common.eastern import eastern_date
from common.handlers.console import answer
from local.simulator.world import World
from local.traces.audit import Audit, audit_of_day, audit_of_run
from local.traces.lineage import to_events
from local.traces.otlp import to_otlp
from local.traces.spans import spans_of
from tests.kit.weekend import SATURDAY, SUNDAY, nothing, weekend

LINE_CHARACTERS_MAX = 300
"""A part of a document that is longer is told part by part."""
REPEATED_CHARACTERS_MIN = 60


def pages() -> Iterator[str]:
    """Yield every page: as JSON, and one of each kind as HTML too."""
    world = weekend()
    told = set[str]()
    for path, asked in _addresses(world):
        yield from _page(world, path, asked, told)
    yield from ("", "where nothing has happened")
    for path in ("/index.json", "/health.json", "/season.json", "/index", "/health", "/season"):
        yield from _page(nothing(), path, {}, told)


def traces() -> Iterator[str]:
    """Yield the spans and events of a day and of some runs; of a name the last one."""
    place, told = weekend().runtime, set[str]()
    yield from ("", f"{SATURDAY}")
    yield from _briefly(_traced(audit_of_day(place, SATURDAY)), told)
    for run in _runs(weekend()):
        yield from ("", f"run {run['workflow_name']} {run['slot']:%m-%d %H:%M}")
        yield from _briefly(_traced(audit_of_run(place, run["decision_id"][:8])), told)


def _page(world: World, path: str, asked: Mapping[str, str], told: set[str]) -> Iterator[str]:
    body, status, headers = answer(world.runtime, path, asked)
    yield from ("", " ".join([path, *asked.values()]), f"{status} {headers['Content-Type']}")
    if "json" in headers["Content-Type"]:
        yield from _once(_lines("", json.loads(body)), told)
    else:
        style = body.find("</style>") + 1  # a file of its own
        lines = (line.strip() for line in body[style:].splitlines())
        yield from _once(filter(None, lines), told)


def _addresses(world: World) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield the addresses of pages, and what is asked behind them."""
    for path in ("/season", "/health", "/season/2030", f"/date/{SATURDAY}"):
        yield f"{path}.json", {}
    yield f"/day/{SATURDAY}.json", {}
    yield "/day/2031-07-01.json", {}
    for number, day in ((0, SATURDAY), (3, SATURDAY), (4, SATURDAY), (6, SUNDAY)):
        yield f"/game/{day}/002310000{number}.json", {}
    made, runs = [*_decisions(world)], _runs(world)
    for row in made:
        yield f"/decision/{_day(row)}/{row['decision_id']}.json", {}
    for row in runs:
        yield f"/run/{_day(row)}/{ids.execution_id(row['decision_id'])}.json", {}
    path = next(row["gcs_path"] for row in world.rows["scraper_execution_log"] if row["game_id"])
    for suffix in (".json", ""):
        yield f"/object/{SUNDAY}{suffix}", {"path": path}
        yield f"/object/{SATURDAY}{suffix}", {"path": path}
    yield from ((path, {}) for path in ("/index", "/season", "/health", "/day/31.12.", "/nowhere"))
    yield f"/game/{SATURDAY}/0023100003", {}
    yield f"/decision/{_day(made[0])}/{made[0]['decision_id']}", {}
    yield f"/decision/{_day(made[-1])}/{made[-1]['decision_id']}", {}
    yield from ((f"/run/{_day(row)}/{ids.execution_id(row['decision_id'])}", {}) for row in runs)


def _decisions(world: World) -> Iterator[Row]:
    """Yield the last decision of each workflow, action and reason, and the forced ones."""
    rows = world.rows["workflow_decisions"]
    last = {
        (row["workflow_name"], row["action"], row["reason_code"], row["forced"]): row
        for row in rows
        if row["action"] != "ABORT" or row["workflow_name"] == "betting_lines"
    }
    yield from sorted(last.values(), key=lambda row: (row["slot"], row["workflow_name"]))


def _runs(world: World) -> Sequence[Row]:
    """Return the first run, whose state is gone, and the last with each outcome, or with none."""
    ends = {row["decision_id"]: row["outcome"] for row in world.rows["workflow_executions"]}
    made = [row for row in world.rows["workflow_decisions"] if row["action"] == "RUN"]
    return [made[0], *{ends.get(row["decision_id"]): row for row in made}.values()]


def _day(row: Row) -> str:
    return f"{eastern_date(row['slot'])}"


def _traced(audit: Audit) -> Iterator[tuple[str, str]]:
    """Yield spans and events with their names."""
    (resource,) = to_otlp(spans_of(audit))["resourceSpans"]
    yield "resource", json.dumps(resource["resource"])
    for span in resource["scopeSpans"][0]["spans"]:
        held = {**span, "attributes": {one["key"]: one["value"] for one in span["attributes"]}}
        yield f"span {span['name']} {sorted(span)}", json.dumps(held)
    for event in to_events(audit, "the-project"):
        yield f"event {event['eventType']} {event['job']['name']}", json.dumps(event)


def _briefly(found: Iterable[tuple[str, str]], told: set[str]) -> Iterator[str]:
    named: dict[str, list[str]] = {}
    for name, text in found:
        named.setdefault(name, []).append(text)
    for name, texts in named.items():
        yield f"{len(texts)} {name}"
        yield from _once(texts[-1:], told)


def _once(lines: Iterable[str], told: set[str]) -> Iterator[str]:
    for line in lines:
        if line in told and len(line) >= REPEATED_CHARACTERS_MIN:
            yield f"= {sha256(line.encode()).hexdigest()[:8]}"
        else:
            told.add(line)
            yield line


def _lines(name: str, held: Any) -> Iterator[str]:
    """Tell a document a line a part; parts are told alone where the whole is long."""
    text = json.dumps(held, ensure_ascii=False)
    if not isinstance(held, dict | list) or len(text) <= LINE_CHARACTERS_MAX:
        yield f"{name} {text}"
        return
    parts = held.items() if isinstance(held, dict) else enumerate(held)
    for key, part in parts:
        inner = f"{name}.{key}" if isinstance(held, dict) else f"{name}[]"
        yield from _lines(inner.removeprefix("."), part)

"""Counts the queries of the watchdog and of dashboards, which cost the same whatever the load."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from common.cloud.tables import NAMES
from common.errors import BadInputError
from common.settings import ROOT

ALERTS = ROOT / "config" / "alerts.yaml"
DASHBOARDS = ROOT / "dashboards"
VIEWS = ROOT / "config" / "views"
MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True)
class Watching:
    """What is read to watch, in tables: a query is billed by the tables that it reads.

    Attributes:
        alert_tables_a_day: tables that a day's runs of the watchdog read.
        conditions: number of conditions of alert policies.
        page_tables: tables that one view of a dashboard reads, by its name.
    """

    alert_tables_a_day: int
    conditions: int
    page_tables: dict[str, int]


def watching(alerts: Path = ALERTS, dashboards: Path = DASHBOARDS) -> Watching:
    """Count the tables that the watchdog and the dashboards read."""
    held = yaml.safe_load(alerts.read_text())
    watchdog = alerts.with_name("watchdog.sql").read_text()
    return Watching(
        alert_tables_a_day=len(tables_of(watchdog)) * _runs_a_day(held["watchdog"]["every"]),
        conditions=len(held["policies"]) + len(held["metrics"]),
        page_tables={
            page.stem: sum(len(tables_of(sql)) for sql in _queries(json.loads(page.read_text())))
            for page in sorted(dashboards.glob("*.json"))
        },
    )


@cache
def tables_of(sql: str) -> frozenset[str]:
    """Return which of the five tables a query reads, by itself or through views."""
    views = _named(sql, [path.stem for path in VIEWS.glob("*.sql")])
    texts = [(VIEWS / f"{view}.sql").read_text() for view in views]
    return _named(sql, NAMES).union(*map(tables_of, texts))


def _named(sql: str, names: Iterable[str]) -> frozenset[str]:
    """Return which names stand in a query outside its comments, as parts of a path."""
    text = re.sub("--.*", "", sql)
    return frozenset(name for name in names if re.search(rf"\.{name}\b", text))


def _queries(held: object) -> Iterator[str]:
    """Find every query of a Grafana dashboard."""
    if isinstance(held, dict):
        if isinstance(held.get("rawSql"), str):
            yield held["rawSql"]
        for each in held.values():
            yield from _queries(each)
    elif isinstance(held, list):
        for each in held:
            yield from _queries(each)


def _runs_a_day(every: str) -> int:
    """Convert `every 15 minutes` or `every 2 hours` to runs a day."""
    found = re.fullmatch(r"every (\d+) (minute|hour)s?", every)
    if found is None:
        raise BadInputError(f"{ALERTS.name}: every {every!r}: write `every N minutes` or hours")
    minutes = int(found[1]) * (60 if found[2] == "hour" else 1)
    return MINUTES_A_DAY // minutes

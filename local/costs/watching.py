"""What is watched whatever the load: the queries of the alerts and of the dashboards."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from common.cloud.tables import NAMES
from common.errors import BadInputError
from common.settings import ROOT

ALERTS = ROOT / "config" / "alerts.yaml"
DASHBOARDS = ROOT / "dashboards"
MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True)
class Watching:
    """What the watching asks, in tables: a query is billed by those that it reads.

    Attributes:
        alert_tables_a_day: read by all scheduled queries of a day.
        conditions: of alert policies.
        page_tables: read by one look at each dashboard, by its name.
    """

    alert_tables_a_day: int
    conditions: int
    page_tables: dict[str, int]


def watching(alerts: Path = ALERTS, dashboards: Path = DASHBOARDS) -> Watching:
    """Read from the alerts and the dashboards which tables they ask, and how often."""
    held = yaml.safe_load(alerts.read_text())
    queries = alerts.with_suffix("")
    return Watching(
        alert_tables_a_day=sum(
            _tables((queries / f"{query['name']}.sql").read_text()) * _runs_a_day(query["every"])
            for query in held["queries"]
        ),
        conditions=sum(len(held[kind]) for kind in ("queries", "logs", "metrics")),
        page_tables={
            page.stem: sum(map(_tables, _queries(json.loads(page.read_text()))))
            for page in sorted(dashboards.glob("*.json"))
        },
    )


def _tables(sql: str) -> int:
    """How many of the five tables a query reads; its comments name none."""
    text = re.sub("--.*", "", sql)
    return sum(bool(re.search(rf"\b{name}\b", text)) for name in NAMES)


def _queries(held: object) -> Iterator[str]:
    """Every query of a Grafana dashboard."""
    if isinstance(held, dict):
        if isinstance(held.get("rawSql"), str):
            yield held["rawSql"]
        for each in held.values():
            yield from _queries(each)
    elif isinstance(held, list):
        for each in held:
            yield from _queries(each)


def _runs_a_day(every: str) -> int:
    """How often `every 15 minutes` or `every 2 hours` is in a day."""
    found = re.fullmatch(r"every (\d+) (minute|hour)s?", every)
    if found is None:
        raise BadInputError(f"{ALERTS.name}: every {every!r}: write `every N minutes` or hours")
    minutes = int(found[1]) * (60 if found[2] == "hour" else 1)
    return MINUTES_A_DAY // minutes

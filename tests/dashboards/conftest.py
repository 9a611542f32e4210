"""Fixtures: one emulated BigQuery for the panels, under the names that the contract uses."""

import json
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from common.eastern import at
from local.dashboards.model import FOLDER
from tests.alerts.days import DAY, Emulator, Rows, lived
from tests.dashboards.grafana import Value, expand, variables_of

START = at(DAY, time())
END = at(DAY + timedelta(days=1), time()) - timedelta(seconds=1)
KEPT = {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}
"""The committed dashboards."""
Span = tuple[datetime, datetime]


def queries() -> dict[str, str]:
    """Return every query of a panel or variable as BigQuery receives it, by where it stands."""
    found: dict[str, str] = {}
    for name, kept in KEPT.items():
        asked = {one["title"]: one["targets"][0]["rawSql"] for one in kept["panels"]}
        lists = [one for one in kept["templating"]["list"] if one["type"] == "query"]
        asked |= {one["name"]: one["query"]["rawSql"] for one in lists}
        found |= {
            f"{name}: {title}": expand(sql, variables_of(kept), START, END)
            for title, sql in asked.items()
        }
    return found


@dataclass(frozen=True)
class Grafana:
    """The committed dashboards on some rows, at an instant."""

    emulator: Emulator
    rows: Rows
    now: datetime = END

    def at(self, now: datetime) -> "Grafana":
        """Return the same at another instant."""
        return replace(self, now=now)

    def show(
        self, name: str, title: str, span: Span = (START, END), **chosen: Value
    ) -> list[dict[str, Any]]:
        """Return the rows of a panel, for a time range and values of variables."""
        columns, rows = self.ask(name, title, span, **chosen)
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def ask(
        self, name: str, title: str, span: Span = (START, END), **chosen: Value
    ) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Return the columns and rows of a panel."""
        (panel,) = (one for one in KEPT[name]["panels"] if one["title"] == title)
        (target,) = panel["targets"]
        return self.run(name, target["rawSql"], span, **chosen)

    def run(
        self, name: str, sql: str, span: Span = (START, END), **chosen: Value
    ) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Run a statement with the variables of a dashboard."""
        variables = {**variables_of(KEPT[name]), **chosen}
        return self.query(expand(sql, variables, *span))

    def query(self, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Run a statement."""
        return self.emulator.query(self.rows, sql, self.now)


@pytest.fixture(scope="session")
def two_days() -> Rows:
    """The tables of 2025-11-11 and 12, on which nothing fails."""
    return lived()


@pytest.fixture(scope="session")
def replayed(emulator: Emulator, two_days: Rows) -> Grafana:
    """The dashboards on the days of 2025-11-11 and 12."""
    return Grafana(emulator, two_days)

"""What is read to watch: how often the watchdog runs, and which names are tables."""

import json
from pathlib import Path

import pytest

from common.errors import BadInputError
from local.costs.watching import Watching, tables_of, watching


def of(folder: Path, every: str) -> Watching:
    """Return what is watched where the watchdog reads one table so often."""
    (folder / "watchdog.sql").write_text("SELECT 1 FROM x.workflow_decisions")
    alerts = folder / "alerts.yaml"
    alerts.write_text(f"policies: {{}}\nwatchdog: {{every: {every}}}\nmetrics: []\n")
    return watching(alerts, folder)


@pytest.mark.parametrize(
    ("every", "runs"),
    [
        ("every 1 minute", 1440),
        ("every 15 minutes", 96),
        ("every 7 minutes", 205),
        ("every 1 hour", 24),
        ("every 12 hours", 2),
    ],
)
def test_a_schedule_s_words_are_runs_a_day(every: str, runs: int, tmp_path: Path) -> None:
    """A run that the day has no time for is not counted."""
    assert of(tmp_path, every) == Watching(runs, 0, {})


@pytest.mark.parametrize(
    "every", ["first sunday", "every minutes", "every 15 minutes from 09:00", "now every 2 hours"]
)
def test_words_of_another_form_are_refused_whole(every: str, tmp_path: Path) -> None:
    """The line says what may be written."""
    with pytest.raises(BadInputError) as refused:
        of(tmp_path, every)
    assert str(refused.value) == (f"alerts.yaml: every {every!r}: write `every N minutes` or hours")


def test_dashboards_are_counted_in_the_order_of_their_names(tmp_path: Path) -> None:
    """Wherever their files lie, so that two counts of one checkout are the same text."""
    names = ("f", "b", "h", "a", "d", "g", "c", "e")
    for tables, name in enumerate(names, 1):
        panel = {"rawSql": "SELECT 1 FROM x.workflow_decisions"}
        (tmp_path / f"{name}.json").write_text(json.dumps([panel] * tables))
    found = of(tmp_path, "every 1 hour").page_tables
    assert [*found.items()] == sorted((name, tables) for tables, name in enumerate(names, 1))


@pytest.mark.parametrize(
    ("sql", "read"),
    [
        ("SELECT 1 FROM x.workflow_decisions", {"workflow_decisions"}),
        ("SELECT workflow_decisions FROM x.cleanup_operations", {"cleanup_operations"}),
        ("SELECT incidents FROM x.workflow_decisions_old", set()),
        ("SELECT 1 -- FROM x.workflow_decisions", set()),
    ],
)
def test_a_name_is_a_table_behind_a_dataset_alone(sql: str, read: set[str]) -> None:
    """A column may be called as a table or a view is."""
    assert tables_of(sql) == read

"""The bench of the console measures every page, and what its queries read of a season."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from common.cloud.tables import NAMES, table
from local.bench.console import pages as benched
from local.bench.console.pages import DAY, Read, bytes_of, make_season, measure_pages
from local.simulator.ports.intercepted import Call

SELECTS_MAX = {"today": 13, "health": 18}
"""Both look at the dates before as well; every other page makes at most eight."""


def test_a_page_reads_some_days_of_a_season() -> None:
    """Only the season's own page reads all days, and of those four columns of few rows.

    Health looks at today and at the three dates before, as far as catch-up goes.
    """
    found = measure_pages(days=30, repeats=1)
    of_day = {"today", "day", "date", "game", "decision", "run", "object", "health"}
    assert found["pages"].keys() == {*of_day, "season"}
    for name, held in found["pages"].items():
        assert 0 < held["bytes"] < found["bytes"] / 3, name
        assert 1 <= held["selects"] <= SELECTS_MAX.get(name, 8), name
    longer = measure_pages(days=60, repeats=1)
    assert longer["rows"] == 2 * found["rows"]
    for name in of_day:
        assert longer["pages"][name]["bytes"] == found["pages"][name]["bytes"], name


def test_a_page_is_told_by_its_middle_and_its_slowest_20th(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of twenty times, in milliseconds, the slowest one is left out."""
    seconds = [0.0]
    day = {
        "runs": [{"workflow": "post_game_window_2", "execution_id": "e", "decision_id": "d"}],
        "tasks": {"e": [{"gcs_path": "p"}]},
        "games": [{"game_id": "g"}],
    }

    def clock() -> float:
        seconds.append(seconds[-1] + len(seconds) % 40 / 1700)
        return seconds[-1]

    place: Any = SimpleNamespace(warehouse=None, but=lambda **_: None)
    season = {"a": [{"b": ""}, {"b": 7, "c": "x"}]}
    monkeypatch.setattr(benched, "make_season", lambda days: (place, season if days == 240 else {}))
    monkeypatch.setattr(benched, "answer", lambda *_: (json.dumps(day), 200))
    monkeypatch.setattr(benched, "floor", lambda: 0.012346)
    monkeypatch.setattr(benched, "time", SimpleNamespace(perf_counter=clock))
    monkeypatch.setattr("os.getloadavg", lambda: (1.26, 7.0, 8.0))
    found = measure_pages()  # twenty times 1, 2, 3 … of 1.1765 ms, and none for each 20th
    each = {"median": 11.2, "p95": 21.2, "selects": 0, "bytes": 0}
    assert [*found.pop("pages").values()] == [each] * 9
    assert found == {"rows": 2, "bytes": 2 + 8 + 3, "floor_ms": 12.35, "load": 1.3}


def test_the_pages_of_a_run_are_those_of_the_night_s_window(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The run of the day with the most tasks, its decision, and the object of its first task."""
    asked, night = list[tuple[str, Mapping[str, str]]](), "post_game_window_2"
    names = ("betting_lines", night, "post_game_window_3")
    runs = [{"workflow": each, "execution_id": f"e-{each}", "decision_id": each} for each in names]
    tasks = {f"e-{each}": [{"gcs_path": f"{each}/{n}"} for n in (1, 2)] for each in names}
    day = json.dumps({"runs": runs, "tasks": tasks, "games": [{"game_id": "1"}, {"game_id": "2"}]})

    def answer(_: object, path: str, words: Mapping[str, str]) -> tuple[str, int]:
        asked.append((path, words))
        return day, 200

    place: Any = SimpleNamespace(warehouse=None, but=lambda **_: None)
    monkeypatch.setattr(benched, "make_season", lambda _: (place, {}))
    monkeypatch.setattr(benched, "answer", answer)
    measure_pages(days=1, repeats=1)
    of_day = [("game", "1"), ("decision", night), ("run", f"e-{night}")]
    pages = [f"/{kind}/2025-11-12" for kind in ("day", "date")]
    pages += [f"/{kind}/2025-11-12/{key}" for kind, key in of_day]
    expected = [("/", {}), *((page, {}) for page in pages)]
    expected += [("/object/2025-11-12", {"path": f"{night}/1"}), ("/season", {}), ("/health", {})]
    assert asked == [("/day/2025-11-12.json", {}), *(each for each in expected for _ in range(2))]


def test_a_season_is_one_day_that_is_lived_again_and_again() -> None:
    """Pages read the copies as they read the day itself; each has its own dates and ids."""
    runtime, rows = make_season(3)
    for name in NAMES:
        shape = table(name)
        since, until = datetime(2025, 11, 1, tzinfo=UTC), datetime(2025, 12, 1, tzinfo=UTC)
        ids = [
            row[shape.id_column]
            for row in runtime.warehouse.select(name, [shape.id_column], since=since, until=until)
        ]
        assert len(set(ids)) == len(ids) == len(rows[name])
        assert sorted(ids) == sorted(row[shape.id_column] for row in rows[name])
        assert len({len(each) for each in ids}) == 1, name  # what is read is as long as it was
    swept = [row["slot"].date() for row in rows["cleanup_operations"]]
    assert (min(swept), max(swept)) == (date(2025, 11, 10), date(2025, 11, 13))
    assert {row["target_date"] for row in rows["workflow_executions"]} >= {
        date(2025, 11, day) for day in (10, 11, DAY.day)
    }


@pytest.mark.parametrize(
    ("value", "size"),
    [
        (None, 0),
        ("", 2),
        ("ab", 4),
        ("é", 4),
        (True, 1),
        (False, 1),
        (7, 8),
        (0.5, 8),
        (DAY, 8),
        ([], 0),
        (["ab", 7], 12),
        (("ab", None), 4),
    ],
)
def test_a_value_has_the_size_that_bigquery_bills(value: object, size: int) -> None:
    """An array is the sum of its elements."""
    assert bytes_of([value]) == size
    assert bytes_of([value, value, 1]) == 2 * size + 8


def swept(day: int, status: str) -> dict[str, Any]:
    """Return the row of a sweep."""
    when = datetime(2025, 11, day, 12, tzinfo=UTC)
    return {"cleanup_time": when, "slot": when, "status": status, "reason": "x" * 99}


@pytest.mark.parametrize(
    ("columns", "where", "expected"),
    [
        (["status"], None, 4 + 5),
        (["slot"], None, 16),
        (["status", "slot"], {"status": "OK"}, 4 + 5 + 16),
        (["slot"], {"status": "OK"}, 4 + 5 + 16),
    ],
)
def test_a_select_reads_columns_of_the_days_it_touches(
    columns: list[str], where: dict[str, str] | None, expected: int
) -> None:
    """Those that it shows and those that it asks, once each, of every row of these days."""
    rows = [swept(day, "OK" + "!" * number) for number, day in enumerate((12, 13, 14))]
    rows[0]["cleanup_time"] = rows[0]["cleanup_time"].replace(hour=0)
    read = Read({"cleanup_operations": rows, "workflow_decisions": rows})
    noon, end = (datetime(2025, 11, day, 12, tzinfo=UTC) for day in (12, 13))
    named = {"since": noon, "until": end, **({"where": where} if where else {})}
    assert read.around(Call("select", ("cleanup_operations", columns), named), lambda: 5) == 5
    assert (read.selects, read.bytes) == (1, expected)
    assert read.around(Call("view", ("incidents", ["a"])), list) == []
    assert (read.selects, read.bytes) == (2, expected)

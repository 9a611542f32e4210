"""The load of a day at many times the games is counted on the deployed handlers."""

from datetime import timedelta
from itertools import count
from types import SimpleNamespace

import pytest

from common.eastern import eastern_date
from common.errors import BadInputError
from local.costs import scale
from local.costs.scale import REQUESTS, Load, count_load, factors, figures, many_games, table
from local.fake_sources import slate as slates
from local.simulator.ports.intercepted import intercepted
from local.simulator.ports.memory import MemoryStorage, MemoryWarehouse
from local.simulator.ports.memory_publisher import Published
from local.simulator.world import ManualClock
from tests.kit.state import NOON


def test_games_are_repeated_under_ids_of_their_own() -> None:
    """Twice the games are as many games, each with its own id, at the same hours."""
    once, twice = many_games(1).slate.games, many_games(2).slate.games
    assert len({game.game_id for game in twice}) == len(twice) == 2 * len(once)
    assert {game.tipoff for game in twice} == {game.tipoff for game in once}
    assert [game.game_id for game in twice] == [f"00225{n + 1:05}" for n in range(len(twice))]


def test_only_the_games_of_the_night_are_repeated() -> None:
    """Each as it was, those of the nights before and after left out; nothing is listed besides."""
    night, found = slates.load(scale.SLATE).on(scale.DAY), many_games(2)
    again = [(game.away, game.home, game.game_date) for game in found.slate.games]
    assert again == [(game.away, game.home, scale.DAY) for game in (*night, *night)]
    assert (found.slate.season, found.listed_only) == ("2025-26", ())


def test_objects_are_counted_by_the_first_part_of_their_names() -> None:
    """Those of the data bucket together; of listings and of rewritten objects the most counts."""
    load = Load("data")
    storage = intercepted(MemoryStorage(ManualClock(NOON)), load.storage)
    for bucket, name in (("data", "a/1"), ("data", "b/1"), ("state", "c/1"), ("state", "c/2")):
        storage.create(bucket, name, b"")
    for _ in range(2):
        held = storage.stat("state", "c/1")
        assert held is not None
        storage.replace("state", "c/1", b"", generation=held.generation)
    for prefix in ("c/", "c/1"):
        assert [*storage.list("state", prefix)]
    assert load.written == {"data": 2, "c": 4}
    assert load.rewritten == {"data": 1, "c": 3}
    assert load.listed == {"c": 2}


def test_tasks_are_counted_by_the_hour_of_their_message() -> None:
    """Other messages only by their size; what is there once is shown of no table or folder."""
    load = Load("data")
    for topic, size, minutes in (
        (REQUESTS, 9, 0),
        (REQUESTS, 7, 59),
        (REQUESTS, 8, 60),
        ("t", 5, 1),
    ):
        now = NOON + timedelta(minutes=minutes, seconds=size, microseconds=size)
        load.message(Published("1", topic, b"x" * size, {}, now), now)
    load.inserts.update({"two": 1200, "one": 1, "pair": 2})
    assert load.largest == {REQUESTS: 9, "t": 5}
    assert load.tasks == {NOON: 2, NOON + timedelta(hours=1): 1}
    assert [*figures(load).items()] == [
        ("scraper tasks a day", 3),
        ("scraper tasks in the busiest hour", 2),
        ("INSERT jobs of `pair`", 2),
        ("INSERT jobs of `two`", 1200),
        (f"bytes of the largest `{REQUESTS}`", 9),
        ("bytes of the largest `t`", 5),
    ]


def test_loads_stand_side_by_side() -> None:
    """What only one of them has is none in the other."""
    one, ten = Load("data"), Load("data")
    one.tasks[NOON], ten.tasks[NOON] = 3, 1000
    ten.listed["a"] = 5
    assert table({1: one, 10: ten}) == (
        "| Counted | 1 x 12 games | 10 x 12 games |\n"
        "| --- | ---: | ---: |\n"
        "| scraper tasks a day | 3 | 1,000 |\n"
        "| scraper tasks in the busiest hour | 3 | 1,000 |\n"
        "| objects in the longest listing of `a/` | 0 | 5 |\n"
    )


def test_rows_of_one_append_are_one_job_and_the_largest_row_counts() -> None:
    """A row is as long as its JSON, in which a time is written as text."""
    load = Load("data")
    warehouse = intercepted(MemoryWarehouse(), load.warehouse)
    for key, texts in (("a", ("x", "xxx", "xx")), ("b", ("",))):
        rows = [{"cleanup_time": NOON, "cleanup_id": text} for text in texts]
        warehouse.append("cleanup_operations", rows, job_key=key)
    warehouse.select("cleanup_operations", ("cleanup_id",), since=NOON, until=NOON)
    longest = len(f'{{"cleanup_time": "{NOON}", "cleanup_id": "xxx"}}')
    assert load.inserts == {"cleanup_operations": 2}
    assert load.largest == {"cleanup_operations": longest}


def test_a_days_load_is_what_its_handlers_did(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every task has its log row and is counted in an hour; what is per game doubles with them."""
    monkeypatch.setattr(scale, "time", SimpleNamespace(process_time=count(7).__next__))
    once, twice = count_load(1), count_load(2)
    assert capsys.readouterr().err == ""
    assert once.seconds == twice.seconds == 1  # a look at the clock before and one after
    assert eastern_date(max(once.tasks)) == scale.DAY + timedelta(days=1)
    for load in (once, twice):
        assert load.tasks.total() == load.inserts["scraper_execution_log"] > 0
        assert load.written["data"] >= load.tasks.total() * 0.9
    assert once.inserts["workflow_decisions"] == twice.inserts["workflow_decisions"]
    per_game = twice.tasks.total() - once.tasks.total()
    assert 12 * 3 <= per_game <= 12 * 5
    shown = table({1: once, 2: twice})
    assert f"| scraper tasks a day | {once.tasks.total()} | {twice.tasks.total()} |" in shown
    assert len(shown.splitlines()) == len(figures(twice) | figures(once)) + 2


def test_factors_are_whole_numbers() -> None:
    """What cannot be read is named, with an example."""
    assert factors("1,10") == [1, 10]
    for text in ("", "0", "1,", "1,x", "-1"):
        with pytest.raises(BadInputError, match="such as 1,10"):
            factors(text)

"""What an execution goes on with, and its end: its outcome, its first errors."""

from datetime import timedelta

import pytest

from common.executions.execution import Result, _final_games, _first, outcome_of
from local.simulator.world import World
from tests.kit.losses import spoil
from tests.kit.world import DAY, NOON, new_world

BUCKET = "nba-scraped-data"
YESTERDAY = DAY - timedelta(days=1)


@pytest.mark.parametrize(
    ("tasks", "failed", "blocked", "outcome"),
    [
        (0, 0, 0, "NOTHING_READY"),
        (3, 0, 0, "COMPLETED"),
        (3, 1, 0, "PARTIAL"),
        (3, 0, 1, "PARTIAL"),
        (3, 3, 0, "FAILED"),
        (1, 1, 2, "FAILED"),
        (0, 0, 2, "FAILED"),
    ],
)
def test_x6_the_outcome_tells_all_some_or_none(
    tasks: int, failed: int, blocked: int, outcome: str
) -> None:
    """One of three that failed is no completion, and nothing to ask for is no failure."""
    assert outcome_of(tasks, failed, blocked) == outcome


def test_x16_the_first_errors_are_shown_and_the_rest_counted() -> None:
    """Null only when there is none."""
    assert _first([]) is None
    assert _first(["a"]) == "a"
    assert _first(["a", "b", "c"]) == "a; b; c"
    assert _first(["a", "b", "c", "d", "e"]) == "a; b; c; and 2 more"


def refreshed() -> tuple[World, Result]:
    """A world whose schedule is stored, and the result of the task that stored it."""
    world = new_world()
    (stored,) = world.storage.list(BUCKET, "nbac-schedule-api/")
    where = {"log_id": "x", "object": stored.name, "generation": stored.generation}
    return world, Result.model_validate({**stored.metadata, **where})


def test_the_refreshed_schedule_tells_which_games_are_final() -> None:
    """Those of the day before, and none of today's at noon."""
    world, result = refreshed()
    yesterday = {game.game_id for game in world.runtime.season.read(NOON).calendar[YESTERDAY]}
    assert _final_games(world.runtime, result) == yesterday


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'{"schema":"scraped","records":[{"gameId":"00225',
        b"[]",
        b"{}",
        b'{"schema":"scraped","records":{}}',
        b'{"schema":"scraped","records":[7]}',
        b'{"schema":"scraped","records":[{"gameId":"0022500213"}]}',
    ],
)
def test_x14_a_schedule_that_cannot_be_read_tells_nothing(body: bytes) -> None:
    """The decision's own targets stand, as when it could not be refreshed."""
    world, result = refreshed()
    spoil(world, BUCKET, result.object, body)
    assert _final_games(world.runtime, result) is None


def test_x14_a_schedule_that_was_overwritten_tells_nothing() -> None:
    """Another version is not what the task has written, however well it reads."""
    world, result = refreshed()
    held = world.storage.read(BUCKET, result.object)
    assert held is not None
    world.storage.replace(BUCKET, result.object, held[0], generation=result.generation)
    assert _final_games(world.runtime, result) is None

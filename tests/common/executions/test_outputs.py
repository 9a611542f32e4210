"""What a step is made from: what the tasks of earlier steps have written."""

from datetime import timedelta

import pytest

from common.executions.manifest import PlannedStep
from common.executions.outputs import outputs_for
from common.executions.result import Result
from local.fake_sources.slate import final_score
from local.simulator.world import World
from tests.kit.losses import spoil
from tests.kit.world import DAY, NOON, new_world

BUCKET = "nba-scraped-data"
YESTERDAY = DAY - timedelta(days=1)


def refreshed() -> tuple[World, Result]:
    """A world whose schedule is stored, and the result of the task that stored it."""
    world = new_world()
    (stored,) = world.storage.list(BUCKET, "nbac-schedule-api/")
    where = {"log_id": "x", "object": stored.name, "generation": stored.generation}
    return world, Result.model_validate({**stored.metadata, **where})


def final_games(world: World, result: Result) -> dict[str, tuple[int, int] | None] | None:
    """The games for which a step `games: final` asks."""
    step = PlannedStep(scrapers=("nbac_team_boxscore",), games="final")
    final = outputs_for(step, [result], world.storage, BUCKET).final
    return None if final is None else {name: game.score for name, game in final.items()}


def test_the_refreshed_schedule_names_the_final_games() -> None:
    """Those of the day before with their scores, and none of today's at noon."""
    world, result = refreshed()
    yesterday = {
        game.game_id: final_score(game.game_id)
        for game in world.runtime.season.read(NOON).calendar[YESTERDAY]
    }
    assert final_games(world, result) == yesterday


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
    assert final_games(world, result) is None


def test_x14_a_schedule_that_was_overwritten_tells_nothing() -> None:
    """Another version is not what the task has written, however well it reads."""
    world, result = refreshed()
    held = world.storage.read(BUCKET, result.object)
    assert held is not None
    world.storage.replace(BUCKET, result.object, held[0], generation=result.generation)
    assert final_games(world, result) is None

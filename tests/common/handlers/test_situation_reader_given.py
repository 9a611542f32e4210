"""A situation has what its deployment is set to, beside what was read for it."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

from common.calendar.season import Season, by_date
from common.handlers.situation_reader import read_situation
from local.simulator.world import World
from tests.kit.situations import DAY, game
from tests.kit.world import slate

SLOT = datetime(2025, 11, 12, 18, tzinfo=UTC)
NOW = SLOT + timedelta(minutes=7)
SINCE = date(2025, 11, 5)


def test_a_situation_has_the_settings_and_scrapers_of_its_deployment() -> None:
    """Since when it collects, when it ticks, and which of its scrapers ask for games, and how."""
    runtime = World(slate(), NOW, collect_since=SINCE).runtime
    found = read_situation(runtime, SLOT, NOW)
    assert (found.slot, found.now, found.collect_since) == (SLOT, NOW, SINCE)
    assert found.cron == runtime.cron("tick-master-controller")
    assert (found.per_game, found.by_nba_id) == (runtime.per_game, runtime.by_nba_id)
    assert set() < found.by_nba_id < found.per_game


def test_a_situation_says_what_its_games_are_known_from() -> None:
    """A scoreboard of its date makes an old schedule good; there may never have been a file."""
    listed, old = by_date((game(1),)), NOW - timedelta(days=30)
    world = World(slate(), NOW)
    for name, boards in (("", (DAY,)), ("a.json", ())):
        season = Season(listed, old, name, boards)
        reader = cast("Any", SimpleNamespace(read=lambda _, season=season: season))
        found = read_situation(world.runtime.but(season=reader), SLOT, NOW)
        assert (found.calendar, found.boards) == (listed, boards)
        assert (found.has_file, found.stale) == (bool(name), not boards)

"""The clock of a world, its settings, and where it gives up."""

from datetime import UTC, datetime, timedelta

import pytest

from common.settings import ROOT, Settings
from local.fake_sources.overrides import switched_on
from local.fake_sources.slate import load
from local.simulator import world as module
from local.simulator.ports.memory import MemoryWarehouse
from local.simulator.world import ManualClock, World

NOON = datetime(2025, 11, 12, 17, tzinfo=UTC)
HOUR = timedelta(hours=1)
SLATE = load(ROOT / "config" / "slates" / "2025-11.json")


def test_a_clock_is_where_it_was_moved_to() -> None:
    """It moves on, never back, unless it is set; an error changes what it tells alone."""
    clock = ManualClock(NOON)
    clock.sleep(90)
    assert clock.now() == NOON + timedelta(seconds=90)
    clock.move(NOON + HOUR)
    clock.move(NOON)
    assert clock.now() == NOON + HOUR
    clock.error = -2 * HOUR
    assert clock.now() == NOON - HOUR
    clock.error = timedelta(0)
    clock.set(NOON)
    assert clock.now() == NOON


def test_a_world_counts_on_its_own_clock() -> None:
    """Statements and the seconds of a scrape are counted on it, in a given warehouse too."""
    given = MemoryWarehouse()
    for world in (World(SLATE, NOON), World(SLATE, NOON, warehouse=given)):
        assert world.warehouse.clock is world.runtime.clock is world.clock
        before = world.runtime.elapsed()
        world.clock.sleep(7)
        assert world.runtime.elapsed() - before == 7
    assert world.warehouse is given
    assert world.rows is given.rows


def test_settings_of_a_world_differ_where_they_are_given() -> None:
    """Every source is switched on but for that, and has a key where it needs one."""
    settings = World(SLATE, NOON, nba_stats_url=None, collect_since=NOON.date()).runtime.settings
    assert settings.collect_since == NOON.date()
    plain = World(SLATE, NOON).runtime.settings
    assert plain.collect_since is None
    given = Settings.model_validate({**switched_on(key="world-key"), "nba_stats_url": None})
    assert settings == given.model_copy(update={"collect_since": NOON.date()})
    assert plain == Settings.model_validate(switched_on(key="world-key"))


def test_what_never_comes_to_rest_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A chain that feeds itself ends after so many deliveries."""
    monkeypatch.setattr(module, "SETTLE_DELIVERIES_MAX", 3)
    world = World(SLATE, NOON)
    world.around = lambda *_: 503
    world.publisher.publish("tick-cleanup-processor", {}, {})
    with pytest.raises(RuntimeError, match=r"^more than 3 deliveries without coming to rest$"):
        world.settle()

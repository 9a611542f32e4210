"""The guard of one task: how its source may be asked, and what its scrape tells."""

from datetime import timedelta

import pytest

from common.scrapers import get
from common.scrapers.model import Target
from common.settings import Settings
from common.sources.client import Source
from common.sources.guard import SourceGuard
from common.sources.quota import Credits
from local.simulator.ports.inline import InlineExecutor
from local.simulator.world import ManualClock
from tests.kit.situations import DAY
from tests.kit.state import NOON, new_state

TARGET = Target("espn_scoreboard", DAY, "2025-26")


@pytest.mark.parametrize("waited", [0, 100])
def test_x9_a_task_has_its_time_once(waited: float) -> None:
    """A page that the first answer leads to is asked for in what is left of the same time."""
    clock = ManualClock(NOON)
    settings = Settings(scrape_seconds=420)
    scraper = get("espn_scoreboard")
    state = new_state(clock=clock)
    guard = SourceGuard(
        state=state,
        source=Source(settings, clock),
        settings=settings,
        scraper=scraper,
        target=TARGET,
        task_id="0a1b2c3d-0000-4000-8000-000000000000",
        slot=None,
        events=(),
        quota=Credits(state),
        threads=InlineExecutor(),
        began=NOON,
    )
    clock.sleep(waited)
    (options,) = guard.choose(scraper.calls(TARGET, NOON))
    assert options.deadline == NOON + timedelta(seconds=420)

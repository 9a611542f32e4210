"""A simulated season in a real browser: both changes of the clocks, a change of the configuration.

The real handlers live through some days of it in memory; the console reads what they wrote.
"""

from collections.abc import Iterator
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from common.eastern import at
from common.logs import silent
from local.simulator.transport import Delivery
from local.simulator.world import World
from tests.functions.console.conftest import served
from tests.kit.browsing import Visitor, chromium, folder_of_pictures
from tests.kit.operated import live_on
from tests.kit.seasons import season_of
from tests.kit.workflow_edits import WINDOW_2, edited

LONG, SHORT = date(2031, 11, 1), date(2032, 3, 13)
"""In the nights after them the clocks are changed."""
CHANGED, WITHOUT_GAMES = LONG + timedelta(days=2), LONG + timedelta(days=3)
DAYS = (*(LONG + timedelta(days=n) for n in range(4)), SHORT, SHORT + timedelta(days=1))
GAMES = {day: ("13:00", "19:00", "19:30", "22:30") for day in DAYS if day != WITHOUT_GAMES}
SILENT = at(CHANGED, time(11, 30)), at(CHANGED, time(14, 30))
"""When the controller gets no tick."""
HOURS = [f"{hour % 24:02d}" for hour in range(5, 31)]
"""Of a time line on which the clocks stay."""


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Live through the days; from one of them on with another configuration."""
    world = World(season_of(GAMES), at(LONG, time()), collect_since=LONG)
    world.transport.lose(_is_silent(world))
    with silent():
        for day in DAYS:
            if day == CHANGED:
                _reconfigure(world, tmp_path_factory.mktemp("configuration"))
            _live(world, day)
    return world


def _is_silent(world: World) -> Any:
    def is_lost(delivery: Delivery) -> bool:
        is_controller = delivery.function == "master_controller"
        return is_controller and SILENT[0] <= world.clock.now() < SILENT[1]

    return is_lost


def _reconfigure(world: World, folder: Path) -> None:
    """Deploy a workflow file with another window."""
    file = folder / "workflows.yaml"
    file.write_text(edited((WINDOW_2, WINDOW_2.replace("23:00", "22:00"))))
    settings = world.runtime.settings.model_copy(update={"workflows_file": file})
    world.runtime = world.deployed(settings)


def _live(world: World, day: date) -> None:
    """Publish a date's ticks at their instants, and deliver all that is due by midnight."""
    world.settle(at(day, time()))
    world.clock.move(at(day, time()))
    live_on(world, at(day + timedelta(days=1), time()))


@pytest.fixture(scope="module")
def visitor(season: World) -> Iterator[Visitor]:
    """Sit down before the console, which may read alone."""
    with chromium() as browser, served(season.runtime) as home:
        yield Visitor(browser, home, folder_of_pictures("season"))


@pytest.fixture
def judge(visitor: Visitor, record_property: Any) -> Any:
    """Judge what the visitor sees."""
    record_property("pictures", str(visitor.pictures))
    return visitor.judge


def hours(visitor: Visitor) -> list[str]:
    """Return the hours above the time line that is shown."""
    return visitor.page.locator("svg text[text-anchor=middle]").all_text_contents()


def test_the_season_shows_each_day_and_marks_the_change(visitor: Visitor, judge: Any) -> None:
    """Its rows are the days, the latest first; one has a mark, and a red cell of the silence."""
    visitor.open("/season")
    rows = visitor.page.locator("tbody tr")
    texts = rows.all_inner_texts()
    assert [f"{day}" in text for day, text in zip(reversed(DAYS), texts, strict=True)] == [True] * 6
    assert [f"{CHANGED}" in text for text in texts] == ["changed" in text for text in texts]
    assert judge("season") == []
    visitor.follow(rows.filter(has_text="changed").get_by_role("link", name="not run").first)
    assert visitor.path == f"/day/{CHANGED}"
    assert "Planned, and did not run" in visitor.text
    assert judge("day-of-the-change", known=True) == []


@pytest.mark.parametrize(("day", "drawn"), [(LONG, 27), (SHORT, 25)])
def test_a_time_line_has_each_hour_that_passes(
    day: date, drawn: int, visitor: Visitor, judge: Any
) -> None:
    """01:00 stands there twice in November; in March 02:00 does not."""
    visitor.open("/season")
    visitor.click(f"{day}")
    twice_or_gone = {27: [*HOURS[:21], "01", *HOURS[21:]], 25: [*HOURS[:21], *HOURS[22:]]}
    assert hours(visitor) == twice_or_gone[drawn]
    assert judge(f"day-of-{drawn - 2}-hours", known=True) == []


def test_a_date_without_games_says_so(visitor: Visitor, judge: Any) -> None:
    """It has decisions all the same, and an empty place where games would be."""
    visitor.open(f"/day/{WITHOUT_GAMES}")
    assert "No games." in visitor.text
    assert hours(visitor) == HOURS
    assert judge("day-without-games", known=True) == []

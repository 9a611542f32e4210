"""Two workflows that would ask for the same data in the same tick are refused."""

from typing import Any

import pytest

from common.calendar.slots import parse_cron
from common.configuration.overlap_checks import overlap_defects
from common.configuration.tick_grid import Ticks
from tests.kit.situations import PER_GAME, workflow

TICKS = Ticks(parse_cron("0 * * * *"))
REFRESH = {"scrapers": ["nbac_schedule_api"]}


def window(at: str, tolerance: int, of: str = "today", scraper: str = "nbac_play_by_play") -> Any:
    """Return a post-game window for one scraper."""
    steps = [REFRESH, {"scrapers": [scraper], "games": "final"}]
    fields = {"at": at, "tolerance_minutes": tolerance, "games_of": of, "steps": steps}
    return workflow("post_game", **fields)


def catch_up(after: str, span: int) -> Any:
    """Return a catch-up for the same scraper."""
    steps = [REFRESH, {"scrapers": ["nbac_play_by_play"], "games": "final"}]
    return workflow("catch_up", after=after, backoff_hours=[1], span_hours=span, steps=steps)


def discovery(start: str, end: str) -> Any:
    """Return a discovery of the schedule."""
    band = {"start": start, "end": end, "published": start, "every_hours": 1, "attempts": 1}
    return workflow("discovery", **band, steps=[REFRESH])


def clashes(one: Any, other: Any) -> list[str]:
    """Return the defects of two workflows, the same number in either order."""
    found = [
        [text for _, text in overlap_defects({"one": a, "two": b}, PER_GAME, TICKS)]
        for a, b in ((one, other), (other, one))
    ]
    assert len(found[0]) == len(found[1])
    return found[0]


@pytest.mark.parametrize(
    ("one", "other", "tick"),
    [
        (window("23:50", 20), window("00:15", 20, "yesterday"), "00:00"),
        (window("00:05", 70, "yesterday"), window("23:00", 30), "23:00"),
        (window("23:00", 60), window("22:00", 10), "22:00"),
        (window("06:00", 30, "yesterday"), catch_up("06:00", 72), "06:00"),
        (window("23:50", 20, "yesterday"), catch_up("07:00", 24), "00:00"),
        (catch_up("07:00", 72), catch_up("23:00", 72), "00:00"),
    ],
)
def test_t14_the_same_night_in_the_same_tick_is_a_clash(one: Any, other: Any, tick: str) -> None:
    """Two workflows that collect the same night in the same tick are refused."""
    (text,) = clashes(one, other)
    assert f"collects nbac_play_by_play of the same games at {tick} as" in text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (window("23:50", 20), window("00:15", 20)),
        (window("23:00", 30), window("23:00", 30, scraper="nbac_gamebook_pdf")),
        (window("06:00", 30, "yesterday"), catch_up("07:00", 72)),
        (window("23:00", 30), catch_up("07:00", 72)),
        (window("23:50", 20, "yesterday"), catch_up("07:00", 12)),
        (discovery("09:00", "11:00"), discovery("12:00", "14:00")),
        (
            discovery("09:00", "11:00"),
            workflow("daily_window", start="09:00", end="11:00", steps=[REFRESH]),
        ),
    ],
)
def test_other_nights_ticks_and_scrapers_do_not_clash(one: Any, other: Any) -> None:
    """Workflows that differ in night, tick, scraper or kind are accepted."""
    assert clashes(one, other) == []


@pytest.mark.parametrize("other", [discovery("11:00", "14:00"), discovery("09:30", "10:00")])
def test_d17_two_bands_that_touch_spend_one_budget(other: Any) -> None:
    """Two discoveries of one scraper are refused if their bands share one instant."""
    (text,) = clashes(discovery("09:00", "11:00"), other)
    assert "spends attempts on nbac_schedule_api" in text


def test_each_earlier_workflow_and_its_first_scraper_are_named() -> None:
    """The clashes come in the file's order, each with the first scraper by name."""
    scrapers = ["nbac_play_by_play", "nbac_boxscore"]
    steps = [REFRESH, {"scrapers": scrapers, "games": "final"}]
    night = workflow("post_game", at="23:00", tolerance_minutes=30, games_of="today", steps=steps)
    said = "collects nbac_boxscore of the same games at 23:00 as workflows.{} does; keep their"
    flows = {"one": night, "two": night, "three": night}
    found = [(place, text) for place, text in overlap_defects(flows, PER_GAME, TICKS)]
    assert [(place, text.split(" times apart")[0]) for place, text in found] == [
        (("workflows", "two", "at"), said.format("one")),
        (("workflows", "three", "at"), said.format("one")),
        (("workflows", "three", "at"), said.format("two")),
    ]


def test_two_bands_name_the_first_scraper_of_both() -> None:
    """Of several scrapers that two discoveries share, the first by name is named."""
    steps = [{"scrapers": ["nbac_schedule_api", "nbac_injury_report"]}]
    band = {"start": "09:00", "end": "11:00", "published": "09:00"}
    one = workflow("discovery", **band, every_hours=1, attempts=1, steps=steps)
    (text,) = clashes(one, one)
    assert "spends attempts on nbac_injury_report in 09:00-11:00" in text

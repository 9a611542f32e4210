"""The deployed scrapers read the answers of the fake sources."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pytest

from common.messages.models import GameRef
from common.scrapers import REGISTRY, get
from common.scrapers.model import Target
from common.settings import ROOT, Settings
from common.sources.outcomes import EMPTY_OUTCOMES, Scraped
from common.sources.scrape import scrape
from local.fake_sources.answers import Answer, answer
from local.fake_sources.direct import DirectSource
from local.fake_sources.odds import event_id
from local.fake_sources.overrides import switched_on
from local.fake_sources.slate import final_score, load
from local.simulator.world import ManualClock
from tests.kit.situations import et

SLATE = load(ROOT / "config" / "slates" / "2025-11.json")
DAY = date(2025, 11, 12)
GAME_ID = "0022500213"
AWAY_SCORE, HOME_SCORE = final_score(GAME_ID)
GAME = GameRef(
    game_id=GAME_ID, away="MIL", home="CHA", away_score=AWAY_SCORE, home_score=HOME_SCORE
)
BEFORE, IN_PLAY, OVER = (et(f"2025-11-12 {clock}") for clock in ("18:59", "20:00", "21:30"))
OF_A_GAME = sorted(name for name, scraper in REGISTRY.items() if scraper.scope == "game")


def collect(name: str, now: datetime, **changes: Any) -> Scraped:
    """Scrape a target of the slate's second day at an instant."""
    clock = ManualClock(now)

    def ask(path: str, params: Mapping[str, str]) -> Answer:
        return answer(path, params, SLATE, clock.now())

    scope = get(name).scope
    asked = {"game": GAME if scope == "game" else None}
    if scope == "event":
        asked = {"event_ids": (event_id(GAME_ID),)}
    target = Target(name, DAY, "2025-26", **{**asked, **changes})
    source = DirectSource(Settings.model_validate(switched_on()), clock, ask)
    return scrape(get(name), target, source, now)


def records(found: Scraped) -> list[Any]:
    """Return the records that a scrape stores."""
    stored: list[Any] = json.loads(found.body)["records"]
    return stored


@pytest.mark.parametrize("name", OF_A_GAME)
def test_a_finished_game_is_collected(name: str) -> None:
    """Each scraper of a game finds its data as soon as the game is over."""
    found = collect(name, OVER)
    assert (found.outcome, found.error_message) == ("SUCCESS", None)


@pytest.mark.parametrize("name", OF_A_GAME)
@pytest.mark.parametrize("now", [BEFORE, IN_PLAY])
def test_a_game_that_is_not_over_is_not_collected(name: str, now: datetime) -> None:
    """Before and in play a scraper of a game finds nothing that it takes for the whole."""
    found = collect(name, now)
    assert (found.outcome in EMPTY_OUTCOMES, found.records) == (True, 0)


@pytest.mark.parametrize(
    ("name", "now", "count"),
    [
        ("espn_scoreboard", BEFORE, 12),
        ("espn_scoreboard", IN_PLAY, 12),
        ("espn_scoreboard", OVER, 12),
        ("nbac_scoreboard", BEFORE, 12),
        ("nbac_scoreboard", OVER, 12),
        ("nbac_scoreboard", et("2025-11-13 03:00"), 12),
        ("bp_events", BEFORE, 12),
        ("bp_events", et("2025-11-13 03:00"), 12),
        ("espn_roster", BEFORE, 210),
        ("nbac_roster", BEFORE, 210),
        ("nbac_player_list", BEFORE, 210),
        ("nbac_player_movement", BEFORE, 210),
        ("nbac_standings", BEFORE, 30),
        ("nbac_referee_assignments", BEFORE, 12),
        ("nbac_player_boxscore", et("2025-11-13 03:00"), 120),
        ("oddsa_events", IN_PLAY, 12),
        ("oddsa_game_lines", BEFORE, 12),
        ("oddsa_player_props", BEFORE, 1),
        ("oddsa_events_his", BEFORE, 12),
        ("oddsa_game_lines_his", BEFORE, 1),
        ("oddsa_player_props_his", BEFORE, 1),
    ],
)
def test_a_date_is_collected(name: str, now: datetime, count: int) -> None:
    """Each other scraper finds all games, teams or players, whatever the games' states are."""
    found = collect(name, now)
    assert (found.outcome, found.records, found.error_message) == ("SUCCESS", count, None)

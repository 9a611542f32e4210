"""A small answer of each source, made up in the form that the source really sends.

JSON and pages lie in `tests/kit/samples/`; the PDFs are drawn by the fake sources. All of them are
about one invented night, 12 November 2025.
"""

import json
from datetime import date, datetime
from typing import Any

from common.calendar.games import parse_schedule
from common.eastern import EASTERN
from common.messages.models import GameRef
from common.scrapers import get
from common.scrapers.model import Target
from common.settings import ROOT
from local.fake_sources.pdfs import gamebook, injury_report
from local.fake_sources.slate import Slate

FOLDER = ROOT / "tests" / "kit" / "samples"
DAY = date(2025, 11, 12)
GAME = GameRef(game_id="0022509001", away="MIL", home="CHA")


def sample(name: str) -> bytes:
    """Return a source's answer to a scraper."""
    if name == "nbac_injury_report":
        return injury_report(_slate(), datetime(2025, 11, 12, 17, 30, tzinfo=EASTERN))
    if name == "nbac_gamebook_pdf":
        return gamebook(_slate().by_id[GAME.game_id])
    page = FOLDER / f"{name}.html"
    return (page if page.exists() else FOLDER / f"{name}.json").read_bytes()


def bodies(name: str) -> list[bytes]:
    """Return a source's answers to all calls of a scraper, in their order."""
    leading = {"espn_boxscore": ["espn_scoreboard"]}
    return [sample(each) for each in (*leading.get(name, ()), name)]


def document(name: str) -> Any:
    """Return a JSON answer as a document, which a test may spoil."""
    return json.loads(sample(name))


def target(name: str, game: GameRef = GAME) -> Target:
    """Return the target that a scraper's sample answers."""
    scope = get(name).scope
    return Target(
        name,
        DAY,
        "2025-26",
        game if scope == "game" else None,
        event_ids=("a" * 31 + "1",) if scope == "event" else (),
        teams=("CHA",) if scope == "team" else (),
    )


def _slate() -> Slate:
    schedule = parse_schedule(document("nbac_schedule_api"))
    return Slate(schedule.games, schedule.season)

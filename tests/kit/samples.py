"""A small answer of each source, made up in the form that the source really sends.

`local/samples.py` names the files and the invented night that all of them are about; the PDFs are
drawn by the fake sources.
"""

import json
from datetime import datetime
from typing import Any

from common.calendar.games import parse_schedule
from common.eastern import EASTERN
from common.messages.models import GameRef
from common.scrapers import get
from common.scrapers.model import Target
from local.fake_sources.pdfs import gamebook, injury_report
from local.fake_sources.slate import Slate
from local.samples import GAME, file_of, target_of


def sample(name: str) -> bytes:
    """Return a source's answer to a scraper, whose sample must be there."""
    if name == "nbac_injury_report":
        return injury_report(_slate(), datetime(2025, 11, 12, 17, 30, tzinfo=EASTERN))
    if name == "nbac_gamebook_pdf":
        return gamebook(_slate().by_id[GAME.game_id])
    file = file_of(name)
    assert file, f"tests/kit/samples/{name}.json is missing"
    return file.read_bytes()


def bodies(name: str) -> list[bytes]:
    """Return a source's answers to all calls of a scraper, in their order."""
    leading = {"espn_boxscore": ["espn_scoreboard"]}
    return [sample(each) for each in (*leading.get(name, ()), name)]


def document(name: str) -> Any:
    """Return a JSON answer as a document, which a test may spoil."""
    return json.loads(sample(name))


def target(name: str, game: GameRef = GAME) -> Target:
    """Return the target that a scraper's sample answers."""
    return target_of(get(name), game)


def _slate() -> Slate:
    schedule = parse_schedule(document("nbac_schedule_api"))
    return Slate(schedule.games, schedule.season)

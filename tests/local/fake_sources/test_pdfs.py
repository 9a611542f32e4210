"""The injury report in the league's layout, page by page."""

from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from common.calendar.games import Game
from common.eastern import EASTERN
from common.scrapers import get
from common.scrapers.model import Target
from local.fake_sources.pdfs import BOTTOM, injury_report
from local.fake_sources.slate import Slate
from tests.local.fake_sources.test_collected import DAY, GAME_ID, SLATE

PUBLISHED = datetime(2025, 11, 12, 17, 30, tzinfo=EASTERN)
GAME = SLATE.by_id[GAME_ID]
PAGE_HEIGHT = 595


def of(*games: Game) -> bytes:
    """Draw the report of some games, two rows a side."""
    numbered = [replace(game, game_id=f"00225{number:05d}") for number, game in enumerate(games)]
    return injury_report(Slate(tuple(numbered), "2025-26"), PUBLISHED)


@pytest.mark.parametrize(("games", "pages"), [(1, 1), (4, 1), (5, 2), (8, 2), (9, 3), (13, 4)])
def test_a_report_goes_on_on_further_pages(games: int, pages: int) -> None:
    """17 rows a page, above its foot; each page counts itself, and the first has the heading."""
    read = PdfReader(BytesIO(of(*[GAME] * games))).pages
    texts = [" ".join(page.extract_text().split()) for page in read]
    assert [f"Page {number + 1} of {pages}" in text for number, text in enumerate(texts)] == [
        *[True] * pages
    ]
    assert ["Current Status" in text for text in texts] == [True, *[False] * (pages - 1)]
    assert all("Injury Report: 11/12/25 05:30 PM" in text for text in texts)
    assert sum(text.count("Injury/Illness") for text in texts) == 4 * games
    lowest: list[float] = []
    for page in read:
        page.extract_text(
            visitor_text=lambda text, _cm, tm, _font, _size: (
                lowest.append(PAGE_HEIGHT - tm[5]) if "Ankle" in text else None
            )
        )
    assert max(lowest) <= BOTTOM


def test_a_row_repeats_nothing_of_the_one_above() -> None:
    """Dates, times, matchups and teams are drawn where they change; read, each row has its own."""
    assert GAME.tipoff is not None
    later = replace(GAME, away="TOR", home="LAC", tipoff=GAME.tipoff + timedelta(hours=3))
    tomorrow = replace(GAME, game_date=DAY + timedelta(days=1), tipoff=GAME.tipoff + timedelta(1))
    undecided = replace(GAME, away="MIA", home="BKN", tipoff=None)
    body = of(undecided, later, GAME, replace(GAME, away="UTA", home="DEN"), tomorrow)
    words = PdfReader(BytesIO(body)).pages[0].extract_text().split()
    assert [words.count(word) for word in ("11/12/2025", "07:00", "10:00", "TBD")] == [1, 2, 1, 1]
    rows = get("nbac_injury_report").parse([body], Target("nbac_injury_report", DAY, "2025-26"))
    told = [(row["game_date"], row["game_time"], row["matchup"]) for row in rows.records]
    assert list(dict.fromkeys(told)) == [
        ("11/12/2025", "07:00 (ET)", "MIL@CHA"),
        ("11/12/2025", "07:00 (ET)", "UTA@DEN"),
        ("11/12/2025", "10:00 (ET)", "TOR@LAC"),
        ("11/12/2025", "TBD", "MIA@BKN"),
        ("11/13/2025", "07:00 (ET)", "MIL@CHA"),
    ]

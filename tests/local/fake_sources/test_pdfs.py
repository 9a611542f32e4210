"""The injury report in the league's layout, page by page."""

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.util import module_from_spec, spec_from_file_location
from io import BytesIO
from types import SimpleNamespace

import pytest
from pypdf import PdfReader

from common.calendar.games import Game
from common.eastern import EASTERN
from common.scrapers import get
from common.scrapers.model import Target
from local.fake_sources import pdfs
from local.fake_sources.pdfs import BOTTOM, gamebook, injury_report
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


def placed_words(body: bytes) -> list[tuple[int, int, int, str]]:
    """Return the texts of a drawing, each with its distances from the left and the top, and size.

    Of what is drawn word by word it is the first word.
    """
    found: list[tuple[int, int, int, str]] = []

    def seen(text: str, _: object, matrix: list[float], __: object, size: float) -> None:
        if text.strip():
            place = round(matrix[4]), PAGE_HEIGHT - round(matrix[5])
            found.append((*place, round(size), text.strip()))

    for page in PdfReader(BytesIO(body)).pages:
        page.extract_text(visitor_text=seen)
    return found


def test_a_report_has_the_places_of_the_league_s() -> None:
    """Its title, foot, columns and the rows below them stand where the parser wants them."""
    words = placed_words(of(GAME))
    assert [word for word in words if word[1] in {62, 545}][::5] == [
        (289, 62, 8, "Injury"),
        (399, 545, 8, "Page"),
    ]
    starts = {23, 120, 200, 264, 425, 586, 666}
    assert [(x, text) for x, y, _, text in words if y == 115 and x in starts] == [
        (23, "Game"),
        (120, "Game"),
        (200, "Matchup"),
        (264, "Team"),
        (425, "Player"),
        (586, "Current"),
        (666, "Reason"),
    ]
    below = [(x, y) for x, y, _, _ in words if 115 < y < 545 and x - 1 in starts]
    whole, person = [24, 121, 201, 265, 426, 587, 667], [426, 587, 667]
    rows = [(137, whole), (159, person), (181, [265, *person]), (203, person)]
    assert below == [(x, y) for y, columns in rows for x in columns]
    assert {size for _, _, size, _ in words} == {8}


def test_a_book_is_three_lines() -> None:
    """Its title, the game, and the final score, one below the other."""
    assert placed_words(gamebook(GAME)) == [
        (40, 60, 14, "OFFICIAL SCORER'S REPORT - FINAL BOX"),
        (40, 90, 14, "20251112/MILCHA  game 0022500213"),
        (40, 120, 14, "Milwaukee Bucks 95, Charlotte Hornets 110"),
    ]


@pytest.mark.parametrize(
    ("body", "made"),
    [
        (of(GAME), PUBLISHED),
        (gamebook(GAME), datetime(2025, 11, 13, tzinfo=UTC)),
        (gamebook(replace(GAME, tipoff=None)), datetime(2025, 11, 12, tzinfo=EASTERN)),
    ],
    ids=["report", "book", "book of a game without a tip-off"],
)
def test_a_drawing_is_made_at_its_own_instant(body: bytes, made: datetime) -> None:
    """Drawn again it has the same bytes; a game without a tip-off has its date's midnight."""
    about = PdfReader(BytesIO(body)).metadata
    assert about is not None
    assert about.creation_date == made


def test_a_drawing_takes_no_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no pictures, and numpy would take 12 MiB; whoever wants it later finds it."""
    for name in [*sys.modules]:
        if name.partition(".")[0] in {"fpdf", "numpy"}:
            monkeypatch.delitem(sys.modules, name)
    sought: list[str] = []
    finder = SimpleNamespace(find_spec=lambda name, *_: sought.append(name))
    monkeypatch.setattr(sys, "meta_path", [finder, *sys.meta_path])
    spec = spec_from_file_location("pdfs_anew", pdfs.__file__)
    assert spec is not None
    assert spec.loader is not None
    anew = module_from_spec(spec)
    spec.loader.exec_module(anew)
    assert anew.gamebook(GAME) == gamebook(GAME)
    assert "fpdf" in sought
    assert "numpy" not in {*sought, *sys.modules}

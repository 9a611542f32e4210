"""Draws the PDFs: the injury report in the league's layout, and a game's book."""

import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from common.calendar.games import Game
from common.eastern import EASTERN
from local.fake_sources.slate import Slate, final_score
from local.fake_sources.teams import roster, team

if TYPE_CHECKING:
    from fpdf import FPDF

# Where the league's own file begins its columns, in points.
COLUMNS = (
    (23, "Game Date"),
    (120, "Game Time"),
    (200, "Matchup"),
    (264, "Team"),
    (425, "Player Name"),
    (586, "Current Status"),
    (666, "Reason"),
)
TOP, LINE, BOTTOM = 115, 22, 520
STATUSES = ("Out", "Questionable", "Probable", "Doubtful", "Available")
Row = tuple[str, str, str, str, str, str, str]


@lru_cache(maxsize=128)
def gamebook(game: Game) -> bytes:
    """Draw a final game's book on one page."""
    pdf = _paper(game.tipoff or datetime.combine(game.game_date, datetime.min.time(), EASTERN))
    away, home = final_score(game.game_id)
    pdf.add_page()
    pdf.set_font("Helvetica", size=14)
    pdf.text(40, 60, "OFFICIAL SCORER'S REPORT - FINAL BOX")
    pdf.text(40, 90, f"{game.code}  game {game.game_id}")
    pdf.text(40, 120, f"{team(game.away).full_name} {away}, {team(game.home).full_name} {home}")
    return bytes(pdf.output())


def injury_report(slate: Slate, published: datetime) -> bytes:
    """Draw the report published at an Eastern instant: that day's games, and the next day's."""
    today = published.date()
    return _report(slate.on(today), slate.on(today + timedelta(days=1)), published)


@lru_cache(maxsize=64)
def _report(today: tuple[Game, ...], tomorrow: tuple[Game, ...], published: datetime) -> bytes:
    pdf = _paper(published)
    rows = [*_rows(today, submitted=True), *_rows(tomorrow, submitted=False)]
    per_page = (BOTTOM - TOP) // LINE - 1
    pages = [rows[start : start + per_page] for start in range(0, len(rows), per_page)]
    for number, page in enumerate(pages, 1):
        pdf.add_page()
        _draw(pdf, 289, 62, f"Injury Report: {published:%m/%d/%y %I:%M %p}")
        _draw(pdf, 399, 545, f"Page {number} of {len(pages)}")
        if number == 1:  # the league's file has its heading on the first page only
            for x, text in COLUMNS:
                _draw(pdf, x, TOP, text)
        for place, row in enumerate(page, 1):
            for (x, _), text in zip(COLUMNS, row, strict=True):
                _draw(pdf, x + 1, TOP + place * LINE, text)
    return bytes(pdf.output())


def _rows(games: tuple[Game, ...], *, submitted: bool) -> Iterator[Row]:
    """Yield rows that repeat no date, time, matchup or team, as in the league's file."""
    shown = ("", "")
    for game in sorted(games, key=lambda game: (game.tipoff is None, game.tipoff)):
        day = f"{game.game_date:%m/%d/%Y}"
        clock = f"{game.tipoff.astimezone(EASTERN):%I:%M} (ET)" if game.tipoff else "TBD"
        first = (day if day != shown[0] else "", clock if (day, clock) != shown else "")
        shown = (day, clock)
        matchup = f"{game.away}@{game.home}"
        for tricode in (game.away, game.home):
            name = team(tricode).full_name
            for player, status, reason in _players(tricode, submitted=submitted):
                yield (*first, matchup, name, player, status, reason)
                first, matchup, name = ("", ""), "", ""


def _players(tricode: str, *, submitted: bool) -> Iterator[tuple[str, str, str]]:
    if not submitted:
        yield "", "", "NOT YET SUBMITTED"
        return
    for person in roster(tricode)[3:]:
        status = STATUSES[(team(tricode).team_id + person.rank) % len(STATUSES)]
        yield f"{person.last}, {person.first}", status, "Injury/Illness - Left Ankle; Sprain"


def _paper(made: datetime) -> "FPDF":
    pdf = _load_fpdf()(orientation="landscape", unit="pt", format="A4")
    pdf.set_creation_date(made)
    return pdf


@cache
def _load_fpdf() -> "type[FPDF]":
    """Load fpdf late, as a day without a report saves half a second.

    Without numpy, which it would take for pictures (there are none) where it is installed: 12 MiB.
    """
    absent = sys.modules.setdefault("numpy", None) is None  # type: ignore[arg-type] # so it is hidden
    try:
        from fpdf import FPDF  # noqa: PLC0415 - see above
    finally:
        if absent:
            del sys.modules["numpy"]
    return FPDF


def _draw(pdf: "FPDF", x: float, y: float, text: str) -> None:
    """Draw a text word by word, as in the league's file."""
    pdf.set_font("Helvetica", size=8)
    for word in text.split():
        pdf.text(x, y, word)
        x += pdf.get_string_width(word + " ")

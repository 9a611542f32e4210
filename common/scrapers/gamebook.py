"""The scraper of the official scorer's book of a game, a PDF that is stored whole."""

from collections.abc import Sequence
from datetime import datetime, time

from common.scrapers.model import Call, ContractError, Parsed, Scraper, Target, game_of

TRAILER_BYTES_MAX = 1024
"""How far before the end of a whole PDF its `%%EOF` may stand."""


def _calls(target: Target, _now: datetime) -> Sequence[Call]:
    game = game_of(target)
    day = f"{target.target_date:%Y%m%d}"
    path = f"/pdfs/{day}/{day}_{game.away}{game.home}.pdf"
    return [Call("nba_gamebook", path, {}, game.game_id)]


def _parse(bodies: Sequence[bytes], target: Target) -> Parsed:
    check_pdf(bodies[0], target.scraper)
    return Parsed([], 1)


def check_pdf(body: bytes, where: str) -> None:
    """Refuse a body that is not a whole PDF.

    Raises:
        ContractError: the file does not begin or end as a PDF does.
    """
    if not body.startswith(b"%PDF-"):
        raise ContractError(f"{where}: the file starts with {body[:20]!r}, not with %PDF-")
    if b"%%EOF" not in body[-TRAILER_BYTES_MAX:]:
        raise ContractError(f"{where}: the PDF of {len(body)} bytes is cut off")


GAMEBOOK = Scraper(
    "nbac_gamebook_pdf", "game", _calls, _parse, suffix="pdf", due=time(), by_nba_id=False
)

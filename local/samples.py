"""The samples: a small made-up answer of each scraper's source, `tests/kit/samples/<scraper>.json`.

All of them are about one invented night. A page lies in `<scraper>.html`; the PDFs are drawn by
`local/fake_sources/pdfs.py`.
"""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

from common.messages.models import GameRef
from common.scrapers import REGISTRY
from common.scrapers.model import Scraper, Target
from common.settings import ROOT

FOLDER = ROOT / "tests" / "kit" / "samples"
DAY = date(2025, 11, 12)
GAME = GameRef(game_id="0022509001", away="MIL", home="CHA")
DRAWN = ("nbac_gamebook_pdf", "nbac_injury_report")
"""The scrapers whose sample is a PDF that is drawn."""


def file_of(name: str) -> Path | None:
    """Return the file of a scraper's sample; None for one that is drawn, or that has none."""
    found = (FOLDER / f"{name}.{suffix}" for suffix in ("html", "json"))
    return next((path for path in found if path.is_file()), None)


def target_of(scraper: Scraper, game: GameRef = GAME) -> Target:
    """Return the target that a scraper's sample answers."""
    return Target(
        scraper.name,
        DAY,
        "2025-26",
        game if scraper.scope == "game" else None,
        event_ids=("a" * 31 + "1",) if scraper.scope == "event" else (),
        teams=("CHA",) if scraper.scope == "team" else (),
    )


def sample_for(path: str, params: Mapping[str, str], now: datetime) -> Path | None:
    """Return the sample that answers a request; None where the request is not about that night.

    Args:
        path: from the root.
        params: the query, which may contain more than the scraper asks for, such as a key.
        now: the instant (aware) of the request.
    """
    for scraper in REGISTRY.values():
        # Of a scraper with further calls the sample answers those, whose paths follow from another.
        file = None if scraper.then else file_of(scraper.name)
        calls = scraper.calls(target_of(scraper), now) if file else ()
        if any(call.path == path and call.params.items() <= params.items() for call in calls):
            return file
    return None

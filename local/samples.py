"""The samples: a small made-up answer of each scraper's source, `tests/kit/samples/<scraper>.json`.

All of them are about one invented night. A page lies in `<scraper>.html`; the PDFs are drawn by
`local/fake_sources/pdfs.py`.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType

from common.messages.models import GameRef
from common.scrapers import REGISTRY
from common.scrapers.model import Call, Scraper, Target
from common.settings import ROOT

FOLDER = ROOT / "tests" / "kit" / "samples"
DAY = date(2025, 11, 12)
GAME = GameRef(game_id="0022509001", away="MIL", home="CHA")
TEAM = "CHA"
EVENT_ID = "a" * 31 + "1"
SUBJECTS: Mapping[str, str] = MappingProxyType(
    {
        f"{DAY:%Y-%m-%d}": r"\d{4}-\d\d-\d\d",
        f"{DAY:%Y%m%d}": r"\d{8}",
        f"{DAY:%m/%d/%Y}": r"\d\d/\d\d/\d{4}",
        "2025-26": r"\d{4}-\d\d",
        GAME.game_id: r"\d{10}",
        TEAM: r"[A-Z]{3}",
        EVENT_ID: r"[0-9a-f]{32}",
    }
)
"""What the samples are about, as a request names it, and the form of another of its kind."""
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
        event_ids=(EVENT_ID,) if scraper.scope == "event" else (),
        teams=(TEAM,) if scraper.scope == "team" else (),
    )


def sample_for(path: str, params: Mapping[str, str], now: datetime) -> tuple[Path, bytes] | None:
    """Return the file that answers a request, and its content about what is asked.

    What a request may name (`SUBJECTS`) is written in place of what the sample is about; all else
    stays as it is, so that a sample whose parts depend on the date answers for its night alone.

    Args:
        path: from the root.
        params: the query, which may contain more than the scraper asks for, such as a key.
        now: the instant (aware) of the request.

    Returns:
        None where no scraper with a sample sends such a request.
    """
    for scraper in REGISTRY.values():
        # Of a scraper with further calls the sample answers those, whose paths follow from another.
        file = None if scraper.then else file_of(scraper.name)
        for call in scraper.calls(target_of(scraper), now) if file else ():
            asked = _asked(call, path, params)
            if file and asked is not None:
                return file, _about(file.read_text(encoding="utf-8"), asked).encode()
    return None


def _asked(call: Call, path: str, params: Mapping[str, str]) -> dict[str, str] | None:
    """Return what a request names in place of the sample's subjects; None for another request."""
    asked: dict[str, str] = {}
    pairs = [(call.path, path), *((text, params.get(key, "")) for key, text in call.params.items())]
    for sampled, given in pairs:
        held = sorted((each for each in SUBJECTS if each in sampled), key=sampled.index)
        pattern = re.escape(sampled)
        for each in held:
            pattern = pattern.replace(re.escape(each), f"({SUBJECTS[each]})", 1)
        found = re.fullmatch(pattern, given)
        if found is None:
            return None
        asked |= zip(held, found.groups(), strict=True)
    return asked


def _about(text: str, asked: Mapping[str, str]) -> str:
    for sampled, given in asked.items():
        text = text.replace(sampled, given)
    return text

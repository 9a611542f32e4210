"""Writes docs/scrapers.md from the declarations: `python -m tests.kit.scraper_table`."""

from datetime import UTC, datetime

from common.scrapers import REGISTRY
from common.scrapers.model import Scraper
from common.settings import ROOT
from tests.kit.recordings import FILES, RECORDED
from tests.kit.samples import bodies, target

PATH = ROOT / "docs" / "scrapers.md"
LATER = datetime(2025, 11, 14, 17, tzinfo=UTC)
"""A day after the samples' night, so that every file name of that night is due."""
OWNERS = {"nba": "NBA", "odds": "The Odds API", "espn": "ESPN", "bettingpros": "BettingPros"}
HEAD = """# Scrapers

One line for each declaration in `common/scrapers/`; `python -m tests.kit.scraper_table` writes this
page, and a test holds it. A task of the scope *date* collects a whole date, *game* one game, *team*
makes one call for each of the thirty teams, *event* one for each event id that an earlier step
found. *Due* is the Eastern time from which every game day has data. A scraper with a reason to be
*off* needs no workflow; a step that names it switches it on. *Recording* is the real answer that
the tests read, where it is at hand. [CONTRIBUTING.md](../CONTRIBUTING.md#add-a-scraper) describes
how to add one.

| Name | Owner | Source | Scope | Due | Off | Recording |
| --- | --- | --- | --- | --- | --- | --- |
"""


def page() -> str:
    """Return the content of docs/scrapers.md."""
    return HEAD + "".join(f"{_row(scraper)}\n" for scraper in REGISTRY.values())


def _row(scraper: Scraper) -> str:
    sources = sources_of(scraper)
    owner = OWNERS[sources[0].partition("_")[0]]
    due = f"{scraper.due:%H:%M}" if scraper.due else ""
    cells = [
        f"`{scraper.name}`",
        owner,
        ", ".join(f"`{source}`" for source in sources),
        scraper.scope,
        due,
        scraper.off,
        recording_of(scraper.name),
    ]
    return f"| {' | '.join(cells)} |"


def sources_of(scraper: Scraper) -> list[str]:
    """Return the sources that a scraper asks, today and for a past date, in order."""
    asked = target(scraper.name)
    today = datetime(2025, 11, 12, 17, tzinfo=UTC)
    calls = [*scraper.calls(asked, today), *scraper.calls(asked, LATER)]
    if scraper.then:
        calls += scraper.then(bodies(scraper.name)[:1], asked)
    return list(dict.fromkeys(call.source for call in calls))


def recording_of(name: str) -> str:
    """Return the names of the recorded files that a scraper's tests read."""
    files = " ".join(each.files for each in RECORDED.get(name, ())) or FILES.get(name, "")
    return ", ".join(f"`{file}`" for file in dict.fromkeys(files.split())) or "none"


if __name__ == "__main__":
    PATH.write_text(page())

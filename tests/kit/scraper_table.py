"""Writes docs/scrapers.md from the declarations: `python -m tests.kit.scraper_table`."""

from common.scrapers import REGISTRY
from common.scrapers.model import Scraper
from common.scrapers.source import source_of
from common.settings import ROOT
from local.commands.operate.scrapers import sources_of
from tests.kit.recordings import FILES, RECORDED
from tests.kit.samples import bodies, target

PATH = ROOT / "docs" / "scrapers.md"
HEAD = """# Scrapers

One line for each declaration in `common/scrapers/`, as `python -m tests.kit.scraper_table` writes
it. A test compares each line with its declaration; a scraper that has no line yet is in
`python -m local scrapers`, and `python -m local check` names it. A task of the scope *date*
collects a whole date, *game* one game, *team* makes one call for each of the thirty teams, *event*
one for each event id that an earlier step found. *Due* is the Eastern time from which every game
day has data. A scraper with a reason to be *off* needs no workflow; a step that names it switches
it on. *Recording* is the real answer that the tests read, where it is at hand.
[CONTRIBUTING.md](../CONTRIBUTING.md#add-a-scraper) describes how to add one.

| Name | Owner | Source | Scope | Due | Off | Recording |
| --- | --- | --- | --- | --- | --- | --- |
"""


def page() -> str:
    """Return the content of docs/scrapers.md."""
    return HEAD + "".join(f"{_row(scraper)}\n" for scraper in REGISTRY.values())


def _row(scraper: Scraper) -> str:
    sources = all_sources_of(scraper)
    due = f"{scraper.due:%H:%M}" if scraper.due else ""
    cells = [
        f"`{scraper.name}`",
        source_of(sources[0]).owner,
        ", ".join(f"`{source}`" for source in sources),
        scraper.scope,
        due,
        scraper.off,
        recording_of(scraper.name),
    ]
    return f"| {' | '.join(cells)} |"


def all_sources_of(scraper: Scraper) -> list[str]:
    """Return the sources that a scraper asks, those of further calls at the end."""
    then = scraper.then(bodies(scraper.name)[:1], target(scraper.name)) if scraper.then else ()
    return list(dict.fromkeys((*sources_of(scraper), *(call.source for call in then))))


def recording_of(name: str) -> str:
    """Return the names of the recorded files that a scraper's tests read."""
    files = " ".join(each.files for each in RECORDED.get(name, ())) or FILES.get(name, "")
    return ", ".join(f"`{file}`" for file in dict.fromkeys(files.split())) or "none"


if __name__ == "__main__":
    PATH.write_text(page())

"""docs/scrapers.md lists the scrapers as they are declared."""

from common.scrapers import REGISTRY
from tests.kit.scraper_table import HEAD, PATH, page


def test_the_table_of_scrapers_has_no_line_that_is_wrong() -> None:
    """Each line is what its scraper declares; one that is new may lack its line."""
    assert PATH.read_text().startswith(HEAD), "run: python -m tests.kit.scraper_table"
    lines = PATH.read_text().removeprefix(HEAD).splitlines()
    assert len(lines) > 20
    wrong = [line for line in lines if line not in page().splitlines()]
    assert wrong == [], "run: python -m tests.kit.scraper_table"


def test_a_written_table_has_every_scraper() -> None:
    """Writing the page anew gives every scraper its line, with the owner of its source."""
    written = page()
    assert all(f"| `{name}` | " in written for name in REGISTRY)
    assert "| `bp_events` | BettingPros | `bettingpros` | date |" in written

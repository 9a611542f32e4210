"""docs/scrapers.md lists the scrapers as they are declared."""

from common.scrapers import REGISTRY
from tests.kit.scraper_table import PATH, page


def test_the_table_of_scrapers_is_current() -> None:
    """Every scraper has its line, with source, scope, and the reason why it is off."""
    assert PATH.read_text() == page(), "run: python -m tests.kit.scraper_table"
    assert all(f"| `{name}` |" in page() for name in REGISTRY)

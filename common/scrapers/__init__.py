"""The scrapers by name; configuration, messages, objects and log rows use the same one (S10)."""

from common.errors import BadInputError
from common.scrapers.model import Scraper
from common.scrapers.registry import Registry

REGISTRY = Registry(__name__)


def get(name: str) -> Scraper:
    """Return the scraper registered under a name.

    Raises:
        BadInputError: no scraper has this name; the text lists the names.
    """
    known = REGISTRY.get(name)
    if known is None:
        raise BadInputError(f"unknown scraper {name!r}; known are {', '.join(sorted(REGISTRY))}")
    return known

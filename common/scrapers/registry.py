"""Finds the scrapers: every declaration in a module of a package is registered by being there."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cached_property

from common.errors import ConfigError
from common.scrapers.model import Scraper


class Registry(Mapping[str, Scraper]):
    """The scrapers of a package by name, in the order of their names.

    The modules are imported at the first look into the registry, and not before: a delivery that
    is refused earlier loads none of them.
    """

    def __init__(self, package: str) -> None:
        self._package = package

    @cached_property
    def _found(self) -> dict[str, Scraper]:
        return dict(sorted(declared(self._package).items()))

    def __getitem__(self, name: str) -> Scraper:
        """Return the scraper of a name."""
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names."""
        return iter(self._found)

    def __len__(self) -> int:
        """Count the scrapers."""
        return len(self._found)


def declared(package: str) -> dict[str, Scraper]:
    """Import every module of a package and its folders, and collect the scrapers they declare.

    Raises:
        ConfigError: two declarations have the same name.
    """
    found: dict[str, Scraper] = {}
    root = importlib.import_module(package)
    for entry in pkgutil.walk_packages(root.__path__, f"{package}."):
        for scraper in _scrapers_of(entry.name):
            if found.setdefault(scraper.name, scraper) is not scraper:
                raise ConfigError(f"{entry.name}: {scraper.name} is declared twice; rename one")
    return found


def _scrapers_of(module: str) -> list[Scraper]:
    held = vars(importlib.import_module(module)).values()
    return [value for value in held if isinstance(value, Scraper)]

"""The declaration of a source: where it is, what it wants to see, and how it says "not there".

The settings of a source, the overrides of the local stack and the variables of Terraform follow
from its name: docs/settings.md lists the sources, and a test holds that list.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from common.errors import ConfigError
from common.settings import Settings, variable
from common.source_settings import Absence

BROWSER: Mapping[str, str] = MappingProxyType(
    {
        "User-Agent": (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/140.0.0.0 Safari/537.36"
        ),
        "Accept": "application/json, application/pdf, text/html, */*",
        "Accept-Language": "en-US,en;q=0.9",
    }
)
"""The headers of a browser: hosts that serve pages refuse a program's, or let it hang."""


def seen_from(page: str, **further: str) -> Mapping[str, str]:
    """Return a browser's headers on a page, such as `https://www.nba.com/`."""
    return MappingProxyType({**BROWSER, "Referer": page, **further})


# cdn.nba.com answers 403 without a Referer since May 2026, and stats.nba.com lets a request without
# these headers hang: both serve only NBA.com's own pages. https://github.com/swar/nba_api
NBA_PAGE = seen_from("https://www.nba.com/", Origin="https://www.nba.com")


@dataclass(frozen=True)
class Key:
    """How an API takes its key."""

    place: Literal["query", "header"]
    name: str


@dataclass(frozen=True)
class SourceSpec:
    """The declaration of one source.

    Attributes:
        name: the name by which calls, settings and credits refer to it, such as `nba_cdn`.
        owner: who publishes the data; sources of one owner fail and err together.
        base_url: the scheme and host.
        prefix: what all its paths begin with; a route may have another prefix in its place.
        headers: the headers of every request to it and to its routes.
        key: how it takes its key; None for a source without one.
        interval_seconds: the shortest time between two requests to its host.
        absence: how it answers for a file that it does not have.
        behind_proxy: whether it refuses clouds altogether, so that its own URL is asked only where
            the operator has set that URL or a proxy.
    """

    name: str
    owner: str
    base_url: str
    prefix: str = ""
    headers: Mapping[str, str] = field(default_factory=lambda: BROWSER)
    key: Key | None = None
    interval_seconds: float = 0.6
    absence: Absence = "404"
    behind_proxy: bool = False

    @property
    def needs(self) -> Literal["key", "proxy"] | None:
        """What the operator has to set before the source can be asked."""
        if self.key is not None:
            return "key"
        return "proxy" if self.behind_proxy else None


BUILT_IN = (
    SourceSpec("nba_cdn", "NBA", "https://cdn.nba.com", "/static/json", NBA_PAGE),
    SourceSpec("nba_stats", "NBA", "https://stats.nba.com", headers=NBA_PAGE, behind_proxy=True),
    SourceSpec("nba_official", "NBA", "https://official.nba.com", headers=NBA_PAGE),
    # These two are file stores. S3 answers 403 AccessDenied, in XML, for a file that does not exist
    # when listing is not allowed: https://github.com/mxufc29/nbainjuries/issues/4. The first one
    # refuses requests without this Referer (October 2026).
    SourceSpec(
        "nba_injury",
        "NBA",
        "https://ak-static.cms.nba.com",
        headers=seen_from("https://official.nba.com/"),
        absence="s3",
    ),
    SourceSpec("nba_gamebook", "NBA", "https://statsdmz.nba.com", headers=NBA_PAGE, absence="s3"),
    SourceSpec(
        "odds_api",
        "The Odds API",
        "https://api.the-odds-api.com",
        headers=MappingProxyType({}),
        key=Key("query", "apiKey"),
    ),
    SourceSpec("espn_site", "ESPN", "https://site.api.espn.com"),
    SourceSpec("espn_web", "ESPN", "https://site.web.api.espn.com"),
    SourceSpec("espn_www", "ESPN", "https://www.espn.com"),
    SourceSpec("nba_www", "NBA", "https://www.nba.com"),
    SourceSpec(
        "bettingpros",
        "BettingPros",
        "https://api.bettingpros.com",
        headers=seen_from("https://www.bettingpros.com/"),
        key=Key("header", "x-api-key"),
    ),
)
"""The sources of more than one scraper, or of none yet; a scraper's file may declare its own."""

_declared = {spec.name: spec for spec in BUILT_IN}
"""The built-in sources, and those of the scrapers' files that have been imported."""


def declare(spec: SourceSpec) -> SourceSpec:
    """Add the source of a scraper's own file, and return it.

    Raises:
        ConfigError: another source has this name.
    """
    if _declared.setdefault(spec.name, spec) != spec:
        raise ConfigError(f"source {spec.name!r} is declared twice; give one of them another name")
    return spec


def sources() -> Mapping[str, SourceSpec]:
    """Return every source that is declared, by name; the scrapers' files are imported for it."""
    from common.scrapers import REGISTRY  # noqa: PLC0415 - a delivery that ends early needs none

    len(REGISTRY)
    return MappingProxyType(_declared)


def source_of(name: str) -> SourceSpec:
    """Return the source declared under a name.

    Raises:
        ConfigError: no source has this name; the text lists the names.
    """
    if name not in _declared:
        raise ConfigError(f"unknown source {name!r}; known are {', '.join(_declared)}")
    return _declared[name]


def check_sources(settings: Settings) -> None:
    """Check that settings of sources are for sources that exist.

    Raises:
        ConfigError: a source is unknown; the text names the variable and the known sources.
    """
    for name, text in source_defects(settings):
        raise ConfigError(f"environment variable {name}: {text}")


def source_defects(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield each variable that is set for a source that does not exist, with the known ones."""
    if settings.sources.keys() <= _declared.keys():
        return  # without importing the scrapers' files
    for name, given in settings.sources.items():
        if name not in sources():
            for what in sorted(given.model_fields_set):
                said = f"no source is named {name}; known are {', '.join(_declared)}"
                yield variable(f"{name}_{what}"), said

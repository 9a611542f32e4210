"""The declarations of the sources."""

from collections.abc import MutableMapping
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from common.errors import ConfigError
from common.scrapers.source import (
    BUILT_IN,
    Key,
    SourceSpec,
    check_sources,
    declare,
    source_defects,
    source_of,
    sources,
)
from common.settings import read_settings


@pytest.mark.parametrize("spec", BUILT_IN, ids=lambda spec: spec.name)
def test_a_source_is_one_host(spec: SourceSpec) -> None:
    """A base URL is https and a host; its prefix begins with a slash and does not end with one."""
    split = urlsplit(spec.base_url)
    assert (split.scheme, split.path, split.query) == ("https", "", "")
    assert split.hostname
    assert spec.prefix == "" or (spec.prefix.startswith("/") and not spec.prefix.endswith("/"))


@pytest.mark.parametrize(
    ("name", "referer", "origin"),
    [
        ("nba_cdn", "https://www.nba.com/", "https://www.nba.com"),
        ("nba_stats", "https://www.nba.com/", "https://www.nba.com"),
        ("nba_injury", "https://official.nba.com/", None),
        ("espn_site", None, None),
        ("odds_api", None, None),
    ],
)
def test_headers_belong_to_a_source(name: str, referer: str | None, origin: str | None) -> None:
    """Each host gets the page that it expects a browser to be on."""
    headers = source_of(name).headers
    assert (headers.get("Referer"), headers.get("Origin")) == (referer, origin)


def test_what_the_operator_has_to_set() -> None:
    """A source with a key needs that, and one that refuses clouds a way to it."""
    needs = {spec.name: spec.needs for spec in BUILT_IN if spec.needs}
    assert needs == {"nba_stats": "proxy", "odds_api": "key", "bettingpros": "key"}
    assert source_of("bettingpros").key == Key("header", "x-api-key")
    both = replace(source_of("bettingpros"), behind_proxy=True)
    assert both.needs == "key"
    assert not isinstance(sources(), MutableMapping)


def test_a_scraper_s_own_file_may_declare_a_source(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its settings are read from then on; another source of the same name is refused."""
    monkeypatch.setattr("common.scrapers.source._declared", dict(sources()))
    settings = read_settings({"NBA_MY_HOST_URL": "https://gateway.example"})
    with pytest.raises(ConfigError):
        check_sources(settings)
    mine = declare(SourceSpec("my_host", "Mine", "https://my.example"))
    assert source_of("my_host") == declare(replace(mine))
    check_sources(settings)
    with pytest.raises(ConfigError, match="my_host"):
        declare(SourceSpec("my_host", "Mine", "https://other.example"))


@pytest.mark.parametrize(
    "name", ["NBA_NBA_CDM_URL", "NBA_CDN_ROUTES", "NBA_ODSS_PROXY", "NBA_X_KEY", "NBA_X_KEY_FILE"]
)
def test_a_setting_of_an_unknown_source_is_refused(name: str) -> None:
    """The error names the variable and the sources that are known."""
    with pytest.raises(ConfigError, match=rf"{name}.*nba_cdn, nba_stats"):
        check_sources(read_settings({name: "https://x.example"}))


def test_every_setting_of_an_unknown_source_is_told() -> None:
    """Not the first one alone: the operator mends them at once."""
    read = read_settings({"NBA_X_KEY": "k" * 9, "NBA_X_URL": "https://x.example"})
    assert [name for name, _ in source_defects(read)] == ["NBA_X_KEY", "NBA_X_URL"]


def test_the_scrapers_files_are_imported_before_a_source_is_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A source that one of them declares is as known as those that are built in."""

    class Files(list[str]):
        """Declares a source when it is first looked into, as the scrapers' files do."""

        def __len__(self) -> int:
            declare(SourceSpec("late_host", "Mine", "https://my.example"))
            return 1

    monkeypatch.setattr("common.scrapers.source._declared", dict(sources()))
    monkeypatch.setattr("common.scrapers.REGISTRY", Files())
    assert not [*source_defects(read_settings({"NBA_LATE_HOST_URL": "https://x.example"}))]
    assert "late_host" in sources()


def test_settings_of_built_in_sources_import_no_scraper(monkeypatch: pytest.MonkeyPatch) -> None:
    """A delivery that ends early needs none of their files."""
    monkeypatch.delattr("common.scrapers.REGISTRY")
    given = {"NBA_NBA_CDN_URL": "https://x.example", "NBA_ODDS_API_KEY": "k" * 9}
    assert not [*source_defects(read_settings(given))]


def test_an_unknown_source_is_named() -> None:
    """Asking for a source that is not declared lists those that are."""
    with pytest.raises(ConfigError, match=r"nba_cdm.*nba_cdn"):
        source_of("nba_cdm")

"""How the fields of single sources are gathered from those of all settings."""

from typing import Any

import pytest

from common.source_settings import gather


@pytest.mark.parametrize(
    ("given", "sources"),
    [
        ({"nba_cdn_url": "a"}, {"nba_cdn": {"url": "a"}}),
        ({"nba_cdn_url": "a", "espn_key": "b"}, {"nba_cdn": {"url": "a"}, "espn": {"key": "b"}}),
        ({"nba_cdn_url": "a", "nba_cdn_proxy": "b"}, {"nba_cdn": {"url": "a", "proxy": "b"}}),
        ({"sources": {"espn": {"key": "a"}}, "espn_key": "b"}, {"espn": {"key": "b"}}),
        (
            {"sources": {"espn": {"key": "a"}, "x": {"key": "c"}}, "espn_proxy": "b"},
            {"espn": {"key": "a", "proxy": "b"}, "x": {"key": "c"}},
        ),
        ({"other": 1, "odds_api_key": "a"}, {"odds_api": {"key": "a"}}),
        ({"http_proxy": "a"}, {}),
    ],
)
def test_each_source_has_all_of_its_fields(given: dict[str, Any], sources: object) -> None:
    """They stand beside those that are given by source, which they replace and never change."""
    before = repr(given)
    found = gather(given, {"http_proxy", "other"})
    assert found.pop("sources") == sources
    assert found == {name: given[name] for name in given.keys() & {"http_proxy", "other"}}
    assert repr(given) == before

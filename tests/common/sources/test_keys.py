"""Why a source is off, and what has to be set."""

import pytest

from common.scrapers.source import source_of
from common.settings import Settings
from common.sources.keys import why_off
from local.fake_sources.overrides import switched_on


@pytest.mark.parametrize(
    ("name", "settings", "variable"),
    [
        ("odds_api", {"odds_api_key": None}, "NBA_ODDS_API_KEY"),
        ("nba_stats", {"nba_stats_url": None}, "NBA_NBA_STATS_PROXY"),
    ],
)
def test_a_source_without_key_or_way_is_off(
    name: str, settings: dict[str, None], variable: str
) -> None:
    """The reason names the variable; with everything set no source is off."""
    on = switched_on(key="a-key")
    assert variable in str(why_off(source_of(name), Settings(**{**on, **settings})))
    assert why_off(source_of(name), Settings(**on)) is None

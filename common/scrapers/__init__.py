"""The scrapers by name; configuration, messages, objects and log rows use the same one (S10)."""

from collections.abc import Mapping
from types import MappingProxyType

from common.errors import BadInputError
from common.scrapers.gamebook import GAMEBOOK
from common.scrapers.injury_report import INJURY_REPORT
from common.scrapers.model import Scraper
from common.scrapers.nba_live import PLAY_BY_PLAY
from common.scrapers.nba_schedule import SCHEDULE
from common.scrapers.nba_stats import PLAYER_BOXSCORE, PLAYER_LIST, TEAM_BOXSCORE
from common.scrapers.odds import EVENTS, GAME_LINES, PLAYER_PROPS
from common.scrapers.referees import REFEREE_ASSIGNMENTS

REGISTRY: Mapping[str, Scraper] = MappingProxyType(
    {
        scraper.name: scraper
        for scraper in (
            SCHEDULE,
            PLAYER_LIST,
            PLAYER_BOXSCORE,
            TEAM_BOXSCORE,
            PLAY_BY_PLAY,
            REFEREE_ASSIGNMENTS,
            INJURY_REPORT,
            GAMEBOOK,
            EVENTS,
            PLAYER_PROPS,
            GAME_LINES,
        )
    }
)


def get(name: str) -> Scraper:
    """Return the scraper registered under a name.

    Raises:
        BadInputError: no scraper has this name; the text lists the names.
    """
    known = REGISTRY.get(name)
    if known is None:
        raise BadInputError(f"unknown scraper {name!r}; known are {', '.join(sorted(REGISTRY))}")
    return known

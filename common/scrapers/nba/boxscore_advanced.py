"""The scraper of a game's box score of ratings, pace and shares of rebounds and assists."""

from collections.abc import Sequence
from datetime import datetime, time

from common.scrapers.model import Call, Parsed, Scraper, Target
from common.scrapers.nba.boxscore_v3 import calls, read
from common.scrapers.shape import load


def _calls(target: Target, _now: datetime) -> Sequence[Call]:
    return calls("boxscoreadvancedv3", target)


def _parse(bodies: Sequence[bytes], target: Target) -> Parsed:
    return read(load(bodies[0], target.scraper), "boxScoreAdvanced", target)


BOXSCORE_ADVANCED = Scraper(
    "nbac_boxscore_advanced",
    "game",
    _calls,
    _parse,
    due=time(),
    off="needs a proxy to stats.nba.com",
    depends_on="nba_stats",
)

"""The scraper of a game's box score of what the arena's cameras count.

These figures come later than the others.
"""

from collections.abc import Sequence
from datetime import datetime, time

from common.scrapers.model import Call, Parsed, Scraper, Target
from common.scrapers.nba.boxscore_v3 import calls, read
from common.scrapers.shape import load


def _calls(target: Target, _now: datetime) -> Sequence[Call]:
    return calls("boxscoreplayertrackv3", target)


def _parse(bodies: Sequence[bytes], target: Target) -> Parsed:
    return read(
        load(bodies[0], target.scraper), "boxScorePlayerTrack", target, ("touches", "passes")
    )


BOXSCORE_PLAYER_TRACK = Scraper(
    "nbac_boxscore_player_track",
    "game",
    _calls,
    _parse,
    due=time(),
    off="needs a proxy to stats.nba.com",
    depends_on="nba_stats",
)

"""The scraper of the season's standings, from stats.nba.com."""

from collections.abc import Sequence
from datetime import datetime

from common.scrapers.agreement import distinct, same
from common.scrapers.model import Call, Parsed, Scraper, Target
from common.scrapers.nba.teams import TEAMS
from common.scrapers.shape import load, need, result_set

COLUMNS = ("SeasonID", "TeamID", "TeamCity", "TeamName", "Conference", "WINS", "LOSSES")


def _calls(target: Target, _now: datetime) -> Sequence[Call]:
    params = {"LeagueID": "00", "Season": target.season, "SeasonType": "Regular Season"}
    return [Call("nba_stats", "/stats/leaguestandingsv3", params, target.season)]


def _parse(bodies: Sequence[bytes], target: Target) -> Parsed:
    where = target.scraper
    document = load(bodies[0], where)
    rows = result_set(document, "Standings", COLUMNS, where)
    parameters = need(document, "parameters", dict, where)
    same("SeasonYear", need(parameters, "SeasonYear", str, where), target.season, where)
    distinct("TeamID", (need(row, "TeamID", int, where) for row in rows), where)
    same("the number of teams", len(rows), len(TEAMS), where)
    for row in rows:
        same("SeasonID", need(row, "SeasonID", str, where), f"2{target.season[:4]}", where)
        for field in ("WINS", "LOSSES"):
            need(row, field, int, where)
    return Parsed(rows, len(rows))


STANDINGS = Scraper(
    "nbac_standings",
    "date",
    _calls,
    _parse,
    always=True,
    off="needs a proxy to stats.nba.com",
    depends_on="nba_stats",
)

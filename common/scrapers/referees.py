"""The scraper of referee assignments, which are published on game days at about 09:00 ET."""

from collections.abc import Sequence
from datetime import date, datetime, time

from common.scrapers.expectations import of_asked_date
from common.scrapers.model import Call, Expectation, Parsed, Scraper, Target
from common.scrapers.shape import load, need, objects


def _calls(target: Target, _now: datetime) -> Sequence[Call]:
    day = target.target_date.isoformat()
    return [Call("nba_official", "/wp-json/api/v1/get-game-officials", {"date": day}, day)]


def _parse(bodies: Sequence[bytes], target: Target) -> Parsed:
    where = target.scraper
    table = need(need(load(bodies[0], where), "nba", dict, where), "Table", dict, where)
    rows = objects(need(table, "rows", list, where), where)
    for row in rows:
        for field in ("game_id", "game_date", "official1"):
            need(row, field, str, where)
    ours, warnings = of_asked_date(
        rows, target, name="game_id", field="game_date", read=_american_date
    )
    return Parsed(ours, len(ours), warnings)


def _american_date(text: str) -> date:
    month, day, year = map(int, text.split("/"))
    return date(year, month, day)


# An answer without our games still describes its columns and other leagues' games.
REFEREE_ASSIGNMENTS = Scraper(
    "nbac_referee_assignments",
    "date",
    _calls,
    _parse,
    empty_bytes_max=None,
    due=time(10),
    expects=Expectation(key=("game_id",)),
)

"""The scraper of referee assignments, which are published on game days at about 09:00 ET."""

from collections.abc import Sequence
from datetime import date, datetime, time
from functools import partial

from common.scrapers.expectations import of_asked_date
from common.scrapers.model import Call, Expectation, Parsed, Record, Scraper, Target
from common.scrapers.odd_rows import without_odd
from common.scrapers.shape import load, need, objects


def _calls(target: Target, _now: datetime) -> Sequence[Call]:
    day = target.target_date.isoformat()
    return [Call("nba_official", "/wp-json/api/v1/get-game-officials", {"date": day}, day)]


def _parse(bodies: Sequence[bytes], target: Target) -> Parsed:
    where = target.scraper
    table = need(need(load(bodies[0], where), "nba", dict, where), "Table", dict, where)
    rows = objects(need(table, "rows", list, where), where)
    ours, others = of_asked_date(
        rows, target, name="game_id", field="game_date", read=_american_date
    )
    games, odd = without_odd(ours, partial(_game, where=where), where)
    return Parsed(games, len(games), others + odd)


def _game(row: Record, where: str) -> Record:
    where = f"{where}: game {row.get('game_id')!r:.40}"
    for field in ("game_id", "official1"):
        need(row, field, str, where)
    return row


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
    expects=Expectation(key=("game_id",), game="game_id"),
)

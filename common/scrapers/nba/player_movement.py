"""The scraper of signings, waivers and trades since 2015, one file for all of them."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from common.scrapers.model import Call, ContractError, Parsed, Record, Scraper, Target
from common.scrapers.odd_rows import without_odd
from common.scrapers.shape import load, need

PATH = "/js/data/playermovement/NBA_Player_Movement.json"
IDS = ("TEAM_ID", "PLAYER_ID")
TEXTS = ("Transaction_Type", "TRANSACTION_DATE", "TRANSACTION_DESCRIPTION")


def _calls(target: Target, _now: datetime) -> Sequence[Call]:
    return [Call("nba_stats", PATH, {}, target.target_date.isoformat())]


def _parse(bodies: Sequence[bytes], target: Target) -> Parsed:
    where = target.scraper
    movement = need(load(bodies[0], where), "NBA_Player_Movement", dict, where)
    served = need(movement, "rows", list, where)
    rows, warnings = without_odd(served, partial(_row, where=where), where)
    return Parsed(rows, len(rows), warnings)


def _row(row: Record, where: str) -> Record:
    """Return a row with its ids as whole numbers; the source writes `1610612749.0`."""
    where = f"{where}: {row.get('TRANSACTION_DESCRIPTION')!r:.60}"
    for field in TEXTS:
        need(row, field, str, where)
    date = row["TRANSACTION_DATE"]
    try:
        datetime.fromisoformat(date)
    except ValueError as error:
        raise ContractError(f"{where}: TRANSACTION_DATE is {date!r:.40}, not a date") from error
    return {**row, **{field: _id(row, field, where) for field in IDS}}


def _id(row: Record, field: str, where: str) -> int:
    value = need(row, field, (int, float), where)
    if value != int(value):
        raise ContractError(f"{where}: {field} is {value!r}, no whole number")
    return int(value)


PLAYER_MOVEMENT = Scraper(
    "nbac_player_movement",
    "date",
    _calls,
    _parse,
    always=True,
    off="needs a proxy to stats.nba.com",
    depends_on="nba_stats",
)

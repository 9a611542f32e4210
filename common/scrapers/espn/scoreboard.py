"""The scraper of a date's games with status and scores, from ESPN's site API."""

from collections.abc import Sequence
from datetime import datetime

from common.scrapers.agreement import adds_up, same
from common.scrapers.espn.games import EspnGame, read_games
from common.scrapers.model import Call, Parsed, Record, Scraper, Target
from common.scrapers.shape import load, need, objects

PATH = "/apis/site/v2/sports/basketball/nba/scoreboard"


def calls(target: Target, _now: datetime) -> Sequence[Call]:
    """Return the one call for the games of the target date (Eastern)."""
    day = target.target_date
    return [Call("espn_site", PATH, {"dates": f"{day:%Y%m%d}"}, day.isoformat())]


def games_of(body: bytes, target: Target) -> list[EspnGame]:
    """Read the games of an answer, all of the target date.

    Raises:
        ContractError: the answer has another form, is of another date, or its final scores are not
            the sums of their periods.
    """
    document, where = load(body, target.scraper), target.scraper
    games = read_games(document, where)
    for game, event in zip(games, document["events"], strict=True):
        same(f"date of event {game.espn_id}", game.day, target.target_date, where)
        if game.completed:
            _check_scores(event, f"{where}: event {game.espn_id}")
    return games


def _parse(bodies: Sequence[bytes], target: Target) -> Parsed:
    games = games_of(bodies[0], target)
    return Parsed(load(bodies[0], target.scraper)["events"], len(games))


def _check_scores(event: Record, where: str) -> None:
    for side in event["competitions"][0]["competitors"]:
        periods = objects(need(side, "linescores", list, where), where)
        values = [need(period, "value", (int, float), where) for period in periods]
        adds_up(f"the {side['homeAway']} team's linescores", values, int(side["score"]), where)


# An answer without games still describes the league and its calendar.
SCOREBOARD = Scraper(
    "espn_scoreboard",
    "date",
    calls,
    _parse,
    empty_bytes_max=None,
    off="waits until a workflow asks for it",
)

"""The scraper of play-by-play, from NBA.com's live data files."""

from collections.abc import Sequence
from datetime import datetime, time

from common.messages.models import GameRef
from common.scrapers.model import (
    EMPTY_ANSWER_BYTES_MAX,
    Call,
    ContractError,
    Expectation,
    NotReadyError,
    Parsed,
    Record,
    Scraper,
    Target,
    game_of,
)
from common.scrapers.shape import load, need, objects


def _calls(target: Target, _now: datetime) -> Sequence[Call]:
    game_id = game_of(target).game_id
    path = f"/static/json/liveData/playbyplay/playbyplay_{game_id}.json"
    return [Call("nba_cdn", path, {}, game_id)]


def _parse(bodies: Sequence[bytes], target: Target) -> Parsed:
    where, game_id = target.scraper, game_of(target).game_id
    game = need(load(bodies[0], where), "game", dict, where)
    if need(game, "gameId", str, where) != game_id:
        raise ContractError(f"{where}: gameId is {game['gameId']}, asked was {game_id}")
    actions = objects(need(game, "actions", list, where), where)
    for action in actions:
        need(action, "actionNumber", int, where)
        need(action, "actionType", str, where)
    if not actions and len(bodies[0]) > EMPTY_ANSWER_BYTES_MAX:
        raise ContractError(f"{where}: {len(bodies[0])} bytes without an action")
    # The file grows during the game. Half a game, once stored as a whole one, is never collected
    # again.
    if not _is_over(actions):
        raise NotReadyError(f"{where}: game {game_id} has {len(actions)} actions and no end yet")
    return Parsed(actions, len(actions))


def _is_over(actions: Sequence[Record]) -> bool:
    """Return whether the game's end follows the last period's; corrections may come after both."""
    kinds = [action["actionType"] for action in actions]
    last_period = max((number for number, kind in enumerate(kinds) if kind == "period"), default=0)
    return "game" in kinds[last_period:]


def _final_score(actions: Sequence[Record], _game: GameRef) -> tuple[int, int]:
    """Return the points that the last action with a score has."""
    scored = (each for each in reversed(actions) if each.get("scoreAway"))
    last = next(scored, {"scoreAway": "0", "scoreHome": "0"})
    try:
        return int(last["scoreAway"]), int(last["scoreHome"])
    except (KeyError, ValueError) as error:
        raise ContractError(f"nbac_play_by_play: the last score is {last!r:.200}") from error


PLAY_BY_PLAY = Scraper(
    "nbac_play_by_play",
    "game",
    _calls,
    _parse,
    due=time(),
    expects=Expectation(key=("actionNumber",), score=_final_score),
)

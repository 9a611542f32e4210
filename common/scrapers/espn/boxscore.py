"""The scraper of a game's box score, from the data that ESPN's page of the game embeds.

The page is addressed by ESPN's id, which the scoreboard of the date gives: one call leads to the
other.
"""

import re
from collections.abc import Sequence
from datetime import datetime, time

from common.messages.models import GameRef
from common.scrapers.agreement import adds_up, distinct, final_score, same
from common.scrapers.espn.games import EspnGame, exchanged, find, tricode
from common.scrapers.espn.scoreboard import board_of, calls
from common.scrapers.model import (
    Call,
    ContractError,
    Expectation,
    MismatchError,
    NotReadyError,
    Parsed,
    Record,
    Scraper,
    Target,
    game_of,
)
from common.scrapers.shape import load, need, objects

PAGE_DATA = re.compile(rb"window\['__espnfitt__'\]\s*=\s*(\{.*?\});?\s*</script>", re.DOTALL)


def _calls(target: Target, now: datetime) -> Sequence[Call]:
    game_of(target)
    return calls(target, now)


def _then(bodies: Sequence[bytes], target: Target) -> Sequence[Call]:
    """Return the call for the page of the asked game, once it is over."""
    where, asked = target.scraper, game_of(target)
    found = _listed(bodies[0], target)
    if not found.completed:
        raise NotReadyError(f"{where}: game {asked.game_id} is not over; ESPN has {found.status}")
    return [Call("espn_www", f"/nba/boxscore/_/gameId/{found.espn_id}", {}, found.espn_id)]


def _listed(board: bytes, target: Target) -> EspnGame:
    """Return the asked game as the scoreboard lists it."""
    asked, (games, _, warnings) = game_of(target), board_of(board, target)
    found = find(games, target.target_date, asked)
    if found is None:
        listed = ", ".join(f"{game.away}@{game.home}" for game in games) or "no game"
        wanted = f"{asked.away}@{asked.home} ({asked.game_id})"
        raise ContractError(
            f"{target.scraper}: ESPN lists {listed} on {target.target_date}, asked was "
            + "; ".join((wanted, *warnings))
        )
    return found


def _parse(bodies: Sequence[bytes], target: Target) -> Parsed:
    where, asked = target.scraper, game_of(target)
    listed = _listed(bodies[0], target)
    package = _package(bodies[-1], where)
    strip = need(package, "gmStrp", dict, where)
    same("gid", need(strip, "gid", str, where), listed.espn_id, where)
    state = need(need(strip, "status", dict, where), "state", str, where)
    if state != "post":
        raise NotReadyError(f"{where}: game {asked.game_id} is {state!r}, not over")
    scores = _scores(strip, asked, where)
    if scores != listed.points:
        raise MismatchError(
            f"{where}: game {asked.game_id}: the page's score is {scores}, "
            f"the scoreboard's {listed.points}"
        )
    teams = objects(need(package, "bxscr", list, where), where)
    rows = [_team(team, scores, asked, where) for team in teams]
    distinct("team", (row["teamTricode"] for row in rows), where)
    same("the number of teams", len(rows), len(scores), where)
    return Parsed(rows, len(rows), exchanged(listed, asked, where))


def _package(page: bytes, where: str) -> Record:
    data = PAGE_DATA.search(page)
    if data is None:
        raise ContractError(
            f"{where}: {len(page)} bytes without __espnfitt__; starts {page[:40]!r}"
        )
    inner = load(data[1], where)
    for field in ("page", "content", "gamepackage"):
        inner = need(inner, field, dict, where)
    return dict(inner)


def _scores(strip: Record, asked: GameRef, where: str) -> dict[str, int]:
    """Return the final score by tricode; each is the sum of its line."""
    scores: dict[str, int] = {}
    for team in objects(need(strip, "tms", list, where), where):
        name = tricode(need(team, "abbrev", str, where))
        line = objects(need(team, "linescores", list, where), where)
        scores[name] = _number(need(team, "score", str, where), f"{where}: score of {name}")
        values = [_number(need(each, "displayValue", str, where), where) for each in line]
        adds_up(f"the linescores of {name}", values, scores[name], where)
    same("the page's teams", sorted(scores), sorted((asked.away, asked.home)), where)
    return scores


def _team(team: Record, scores: dict[str, int], asked: GameRef, where: str) -> Record:
    """Return a team with its players, each statistic under its label."""
    about = need(team, "tm", dict, where)
    name = tricode(need(about, "abbrev", str, where))
    if name not in scores:
        raise ContractError(f"{where}: bxscr is about {name}, asked was {sorted(scores)}")
    where = f"{where}: {name}"
    groups = objects(need(team, "stats", list, where), where)
    players = [
        _player(row, group, where)
        for group in groups
        if "athlts" in group
        for row in objects(need(group, "athlts", list, where), where)
    ]
    distinct("player", (player["id"] for player in players), where)
    points = [_number(each["PTS"], where) for each in players if "PTS" in each]
    adds_up("the players' points", points, scores[name], where)
    return {"gameId": asked.game_id, "teamTricode": name, "score": scores[name], "players": players}


def _player(row: Record, group: Record, where: str) -> Record:
    """Return a player with the group's labels as keys; one who did not play has no statistic."""
    athlete = need(row, "athlt", dict, where)
    labels, values = need(group, "lbls", list, where), need(row, "stats", list, where)
    if values and len(values) != len(labels):
        raise ContractError(f"{where}: {len(values)} statistics for the {len(labels)} labels")
    if values and "PTS" not in labels:
        raise ContractError(f"{where}: lbls are {labels!r:.80}, without PTS")
    if not all(isinstance(label, str) for label in labels):
        raise ContractError(f"{where}: lbls are {labels!r:.80}, not all of them texts")
    return {
        "id": need(athlete, "id", str, where),
        "name": need(athlete, "dspNm", str, where),
        "starter": need(group, "type", str, where) == "starters",
        "didNotPlay": row.get("dnpRsn"),
        **(dict(zip(labels, values, strict=True)) if values else {}),
    }


def _number(text: object, where: str) -> int:
    if not isinstance(text, str) or not text.isdecimal():
        raise ContractError(f"{where}: {text!r:.40} is no number")
    return int(text)


BOXSCORE = Scraper(
    "espn_boxscore",
    "game",
    _calls,
    _parse,
    empty_bytes_max=None,
    due=time(),
    then=_then,
    by_nba_id=False,
    expects=Expectation(score=final_score),
)

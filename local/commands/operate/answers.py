"""Recorded answers of a source, read as the scraper_runner reads live ones."""

import gzip
import json
import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import httpx
from pydantic_core import from_json

from common.calendar.game_ids import season_of_game
from common.calendar.games import Game, season_of
from common.clock import SystemClock
from common.eastern import at
from common.errors import BadInputError
from common.logs import silent
from common.messages.models import EVENT_ID, GameRef, season_type
from common.scrapers import get
from common.scrapers.model import Scraper, Target
from common.settings import Settings
from common.sources.client import Source
from common.sources.outcomes import Scraped
from common.sources.scrape import scrape
from local.fake_sources.overrides import switched_on
from local.fake_sources.slate import load


@dataclass(frozen=True)
class Asked:
    """What the command line asks to read.

    Attributes:
        scraper: a name of the registry.
        files: the answers, in the order of the scraper's calls.
        day: the Eastern target date.
        game: id, and the teams `AWY@HOM` where they are given.
        schedule: names the game's teams where they are not given, and the final games of the date
            that an answer for the whole date must contain.
        teams: the tricodes of the teams, for a scraper of teams; empty means all.
        instant: when it is read, and of a past snapshot (aware); None for two days later, when
            everything is due.
    """

    scraper: str
    files: tuple[Path, ...]
    day: date
    game: tuple[str, str | None] | None
    schedule: Path | None
    teams: tuple[str, ...] = ()
    instant: datetime | None = None


@dataclass(frozen=True)
class Reading:
    """How a scraper read its answers."""

    scraped: Scraped

    @property
    def rows(self) -> Sequence[dict[str, Any]]:
        """The records of the object that the runner would store; none where it stores a PDF."""
        if self.scraped.content_type != "application/json":
            return []
        records: list[dict[str, Any]] = json.loads(self.scraped.body).get("records", [])
        return records


def read_answers(asked: Asked) -> Reading:
    """Scrape once, with the files as the answers of the source.

    Raises:
        BadInputError: an unknown scraper or team, a missing or superfluous game, a schedule that
            cannot be read, or a number of files that does not fit the scraper's calls.
        OSError: a file cannot be read.
    """
    scraper = get(asked.scraper)
    bodies = [_body(path) for path in asked.files]
    target = _target(scraper, asked, bodies)
    # The day is over then, so that every file name of the day is a candidate.
    now = asked.instant or at(asked.day + timedelta(days=2), time())
    calls = len(scraper.calls(target, now)) + (scraper.then is not None)
    _check_count(scraper, calls, len(bodies))
    with silent():  # the warnings are printed whole
        return Reading(scrape(scraper, target, _source(iter(bodies)), now))


def _body(path: Path) -> bytes:
    body = path.read_bytes()
    return gzip.decompress(body) if path.suffix == ".gz" else body


def _check_count(scraper: Scraper, calls: int, files: int) -> None:
    needed = 1 if scraper.takes == "first" else calls
    if files != needed:
        raise BadInputError(
            f"{scraper.name} reads {needed} answer(s) here, {files} files are given"
        )


def _source(bodies: Iterator[bytes]) -> Source:
    """Return the deployed client; each request is answered with the next body."""
    settings = Settings.model_validate({"source_interval_seconds": 0, **switched_on()})
    answers = httpx.MockTransport(lambda _: httpx.Response(200, content=next(bodies)))
    return Source(settings, SystemClock(), answers)


def _target(scraper: Scraper, asked: Asked, bodies: Sequence[bytes]) -> Target:
    game = _game(scraper, asked)
    games = () if game else tuple(_finals(asked))
    target = Target(
        scraper.name,
        asked.day,
        season_of(asked.day),
        game,
        _event_ids(scraper, bodies),
        teams=asked.teams,
        instant=asked.instant,
        games=games,
    )
    if not target.asked:
        return target
    first = target.asked[0].game_id
    return replace(target, season=season_of_game(first), season_type=season_type(first))


def _finals(asked: Asked) -> Iterator[GameRef]:
    """Yield the final games of the date, when a schedule is given."""
    for game in load(asked.schedule).games if asked.schedule else ():
        if game.game_date == asked.day and game.is_final:
            yield _ref(game)


def _ref(game: Game) -> GameRef:
    away, home = game.score if game.score and game.is_final else (None, None)
    return GameRef(
        game_id=game.game_id, away=game.away, home=game.home, away_score=away, home_score=home
    )


def _game(scraper: Scraper, asked: Asked) -> GameRef | None:
    if (scraper.scope == "game") != (asked.game is not None):
        needed = "give --game ID[:AWY@HOM]" if scraper.scope == "game" else "leave --game out"
        raise BadInputError(f"{scraper.name} collects one {scraper.scope} a task; {needed}")
    if asked.game is None:
        return None
    game_id, teams = asked.game
    if teams:
        away, home = teams.split("@")
        return GameRef(game_id=game_id, away=away, home=home)
    return _listed(game_id, asked.schedule)


def _listed(game_id: str, schedule: Path | None) -> GameRef:
    if schedule is None:
        raise BadInputError(
            f"--game {game_id}: its teams are unknown; give {game_id}:AWY@HOM or --schedule FILE"
        )
    for game in load(schedule).games:
        if game.game_id == game_id:
            return _ref(game)
    raise BadInputError(f"--game {game_id}: {schedule} does not list it; give {game_id}:AWY@HOM")


def _event_ids(scraper: Scraper, bodies: Sequence[bytes]) -> tuple[str, ...]:
    """Return one event id a file, for a scraper that asks by event."""
    if not scraper.needs_events:
        return ()
    return tuple(_event_id(body) or f"file-{n}" for n, body in enumerate(bodies, 1))


def _event_id(body: bytes) -> str | None:
    """Return the id of the one event in an answer; None where it cannot be read."""
    try:
        document = from_json(body.removeprefix(BOM_UTF8))
    except ValueError:
        return None
    if isinstance(document, dict):
        document = document.get("data", document)
    found = document.get("id") if isinstance(document, dict) else None
    return found if isinstance(found, str) and re.fullmatch(EVENT_ID, found) else None

"""Asks for single scrapes: each is checked before it is published, and followed to its row."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import repeat

from common import ids
from common.calendar.game_ids import is_known
from common.calendar.games import Game
from common.cloud.ports import Row
from common.errors import BadInputError
from common.executions.execution import TOPIC
from common.look.wanted import Wanted, wanted_of
from common.messages.models import GAMES_MAX, INSTANT_END, GameRef, ScraperRequest, season_type
from common.runtime import Runtime
from common.scrapers import REGISTRY

LOG = "scraper_execution_log"
COLUMNS = ("task_id", "outcome", "error_message", "gcs_path", "triggered_at")
POLL_SECONDS = 2.0
"""Between two looks at a table of BigQuery, where a row takes some seconds."""
OPEN_MAX = 40
"""Requests that are open at once: a host answers one at a time, and a task waits 420 s at most."""


@dataclass(frozen=True)
class Question:
    """One scrape to ask for.

    Attributes:
        scraper: the name of the scraper.
        day: the Eastern date that the data is about.
        game: its game; None for a whole date.
        games: for a whole date, the finished games that the answer must contain.
    """

    scraper: str
    day: date
    game: Game | None = None
    games: tuple[Game, ...] = ()

    @property
    def said(self) -> str:
        """What is asked for, in words."""
        about = f"{self.game.away}@{self.game.home} of {self.day}" if self.game else f"{self.day}"
        return f"{self.scraper} of {about}"

    def request(self) -> ScraperRequest:
        """Return the message that asks for it."""
        named = (self.game, *self.games)
        first = next((game.game_id for game in named if game and is_known(game.game_id)), None)
        return ScraperRequest(
            scraper=self.scraper,
            target_date=self.day,
            game=_ref(self.game) if self.game else None,
            games=tuple(_ref(game) for game in self.games[:GAMES_MAX]),
            season_type=season_type(first) if first else "Regular Season",
        )


def _ref(game: Game) -> GameRef:
    away, home = game.score if game.is_final and game.score else (None, None)
    names = {"game_id": game.game_id, "away": game.away, "home": game.home}
    return GameRef(**names, away_score=away, home_score=home)


def question_of(place: Runtime, scraper: str, day: date, game: str | None) -> Question:
    """Return a question that the scraper's function will take.

    Args:
        place: knows the schedule.
        scraper: the name of the scraper.
        day: the Eastern date that it is about.
        game: the game's id, or its teams as `MIL@CHA`; None for a whole date.

    Raises:
        BadInputError: an unknown scraper or game, a game too many or none, a far date, or a scraper
            that needs the event ids which only a workflow's earlier step finds.
    """
    known = REGISTRY.get(scraper)
    if known is None:
        raise BadInputError(f"no scraper {scraper!r}; known are {', '.join(sorted(REGISTRY))}")
    if known.needs_events:
        raise BadInputError(f"{scraper} needs event ids, which a workflow's first step finds")
    if (known.scope == "game") != (game is not None):
        needed = "name one with --game" if known.scope == "game" else "leave --game out"
        raise BadInputError(f"{scraper} collects a {known.scope}; {needed}")
    if day >= INSTANT_END.date():
        raise BadInputError(f"--date {day}: give one before {INSTANT_END:%Y-%m-%d}")
    if game is not None:
        return Question(scraper, day, _game(_games(place, day), day, game))
    if not any(one.scraper == scraper for one in _of_whole_nights(place)):
        return Question(scraper, day)
    finals = (each for each in _games(place, day) if each.is_final and is_known(each.game_id))
    return Question(scraper, day, games=tuple(finals))


def _games(place: Runtime, day: date) -> list[Game]:
    listed = place.season.read(place.clock.now()).calendar.get(day, ())
    return [game for game in listed if not game.postponed]


def _game(games: Sequence[Game], day: date, name: str) -> Game:
    for game in games:
        if name in (game.game_id, f"{game.away}@{game.home}"):
            return game
    listed = ", ".join(f"{game.away}@{game.home}" for game in games) or "none"
    raise BadInputError(f"no game {name!r} on {day}; the schedule lists {listed}")


def _of_whole_nights(place: Runtime) -> list[Wanted]:
    """Return the data of finished games that one task collects for a whole date."""
    wanted = wanted_of(place.configured, place.per_game)
    return [one for one in wanted if one.moment == "after" and not one.per_game]


def ask(
    place: Runtime,
    questions: Sequence[Question],
    *,
    seconds_max: float,
    told: Callable[[Question, Row], None],
) -> list[Question]:
    """Publish requests, a few at a time, and follow each to its log row.

    Args:
        place: where to.
        questions: what to ask for.
        seconds_max: how long to wait for the next row.
        told: called with each question and its row.

    Returns:
        The questions that have no row by then.
    """
    since = place.clock.now() - timedelta(minutes=1)
    waiting, waited, pauses = [*questions], 0.0, looks()
    open_: dict[str, Question] = {}
    while waiting or open_:
        more, waiting = waiting[: OPEN_MAX - len(open_)], waiting[OPEN_MAX - len(open_) :]
        open_ |= _published(place, more)
        found = _rows(place, open_, since)
        for task, row in found.items():
            told(open_.pop(task), row)
        if found:
            pauses, waited = looks(), 0.0
            continue
        if waited >= seconds_max:
            return [*open_.values(), *waiting]
        place.clock.sleep(pause := min(next(pauses), seconds_max - waited))
        waited += pause
    return []


def looks() -> Iterator[float]:
    """Yield the seconds from one look for rows to the next: a local stack has them at once."""
    yield from (0.25, 0.5, 1.0)
    yield from repeat(POLL_SECONDS)


def _published(place: Runtime, questions: Sequence[Question]) -> dict[str, Question]:
    """Publish requests; return them by the ids of their tasks."""
    if not questions:
        return {}
    messages = [(one.request().body(), {"scraper": one.scraper}) for one in questions]
    sent = place.publisher.publish_all(TOPIC, messages)
    return {ids.request_id(each): one for each, one in zip(sent, questions, strict=True)}


def _rows(place: Runtime, tasks: Mapping[str, Question], since: datetime) -> dict[str, Row]:
    rows = place.warehouse.select(
        LOG,
        COLUMNS,
        since=since,
        until=place.clock.now() + timedelta(days=1),
        where={"task_id": [*tasks]},
    )
    return {row["task_id"]: row for row in rows}

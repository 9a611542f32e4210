"""Computes from the log and the stored objects what was collected of each game."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from common.calendar.game_ids import OTHER_OWNER
from common.calendar.games import Game
from common.cloud.ports import Row
from common.configuration.workflows import CatchUp, PostGame, PreGame, Workflow
from common.decisions.situation import GAME_LENGTH
from local.fake_sources.espn.teams import espn_game_id
from local.fake_sources.odds import event_id

Read = Callable[[str], bytes]
"""Returns the content of a `gcs_path`; empty when the object is gone."""


@dataclass(frozen=True)
class Wanted:
    """What the workflows are to collect of every game.

    Attributes:
        lines: scrapers of its lines before the tip-off.
        per_game: scrapers of the game itself, each with those that can stand in for it.
        per_date: scrapers of its whole date, likewise.
        again: how long after the game's end a scraper collects it once more.
    """

    lines: tuple[str, ...]
    per_game: Mapping[str, tuple[str, ...]]
    per_date: Mapping[str, tuple[str, ...]]
    again: Mapping[str, timedelta]


@dataclass(frozen=True)
class GameCoverage:
    """What was collected of a game.

    Attributes:
        game: the game.
        no_lines: line scrapers without an offer for it before its tip-off.
        missing: post-game scrapers without its data.
        twice: per-game scrapers that succeeded more often than they were to.
        complete: when its last post-game scraper succeeded (aware UTC); None while one is missing,
            or is to collect it once more.
    """

    game: Game
    no_lines: tuple[str, ...]
    missing: tuple[str, ...]
    twice: tuple[str, ...]
    complete: datetime | None


def wanted_of(workflows: Mapping[str, Workflow], per_game: frozenset[str]) -> Wanted:
    """List what the configured workflows are to collect of every game."""
    steps = [(flow, step) for flow in workflows.values() for step in flow.steps]
    feeders = {step.events_from for _, step in steps}
    before = [n for f, s in steps if isinstance(f, PreGame) for n in s.scrapers if n not in feeders]
    after = [
        (name, flow)
        for flow, step in steps
        if isinstance(flow, PostGame | CatchUp) and step.games == "final"
        for name in step.scrapers
    ]
    again = {name: span for name, flow in after if (span := flow.again_after(name))}
    return Wanted(
        lines=tuple(dict.fromkeys(before)),
        per_game={name: flow.standing_for(name) for name, flow in after if name in per_game},
        per_date={name: flow.standing_for(name) for name, flow in after if name not in per_game},
        again=again,
    )


def _lasting(times: Sequence[datetime], game: Game, again: timedelta | None) -> datetime | None:
    """Return the first success that needs no other after it; None where there is none yet."""
    since = game.tipoff + GAME_LENGTH + again if again and game.tipoff else None
    return min((when for when in times if since is None or when >= since), default=None)


def _outcomes(record: Mapping[str, Any]) -> Iterator[object]:
    for book in record.get("bookmakers", ()):
        for market in book.get("markets", ()):
            yield from market.get("outcomes", ())


def _offers(body: bytes) -> frozenset[str]:
    """Return the events for which an object has at least one price."""
    records = json.loads(body or b"{}").get("records", [])
    return frozenset(record["id"] for record in records if any(_outcomes(record)))


def _games(body: bytes) -> frozenset[str]:
    """Return the games of which an object of a whole date has rows."""
    return frozenset(found.decode() for found in re.findall(rb'"GAME_ID":"(\d+)"', body))


class Collected:
    """The successful scrapes of a log, by what they are about.

    Args:
        wanted: what the workflows are to collect.
        read: is asked once for each object that may hold several games.
    """

    def __init__(self, wanted: Wanted, read: Read) -> None:
        self._wanted, self._read = wanted, read
        self._of_game: dict[tuple[str, str], list[datetime]] = defaultdict(list)
        self._of_date: dict[tuple[str, date], list[tuple[datetime, frozenset[str]]]] = defaultdict(
            list
        )
        per_date = (name for line in wanted.per_date.values() for name in line)
        self._find = {**dict.fromkeys(wanted.lines, _offers), **dict.fromkeys(per_date, _games)}

    def add(self, log: Iterable[Row]) -> None:
        """Add rows of the log; the objects that they name are read at once."""
        for row in log:
            name, when = row["scraper_name"], row["triggered_at"]
            if row["outcome"] != "SUCCESS":
                continue
            if row["game_id"]:
                self._of_game[name, row["game_id"]].append(when)
            elif name in self._find:
                held = self._find[name](self._read(row["gcs_path"]))
                self._of_date[name, row["target_date"]].append((when, held))

    def cover(self, game: Game) -> GameCoverage:
        """Compute what was collected of one game."""
        wanted = self._wanted
        found = {
            name: [
                when
                for each in line
                for game_id in (game.game_id, f"{OTHER_OWNER}{espn_game_id(game.game_id)}")
                for when in self._of_game.get((each, game_id), ())
            ]
            for name, line in wanted.per_game.items()
        }
        for name, line in wanted.per_date.items():
            found[name] = [when for each in line for when in self._holding(each, game)]
        missing = tuple(name for name, times in found.items() if not times)
        lasting = [_lasting(times, game, wanted.again.get(name)) for name, times in found.items()]
        return GameCoverage(
            game=game,
            no_lines=tuple(name for name in wanted.lines if not self._has_lines(name, game)),
            missing=missing,
            twice=tuple(n for n in wanted.per_game if len(found[n]) > 1 + (n in wanted.again)),
            complete=max(filter(None, lasting), default=None) if all(lasting) else None,
        )

    def _has_lines(self, scraper: str, game: Game) -> bool:
        """Whether an object from before the tip-off has an offer for the game."""
        event, found = event_id(game.game_id), self._of_date.get((scraper, game.game_date), ())
        times = (when for when, offers in found if event in offers)
        return any(game.tipoff is not None and when < game.tipoff for when in times)

    def _holding(self, scraper: str, game: Game) -> list[datetime]:
        """When scrapes of the game's date succeeded whose object contains the game."""
        found = self._of_date.get((scraper, game.game_date), ())
        return [when for when, games in found if game.game_id in games]

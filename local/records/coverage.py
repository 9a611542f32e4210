"""Computes from the log and the stored objects what was collected of each game."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
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


class Collected:
    """The successful scrapes of a log, by what they are about."""

    def __init__(self, log: Sequence[Row], read: Read) -> None:
        self._read = read
        self._of_game: dict[tuple[str, str], list[datetime]] = defaultdict(list)
        self._of_date: dict[tuple[str, date], list[Row]] = defaultdict(list)
        self._offered: dict[str, frozenset[str]] = {}
        for row in log:
            if row["outcome"] != "SUCCESS":
                continue
            if row["game_id"]:
                self._of_game[row["scraper_name"], row["game_id"]].append(row["triggered_at"])
            else:
                self._of_date[row["scraper_name"], row["target_date"]].append(row)

    def cover(self, game: Game, wanted: Wanted) -> GameCoverage:
        """Compute what was collected of one game."""
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
            text = f'"GAME_ID":"{game.game_id}"'
            found[name] = [when for each in line for when in self._holding(each, game, text)]
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
        event, rows = event_id(game.game_id), self._of_date.get((scraper, game.game_date), ())
        times = (r["triggered_at"] for r in rows if event in self._offers(r["gcs_path"]))
        return any(game.tipoff is not None and when < game.tipoff for when in times)

    def _offers(self, path: str) -> frozenset[str]:
        """The events for which an object has at least one price."""
        if path not in self._offered:
            records = json.loads(self._read(path) or b"{}").get("records", [])
            self._offered[path] = frozenset(
                record["id"] for record in records if any(_outcomes(record))
            )
        return self._offered[path]

    def _holding(self, scraper: str, game: Game, text: str) -> list[datetime]:
        """When scrapes of the game's date succeeded whose object contains the game."""
        rows = self._of_date.get((scraper, game.game_date), ())
        return [r["triggered_at"] for r in rows if text.encode() in self._read(r["gcs_path"])]

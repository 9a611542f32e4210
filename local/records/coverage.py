"""Computes from the log and the stored objects what was collected of each game."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from common.calendar.games import Game
from common.cloud.ports import Row
from common.configuration.workflows import CatchUp, PostGame, PreGame, Workflow
from local.fake_sources.odds import event_id

Read = Callable[[str], bytes]
"""Returns the content of a `gcs_path`; empty when the object is gone."""


@dataclass(frozen=True)
class Wanted:
    """Names the scrapers a game needs: before its tip-off, for itself, and for its whole date."""

    lines: tuple[str, ...]
    per_game: tuple[str, ...]
    per_date: tuple[str, ...]


@dataclass(frozen=True)
class GameCoverage:
    """What was collected of a game.

    Attributes:
        game: the game.
        no_lines: line scrapers without an offer for it before its tip-off.
        missing: post-game scrapers without its data.
        twice: per-game scrapers that succeeded more than once.
        complete: when its last post-game scraper succeeded (aware UTC); None while one is missing.
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
        name
        for flow, step in steps
        if isinstance(flow, PostGame | CatchUp) and step.games == "final"
        for name in step.scrapers
    ]
    return Wanted(
        lines=_unique(before),
        per_game=_unique(name for name in after if name in per_game),
        per_date=_unique(name for name in after if name not in per_game),
    )


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


class Collected:
    """The successful scrapes of a log, by what they are about."""

    def __init__(self, log: Sequence[Row], read: Read) -> None:
        self._read = read
        self._of_game: dict[tuple[str, str], list[datetime]] = defaultdict(list)
        self._of_date: dict[tuple[str, date], list[Row]] = defaultdict(list)
        for row in log:
            if row["outcome"] != "SUCCESS":
                continue
            if row["game_id"]:
                self._of_game[row["scraper_name"], row["game_id"]].append(row["triggered_at"])
            else:
                self._of_date[row["scraper_name"], row["target_date"]].append(row)

    def cover(self, game: Game, wanted: Wanted) -> GameCoverage:
        """Compute what was collected of one game."""
        found = {name: self._of_game.get((name, game.game_id), []) for name in wanted.per_game}
        for name in wanted.per_date:
            found[name] = self._holding(name, game, f'"GAME_ID":"{game.game_id}"')
        missing = tuple(name for name, times in found.items() if not times)
        firsts = [min(times) for times in found.values() if times]
        return GameCoverage(
            game=game,
            no_lines=tuple(name for name in wanted.lines if not self._has_lines(name, game)),
            missing=missing,
            twice=tuple(name for name in wanted.per_game if len(found[name]) > 1),
            complete=None if missing else max(firsts, default=None),
        )

    def _has_lines(self, scraper: str, game: Game) -> bool:
        times = self._holding(scraper, game, event_id(game.game_id))
        return any(game.tipoff is not None and when < game.tipoff for when in times)

    def _holding(self, scraper: str, game: Game, text: str) -> list[datetime]:
        """When scrapes of the game's date succeeded whose object contains the game."""
        rows = self._of_date.get((scraper, game.game_date), ())
        return [r["triggered_at"] for r in rows if text.encode() in self._read(r["gcs_path"])]

"""Computes from the five tables and the stored objects what was collected of each game."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from common.calendar.games import Game
from common.configuration.workflows import CatchUp, PostGame, PreGame, Workflow
from common.decisions.situation import Action
from local.fake_sources.odds import event_id
from local.records.tables import Tables

Row = Mapping[str, Any]
Read = Callable[[str], bytes]
"""The content of a `gcs_path`."""


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


def missed_windows(tables: Tables) -> list[str]:
    """List date and workflow of each window decided as missed, or planned and never run."""
    decisions = tables["workflow_decisions"]
    runs = {_window(row) for row in decisions if row["action"] == "RUN"}
    missed = {_window(row) for row in decisions if row["reason_code"] == "MISSED_WINDOW"}
    planned = {_window(row) for row in tables["daily_expected_schedule"]}
    return sorted(f"{day} {name}" for name, day in missed | (planned - runs))


def _window(row: Row) -> tuple[str, date]:
    return row["workflow_name"], row["target_date"]


def needless_runs(
    tables: Tables, played_on: Mapping[date, object], covered: Mapping[str, GameCoverage]
) -> list[str]:
    """List slot and workflow of each RUN for a date without games, or for complete games only."""
    found = []
    for row in tables["workflow_decisions"]:
        if row["action"] != "RUN":
            continue
        games = [covered[game] for game in row["game_ids"] if game in covered]
        after = [g for g in games if g.complete is not None and g.complete < row["slot"]]
        if row["target_date"] not in played_on or (games and len(after) == len(row["game_ids"])):
            found.append(f"{row['slot']:%Y-%m-%dT%H:%MZ} {row['workflow_name']}")
    return found


def why_no_lines(tables: Tables, workflows: Mapping[str, Workflow], day: date) -> str:
    """Summarise what the pre-game workflows decided on a date."""
    names = {name for name, flow in workflows.items() if isinstance(flow, PreGame)}
    decided: Counter[tuple[Action, str]] = Counter(
        (row["action"], row["reason_code"])
        for row in tables["workflow_decisions"]
        if row["workflow_name"] in names and row["target_date"] == day
    )
    parts = (f"{number} {action} {code}" for (action, code), number in sorted(decided.items()))
    return ", ".join(parts) or "no decision was made that day"


def why_missing(tables: Tables, game: Game, scrapers: Sequence[str]) -> str:
    """Describe the last attempt of each missing scraper."""
    last: dict[str, Row] = {}
    for row in tables["scraper_execution_log"]:
        about = row["game_id"] or (row["target_date"] == game.game_date and game.game_id)
        if about == game.game_id and row["scraper_name"] in scrapers:
            last[row["scraper_name"]] = row
    return "; ".join(f"{name}: {_outcome(last.get(name))}" for name in scrapers)


def _outcome(row: Row | None) -> str:
    if row is None:
        return "never requested"
    return f"{row['outcome']} at {row['triggered_at']:%Y-%m-%dT%H:%MZ}"

"""What a season's tables show besides its coverage: missed windows, needless runs, and why."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from common.calendar.games import Game
from common.configuration.workflows import PreGame, Workflow
from common.decisions.situation import Action
from local.records.coverage import GameCoverage
from local.records.tables import Tables

Row = Mapping[str, Any]


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
        if about == game.game_id:
            last[row["scraper_name"]] = row
    return "; ".join(f"{name}: {_outcome(last.get(name))}" for name in scrapers)


def _outcome(row: Row | None) -> str:
    if row is None:
        return "never requested"
    return f"{row['outcome']} at {row['triggered_at']:%Y-%m-%dT%H:%MZ}"

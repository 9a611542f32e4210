"""What a simulation came to, as files and as text."""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from local.records.tables import write_tables
from local.simulator.run import Outcome, Progress


def summary_of(outcome: Outcome) -> dict[str, Any]:
    """Make the content of `summary.json`."""
    options, decisions = outcome.options, outcome.tables["workflow_decisions"]
    return {
        "from": f"{options.first}",
        "to": f"{options.last}",
        "days": outcome.days,
        "seed": options.seed,
        "faults": options.faults,
        "games": len(outcome.games),
        "games_with_lines_before_tipoff": sum(not g.no_lines for g in outcome.games),
        "games_with_box_score": sum("nbac_boxscore" not in g.missing for g in outcome.games),
        "games_with_every_post_game_scraper": sum(not g.missing for g in outcome.games),
        "missed_windows": len(outcome.missed_windows),
        "runs_on_days_without_need": len(outcome.needless_runs),
        "duplicate_collections": sum(len(g.twice) for g in outcome.games),
        "decisions": {
            "by_action": dict(sorted(Counter(d["action"] for d in decisions).items())),
            "by_reason_code": dict(sorted(Counter(d["reason_code"] for d in decisions).items())),
        },
        "rows": {name: len(rows) for name, rows in outcome.tables.items()},
        "events": outcome.events,
        "refused_deliveries": outcome.refused,
        "dead_letters": outcome.dead_letters,
        "faults_that_happened": dict(sorted(Counter(f.kind for f in outcome.fired).items())),
        "wall_seconds": outcome.wall_seconds,
        "lists": {
            "lacking_games": list(outcome.lacking),
            "missed_windows": list(outcome.missed_windows),
            "runs_on_days_without_need": list(outcome.needless_runs),
            "switches": [
                f"{when:%Y-%m-%dT%H:%MZ} {scraper}: {to or 'back'}"
                for when, scraper, to in outcome.switches
            ],
        },
    }


def write_outcome(outcome: Outcome, folder: Path) -> None:
    """Write the five tables and the summary."""
    write_tables(outcome.tables, folder)
    (folder / "summary.json").write_text(json.dumps(summary_of(outcome), indent=2) + "\n")


def print_progress(progress: Progress) -> None:
    """Print one line on standard error."""
    beyond = progress.number - progress.total
    of = f"{beyond} after the last" if beyond > 0 else f"day {progress.number} of {progress.total}"
    print(
        f"{progress.day}  {of}  {progress.events} events  {progress.seconds:.1f} s", file=sys.stderr
    )


def print_summary(outcome: Outcome, folder: Path) -> None:
    """Print the figures of `summary.json`, without its lists."""
    for name, value in summary_of(outcome).items():
        if not isinstance(value, dict):
            print(f"{name.replace('_', ' ')}: {value}")
    print(f"Tables written to {folder}")

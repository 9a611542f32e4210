"""Compares the five tables without times, and finds what is wrong in them at rest."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

from common.cloud.tables import table
from local.simulator.world import World
from tests.kit.breaks import Break, deliver_through
from tests.kit.world import before, new_world, rest

# What a later try may write differently: times, what derives from them, and generations.
_LOOSE = {
    "workflow_decisions": {"reason", "inputs", "next_check"},
    "cleanup_operations": {
        "status",
        "error_message",
        "duration_seconds",
        "files_checked",
        "missing_files_found",
        "republished_count",
        "republished",
    },
    "scraper_execution_log": {
        "execution_id",
        "gcs_path",
        "object_generation",
        "object_bytes",
        "duration_seconds",
    },
    "workflow_executions": {"duration_seconds", "scraper_execution_ids"},
}


def tables(world: World) -> dict[str, list[str]]:
    """Reduce the five tables to sorted rows without times, for comparison."""
    return {name: sorted(map(partial(_timeless, name), rows)) for name, rows in world.rows.items()}


def _timeless(name: str, row: Mapping[str, Any]) -> str:
    loose = _LOOSE.get(name, set())
    kept = {
        column: value
        for column, value in row.items()
        if column not in loose and (column == "slot" or not isinstance(value, datetime))
    }
    return repr(kept)


def defects(world: World) -> list[str]:
    """List what is wrong in a world at rest; the list is empty when it is sound."""
    found = [f"{name}: {key} twice" for name in world.rows for key in _repeated(world, name)]
    found += [
        f"dead letter: {m.body}" for m in world.publisher.published if m.topic == "dead-letters"
    ]
    ended = {row["decision_id"] for row in world.rows["workflow_executions"]}
    found += [
        f"RUN without an end: {row['workflow_name']} {row['slot']}"
        for row in world.rows["workflow_decisions"]
        if row["action"] == "RUN" and row["decision_id"] not in ended
    ]
    return [*found, *_unlinked(world), *_unlogged(world)]


def _repeated(world: World, name: str) -> list[str]:
    seen = Counter(row[table(name).id_column] for row in world.rows[name])
    return [key for key, number in seen.items() if number > 1]


def _unlinked(world: World) -> Iterator[str]:
    """Find executions whose log ids are not exactly the logged ones (design, section 4)."""
    for row in world.rows["workflow_executions"]:
        logged = sorted(
            log["execution_id"]
            for log in world.rows["scraper_execution_log"]
            if log["workflow_execution_id"] == row["execution_id"]
        )
        if logged != row["scraper_execution_ids"] or len(logged) != row["scrapers_triggered"]:
            yield f"{row['workflow_name']}: lists {row['scraper_execution_ids']}, logged {logged}"


def _unlogged(world: World) -> Iterator[str]:
    logged = {row["gcs_path"] for row in world.rows["scraper_execution_log"]}
    bucket = world.runtime.settings.data_bucket
    for stored in world.storage.list(bucket, ""):
        if f"gs://{bucket}/{stored.name}" not in logged:
            yield f"not logged: {stored.name}"


@lru_cache
def undisturbed(event: str) -> tuple[dict[str, list[str]], tuple[str, ...]]:
    """Run an event without trouble; returns the tables and the writes of its function."""
    world = new_world()
    watched = Break()
    assert deliver_through(world, before(world, event), watched) == 200
    assert watched.seen
    rest(world, event)
    assert defects(world) == []
    return tables(world), tuple(watched.seen)

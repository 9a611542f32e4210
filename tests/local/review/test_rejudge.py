"""Recorded decisions are judged again from their stored inputs."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from common.eastern import EASTERN, at
from common.errors import BadInputError, ConfigError
from common.settings import ROOT, Settings
from local.commands.cli import main
from local.fake_sources.slate import load
from local.records.tables import write_tables
from local.review.decide import decisions_at
from local.review.rejudge import TABLE, lines_of, rejudge
from local.scheduler import ticks_of
from local.simulator.world import World

SLATE = ROOT / "config" / "slates" / "2025-11.json"
SHIPPED = Settings().workflows_file
DAY = date(2025, 11, 12)
Row = dict[str, Any]


def record(folder: Path, change: Callable[[Row], None] = lambda row: None) -> Path:
    """The decisions of two instants as a controller records them, some of them changed."""
    rows = [
        row
        for clock in ("13:30:15", "23:00:09")
        for row in decisions_at(
            SLATE, datetime.fromisoformat(f"2025-11-12T{clock}").replace(tzinfo=EASTERN), None, None
        )
    ]
    for row in rows:
        change(row)
    (folder / f"{TABLE}.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return folder


def edited(folder: Path, old: str, new: str) -> Path:
    """The shipped workflow file with some text replaced."""
    path = folder / "new.yaml"
    assert old in SHIPPED.read_text()
    path.write_text(SHIPPED.read_text().replace(old, new, 1))
    return path


def on(workflow: str, **changes: object) -> Callable[[Row], None]:
    """Changes the rows of one workflow."""

    def change(row: Row) -> None:
        if row["workflow_name"] == workflow:
            row.update(changes)

    return change


def test_what_was_decided_is_decided_again(tmp_path: Path) -> None:
    """Nothing differs, and nothing but the folder is read."""
    found = rejudge(record(tmp_path))
    assert (found.otherwise, found.judged, found.unkept, found.foreign) == ((), 16, 0, 0)
    assert list(lines_of(found)) == ["16 decisions judged again, 0 otherwise"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"action": "SKIP"}, "action: SKIP → RUN"),
        ({"reason_code": "LATE"}, "reason_code: LATE → READY"),
        ({"scrapers": ["oddsa_events"]}, "scrapers: ['oddsa_events'] → ["),
        ({"game_ids": []}, "game_ids: [] → ["),
        ({"target_date": "2025-11-11"}, "target_date: 2025-11-11 → 2025-11-12"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_differs_is_named(tmp_path: Path, changes: Row, said: str) -> None:
    """Old and new value of each field that counts."""
    found = rejudge(record(tmp_path, on("betting_lines", **changes)))
    text = "\n".join(lines_of(found))
    assert "2025-11-12 13:00  betting_lines: " in text
    assert said in text


def test_other_targets_are_seen(tmp_path: Path) -> None:
    """The scrapers that a game lacks count as well, although no column has them."""

    def lacking_less(row: Row) -> None:
        inputs = json.loads(row["inputs"])
        for group in inputs.get("targets", []):
            group[0] = group[0][:1]
        row["inputs"] = json.dumps(inputs)

    found = rejudge(record(tmp_path, lacking_less))
    assert {tuple(one.differences) for one in found.otherwise} == {("targets",)}
    assert "post_game_window_2" in {one.workflow for one in found.otherwise}


def test_another_configuration_decides_otherwise(tmp_path: Path) -> None:
    """The rows made under the shipped one are told as such."""
    new = edited(tmp_path, "lead_hours: 6", "lead_hours: 5")
    found = rejudge(record(tmp_path), new)
    assert [one.workflow for one in found.otherwise] == ["betting_lines"]
    assert found.otherwise[0].differences["reason_code"] == ("READY", "TOO_EARLY")
    assert "16 were made under another configuration" in list(lines_of(found))[-1]


def test_a_workflow_that_is_gone(tmp_path: Path) -> None:
    """Its decisions are not made any more."""
    new = edited(tmp_path, "post_game_window_2:", "post_game_window_9:")
    found = rejudge(record(tmp_path), new)
    assert {one.workflow for one in found.otherwise} == {"post_game_window_2"}
    assert "post_game_window_2: is not enabled" in next(lines_of(found))


def test_rows_without_inputs_are_counted(tmp_path: Path) -> None:
    """Those of an earlier version cannot be judged; when all are, there is nothing to say."""
    found = rejudge(record(tmp_path, on("betting_lines", inputs='{"games": 12}')))
    assert (found.judged, found.unkept) == (14, 2)
    assert list(lines_of(found))[-1].endswith("2 have no inputs")
    with pytest.raises(BadInputError, match="none of 16 decisions has its inputs"):
        rejudge(record(tmp_path, lambda row: row.update(inputs=None)))


@pytest.mark.parametrize(
    "inputs",
    [
        "{",
        '{"form": 1, "games": {"2025-13-45": []}}',
        '{"form": 1, "tries": [[1]]}',
        '{"form": 1, "runs": [["a", 0, "2025-11-12", [99], null]]}',
        '{"form": 1, "games": "none"}',
    ],
)
def test_broken_inputs_are_named(tmp_path: Path, inputs: str) -> None:
    """The decision and what is wrong with it, in one line."""
    with pytest.raises(BadInputError, match=r"inputs of decision \S+ \(betting_lines at "):
        rejudge(record(tmp_path, on("betting_lines", inputs=inputs)))


def test_the_command_s_exit_status(tmp_path: Path) -> None:
    """0 where all is as it was, 1 where one is not, 2 and one line where nothing can be read."""
    asked = ["replay", str(record(tmp_path))]
    assert CliRunner().invoke(main, asked).exit_code == 0
    new = edited(tmp_path, "lead_hours: 6", "lead_hours: 5")
    assert CliRunner().invoke(main, [*asked, "--workflows", str(new)]).exit_code == 1
    none = CliRunner().invoke(main, ["replay", str(tmp_path / "none")])
    assert (none.exit_code, len(none.stderr.splitlines())) == (2, 1)


def test_a_day_of_the_real_controller(tmp_path: Path) -> None:
    """Its 144 rows, recorded with a history that grows, are all decided again."""
    world = World(load(SLATE), at(DAY, time()))
    for tick in ticks_of(world.runtime.topology, DAY):
        world.settle(tick.instant)
        world.clock.move(tick.instant)
        world.publisher.publish(tick.topic, tick.body(world.runtime.topology), {})
    world.settle()
    write_tables(world.rows, tmp_path)
    found = rejudge(tmp_path)
    assert (found.otherwise, found.judged, found.unkept, found.foreign) == ((), 144, 0, 0)
    assert max(len(row["inputs"]) for row in world.rows[TABLE]) < 4096


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """A folder without the table, and a configuration that cannot work."""
    with pytest.raises(BadInputError, match=r"workflow_decisions\.jsonl"):
        rejudge(tmp_path / "none")
    with pytest.raises(ConfigError, match="within 2 min"):
        rejudge(record(tmp_path), edited(tmp_path, 'at: "23:00"', 'at: "23:30"'))
    with pytest.raises(ConfigError, match="No such file"):
        rejudge(record(tmp_path), tmp_path / "none.yaml")


def test_rows_as_bigquery_exports_them(tmp_path: Path) -> None:
    """`bq extract` leaves null columns out, and writes times its own way."""

    def exported(row: Row) -> None:
        for name in ("decision_time", "slot", "next_check"):
            moment = row[name] and datetime.fromisoformat(row[name]).astimezone(UTC)
            row[name] = moment and f"{moment:%Y-%m-%d %H:%M:%S} UTC"
        for name in [name for name, value in row.items() if value in (None, [])]:
            del row[name]

    found = rejudge(record(tmp_path, exported))
    assert (found.otherwise, found.judged, found.unkept) == ((), 16, 0)


def test_rows_without_columns_of_ours_are_counted(tmp_path: Path) -> None:
    """One of the seed's own columns cannot be judged; one without its time is none at all."""

    def seeds(row: Row) -> None:
        if row["workflow_name"] == "betting_lines":
            del row["slot"], row["inputs"], row["decision_id"]

    assert rejudge(record(tmp_path, seeds)).unkept == 2
    with pytest.raises(BadInputError, match=r"jsonl:1: column decision_time is missing"):
        rejudge(record(tmp_path, lambda row: row.pop("decision_time")))

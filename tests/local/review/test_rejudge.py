"""Recorded decisions are decided again from their stored inputs."""

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
    """Write the decisions of two instants as a controller records them, after a change."""
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
    """Write the shipped workflow file with some text replaced."""
    path = folder / "new.yaml"
    assert old in SHIPPED.read_text()
    path.write_text(SHIPPED.read_text().replace(old, new, 1))
    return path


def on(workflow: str, **changes: object) -> Callable[[Row], None]:
    """Return a change of one workflow's rows."""

    def change(row: Row) -> None:
        if row["workflow_name"] == workflow:
            row.update(changes)

    return change


def test_what_was_decided_is_decided_again(tmp_path: Path) -> None:
    """Unchanged decisions do not differ."""
    found = rejudge(record(tmp_path))
    assert (found.changed, found.judged, found.without_inputs, found.other_configuration) == (
        (),
        16,
        0,
        0,
    )
    assert list(lines_of(found)) == ["16 decisions judged again, 0 differ"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"action": "SKIP"}, "action: SKIP → RUN"),
        ({"reason_code": "LATE"}, "reason_code: LATE → READY"),
        ({"scrapers": ["oddsa_events"]}, "scrapers: ['oddsa_events'] → ["),
        ({"game_ids": []}, "game_ids: [] → ["),
        ({"target_date": "2025-11-11"}, "target_date: 2025-11-11 → 2025-11-12"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_differs_is_named(tmp_path: Path, changes: Row, expected: str) -> None:
    """A changed field is listed with its old and its new value."""
    found = rejudge(record(tmp_path, on("betting_lines", **changes)))
    text = "\n".join(lines_of(found))
    assert "2025-11-12 13:00  betting_lines: " in text
    assert expected in text


@pytest.mark.parametrize(("forced", "reason_code"), [(True, None), (False, "SLOT_EXPIRED")])
def test_what_was_forced_is_judged_as_forced(
    tmp_path: Path, reason_code: str | None, *, forced: bool
) -> None:
    """A slot that an operator forced hours later does not expire."""
    late = f"{DAY}T17:30:00-05:00"
    changes = on("betting_lines", decision_time=late, forced=forced)
    codes = [
        one.differences["reason_code"][1]
        for one in rejudge(record(tmp_path, changes)).changed
        if "reason_code" in one.differences and one.slot == at(DAY, time(13))
    ]
    assert codes == ([reason_code] if reason_code else [])


def test_changed_targets_are_found(tmp_path: Path) -> None:
    """Missing scrapers of a game are compared as well, although no column contains them."""

    def without_some(row: Row) -> None:
        inputs = json.loads(row["inputs"])
        for group in inputs.get("targets", []):
            group[0] = group[0][:1]
        row["inputs"] = json.dumps(inputs)

    found = rejudge(record(tmp_path, without_some))
    assert {tuple(one.differences) for one in found.changed} == {("targets",)}
    assert "post_game_window_2" in {one.workflow for one in found.changed}


def test_another_configuration_decides_differently(tmp_path: Path) -> None:
    """Under another file its decisions differ, and the summary counts the other configuration."""
    new = edited(tmp_path, "lead_hours: 6", "lead_hours: 5")
    found = rejudge(record(tmp_path), new)
    assert [one.workflow for one in found.changed] == ["betting_lines"]
    assert found.changed[0].differences["reason_code"] == ("READY", "TOO_EARLY")
    said = "16 decisions judged again, 1 differ; 16 were made under another configuration"
    assert list(lines_of(found))[-1] == said


def test_what_differs_is_in_order_of_time(tmp_path: Path) -> None:
    """The rows of a table may come in any order; one without a configuration has no other one."""

    def unnamed(row: Row) -> None:
        inputs = json.loads(row["inputs"])
        del inputs["config"]
        row.update(action="NONE", inputs=json.dumps(inputs))

    file = record(tmp_path, unnamed) / f"{TABLE}.jsonl"
    file.write_text("".join(reversed(file.read_text().splitlines(keepends=True))))
    found = rejudge(tmp_path)
    slots = [at(DAY, time(13))] * 8 + [at(DAY, time(23))] * 8
    assert ([one.slot for one in found.changed], found.other_configuration) == (slots, 0)


def test_a_workflow_that_is_gone(tmp_path: Path) -> None:
    """Decisions of a workflow that no longer exists are listed as not enabled."""
    new = edited(tmp_path, "post_game_window_2:", "post_game_window_9:")
    found = rejudge(record(tmp_path), new)
    assert {one.workflow for one in found.changed} == {"post_game_window_2"}
    assert "post_game_window_2: is not enabled" in next(lines_of(found))


def test_rows_without_inputs_are_counted(tmp_path: Path) -> None:
    """Rows without inputs are counted apart; a file of only such rows is refused."""
    for inputs in ('{"games": 12}', "[1]"):
        found = rejudge(record(tmp_path, on("betting_lines", inputs=inputs)))
        assert (found.judged, found.without_inputs) == (14, 2)
        assert list(lines_of(found)) == ["14 decisions judged again, 0 differ; 2 have no inputs"]
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
        '{"form": 1, "games": {"2025-11-12": [[]]}}',
        "[" * 100_000,
        {"form": 1},
    ],
    ids=range(8),
)
def test_broken_inputs_are_named(tmp_path: Path, inputs: object) -> None:
    """Broken inputs are refused with the id and workflow of their decision."""
    with pytest.raises(BadInputError, match=r"decision [-0-9a-f]{36} \(betting_lines at "):
        rejudge(record(tmp_path, on("betting_lines", inputs=inputs)))


def test_the_command_s_exit_status(tmp_path: Path) -> None:
    """Exit status 0 without differences, 1 with one, 2 with one line for an unreadable folder."""
    asked = ["replay", str(record(tmp_path))]
    assert CliRunner().invoke(main, asked).exit_code == 0
    new = edited(tmp_path, "lead_hours: 6", "lead_hours: 5")
    assert CliRunner().invoke(main, [*asked, "--workflows", str(new)]).exit_code == 1
    none = CliRunner().invoke(main, ["replay", str(tmp_path / "none")])
    assert (none.exit_code, len(none.stderr.splitlines())) == (2, 1)


def test_a_day_of_the_real_controller(tmp_path: Path) -> None:
    """The 144 decisions of a simulated day are decided again without a difference."""
    world = World(load(SLATE), at(DAY, time()))
    for tick in ticks_of(world.runtime.topology, DAY):
        world.settle(tick.instant)
        world.clock.move(tick.instant)
        world.publisher.publish(tick.topic, tick.body(world.runtime.topology), {})
    world.settle()
    write_tables(world.rows, tmp_path)
    found = rejudge(tmp_path)
    assert (found.changed, found.judged, found.without_inputs, found.other_configuration) == (
        (),
        144,
        0,
        0,
    )
    assert max(len(row["inputs"]) for row in world.rows[TABLE]) < 4096


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """A folder without the table, or a workflow file that cannot work, is refused."""
    with pytest.raises(BadInputError, match=r"workflow_decisions\.jsonl"):
        rejudge(tmp_path / "none")
    with pytest.raises(ConfigError, match="within 2 min"):
        rejudge(record(tmp_path), edited(tmp_path, 'at: "23:00"', 'at: "23:30"'))
    with pytest.raises(ConfigError, match="No such file"):
        rejudge(record(tmp_path), tmp_path / "none.yaml")


def test_rows_as_bigquery_exports_them(tmp_path: Path) -> None:
    """Rows that `bq extract` wrote, without null columns and with its times, are read."""

    def exported(row: Row) -> None:
        for name in ("decision_time", "slot", "next_check"):
            moment = row[name] and datetime.fromisoformat(row[name]).astimezone(UTC)
            row[name] = moment and f"{moment:%Y-%m-%d %H:%M:%S} UTC"
        for name in [name for name, value in row.items() if value in (None, [])]:
            del row[name]

    found = rejudge(record(tmp_path, exported))
    assert (found.changed, found.judged, found.without_inputs) == ((), 16, 0)


@pytest.mark.parametrize("lacking", [("slot",), ("inputs",), ("slot", "inputs", "decision_id")])
def test_rows_without_columns_of_ours_are_counted(tmp_path: Path, lacking: tuple[str, ...]) -> None:
    """A row without our columns is counted; a row without its decision_time is refused."""

    def seeds(row: Row) -> None:
        if row["workflow_name"] == "betting_lines":
            for name in lacking:
                del row[name]

    assert rejudge(record(tmp_path, seeds)).without_inputs == 2
    with pytest.raises(BadInputError, match=r"jsonl:1: column decision_time is missing"):
        rejudge(record(tmp_path, lambda row: row.pop("decision_time")))

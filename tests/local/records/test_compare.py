"""Two days are compared by every column that does not depend on the clock."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from common.cloud.tables import NAMES, table
from local.commands.cli import main
from local.records.compare import LEFT_OUT, NAMED, REDUCED, differences, read_folder
from local.records.tables import write_tables

FIELDS = {name: table(name).fields for name in NAMES}
COLUMNS = {name: [field.name for field in fields] for name, fields in FIELDS.items()}
CELLS: dict[str, Any] = {
    "DATE": date(2025, 11, 12),
    "TIMESTAMP": datetime(2025, 11, 12, 18, tzinfo=UTC),
}
TEXT = {
    "gcs_path": "gs://b/x/2025-11-12/060001.json",
    "inputs": json.dumps({"games": {}, "tries": [["a", "2025-11-12", -7200, 1]]}),
    "reason": "Too early (first game in 10.7h, lead time 6h)",
    "scraper_execution_ids": ["log"],
}


def day(**changed: Any) -> dict[str, list[dict[str, Any]]]:
    """Return five tables of one row each; `table__column=value` changes a cell."""
    made = {
        name: [{field.name: CELLS.get(field.type, TEXT.get(field.name, "x")) for field in fields}]
        for name, fields in FIELDS.items()
    }
    made["scraper_execution_log"][0]["execution_id"] = "log"
    for place, value in changed.items():
        name, column = place.split("__")
        made[name][0][column] = value
    return made


def test_what_is_left_out_exists() -> None:
    """Columns that are left out or reduced are columns of the tables."""
    for name, columns in LEFT_OUT.items():
        assert set(columns) <= set(COLUMNS[name])
    assert set(REDUCED) <= {column for columns in COLUMNS.values() for column in columns}


@pytest.mark.parametrize(
    ("name", "column"),
    [(n, c) for n in NAMES for c in COLUMNS[n] if c not in LEFT_OUT[n] and c not in TEXT],
)
def test_every_other_column_is_compared(name: str, column: str) -> None:
    """A changed cell gives one line, with the column and both values."""
    before, after = day(), day(**{f"{name}__{column}": "y"})
    (line,) = (one for one in differences(before, after) if one.startswith(f"{name} "))
    assert line.startswith(f"{name} ~ ")
    named, _, changed = line.removeprefix(f"{name} ~ ").partition(": ")
    assert changed == f"{column}: {before[name][0][column]} → y"
    cells = {**before[name][0], column: before[name][0][column]}
    names = [one for one in COLUMNS[name] if one in NAMED and one not in LEFT_OUT[name]]
    assert named == ", ".join(f"{one}={cells[one]}" for one in names)


def test_rows_that_only_one_day_has_come_in_the_order_of_their_columns() -> None:
    """Whatever the order in which they were written."""
    one, other = day(), day()
    (row,) = one["workflow_decisions"]
    one["workflow_decisions"] = [{**row, "workflow_name": name} for name in "cab"]
    other["workflow_decisions"] = []
    for pair, side in (((one, other), "<"), ((other, one), ">")):
        begins = [line.split(" | ")[0] for line in differences(*pair)]
        assert begins == [f"workflow_decisions {side} workflow_name={name}" for name in "abc"]


def test_rows_that_share_little_are_two() -> None:
    """Where over half of the columns differ, each day's row is shown whole."""
    name = "daily_expected_schedule"
    others = {f"{name}__{column}": "y" for column in COLUMNS[name]}
    found = differences(day(), day(**others))
    assert [line.split(" ")[1] for line in found] == ["<", ">"]


def test_a_row_that_only_one_day_has_is_shown_whole() -> None:
    """It has its table and its side."""
    one, other = day(), day()
    other["workflow_decisions"] = []
    (line,) = differences(one, other)
    assert line.startswith("workflow_decisions < workflow_name=x | ")
    (line,) = differences(other, one)
    assert line.startswith("workflow_decisions > workflow_name=x | ")


@pytest.mark.parametrize("name", NAMES)
def test_columns_left_out_are_not_compared(name: str) -> None:
    """A changed cell in a column that is left out gives no difference."""
    changed = {f"{name}__{column}": "y" for column in LEFT_OUT[name]}
    if name == "scraper_execution_log":
        changed["workflow_executions__scraper_execution_ids"] = ["y"]
    assert differences(day(), day(**changed)) == []


def tries(*made: list[Any]) -> str:
    """Return a decision's inputs with its tries."""
    return json.dumps({"games": {}, "tries": made})


@pytest.mark.parametrize(
    ("place", "same", "other"),
    [
        ("scraper_execution_log__gcs_path", "gs://b/x/2025-11-12/060003.json", "gs://b/y/1.json"),
        (
            "scraper_execution_log__gcs_path",
            "gs://b/x/2025-11-12/060003.json",
            "gs://b/x/2025-11-12/060001.pdf",
        ),
        (
            "workflow_decisions__inputs",
            tries(["a", "2025-11-12", -60, 1]),
            tries(["b", "2025-11-12", -7200, 1]),
        ),
        (
            "workflow_decisions__inputs",
            tries(["a", "2025-11-12", -60, 2]),
            tries(["a", "2025-11-13", -7200, 1]),
        ),
        (
            "workflow_decisions__inputs",
            tries(["a", "2025-11-12", -60, 1]),
            tries(["a", "2025-11-12", -7200, 1]).replace("{}", '{"2025-11-12": []}'),
        ),
        (
            "workflow_decisions__reason",
            "Too early (first game in 11h, lead time 6h)",
            "Too late (first game in 10.7h, lead time 6h)",
        ),
        ("workflow_executions__scraper_execution_ids", ["log"], ["another"]),
    ],
)
def test_only_the_time_in_a_reduced_column_is_ignored(place: str, same: Any, other: Any) -> None:
    """A reduced column is equal for another time, and differs for another content."""
    assert differences(day(), day(**{place: same})) == []
    assert differences(day(), day(**{place: other})) != []


@pytest.mark.parametrize(
    ("column", "one", "other"),
    [
        (
            "workflow_decisions__inputs",
            tries(["a", "2025-11-12"], ["b", "2025-11-12"]),
            tries(["b", "2025-11-12"], ["a", "2025-11-12"]),
        ),
        ("workflow_decisions__inputs", '{"games": {}}', tries()),
        ("workflow_executions__scraper_execution_ids", ["log", "none"], ["none", "log"]),
        # The id of a row that is not there has nothing to be compared by.
        ("workflow_executions__scraper_execution_ids", ["log", "none"], ["gone", "log"]),
    ],
)
def test_the_order_of_what_is_reduced_is_ignored(column: str, one: Any, other: Any) -> None:
    """Tries and links are sets; inputs without tries have none."""
    assert differences(day(**{column: one}), day(**{column: other})) == []


@pytest.mark.parametrize("inputs", ["{", "[" * 100_000, "[1]", {"games": {}}], ids=range(4))
def test_inputs_that_are_no_json_object_are_compared_as_they_stand(inputs: object) -> None:
    """A folder that somebody else wrote may hold anything."""
    broken = day(workflow_decisions__inputs=inputs)
    assert differences(broken, broken) == []
    assert len(differences(day(), broken)) == 1


def test_a_link_is_compared_by_its_scraper_and_its_game() -> None:
    """The same scrape of another game is another one, whatever the ids are."""
    links = "workflow_executions__scraper_execution_ids"
    one, other = (day(**{links: ["a"]}) for _ in range(2))
    for tables, games in ((one, "xy"), (other, "yx")):
        (row,) = tables["scraper_execution_log"]
        pairs = zip("ab", games, strict=True)
        tables["scraper_execution_log"] = [
            {**row, "execution_id": name, "game_id": game} for name, game in pairs
        ]
    (line,) = differences(one, other)
    assert line.endswith("scraper_execution_ids: ['x x'] → ['x y']")


def test_of_several_rows_the_nearest_is_the_same_one() -> None:
    """What differs is then named by one column."""
    name = "workflow_executions"
    one, other = day(), day()
    (row,) = one[name]
    near, far = {**row, "status": "y"}, {**row, "status": "y", "outcome": "y", "slot": "y"}
    for twins in ([near, far], [far, near]):
        found = differences(one, {**other, name: twins})
        assert [line.split(" ")[1] for line in found] == ["~", ">"]
        assert found[0].endswith(": status: x → y")


@pytest.mark.parametrize(
    "name", [n for n in NAMES if (len(COLUMNS[n]) - len(LEFT_OUT[n])) % 2 == 0]
)
def test_rows_that_share_half_are_two(name: str) -> None:
    """Over half of their columns must be equal."""
    compared = [column for column in COLUMNS[name] if column not in LEFT_OUT[name]]
    half = len(compared) // 2
    changes = {"inputs": '{"games": 1}', "reason": "y", "gcs_path": "gs://b/y/1.json"}
    for changed, marks in ((half, ["<", ">"]), (half - 1, ["~"])):
        cells = {f"{name}__{column}": changes.get(column, "y") for column in compared[:changed]}
        found = [line for line in differences(day(), day(**cells)) if line.startswith(f"{name} ")]
        assert [line.split(" ")[1] for line in found] == marks


def test_a_plain_requests_task_is_not_compared_by_its_id() -> None:
    """Task ids of plain requests are equal, but a missing one differs."""
    plain = day(scraper_execution_log__workflow_execution_id=None)
    renamed = day(scraper_execution_log__workflow_execution_id=None)
    renamed["scraper_execution_log"][0]["task_id"] = "y"
    assert differences(plain, renamed) == []
    renamed["scraper_execution_log"][0]["task_id"] = None
    assert differences(plain, renamed) != []


def test_a_row_too_many_is_a_difference() -> None:
    """An additional equal row is a difference."""
    twice = day()
    twice["cleanup_operations"] *= 2
    (found,) = differences(day(), twice)
    assert found.startswith("cleanup_operations > ")


def compared(one: Path, other: Path) -> Result:
    """Run the command on two folders."""
    return CliRunner().invoke(main, ["compare", str(one), str(other)])


def test_two_folders_are_compared_on_the_command_line(tmp_path: Path) -> None:
    """Exit status 0 for equal folders, 1 with the rows for different ones."""
    write_tables(day(), tmp_path / "a")
    write_tables(day(), tmp_path / "b")
    write_tables(day(workflow_decisions__action="RUN"), tmp_path / "c")
    agree = compared(tmp_path / "a", tmp_path / "b")
    assert (agree.exit_code, agree.output) == (0, "The same but for times.\n")
    assert read_folder(tmp_path / "a") == day()
    differ = compared(tmp_path / "a", tmp_path / "c")
    assert differ.exit_code == 1
    assert "action: x → RUN" in differ.output


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    """A missing file is one line with its name and exit status 2."""
    missing = compared(tmp_path, tmp_path)
    assert (missing.exit_code, missing.stdout) == (2, "")
    assert missing.stderr.startswith(f"error: {tmp_path}/daily_expected_schedule.jsonl: No such")
    assert missing.stderr.count("\n") == 1


@pytest.mark.parametrize("text", ['{"date": ', "[]", '{"date": "12.11.2025"}'])
def test_a_broken_line_is_one_line(tmp_path: Path, text: str) -> None:
    """A line that is not a row is refused with its file and number."""
    write_tables(day(), tmp_path)
    file = tmp_path / "daily_expected_schedule.jsonl"
    file.write_text(f"{file.read_text()}{text}\n")
    broken = compared(tmp_path, tmp_path)
    assert (broken.exit_code, broken.stdout) == (2, "")
    assert broken.stderr.startswith(f"error: {file}:2: ")
    assert broken.stderr.count("\n") == 1

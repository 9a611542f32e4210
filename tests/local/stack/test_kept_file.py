"""The description of a kept stack is read, or refused in one line."""

import json
from pathlib import Path
from typing import Any

import pytest

from common.errors import ConfigError
from local.stack.driver import kept_stack
from local.stack.kept_file import PID_MAX, read_kept
from tests.local.commands.command_line import assert_one_line, run

WHERE: dict[str, Any] = {
    "pid": PID_MAX,
    "control": "http://127.0.0.1:1",
    "folder": "x",
    "project": "p",
    "dataset": "d",
    "data_bucket": "data",
    "state_bucket": "state",
    "environment": {},
    "functions": {},
}
DAMAGED = {
    "{": "not JSON (",
    "": "not JSON (",
    "[" * 100_000: "not JSON (",
    '"\udcff"': "not JSON (",
    "[1]": "not a JSON object",
    "{}": "pid is None, not int",
    json.dumps({"pid": 1}): "control is None, not str",
    json.dumps({**WHERE, "environment": "x"}): "environment is 'x', not dict",
    json.dumps({**WHERE, "pid": "1"}): "pid is '1', not int",
    json.dumps({**WHERE, "pid": 0}): "pid is 0, no process",
    json.dumps({**WHERE, "pid": -1}): "pid is -1, no process",
    json.dumps({**WHERE, "pid": 10**50}): f"pid is 1{'0' * 39}, no process",
    json.dumps({**WHERE, "environment": "x" * 50}): f"environment is '{'x' * 39}, not dict",
    json.dumps({**WHERE, "pid": PID_MAX + 1}): f"pid is {PID_MAX + 1}, no process",
}


def test_a_description_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Without a file there is none."""
    file = tmp_path / "kept.json"
    assert read_kept(file) is None
    file.write_text(json.dumps({**WHERE, "chaos": None}))
    assert read_kept(file) == {**WHERE, "chaos": None}


@pytest.mark.parametrize("text", DAMAGED, ids=[*map(str, range(len(DAMAGED)))])
def test_a_damaged_description_names_file_field_and_what_to_do(text: str, tmp_path: Path) -> None:
    """It stays where it is: a stack may still run."""
    file = tmp_path / "kept.json"
    file.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(ConfigError) as refused:
        read_kept(file)
    said = str(refused.value)
    assert said.startswith(f"{file}: {DAMAGED[text]}")
    assert said.endswith("and remove the file")
    assert file.exists()


@pytest.mark.parametrize("field", WHERE)
def test_a_description_without_a_field_is_damaged(field: str, tmp_path: Path) -> None:
    """Each is read by some command; a value of another type is none."""
    file = tmp_path / "kept.json"
    for value in ({}, {field: None}, {field: [WHERE[field]]}):
        file.write_text(json.dumps({**{k: v for k, v in WHERE.items() if k != field}, **value}))
        with pytest.raises(ConfigError, match=f"{field} is "):
            read_kept(file)


@pytest.mark.parametrize("command", ["status", "stop", "up", "sql SELECT", "queries", "trace x"])
@pytest.mark.parametrize("text", ["{", '{"pid": 1}'])
def test_a_command_says_that_the_description_is_damaged(
    text: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one line, whether it needs a stack or starts one."""
    file = tmp_path / "kept.json"
    file.write_text(text)
    monkeypatch.setattr("local.stack.driver.KEPT_FILE", file)
    assert_one_line(run(*command.split()), f"{file}: ")


def test_a_stack_that_has_ended_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its description is removed."""
    file = tmp_path / "kept.json"
    file.write_text(json.dumps(WHERE))
    monkeypatch.setattr("local.stack.driver.KEPT_FILE", file)
    assert kept_stack() is None
    assert not file.exists()

"""`python -m local sql` queries the kept stack."""

import json

import pytest
from click.testing import CliRunner

from local.commands.cli import main
from local.stack.driver import RunningStack
from tests.local.commands.command_line import assert_one_line, run


def test_without_a_kept_stack_it_names_the_command_that_starts_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without a kept stack the error names `python -m local up`."""
    monkeypatch.setattr("local.stack.driver.kept_stack", lambda: None)
    done = CliRunner().invoke(main, ["sql", "SELECT 1"])
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "error: no stack is up; start one with: python -m local up\n"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Keep a stack that answers every statement with 1, and return what it is asked."""
    statements: list[str] = []

    def answer(_endpoint: str, _project: str, statement: str) -> tuple[list[str], list[tuple[int]]]:
        statements.append(statement)
        return ["one"], [(1,)]

    where = {"project": "p", "environment": {"BIGQUERY_EMULATOR_HOST": "http://127.0.0.1:1"}}
    kept = RunningStack(where, None)
    monkeypatch.setattr("local.commands.stack.sql.require_kept", lambda: kept)
    monkeypatch.setattr("local.records.sql.run_sql", answer)
    return statements


@pytest.mark.parametrize(
    "statement", ["-- a = b\nSELECT 1", "--a\nSELECT 1", "-1", "--csv of\nSELECT"]
)
def test_a_statement_may_begin_as_an_option_does(statement: str, asked: list[str]) -> None:
    """A comment does so."""
    done = run("sql", statement, "--json")
    assert (done.returncode, json.loads(done.stdout)) == (0, [{"one": 1}])
    assert asked == [statement]


def test_a_misspelt_option_is_refused(asked: list[str]) -> None:
    """It is no second statement."""
    assert_one_line(run("sql", "SELECT 1", "--jsn"), "(--jsn)")
    assert asked == []

"""`python -m local sql` queries the kept stack."""

import json

import pytest
from click.testing import CliRunner

from local.commands.cli import main
from tests.local.commands.command_line import assert_one_line, run
from tests.local.commands.stack.conftest import ENDPOINT, PROJECT, Asked


def test_without_a_kept_stack_it_names_the_command_that_starts_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without a kept stack the error names `python -m local up`."""
    monkeypatch.setattr("local.stack.driver.kept_stack", lambda: None)
    done = CliRunner().invoke(main, ["sql", "SELECT 1"])
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "error: no stack is up; start one with: python -m local up\n"


REFUSED = "SELECT 1 AS one FROM (SELECT 1 AS x) a LEFT JOIN (SELECT 2 AS x) b ON a.x < b.x"


@pytest.mark.parametrize(
    "statement", ["-- a = b\nSELECT 1", "--a\nSELECT 1", "-1", "--csv of\nSELECT"]
)
def test_a_statement_may_begin_as_an_option_does(statement: str, asked: Asked) -> None:
    """A comment does so; the kept stack's own BigQuery is asked about its own project."""
    done = run("sql", statement, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == [{"one": 1}]
    assert asked == [(ENDPOINT, PROJECT, statement)]


def test_a_misspelt_option_is_refused(asked: Asked) -> None:
    """It is no second statement."""
    assert_one_line(run("sql", "SELECT 1", "--jsn"), "(--jsn)")
    assert asked == []


@pytest.mark.usefixtures("asked")
def test_what_bigquery_itself_would_refuse_is_noted_beside_the_answer() -> None:
    """The note stands on standard error, so that a script reads the answer alone."""
    done = run("sql", REFUSED, "--csv")
    assert (done.returncode, done.stdout) == (0, "one\n1\n")
    (line,) = done.stderr.splitlines()
    assert line.startswith("note: BigQuery would refuse this text: a LEFT JOIN needs an equality")

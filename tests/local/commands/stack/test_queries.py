"""`python -m local queries` and `sql` on the stack of a replayed day."""

import csv
import io
import json

import pytest
from click.testing import CliRunner, Result

from local.commands.cli import main
from tests.kit.replays import DAY, Replayed

pytestmark = pytest.mark.stack
ON_THE_DAY = ("--date", DAY.isoformat())
"""The clock of a stack that stays up passes midnight in time."""
FLOW = "workflow_executions.end_to_end_flow"


@pytest.fixture(autouse=True)
def _kept(finished_day: Replayed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the stack of the replayed day for the kept one."""
    monkeypatch.setattr("local.stack.driver.kept_stack", lambda: finished_day.stack)


def ask(*arguments: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(main, arguments)


def test_all_eleven_give_rows() -> None:
    """Without a name every query of the contract runs; on a good day only alerts are empty."""
    answers = json.loads(ask("queries", *ON_THE_DAY, "--json").stdout)
    assert len(answers) == 11
    assert {name for name, rows in answers.items() if not rows} == {
        "workflow_decisions.alert_summary",
        "cleanup_operations.alert_high_missing_file_count",
    }
    shown = ask("queries", *ON_THE_DAY).stdout
    assert all(name in shown for name in answers)


def test_a_query_without_a_row_today_says_how_to_ask_about_another_day() -> None:
    """Of the good day no decision was an alert; a date that was named needs no advice."""
    asked = ("queries", "workflow_decisions.alert_summary")
    assert "--date asks about another day" in ask(*asked).stderr
    assert ask(*asked, *ON_THE_DAY).stderr == ""


def test_a_part_of_a_name_is_enough() -> None:
    """It may be written with hyphens; where several queries have it, they are listed."""
    done = ask("queries", "hourly-pattern", *ON_THE_DAY, "--csv")
    header, *rows = csv.reader(io.StringIO(done.stdout))
    assert header == ["hour_et", "evaluations", "run_count", "skip_count", "abort_count"]
    assert len(rows) == 18
    many = ask("queries", "daily-summary")
    assert (many.exit_code, many.stdout) == (2, "")
    assert many.stderr.count(".daily_summary") == 3
    assert ask("queries", "nothing").stderr.count("_") > 11
    assert ask("queries", "--csv").stderr == "error: --csv prints one query; name it\n"


@pytest.mark.parametrize("command", [("queries", FLOW, *ON_THE_DAY), ("sql",)])
def test_fu3_a_text_that_bigquery_refuses_is_answered_with_a_note(command: tuple[str, ...]) -> None:
    """The stack takes the end-to-end query; standard error says what to use in BigQuery."""
    sql = "SELECT 1 AS one FROM (SELECT 1 AS x) a LEFT JOIN (SELECT 2 AS x) b ON a.x < b.x"
    done = ask(*command, *([sql] if command == ("sql",) else []), "--json")
    assert json.loads(done.stdout)
    (line,) = done.stderr.splitlines()
    assert line.startswith("note: BigQuery would refuse this text: a LEFT JOIN needs an equality")

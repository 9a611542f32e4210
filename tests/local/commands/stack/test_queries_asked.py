"""What `python -m local queries` asks of a kept stack, and how it prints the answers."""

import json
from datetime import date

import pytest

from local.day.seed_queries import bind, queries, query_named
from tests.local.commands.command_line import run
from tests.local.commands.stack.conftest import ENDPOINT, PROJECT, Asked, has_row

HOURLY, ALERT = "workflow_decisions.hourly_pattern", "workflow_decisions.alert_summary"
ALL = [query.name for query in queries()]
DAY = date(2025, 11, 12)
TABLE = """\
┏━━━━━┓
┃ one ┃
┡━━━━━┩
│ 1   │
└─────┘
1 row
"""
EMPTY = """\
┏━━━━━┓
┃ one ┃
┡━━━━━┩
└─────┘
0 rows
"""
ADVICE = "note: nothing is of the stack's today; --date asks about another day\n"


@pytest.mark.parametrize("words", [("hourly-pattern",), ()], ids=["one", "all"])
@pytest.mark.parametrize("day", [None, DAY], ids=["today", "a date"])
def test_each_query_is_asked_as_it_is_written(
    words: tuple[str, ...], day: date | None, asked: Asked
) -> None:
    """All are asked in their order, and another date stands where today stood."""
    dated = ("--date", f"{day}") if day else ()
    assert run("queries", *words, *dated, "--json").returncode == 0
    texts = [query_named(name).sql for name in ([HOURLY] if words else ALL)]
    assert asked == [(ENDPOINT, PROJECT, bind(sql, day) if day else sql) for sql in texts]


@pytest.mark.parametrize(
    ("words", "printed", "noted"),
    [
        ((HOURLY,), TABLE, ""),
        ((HOURLY, "--csv"), "one\n1\n", ""),
        ((HOURLY, "--json"), '[\n  {\n    "one": 1\n  }\n]\n', ""),
        ((ALERT,), EMPTY, ADVICE),
        ((ALERT, "--csv"), "one\n", ADVICE),
        ((ALERT, "--date", f"{DAY}"), EMPTY, ""),
    ],
)
@pytest.mark.usefixtures("asked")
def test_one_query_is_printed_in_the_form_asked_for(
    words: tuple[str, ...], printed: str, noted: str
) -> None:
    """Where nothing is of today, standard error says how to ask about another day."""
    done = run("queries", *words)
    assert (done.returncode, done.stdout, done.stderr) == (0, printed, noted)


@pytest.mark.usefixtures("asked")
def test_of_all_queries_each_answer_has_its_name() -> None:
    """The name stands above a table, and is the key in JSON; one note is of one text."""
    held = {query.name: has_row(query.sql) for query in queries()}
    done = run("queries")
    assert done.stdout == "".join(f"\n{one}\n{TABLE if held[one] else EMPTY}" for one in ALL)
    (line,) = done.stderr.splitlines()
    assert line.startswith("note: BigQuery would refuse this text: a LEFT JOIN needs an equality")
    answers = json.loads(run("queries", "--json").stdout)
    assert answers == {one: [{"one": 1}] if held[one] else [] for one in ALL}


def test_csv_is_of_one_query(asked: Asked) -> None:
    """Without a name it is refused before anything is asked."""
    done = run("queries", "--csv")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: --csv prints one query; name it\n"
    assert asked == []

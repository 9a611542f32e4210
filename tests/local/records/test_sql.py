"""What goes wrong with a statement is told in one line, by what the caller can do about it."""

import socket
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from google.api_core.exceptions import BadRequest, Forbidden, RetryError

from common.errors import BadInputError, TransientError
from local.records import sql


@pytest.fixture
def endpoint() -> Iterator[str]:
    """Listen as a stack's BigQuery does."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def answering(monkeypatch: pytest.MonkeyPatch, answer: Any) -> list[str]:
    """Stand in for the server; the list holds the statements that are asked."""
    asked: list[str] = []

    def run(client: tuple[str, str], statement: str) -> Any:
        project, endpoint = client
        assert (project, endpoint.partition(":")[0]) == ("p", "http")
        asked.append(statement)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(sql, "run_query", run)
    monkeypatch.setattr(sql, "make_client", lambda *made_of: made_of)
    return asked


def test_rows_are_values_in_the_order_of_the_columns(
    endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The columns' names come once, before them."""
    asked = answering(monkeypatch, (["a", "b"], [{"a": 1, "b": "x"}, {"a": 2, "b": None}]))
    assert sql.run_sql(endpoint, "p", "SELECT 1") == (["a", "b"], [(1, "x"), (2, None)])
    assert asked == ["SELECT 1"]


@pytest.mark.parametrize(
    ("error", "told", "why"),
    [
        (
            BadRequest("POST x:\n  no such  column; reason: invalidQuery, location: q"),
            BadInputError,
            "the statement was refused: POST x: no such column",
        ),
        (
            BadRequest("POST http://127.0.0.1:1/bigquery/v2?pretty=false: no table: x"),
            BadInputError,
            "the statement was refused: no table: x",
        ),
        (
            BadRequest("GET http://h/a: of GET http://h/b: no"),
            BadInputError,
            "the statement was refused: of GET http://h/b: no",
        ),
        (Forbidden("no right"), BadInputError, "the statement was refused: no right"),
        (RetryError("30 s", BadRequest("x")), TransientError, "{} takes too long: 30 s, last"),
        (TimeoutError("no answer"), TransientError, "{} takes too long: no answer"),
    ],
)
def test_a_failure_is_one_line(
    endpoint: str, monkeypatch: pytest.MonkeyPatch, error: Exception, told: type, why: str
) -> None:
    """What was refused is the statement's fault; what takes too long may pass."""
    answering(monkeypatch, error)
    with pytest.raises(told) as failed:
        sql.run_sql(endpoint, "p", "SELECT 1")
    said = str(failed.value)
    assert why.format(f"BigQuery at {endpoint}") in said
    assert "\n" not in said
    assert "reason:" not in said


def test_nobody_is_waited_for_longer_than_two_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection that was tried is closed, and the client makes its own."""
    done: list[Any] = []

    def connect(address: object, seconds: object) -> Any:
        done.append((address, seconds))
        return SimpleNamespace(close=lambda: done.append("closed"))

    monkeypatch.setattr(sql.socket, "create_connection", connect)
    answering(monkeypatch, ([], []))
    assert sql.run_sql("http://h:7", "p", "SELECT 1") == ([], [])
    assert done == [(("h", 7), 2.0), "closed"]


@pytest.mark.parametrize("host", ["127.0.0.1:1", "nobody.invalid:9050"])
def test_that_nothing_listens_is_told_before_a_statement_is_sent(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line says how to start a stack, where the port is closed as where the name is unknown."""
    asked = answering(monkeypatch, ([], []))
    with pytest.raises(TransientError) as failed:
        sql.run_sql(f"http://{host}", "p", "SELECT 1")
    advice = "start one with: python -m local up"
    assert str(failed.value) == f"no BigQuery answers at http://{host}; {advice}"
    assert asked == []


@pytest.mark.parametrize(
    "statement",
    ["", " \n", ";", "-- SELECT 1", "--jsn", "# a\n-- b\n", "/* SELECT\n1 */ ;", "-- " * 50_000],
    ids=range(8),
)
def test_a_statement_of_nothing_but_comments_is_not_sent(
    statement: str, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line says what to write."""
    asked = answering(monkeypatch, ([], []))
    with pytest.raises(BadInputError) as refused:
        sql.run_sql(endpoint, "p", statement)
    begin = repr(statement)[:40]
    assert str(refused.value) == (f"the statement {begin} is empty; write one, such as: SELECT 1")
    assert asked == []


@pytest.mark.parametrize("statement", ["-- a\nSELECT 1", "/* a */ SELECT 1 -- b", "SELECT 1; # c"])
def test_comments_are_sent_with_their_statement(
    statement: str, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As they are written."""
    asked = answering(monkeypatch, ([], []))
    sql.run_sql(endpoint, "p", statement)
    assert asked == [statement]

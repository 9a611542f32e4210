"""What BigQuery refuses although the local stack takes it."""

from pathlib import Path

import pytest

from common.settings import ROOT
from local.day.seed_queries import statements
from local.records.refusals import refusals

SHIPPED = sorted((ROOT / "config").glob("*/*.sql"))


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("SELECT 1 FROM a LEFT JOIN b ON b.x IN UNNEST(a.xs)", "a LEFT JOIN needs an equality"),
        ("SELECT 1 FROM a FULL JOIN b ON a.x < b.x", "a FULL JOIN needs an equality"),
        ("SELECT 1 FROM a LEFT JOIN b ON b.x = 1 AND a.y > 2", "a LEFT JOIN needs an equality"),
        ("SELECT 1 FROM a LEFT JOIN b ON a.x = b.x OR a.y > b.y", "a LEFT JOIN needs an equality"),
        ("SELECT 1 FROM a RIGHT JOIN b ON a.x = a.y + b.x", "a RIGHT JOIN needs an equality"),
        ("SELECT x AS at FROM t", "at is a reserved word"),
        ("SELECT x AS AT, y AS AT FROM t", "AT is a reserved word"),
        ("SELECT 1; SELECT x AS at FROM t", "at is a reserved word"),
        ("CREATE TABLE d.t (xs ARRAY<STRING> NOT NULL)", "xs is an array"),
        ("CREATE TABLE d.t (x TIMESTAMP) CLUSTER BY DATE(x)", "CLUSTER BY takes columns; write x"),
        ("SELECT COUNT(*) FROM d.daily_expected_schedule WHERE reason = ''", "WHERE date = …"),
    ],
)
def test_a_refused_text_is_named_with_what_to_write(sql: str, why: str) -> None:
    """Each refusal is one line."""
    (found,) = refusals(sql)
    assert why in found
    assert "\n" not in found


JOIN = (
    "a LEFT JOIN needs an equality of fields from both sides; unnest the array first, or read the "
    "view run_flow (docs/views.md)"
)
RESERVED = "at is a reserved word; write it in backticks or choose another name"
FILTER = "daily_expected_schedule wants a filter on its partition; add WHERE date = …"


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        (
            "SELECT x AS at FROM daily_expected_schedule LEFT JOIN b ON TRUE",
            [RESERVED, JOIN, FILTER],
        ),
        ("SELECT 1 FROM (SELECT 1 FROM a LEFT JOIN b ON TRUE)", [JOIN]),
        ("SELECT 1 FROM a LEFT JOIN b ON TRUE LEFT JOIN c ON a.x = c.x", [JOIN]),
        ("SELECT 1 FROM d.daily_expected_schedule", [FILTER]),
        ("SELECT date FROM d.daily_expected_schedule AS date WHERE TRUE", [FILTER]),
        (
            "CREATE TABLE t (x ARRAY<STRING> NOT NULL) CLUSTER BY RAND(), x, DATE(x)",
            [
                "x is an array, which has no NOT NULL; leave it out",
                "CLUSTER BY takes columns; write a column",
                "CLUSTER BY takes columns; write x",
            ],
        ),
        ("INSERT INTO d.daily_expected_schedule (date) VALUES (CURRENT_DATE())", []),
        ("SELECT 1;", []),
        (";SELECT x AS at FROM t;", [RESERVED]),
        ("", []),
    ],
)
def test_all_that_is_refused_of_a_text_is_told_in_one_order(sql: str, found: list[str]) -> None:
    """Each with what to write; a text without a statement, or of another kind, has none."""
    assert refusals(sql) == found


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 FROM a LEFT JOIN b ON a.x = b.x AND b.y > 2",
        "SELECT 1 FROM a LEFT JOIN b ON (a.x = b.x AND b.y > 2)",
        "SELECT 1 FROM a LEFT JOIN b USING (x)",
        "SELECT x AS `at` FROM t",
        "SELECT 1 FROM a LEFT JOIN UNNEST(a.xs) AS x",
        "SELECT 1 FROM a JOIN b ON b.x IN UNNEST(a.xs)",
        "CREATE TABLE d.t (x STRING NOT NULL, xs ARRAY<STRING>) CLUSTER BY x",
        "SELECT 1 FROM d.daily_expected_schedule WHERE date = CURRENT_DATE()",
        "SELEC 1",
    ],
)
def test_other_texts_are_not(sql: str) -> None:
    """An equality, an array that is unnested, a bare column and a filter are taken."""
    assert refusals(sql) == []


def test_the_contract_has_three_refused_texts() -> None:
    """They are those that docs/tables.md explains, apart from the missing decision_id."""
    refused = {statement.name for statement in statements() if refusals(statement.sql)}
    assert refused == {
        "cleanup_operations.schema",
        "workflow_executions.schema",
        "workflow_executions.end_to_end_flow",
    }


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_what_is_deployed_is_not_refused(path: Path) -> None:
    """No shipped query is of a form that BigQuery refuses."""
    assert refusals(path.read_text()) == []

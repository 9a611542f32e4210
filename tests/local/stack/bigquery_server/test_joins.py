"""Which `IN UNNEST` becomes a function call, apart from the emulator that asks."""

import pytest
from sqlglot import exp, parse_one

from local.stack.bigquery_server.joins import InUnnestOfOuterJoin


def rewritten(condition: str, sql: str = "SELECT 1 FROM t LEFT JOIN u ON {}") -> str | None:
    """Return how the only rule writes the first IN of a statement; None where it leaves it."""
    rule = InUnnestOfOuterJoin()
    node = parse_one(sql.format(condition), read="duckdb").find(exp.In)
    assert node is not None
    return rule.rewrite(node).sql("duckdb") if rule.applies_to(node) else None


@pytest.mark.parametrize(
    ("condition", "call"),
    [
        ("t.x IN (SELECT UNNEST(u.a))", "LIST_CONTAINS(u.a, t.x)"),
        ("t.x IN (SELECT UNNEST(u.a) AS y)", "LIST_CONTAINS(u.a, t.x)"),
        ("t.y = 1 AND t.x IN (SELECT UNNEST(u.a))", "LIST_CONTAINS(u.a, t.x)"),
        ("t.x IN (SELECT UNNEST(u.a), 1)", None),
        ("t.x IN (SELECT u.a)", None),
        ("t.x IN (SELECT UNNEST(u.a) FROM v)", None),
        ("t.x IN (1, 2)", None),
    ],
)
def test_only_a_look_into_one_array_is_a_call(condition: str, call: str | None) -> None:
    """The array comes first, as DuckDB wants it."""
    assert rewritten(condition) == call


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 FROM t WHERE {}",
        "SELECT {} FROM t LEFT JOIN u ON t.x = u.x",
        "SELECT 1 FROM t LEFT JOIN (SELECT 1 FROM v WHERE {}) u ON t.x = u.x",
    ],
)
def test_elsewhere_it_stays_as_it_is(sql: str) -> None:
    """There a NULL in the array would matter."""
    assert rewritten("t.x IN (SELECT UNNEST(t.a))", sql) is None

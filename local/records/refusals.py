"""What BigQuery itself refuses in a statement that the local stack takes.

`docs/local-parts.md` lists the same refusals.
"""

from collections.abc import Iterator

import sqlglot
from sqlglot import exp
from sqlglot.dialects import BigQuery

_FILTERED = {"daily_expected_schedule": "date"}
"""Tables that Terraform makes with `require_partition_filter`, with their partition column."""


def refusals(sql: str) -> list[str]:
    """Return why BigQuery would refuse a text, each with what to write instead.

    A text that cannot be read has none: the stack refuses it as well, with a reason.
    """
    try:
        trees = sqlglot.parse(sql, read="bigquery")
    except sqlglot.errors.SqlglotError:
        return []
    read = [tree for tree in trees if isinstance(tree, exp.Expression)]
    return list(dict.fromkeys(why for tree in read for check in _CHECKS for why in check(tree)))


def _outer_joins(tree: exp.Expression) -> Iterator[str]:
    for join in tree.find_all(exp.Join):
        named = join.side and not isinstance(join.this, exp.Unnest) and not join.args.get("using")
        if named and not any(_joins(part) for part in _conjuncts(join.args.get("on"))):
            yield (
                f"a {join.side} JOIN needs an equality of fields from both sides; unnest the array "
                "first, or read the view run_flow (docs/views.md)"
            )


def _conjuncts(condition: exp.Expression | None) -> Iterator[exp.Expression]:
    if isinstance(condition, exp.And | exp.Paren):
        for part in condition.iter_expressions():
            yield from _conjuncts(part)
    elif condition is not None:
        yield condition


def _joins(condition: exp.Expression) -> bool:
    """Return whether a condition is an equality between two tables' columns."""
    if not isinstance(condition, exp.EQ):
        return False
    left, right = (
        {column.table for column in side.find_all(exp.Column)}
        for side in (condition.this, condition.expression)
    )
    return bool(left and right and left.isdisjoint(right))


def _null_arrays(tree: exp.Expression) -> Iterator[str]:
    for column in tree.find_all(exp.ColumnDef):
        required = column.find(exp.NotNullColumnConstraint)
        if required and column.kind and column.kind.is_type(exp.DataType.Type.ARRAY):
            yield f"{column.name} is an array, which has no NOT NULL; leave it out"


def _clusters(tree: exp.Expression) -> Iterator[str]:
    for cluster in tree.find_all(exp.ClusterProperty):
        for by in cluster.expressions:
            if not isinstance(by, exp.Column):
                column = by.find(exp.Column)
                yield f"CLUSTER BY takes columns; write {column.name if column else 'a column'}"


def _unfiltered(tree: exp.Expression) -> Iterator[str]:
    for table in tree.find_all(exp.Table):
        column, select = _FILTERED.get(table.name), table.find_ancestor(exp.Select)
        where = select.args.get("where") if select else None
        if column and select and column not in {c.name for c in _columns(where)}:
            yield f"{table.name} wants a filter on its partition; add WHERE {column} = …"


def _columns(where: exp.Expression | None) -> Iterator[exp.Column]:
    yield from where.find_all(exp.Column) if where else ()


def _reserved(tree: exp.Expression) -> Iterator[str]:
    for name in tree.find_all(exp.Identifier):
        if not name.quoted and name.name.lower() in BigQuery.Generator.RESERVED_KEYWORDS:
            yield f"{name.name} is a reserved word; write it in backticks or choose another name"


_CHECKS = (_reserved, _outer_joins, _null_arrays, _clusters, _unfiltered)

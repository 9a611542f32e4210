"""A rule of translation for an outer join whose condition looks into an array.

bqemulator translates the end-to-end query's `LEFT JOIN … ON … IN UNNEST(…)` into a subquery in the
condition of an outer join, which DuckDB refuses: "Cannot perform non-inner join on subquery!". The
rule makes it a function call. (BigQuery itself refuses the query too, see docs/tables.md, but the
user's text has to run here as it is.)
"""

from bqemulator.sql.rules import TranslationRule
from sqlglot import exp


class InUnnestOfOuterJoin(TranslationRule):
    """`x IN (SELECT UNNEST(a))` in a join condition becomes `LIST_CONTAINS(a, x)`."""

    name = "IN_UNNEST_OF_OUTER_JOIN"

    def applies_to(self, node: exp.Expression) -> bool:
        """Return whether the node is in a join's ON; elsewhere a NULL in the array would matter."""
        return _array(node) is not None and _in_join_condition(node)

    def rewrite(self, node: exp.Expression) -> exp.Expression:
        """Return a new call with copies of both sides."""
        array = _array(node)
        assert array is not None
        return exp.Anonymous(this="LIST_CONTAINS", expressions=[array.copy(), node.this.copy()])


def _array(node: exp.Expression) -> exp.Expression | None:
    query = node.args.get("query") if isinstance(node, exp.In) else None
    select = query.this if isinstance(query, exp.Subquery) else None
    if not isinstance(select, exp.Select) or select.args.get("from_") or select.args.get("from"):
        return None
    only, *more = (column.unalias() for column in select.expressions)
    return only.this if isinstance(only, exp.Explode) and not more else None


def _in_join_condition(node: exp.Expression) -> bool:
    return isinstance(node.find_ancestor(exp.Join, exp.Query), exp.Join)

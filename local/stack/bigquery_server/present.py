"""The present, as statements see it: that of the stack's clock, for every client.

Before a statement is translated, the functions of the present (`CURRENT_TIMESTAMP` and its like)
become a function of ours. It gives the instant that the clock showed as the statement began.
"""

from typing import Any

import sqlglot
from bqemulator.sql import builtin_udfs, inner_query
from bqemulator.sql.translator import SQLTranslator
from sqlglot import exp

from common.clock import Clock

DIALECT = "bigquery"
NOW_FUNCTION = "STACK_NOW"
"""DuckDB's name of the function that gives the instant at which the statement began."""
_OF_THE_PRESENT: dict[type[exp.Expression], str] = {
    exp.CurrentTimestamp: "TIMESTAMP",
    exp.CurrentDate: "DATE",
    exp.CurrentDatetime: "DATETIME",
    exp.CurrentTime: "TIME",
}
"""The functions of the present, each with what makes its value from an instant and a zone."""


def as_of(sql: str) -> str:
    """Return a statement in GoogleSQL whose functions of the present are ours.

    A statement that cannot be read is returned as it is; bqemulator refuses it with a reason.
    Comments are left out: an apostrophe in one makes bqemulator take the texts after it for code,
    in which it rewrites decimals (its `rewrite_decimal_literals`).
    """
    if "CURRENT_" not in sql.upper():
        return sql
    try:
        tree = sqlglot.parse_one(sql, read=DIALECT)
    except sqlglot.errors.SqlglotError:
        return sql
    found = list(tree.find_all(*_OF_THE_PRESENT))
    for node in found:
        node.replace(sqlglot.parse_one(_value(node), read=DIALECT))
    return tree.sql(dialect=DIALECT, comments=False) if found else sql


def _value(node: exp.Expression) -> str:
    if isinstance(node, exp.CurrentTimestamp):
        return f"{NOW_FUNCTION}()"
    zone = node.this.sql(dialect=DIALECT) if node.this else "'UTC'"
    return f"{_OF_THE_PRESENT[type(node)]}({NOW_FUNCTION}(), {zone})"


def follow(clock: Clock) -> None:
    """Have every statement see one instant of a clock: the one at which it began."""
    begun, translate = [clock.now()], SQLTranslator.translate
    rewrite = inner_query.rewrite_and_translate_statement

    async def begin(bq_sql: str, **options: Any) -> str:  # noqa: ANN401 - bqemulator's
        begun[0] = clock.now()
        return await rewrite(bq_sql, **options)

    def translate_as_of(translator: SQLTranslator, bq_sql: str, **options: Any) -> object:  # noqa: ANN401 - bqemulator's
        return translate(translator, as_of(bq_sql), **options)

    inner_query.rewrite_and_translate_statement = begin
    SQLTranslator.translate = translate_as_of  # type: ignore[method-assign,assignment] # every module has the class
    register_others = builtin_udfs.register_builtin_udfs

    def register_now(connection: Any) -> None:  # noqa: ANN401 - DuckDB's
        register_others(connection)
        connection.create_function(NOW_FUNCTION, lambda: begun[0], [], "TIMESTAMPTZ")

    builtin_udfs.register_builtin_udfs = register_now

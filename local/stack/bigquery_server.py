"""Runs bqemulator with changes of ours: `-m local.stack.bigquery_server start …`.

Every client sees the stack's clock: before a statement is translated, the functions of the present
(`CURRENT_TIMESTAMP` and its like) become a function of ours. It gives the instant that the clock in
`NBA_CLOCK_FILE` showed as the statement began, where that is set.

bqemulator translates the end-to-end query's `LEFT JOIN … ON … IN UNNEST(…)` into a subquery in the
condition of an outer join, which DuckDB refuses: "Cannot perform non-inner join on subquery!". The
rule makes it a function call. (BigQuery itself refuses the query too, see docs/tables.md, but the
user's text has to run here as it is.)

Rows that are fetched have their times as BigQuery writes them: in seconds, unless a client asks for
microseconds. bqemulator always writes the latter, which `bq` takes for dates beyond the year 9999.
Where a job would read or write Cloud Storage, or a query ask for a table's past, the refusal says
so. What is done once, or left out: `bigquery_lean.py`.
"""

import os
from contextvars import ContextVar
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import sqlglot
from bqemulator.cli import main
from bqemulator.sql import builtin_udfs, inner_query
from bqemulator.sql.rules import TranslationRule, register
from bqemulator.sql.translator import SQLTranslator
from bqemulator.storage import arrow_bridge
from sqlglot import exp

from common.clock import Clock, FileClock
from common.settings import variable
from local.stack.bigquery_lean import be_lean, look_up_once

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

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


_in_seconds = ContextVar("_in_seconds", default=False)
"""Whether the answer that is being written has its times in seconds."""


def answer_as_bigquery() -> None:
    """Have fetched rows answer `formatOptions.useInt64Timestamp` as BigQuery does.

    A `jobs.query` names it in its body, and each client of ours asks for microseconds there.
    """
    from bqemulator import server  # noqa: PLC0415 - makes its translators, with the rules so far
    from bqemulator.api.app import create_app  # noqa: PLC0415

    form = arrow_bridge._format_bq_value  # noqa: SLF001

    def make_app(context: Any) -> object:  # noqa: ANN401 - bqemulator's
        app = create_app(context)
        app.add_middleware(_TimesAsAsked)
        return app

    def form_value(value: object, kind: Any, **options: Any) -> object:  # noqa: ANN401 - pyarrow's
        if isinstance(value, datetime) and kind.tz is not None and _in_seconds.get():
            return f"{value.timestamp():.6f}"
        return form(value, kind, **options)

    server.create_app = make_app  # type: ignore[attr-defined,assignment]
    arrow_bridge._format_bq_value = form_value  # type: ignore[assignment] # noqa: SLF001


class _TimesAsAsked:
    def __init__(self, app: "ASGIApp") -> None:
        self._app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        asked = parse_qs(scope.get("query_string", b"").decode())
        micros = asked.get("formatOptions.useInt64Timestamp", ["false"])[0].lower() == "true"
        _in_seconds.set(scope.get("method") == "GET" and not micros)
        await self._app(scope, receive, send)


def refuse_cloud_storage() -> None:
    """Have jobs that load or extract objects refused with what can be done in their place."""
    from bqemulator.domain.errors import InvalidQueryError  # noqa: PLC0415
    from bqemulator.jobs import executor  # noqa: PLC0415 - as above

    resolve = executor._resolve_uri  # noqa: SLF001

    def resolve_file(uri: str, context: Any) -> str:  # noqa: ANN401 - bqemulator's
        if uri.startswith("gs://"):
            raise InvalidQueryError(
                f"{uri}: the local BigQuery reads and writes no Cloud Storage. For a table's rows "
                "use `python -m local sql STATEMENT --json`; `python -m local day` writes all "
                "tables to its --out"
            )
        return resolve(uri, context)

    executor._resolve_uri = resolve_file  # type: ignore[assignment] # noqa: SLF001


@register
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


if __name__ == "__main__":
    be_lean()
    if file := os.environ.get(variable("clock_file")):
        follow(FileClock(Path(file)))
    look_up_once()
    answer_as_bigquery()
    refuse_cloud_storage()
    main()

"""Runs bqemulator with changes of ours: `-m local.stack.bigquery_server start …`.

Every client sees the stack's clock: before a statement is translated, the functions of the present
(`CURRENT_TIMESTAMP` and its like) become the instant of the clock in `NBA_CLOCK_FILE`, where that
is set. In a view they become a function that reads the clock at each query.

bqemulator translates the end-to-end query's `LEFT JOIN … ON … IN UNNEST(…)` into a subquery in the
condition of an outer join, which DuckDB refuses: "Cannot perform non-inner join on subquery!". The
rule makes it a function call. (BigQuery itself refuses the query too, see docs/tables.md, but the
user's text has to run here as it is.)

Rows that are fetched have their times as BigQuery writes them: in seconds, unless a client asks for
microseconds. bqemulator always writes the latter, which `bq` takes for dates beyond the year 9999.
Where a job would read or write Cloud Storage, the refusal says so.
"""

import os
from contextvars import ContextVar
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import sqlglot
from bqemulator.cli import main
from bqemulator.sql import builtin_udfs
from bqemulator.sql.rules import TranslationRule, register
from bqemulator.sql.translator import SQLTranslator
from bqemulator.storage import arrow_bridge
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.expressions import core

from common.clock import Clock, FileClock
from common.settings import variable

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

DIALECT = "bigquery"
STATEMENTS_HELD_MAX = 200
NOW_FUNCTION = "STACK_NOW"
"""DuckDB's name of the function that reads the clock."""
_OF_THE_PRESENT: dict[type[exp.Expression], str] = {
    exp.CurrentTimestamp: "TIMESTAMP",
    exp.CurrentDate: "DATE",
    exp.CurrentDatetime: "DATETIME",
    exp.CurrentTime: "TIME",
}
"""The functions of the present, each with what makes its value from an instant and a zone."""


def as_of(sql: str, now: datetime) -> str:
    """Return a statement in GoogleSQL whose functions of the present all give one instant.

    Those of a view give the instant at which it is read.
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
    is_view = isinstance(tree, exp.Create) and tree.kind == "VIEW"
    instant = f"TIMESTAMP '{now.astimezone(UTC).isoformat(' ', 'microseconds')}'"
    stamp = f"{NOW_FUNCTION}()" if is_view else instant
    for node in found:
        node.replace(sqlglot.parse_one(_value(node, stamp), read=DIALECT))
    return tree.sql(dialect=DIALECT, comments=False) if found else sql


def _value(node: exp.Expression, stamp: str) -> str:
    if isinstance(node, exp.CurrentTimestamp):
        return stamp
    zone = node.this.sql(dialect=DIALECT) if node.this else "'UTC'"
    return f"{_OF_THE_PRESENT[type(node)]}({stamp}, {zone})"


def read_once() -> None:
    """Have each statement parsed once: a query of a view parses the view's text many times over.

    A copy of its tree takes a tenth of the time; parts of bqemulator change what they are given.
    """
    parse, held = Dialect.parse, dict[object, list[exp.Expr | None]]()

    def parse_once(dialect: Dialect, sql: str, **options: Any) -> list[exp.Expr | None]:  # noqa: ANN401 - sqlglot's
        key = (type(dialect), sql, repr(sorted(options.items())))
        if key not in held:
            if len(held) >= STATEMENTS_HELD_MAX:
                held.clear()
            held[key] = parse(dialect, sql, **options)
        return [tree and tree.copy() for tree in held[key]]

    Dialect.parse = parse_once  # type: ignore[method-assign,assignment] # every module has the class


def copy_flat() -> None:
    """Have what sqlglot notes beside a node copied as the flat mapping or list that it is.

    It copies each tree many times a statement, and `deepcopy` of the notes took most of that time.
    """
    core.deepcopy = _copied  # type: ignore[attr-defined,assignment] # an imported name


def _copied(held: Any) -> Any:  # noqa: ANN401 - whatever sqlglot holds
    return held.copy() if type(held) in (dict, list) else deepcopy(held)


def follow(clock: Clock) -> None:
    """Have every part of bqemulator translate statements as of a clock."""
    translate = SQLTranslator.translate

    def translate_now(translator: SQLTranslator, bq_sql: str, **options: Any) -> object:  # noqa: ANN401 - bqemulator's
        return translate(translator, as_of(bq_sql, clock.now()), **options)

    SQLTranslator.translate = translate_now  # type: ignore[method-assign,assignment] # every module has the class
    register_others = builtin_udfs.register_builtin_udfs

    def register_now(connection: Any) -> None:  # noqa: ANN401 - DuckDB's
        register_others(connection)
        connection.create_function(NOW_FUNCTION, clock.now, [], "TIMESTAMPTZ")

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
    copy_flat()
    read_once()
    answer_as_bigquery()
    refuse_cloud_storage()
    if file := os.environ.get(variable("clock_file")):
        follow(FileClock(Path(file)))
    main()

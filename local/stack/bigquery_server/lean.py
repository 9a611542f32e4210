"""What bqemulator does once, or leaves out, on this machine: it does most of its work many times.

Of an INSERT's processor time in it a third was translating, and of the rest nearly half was copying
the table; a start took a quarter longer.
"""

from collections.abc import Callable
from copy import deepcopy
from functools import lru_cache
from typing import Any

from bqemulator.catalog.memory_repository import MemoryCatalogRepository
from bqemulator.catalog.models import TableMeta
from bqemulator.catalog.repository import CatalogRepository
from bqemulator.sql import inner_query, table_rewriter
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.expressions import core

STATEMENTS_HELD_MAX = 200
_CHANGES = ("create_", "update_", "delete_", "upsert_")
"""How the names of what changes the catalog begin."""


def be_lean() -> None:
    """Put all of it in place, before other changes wrap what it wraps."""
    copy_flat()
    read_once()
    translate_once()
    keep_no_past()
    leave_views_alone()
    start_plain()


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


def translate_once() -> None:
    """Have each statement translated once, until the catalog changes.

    Values are parameters, so that few texts come again and again.
    """
    translate, held = inner_query.rewrite_and_translate_statement, dict[object, str]()

    async def translate_once(bq_sql: str, **options: Any) -> str:  # noqa: ANN401 - bqemulator's
        if options["ctx"].catalog.list_all_materialized_views():
            return await translate(bq_sql, **options)  # which looks at rows
        key = (bq_sql, options["project_id"], options["caller"])
        if key not in held:
            if len(held) >= STATEMENTS_HELD_MAX:
                held.clear()
            held[key] = await translate(bq_sql, **options)
        return held[key]

    def changing(change: Callable[..., object]) -> Callable[..., object]:
        def changed(*given: Any, **named: object) -> object:  # noqa: ANN401 - bqemulator's
            if not _counts_rows_alone(*given):
                held.clear()
            return change(*given, **named)

        return changed

    inner_query.rewrite_and_translate_statement = translate_once
    names_once = lru_cache(STATEMENTS_HELD_MAX)(table_rewriter.rewrite_table_refs)
    table_rewriter.rewrite_table_refs = names_once
    for name, method in vars(MemoryCatalogRepository).copy().items():
        if name.startswith(_CHANGES) and not name.endswith("_job"):
            setattr(MemoryCatalogRepository, name, changing(method))


def _counts_rows_alone(catalog: MemoryCatalogRepository, *given: Any) -> bool:  # noqa: ANN401 - bqemulator's
    """Return whether a change of the catalog is a table's with the columns that it has already."""
    match given:
        case (TableMeta() as table,):
            held = catalog.get_table(table.project_id, table.dataset_id, table.table_id)
            return held is not None and held.schema_ == table.schema_
    return False


def keep_no_past() -> None:
    """Have no table copied as a whole at each change of it, for queries of its past.

    The copies took nearly half of an INSERT's processor time, and 0.35 MiB of memory for each. A
    query of the past is refused, since it would be answered with the present.
    """
    from bqemulator.domain.errors import InvalidQueryError  # noqa: PLC0415 - loads the server
    from bqemulator.domain.events import TableDataChanged  # noqa: PLC0415 - as above
    from bqemulator.versioning.snapshots import SnapshotManager  # noqa: PLC0415 - as above

    def tell(manager: SnapshotManager, *table: str) -> None:
        manager._events.publish(TableDataChanged(*table))  # noqa: SLF001 - for materialized views

    def refuse(_: SnapshotManager, *table: object) -> None:
        raise InvalidQueryError(
            f"FOR SYSTEM_TIME AS OF {table[-1]}: the local BigQuery keeps no table's past. "
            "`python -m local asof` shows what was known at an instant"
        )

    SnapshotManager.record_change = tell  # type: ignore[method-assign,assignment]
    SnapshotManager.resolve_time_travel = refuse  # type: ignore[method-assign,assignment]


def leave_views_alone() -> None:
    """Have no view's text put into each query of it, which is for policies of rows alone.

    DuckDB has the view itself. To translate the text of the incidents' view took 0.6 s a query.
    """
    put_in = inner_query.rewrite_for_row_access  # type: ignore[attr-defined] # an imported name

    def rewrite(bq_sql: str, *, catalog: CatalogRepository, **options: Any) -> str:  # noqa: ANN401 - bqemulator's
        if not catalog.list_all_row_access_policies():
            return bq_sql
        return put_in(bq_sql, catalog=catalog, **options)

    inner_query.rewrite_for_row_access = rewrite  # type: ignore[attr-defined] # as above


def start_plain() -> None:
    """Start without DuckDB's extension for geography, which no table or view needs.

    To load it takes a quarter of the start's processor time and 18 MiB of memory, and a network to
    find it.
    """
    from bqemulator.storage.engine import DuckDBEngine  # noqa: PLC0415 - loads DuckDB

    # Avro's is left out by a setting of bqemulator's, in `bigquery.py`.
    DuckDBEngine._load_spatial = lambda _: None  # type: ignore[method-assign,assignment] # noqa: SLF001

"""What bqemulator does once is done again when it would come out otherwise."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from bqemulator.catalog.memory_repository import MemoryCatalogRepository
from bqemulator.sql import inner_query, table_rewriter
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.expressions import core

from local.stack.bigquery_server import lean

Translate = Callable[..., str]
BIGQUERY, DUCKDB = Dialect.get_or_raise("bigquery"), Dialect.get_or_raise("duckdb")
"""Made before anything is counted: a dialect parses some texts of its own when it is loaded."""


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Have statements parsed once; list each that is parsed."""
    found: list[str] = []

    def parse(_: Dialect, sql: str, **options: Any) -> list[exp.Expr | None]:
        found.append(f"{sql} {options}" if options else sql)
        return [exp.select("1"), None]

    monkeypatch.setattr(Dialect, "parse", parse)
    lean.read_once()
    return found


def test_a_statement_is_parsed_once_for_each_dialect_and_its_options(parsed: list[str]) -> None:
    """The order of the options says nothing."""
    for dialect in (BIGQUERY, BIGQUERY, DUCKDB):
        dialect.parse("a")
    for options in ({"x": 1, "y": 2}, {"y": 2, "x": 1}, {"x": 2}):
        BIGQUERY.parse("a", **options)  # type: ignore[arg-type] # made up
    assert parsed == ["a", "a", "a {'x': 1, 'y': 2}", "a {'x': 2}"]


def test_what_is_done_to_a_parsed_tree_is_not_held(parsed: list[str]) -> None:
    """Each caller has a copy of its own, and None where a statement is empty."""
    first, nothing = BIGQUERY.parse("a")
    assert nothing is None
    assert isinstance(first, exp.Select)
    first.set("expressions", [])
    again, _ = BIGQUERY.parse("a")
    assert again == exp.select("1")
    assert parsed == ["a"]


def test_no_more_than_some_statements_are_held(
    parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next one takes the place of all."""
    monkeypatch.setattr(lean, "STATEMENTS_HELD_MAX", 2)
    for sql in "abbacca":
        BIGQUERY.parse(sql)
    assert parsed == ["a", "b", "c", "a"]


def test_notes_beside_a_node_are_copied_flat(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mapping or a list by itself; anything else with all that it holds."""
    monkeypatch.setattr(core, "deepcopy", None)
    lean.copy_flat()
    copied: Callable[[Any], Any] = core.deepcopy  # type: ignore[attr-defined] # an imported name
    inner = ["x"]
    for held in ({"a": inner}, [inner]):
        assert copied(held) == held
        assert copied(held) is not held
    assert copied({"a": inner})["a"] is copied([inner])[0] is inner
    assert copied((inner,))[0] is not inner


@pytest.fixture
def translated(monkeypatch: pytest.MonkeyPatch) -> tuple[Translate, list[str]]:
    """Have statements translated once: what translates one, and the list of what was translated."""
    found: list[str] = []

    async def translate(bq_sql: str, **options: Any) -> str:
        found.append(bq_sql)
        return f"{bq_sql} of {options['project_id']} for {options['caller']} {len(found)}"

    monkeypatch.setattr(inner_query, "rewrite_and_translate_statement", translate)
    monkeypatch.setattr(table_rewriter, "rewrite_table_refs", found.append)
    for name, method in vars(MemoryCatalogRepository).copy().items():
        if name.startswith(("create_", "update_", "delete_", "upsert_")):
            monkeypatch.setattr(MemoryCatalogRepository, name, method)
    lean.translate_once()

    def ask(sql: str, project: str = "p", caller: str = "c", *, views: bool = False) -> str:
        catalog = SimpleNamespace(list_all_materialized_views=lambda: ["v"] * views)
        options = {"ctx": SimpleNamespace(catalog=catalog), "project_id": project}
        asked: Any = inner_query.rewrite_and_translate_statement
        text: str = asyncio.run(asked(sql, **options, caller=caller))
        return text

    return ask, found


def test_a_statement_is_translated_once_for_each_project_and_caller(
    translated: tuple[Translate, list[str]],
) -> None:
    """With materialized views each time, since their rows count."""
    ask, found = translated
    assert ask("a") == ask("a") == "a of p for c 1"
    assert ask("a", "q") == "a of q for c 2"
    assert ask("a", caller="d") == "a of p for d 3"
    assert ask("a", views=True) == "a of p for c 4"
    assert found == ["a"] * 4


def test_no_more_than_some_translations_are_held(
    translated: tuple[Translate, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next one takes the place of all."""
    ask, found = translated
    monkeypatch.setattr(lean, "STATEMENTS_HELD_MAX", 2)
    for sql in "abbacca":
        ask(sql)
    assert found == ["a", "b", "c", "a"]


def test_a_change_of_the_catalog_translates_anew(
    translated: tuple[Translate, list[str]],
) -> None:
    """A job is none: each statement makes one."""
    ask, found = translated
    catalog = MemoryCatalogRepository()
    ask("a")
    with pytest.raises(TypeError):  # what it lacks does not matter: it was called
        catalog.delete_dataset()  # type: ignore[call-arg]
    ask("a")
    with pytest.raises(TypeError):
        catalog.upsert_job()  # type: ignore[call-arg]
    ask("a")
    assert found == ["a", "a"]
    rewrite: Any = table_rewriter.rewrite_table_refs
    for name in ("x", "x", "y"):
        rewrite(name)
    assert found == ["a", "a", "x", "y"]


@pytest.mark.parametrize(("policies", "asked"), [((), "a"), (("p",), "a of p x")])
def test_a_view_s_text_is_put_into_a_query_where_rows_have_policies(
    policies: tuple[str, ...], asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without any the view is DuckDB's own, and its text is not translated with each query."""
    catalog = SimpleNamespace(list_all_row_access_policies=lambda: policies)
    monkeypatch.setattr(
        inner_query,
        "rewrite_for_row_access",
        lambda sql, *, catalog, caller: (
            f"{sql} of {catalog.list_all_row_access_policies()[0]} {caller}"
        ),
    )
    lean.leave_views_alone()
    rewrite: Any = vars(inner_query)["rewrite_for_row_access"]
    assert rewrite("a", catalog=catalog, caller="x") == asked

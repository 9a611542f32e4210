"""Google's own analyzer of GoogleSQL takes each statement that is deployed, shown or agreed."""

from typing import Any

import pytest

from common.cloud.tables import NAMES, table
from common.settings import ROOT
from local.day.seed_queries import queries
from local.stack.views import view_texts
from tests.alerts.days import DATASET, PROJECT
from tests.dashboards import conftest as panels
from tests.kit.situations import WORKFLOWS

api = pytest.importorskip(
    "zetasql.api", reason="zetasql is not installed (pip install zetasql==0.1.5)"
)
types = pytest.importorskip("zetasql.types")
VIEWS = view_texts(PROJECT, DATASET, WORKFLOWS)
RULES = {path.stem: path.read_text() for path in (ROOT / "config" / "alerts").glob("*.sql")}
CONTRACT = {query.name: query.sql for query in queries()}
STATEMENTS = {**VIEWS, **RULES, **CONTRACT, **panels.queries()}
KINDS = {"INTEGER": "INT64", "FLOAT": "DOUBLE", "BOOLEAN": "BOOL"}
"""Names of the analyzer where they differ from those of a table's JSON schema."""


def shape(name: str) -> Any:
    """Return one of the five tables for the analyzer's catalog."""
    made = api.TableBuilder(f"{PROJECT}.{DATASET}.{name}")
    for field in table(name).fields:
        kind = getattr(types.TypeKind, f"TYPE_{KINDS.get(field.type, field.type)}")
        simple = api.TypeFactory.create_simple_type(kind)
        repeated = field.mode == "REPEATED"
        made.add_column(field.name, api.TypeFactory.create_array_type(simple) if repeated else kind)
    return made.build()


@pytest.fixture(scope="module")
def analyzer() -> Any:
    """Build an analyzer that knows the five tables."""
    language = types.LanguageOptions.maximum_features()
    catalog = api.CatalogBuilder("deployed")
    for name in NAMES:
        catalog.add_table(shape(name))
    builtin = types.ZetaSQLBuiltinFunctionOptions(language_options=language)
    known = catalog.with_builtin_functions(builtin).build()
    return api.Analyzer(types.AnalyzerOptions(language_options=language), known)


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_is_taken(analyzer: Any, name: str) -> None:
    """Its syntax, names and types are right; a view that it reads is put in its place."""
    sql = STATEMENTS[name].strip().rstrip(";")
    for view, text in VIEWS.items():
        sql = sql.replace(f"`{PROJECT}.{DATASET}.{view}`", f"(\n{text})")
    assert analyzer.analyze_statement(sql).output_column_list


def test_a_wrong_type_is_refused(analyzer: Any) -> None:
    """The analyzer knows the columns' types."""
    wrong = (
        f"SELECT DATE_ADD(slot, INTERVAL 1 DAY) < 7 FROM `{PROJECT}.{DATASET}.workflow_decisions`"
    )
    with pytest.raises(Exception, match="INVALID_ARGUMENT"):
        analyzer.analyze_statement(wrong)

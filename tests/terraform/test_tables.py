"""config/tables, from which Terraform makes the tables, against the user's own document."""

import json
import re
from dataclasses import dataclass
from typing import Any

import pytest

from common.cloud.tables import NAMES
from common.settings import ROOT
from tests.terraform.parsed import Module

SEED = (ROOT / "docs" / "03-bigquery-schemas.md").read_text()
TYPES = {"INT64": "INTEGER", "FLOAT64": "FLOAT"}
_CREATE = re.compile(r"CREATE TABLE `[\w.-]+\.(\w+)` \((.*?)\n\)\n(.*?);", re.DOTALL)
_COLUMN = re.compile(r"^\s+(\w+) (ARRAY<(\w+)>|\w+)( NOT NULL)?,?", re.MULTILINE)
Column = tuple[str, str, str]
"""Name, type and mode."""


@dataclass(frozen=True)
class Seed:
    """A table as the document creates it."""

    columns: tuple[Column, ...]
    partition: str
    clustering: tuple[str, ...]
    days: int | None


def _seed(columns: str, options: str) -> Seed:
    partition = re.search(r"PARTITION BY (?:DATE\()?(\w+)", options)
    clustering = re.search(r"CLUSTER BY (.+)", options)
    days = re.search(r"partition_expiration_days = (\d+)", options)
    assert partition
    assert clustering
    return Seed(
        tuple(_column(*found) for found in _COLUMN.findall(columns)),
        partition.group(1),
        # Clustering takes columns, not DATE(...).
        tuple(re.findall(r"\b(?!DATE\b)\w+", clustering.group(1))),
        int(days.group(1)) if days else None,
    )


def _column(name: str, kind: str, element: str, required: str) -> Column:
    if element:
        return name, TYPES.get(element, element), "REPEATED"
    return name, TYPES.get(kind, kind), "REQUIRED" if required else "NULLABLE"


SEEDS = {name: _seed(columns, options) for name, columns, options in _CREATE.findall(SEED)}


@pytest.fixture(params=NAMES)
def table(request: pytest.FixtureRequest) -> tuple[Seed, dict[str, Any]]:
    """One table as the document creates it, and its schema file."""
    held = json.loads((ROOT / "config" / "tables" / f"{request.param}.json").read_text())
    return SEEDS[request.param], held


def test_the_document_creates_every_table() -> None:
    """It has a CREATE TABLE for each of the five, and for no other."""
    assert SEEDS.keys() == set(NAMES)


def test_a_table_begins_with_the_columns_of_the_document(
    table: tuple[Seed, dict[str, Any]],
) -> None:
    """Columns of our own come after them, and rows without them are valid."""
    seed, held = table
    columns = [(field["name"], field["type"], field["mode"]) for field in held["fields"]]
    ours = columns[len(seed.columns) :]
    assert tuple(columns[: len(seed.columns)]) == seed.columns
    assert {mode for _, _, mode in ours} <= {"NULLABLE", "REPEATED"}


def test_a_table_is_partitioned_clustered_and_kept_as_in_the_document(
    table: tuple[Seed, dict[str, Any]],
) -> None:
    """`terraform/tests` asserts that the deployed table follows the schema file."""
    seed, held = table
    assert (held["partition"]["type"], held["partition"]["column"]) == ("DAY", seed.partition)
    assert tuple(held["clustering"]) == seed.clustering
    assert held["partition_expiration_days"] == seed.days


def test_a_partition_filter_is_required_only_where_every_query_has_one(module: Module) -> None:
    """The document's queries of the plan compare its date; those of other tables do not."""
    required = module.resources["google_bigquery_table.table"]["require_partition_filter"]
    (name,) = re.findall(r'each\.key == "(\w+)"', required)
    queries = re.findall(r"^SELECT.*?;$", SEED, re.DOTALL | re.MULTILINE)
    asked = [sql for sql in queries if f".{name}`" in sql]
    assert len(asked) == 2
    assert all("WHERE date = CURRENT_DATE(" in sql for sql in asked)

"""The tables as the user's own document creates them, and as config/tables describes them."""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from common.settings import ROOT

SEED = ROOT / "docs" / "03-bigquery-schemas.md"
TYPES = {"INT64": "INTEGER", "FLOAT64": "FLOAT"}
_CREATE = re.compile(r"CREATE TABLE `[\w.-]+\.(\w+)` \((.*?)\n\)\n(.*?);", re.DOTALL)
_COLUMN = re.compile(r"^\s+(\w+) (ARRAY<(\w+)>|\w+)( NOT NULL)?,?", re.MULTILINE)


@dataclass(frozen=True)
class Shape:
    """A table: columns as (name, type, mode), partition column, clustering, days kept."""

    columns: tuple[tuple[str, str, str], ...]
    partition: str
    clustering: tuple[str, ...]
    days: int | None


@lru_cache(maxsize=1)
def seed_tables() -> dict[str, Shape]:
    """Each CREATE TABLE of the document."""
    found = _CREATE.findall(SEED.read_text())
    assert len(found) == 5, f"{SEED} creates {len(found)} tables"
    return {name: _shape(columns, options) for name, columns, options in found}


def _shape(columns: str, options: str) -> Shape:
    partition = re.search(r"PARTITION BY (?:DATE\()?(\w+)", options)
    clustering = re.search(r"CLUSTER BY (.+)", options)
    days = re.search(r"partition_expiration_days = (\d+)", options)
    assert partition
    assert clustering
    return Shape(
        tuple(_column(*found) for found in _COLUMN.findall(columns)),
        partition.group(1),
        # Clustering takes columns, not DATE(...).
        tuple(re.findall(r"\b(?!DATE\b)\w+", clustering.group(1))),
        int(days.group(1)) if days else None,
    )


def _column(name: str, kind: str, element: str, required: str) -> tuple[str, str, str]:
    if element:
        return name, TYPES.get(element, element), "REPEATED"
    return name, TYPES.get(kind, kind), "REQUIRED" if required else "NULLABLE"


def shape_of(root: Path, name: str) -> Shape | None:
    """A table as its schema file describes it; None where there is none."""
    path = root / "config" / "tables" / f"{name}.json"
    if not path.exists():
        return None
    held = json.loads(path.read_text())
    return Shape(
        tuple((field["name"], field["type"], field["mode"]) for field in held["fields"]),
        held["partition"]["column"],
        tuple(held["clustering"]),
        held["partition_expiration_days"],
    )

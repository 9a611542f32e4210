"""Tables of a few rows of which a test gives only what it is about."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from common.cloud.ports import Row
from common.cloud.tables import table
from common.runtime import Runtime
from tests.kit.desk import AFTERNOON
from tests.kit.placed import placed, row


def holding(now: datetime = AFTERNOON, **held: Sequence[Row]) -> Runtime:
    """Return a place whose tables hold these rows, at an instant; a row's `at` is all its times."""
    rows = {name: [_made(name, **given) for given in each] for name, each in held.items()}
    return placed(now, **rows)[0]


def _made(name: str, at: datetime, **given: Any) -> Row:
    kinds = {"TIMESTAMP": at, "DATE": at.date()}
    times = {f.name: kinds[f.type] for f in table(name).fields if f.type in kinds}
    return row(name, **(times | given))

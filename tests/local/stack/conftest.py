"""A stack whose parts are notes, and a day with chaos on real ones."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.processes import process
from local.stack import bigquery, gcs
from local.stack.stack import Stack
from tests.local.stack.parts import Parts, config
from tests.local.stack.rough_day import RoughDay, lived_through


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> Parts:
    """Note what would be started."""
    made = Parts()
    for module in (gcs, bigquery, process):
        monkeypatch.setattr(module, "begin", made.begin)
        monkeypatch.setattr(module, "accepts", made.accepts)
    for module, name in ((bigquery, "create_tables"), (gcs, "create_buckets")):
        monkeypatch.setattr(module, name, lambda *args: made.done.append(f"create {args[1:]}"))
    return made


@pytest.fixture
def stack(parts: Parts, tmp_path: Path) -> Iterator[Stack]:
    """Start a stack."""
    made = Stack(config(tmp_path), parts.launch)  # type: ignore[arg-type] # notes alone
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def rough_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RoughDay]:
    """Live through the day once; its stack stays up for tests that look at it."""
    with lived_through(1, tmp_path_factory.mktemp("rough")) as day:
        yield day

"""A running stack that has replayed the day of 2025-11-12, shared by the tests that only look."""

import time
from collections.abc import Iterator

import pytest

from local.day import replay as replayed
from local.stack.config import DEFAULT_SLATE
from local.stack.driver import start_stack
from tests.kit.replays import DAY, Replayed, config


@pytest.fixture(scope="session")
def finished_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replayed]:
    """The undisturbed day; the stack stays up while tests ask it."""
    began = time.monotonic()
    with start_stack(config(tmp_path_factory.mktemp("stack"))) as stack:
        slate = replayed.load_slate(DEFAULT_SLATE, DAY)
        outcome = replayed.replay(stack, slate, DAY, lambda _: None)
        yield Replayed(stack, outcome, time.monotonic() - began)

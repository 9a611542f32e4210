"""A stack that has replayed the day of 2025-11-12, and Google's emulator, for several folders."""

from collections.abc import Iterator

import pytest

from common.errors import ConfigError
from local.day import replay as replayed
from local.stack.config import DEFAULT_SLATE
from local.stack.driver import start_stack
from tests.kit.google_pubsub import GoogleEmulator, installed_emulator
from tests.kit.replays import DAY, Replayed, config


@pytest.fixture(scope="session")
def finished_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replayed]:
    """Replay the undisturbed day; its stack stays up for tests that read it."""
    with start_stack(config(tmp_path_factory.mktemp("stack"))) as stack:
        slate = replayed.load_slate(DEFAULT_SLATE, DAY)
        outcome = replayed.replay(stack, slate, DAY, lambda _: None)
        yield Replayed(stack, outcome)


@pytest.fixture(scope="session")
def google() -> Iterator[str]:
    """Run Google's emulator; yield its value for `PUBSUB_EMULATOR_HOST`."""
    try:
        installed_emulator()
    except ConfigError as error:
        pytest.skip(f"Google's emulator is not installed: {error}")
    with GoogleEmulator() as emulator:
        yield emulator.host

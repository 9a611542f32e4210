"""What holds for all tests."""

import gc
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from _pytest.nodeid import coerce_node_id
from hypothesis import HealthCheck, settings

from common.redaction import forget

if TYPE_CHECKING:
    from tests.alerts.days import Emulator

# Two test processes share the cores: how long an example takes says nothing of the code.
settings.register_profile("soak", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# The same examples every time: what a change broke is told by it, not by a draw weeks later.
settings.register_profile("test", settings.get_profile("soak"), derandomize=True)


@pytest.fixture(autouse=True)
def _no_known_secrets() -> Iterator[None]:
    """Forget after a test what it made known as a secret, so that no other text is garbled."""
    yield
    forget()


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Emulator]":
    """An emulated BigQuery for the views, the panels and the watchdog's query."""
    from tests.alerts.days import emulated  # noqa: PLC0415 - loads the simulator

    with emulated(tmp_path_factory.mktemp("emulated")) as running:
        yield running


def pytest_configure(config: pytest.Config) -> None:
    """Draw new examples in `make soak` only."""
    settings.load_profile("soak" if "soak" in config.option.markexpr else "test")


def pytest_collection_finish() -> None:
    """Have the collector of garbage look less often, and never at what stays until the end."""
    gc.freeze()
    gc.set_threshold(50_000)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the folders of the pictures that tests in a browser have taken."""
    reports = [one for held in terminalreporter.stats.values() for one in held]
    noted = [pair for one in reports for pair in getattr(one, "user_properties", ())]
    for folder in sorted({value for name, value in noted if name == "pictures"}):
        terminalreporter.write_line(f"pictures of pages: {folder}")


def _shared(item: pytest.Item) -> str:
    """Return what a test shares its costly fixtures with: stacks, the applied module, or a file."""
    if item.get_closest_marker("stack"):
        return "stack"
    return "terraform" if item.path.parent.name == "terraform" else item.path.name


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long searches to `make soak`, and keep together what shares a stack or a file."""
    for item in items:
        group = _shared(item)
        if getattr(config.option, "loadgroup", False):  # a process of pytest-xdist
            # It groups by what follows an @. The mark that would add one writes `_nodeid`, which
            # pytest 9.2 no longer reads: every stack was started in both processes.
            item._id = coerce_node_id(f"{item.nodeid}@{group}")
    if "soak" in config.option.markexpr:
        return
    long = [item for item in items if item.get_closest_marker("soak")]
    config.hook.pytest_deselected(items=long)
    items[:] = [item for item in items if item not in long]

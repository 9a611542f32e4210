"""Fixtures: a deployment without any object."""

import pytest

from common.runtime import Runtime
from common.settings import Settings
from tests.kit.unlogged import runtime_with


@pytest.fixture
def runtime() -> Runtime:
    """Make such a runtime with default settings."""
    return runtime_with(Settings())

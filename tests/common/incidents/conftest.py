"""Fixtures: a world whose sweeps tell."""

import pytest

from local.simulator.world import World
from tests.kit.world import new_world


@pytest.fixture
def world() -> World:
    """A world at 12:45 ET, its schedule stored."""
    return new_world()

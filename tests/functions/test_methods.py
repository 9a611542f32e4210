"""A function takes events by POST and answers everything else with 405."""

import pytest

from common.runtime import install
from local.simulator.world import World
from tests.functions.conftest import app
from tests.kit.world import FUNCTIONS


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_fu16_a_browser_runs_nothing(function: str, method: str, world: World) -> None:
    """A plain GET on the address of a function is refused and writes nothing."""
    install(world.runtime)
    before = (len(world.publisher.published), world.rows)
    found = app(function).test_client().open("/", method=method)
    install(None)
    assert (found.status_code, found.headers["Allow"]) == (405, "POST")
    assert found.get_json() == {"error": f"{function} takes events by POST only"}
    assert (len(world.publisher.published), world.rows) == before

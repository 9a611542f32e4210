"""What the fork server loads once for all functions."""

from importlib.util import find_spec

from local.processes.fork_server import PRELOADED
from local.simulator.world import ROUTES


def test_every_function_s_handler_is_loaded_before_it_is_forked() -> None:
    """A fork that loads one itself starts seconds later, and shares no memory with the others."""
    handlers = {f"common.handlers.{name}" for name in (*ROUTES, "console")}
    assert handlers <= set(PRELOADED)
    assert len(set(PRELOADED)) == len(PRELOADED)
    for client in ("storage", "warehouse", "publisher"):
        assert f"common.cloud.{client}" in PRELOADED
    assert [name for name in PRELOADED if find_spec(name) is None] == []

"""The broker's two servers: how they end."""

import subprocess
import sys

OPENED = """
from common.clock import SystemClock
from local.broker.broker import Broker
from local.broker.servers import Servers

Servers(Broker(SystemClock()))
raise SystemExit(7)
"""
SECONDS = 60
"""How long the process may take on a busy machine; it would hang for good."""


def test_a_process_that_dies_with_its_servers_open_ends() -> None:
    """A driver that fails before it has stopped them must not stay as an orphan with two ports."""
    ended = subprocess.run([sys.executable, "-c", OPENED], timeout=SECONDS, check=False)
    assert ended.returncode == 7

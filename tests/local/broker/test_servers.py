"""The broker's two servers: how they end."""

import socket
import subprocess
import sys

import pytest

from common.clock import SystemClock
from common.errors import ConfigError
from local.broker.broker import Broker
from local.broker.servers import Servers

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


def test_what_is_stopped_leaves_both_ports_free() -> None:
    """Another stack may take them at once."""
    with Servers(Broker(SystemClock())) as servers:
        ports = (servers.port, servers.rest_port)
    for port in ports:
        with socket.socket() as other:
            other.bind(("127.0.0.1", port))


def test_a_port_has_one_server() -> None:
    """A second one is refused: Linux would give each of two a part of the calls."""
    with Servers(Broker(SystemClock())) as servers, pytest.raises(ConfigError) as raised:
        Servers(Broker(SystemClock()), servers.port)
    told = str(raised.value)
    port = f"port {servers.port} (gRPC) or 0 (REST): "
    assert told.startswith(f"broker: cannot listen on 127.0.0.1, {port}")
    assert told.endswith("; choose another port, or 0 for a free one")


@pytest.mark.skipif(sys.platform != "linux", reason="another system has no 127.0.0.2")
def test_both_servers_listen_on_the_loopback_address_alone() -> None:
    """Whoever listens on every address is reached by the next one of the loopback too."""
    with Servers(Broker(SystemClock())) as servers:
        for port in (servers.port, servers.rest_port):
            socket.create_connection(("127.0.0.1", port)).close()
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.2", port))

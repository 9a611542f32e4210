"""What the command starts a server with, and how it ends."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from common.clock import Clock, set_clock
from common.eastern import eastern_date
from common.settings import ROOT
from local.fake_sources import __main__ as command
from local.fake_sources.slate import Slate, load
from tests.kit.situations import et
from tests.local.fake_sources.test_collected import DAY

FILE = ROOT / "config" / "slates" / "2025-11.json"
Run = Callable[..., tuple[int, list[Any], str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Make a function that runs the command, with options, until its server is stopped by hand.

    It returns the exit status, what was made of the server, and what is printed.
    """
    did: list[Any] = []

    class Server:
        server_port = 8001

        def __init__(self, slate: Slate, clock: Clock, port: int, *, refuse: list[str]) -> None:
            if port == 1:
                raise PermissionError(13, "Permission denied")
            did.append((slate, eastern_date(clock.now()), port, refuse))

        def serve_forever(self) -> None:
            raise KeyboardInterrupt

        def server_close(self) -> None:
            did.append("closed")

    def ran(*options: str) -> tuple[int, list[Any], str, str]:
        clock = tmp_path / "clock.json"
        set_clock(clock, et(f"{DAY} 12:00"))
        given = ["command", "--clock", str(clock), "--slate", str(FILE), *options]
        monkeypatch.setattr("sys.argv", given)
        return command.main(), did, *capsys.readouterr()

    monkeypatch.setattr(command, "SourceServer", Server)
    return ran


@pytest.mark.parametrize(
    ("options", "port", "refused"),
    [
        ([], 0, []),
        (["--refuse", "/a", "--port", "8123", "--refuse", "/b"], 8123, ["/a", "/b"]),
    ],
)
def test_a_server_is_what_its_options_say(
    run: Run, options: list[str], port: int, refused: list[str]
) -> None:
    """It has the file's games and the clock's time, tells its port, and is closed at Ctrl-C."""
    did = [(load(FILE), DAY, port, refused), "closed"]
    assert run(*options) == (0, did, '{"port": 8001}\n', "")


@pytest.mark.parametrize(("given", "lacking"), [("--clock", "--slate"), ("--slate", "--clock")])
def test_what_a_server_cannot_be_without_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], given: str, lacking: str
) -> None:
    """The usage names the option that is missing; the exit status is 2."""
    monkeypatch.setattr("sys.argv", ["command", given, str(FILE)])
    monkeypatch.setattr(command, "SourceServer", None)  # none would ever end
    with pytest.raises(SystemExit, match="2"):
        command.main()
    assert f"the following arguments are required: {lacking}\n" in capsys.readouterr().err


def test_a_port_that_cannot_be_had_is_one_line(run: Run) -> None:
    """The command says why on standard error; the exit status is 2."""
    said = "local.fake_sources: [Errno 13] Permission denied\n"
    assert run("--port", "1") == (2, [], "", said)

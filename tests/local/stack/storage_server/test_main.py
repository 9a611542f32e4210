"""What the storage server is started with."""

from pathlib import Path
from typing import Any

import pytest

from common.clock import FileClock, SystemClock
from local.stack.storage_server import __main__ as server


def test_a_server_is_told_its_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its caller holds one; without it the server does not start."""
    monkeypatch.setattr("sys.argv", ["server"])
    with pytest.raises(SystemExit):
        server.main()


NOTICES = ["--bucket", "b", "--pubsub", "h:1", "--topic", "projects/p/topics/t"]


@pytest.mark.parametrize(("options", "told"), [(NOTICES, ["b", "h:1"]), ([], [])])
@pytest.mark.parametrize("clock", [None, "clock.json"])
def test_a_server_is_what_its_options_say(
    monkeypatch: pytest.MonkeyPatch, options: list[str], told: list[str], clock: str | None
) -> None:
    """Without a bucket it tells nobody, without a file it has the machine's time."""
    done: list[Any] = []

    class Notices:
        def __init__(self, bucket: str, target: server.Target) -> None:
            assert target.topic == "projects/p/topics/t"
            self.finalized = lambda made, before: done.extend((bucket, target.host))

    def objects(kept: object, finalized: Any) -> str:
        assert isinstance(kept, FileClock if clock else SystemClock)
        finalized({}, None)
        return "objects"

    fakes = {
        "Notices": Notices,
        "Objects": objects,
        "Api": lambda held: f"api of {held}",
        "application": lambda api: f"application of {api}",
    }
    for name, fake in fakes.items():
        monkeypatch.setattr(server, name, fake)
    run: list[Any] = []
    monkeypatch.setattr("uvicorn.run", lambda *given, **named: run.append((given, named)))
    named = ["--clock", f"{Path(clock)}"] if clock else []
    monkeypatch.setattr("sys.argv", ["server", "--port", "8123", *named, *options])
    server.main()
    assert done == told
    ((given, options_of_server),) = run
    assert given == ("application of api of objects",)
    assert options_of_server == {
        "host": "127.0.0.1",
        "port": 8123,
        "log_level": "warning",
        "lifespan": "off",
        "access_log": False,
        "timeout_keep_alive": 3600,
    }

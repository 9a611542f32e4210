"""`python -m local trace` writes a date or a run for tools that read traces and lineage."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from common.look.runs import runs_on
from tests.kit.operated import gone_wrong, run
from tests.kit.world import DAY


class Collector:
    """A collector on this machine, which keeps what it gets."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.status = 200
        self.got: list[tuple[str, Any]] = []


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A running one."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.got.append((self.path, json.loads(body)))
            self.send_response(kept.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    kept = Collector(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield kept
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_date_is_written_as_both(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It says how much there is, and where."""
    done = run(gone_wrong(), monkeypatch, "trace", "2025-11-12", "--out", str(tmp_path / "t"))
    assert done.exit_code == 0
    traces, events = tmp_path / "t" / "traces.json", tmp_path / "t" / "lineage.ndjson"
    spans = json.loads(traces.read_text())["resourceSpans"][0]["scopeSpans"][0]["spans"]
    lines = events.read_text().splitlines()
    count = len({span["traceId"] for span in spans})
    assert done.stdout.splitlines() == [
        f"{count} traces, {len(spans)} spans: {traces}",
        f"{len(lines)} OpenLineage events: {events}",
    ]
    assert events.read_text() == "".join(f"{line}\n" for line in lines)
    assert all(json.loads(line)["eventType"] for line in lines)
    jobs = {json.loads(line)["job"]["namespace"] for line in lines}
    assert jobs == {gone_wrong().runtime.settings.project}


def test_a_run_is_sent_to_a_collector(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, collector: Collector
) -> None:
    """By the path of OTLP over HTTP; what is sent is what is written."""
    execution = runs_on(gone_wrong().runtime, DAY)[0].execution_id
    options = ("--out", str(tmp_path), "--post", f"{collector.address}/otlp/")
    done = run(gone_wrong(), monkeypatch, "trace", execution[:8], *options)
    assert done.stdout.splitlines()[-1] == f"Spans sent to {collector.address}/otlp/."
    ((path, sent),) = collector.got
    assert path == "/otlp/v1/traces"
    assert sent == json.loads((tmp_path / "traces.json").read_text())


def test_a_collector_that_is_not_there_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The files are written all the same."""
    options = ("--out", str(tmp_path), "--post", "http://127.0.0.1:9")
    done = run(gone_wrong(), monkeypatch, "trace", "2025-11-12", *options)
    assert done.exit_code == 2
    assert "http://127.0.0.1:9/v1/traces took no spans: " in done.stderr
    assert (tmp_path / "traces.json").exists()


@pytest.mark.parametrize("how", ["it refuses", "it has no address"])
def test_a_collector_that_takes_nothing_is_an_error(
    how: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, collector: Collector
) -> None:
    """One line with the address, and what is wrong with it."""
    collector.status = 503
    address = collector.address if how == "it refuses" else "http://[:::"
    options = ("--out", str(tmp_path), "--post", address)
    done = run(gone_wrong(), monkeypatch, "trace", "2025-11-12", *options)
    assert done.exit_code == 2
    assert f"{address}/v1/traces took no spans: " in done.stderr


def test_a_date_has_a_folder_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where none is named; a run is looked for on the date that is."""
    world = gone_wrong()
    monkeypatch.chdir(tmp_path)
    assert run(world, monkeypatch, "trace", "2025-11-12").exit_code == 0
    assert (tmp_path / "out" / "trace" / "2025-11-12" / "traces.json").is_file()
    execution = runs_on(world.runtime, DAY)[0].execution_id
    other = run(world, monkeypatch, "trace", execution[:8], "--date", "2025-11-10")
    assert "no run" in other.stderr


def test_a_run_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says where it was looked for."""
    done = run(gone_wrong(), monkeypatch, "trace", "ffff0000")
    assert done.exit_code == 2
    assert "no run 'ffff0000' from" in done.stderr


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("9999-12-31", "'9999-12-31': give a year from 1970 to 2199"),
        ("0001-01-01", "'0001-01-01': give a year from 1970 to 2199"),
        ("2025-13-40", "'2025-13-40' is not a date of the form YYYY-MM-DD"),
        ("12-11-2025", "'12-11-2025' is not a date of the form YYYY-MM-DD"),
    ],
)
def test_a_date_that_is_none_is_refused_as_a_date(
    what: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No run is looked for, whose id has its first hyphen later."""
    done = run(gone_wrong(), monkeypatch, "trace", what)
    assert done.exit_code == 2
    assert said in done.stderr


def test_the_whole_id_of_a_run_is_no_date(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It has hyphens too, and may begin with digits."""
    execution = runs_on(gone_wrong().runtime, DAY)[0].execution_id
    words = ("trace", execution, "--out", str(tmp_path))
    assert run(gone_wrong(), monkeypatch, *words).exit_code == 0
    done = run(gone_wrong(), monkeypatch, "trace", f"20251112{execution[8:]}")
    assert "no run '20251112-" in done.stderr

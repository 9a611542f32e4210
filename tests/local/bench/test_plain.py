"""The floor does the chain's work: what it leaves out is told, not its rows."""

import json
from collections import Counter
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import date, timedelta
from pathlib import Path
from threading import Barrier
from types import SimpleNamespace
from typing import Any

import pytest

from common.eastern import at
from common.errors import OrchestrationError
from common.scrapers.odds.live import LINE_MARKETS, PROP_MARKETS, SPORT
from local.bench import plain
from local.bench.compute import Sources
from local.bench.scene import SLOT, Scene, make_scene


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Write two days of games."""
    return make_scene(tmp_path, 2)


@pytest.fixture
def sources(scene: Scene) -> Sources:
    """Make sources at the first day's slot."""
    made = Sources(scene)
    made.turn_to(at(scene.days[0], SLOT))
    return made


def run(scene: Scene, sources: Sources, day: date) -> plain.InDicts:
    """Run the chain of a day."""
    store = plain.InDicts()
    plain.chain(scene.slate.read_bytes(), day, sources.body, store)
    return store


def test_a_chain_writes_one_decision_three_logs_and_one_execution(
    scene: Scene, sources: Sources
) -> None:
    """As the functions do; the props are of all twelve events."""
    store = run(scene, sources, scene.days[0])
    rows = [json.loads(row) for row in store.rows]
    assert Counter(row["table"] for row in rows) == {
        "workflow_decisions": 1,
        "scraper_execution_log": 3,
        "workflow_executions": 1,
    }
    (events,) = json.loads(store.objects["events/2025-11-01/190000.json"])
    assert len(events) == len(json.loads(store.objects["props/2025-11-01/190000.json"])) == 12
    row = {"workflow": "betting_lines", "slot": "2025-11-01 19:00:00+00:00", "action": "RUN"}
    assert rows[0] == {**row, "table": "workflow_decisions"}
    ended = {"status": "completed", "succeeded": 3, "table": "workflow_executions"}
    assert rows[-1] == {**row, **ended}


def test_a_day_without_games_is_skipped(scene: Scene, sources: Sources) -> None:
    """The floor decides, too."""
    store = run(scene, sources, scene.days[0] - timedelta(days=1))
    assert [json.loads(row)["action"] for row in store.rows] == ["SKIP"]
    assert store.objects == {}


def test_files_hold_what_the_dicts_hold(scene: Scene, sources: Sources, tmp_path: Path) -> None:
    """Both kinds of floor do the same."""
    folder = tmp_path / "files"
    folder.mkdir()
    plain.chain(scene.slate.read_bytes(), scene.days[0], sources.body, plain.InFiles(folder))
    kept = run(scene, sources, scene.days[0])
    written = sorted(path.name for path in folder.glob("*.json"))
    assert written == sorted(name.replace("/", "-") for name in kept.objects)
    assert {path.read_bytes() for path in folder.glob("*.json")} == set(kept.objects.values())
    lines = {
        json.dumps({**json.loads(line), "table": path.stem})
        for path in folder.glob("*.jsonl")
        for line in path.read_text().splitlines()
    }
    assert lines == set(kept.rows)


def test_a_day_is_asked_for_from_midnight_to_midnight_and_its_props_beside_its_lines() -> None:
    """The last second of the day is the last that is asked for; each event has its own props."""
    day, both = date(2025, 11, 1), Barrier(2, timeout=5)
    asked: dict[str, Mapping[str, str]] = {}

    def ask(path: str, params: Mapping[str, str]) -> bytes:
        asked[path] = params
        if path in (f"{SPORT}/events/a/odds", f"{SPORT}/odds"):
            both.wait()
        return b'[{"id": "a"}, {"id": "b"}]' if path.endswith("/events") else b"[]"

    slate = json.dumps({"games": [{"date": f"{day}", "tipoff": "18:00"}]}).encode()
    plain.chain(slate, day, ask, plain.InDicts())
    of_day = {
        "commenceTimeFrom": "2025-11-01T04:00:00Z",
        "commenceTimeTo": "2025-11-02T03:59:59Z",
    }
    props = {"regions": "us", "markets": PROP_MARKETS}
    assert asked == {
        f"{SPORT}/events": of_day,
        f"{SPORT}/events/a/odds": props,
        f"{SPORT}/events/b/odds": props,
        f"{SPORT}/odds": {**of_day, "regions": "us", "markets": LINE_MARKETS},
    }


@pytest.mark.parametrize("status", [200, 422])
def test_each_request_has_a_connection_of_its_own(
    status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is closed whatever comes; the key of the local stack goes along."""
    done: list[Any] = []

    class Connection:
        def __init__(self, host: str) -> None:
            done.append(host)

        def request(self, method: str, path: str) -> None:
            done.append((method, path))

        def getresponse(self) -> Any:
            return SimpleNamespace(status=status, read=lambda: b"[]")

        def close(self) -> None:
            done.append("closed")

    monkeypatch.setattr(plain, "HTTPConnection", Connection)
    ask = plain.over_http("h:1")
    for _ in range(2):
        with nullcontext() if status == 200 else pytest.raises(OrchestrationError, match="422"):
            assert ask("/a", {"b": "c d"}) == b"[]"
    assert done == ["h:1", ("GET", "/a?b=c+d&apiKey=local-stack-key"), "closed"] * 2


def test_the_log_tells_what_was_kept(scene: Scene, sources: Sources) -> None:
    """Of each scrape its object, its size and the records of all its answers."""
    store = run(scene, sources, scene.days[0])
    rows = {row["scraper"]: row for row in map(json.loads, store.rows) if "scraper" in row}
    assert list(store.objects) == [f"{name}/2025-11-01/190000.json" for name in rows]
    for name, row in rows.items():
        body = store.objects[row["path"]]
        kept = json.loads(body)
        assert row == {
            "scraper": name,
            "slot": "2025-11-01 19:00:00+00:00",
            "path": f"{name}/2025-11-01/190000.json",
            "records": sum(len(answer) for answer in kept),
            "status": "SUCCESS",
            "bytes": len(body),
            "table": "scraper_execution_log",
        }
    assert (rows["events"]["records"], rows["lines"]["records"]) == (12, 12)
    props = json.loads(store.objects[rows["props"]["path"]])
    assert all(event["bookmakers"] for event in props)


@pytest.mark.parametrize(
    ("tip", "action"),
    [("15:00", "SKIP"), ("15:01", "RUN"), ("21:00", "RUN"), ("21:01", "SKIP")],
)
def test_lines_are_due_in_the_six_hours_before_a_game(scene: Scene, tip: str, action: str) -> None:
    """Their end is one of them, their begin is not; a game of another date is not looked at."""
    day, store = scene.days[0], plain.InDicts()
    others = [{"date": f"{day + timedelta(days=apart)}", "tipoff": None} for apart in (-1, 1)]
    slate = json.dumps({"games": [*others, {"date": f"{day}", "tipoff": tip}]}).encode()
    asked: list[str] = []

    def ask(path: str, params: object) -> bytes:
        asked.append(path)
        return b"[]"

    plain.chain(slate, day, ask, store)
    assert json.loads(store.rows[0]) == {
        "workflow": "betting_lines",
        "slot": f"{at(day, SLOT)}",
        "action": action,
        "table": "workflow_decisions",
    }
    assert bool(asked) is (action == "RUN")


def test_a_refusal_is_no_answer(sources: Sources) -> None:
    """A floor that kept it would be lower than the chain's work, and so would the chain's own."""
    with pytest.raises(OrchestrationError, match=r"answered 422: .*regions"):
        sources.body(f"{SPORT}/odds", {"markets": LINE_MARKETS})
    assert json.loads(sources.body(f"{SPORT}/odds", {"markets": LINE_MARKETS, **plain.REGION}))
    for status in (100, 500):
        with pytest.raises(OrchestrationError) as refused:
            plain.accepted(status, b"x" * 300)
        assert str(refused.value) == f"a source answered {status}: b'{'x' * 200}'"

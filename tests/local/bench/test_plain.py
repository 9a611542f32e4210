"""The floor does the chain's work: what it leaves out is told, not its rows."""

import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from common.eastern import at
from common.errors import OrchestrationError
from common.scrapers.odds.live import LINE_MARKETS, SPORT
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
    assert rows[-1]["succeeded"] == 3


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
    assert {path.read_bytes() for path in folder.glob("*.json")} == set(kept.objects.values())
    lines = [line for path in folder.glob("*.jsonl") for line in path.read_text().splitlines()]
    assert len(lines) == len(kept.rows)


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
    """The end of the six hours is one of them, and the tip-off itself is not."""
    day, store = scene.days[0], plain.InDicts()
    other = {"date": f"{day + timedelta(days=1)}", "tipoff": "18:00"}
    slate = json.dumps({"games": [other, {"date": f"{day}", "tipoff": tip}]}).encode()
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
    with pytest.raises(OrchestrationError, match="answered 500"):
        plain.accepted(500, b"")

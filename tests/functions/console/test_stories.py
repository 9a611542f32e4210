"""Each page tells what the tables have of its decision, run, object or game."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.functions.console.conftest import Get
from tests.kit.operated import gone_wrong
from tests.kit.outline import Outline

DATE = "2025-11-12"


def document(get: Get, path: str, /, **query: str) -> Mapping[str, Any]:
    """Return a page's JSON."""
    held: Mapping[str, Any] = json.loads(get(f"{path}.json", **query).text)
    return held


def run_of(get: Get, workflow: str) -> Mapping[str, Any]:
    """Return the day's run of a workflow that ran once."""
    (run,) = (one for one in document(get, f"/day/{DATE}")["runs"] if one["workflow"] == workflow)
    found: Mapping[str, Any] = run
    return found


def test_a_run_is_followed_from_its_decision_to_its_rows(get: Get) -> None:
    """Decision, start, each task with its object, and the end, with the times between."""
    run = run_of(get, "post_game_window_2")
    path = f"/run/{DATE}/{run['execution_id']}"
    text, held = get(path).text, document(get, path)
    assert held.items() >= run.items()
    assert f"/decision/{DATE}/{run['decision_id']}" in text
    tasks = [task for step in held["steps"] for task in step["tasks"]]
    assert len(tasks) == 30
    assert all(task["gcs_path"] in text for task in tasks)
    assert "answered 503" in text


def test_a_decision_says_why_and_what_would_have_changed_it(get: Get) -> None:
    """Each rule has its answer and facts; a RUN leads to its run, and its games."""
    run = run_of(get, "post_game_window_2")
    path = f"/decision/{DATE}/{run['decision_id']}"
    text, held = Outline(get(path).text).text, document(get, path)
    assert (held["action"], held["run"]["execution_id"]) == ("RUN", run["execution_id"])
    assert len(held["rules"]) > 3
    assert all(rule["asks"] in text for rule in held["rules"])
    assert held["flips"]
    assert all(said in text for said in held["flips"])
    assert len(held["game_ids"]) == 9


def test_a_skip_names_its_next_check(get: Get) -> None:
    """Its page leads to the workflow's decisions before and after it."""
    made = document(get, f"/day/{DATE}")["decisions"]
    mine = [one for one in made if one["workflow_name"] == "betting_lines"]
    skip = next(one for one in mine[1:] if one["action"] == "SKIP")
    path = f"/decision/{DATE}/{skip['decision_id']}"
    links = Outline(get(path).text).links
    at = mine.index(skip)
    for beside in (mine[at - 1], mine[at + 1]):
        assert f"/decision/{DATE}/{beside['decision_id']}" in links
    assert document(get, path)["next_check"] > skip["slot"]


def test_a_game_tells_the_story_of_each_datum(get: Get) -> None:
    """Its attempts lead to objects and runs, and the decisions say who asked."""
    game = document(get, f"/day/{DATE}")["games"][0]
    path = f"/game/{DATE}/{game['game_id']}"
    page, held = Outline(get(path).text), document(get, path)
    assert {one["scraper"] for one in held["data"]} == {one["scraper"] for one in game["data"]}
    lacking = next(one for one in held["data"] if one["scraper"] == "nbac_play_by_play")
    assert lacking["state"] == "missing"
    assert lacking["scraper"] in page.ids
    (tried,) = lacking["tries"]
    assert tried["error_message"] in page.text
    assert any(tried["gcs_path"].rpartition("/")[2] in link for link in page.links)
    run = run_of(get, "post_game_window_2")
    assert [one["decision_id"] for one in lacking["asked"]] == [run["decision_id"]]
    assert f"/run/{DATE}/{run['execution_id']}" in page.links


def test_what_is_collected_for_the_whole_date_has_its_story(get: Get) -> None:
    """Each attempt shows, with the decision that asked and what the source answered."""
    page, held = Outline(get(f"/date/{DATE}").text), document(get, f"/date/{DATE}")
    (referees,) = (one for one in held["data"] if one["scraper"] == "nbac_referee_assignments")
    assert len(referees["tries"]) == len(referees["asked"]) > 1
    assert "nbac_referee_assignments" in page.ids
    for made in referees["asked"]:
        assert f"/decision/{DATE}/{made['decision_id']}" in page.links
    assert held["game"] is None


def test_an_object_leads_back_to_its_run_and_its_game(get: Get) -> None:
    """Its row has every column that holds something."""
    run = run_of(get, "post_game_window_2")
    steps = document(get, f"/run/{DATE}/{run['execution_id']}")["steps"]
    task = next(one for one in steps[-1]["tasks"] if one["scraper"] == "nbac_boxscore")
    page = Outline(get(f"/object/{DATE}", path=task["gcs_path"]).text)
    assert f"/run/{DATE}/{run['execution_id']}" in page.links
    assert f"/game/{DATE}/{task['about']}" in page.links
    (row,) = document(get, f"/object/{DATE}", path=task["gcs_path"])["rows"]
    assert row["workflow_execution_id"] == run["execution_id"]
    assert row["workflow_execution_id"] in page.text


def test_every_link_of_the_console_leads_to_a_page(get: Get) -> None:
    """Those of the day, and those of one page of each kind, answer 200."""
    day = Outline(get(f"/day/{DATE}").text).links
    kinds = {link.split("/")[1]: link for link in day if link.startswith("/")}
    links = {link for each in kinds.values() for link in Outline(get(each).text).links}
    assert {link[0] for link in {*day, *links}} <= {*"/#"}
    for path in sorted({link.partition("#")[0] for link in {*day, *links}} - {""}):
        assert get(path).status_code == 200, path
    assert {"game", "date", "decision", "run", "day", "season", "health"} <= kinds.keys()


def test_the_season_has_each_day_with_what_went_wrong(get: Get) -> None:
    """A workflow whose one run failed opens that decision; the others open the day."""
    (day,) = document(get, "/season")["days"]
    assert day["date"] == DATE
    cells = day["workflows"]
    counts = document(get, f"/day/{DATE}")["counts"]
    assert sum(cell["planned"] for cell in cells.values()) == counts["planned"]
    assert sum(cell["ran"] for cell in cells.values()) == counts["RUN"]
    assert sum(cell["missed"] for cell in cells.values()) == counts["planned and not run"]
    assert sum(cell["failed"] for cell in cells.values()) == counts["failed runs"]
    assert sum(cell["partial"] for cell in cells.values()) == counts["partial runs"]
    links = Outline(get("/season").text).links
    for name, cell in cells.items():
        lone = f"/decision/{DATE}/{cell['only']}"
        assert (lone if cell["only"] else f"/day/{DATE}#grid-{name}") in links


def test_a_changed_configuration_is_marked(get: Get) -> None:
    """The day that was planned with another one than the day before says so."""
    world = gone_wrong()
    plan = world.warehouse.rows["daily_expected_schedule"][0]
    assert plan["config_hash"][:8] in get("/season").text
    assert "changed" not in Outline(get("/season").text).text


def test_health_has_rates_sources_and_views(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rates count what ended; a circuit that opened, a due workflow and an incident show."""
    world = gone_wrong()
    now = world.clock.now()
    fresh = dict.fromkeys(("last_success", "last_asked", "last_decision"), now)
    minutes = dict.fromkeys(("minutes_since_success", "minutes_since_decision"), 0)
    times = {"opened": now, "last_seen": now, "closed": None, "times": 3}
    named = {"kind": "workflow", "name": "betting_lines", "is_due": True}
    about = {"rule": "execution", "key": "referee_discovery", "level": "ERROR", "detail": "down"}
    views = {"freshness": [{**named, **fresh, **minutes}], "incidents": [{**about, **times}]}
    monkeypatch.setattr(world.warehouse, "views", views)
    held, text = document(get, "/health"), Outline(get("/health").text).text
    rates = {one["name"]: one for one in held["scrapers"]}
    assert (rates["nbac_play_by_play"]["good"], rates["nbac_boxscore"]["percent"]) == (0, 100.0)
    routes = {one["scraper"] for one in held["routes"]}
    assert {"nbac_play_by_play", "nbac_gamebook_pdf"} <= routes
    assert "referee_discovery" in text
    assert "due" in text
    assert held["credits"]["remaining"] > 0
    assert f"{held['credits']['remaining']} credits left" in text

"""The workflow file has a form, and a file of another form is refused with advice."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from common.calendar.slots import slots_on
from common.configuration.workflows import config_hash, parse_source, read_workflows
from common.decisions.decide import decide
from common.errors import ConfigError
from common.scrapers import REGISTRY
from tests.kit.situations import DAY, ROOT, TICKS, WORKFLOWS, game, played, situation

SHIPPED = ROOT / "config" / "workflows.yaml"
TEXT = SHIPPED.read_text()


def file(*removed: str, **fields: Any) -> str:
    """Return a file of one workflow with some fields changed or removed."""
    flow: dict[str, Any] = {
        "title": "Mine",
        "kind": "daily_window",
        "priority": "HIGH",
        "start": "06:00",
        "end": "10:00",
        "steps": [{"scrapers": ["nbac_player_list"]}],
    }
    kept = {name: value for name, value in (flow | fields).items() if name not in removed}
    return yaml.safe_dump({"version": 1, "workflows": {"mine": kept}})


def test_the_shipped_workflows() -> None:
    """The shipped file has the eight workflows of the design with the seed's priorities."""
    assert {name: flow.priority for name, flow in WORKFLOWS.items()} == {
        "morning_operations": "MEDIUM",
        "betting_lines": "CRITICAL",
        "injury_discovery": "HIGH",
        "referee_discovery": "MEDIUM",
        "post_game_window_1": "HIGH",
        "post_game_window_2": "HIGH",
        "post_game_window_3": "HIGH",
        "late_game_catch_up": "HIGH",
    }


def test_s10_the_shipped_workflows_name_registered_scrapers() -> None:
    """The shipped workflows name registered scrapers, betting lines the seed's three."""
    assert {name for flow in WORKFLOWS.values() for name in flow.scrapers} <= set(REGISTRY)
    seed = ("oddsa_events", "oddsa_player_props", "oddsa_game_lines")
    assert WORKFLOWS["betting_lines"].scrapers[: len(seed)] == seed


def test_s9_every_scraper_is_in_a_shipped_workflow_or_off() -> None:
    """A scraper that no shipped workflow triggers gives a reason."""
    triggered = {name for flow in WORKFLOWS.values() for name in flow.every_scraper}
    assert triggered >= {name for name, scraper in REGISTRY.items() if not scraper.off}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_t2_every_shipped_workflow_is_reached_by_a_tick(name: str) -> None:
    """On a day after a night of games, with an empty history, some slot runs each workflow."""
    games = [played(1, "2025-11-11 19:00"), played(2, "2025-11-12 12:00"), game(3)]
    ran = [
        slot
        for slot in slots_on(TICKS, DAY)
        if decide(name, WORKFLOWS[name], situation(slot, games)).action == "RUN"
    ]
    assert ran


def test_a_disabled_workflow_is_left_out() -> None:
    """A disabled workflow is not among the enabled ones."""
    assert parse_source(file(enabled=False), "mine.yaml").file.enabled == {}
    assert list(parse_source(file(), "mine.yaml").file.enabled) == ["mine"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (file("title"), "title"),
        (file("steps"), "steps"),
        (file(steps=[]), "steps"),
        (file(steps=[{"scrapers": []}]), "scrapers"),
        (file(steps=[{"scrapers": ["Nbac"]}]), "scrapers"),
        (file(steps=[{"scrapers": ["x"], "depends": "y"}]), "depends"),
        (file(kind="weekly"), "mine"),
        (file("kind"), "mine"),
        (file(priority="URGENT"), "priority"),
        (file(start="6:00"), "start"),
        (file(start="24:00"), "start"),
        (file(end=1200), "end"),
        (file(every_hours=2), "every_hours"),
        (file().replace("version: 1", "version: 2"), "version"),
        (file().replace("mine:", "My workflow:"), "My workflow"),
        ("version: 1\n", "workflows"),
        ("version: 1\nworkflows: {}\n", "workflows"),
        ("", ""),
        ("[1, 2]", ""),
        ("version: 1\n\tworkflows: [", "YAML"),
        ("a: !!python/object:os.system x", ""),
    ],
    ids=lambda value: value[-30:],
)
def test_another_form_is_refused(text: str, place: str) -> None:
    """A file of another form is refused with an error that names file and field."""
    with pytest.raises(ConfigError, match=r"mine\.yaml") as caught:
        parse_source(text, "mine.yaml")
    assert place in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("field", ["every_hours", "lead_hours"])
@pytest.mark.parametrize("value", [0, -1, 25, float("nan"), float("inf"), "two"])
def test_spans_are_within_a_day(field: str, value: object) -> None:
    """Periods outside (0, 24] hours, NaN, infinity and words are refused."""
    spans = {"lead_hours": 6, "every_hours": 2, field: value}
    with pytest.raises(ConfigError, match=field):
        parse_source(file(kind="pre_game", **spans), "mine.yaml")


@pytest.mark.parametrize(
    ("old", "new", "instead"),
    [
        (TEXT, "", "write a map of version, workflows"),
        (TEXT, "- a\n", "write a map of version, workflows"),
        ("betting_lines:", "Betting Lines:", "write lower-case letters, digits and _, such as"),
        ("[1, 2, 4, 8]", "[0]", "write for example 1"),
        ("games: final", "games: finals", "write for example final"),
        ("kind: catch_up", "kind: catch_up\n    enabled: perhaps", "write for example false"),
        ("version: 1", 'version: 1\ndisabled_scrapers: {a: ""}', "write for example {nbac_player"),
        ("- scrapers: [oddsa_events]", "- oddsa_events", "is no map (got 'oddsa_events'); write a"),
    ],
)
def test_every_refusal_has_advice(old: str, new: str, instead: str) -> None:
    """Every refusal contains what to write instead."""
    with pytest.raises(ConfigError) as caught:
        parse_source(TEXT.replace(old, new, 1), "mine.yaml")
    assert instead in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """The error for a missing file names the variable that sets its path."""
    with pytest.raises(
        ConfigError, match=r"none\.yaml: No such file or directory; set NBA_WORKFLOWS_FILE"
    ):
        read_workflows(tmp_path / "none.yaml")


def test_workflows_do_not_change() -> None:
    """Workflows are immutable, because a warm instance keeps those it has read."""
    assert read_workflows(SHIPPED).file.enabled == WORKFLOWS
    with pytest.raises(ValueError, match="frozen"):
        setattr(WORKFLOWS["betting_lines"], "priority", "LOW")  # noqa: B010 - mypy knows it is frozen


def test_a_scraper_has_all_of_its_alternatives() -> None:
    """Each may run, and the data of each counts as its own."""
    lines = {"nbac_boxscore": ["espn_boxscore", "nbac_team_boxscore"]}
    steps = [{"scrapers": ["nbac_boxscore"], "alternatives": lines}, {"scrapers": ["bp_events"]}]
    flow = parse_source(file(steps=steps), "mine.yaml").file.enabled["mine"]
    three = ("nbac_boxscore", "espn_boxscore", "nbac_team_boxscore")
    assert flow.standing_for("nbac_boxscore") == three
    assert flow.standing_for("bp_events") == ("bp_events",)
    assert flow.every_scraper == ("nbac_boxscore", "bp_events", *three[1:])


def test_alternatives_of_two_steps_all_count_and_each_is_named_once() -> None:
    """A scraper of two steps has the alternatives of both; owners may stand in for each other."""
    steps = [
        {"scrapers": ["a", "b"], "alternatives": {"a": ["b"], "b": ["a"]}},
        {"scrapers": ["a"], "alternatives": {"a": ["c"]}, "again_hours": {"a": 2.5, "c": 9}},
    ]
    flow = parse_source(file(steps=steps), "mine.yaml").file.enabled["mine"]
    assert flow.standing_for("a") == ("a", "b", "c")
    assert flow.every_scraper == ("a", "b", "c")
    assert (flow.again_after("a"), flow.again_after("b")) == (timedelta(hours=2.5), None)
    assert flow.again_after("c") == timedelta(hours=9)


def test_a_configuration_is_told_by_twelve_digits_of_its_file(tmp_path: Path) -> None:
    """Decisions that are stored name it so."""
    path = tmp_path / "a.yaml"
    path.write_bytes(b"version: 1\n")
    assert config_hash(path) == "09bfcc6a14b8"


def test_a_file_in_another_encoding_is_refused_by_name(tmp_path: Path) -> None:
    """With what to do."""
    path = tmp_path / "a.yaml"
    path.write_bytes("title: Spätspiele".encode("latin-1"))
    with pytest.raises(ConfigError, match=r"a\.yaml: not UTF-8 text \(invalid contin\w+ byte\);"):
        read_workflows(path)

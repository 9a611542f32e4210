"""`python -m local scrapers` lists what there is, what triggers it and what is missing."""

from dataclasses import replace
from pathlib import Path

import pytest

from common.configuration.checks import load_checked
from common.configuration.topology import load_topology
from common.scrapers import REGISTRY
from common.settings import ROOT, read_settings
from local.commands.operate.scrapers import Listed, listing
from tests.local.commands.command_line import run

TOPOLOGY = load_topology(ROOT / "config" / "topology.yaml")


def listed(**environment: str) -> dict[str, Listed]:
    """Return the list by name, for the committed configuration and an environment."""
    flows = load_checked(ROOT / "config" / "workflows.yaml", TOPOLOGY)
    return {one.name: one for one in listing(read_settings(environment), flows, TOPOLOGY)}


def test_every_scraper_has_a_line() -> None:
    """The lines are those of the registry, each with a source and a state."""
    found = listed()
    assert list(found) == list(REGISTRY)
    assert all(one.sources and one.state for one in found.values())


def test_a_line_says_what_triggers_a_scraper() -> None:
    """Workflows that name it, and jobs that ask for it, are listed."""
    found = listed()
    assert found["oddsa_events"].triggers == ("betting_lines",)
    assert "post_game_window_1" in found["nbac_boxscore"].triggers
    assert found["nbac_scoreboard"].sources == ("nba_cdn", "nba_stats")
    assert found["nbac_injury_report"].due == "14:00"
    assert {one.due for name, one in found.items() if REGISTRY[name].due is None} == {""}


@pytest.mark.parametrize(
    ("environment", "odds", "stats"),
    [
        ({}, "set NBA_ODDS_API_KEY", "set NBA_NBA_STATS_PROXY"),
        (
            {"NBA_ODDS_API_KEY": "k", "NBA_HTTP_PROXY": "http://proxy.example:3128"},
            "ready",
            "ready",
        ),
    ],
)
def test_a_triggered_scraper_is_ready_or_says_what_is_missing(
    environment: dict[str, str], odds: str, stats: str
) -> None:
    """The settings of the environment decide."""
    found = listed(**environment)
    states = found["oddsa_events"].state, found["nbac_player_list"].state
    assert states == (odds, stats)


def test_a_scraper_that_nothing_triggers_says_why_it_is_off() -> None:
    """Its declaration's reason is shown, until a workflow names it."""
    flows = load_checked(ROOT / "config" / "workflows.yaml", TOPOLOGY)
    found = listed()["nbac_standings"]
    assert found.state == "off: needs a proxy to stats.nba.com"
    name, flow = next(iter(flows.items()))
    step, *others = flow.steps
    named = step.model_copy(update={"scrapers": (*step.scrapers, "nbac_standings")})
    steps = (named, *others)
    changed = {name: flow.model_copy(update={"steps": steps})}
    one = next(
        each
        for each in listing(read_settings({}), changed, TOPOLOGY)
        if each.name == "nbac_standings"
    )
    assert one == replace(found, triggers=(name,), state="set NBA_NBA_STATS_PROXY")


def test_a_job_switches_a_scraper_on_as_a_workflow_does() -> None:
    """It is listed with the job, and needs what its source needs."""
    flows = load_checked(ROOT / "config" / "workflows.yaml", TOPOLOGY)
    first, *others = TOPOLOGY.jobs
    job = first.model_copy(update={"message": {"scraper": "nbac_standings"}})
    changed = TOPOLOGY.model_copy(update={"jobs": (job, *others)})
    found = {one.name: one for one in listing(read_settings({}), flows, changed)}["nbac_standings"]
    assert (found.triggers, found.state) == ((first.name,), "set NBA_NBA_STATS_PROXY")


def test_the_table_has_each_fact_below_its_head() -> None:
    """Each source and each trigger has a line of its own; a long state goes on in the next one."""
    rows: list[list[list[str]]] = []
    for line in run("scrapers").stdout.splitlines():
        cells = [cell.strip() for cell in line.replace("┃", "│").split("│")[1:-1]]
        if cells and cells[0]:
            rows.append([[] for _ in cells])
        for held, cell in zip(rows[-1] if rows else (), cells, strict=False):
            held.extend(filter(None, [cell]))
    found = [[*map("\n".join, row[:-1]), " ".join(row[-1])] for row in rows]
    heads, *lines = found
    assert heads == ["scraper", "sources", "scope", "due ET", "triggered by", "state"]
    for line, one in zip(lines, listed().values(), strict=True):
        sources, triggers = "\n".join(one.sources), "\n".join(one.triggers)
        assert line == [one.name, sources, one.scope, one.due, triggers, one.state]


def test_the_command_prints_a_table(tmp_path: Path) -> None:
    """A user sees the names and the missing settings; a wrong file is one line."""
    done = run("scrapers")
    assert done.returncode == 0, done.stderr
    assert "nbac_gamebook_pdf" in done.stdout
    wrong = tmp_path / "workflows.yaml"
    wrong.write_text("version: 7\n")
    refused = run("scrapers", "--workflows", str(wrong))
    assert refused.returncode == 2
    assert len(refused.stderr.splitlines()) == 1

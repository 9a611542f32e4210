"""What `check` says of single scrapers: what is lost, what nothing triggers, where it stands."""

from pathlib import Path

import pytest

from common.scrapers import REGISTRY
from common.settings import ROOT
from local.commands.operate.check import findings
from local.commands.operate.findings import Finding
from local.samples import DRAWN, FOLDER

FLOWS = (ROOT / "config" / "workflows.yaml").read_text()
READY = {"NBA_ODDS_API_KEY": "k", "NBA_HTTP_PROXY": "http://proxy.example:3128"}
PLAYERS = "[nbac_schedule_api, nbac_player_list]"


@pytest.fixture
def flows(tmp_path: Path) -> Path:
    """A workflow file in which the morning asks two scrapers that nothing else asks."""
    path = tmp_path / "flows.yaml"
    named = PLAYERS.replace("]", ", nbac_standings, bp_events]")
    path.write_text(FLOWS.replace(PLAYERS, named, 1))
    return path


@pytest.mark.parametrize(
    ("environment", "variable", "lost"),
    [
        ({}, "NBA_ODDS_API_KEY", "betting_lines lacks oddsa_events, oddsa_game_lines, "),
        ({}, "NBA_BETTINGPROS_KEY", "morning_operations lacks bp_events"),
        (
            {},
            "NBA_NBA_STATS_PROXY",
            "_boxscore; morning_operations lacks nbac_player_list, nbac_standings",
        ),
        (READY, "NBA_BETTINGPROS_KEY", "morning_operations lacks bp_events"),
    ],
)
def test_what_each_workflow_lacks_is_told_apart(
    flows: Path, environment: dict[str, str], variable: str, lost: str
) -> None:
    """A source that is off is a warning with each workflow and its scrapers of that source."""
    (found,) = [one for one in findings(environment, flows) if one.where == variable]
    assert found.level == "warning"
    assert lost in found.text


def test_a_scraper_that_a_step_names_is_not_off(flows: Path) -> None:
    """Of those that are off by default, all but the two that are named have a note."""
    found = [one.text.split()[2][:-1] for one in findings(READY, flows) if "g triggers" in one.text]
    off = [name for name, one in REGISTRY.items() if one.off]
    assert found == [name for name in off if name not in ("nbac_standings", "bp_events")]


def test_a_scraper_without_a_sample_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    """It names the file to write; what is drawn needs none."""
    lacking = next(name for name in REGISTRY if name not in DRAWN)
    monkeypatch.setattr(
        "local.commands.operate.scraper_findings.file_of",
        lambda name: None if name in {lacking, *DRAWN} else Path(name),
    )
    said = f"{lacking} has no sample; write a small answer in its source's form there"
    assert [one for one in findings(READY) if "has no sample" in one.text] == [
        Finding("warning", f"{(FOLDER / lacking).relative_to(ROOT)}.json", said)
    ]


def test_a_note_names_the_line_that_declares_the_scraper() -> None:
    """The line has the name as a word in quotes, and not a longer name that begins so."""
    noted = [one for one in findings(READY) if one.text.startswith("nothing triggers ")]
    assert noted
    for one in noted:
        path, _, number = one.where.partition(":")
        line = (ROOT / path).read_text().splitlines()[int(number) - 1]
        assert f'"{one.text.split()[2][:-1]}"' in line

"""A workflow file with several defects has all of them named, each with its place."""

from pathlib import Path

import pytest

from common.configuration.partial import read_partly
from common.errors import ConfigError
from tests.common.configuration.test_checks import CASES
from tests.kit.workflow_edits import NO_PLAYERS, TEXT, TOPOLOGY, edited


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Name a workflow file that a test may write."""
    return tmp_path / "mine.yaml"


def found(path: Path, text: str) -> dict[str, str]:
    """Return the defects of a file by their place."""
    path.write_text(text)
    defects = read_partly(path).defects(TOPOLOGY)
    return {".".join(map(str, place)): text for place, text in defects}


def test_the_shipped_file_has_no_defect(path: Path) -> None:
    """A file that works is read whole."""
    assert found(path, TEXT) == {}


def test_every_defect_is_named(path: Path) -> None:
    """A window, a scraper's name and a trigger that are wrong are three defects of one file."""
    text = edited(
        ('at: "23:00"', 'at: "04:00"'), ("[nbac_injury_report]", "[nbac_injury_repart]"), NO_PLAYERS
    )
    defects = found(path, text)
    assert list(defects) == [
        "workflows.injury_discovery.steps.0.scrapers.0",
        "workflows.post_game_window_2.at",
        "disabled_scrapers",
    ]
    assert "did you mean 'nbac_injury_report'?" in next(iter(defects.values()))


def test_a_form_that_is_wrong_hides_nothing_else(path: Path) -> None:
    """Every wrong field is named, and the other workflows are checked; triggers are not."""
    text = edited(
        ("every_hours: 2", "every_hours: two"),
        ("    lead_hours: 6\n", ""),
        ('at: "23:00"', 'at: "04:00"'),
        NO_PLAYERS,
    )
    assert list(found(path, text)) == [
        "workflows.betting_lines.every_hours",
        "workflows.betting_lines.lead_hours",
        "workflows.post_game_window_2.at",
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (TEXT.replace("version: 1", "version: 2"), "version"),
        (TEXT.replace("betting_lines:", "Betting Lines:"), "workflows.Betting Lines"),
        ("version: 1\nworkflows: {a: {kind: weekly}}\n", "workflows.a.kind"),
        ("[1, 2]", ""),
    ],
)
def test_a_file_of_which_little_can_be_read(path: Path, text: str, place: str) -> None:
    """A wrong head, name or kind is a defect as well."""
    assert list(found(path, text)) == [place]


def test_a_head_that_is_wrong_hides_no_workflow(path: Path) -> None:
    """Both are named, and nothing is read of the file."""
    text = TEXT.replace("version: 1", "version: 2").replace("kind: pre_game", "kind: weekly")
    assert sorted(found(path, text)) == ["version", "workflows.betting_lines.kind"]
    assert read_partly(path).file is None


def test_what_is_no_yaml_is_refused(path: Path) -> None:
    """Where nothing can be read, the error names file and line."""
    path.write_text("version: 1\n\tworkflows: [")
    with pytest.raises(ConfigError, match=r"mine\.yaml:2: not YAML"):
        read_partly(path)
    with pytest.raises(ConfigError, match="NBA_WORKFLOWS_FILE"):
        read_partly(path.with_name("none.yaml"))


@pytest.mark.parametrize("name", CASES)
def test_no_defect_hides_another(path: Path, name: str) -> None:
    """Each defect that is refused by itself is found beside a defect of another workflow."""
    edit, _, said, _ = CASES[name]
    defects = found(path, edited(edit, ('published: "09:30"', 'published: "21:00"')))
    assert "after the band's last attempt" in defects["workflows.referee_discovery.published"]
    assert [place for place, text in defects.items() if said in f"{place}: {text}"]

"""Two workflow files are compared by the decisions they would make."""

import re
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from common.errors import BadInputError, ConfigError
from common.settings import ROOT, Settings
from local.commands.cli import main
from local.review.diff import Diff, diff, lines_of
from tests.kit.situations import SEASON, WORKFLOWS

SLATE = ROOT / "config" / "slates" / "2025-11.json"
SHIPPED = Settings().workflows_file
DAY = date(2025, 11, 12)
EXIT_CODE = "--exit-code"


def changed(tmp_path: Path, *edits: tuple[str, str], first: date = DAY, last: date = DAY) -> Diff:
    """Compare the shipped file with a copy in which some text is replaced."""
    text = SHIPPED.read_text()
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "new.yaml"
    path.write_text(text)
    return diff(SLATE, first, last, SHIPPED, path)


def test_the_same_file_changes_nothing(tmp_path: Path) -> None:
    """A file compared with itself has no changes, over all decisions of the days."""
    found = changed(tmp_path, last=date(2025, 11, 13))
    assert found.changes == ()
    assert list(lines_of(found)) == ["No changes: 288 decisions of 2 days stay as they are."]


def test_each_decision_is_reported_with_its_file_and_date(tmp_path: Path) -> None:
    """The old file comes first, and the date before is decided as well."""
    path = tmp_path / "new.yaml"
    path.write_text(SHIPPED.read_text())
    told: list[tuple[Path, date]] = []
    diff(SLATE, DAY, DAY, SHIPPED, path, lambda *about: told.append(about))
    days = (date(2025, 11, 11), DAY)
    assert list(dict.fromkeys(told)) == [(file, day) for file in (SHIPPED, path) for day in days]


def test_another_wording_is_no_change(tmp_path: Path) -> None:
    """A later end of a window changes the text of its reasons only, which is not compared."""
    assert changed(tmp_path, ('end: "10:00"', 'end: "10:30"')).changes == ()


def test_a_moved_window(tmp_path: Path) -> None:
    """A moved window removes a run, adds one, and changes what the next morning collects."""
    found = changed(tmp_path, ('at: "23:00"', 'at: "22:00"'), last=date(2025, 11, 13))
    lines = list(lines_of(found))
    assert lines[:3] == [
        "  post_game_window_2",
        "    + 22:00  SKIP OUTSIDE_WINDOW → RUN READY, 0 → 6 games  (2025-11-12, 2025-11-13)",
        "    - 23:00  RUN READY → SKIP OUTSIDE_WINDOW, 10 → 0 games  (2025-11-12, 2025-11-13)",
    ]
    assert "    ~ 06:00  RUN READY, 28 → 40 tasks  (2025-11-12, 2025-11-13)" in lines
    summary = (
        r"2 runs to add, 2 to remove, \d decisions to change; 28\d stay as they are \(2 days\)."
    )
    assert re.fullmatch(summary, lines[-1])


def test_other_scrapers_are_named(tmp_path: Path) -> None:
    """A run with other scrapers is listed with the old and the new ones."""
    steps = "[{}nbac_player_list]\n        alternatives: {{{}nbac_player_list:"
    edit = (
        steps.format("nbac_schedule_api, ", "nbac_schedule_api: [espn_scoreboard], "),
        steps.format("", ""),
    )
    (line,) = [line for line in lines_of(changed(tmp_path, edit)) if "~" in line]
    old = WORKFLOWS["morning_operations"].scrapers
    new = [name for name in old if name != "nbac_schedule_api"]
    assert line.strip() == (
        f"~ 06:00  RUN IN_WINDOW [{', '.join(old)}] → [{', '.join(new)}]  (2025-11-12)"
    )


def test_a_removed_workflow(tmp_path: Path) -> None:
    """Runs of a removed workflow are listed one by one, its skips in one line."""
    off = ("kind: pre_game\n", "kind: pre_game\n    enabled: false\n")
    names = "oddsa_events: off, oddsa_player_props: off, oddsa_game_lines: off".replace(
        "off", "no s"
    )
    disabled = ("workflows:\n", f"disabled_scrapers: {{{names}}}\nworkflows:\n")
    found = changed(tmp_path, off, disabled)
    assert [change.sign for change in found.changes].count("-") == 5
    lines = list(lines_of(found))
    assert "    - 13:00  RUN READY → not decided, 12 → 0 games  (2025-11-12)" in lines
    assert "    ~        no longer decided  (2025-11-12)" in lines
    assert len(lines) == 9


def test_the_old_file_need_not_work(tmp_path: Path) -> None:
    """The old file may be one that is refused today; the new one has to work."""
    old = tmp_path / "old.yaml"
    old.write_text(SHIPPED.read_text().replace('at: "23:00"', 'at: "23:30"'))
    found = diff(SLATE, DAY, DAY, old, SHIPPED)
    assert [change.workflow for change in found.changes] == []
    with pytest.raises(ConfigError, match=r"old\.yaml:\d+: .*within 2 min"):
        diff(SLATE, DAY, DAY, SHIPPED, old)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (
            date(2025, 11, 13),
            DAY,
            "--from 2025-11-13 --to 2025-11-12: give 1 to 400 days, in order",
        ),
        (date(2020, 1, 1), DAY, "--from 2020-01-01 --to 2025-11-12: give 1 to 400 days, in order"),
        (
            date(2031, 1, 1),
            date(2031, 1, 2),
            f"no games from 2031-01-01 to 2031-01-02 ({SLATE} contains 2025-11-11 to 2025-11-13)",
        ),
    ],
)
def test_dates_that_cannot_be_compared(first: date, last: date, expected: str) -> None:
    """Dates in the wrong order, too many, or without games are refused."""
    with pytest.raises(BadInputError) as caught:
        diff(SLATE, first, last, SHIPPED, SHIPPED)
    assert str(caught.value) == expected


def test_a_schedule_without_games_contains_none(tmp_path: Path) -> None:
    """The refusal says so in place of dates."""
    path = tmp_path / "schedule.json"
    path.write_text('{"leagueSchedule": {"gameDates": []}}')
    with pytest.raises(BadInputError, match=r"to 2025-11-12 \(\S+ contains none\)$"):
        diff(path, DAY, DAY, SHIPPED, SHIPPED)


def test_the_command_s_exit_status(tmp_path: Path) -> None:
    """Exit status 0, or 1 when a decision changes and `--exit-code` is given."""
    new = tmp_path / "new.yaml"
    new.write_text(SHIPPED.read_text().replace("lead_hours: 6", "lead_hours: 4"))
    asked = ["diff", "--schedule", str(SLATE), "--from", str(DAY), "--to", str(DAY), str(SHIPPED)]
    done = [
        CliRunner().invoke(main, [*asked, *more]) for more in ([str(new)], [str(new), EXIT_CODE])
    ]
    assert [result.exit_code for result in done] == [0, 1]
    assert "betting_lines" in done[0].output
    assert done[0].output == done[1].output
    assert CliRunner().invoke(main, [*asked, str(SHIPPED), EXIT_CODE]).exit_code == 0


def test_weeks_of_a_real_season_are_compared(tmp_path: Path) -> None:
    """A shorter lead changes one workflow in three weeks, which are told in few lines."""
    if not SEASON.exists():
        pytest.skip(f"no recorded season at {SEASON}")
    new = tmp_path / "new.yaml"
    new.write_text(SHIPPED.read_text().replace("lead_hours: 6", "lead_hours: 4"))
    found = diff(SEASON, date(2024, 10, 22), date(2024, 11, 11), SHIPPED, new)
    assert found.days == 21
    assert {change.workflow for change in found.changes} == {"betting_lines"}
    assert len(list(lines_of(found))) < 60

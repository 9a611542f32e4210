"""The texts of the views, with a workflow file's limits."""

import pytest

from local.stack import views
from local.stack.views import FOLDER, create_views, expected_rows, view_texts
from tests.kit.situations import WORKFLOWS


def test_a_scraper_is_expected_of_itself_and_of_its_alternatives() -> None:
    """A row has the scraper, who brings it, what is counted from, and minutes; once each."""
    rows = list(expected_rows(WORKFLOWS))
    assert "('oddsa_game_lines', 'oddsa_game_lines', 'tip-off', -60)" in rows
    assert "('nbac_boxscore', 'espn_boxscore', 'final', 540)" in rows
    assert not [row for row in rows if "oddsa_events" in row or "nbac_injury_report" in row]
    text = view_texts("mine", "tables", WORKFLOWS)["game_coverage"]
    assert text.count("('nbac_boxscore', 'espn_boxscore', ") == 1


def test_every_text_gets_the_deployment_s_names() -> None:
    """No placeholder is left."""
    texts = view_texts("mine", "tables", WORKFLOWS)
    assert texts.keys() == {path.stem for path in FOLDER.glob("*.sql")}
    for text in texts.values():
        assert "`mine.tables." in text
        assert "nba-props-platform" not in text
        assert "OUR_" not in text


def test_views_are_made_in_the_order_of_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each in the place of the one before."""
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(views, "run_sql", lambda *given: asked.append(given))
    create_views("http://e", "mine", "tables", WORKFLOWS)
    texts = view_texts("mine", "tables", WORKFLOWS)
    assert list(texts) == sorted(texts)
    assert asked == [
        ("http://e", "mine", f"CREATE OR REPLACE VIEW `mine.tables.{name}` AS\n{text}")
        for name, text in texts.items()
    ]

"""The form of `fresh_by` in a workflow file."""

import re
from datetime import timedelta

import pytest
from pydantic import ValidationError

from common.configuration.fresh_by import FreshBy
from common.configuration.step import Step
from common.configuration.workflows import WorkflowFile, read_workflows
from common.settings import Settings


def limit(text: object) -> FreshBy | None:
    """Return a step's limit."""
    return Step.model_validate({"scrapers": ["nbac_boxscore"], "fresh_by": text}).fresh_by


def test_both_moments_are_read() -> None:
    """A limit is before a tip-off or after an end, in minutes or hours; one that is read stays."""
    assert limit("tip-off - 60 min") == FreshBy("tip-off", timedelta(minutes=-60))
    assert limit("tip-off - 1 h") == limit("tip-off - 60 min")
    assert limit("final + 6 h") == FreshBy("final", timedelta(hours=6))
    assert limit(None) is None
    assert limit(limit("final + 6 h")) == FreshBy("final", timedelta(hours=6))


@pytest.mark.parametrize(
    "text",
    ["tip-off + 5 min", "final - 1 h", "final + 6 hours", "final + 6h", "final + -1 h", 6, ""],
)
def test_other_forms_are_refused(text: object) -> None:
    """A limit after the tip-off, before the end or with other words is none."""
    with pytest.raises(ValidationError, match="is neither `tip-off - N min` nor"):
        limit(text)


def test_the_shipped_file_has_limits_for_lines_and_box_scores() -> None:
    """A scraper's limit is its step's; a scraper of another step has none."""
    file: WorkflowFile = read_workflows(Settings().workflows_file).file
    lines, night = file.workflows["betting_lines"], file.workflows["post_game_window_2"]
    assert lines.fresh_by("oddsa_game_lines") == limit("tip-off - 60 min")
    assert lines.fresh_by("oddsa_events") is None
    assert night.fresh_by("nbac_boxscore") == limit("final + 9 h")


def test_the_schema_matches_whole_texts_only() -> None:
    """An editor that reads the schema refuses words before and after a limit."""
    (one, _) = Step.model_json_schema()["properties"]["fresh_by"]["anyOf"]
    texts = ("final + 6 h", "tip-off - 60 min", "by final + 6 h", "final + 6 hours")
    assert [bool(re.search(one["pattern"], text)) for text in texts] == [True, True, False, False]

"""The page of one object has a row of each of its versions."""

from datetime import date, timedelta

import pytest

from common.errors import BadInputError
from common.pages.object import read_object
from common.pages.render import render
from tests.kit.placed import placed, row
from tests.kit.situations import DAY, et

NOON = et("2025-11-12 12:00")


def test_an_object_has_its_versions_of_a_date_and_the_next() -> None:
    """In their order, and of no other object; one that nothing is known of is refused."""
    log = "scraper_execution_log"
    rows = [
        row(log, gcs_path=path, triggered_at=when, execution_id=name)
        for path, when, name in (
            ("gs://b/a", NOON + timedelta(hours=24), "3"),
            ("gs://b/a", NOON, "1"),
            ("gs://b/a", NOON + timedelta(hours=1), "2"),
            ("gs://b/other", NOON, "4"),
        )
    ]
    place, _ = placed(NOON, **{log: rows})
    found = read_object(place, DAY, "gs://b/a").document()
    assert found["path"] == "gs://b/a"
    assert [each["execution_id"] for each in found["rows"]] == ["1", "2", "3"]
    for day, path in ((date(2025, 11, 10), "gs://b/a"), (DAY, "gs://b/none")):
        with pytest.raises(BadInputError):
            read_object(place, day, path)


@pytest.mark.parametrize(
    ("outcome", "shown"), [("UPLOADED", "there"), ("SUCCESS", "there"), ("FAILED", "missing")]
)
def test_an_upload_is_no_failure(outcome: str, shown: str) -> None:
    """Nobody asked for it, and it is there."""
    log = "scraper_execution_log"
    held = row(log, gcs_path="gs://b/a", triggered_at=NOON, outcome=outcome)
    place, _ = placed(NOON, **{log: [held]})
    text = render(read_object(place, DAY, "gs://b/a"))
    assert f'<span class="{shown}">{outcome}</span>' in text

"""What a scraped object says of itself."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import ids
from common.cloud import limits
from common.messages.labels import TEXT_CHARACTERS_MAX, Labels, read_labels
from tests.kit.situations import DAY, MANY, et

HOME = "oddsa-events/2025-11-12/133045.json"
TEXTS = st.none() | st.text(max_size=20)
LABELS = st.builds(
    Labels,
    task_id=st.uuids().map(str),
    scraper=st.just("nbac_gamebook_pdf"),
    status=st.sampled_from(("SUCCESS", "FAILED")),
    outcome=st.sampled_from(("SUCCESS", "NO_DATA", "NOT_READY", "BLOCKED", "FAILED", "CONTRACT")),
    records=st.integers(0, 10**6),
    started_at=st.datetimes(
        datetime.fromisoformat("2000-01-01"),
        datetime.fromisoformat("2099-01-01"),
        timezones=st.just(UTC),
    ),
    duration_seconds=st.floats(0, 540),
    target_date=st.just(DAY),
    game_id=st.none() | st.just("0022500213"),
    step=st.none() | st.integers(0, 15),
    error_class=TEXTS,
    error_message=TEXTS,
    http_status=st.none() | st.integers(0, 999),
)


def given_labels(**changes: Any) -> dict[str, str]:
    """Return the metadata of a successful task."""
    made = Labels(
        task_id=ids.request_id("17"),
        scraper="oddsa_events",
        status="SUCCESS",
        outcome="SUCCESS",
        records=12,
        started_at=et("2025-11-12 13:30:45"),
        duration_seconds=28.5,
        target_date=DAY,
    )
    return made.metadata() | changes


@MANY
@given(LABELS)
def test_labels_come_back_from_metadata(labels: Labels) -> None:
    """Labels are written as texts and read back unchanged."""
    metadata = labels.metadata()
    assert all(isinstance(value, str) for value in metadata.values())
    assert read_labels(metadata, "nbac-gamebook-pdf/2025-11-12/133045.json") == labels


@pytest.mark.parametrize("metadata", [None, {}, {"owner": "me"}])
def test_a_foreign_object_has_no_labels(metadata: dict[str, str] | None) -> None:
    """A user's upload has no labels, whatever metadata it has."""
    assert read_labels(metadata, "any") is None


@pytest.mark.parametrize("name", [HOME, f"failed/{HOME}", HOME.replace(".", "-0123abcd.")])
def test_a_task_s_own_object_is_below_its_scraper_and_date(name: str) -> None:
    """Labels are read from a task's object, a failed one's and a tagged one's too."""
    assert read_labels(given_labels(), name) is not None


@pytest.mark.parametrize(
    "name", [f"backup/{HOME}", f"x{HOME}", HOME.replace("-12/", "-13/"), "failed/a/b.json"]
)
def test_a_copy_elsewhere_has_no_labels(name: str) -> None:
    """A copy of an object under a foreign name has no labels, so that it counts as an upload."""
    assert read_labels(given_labels(), name) is None


def test_metadata_that_others_add_is_left_aside() -> None:
    """Metadata that cloud tools add are ignored."""
    found = read_labels(given_labels(gsutil="x"), HOME)
    assert found is not None
    assert found.scraper == "oddsa_events"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"task_id": "17"}, "task_id"),
        ({"status": "PARTIAL"}, "status"),
        ({"outcome": "MAYBE"}, "outcome"),
        ({"records": "-1"}, "records"),
        ({"records": "many"}, "records"),
        ({"started_at": "2025-11-12T13:30:45"}, "started_at"),
        ({"target_date": "TODAY"}, "target_date"),
        ({"scraper": "OddsaEvents"}, "scraper"),
        ({"error_message": "x" * (TEXT_CHARACTERS_MAX + 1)}, "error_message"),
        ({"error_class": "x" * (TEXT_CHARACTERS_MAX + 1)}, "error_class"),
        ({"records": str(2**63)}, "records"),
        ({"duration_seconds": "-0.5"}, "duration_seconds"),
        ({"duration_seconds": "inf"}, "duration_seconds"),
        ({"step": "-1"}, "step"),
        ({"step": "16"}, "step"),
        ({"http_status": "-1"}, "http_status"),
        ({"http_status": "1000"}, "http_status"),
    ],
)
def test_fp06_labels_of_another_form_are_an_upload_s(changes: dict[str, str], field: str) -> None:
    """An object without every label in our form is none of ours, whatever its name."""
    assert read_labels(given_labels(), HOME) is not None
    assert field in given_labels(**changes)
    assert read_labels(given_labels(**changes), HOME) is None


@pytest.mark.parametrize("metadata", [{"task_id": "build-7"}, {"task_id": ids.request_id("1")}])
def test_fp06_a_foreign_task_id_is_an_upload_s(metadata: dict[str, str]) -> None:
    """A `task_id` alone, even one of our form, does not make an object ours."""
    assert read_labels(metadata, HOME) is None


def test_b4_labels_at_their_limits_are_taken() -> None:
    """Labels at the limits of columns and messages are read."""
    limits = {"records": str(2**63 - 1), "step": "15", "http_status": "999"}
    found = read_labels(given_labels(**limits, duration_seconds="0"), HOME)
    assert found is not None
    assert (found.records, found.step, found.http_status) == (2**63 - 1, 15, 999)
    assert found.metadata()["started_at"] == "2025-11-12T18:30:45Z"


def test_absent_labels_are_left_out() -> None:
    """Absent labels are not written to the metadata, not even as `None`."""
    assert "None" not in given_labels().values()
    assert "error_message" not in given_labels()


def test_the_longest_labels_fit_into_gcs() -> None:
    """The longest ASCII labels stay within the 8 KiB of an object's metadata."""
    full = given_labels(
        error_class="x" * TEXT_CHARACTERS_MAX, error_message="y" * TEXT_CHARACTERS_MAX
    )
    assert (
        sum(len(name) + len(value.encode()) for name, value in full.items())
        < limits.METADATA_BYTES.most
    )


def test_the_widest_text_of_an_error_fits_into_gcs() -> None:
    """A thousand of the widest characters, beside the name of any of our errors, stay within it."""
    full = given_labels(error_class="E" * 100, error_message="🏀" * TEXT_CHARACTERS_MAX)
    size = sum(len(name) + len(value.encode()) for name, value in full.items())
    assert size < limits.METADATA_BYTES.most - 2048

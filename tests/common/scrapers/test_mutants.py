"""Changed answers are read right, warned of, or refused by name; none changes a count silently."""

import pytest

from common.scrapers.model import Parsed, Target
from tests.kit.mutants import judge, judged, mutants, names, read
from tests.kit.recordings import FOLDER, RECORDED, Recording
from tests.kit.samples import bodies, target

RECORDED_MAX_BYTES = 200_000
MUTANTS_MAX = 150
"""Of one recording; the samples' mutants are all tried."""
RECORDINGS = [
    (name, recording)
    for name, recordings in RECORDED.items()
    for recording in recordings
    if recording.files.endswith(".json") and name in names()
]


def silent(name: str, asked: Target, answers: list[bytes], most: int | None = None) -> list[str]:
    """Return the mutants of answers whose count changes without a word."""
    found = judged(name, asked, answers, most)
    assert {"read", "refused"} <= {verdict for verdict, _ in found}
    return [f"{each.kind} {each.path}" for verdict, each in found if verdict == "silent"]


@pytest.mark.parametrize("name", names())
def test_no_mutant_of_a_sample_is_counted_wrong_in_silence(name: str) -> None:
    """Dropped, replaced, doubled and reordered values; no error but ours comes out."""
    assert silent(name, target(name), bodies(name)) == []


@pytest.mark.parametrize(("name", "recording"), RECORDINGS, ids=lambda each: str(each)[:40])
def test_no_mutant_of_a_recording_is_counted_wrong_in_silence(
    name: str, recording: Recording
) -> None:
    """The real answers are changed in the same ways, as many as a moment allows."""
    if not FOLDER.is_dir():
        pytest.skip(f"{FOLDER} is not there: recorded answers were not changed")
    answers = recording.bodies()
    if sum(map(len, answers)) > RECORDED_MAX_BYTES or recording.count == 0:
        pytest.skip(f"{recording.files}: too long, or without a record to change")
    assert silent(name, recording.target(name), answers, MUTANTS_MAX) == []


def test_a_silent_count_would_be_seen() -> None:
    """A doubled event is silent where nothing is expected of the answer."""
    name = "oddsa_events"
    answers, asked = bodies(name), target(name)
    right = read(name, asked, answers)
    doubled = next(each for each in mutants(answers) if each.kind == "duplicate")
    assert judge(right, name, asked, doubled.of(answers), doubled) == "refused"
    fewer = Parsed(right.records[:1], 1)
    assert judge(fewer, name, asked, answers, doubled) == "silent"

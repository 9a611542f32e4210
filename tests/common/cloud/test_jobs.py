"""The id of a job is the same in every version of this project, so that no key writes twice."""

import pytest

from common.cloud.jobs import attempt_id, job_id_of
from common.cloud.tables import table

DIGEST = "d433f3a336ca9d4f"
"""Of SHA-256 of the key, its first sixteen characters."""


@pytest.mark.parametrize(
    ("part", "attempt", "end"), [(0, 1, ""), (0, 2, "-2"), (1, 1, "-part1"), (2, 3, "-part2-3")]
)
def test_a_job_is_named_by_what_it_writes(part: int, attempt: int, end: str) -> None:
    """By dataset, table, key and part; the further tries of a part are numbered."""
    job = job_id_of("data", table("workflow_executions"), "log a/b:c_1-2", part)
    assert attempt_id(job, attempt) == f"data-workflow_executions-log-a-b-c_1-2-{DIGEST}{end}"


def test_the_readable_part_of_a_long_key_is_cut_at_200() -> None:
    """Its digest is of the whole key."""
    first, second = (
        job_id_of("data", table("workflow_executions"), "x" * length, 0) for length in (200, 201)
    )
    assert first[:-17] == second[:-17] == f"data-workflow_executions-{'x' * 200}"
    assert first != second

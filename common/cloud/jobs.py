"""The ids of the jobs that append rows: each derives from what the job writes."""

import hashlib
import re

from common.cloud.tables import Table

JOBS_MAX = 1000
"""How many jobs of one key may fail: some in each of a message's 100 deliveries."""
READABLE_CHARACTERS_MAX = 200


def job_id_of(dataset: str, shape: Table, job_key: str, part: int) -> str:
    """Return the id of the first job that writes a part of a key's rows."""
    # The digest distinguishes keys that differ only in characters that a job id may not contain.
    # The dataset distinguishes two deployments in one project.
    digest = hashlib.sha256(job_key.encode()).hexdigest()[:16]
    readable = re.sub(r"[^A-Za-z0-9_-]", "-", job_key)[:READABLE_CHARACTERS_MAX]
    suffix = f"-part{part}" if part else ""
    return f"{dataset}-{shape.name}-{readable}-{digest}{suffix}"


def attempt_id(job_id: str, attempt: int) -> str:
    """Return the id of the next job where the ones before it failed; attempts count from 1."""
    return job_id if attempt == 1 else f"{job_id}-{attempt}"

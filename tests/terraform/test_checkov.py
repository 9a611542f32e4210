"""checkov's policies for Google Cloud: none fails, and each skipped one has its reason in place."""

import json
import re
import subprocess
from typing import Any

import pytest

from common.settings import ROOT

CHECKOV = ROOT / ".venv" / "checkov" / "bin" / "checkov"
SKIP = re.compile(r"#checkov:skip=(CKV\w+):(.*)")
WORDS = ("--directory", str(ROOT / "terraform"), "--framework", "terraform", "--output", "json")


@pytest.fixture(scope="module")
def results() -> dict[str, list[dict[str, Any]]]:
    """The passed, failed and skipped checks."""
    if not CHECKOV.exists():
        pytest.skip(f"{CHECKOV} is not there: terraform/ was not scanned; run make setup")
    done = subprocess.run(
        [str(CHECKOV), *WORDS, "--skip-download"],
        capture_output=True,
        text=True,
        check=False,
    )
    found: dict[str, list[dict[str, Any]]] = json.loads(done.stdout)["results"]
    return found


def test_no_check_fails(results: dict[str, list[dict[str, Any]]]) -> None:
    """All files are parsed, and many checks pass."""
    failed = [(found["check_id"], found["resource"]) for found in results["failed_checks"]]
    assert failed == []
    assert results["parsing_errors"] == []
    assert len(results["passed_checks"]) > 40


def test_every_skip_has_a_reason_and_a_use(results: dict[str, list[dict[str, Any]]]) -> None:
    """Each comment gives a reason and still skips a check."""
    written = [
        (match.group(1), match.group(2))
        for path in sorted((ROOT / "terraform").glob("*.tf"))
        for match in SKIP.finditer(path.read_text())
    ]
    assert all(len(reason.split()) > 5 for _, reason in written)
    used = [found["check_id"] for found in results["skipped_checks"]]
    assert sorted(check for check, _ in written) == sorted(used)

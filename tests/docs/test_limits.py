"""docs/limits.md against the table of limits and the judged reasons."""

import pytest

from tests.docs.pages import DOCS
from tests.kit.limit_table import every_row


@pytest.mark.parametrize(("heading", "rows"), every_row().items())
def test_every_limit_and_reason_is_documented(heading: str, rows: list[str]) -> None:
    """The section's table has one row for each, in the order of the code, and no other."""
    section = DOCS["limits.md"].split(f"\n## {heading}\n")[1].split("\n## ")[0]
    found = [line for line in section.splitlines() if line.startswith("| ")]
    assert rows
    assert found[2:] == rows

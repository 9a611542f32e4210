"""What the fake sources answer is as it was last looked at."""

from tests.kit.served import FILE, lines


def test_what_is_served_changes_only_on_purpose() -> None:
    """To each request of a scraper, through a game day; one that is added need not stand there."""
    served = lines()
    changed = [line for line in FILE.read_text().splitlines() if line not in served]
    assert changed == [], "write it anew: python -m tests.kit.served"

"""`python -m local cost` multiplies what was counted by the prices."""

import pytest

from tests.local.commands.command_line import run


def test_the_page_is_of_the_counts_and_the_prices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are those that are kept, and the page is all that is printed."""
    monkeypatch.setattr("local.costs.cost.load_counts", lambda: "counts")
    monkeypatch.setattr("local.costs.prices.load_prices", lambda: "prices")
    monkeypatch.setattr("local.costs.cost.render", lambda *given: f"{' and '.join(given)}\n")
    done = run("cost")
    assert (done.returncode, done.stdout, done.stderr) == (0, "counts and prices\n", "")

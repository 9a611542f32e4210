"""The bench of the console measures every page, and what its queries read of a season."""

from local.bench.console.pages import measure_pages


def test_a_page_reads_some_days_of_a_season() -> None:
    """Only the season's own page reads all days, and of those four columns of few rows.

    Health looks at today and at the three dates before, as far as catch-up goes.
    """
    found = measure_pages(days=30, repeats=1)
    assert found["pages"].keys() == {"day", "game", "decision", "run", "season", "health"}
    for name, held in found["pages"].items():
        assert 0 < held["bytes"] < found["bytes"] / 3, name
        assert 1 <= held["selects"] <= (16 if name == "health" else 7), name
    longer = measure_pages(days=60, repeats=1)
    assert longer["rows"] == 2 * found["rows"]
    for name in ("day", "game", "decision", "run", "health"):
        assert longer["pages"][name]["bytes"] == found["pages"][name]["bytes"], name

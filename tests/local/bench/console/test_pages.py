"""The bench of the console measures every page, and what its queries read of a season."""

from local.bench.console.pages import measure_pages

SELECTS_MAX = {"today": 13, "health": 18}
"""Both look at the dates before as well; every other page makes at most eight."""


def test_a_page_reads_some_days_of_a_season() -> None:
    """Only the season's own page reads all days, and of those four columns of few rows.

    Health looks at today and at the three dates before, as far as catch-up goes.
    """
    found = measure_pages(days=30, repeats=1)
    of_day = {"today", "day", "date", "game", "decision", "run", "object", "health"}
    assert found["pages"].keys() == {*of_day, "season"}
    for name, held in found["pages"].items():
        assert 0 < held["bytes"] < found["bytes"] / 3, name
        assert 1 <= held["selects"] <= SELECTS_MAX.get(name, 8), name
    longer = measure_pages(days=60, repeats=1)
    assert longer["rows"] == 2 * found["rows"]
    for name in of_day:
        assert longer["pages"][name]["bytes"] == found["pages"][name]["bytes"], name

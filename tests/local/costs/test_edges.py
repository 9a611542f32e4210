"""A month without any use, and a number at which its form changes."""

from dataclasses import replace

from local.costs.cost import MONTHS, Counts, quantities, render
from local.costs.prices import Prices
from local.costs.usage import Usage
from local.costs.watching import Watching


def test_a_month_without_any_use_costs_what_is_there_anyway(prices: Prices) -> None:
    """No instance has read its secret; jobs, conditions, images and pages remain."""
    idle = Counts(4, Watching(10, 3, {}), {"month": Usage(days=30)})
    taken = quantities(idle, "month", prices)
    there = {"jobs", "secrets", "images", "conditions", "queries"}
    assert {key for key, amount in taken.items() if amount} == there


def test_a_number_of_a_thousand_is_written_out(prices: Prices, counts: Counts) -> None:
    """A smaller one has three digits."""
    priced = dict(prices.prices)
    for key, free in (("jobs", 1000), ("calls", 999.9)):
        priced[key] = priced[key].model_copy(update={"free": free})
    months = dict.fromkeys(MONTHS, counts.months["month"])
    text = render(replace(counts, months=months), prices.model_copy(update={"prices": priced}))
    sources = text.split("\n## Prices\n")[1].splitlines()
    shown = {row.split(" | ")[0]: row.split(" | ")[2] for row in sources if " | " in row}
    assert shown[f"| {priced['jobs'].label}"] == "1,000"
    assert shown[f"| {priced['calls'].label}"] == "1e+03"

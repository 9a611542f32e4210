"""What the dates before lack, as long as catch-up collects it."""

from datetime import timedelta

from common.look.lacking import days_back, lacking_before
from tests.kit.operated import gone_wrong
from tests.kit.world import DAY


def test_yesterday_and_the_dates_before_it_that_lack_data_are_named() -> None:
    """The latest is the first; a date about which nothing was decided is left out."""
    place = gone_wrong().runtime
    found = lacking_before(place, DAY + timedelta(days=1))
    assert [one.day for one in found] == [DAY, DAY - timedelta(days=1)]
    assert days_back(place) == 3

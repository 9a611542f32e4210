"""The scraper of the season's schedule, from the file that NBA.com's own pages load."""

from collections.abc import Sequence
from datetime import datetime

from common.calendar.games import parse_schedule, schedule_records
from common.errors import BadInputError
from common.scrapers.model import Call, ContractError, Expectation, Parsed, Scraper, Target
from common.scrapers.shape import load

PATH = "/static/json/staticData/scheduleLeagueV2.json"


def _calls(_target: Target, _now: datetime) -> Sequence[Call]:
    return [Call("nba_cdn", PATH, {}, "schedule")]


def _parse(bodies: Sequence[bytes], target: Target) -> Parsed:
    document = load(bodies[0], target.scraper)
    if not isinstance(document, dict):
        raise ContractError(f"{target.scraper}: the answer is not an object")
    try:
        # It refuses a schedule that the decisions could not read.
        warnings = parse_schedule(document).warnings
        records = schedule_records(document)
    except BadInputError as error:
        raise ContractError(f"{target.scraper}: {error}") from error
    return Parsed(records, len(records), warnings)


SCHEDULE = Scraper(
    "nbac_schedule_api", "date", _calls, _parse, always=True, expects=Expectation(key=None)
)

"""The scraper of a date's events with line-ups and results, from BettingPros."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import partial

from common.eastern import eastern_date
from common.scrapers.agreement import adds_up, distinct, same
from common.scrapers.model import Call, ContractError, Parsed, Record, Scraper, Target
from common.scrapers.odd_rows import without_odd
from common.scrapers.shape import load, need, objects


def _calls(target: Target, _now: datetime) -> Sequence[Call]:
    day = target.target_date.isoformat()
    return [Call("bettingpros", "/v3/events", {"sport": "NBA", "date": day}, day)]


def _parse(bodies: Sequence[bytes], target: Target) -> Parsed:
    where = target.scraper
    document = load(bodies[0], where)
    asked = need(document, "_parameters", dict, where)
    same("_parameters.date", asked.get("date"), target.target_date.isoformat(), where)
    rows = need(document, "events", list, where)
    events, warnings = without_odd(rows, partial(_event, target=target), where)
    distinct("id", (event["id"] for event in events), where)
    return Parsed(events, len(events), warnings)


def _event(event: Record, target: Target) -> Record:
    need(event, "id", int, f"{target.scraper}: event of {event.get('scheduled')!r:.40}")
    _check(event, target.target_date, f"{target.scraper}: event {event['id']}")
    return event


def _check(event: Record, day: date, where: str) -> None:
    same("sport", need(event, "sport", str, where), "NBA", where)
    for field in ("home", "visitor", "status"):
        need(event, field, str, where)
    text = need(event, "scheduled", str, where)
    try:
        starts = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError as error:
        raise ContractError(f"{where}: scheduled is {text!r:.40}, not an instant in UTC") from error
    same("the Eastern date of scheduled", eastern_date(starts), day, where)
    if event["status"] == "closed":
        _check_results(need(event, "results", dict, where), where)


def _check_results(results: Record, where: str) -> None:
    """Refuse a final score that is not the sum of its periods."""
    outcomes = objects(need(results, "outcomes", list, where), where)
    final = next((each for each in outcomes if each.get("label") == "event"), None)
    if final is None:
        raise ContractError(f"{where}: no outcome of the event; got {outcomes!r:.80}")
    periods = objects(need(results, "periods", list, where), where)
    lines = [_scores(period, where) for period in periods]
    for side, total in _scores(final, where).items():
        adds_up(f"the periods of {side}", (line.get(side, 0) for line in lines), total, where)


def _scores(holder: Record, where: str) -> dict[str, int]:
    return {
        need(each, "participant", str, where): need(each, "score", int, where)
        for each in objects(need(holder, "scores", list, where), where)
    }


EVENTS = Scraper("bp_events", "date", _calls, _parse, off="needs a key of BettingPros")

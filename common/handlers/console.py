"""Answers a browser: finds the page of an address, reads it, and shows it as HTML or as JSON."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from http import HTTPStatus

from common.calendar.games import season_of
from common.eastern import eastern_date
from common.entry.show import Page
from common.errors import BadInputError, OrchestrationError, is_transient
from common.logs import log
from common.pages.day import read_day
from common.pages.decision import read_decision
from common.pages.error import ErrorPage
from common.pages.game import read_date, read_game
from common.pages.health import read_health
from common.pages.object import read_object
from common.pages.render import Shown, policy, render
from common.pages.run import read_run
from common.pages.season import read_season
from common.redaction import shown
from common.runtime import Runtime

SUFFIX = ".json"
FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)
Words = Mapping[str, str]
"""What an address says: the named parts of its path, and the parameters behind it."""
Read = Callable[[Runtime, Words], Shown]


class AddressError(BadInputError):
    """An address has the form of a page's and a part that cannot be read."""

    code = "ADDRESS"


def answer(place: Runtime, path: str, asked: Words) -> Page:
    """Return the page of a path, or the one that says why there is none."""
    try:
        status, page = 200, _read(place, path.removesuffix(SUFFIX), asked)
    except BadInputError as error:
        status = 400 if isinstance(error, AddressError) else 404
        page = ErrorPage(status, shown(error, ErrorPage.CHARACTERS_MAX))
    except Exception as error:  # noqa: BLE001 - whoever looks is told, and the log has the error
        status = 503 if is_transient(error) else 500
        ours = isinstance(error, OrchestrationError)  # others may name hosts and paths
        text = shown(error, ErrorPage.CHARACTERS_MAX) if ours else type(error).__name__
        page = ErrorPage(status, text)
        _complain(status, error)
    return _reply(status, page, as_json=path.endswith(SUFFIX))


def _read(place: Runtime, path: str, asked: Words) -> Shown:
    """Find what shows a path, and let it read.

    Raises:
        BadInputError: no page has such an address, or what it names is not there.
    """
    for form, read in ROUTES.items():
        if found := re.fullmatch(form, path):
            return read(place, {**asked, **found.groupdict()})
    raise BadInputError(f"no page has the address {path!r}")


def _day(words: Words) -> date:
    text = words.get("date", "")
    try:
        day = date.fromisoformat(text) if re.fullmatch(_DIGITS, text, re.ASCII) else None
    except ValueError:
        day = None
    if day is None or not FIRST <= day <= LAST:
        raise AddressError(f"{text!r} is no date; write it as 2025-11-12, from {FIRST} to {LAST}")
    return day


def _today(place: Runtime, _: Words) -> Shown:
    return read_day(place, eastern_date(place.clock.now()))


def _of_day(place: Runtime, words: Words) -> Shown:
    return read_day(place, _day(words))


def _named(read: Callable[[Runtime, date, str], Shown]) -> Read:
    return lambda place, words: read(place, _day(words), words["name"])


def _object(place: Runtime, words: Words) -> Shown:
    return read_object(place, _day(words), words.get("path", ""))


def _this_season(place: Runtime, _: Words) -> Shown:
    return read_season(place, int(season_of(eastern_date(place.clock.now()))[:4]))


def _season(place: Runtime, words: Words) -> Shown:
    return read_season(place, int(words["year"]))


def _health(place: Runtime, _: Words) -> Shown:
    return read_health(place)


_DIGITS = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_DATE = "(?P<date>[^/]+)"
_NAME = "(?P<name>[^/]+)"
ROUTES: Mapping[str, Read] = {
    "/": _today,
    "/index": _today,  # so that the page of today has an address that takes `.json`
    "/day": _of_day,  # from the form that asks for a date
    f"/day/{_DATE}": _of_day,
    f"/date/{_DATE}": lambda place, words: read_date(place, _day(words)),
    f"/game/{_DATE}/{_NAME}": _named(read_game),
    f"/decision/{_DATE}/{_NAME}": _named(read_decision),
    f"/run/{_DATE}/{_NAME}": _named(read_run),
    "/season": _this_season,
    "/season/(?P<year>20[0-9]{2})": _season,
    "/health": _health,
    f"/object/{_DATE}": _object,  # its path stands behind, because it may end in `.json` itself
}
"""What reads the page of an address, by the form of its path."""


def _complain(status: int, error: Exception) -> None:
    log(
        "WARNING" if status == HTTPStatus.SERVICE_UNAVAILABLE else "ERROR",
        "A page could not be read; whoever asked for it is told to try again",
        function="console",
        error_class=type(error).__name__,
        error=error,
    )


def _reply(status: int, page: Shown, *, as_json: bool) -> Page:
    """Answer with what is of the moment, and may be framed, cached or told of by nobody."""
    kind = "application/json" if as_json else "text/html; charset=utf-8"
    headers = {
        "Content-Type": kind,
        "Content-Security-Policy": f"{policy()}; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }
    body = json.dumps(page.document(), indent=1) + "\n" if as_json else render(page)
    return body, status, headers

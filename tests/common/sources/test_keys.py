"""Why a source is off, what has to be set, and that a key never leaks."""

import logging
from pathlib import Path

import httpx
import pytest

from common.redaction import HIDDEN, redact
from common.scrapers.source import source_of
from common.settings import Settings
from common.sources.errors import MissingKeyError, SourceError
from common.sources.keys import why_off
from local.fake_sources.overrides import switched_on
from tests.kit.scripted import KEY, Script, call, source


@pytest.mark.parametrize(
    ("name", "settings", "variable"),
    [
        ("odds_api", {"odds_api_key": None}, "NBA_ODDS_API_KEY"),
        ("nba_stats", {"nba_stats_url": None}, "NBA_NBA_STATS_PROXY"),
    ],
)
def test_a_source_without_key_or_way_is_off(
    name: str, settings: dict[str, None], variable: str
) -> None:
    """The reason names the variable; with everything set no source is off."""
    on = switched_on(key="a-key")
    assert variable in str(why_off(source_of(name), Settings(**{**on, **settings})))
    assert why_off(source_of(name), Settings(**on)) is None


def test_odds_api_gets_the_key() -> None:
    """The Odds API gets the key as a query parameter."""
    script = Script(httpx.Response(200))
    source(script).fetch(call("odds_api"))
    assert script.requests[0].url.params["apiKey"] == KEY


def test_a_key_may_be_a_header() -> None:
    """BettingPros gets its key as a header, and the query stays as it is."""
    script = Script(httpx.Response(200))
    source(script).fetch(call("bettingpros"))
    assert script.requests[0].headers["x-api-key"] == KEY
    assert script.requests[0].url.query == b"a=1"


@pytest.mark.parametrize("file", [None, Path("/nonexistent/key"), Path("/")])
def test_missing_key_names_the_variables(file: Path | None) -> None:
    """Without a key no request is made, and the error names the variables to set."""
    script = Script(httpx.Response(200))
    said = (
        "^The Odds API needs a key: set NBA_ODDS_API_KEY, or NBA_ODDS_API_KEY_FILE to a file that "
        "holds it$"
    )
    with pytest.raises(MissingKeyError, match=said):
        source(script, odds_api_key=None, odds_api_key_file=file).fetch(call("odds_api"))
    assert script.requests == []


def test_key_may_be_a_mounted_file(tmp_path: Path) -> None:
    """The key is read from a mounted file, without its last newline."""
    file = tmp_path / "key"
    file.write_text(KEY + "\n")
    script = Script(httpx.Response(200))
    source(script, odds_api_key=None, odds_api_key_file=file).fetch(call("odds_api"))
    assert script.requests[0].url.params["apiKey"] == KEY
    assert redact(f"it is {KEY}") == f"it is {HIDDEN}"  # no setting holds it


@pytest.mark.parametrize(
    "trouble",
    [
        httpx.Response(401, text=f"bad key {KEY}"),
        httpx.Response(429, text=f"slow down {KEY}"),
        httpx.Response(422, text=f"what is {KEY}"),
        httpx.Response(302, headers={"location": f"https://x.example/?apiKey={KEY}"}),
        httpx.ConnectError(f"cannot reach https://x.example/?apiKey={KEY}"),
        httpx.ReadTimeout(f"https://x.example/?apiKey={KEY}"),
    ],
)
def test_key_is_in_no_error_and_no_log(
    trouble: httpx.Response | Exception, caplog: pytest.LogCaptureFixture
) -> None:
    """No text, sample, cause, repr or log line contains the key."""
    caplog.set_level(logging.DEBUG)
    asked = source(Script(trouble))
    with pytest.raises(SourceError) as caught:
        asked.fetch(call("odds_api"))
    error = caught.value
    seen = f"{error} {error!r} {error.sample!r} {error.__cause__!r} {asked!r} {vars(asked)}"
    assert KEY not in seen + caplog.text


def test_key_is_in_no_body_and_no_log(caplog: pytest.LogCaptureFixture) -> None:
    """A body that repeats the key is returned without it, and httpx's own log line is dropped."""
    caplog.set_level(logging.DEBUG)
    echo = Script(httpx.Response(200, text=f'{{"url": "?apiKey={KEY}"}}'))
    assert KEY.encode() not in source(echo).fetch(call("odds_api"))
    assert KEY not in caplog.text


def test_short_made_up_key_does_not_garble_the_data() -> None:
    """A key of one letter, as a local stack may have, changes nothing in the data."""
    words = Script(httpx.Response(200, content=b'{"bookmakers": []}'))
    short = source(words, odds_api_key="k")
    assert short.fetch(call("odds_api")) == b'{"bookmakers": []}'

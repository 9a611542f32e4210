"""Secrets are taken out of texts, and nothing else is."""

import time

import pytest

from common.redaction import (
    HIDDEN,
    KNOWN_MAX,
    WINDOW_CHARACTERS,
    hide_login,
    learn,
    redact,
    secrets_of_url,
    shown,
)

PLAIN = (
    "The Odds API needs a key: set NBA_ODDS_API_KEY, or NBA_ODDS_API_KEY_FILE to a file",
    "claim scraper_runner/4e39d76e-ba2e-5401-af4b-6137cbb12b5f: held until 2025-11-12T18:00:00",
    "gs://nba-scraped-data/a@b/2025-11-12/1.json is not at generation 7",
    "nba_stats /stats/x?Season=2025-26&SeasonType=Regular+Season answered 503",
    "mail someone@example.com about https://example.com/guide#keys",
    "NotFound: 404 POST https://bq/x: gone",
    "Tick: scheduled_time: Input should be a valid datetime (got 'noon')",
    "a basic token bucket; signature of f(key: str) -> None",
)


@pytest.mark.parametrize("text", PLAIN)
def test_a_text_without_a_secret_stays_as_it_is(text: str) -> None:
    """Words such as key, token and password hide nothing by themselves."""
    assert redact(text) == text


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("GET https://u:p@h/x failed", f"GET https://{HIDDEN}"),
        ("x?a=1&apiKey=0123&b=2", f"x?a=1&apiKey={HIDDEN}&b=2"),
        ("x%3FapiKey%3D0123", f"x%3FapiKey%3D{HIDDEN}"),
        ('{"client_secret": "abc", "a": 1}', f'{{"client_secret": "{HIDDEN}", "a": 1}}'),
        ("Authorization: Basic dXNlcjpwdw==", f"Authorization: {HIDDEN}"),
        ("{'authorization': 'Bearer abc'}", f"{{'authorization': '{HIDDEN}'}}"),
        ("got Bearer abcdefgh12 here", f"got Bearer {HIDDEN} here"),
        ("token eyJhbGciOi.eyJzdWIiOi.c2lnbmF0 expired", f"token {HIDDEN} expired"),
    ],
)
def test_what_looks_like_a_secret_is_hidden_where_it_stands(text: str, wanted: str) -> None:
    """The text around it stays, so that the error can still be understood."""
    assert redact(text).startswith(wanted)
    assert HIDDEN in redact(text)


def test_a_private_key_is_hidden_to_its_end() -> None:
    """All lines of the block go, also of one that was cut short."""
    block = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n"
    assert "MIIE" not in redact(f"x {block}-----END RSA PRIVATE KEY----- y") + redact(f"x {block}")


def test_a_known_secret_is_hidden_in_all_its_forms() -> None:
    """It is hidden as it is, as URLs encode it, in a repr, and in the pieces a parser makes."""
    learn(["pass/word one\\two"])
    for form in ("pass/word one\\two", "pass%2Fword%20one%5Ctwo", "pass%2Fword+one%5Ctwo"):
        assert redact(f"x {form} y") == f"x {HIDDEN} y"
    assert redact(repr("pass/word one\\two")) == f"'{HIDDEN}'"
    assert redact("Invalid port: 'word one'") == f"Invalid port: '{HIDDEN}'"


def test_a_short_secret_garbles_no_words() -> None:
    """A secret of a few letters is hidden only where it looks like one."""
    learn(["key", ""])
    assert redact("a key of https://u:key@h/") == f"a key of https://{HIDDEN}@h/"


def test_only_so_many_secrets_are_remembered() -> None:
    """A process whose settings change for ever looks for no more than these."""
    secrets = [f"secret-{number:06}" for number in range(KNOWN_MAX * 2)]
    for secret in secrets:
        learn([secret])
    assert sum(redact(secret) == HIDDEN for secret in secrets) == KNOWN_MAX


@pytest.mark.parametrize("cut", range(1, 40, 3))
def test_a_cut_does_not_leave_half_a_secret(cut: int) -> None:
    """The text is redacted before it is cut."""
    learn(["0123456789abcdef"])
    assert "0123" not in shown("key 0123456789abcdef and more", cut)
    assert len(shown("key 0123456789abcdef and more", cut)) <= cut


@pytest.mark.soak
@pytest.mark.parametrize(
    "text",
    [
        *("https://" * 50_000, "?key=" * 100_000, "?" + "key" * 100_000, "a" * 500_000),
        *('"key": "' * 60_000, '"' + "key" * 100_000, "eyJa-" * 90_000, "eyJ." * 100_000),
        *("cookie:" * 60_000, "Bearer " * 60_000, "-----BEGIN PRIVATE KEY-----" * 20_000),
    ],
    ids=lambda text: text[:8],
)
def test_a_hostile_text_takes_bounded_time(text: str) -> None:
    """No pattern takes more than linear time of what is looked at."""
    began = time.perf_counter()
    shown(text, 100)
    redact(text[: 4 * WINDOW_CHARACTERS])
    assert time.perf_counter() - began < 10


def test_hide_login_shows_no_more_than_the_host() -> None:
    """In whatever form a URL was mistyped, all before its last @ is hidden."""
    assert hide_login("http://u:p/w@h:1/x") == f"http://{HIDDEN}@h:1/x"
    assert hide_login("u:p w,@h") == f"{HIDDEN}@h"
    assert hide_login("proxy.example:3128") == "proxy.example:3128"


def test_the_secrets_of_a_url_are_its_password_and_its_header() -> None:
    """A URL without a login, or a text that is none, has no secret."""
    assert [*secrets_of_url("http://u:p%2Fw@h")] == ["p/w", "dTpwL3c="]
    assert [
        *secrets_of_url("http://h/x"),
        *secrets_of_url("http://[::1"),
        *secrets_of_url(""),
    ] == []

"""Secrets are taken out of texts, and nothing else is."""

import time
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


PIECES = st.sampled_from(
    [
        *(
            "https://",
            "u:p@h",
            "?",
            "&",
            "=",
            ":",
            '"',
            "'",
            " ",
            "\\",
            "%3F",
            "%3d",
            "-",
            "x" * 20,
        ),
        *("Key", "api_token", "SIG", "Signature", "credential", "passwd", "Secret", "Upload_Id"),
        *("Authorization: ", "x-goog-api-key=", "COOKIE: a", "bearer ", "Basic ", "abcdefgh12"),
        *("ya29.", "AIza", "eyJ", "a.b", "-----BEGIN RSA PRIVATE KEY-----", "-----END", "\n"),
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_no_pattern_is_left_out_where_it_may_match(text: str) -> None:
    """In a text beyond ASCII all patterns are tried; another one must come out the same."""
    assert redact(f"é\n{text}") == f"é\n{redact(text)}"


@pytest.mark.parametrize("text", PLAIN)
def test_a_text_without_a_secret_stays_as_it_is(text: str) -> None:
    """Words such as key, token and password hide nothing by themselves."""
    assert redact(text) == text


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("GET https://u:p@h/x failed", f"GET https://{HIDDEN}@h/x failed"),
        ("PUT x?upload_id=ab12&a=1", f"PUT x?upload_id={HIDDEN}&a=1"),
        ("sent basic dXNlcjpwYXNz twice", f"sent basic {HIDDEN} twice"),
        ("http://u:p/w@h", f"http://{HIDDEN}@h"),
        ("socks5h://u:p@h, ftp://u@h", f"socks5h://{HIDDEN}@h, ftp://{HIDDEN}@h"),
        (r"https:\/\/u:p@h", rf"https:\/\/{HIDDEN}@h"),
        ("HTTPS://u:p@h", f"HTTPS://{HIDDEN}@h"),
        ("x?a=1&X-Goog-Signature=ab&b=2", f"x?a=1&X-Goog-Signature={HIDDEN}&b=2"),
        ("x?a=1;token=ab#y", f"x?a=1;token={HIDDEN}#y"),
        ("x?upload_id=ab c", f"x?upload_id={HIDDEN} c"),
        ("x?sig=ab&my.password=c", f"x?sig={HIDDEN}&my.password={HIDDEN}"),
        ("x%26credential%3D0123", f"x%26credential%3D{HIDDEN}"),
        ("'passwd': 'ab', 'a': 'b'", f"'passwd': '{HIDDEN}', 'a': 'b'"),
        (r"{\"token\" : \"ab\"}", rf"{{\"token\" : \"{HIDDEN}\"}}"),
        ("x-api-key: ab; a", f"x-api-key: {HIDDEN}; a"),
        ("X-Goog-Api-Key=ab, a", f"X-Goog-Api-Key={HIDDEN}, a"),
        ("cookie: a=b; c", f"cookie: {HIDDEN}; c"),
        ("('authorization', b'ab')", f"('authorization', b'{HIDDEN}')"),
        ("Bearer abcdefg", "Bearer abcdefg"),
        ("a ya29.a-b_c1 d", f"a {HIDDEN} d"),
        (f"a AIza{'x' * 30} d", f"a {HIDDEN} d"),
        (f"a AIza{'x' * 29} d", f"a AIza{'x' * 29} d"),
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
    assert redact(text) == wanted


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


@pytest.mark.parametrize(("secret", "is_hidden"), [("abcde", False), ("abcdef", True)])
def test_from_six_letters_on_a_secret_is_hidden_wherever_it_stands(
    secret: str, *, is_hidden: bool
) -> None:
    """A shorter one is part of too many words."""
    learn([secret])
    assert redact(f"x{secret}y") == (f"x{HIDDEN}y" if is_hidden else f"x{secret}y")


def test_the_whole_is_hidden_before_its_pieces() -> None:
    """A piece that is a secret of its own does not leave the rest of a longer one."""
    learn(["secret"])
    learn(["my-secret-password"])
    assert redact("a my-secret-password b secret c") == f"a {HIDDEN} b {HIDDEN} c"


def test_what_is_shown_is_looked_at_whole_within_a_window() -> None:
    """A text beyond it is cut before it is looked at: hostile ones take bounded time."""
    text = "x" * (WINDOW_CHARACTERS - 4) + "?key=abc"
    assert shown(text, len(text)) == text[:WINDOW_CHARACTERS]
    assert shown(12.5, 3) == "12."


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
    longest = "a-longer-secret-word"
    learn([longest])
    learn(secret + "-2" for secret in secrets[:KNOWN_MAX])
    assert redact(longest) == HIDDEN


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
    assert hide_login("http://u:p@v:q@h/?key=abc") == f"http://{HIDDEN}@h/?key={HIDDEN}"
    assert hide_login("proxy.example:3128") == "proxy.example:3128"


def test_the_secrets_of_a_url_are_its_password_and_its_header() -> None:
    """A URL without a login, or a text that is none, has no secret."""
    assert [*secrets_of_url("http://u:p%2Fw@h")] == ["p/w", "dTpwL3c="]
    assert [*secrets_of_url("http://u%40x:p@h")] == ["p", b64encode(b"u@x:p").decode()]
    assert [
        *secrets_of_url("http://h/x"),
        *secrets_of_url("http://[::1"),
        *secrets_of_url(""),
    ] == []


@pytest.mark.parametrize(
    ("secret", "sent"),
    [
        ("ab/c d", "ab/c%20d"),
        ("ab/c d", "ab%2Fc%20d"),
        ("ab/c d", "ab%2Fc+d"),
        ("ab\ncd", "ab\\ncd"),
    ],
)
def test_a_secret_with_odd_letters_is_hidden_as_it_is_sent(secret: str, sent: str) -> None:
    """However a URL or a repr encodes it, though each of its pieces is short."""
    learn([secret])
    assert sent not in redact(f"got {secret} as {sent} or {secret!r}")

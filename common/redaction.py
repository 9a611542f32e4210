"""The one place where secrets are taken out of texts: whatever is logged, answered or stored.

Two things are hidden: the secrets that this process knows, in every form in which they are sent or
cut up by a parser; and what looks like a secret of anyone, by where it stands (logins of URLs,
parameters of signed ones, authorization headers) or by its form (Google's tokens and keys, JWTs).
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus, unquote, urlsplit

HIDDEN = "(hidden)"
KNOWN_CHARACTERS_MIN = 6
"""Hiding a shorter text wherever it stands would garble words; a real key has 20 and more."""
KNOWN_MAX = 500
"""How many forms of secrets are remembered: some ten sources have a few each."""
WINDOW_CHARACTERS = 65_536
"""How much of a text is looked at before it is cut: a secret that the cut halves is hidden too."""
_WORD = r"[\w.-]{0,40}"
_MARK = r"(?:key|token|signature|credential|password|passwd|secret|upload_id|\bsig)"
_NAME = f"{_WORD}{_MARK}{_WORD}"
_QUOTE = r"\\?[\"']"
_HEADER = (
    rf"((?:authorization|x-(?:goog-)?api-key|cookie)(?:{_QUOTE})?\s?[:=,]\s?(?:b?{_QUOTE})?)"
    r"(?:\w{1,20} )?[^\s\"',;}\]]+"
)
_MARKS = ("key", "token", "sig", "credential", "passw", "secret", "upload_id")
"""Without one of them a text has no match of `_MARK`."""
# Every repetition that may have to be tried again is bounded: hostile texts take linear time.
_FORMS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    # Up to the last @ of a word: a password may contain a slash that nobody has encoded.
    (r"((?:https?|socks5h?|ftp):(?:\\?/){2})[^\s\"'<>,|]{1,512}(?=@)", r"\1", ("@",)),
    (rf"((?:[?&;]|%3F|%26){_NAME}(?:=|%3D))[^&\s\"'<>#]+", r"\1", _MARKS),
    (rf"({_QUOTE}{_NAME}{_QUOTE}\s?:\s?{_QUOTE})[^\"'\\]+", r"\1", _MARKS),
    (_HEADER, r"\1", ("authorization", "api-key", "cookie")),
    (r"\b(Bearer |Basic )[\w.~+/=-]{8,}", r"\1", ("bearer ", "basic ")),
    (
        r"\bya29\.[\w-]+|\bAIza[\w-]{30,}|\beyJ[\w-]{5,400}\.[\w-]{5,4000}[\w.-]*",
        "",
        ("ya29.", "aiza", "eyj"),
    ),
    (r"(?s:-----BEGIN [A-Z ]{0,40}PRIVATE KEY-{5}.*?(?:-----END|\Z))", "", ("private key",)),
)
_PATTERNS = tuple(
    (re.compile(form, re.IGNORECASE), kept + HIDDEN, marks) for form, kept, marks in _FORMS
)
_LOGIN = re.compile(r"(\w+://)?.*@", re.DOTALL)
_known: dict[str, None] = {}


def redact(text: str) -> str:
    """Return a text without what is, or looks like, a secret."""
    for form in _known:
        text = text.replace(form, HIDDEN)
    # To look for plain texts first takes a quarter of the time. Beyond ASCII a pattern that ignores
    # case takes letters for others (the Kelvin sign for a k), so that nothing is left out there.
    lower = text.lower() if text.isascii() else None
    for pattern, hidden, marks in _PATTERNS:
        if lower is None or any(mark in lower for mark in marks):
            text = pattern.sub(hidden, text)
    return text


def shown(value: object, characters_max: int) -> str:
    """Return a value's text without secrets, cut only then to a length."""
    return redact(str(value)[:WINDOW_CHARACTERS])[:characters_max]


def hide_login(text: str) -> str:
    """Hide what stands before the last @ of a setting, in whatever form it was mistyped."""
    return redact(_LOGIN.sub(rf"\1{HIDDEN}@", text))


def learn(secrets: Iterable[str]) -> None:
    """Hide some secrets from now on, in every text of this process."""
    fresh = {form: None for secret in secrets for form in _forms(secret)}
    if fresh.keys() <= _known.keys():
        return
    merged = sorted(_known | fresh, key=len, reverse=True)  # the whole before its pieces
    _known.clear()
    _known.update(dict.fromkeys(merged[:KNOWN_MAX]))


def forget() -> None:
    """Forget all secrets; a test begins without those of the one before."""
    _known.clear()


def secrets_of_url(url: str) -> Iterator[str]:
    """Yield the password of a URL, and the login as a header has it; nothing of other texts."""
    try:
        split = urlsplit(url)
    except ValueError:
        return
    if password := unquote(split.password or ""):
        yield password
        yield b64encode(f"{unquote(split.username or '')}:{password}".encode()).decode()


def _forms(secret: str) -> Iterator[str]:
    """Yield a secret as it is, as URLs encode it, and the pieces into which a parser may cut it."""
    pieces = re.split(r"[/@:?#\\]", secret)
    encoded = (quote(secret, safe=""), quote(secret), quote_plus(secret), repr(secret)[1:-1])
    for form in (secret, *encoded, *pieces):
        if len(form) >= KNOWN_CHARACTERS_MIN:
            yield form

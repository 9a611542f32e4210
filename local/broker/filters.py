"""Subscription filters: https://cloud.google.com/pubsub/docs/subscription-message-filter.

A filter becomes a predicate over a message's attributes. As in Pub/Sub, AND and OR need parentheses
when they are mixed, so that neither binds more tightly.
"""

import json
import re
from collections.abc import Callable, Mapping

from local.broker.refusals import InvalidArgumentError

Predicate = Callable[[Mapping[str, str]], bool]

_FILTER_BYTES_MAX = 256
_TOKEN = re.compile(r'\s*(?:("(?:[^"\\]|\\.)*")|(!=|[():=.,-])|([A-Za-z0-9_]+(?:-[A-Za-z0-9_]+)*))')


def compile_filter(text: str) -> Predicate:
    """Turn a filter into a predicate; an empty filter matches every message.

    Raises:
        InvalidArgumentError: the text is no filter; names the first wrong word.
    """
    if not text.strip():
        return lambda _: True
    size = len(text.encode())
    if size > _FILTER_BYTES_MAX:
        raise InvalidArgumentError(f"filter has {size} bytes, at most {_FILTER_BYTES_MAX}")
    return _Parser(text).parse()


class _Parser:
    """Recursive descent over the words of one filter."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._words = _split(text)
        self._at = 0

    def parse(self) -> Predicate:
        predicate = self._expression()
        if self._peek():
            raise self._refuse("the end, or one of AND and OR throughout (else use parentheses)")
        return predicate

    def _expression(self) -> Predicate:
        terms = [self._term()]
        operator = self._peek()
        if operator not in ("AND", "OR"):
            return terms[0]
        while self._accept(operator):
            terms.append(self._term())
        combine = all if operator == "AND" else any
        return lambda attributes: combine(term(attributes) for term in terms)

    def _term(self) -> Predicate:
        if self._accept("NOT") or self._accept("-"):
            negated = self._term()
            return lambda attributes: not negated(attributes)
        if self._accept("("):
            inner = self._expression()
            self._expect(")")
            return inner
        if self._accept("hasPrefix"):
            return self._has_prefix()
        return self._comparison()

    def _has_prefix(self) -> Predicate:
        for word in ("(", "attributes", "."):
            self._expect(word)
        key = self._key()
        self._expect(",")
        prefix = self._literal()
        self._expect(")")
        return lambda attributes: attributes.get(key, "").startswith(prefix) and key in attributes

    def _comparison(self) -> Predicate:
        self._expect("attributes")
        if self._accept(":"):
            present = self._key()
            return lambda attributes: present in attributes
        self._expect(".")
        key = self._key()
        if self._accept("="):
            equal = self._literal()
            return lambda attributes: attributes.get(key) == equal
        self._expect("!=")
        other = self._literal()
        return lambda attributes: key in attributes and attributes[key] != other

    def _key(self) -> str:
        word = self._peek()
        if word.startswith('"'):
            return self._literal()
        if not re.fullmatch(r"[\w-]+", word):
            raise self._refuse("an attribute key")
        self._at += 1
        return word

    def _literal(self) -> str:
        word = self._peek()
        if not word.startswith('"'):
            raise self._refuse("a string in double quotes")
        try:
            value = json.loads(word)
        except json.JSONDecodeError:
            raise self._refuse("a string with escapes that exist") from None
        self._at += 1
        return str(value)

    def _peek(self) -> str:
        return self._words[self._at] if self._at < len(self._words) else ""

    def _accept(self, word: str) -> bool:
        taken = self._peek() == word
        self._at += taken
        return taken

    def _expect(self, word: str) -> None:
        if not self._accept(word):
            raise self._refuse(repr(word))

    def _refuse(self, wanted: str) -> InvalidArgumentError:
        found = self._peek() or "the end"
        return InvalidArgumentError(f"filter {self._text!r}: expected {wanted}, found {found!r}")


def _split(text: str) -> list[str]:
    words: list[str] = []
    at = 0
    end = len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at)
        if not found:
            raise InvalidArgumentError(f"filter {text!r}: cannot read {text[at:].strip()!r}")
        words.append(found.group(found.lastindex or 0))
        at = found.end()
    return words

"""The filter language: which messages a filter matches, and which filters are refused."""

import re

import pytest

from local.broker.filters import compile_filter
from local.broker.refusals import InvalidArgumentError

RUN = {"action": "RUN", "workflow": "betting_lines"}


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("", True),
        (" \t\n", True),
        ('attributes.action = "RUN"', True),
        ('attributes.action="SKIP"', False),
        ('attributes.missing = "RUN"', False),
        ('attributes.action != "SKIP"', True),
        ('attributes.action != "RUN"', False),
        ('attributes.missing != "RUN"', False),
        ("attributes:action", True),
        ("attributes:missing", False),
        ("NOT attributes:missing", True),
        ("-attributes:missing", True),
        ("NOT NOT attributes:action", True),
        ('hasPrefix(attributes.workflow, "betting")', True),
        ('hasPrefix(attributes.workflow, "injury")', False),
        ('hasPrefix(attributes.missing, "")', False),
        ('attributes.action = "RUN" AND attributes:missing', False),
        ('attributes.action = "RUN" OR attributes:missing', True),
        ("attributes:missing OR attributes:other OR attributes:action", True),
        ("attributes:action AND (attributes:missing OR attributes:workflow)", True),
        ("NOT (attributes:action AND attributes:workflow)", False),
        ("NOT attributes:action AND attributes:workflow", False),
        ('attributes."action" = "RUN"', True),
        ('attributes.action = "\\u0052UN"', True),
    ],
)
def test_a_filter_matches_attributes(text: str, passes: bool) -> None:  # noqa: FBT001 - a table row
    """Each operator, alone and combined, matches the attributes of one decision as documented."""
    assert compile_filter(text)(RUN) is passes


KEYS = {"a-b": "x", "a_b": "x", "7": "x", "é f": "x", 'q"': "x", "a": "y"}


@pytest.mark.parametrize("key", ["a-b", "a_b", "7", '"a-b"', '"é f"', '"q\\""', '"a"'])
@pytest.mark.parametrize(
    "form", ["attributes:{}", "attributes.{} = {}", "hasPrefix(attributes.{}, {})"]
)
def test_a_key_may_be_any_name_or_text(key: str, form: str) -> None:
    """Dashes and digits need no quotes; of others each key is another one."""
    value = '"y"' if key == '"a"' else '"x"'
    matches = compile_filter(form.format(key, value))
    name = key if key[0] != '"' else {'"q\\""': 'q"'}.get(key, key[1:-1])
    assert matches(KEYS)
    assert not matches({other: held for other, held in KEYS.items() if other != name})


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("attributes.action = RUN", "expected a string in double quotes, found 'RUN'"),
        ('attributes.action == "RUN"', "expected a string in double quotes, found '='"),
        ('action = "RUN"', "expected 'attributes', found 'action'"),
        ('data = "RUN"', "expected 'attributes', found 'data'"),
        ("attributes.action", "expected '!=', found 'the end'"),
        ("(attributes:action", r"expected '\)', found 'the end'"),
        ("attributes:a AND attributes:b OR attributes:c", "use parentheses"),
        ("attributes:a attributes:b", "found 'attributes'"),
        ('hasSuffix(attributes.a, "b")', "found 'hasSuffix'"),
        ('hasPrefix(attributes.a "b")', "expected ','"),
        ('attributes. = "x"', "expected an attribute key"),
        ('attributes.a = "\\q"', "escapes that exist"),
        ("attributes:a & attributes:b", "cannot read '& attributes:b'"),
        ('attributes.a = "' + "x" * 256 + '"', "at most 256"),
    ],
)
def test_an_invalid_filter_is_refused_at_the_wrong_word(text: str, complaint: str) -> None:
    """The error names the filter, the wrong word and what was expected instead."""
    named = rf"^filter (has \d+ bytes|{re.escape(repr(text))}:).*{complaint}"
    with pytest.raises(InvalidArgumentError, match=named):
        compile_filter(text)


@pytest.mark.parametrize(("size", "is_taken"), [(256, True), (257, False)])
def test_a_filter_has_up_to_256_bytes(size: int, *, is_taken: bool) -> None:
    """A letter may have two of them."""
    text = f'attributes.action = "{"ä" * ((size - 22) // 2)}"'.ljust(size - (size - 22) // 2)
    assert len(text.encode()) == size
    if is_taken:
        assert not compile_filter(text)(RUN)
    else:
        with pytest.raises(InvalidArgumentError, match="filter has 257 bytes, at most 256"):
            compile_filter(text)

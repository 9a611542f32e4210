"""YAML is read with the line of each field, and what is no plain data is refused."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from common.configuration.yaml_file import LEVELS_MAX, parse_yaml
from common.errors import ConfigError
from common.settings import Settings
from tests.kit.situations import FEW


def test_every_field_has_its_line() -> None:
    """A key has its own line, an item the line it begins on, a missing field its parent's line."""
    document = parse_yaml("# c\na:\n  b: 1\n  c:\n    - x\n    - y\n", "f.yaml")
    assert document.data == {"a": {"b": 1, "c": ["x", "y"]}}
    lines = {("a",): 2, ("a", "b"): 3, ("a", "c"): 4, ("a", "c", 1): 6, (): 2}
    lines |= {("a", "z", 0): 2, ("a", "b", "z"): 3}
    assert {path: document.line(path) for path in lines} == lines


def test_a_refusal_names_file_line_and_field() -> None:
    """The error of a document is one sentence with file, line, field and advice."""
    document = parse_yaml("a:\n  b: 1\n", "f.yaml")
    assert str(document.refuse(("a", "b"), "write 2")) == "f.yaml:2: a.b: write 2"
    assert str(document.refuse((), "write a list")) == "f.yaml:1: file: write a list"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: 2\na: 3\n", "f.yaml:3: a: is there already (line 1)"),
        ("a:\n  b: 1\n  b: 1\n", "f.yaml:3: a.b: is there already (line 2)"),
        ("a: [\n", "f.yaml:2: not YAML: did not find expected node content"),
        ("a: *none\n", "f.yaml:1: not YAML: found undefined alias"),
        ("a: 1\n---\nb: 1\n", "f.yaml:2: not YAML: but found another document"),
        ("a: !!python/object:os.system x\n", "f.yaml:1: not YAML: could not determine"),
        ("a: !!set {b}\n", "f.yaml:1: file: no tag:yaml.org,2002:set"),
        ("a: !!omap [b: 1]\n", "f.yaml:1: file: no tag:yaml.org,2002:omap"),
        ("a: !!map b\n", "f.yaml:1: not YAML: expected a mapping node"),
        ("a: !!seq b\n", "f.yaml:1: not YAML: expected a sequence node"),
        ("? !!str [a]\n: 1\n", "f.yaml:1: 'a collection' is no text key"),
        ("a: \x01\n", "f.yaml:1: not YAML: unacceptable character #x0001: control"),
        ("yes: 1\n", "f.yaml:1: 'yes' is no text key"),
        ("? [a]\n: 1\n", "f.yaml:1: 'a collection' is no text key"),
        ("a: {<<: {b: 1}}\n", "f.yaml:1: '<<' is no text key"),
        ("\na: 2025-13-45\n", "f.yaml:2: '2025-13-45': month must be in 1..12"),
        (f"a: !!int {'x' * 90}\n", f"f.yaml:1: '{'x' * 39}: invalid literal for int()"),
        ("a: &a [*a]\n", "f.yaml:1: file: an alias inside its own anchor"),
        ("a: 1\nb: &b\n  c: {d: *b}\n", "f.yaml:2: file: an alias inside its own anchor"),
    ],
    ids=lambda value: value[:20],
)
def test_what_is_no_plain_file_is_refused(text: str, said: str) -> None:
    """Each refusal is one line that names the file."""
    with pytest.raises(ConfigError, match=r"^f\.yaml:\d+: ") as caught:
        parse_yaml(text, "f.yaml")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_alias_may_be_used_many_times() -> None:
    """An alias beside its anchor is read as a copy of the value, also twice."""
    text = "a: &a {b: [1]}\nc: [*a, *a]\n"
    assert parse_yaml(text, "f.yaml").data == {"a": {"b": [1]}, "c": [{"b": [1]}, {"b": [1]}]}


@pytest.mark.parametrize("opened", ["[", "- ", "{a: "])
def test_a_file_of_fifty_levels_is_read_and_a_deeper_one_refused(opened: str) -> None:
    """The refusal names the line; even 100,000 open brackets end in an error, not in a crash."""
    closed = {"[": "]", "- ": "", "{a: ": "}"}[opened]
    assert parse_yaml(opened * LEVELS_MAX + "1" + closed * LEVELS_MAX, "f.yaml").data
    for levels in (LEVELS_MAX + 1, 100_000):
        with pytest.raises(ConfigError, match=r"^f\.yaml:2: file: more than 50 levels; "):
            parse_yaml("\n" + opened * levels, "f.yaml")


def test_aliases_that_double_are_refused() -> None:
    """Forty lines of aliases, each the one before twice, do not fill the memory."""
    text = "".join(f"a{n}: &a{n} [{f'*a{n - 1}, *a{n - 1}' if n else 1}]\n" for n in range(40))
    with pytest.raises(ConfigError, match=r"^f\.yaml:\d+: file: more than 100,000 values; "):
        parse_yaml(text, "f.yaml")
    few = "".join(text.splitlines(keepends=True)[:10])
    assert len(parse_yaml(few, "f.yaml").data) == 10


def test_an_empty_file_is_none() -> None:
    """An empty file has no data; the model of the file refuses it."""
    empty = parse_yaml("", "f.yaml")
    assert empty.data is None
    assert empty.line(("version",)) == 1


def test_it_reads_what_yaml_reads() -> None:
    """The shipped file is read as PyYAML's own loader reads it."""
    text = Settings().workflows_file.read_text()
    assert parse_yaml(text, "f.yaml").data == yaml.safe_load(text)


LEAVES = st.none() | st.booleans() | st.integers() | st.text("abc: -#'", max_size=8)


@FEW
@given(st.recursive(LEAVES, lambda more: st.lists(more) | st.dictionaries(st.text("abc"), more)))
def test_any_plain_data_comes_back(data: object) -> None:
    """Plain data that PyYAML writes is read back unchanged."""
    assert parse_yaml(yaml.safe_dump(data), "f.yaml").data == data

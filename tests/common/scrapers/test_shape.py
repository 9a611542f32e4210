"""What is no answer of the known form is refused with the field and the value."""

from typing import Any

import pytest

from common.scrapers.model import ContractError
from common.scrapers.shape import load, need, objects, result_set

HEADERS = ["ID", "NAME"]


def answer(*sets: dict[str, Any]) -> dict[str, Any]:
    """Return an answer in result sets."""
    return {"resultSets": list(sets)}


def one(**fields: Any) -> dict[str, Any]:
    """Return a result set of one row with some fields changed."""
    return {"name": "Teams", "headers": HEADERS, "rowSet": [[7, "x"]], **fields}


@pytest.mark.parametrize("body", [b'{"a": 1}', b'\xef\xbb\xbf{"a": 1}', b'\r\n {"a": 1}\n'])
def test_json_may_follow_a_byte_order_mark(body: bytes) -> None:
    """Nor does white space around it matter."""
    assert load(body, "x") == {"a": 1}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<html>", "an HTML page"),
        (b"\n <html>", "an HTML page"),
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"[NaN]", "not JSON"),
        (b"[-Infinity]", "not JSON"),
    ],
)
def test_what_is_no_json_is_named_by_its_kind(body: bytes, kind: str) -> None:
    """A page instead of data means that the source refuses us, or has moved."""
    with pytest.raises(ContractError, match=f"^x: the answer is {kind} "):
        load(body, "x")


@pytest.mark.parametrize(
    ("value", "kind", "named"),
    [
        (True, int, "True, not int"),
        (False, (int, float), "False, not int or float"),
        (1.0, int, "1.0, not int"),
        ("1", (int, float), "'1', not int or float"),
        (None, str, "None, not str"),
        ("y" * 200, int, f"'{'y' * 79}, not int"),
    ],
)
def test_a_field_of_another_type_is_refused(value: object, kind: Any, named: str) -> None:
    """A truth is no number, and no more of a value is shown than fits a line."""
    with pytest.raises(ContractError, match=f"^x: field is {named}$"):
        need({"field": value}, "field", kind, "x")


@pytest.mark.parametrize("holder", [None, [], "field", {"other": 1}])
def test_a_field_that_is_absent_is_refused(holder: object) -> None:
    """So is one of something that is no object."""
    with pytest.raises(ContractError, match=r"^x: field is None, not int$"):
        need(holder, "field", int, "x")


def test_a_list_of_objects_holds_nothing_else() -> None:
    """The first other value is named."""
    assert objects(iter([{"a": 1}, {}]), "x") == [{"a": 1}, {}]
    with pytest.raises(ContractError, match=r"^x: holds \[3\], not an object$"):
        objects([{}, [3], 4], "x")


def test_rows_are_read_by_the_names_of_their_columns() -> None:
    """A set is found by its whole name, wherever it stands."""
    served = answer(one(name="OldTeams", rowSet=[]), one(name="Teams2", rowSet=[]), one())
    assert result_set(served, "Teams", HEADERS, "x") == [{"ID": 7, "NAME": "x"}]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": "Team"}, r"x: no result set Teams; got \['Team'\]"),
        ({"headers": ["ID", "ID"]}, "x.Teams: headers name a column twice: "),
        ({"headers": ["ID", "OTHER"]}, r"x.Teams: headers lack \['NAME'\]"),
        ({"headers": ["A", "B"]}, r"x.Teams: headers lack \['ID', 'NAME'\]"),
        ({"headers": None}, "x.Teams: headers is None, not list"),
        ({"rowSet": None}, "x.Teams: rowSet is None, not list"),
        ({"rowSet": [[7, "x"], [7]]}, "x.Teams: a row does not have the header's 2 columns"),
        ({"rowSet": [[7, "x", "y"]]}, "x.Teams: a row does not have the header's 2 columns"),
        ({"rowSet": ["7x"]}, "x.Teams: a row does not have the header's 2 columns"),
    ],
)
def test_another_table_is_refused(changed: dict[str, Any], said: str) -> None:
    """The error names the set, and what is wrong with it."""
    with pytest.raises(ContractError, match=f"^{said}"):
        result_set(answer(one(**changed)), "Teams", HEADERS, "x")

"""Pages of a bucket, against all names in order."""

from itertools import dropwhile, groupby, takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.stack.storage_server.listings import ENTRIES_MAX, page
from local.stack.storage_server.objects import Bucket, Held, Query
from local.stack.storage_server.refusals import RefusalError

NAMES = st.text("ab/é", min_size=1, max_size=5)


def bucket(*names: str) -> Bucket:
    """Hold empty objects."""
    made = Bucket()
    for name in names:
        made.put(Held(b"", {"name": name, "size": "0"}))
    return made


def paged(held: Bucket, query: Query) -> list[str]:
    """List names and folders through all pages."""
    found: list[str] = []
    token: dict[str, str] = {}
    while True:
        one = page(held, {**query, **token})
        shown = [item["name"] for item in one.get("items", [])] + one.get("prefixes", [])
        assert len(shown) <= int(query.get("maxResults", ENTRIES_MAX))
        found += sorted(shown)
        if "nextPageToken" not in one:
            return found
        assert shown, "a page with nothing on it leads to another"
        assert token.get("pageToken") != one["nextPageToken"], "a page leads to itself"
        token = {"pageToken": one["nextPageToken"]}


@given(
    names=st.sets(NAMES, max_size=30),
    prefix=NAMES | st.just(""),
    start=NAMES | st.just(""),
    end=NAMES | st.just(""),
    most=st.integers(1, 4),
)
def test_every_page_is_the_next_part_of_the_names(
    names: set[str], prefix: str, start: str, end: str, most: int
) -> None:
    """Prefix, first (inclusive) and last name (exclusive) bound them, whatever a page's size."""
    query = {"prefix": prefix, "startOffset": start, "endOffset": end, "maxResults": str(most)}
    below = [name for name in sorted(names) if name.startswith(prefix)]
    wanted = [*dropwhile(lambda name: name < start, below)]
    wanted = [*takewhile(lambda name: not end or name < end, wanted)]
    assert paged(bucket(*names), query) == wanted


@given(names=st.sets(NAMES, max_size=30), prefix=NAMES | st.just(""), most=st.integers(1, 4))
def test_a_folder_stands_once_for_all_below_it(names: set[str], prefix: str, most: int) -> None:
    """It is what follows the prefix, up to the next delimiter, with it."""

    def entry(name: str) -> str:
        head, mark, _ = name[len(prefix) :].partition("/")
        return prefix + head + mark

    below = [entry(name) for name in sorted(names) if name.startswith(prefix)]
    query = {"prefix": prefix, "delimiter": "/", "maxResults": str(most)}
    assert paged(bucket(*names), query) == [name for name, _ in groupby(below)]


def test_a_page_has_a_thousand_entries_at_most() -> None:
    """More cannot be asked for; the last page leads to none."""
    held = bucket(*(f"{number:04}" for number in range(ENTRIES_MAX + 1)))
    first = page(held, {"maxResults": "5000"})
    assert len(first["items"]) == ENTRIES_MAX == 1000
    last = page(held, {"pageToken": first["nextPageToken"]})
    assert [item["name"] for item in last["items"]] == ["1000"]
    assert "nextPageToken" not in last
    assert len(page(held, {})["items"]) == ENTRIES_MAX


def test_a_page_that_is_just_full_is_the_last() -> None:
    """No request more than needed, as each is paid for."""
    assert "nextPageToken" not in page(bucket("a", "b"), {"maxResults": "2"})
    assert "nextPageToken" in page(bucket("a", "b", "c"), {"maxResults": "2"})


def test_a_field_that_an_object_lacks_is_left_out() -> None:
    """The others are there."""
    found = page(bucket("a"), {"fields": "items(name,metadata),prefixes"})
    assert found == {"items": [{"name": "a"}]}


@pytest.mark.parametrize("value", ["false", "False"])
def test_what_is_declined_is_no_question(value: str) -> None:
    """Google's Python library says so in its own spelling."""
    assert "items" in page(bucket("a"), {"versions": value, "softDeleted": value})


@pytest.mark.parametrize("query", [{"fields": "items("}, {"fields": ""}, {"matchGlob": "*"}])
def test_what_is_not_served_is_refused(query: Query) -> None:
    """A listing that ignored it would bring other objects than were asked for."""
    with pytest.raises(RefusalError):
        page(bucket("a"), query)

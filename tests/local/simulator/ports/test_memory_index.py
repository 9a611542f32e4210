"""The indexes of the in-memory ports give what a scan would, at a cost that does not grow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.simulator.ports.memory_index import Names, Partition
from tests.kit.counted import calls

NAMES = st.lists(st.text("ab-/", min_size=1, max_size=6), max_size=12)
PIECES = st.text("ab-/", max_size=4)


def bucket(names: list[str]) -> Names[str]:
    """A bucket's index with these names."""
    made = Names[str]()
    for name in names:
        made.put(name, name)
    return made


@given(names=NAMES, gone=NAMES, prefix=PIECES, bounds=st.tuples(PIECES, PIECES))
def test_a_listing_is_what_a_scan_gives(
    names: list[str], gone: list[str], prefix: str, bounds: tuple[str, str]
) -> None:
    """For any names, prefix, bounds and limit, also after names were removed."""
    made, (start, end) = bucket(names), bounds
    kept = sorted(set(names) - set(gone))
    for name in set(names) & set(gone):
        made.remove(name)
    found = [name for name in kept if name.startswith(prefix) and name >= start]
    assert made.listed(prefix, start) == found
    assert made.listed(prefix, start, end) == [name for name in found if name < end]
    assert made.listed(prefix, start, limit=2) == found[:2]
    below = [name[len(prefix) :] for name in kept if name.startswith(prefix)]
    assert made.folders(prefix) == sorted({n.partition("/")[0] + "/" for n in below if "/" in n})


def test_listing_the_last_days_costs_the_same_after_years() -> None:
    """Counted in function calls: three dates of ten, and three of a thousand."""

    def after(days: int) -> int:
        made = bucket([f"events/{day:05d}/x.json" for day in range(days)])
        start = f"events/{days - 3:05d}"
        assert len(made.listed("events/", start)) == 3
        return calls(lambda: made.listed("events/", start))

    assert after(1000) == after(10)


def test_a_first_page_costs_the_same_after_years() -> None:
    """Counted in function calls: twenty names of a thousand, and of fifty thousand."""

    def after(days: int) -> int:
        made = bucket([f"events/{day:05d}/{at}.json" for day in range(days) for at in range(10)])
        assert len(made.listed("", "events/00002/5", limit=20)) == 20
        return calls(lambda: made.listed("", "events/00002/5", limit=20))

    assert after(5000) == after(100)


def test_a_view_grows_with_its_rows() -> None:
    """A row added later is in the same view; a filter keeps the others out."""
    partition, where = Partition(), {"kind": frozenset({"x"})}
    partition.rows.append({"id": 1, "kind": "x"})
    assert partition.view(("id",), where, "id") == [(1, {"id": 1})]
    partition.rows += [{"id": 2, "kind": "y"}, {"id": 3, "kind": "x"}]
    assert partition.view(("id",), where, "id") == [(1, {"id": 1}), (3, {"id": 3})]
    assert [row for _, row in partition.view(("id", "kind"), {}, "id")] == partition.rows


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 9])
def test_a_limit_is_of_all_folders_together(limit: int) -> None:
    """What one folder gives is taken off for the next ones."""
    names = ["a/1", "a/2", "b/1", "b/2", "c"]
    assert bucket(names[::-1]).listed("", limit=limit) == names[:limit]

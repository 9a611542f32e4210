"""The indexes of the in-memory ports give what a scan would, at a cost that does not grow."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.simulator.ports.memory_index import Names, Partition, days_between
from tests.kit.counted import calls

NAMES = st.lists(st.text("ab-/0🏀", min_size=1, max_size=6), max_size=12)
PIECES = st.text("ab-/0🏀", max_size=4)


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
    early = partition.view(("id",), where, "id")
    assert early == [(1, {"id": 1})]
    partition.rows += [{"id": 2, "kind": "y"}, {"id": 3, "kind": "x"}]
    assert partition.view(("id",), where, "id") == [(1, {"id": 1}), (3, {"id": 3})]
    assert early == [(1, {"id": 1})], "who reads it meanwhile sees no other one"
    assert [row for _, row in partition.view(("id", "kind"), {}, "id")] == partition.rows


def test_each_view_has_its_columns_and_filter() -> None:
    """Of the same columns another filter, and of the same filter other columns, give other rows."""
    partition = Partition()
    partition.rows += [{"id": 1, "kind": "x", "of": "a"}, {"id": 2, "kind": "y", "of": "a"}]
    wheres = {name: {"kind": frozenset(name)} for name in ("x", "y", "xy")}
    for columns in (("id",), ("of",), ("id", "of")):
        for name, where in wheres.items():
            rows = [row for row in partition.rows if row["kind"] in name]
            wanted = [{column: row[column] for column in columns} for row in rows]
            found = partition.view(columns, where, "kind")
            assert found == [(row["kind"], kept) for row, kept in zip(rows, wanted, strict=True)]
    both = {"kind": frozenset("xy"), "of": frozenset("b")}
    assert partition.view(("id",), both, "id") == []


def test_sixteen_views_of_a_day_are_kept() -> None:
    """One more frees them all, and `forget_views` does."""
    partition = Partition()
    partition.rows.append({f"c{number}": number for number in range(17)})

    def view(number: int) -> object:
        return partition.view((f"c{number}",), {}, "c0")

    made = [view(number) for number in range(16)]
    assert all(view(number) is one for number, one in enumerate(made))
    last = view(16)
    assert view(0) is not made[0]
    assert view(16) is last
    partition.forget_views()
    assert view(16) is not last


def test_the_days_between_two_values_are_those_of_both_and_all_within() -> None:
    """Instants count by their day in UTC."""
    days = [date(2025, 10, 31), date(2025, 11, 1), date(2025, 11, 2)]
    assert [*days_between(days[0], days[2])] == days
    assert [*days_between(days[0], days[0])] == days[:1]
    assert [*days_between(days[1], days[0])] == []
    late = datetime(2025, 10, 31, 23, 59, tzinfo=UTC)
    assert [*days_between(late, late + timedelta(minutes=1))] == days[:2]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 9])
def test_a_limit_is_of_all_folders_together(limit: int) -> None:
    """What one folder gives is taken off for the next ones."""
    names = ["a/1", "a/2", "b/1", "b/2", "c"]
    assert bucket(names[::-1]).listed("", limit=limit) == names[:limit]

"""The objects of the local Cloud Storage: how they are written, copied and met."""

import json
from typing import Any

import pytest

from local.stack.storage_server.api import Api
from local.stack.storage_server.objects import Objects
from local.stack.storage_server.refusals import RefusalError
from tests.local.stack.storage_server.asked import OBJECTS, request


@pytest.fixture
def held(objects: Objects) -> dict[str, Any]:
    """Write an object `a`, and change what is said of it once."""
    objects.write("nba", "a", b"hello", {"metadata": {"k": "v"}}, {})
    return objects.patch("nba", "a", {"contentType": "x/y"}, {})


@pytest.mark.parametrize("metadata", [None, {}, {"k": None}])
def test_what_is_stated_as_null_is_not_written(
    objects: Objects, metadata: dict[str, None] | None
) -> None:
    """An object without metadata has no such field, and a value that is null is none."""
    stated = {"metadata": metadata, "customTime": None, "contentType": None, "cacheControl": ""}
    made = objects.write("nba", "b", b"", stated, {})
    assert made.keys().isdisjoint({"metadata", "customTime", "cacheControl"})
    assert made["contentType"] == "application/octet-stream"
    both = {"metadata": {"k": None, "l": "w"}}
    assert objects.write("nba", "b", b"", both, {})["metadata"] == {"l": "w"}


def test_a_change_leaves_what_it_does_not_name(
    objects: Objects, held: dict[str, Any], finalized: list[Any]
) -> None:
    """It is no new object, of which an event would tell."""
    changed = objects.patch("nba", "a", {"metadata": {"l": "w"}}, {})
    assert changed == {**held, "metadata": {"k": "v", "l": "w"}, "metageneration": "3"}
    assert len(finalized) == 1


def test_a_bucket_that_exists_is_not_made_anew(objects: Objects, held: dict[str, Any]) -> None:
    """Its objects stay."""
    with pytest.raises(RefusalError, match="you already own it") as caught:
        objects.create_bucket("nba")
    assert (caught.value.status, caught.value.reason) == (409, "conflict")
    assert objects.find("nba", "a", {}).resource == held


@pytest.mark.parametrize("how", ["rewriteTo", "copyTo"])
def test_a_copy_keeps_the_preconditions_of_its_target(
    api: Api, held: dict[str, Any], how: str
) -> None:
    """They are asked of the object that is written, not of the one that is read."""
    to_new, to_itself = (f"{OBJECTS}/a/{how}/b/nba/o/{name}" for name in ("b", "a"))
    none = "ifGenerationMatch=0"
    assert api.answer(request("POST", f"{to_itself}?{none}")).status == 412
    assert api.answer(request("POST", f"{to_new}?{none}")).status == 200
    assert api.answer(request("POST", f"{to_new}?{none}")).status == 412
    wanted = f"ifGenerationMatch={held['generation']}&ifMetagenerationMatch=2"
    assert api.answer(request("POST", f"{to_itself}?{wanted}")).status == 200


def test_a_copy_has_what_its_request_states(api: Api, held: dict[str, Any]) -> None:
    """The rest is of the object that is copied; `copyTo` answers with the copy alone."""
    body = b'{"metadata": {"l": "w"}}'
    answer = api.answer(request("POST", f"{OBJECTS}/a/copyTo/b/nba/o/b", body))
    made = json.loads(answer.body)
    assert (made["kind"], made["name"], made["metadata"]) == ("storage#object", "b", {"l": "w"})
    assert (made["contentType"], made["metageneration"]) == ("x/y", "1")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, None),
        ({"generation": 0}, None),
        ({"generation": 1}, 404),
        ({"generation": -1}, 404),
        ({"ifGenerationMatch": 0}, None),
        ({"ifGenerationMatch": 1}, 412),
        ({"ifMetagenerationMatch": 2}, None),
        ({"ifMetagenerationMatch": 1}, 412),
        ({"ifMetagenerationMatch": 3}, 412),
        ({"ifGenerationMatch": 0, "ifMetagenerationMatch": 1}, 412),
    ],
)
@pytest.mark.parametrize("method", ["find", "patch", "delete"])
def test_an_object_is_met_in_its_present_state_alone(
    objects: Objects, held: dict[str, Any], method: str, query: dict[str, int], status: int | None
) -> None:
    """Generations in this table are counted from the object's; its metageneration is 2."""
    base = {"ifMetagenerationMatch": 0}
    made = int(held["generation"])
    asked = {name: str(value + base.get(name, made)) for name, value in query.items()}
    given = ({"contentType": "p/q"},) if method == "patch" else ()

    def meet() -> object:
        return getattr(objects, method)("nba", "a", *given, asked)

    if status is None:
        meet()
    else:
        with pytest.raises(RefusalError) as caught:
            meet()
        assert caught.value.status == status
        assert objects.find("nba", "a", {}).resource == held

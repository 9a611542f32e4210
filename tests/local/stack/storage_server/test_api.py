"""What the local Cloud Storage answers beyond what both servers are compared by."""

import json
from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.cloud import limits
from local.simulator.world import ManualClock
from local.stack.storage_server.api import Api
from local.stack.storage_server.http import Answer, Request
from local.stack.storage_server.objects import Objects
from tests.local.stack.storage_server.asked import OBJECTS, UPLOADS, request, upload
from tests.local.stack.storage_server.conftest import BEGUN


def document(answer: Answer) -> Any:
    """Return the JSON of an answer that is no refusal."""
    assert answer.status == 200, answer.body
    return json.loads(answer.body)


def refusal(answer: Answer) -> tuple[int, str, str]:
    """Return status, reason and text of a refusal, which stand in it twice."""
    (error,) = json.loads(answer.body).values()
    (detail,) = error["errors"]
    assert (error["code"], error["message"]) == (answer.status, detail["message"])
    assert detail["domain"] == "global"
    return answer.status, detail["reason"], error["message"]


def test_an_object_has_the_times_of_the_virtual_clock(api: Api, clock: ManualClock) -> None:
    """Its generation are its microseconds, as Cloud Storage's are; no two are the same."""
    first = document(api.answer(upload({"name": "a"}, b"1")))
    second = document(api.answer(upload({"name": "b"}, b"1")))
    clock.sleep(0.25)
    third = document(api.answer(upload({"name": "a"}, b"22")))
    assert first["timeCreated"] == first["updated"] == "2025-11-12T18:00:00.000Z"
    assert third["timeCreated"] == third["updated"] == "2025-11-12T18:00:00.250Z"
    begun = int(BEGUN.timestamp()) * 1_000_000
    generations = [int(each["generation"]) for each in (first, second, third)]
    assert generations == [begun, begun + 1, begun + 250_000]
    assert third["id"] == f"nba/a/{begun + 250_000}"
    assert len({each["etag"] for each in (first, second, third)}) == 3


def test_an_object_is_held_as_its_writer_states_it(api: Api) -> None:
    """All that the resource may state comes back; a type that nobody states is bytes."""
    stated = {
        "name": "a/b c",
        "contentType": "x/y",
        "metadata": {"task_id": "t"},
        "customTime": "2025-11-12T18:30:00Z",
        "contentEncoding": "gzip",
        "cacheControl": "no-store",
        "contentLanguage": "en",
        "contentDisposition": "inline",
    }
    made = document(api.answer(upload(stated, b"hello")))
    generation = str(int(BEGUN.timestamp()) * 1_000_000)
    assert made == {
        **stated,
        "kind": "storage#object",
        "id": f"nba/a/b c/{generation}",
        "bucket": "nba",
        "generation": generation,
        "metageneration": "1",
        "storageClass": "STANDARD",
        "size": "5",
        "md5Hash": "XUFAKrxLKna5cZ2REBfFkg==",
        "crc32c": "mnG7TA==",
        "etag": b64encode(generation.encode()).decode(),
        "timeCreated": "2025-11-12T18:00:00.000Z",
        "updated": "2025-11-12T18:00:00.000Z",
    }
    assert document(api.answer(request("GET", f"{OBJECTS}/a%2Fb%20c"))) == made
    bare = request("POST", f"{UPLOADS}?uploadType=media&name=x", b"1")
    assert document(api.answer(bare))["contentType"] == "application/octet-stream"


def test_bytes_come_with_what_is_said_of_them(api: Api) -> None:
    """The client library takes generation and checksums from the headers."""
    made = document(api.answer(upload({"name": "a", "contentEncoding": "gzip"}, b"hello")))
    answer = api.answer(request("GET", f"/download{OBJECTS}/a?alt=media"))
    assert (answer.status, answer.body) == (200, b"hello")
    assert answer.headers == {
        "content-type": "text/plain",
        "etag": made["etag"],
        "x-goog-generation": made["generation"],
        "x-goog-metageneration": "1",
        "x-goog-hash": "crc32c=mnG7TA==,md5=XUFAKrxLKna5cZ2REBfFkg==",
        "x-goog-stored-content-length": "5",
        "x-goog-stored-content-encoding": "gzip",
        "content-encoding": "gzip",
    }
    api.answer(upload({"name": "a"}, b"hello"))
    plain = api.answer(request("GET", f"{OBJECTS}/a?alt=media")).headers
    assert plain["x-goog-stored-content-encoding"] == "identity"
    assert "content-encoding" not in plain


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("/storage/v1/b/none/o/a", "The specified bucket does not exist."),
        ("/storage/v1/b/none/o", "The specified bucket does not exist."),
        ("/storage/v1/b/none", "The specified bucket does not exist."),
        (f"{OBJECTS}/a%2Fb", "No such object: nba/a/b"),
        (f"{OBJECTS}/a%2Fb?alt=media", "No such object: nba/a/b"),
    ],
)
def test_a_missing_bucket_differs_from_a_missing_object(api: Api, url: str, text: str) -> None:
    """Both are 404, and deployed code goes by the text."""
    assert refusal(api.answer(request("GET", url))) == (404, "notFound", text)


def test_a_refused_precondition_changes_nothing(api: Api, finalized: list[Any]) -> None:
    """Neither the object nor an event of it; a number that is none is refused as such."""
    made = document(api.answer(upload({"name": "a"}, b"1", "&ifGenerationMatch=0")))
    text = "At least one of the pre-conditions you specified did not hold."
    for wanted in ("ifGenerationMatch=0", "ifGenerationMatch=7", "ifMetagenerationMatch=2"):
        answer = api.answer(upload({"name": "a"}, b"2", f"&{wanted}"))
        assert refusal(answer) == (412, "conditionNotMet", text)
    answer = api.answer(upload({"name": "a"}, b"2", "&ifGenerationMatch=x"))
    assert refusal(answer)[:2] == (400, "invalid")
    assert finalized == [(made, None)]
    answer = api.answer(upload({"name": "a"}, b"2", f"&ifGenerationMatch={made['generation']}"))
    assert finalized[1:] == [(document(answer), made)]


@pytest.mark.parametrize(
    "stated",
    [
        {"name": "x" * (limits.OBJECT_NAME_BYTES.most + 1)},
        {"name": "a\nb"},
        {"name": "."},
        {"name": "a", "metadata": {"k": "v" * limits.METADATA_BYTES.most}},
    ],
    ids=["long name", "newline", "dot", "large metadata"],
)
def test_fp06_what_gcs_refuses_of_an_object_is_refused(api: Api, stated: dict[str, Any]) -> None:
    """By the same limits as the ports in memory."""
    assert refusal(api.answer(upload(stated, b"")))[:2] == (400, "invalid")
    api.answer(upload({"name": "a", "metadata": {"k": "v"}}, b""))
    more = json.dumps({"metadata": {"l": "v" * limits.METADATA_BYTES.most}}).encode()
    assert refusal(api.answer(request("PATCH", f"{OBJECTS}/a", more)))[:2] == (400, "invalid")


def test_bytes_that_differ_from_their_checksum_are_refused(api: Api) -> None:
    """The client library sends a checksum with each upload."""
    api.answer(upload({"name": "a", "crc32c": "mnG7TA=="}, b"hello"))
    for stated in ({"crc32c": "mnG7TA=="}, {"md5Hash": "XUFAKrxLKna5cZ2REBfFkg=="}):
        assert refusal(api.answer(upload({"name": "a", **stated}, b"hullo")))[0] == 400
    assert api.answer(request("GET", f"{OBJECTS}/a?alt=media")).body == b"hello"


def test_what_is_said_of_an_object_can_be_changed(api: Api, clock: ManualClock) -> None:
    """Null takes a value away; the bytes, their generation and their creation stay."""
    stated = {"name": "a", "metadata": {"k": "v", "l": "w"}, "customTime": "2025-11-12T18:30:00Z"}
    made = document(api.answer(upload(stated, b"hello")))
    clock.sleep(60)
    change = {"metadata": {"k": None, "m": "x"}, "customTime": None, "contentType": "x/y"}
    changed = document(api.answer(request("PATCH", f"{OBJECTS}/a", json.dumps(change).encode())))
    expected = {**made, "metadata": {"l": "w", "m": "x"}, "contentType": "x/y"}
    del expected["customTime"]
    expected |= {"metageneration": "2", "updated": "2025-11-12T18:01:00.000Z"}
    assert changed == expected
    assert document(api.answer(request("GET", f"{OBJECTS}/a"))) == changed
    assert api.answer(request("GET", f"{OBJECTS}/a?alt=media")).body == b"hello"
    listed = document(api.answer(request("GET", OBJECTS)))
    assert listed["items"] == [changed]


def test_a_copy_is_an_object_of_its_own(api: Api, objects: Objects, clock: ManualClock) -> None:
    """It has the bytes and what is said of them, and a time and a generation of its own."""
    objects.create_bucket("other")
    made = document(api.answer(upload({"name": "a/b", "metadata": {"task_id": "t"}}, b"hello")))
    clock.sleep(1)
    copied = document(
        api.answer(request("POST", f"{OBJECTS}/a%2Fb/rewriteTo/b/other/o/c%2Fd", b"{}"))
    )
    found = copied.pop("resource")
    sizes = {"objectSize": "5", "totalBytesRewritten": "5"}
    assert copied == {"kind": "storage#rewriteResponse", "done": True, **sizes}
    assert (found["bucket"], found["name"], found["metadata"]) == ("other", "c/d", {"task_id": "t"})
    assert found["timeCreated"] == "2025-11-12T18:00:01.000Z"
    assert found["generation"] != made["generation"]
    held = api.answer(request("GET", "/storage/v1/b/other/o/c%2Fd?alt=media"))
    assert held.body == b"hello"


def test_a_deleted_object_is_gone(api: Api) -> None:
    """From its name and from the listings, if the precondition holds."""
    api.answer(upload({"name": "a"}, b""))
    assert api.answer(request("DELETE", f"{OBJECTS}/a?ifGenerationMatch=1")).status == 412
    answer = api.answer(request("DELETE", f"{OBJECTS}/a"))
    assert (answer.status, answer.body) == (204, b"")
    assert api.answer(request("GET", f"{OBJECTS}/a")).status == 404
    assert document(api.answer(request("GET", OBJECTS))) == {"kind": "storage#objects"}


def test_an_upload_in_parts_is_an_object_when_it_is_whole(api: Api, finalized: list[Any]) -> None:
    """Each part is answered with how far it has come; a last look ends nothing."""
    begin = {"x-upload-content-type": "t/u"}
    stated = json.dumps({"name": "a", "metadata": {"k": "v"}}).encode()
    answer = api.answer(request("POST", f"{UPLOADS}?uploadType=resumable", stated, begin))
    url = f"{UPLOADS}?uploadType=resumable&upload_id=session-1"
    assert answer.headers == {"location": f"http://gcs{url}"}
    look = (b"", "bytes */5")
    parts = [look, (b"hel", "bytes 0-2/*"), look, (b"lo", "bytes 3-4/5")]
    answers = [
        api.answer(request("PUT", url, data, {"content-range": where})) for data, where in parts
    ]
    assert [answer.status for answer in answers] == [308, 308, 308, 200]
    held = {"range": "bytes=0-2"}
    assert [answer.headers for answer in answers[:3]] == [{}, held, held]
    made = document(answers[3])
    assert (made["contentType"], made["metadata"], made["size"]) == ("t/u", {"k": "v"}, "5")
    assert finalized == [(made, None)]
    assert api.answer(request("GET", f"{OBJECTS}/a?alt=media")).body == b"hello"
    assert api.answer(request("PUT", url, b"x")).status == 404


def test_an_upload_in_parts_keeps_its_precondition(api: Api) -> None:
    """It is refused when it begins, and when another object was written meanwhile."""
    wanted = f"{UPLOADS}?uploadType=resumable&name=a&ifGenerationMatch=0"
    url = api.answer(request("POST", wanted)).headers["location"].removeprefix("http://gcs")
    api.answer(upload({"name": "a"}, b"other"))
    assert api.answer(request("POST", wanted)).status == 412
    assert api.answer(request("PUT", url, b"mine")).status == 412
    assert api.answer(request("GET", f"{OBJECTS}/a?alt=media")).body == b"other"


def test_only_the_fields_that_are_asked_for_are_in_an_answer(api: Api) -> None:
    """Of an upload, an object and a listing."""
    api.answer(upload({"name": "b"}, b""))
    assert document(api.answer(upload({"name": "a"}, b"", "&fields=name,size"))) == {
        "name": "a",
        "size": "0",
    }
    assert document(api.answer(request("GET", f"{OBJECTS}/a?fields=name"))) == {"name": "a"}
    listed = request("GET", f"{OBJECTS}?fields=items(name),nextPageToken&maxResults=1")
    assert document(api.answer(listed)).keys() == {"items", "nextPageToken"}


KEYS = ("x-goog-copy-source-if-match", "x-goog-encryption-key")


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (request("GET", "/storage/v1/b/nba/iam"), "GET /storage/v1/b/nba/iam"),
        (request("PUT", OBJECTS), f"PUT {OBJECTS}"),
        (request("GET", f"{OBJECTS}/a?ifGenerationNotMatch=0"), "ifGenerationNotMatch"),
        (request("GET", f"{OBJECTS}/a", headers={"if-none-match": "x"}), "if-none-match"),
        (
            request("POST", f"{OBJECTS}/a/rewriteTo/b/nba/o/b?ifSourceGenerationMatch=1"),
            "ifSourceGenerationMatch",
        ),
        (request("POST", f"{OBJECTS}/a/copyTo/b/nba/o/b?sourceGeneration=1"), "sourceGeneration"),
        (request("GET", f"{OBJECTS}/a", headers=dict.fromkeys(KEYS, "x")), " and ".join(KEYS)),
        (
            request("GET", f"{OBJECTS}?ifGenerationNotMatch=0", headers={"if-match": "x"}),
            "if-match and ifGenerationNotMatch",
        ),
        (request("GET", f"{OBJECTS}?versions=true"), "listing by versions"),
        (
            request("GET", f"{OBJECTS}?includeTrailingDelimiter=true&softDeleted=true"),
            "listing by softDeleted, includeTrailingDelimiter",
        ),
        (request("GET", f"{OBJECTS}?fields=items/name"), "fields in the form 'items/name'"),
    ],
)
def test_what_the_server_does_not_do_is_refused(api: Api, asked: Any, text: str) -> None:
    """It is never answered as if it had been done."""
    found = refusal(api.answer(asked))
    assert found[:2] == (501, "notImplemented")
    assert found[2] == f"the local Cloud Storage has no {text}; see docs/local-parts.md"


STATED = ("contentEncoding", "contentDisposition", "contentLanguage", "cacheControl", "customTime")
BAD = (
    *(request("GET", f"{OBJECTS}?maxResults={value}") for value in ("x", "-1", "0", "9" * 5000)),
    *(request("GET", f"{OBJECTS}?pageToken={value}") for value in ("garbage", "_w==", "%ff")),
    request("GET", f"{OBJECTS}?fields=kind(a)"),
    request("GET", f"{OBJECTS}/a?fields=name(x)"),
    request("GET", f"{OBJECTS}/a?generation={'9' * 5000}"),
    *(upload({"name": "b", "metadata": value}, b"") for value in ("x", [1], {"a": 1}, 5)),
    upload({"name": "\ud800"}, b""),
    upload({"name": "b", "metadata": {"a": "\ud800"}}, b""),
    upload({"name": 5}, b""),
    *(
        upload({"name": "b", "contentType": value}, b"")
        for value in (5, "a\rb", "a\nb", "\ud800", "\udfff")
    ),
    *(upload({"name": "b", name: 5}, b"") for name in STATED),
    request("PATCH", f"{OBJECTS}/a", b'{"metadata": "x"}'),
    request("PATCH", f"{OBJECTS}/a", b'{"contentType": 5}'),
    request("POST", f"{UPLOADS}?uploadType=resumable&name=b", b'{"metadata": "x"}'),
    request("POST", f"{OBJECTS}/a/copyTo/b/nba/o/b", b'{"metadata": 5}'),
    *(
        request("POST", "/storage/v1/b", value)
        for value in (b"{}", b'{"name": ["a"]}', b"[" * 9999)
    ),
    request("POST", "/storage/v1/b", b'{"name": ""}'),
)


@pytest.mark.parametrize("asked", BAD, ids=map(str, range(len(BAD))))
def test_what_makes_no_sense_is_the_clients_fault(
    api: Api, asked: Request, finalized: list[Any]
) -> None:
    """A 500 would be tried again for minutes by Google's clients."""
    api.answer(upload({"name": "a"}, b"hello"))
    assert refusal(api.answer(asked))[:2] == (400, "invalid")
    assert len(finalized) == 1


TEXTS = st.sampled_from(
    ["", "0", "1", "-1", "x", "%00", "é", "[", "{}", "a/b", "true", "null", "/"]
)
ASKED = st.builds(
    lambda method, url, names, body: request(
        method, url + "?" + "&".join(f"{name}={value}" for name, value in names.items()), body
    ),
    st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE"]),
    st.sampled_from([OBJECTS, UPLOADS, f"{OBJECTS}/a", f"/download{OBJECTS}/a", "/storage/v1/b"]),
    st.dictionaries(
        st.sampled_from(
            [
                *("uploadType", "name", "upload_id", "alt", "fields", "generation", "prefix"),
                *("ifGenerationMatch", "maxResults", "pageToken", "delimiter", "startOffset"),
            ]
        ),
        TEXTS | st.just("media") | st.just("resumable") | st.just("multipart"),
        max_size=4,
    ),
    st.sampled_from([b"", b"{", b"{}", b"[]", b'{"name": "a"}', b'{"metadata": null}', b"\xff"]),
)


@given(st.lists(ASKED, max_size=6))
def test_whatever_is_asked_is_answered(asked: list[Request]) -> None:
    """With what is there, a refusal, or a 501 for what is not served; never with an exception."""
    objects = Objects(ManualClock(BEGUN), lambda *_: None)
    objects.create_bucket("nba")
    api = Api(objects)
    for each in (upload({"name": "a"}, b"hello"), *asked):
        assert api.answer(each).status in {200, 204, 206, 308, 400, 404, 409, 412, 416, 501}


@pytest.mark.parametrize(
    ("wanted", "status", "body"),
    [
        ("bytes=-2", 206, b"lo"),
        ("bytes=-9", 206, b"hello"),
        ("bytes=-0", 416, b""),
        ("bytes=1-3", 206, b"ell"),
        ("bytes=2-2", 206, b"l"),
        ("bytes=2-", 206, b"llo"),
        ("bytes=4-4", 206, b"o"),
        ("bytes=4-9", 206, b"o"),
        ("bytes=5-", 416, b""),
        ("bytes=3-1", 200, b"hello"),
        ("bytes=-", 200, b"hello"),
        (f"bytes=0-{9**99}", 200, b"hello"),
    ],
)
def test_a_range_is_counted_from_either_end(
    api: Api, wanted: str, status: int, body: bytes
) -> None:
    """One that is none is ignored, as RFC 9110 wants it."""
    api.answer(upload({"name": "a"}, b"hello"))
    answer = api.answer(request("GET", f"{OBJECTS}/a?alt=media", headers={"range": wanted}))
    assert (answer.status, answer.body) == (status, body)
    first = b"hello".index(body)
    where = f"bytes {first}-{first + len(body) - 1}/5" if status == 206 else None
    assert answer.headers.get("content-range") == where
    assert answer.headers["x-goog-stored-content-length"] == "5"


def test_null_takes_away_what_was_stated(api: Api) -> None:
    """All metadata, and the type, without which an object is bytes."""
    api.answer(upload({"name": "a", "metadata": {"k": "v"}, "crc32c": None}, b"hello"))
    change = b'{"metadata": null, "contentType": null}'
    changed = document(api.answer(request("PATCH", f"{OBJECTS}/a", change)))
    assert "metadata" not in changed
    assert changed["contentType"] == "application/octet-stream"
    answer = api.answer(request("GET", f"{OBJECTS}/a?alt=media"))
    assert answer.headers["content-type"] == "application/octet-stream"


def test_buckets_are_listed(api: Api, objects: Objects) -> None:
    """By their names."""
    objects.create_bucket("abc")
    found = document(api.answer(request("GET", "/storage/v1/b")))
    assert found == {
        "kind": "storage#buckets",
        "items": [
            {"kind": "storage#bucket", "id": name, "name": name, "location": "US"}
            for name in ("abc", "nba")
        ],
    }
    assert document(api.answer(request("GET", "/storage/v1/b/abc"))) == found["items"][0]


def test_many_writes_of_one_instant_are_distinct(api: Api) -> None:
    """A burst within one microsecond of the clock gets generations that grow."""
    made = [document(api.answer(upload({"name": "a"}, b""))) for _ in range(20)]
    generations = [int(each["generation"]) for each in made]
    assert generations == [*range(generations[0], generations[0] + 20)]
    assert timedelta(microseconds=generations[0]).total_seconds() == BEGUN.timestamp()

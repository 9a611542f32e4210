"""How uploads are read."""

import re

import pytest

from local.stack.storage_server.refusals import RefusalError
from local.stack.storage_server.uploads import Sessions, Upload, whole

JSON = b"content-type: application/json; charset=UTF-8"


def multipart(body: bytes, boundary: str = "xx") -> Upload:
    """Read an upload of several parts."""
    headers = {"content-type": f"multipart/related; boundary={boundary}"}
    return whole("nba", {"uploadType": "multipart", "name": "q"}, headers, body)


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"foo--xxbar", b"a\r\n\r\nb\r\n", b"\r\n\r\n", b"\x00\xff-- x"]
)
def test_the_bytes_of_a_part_are_left_as_they_are(data: bytes) -> None:
    """Lines and blank lines of theirs are theirs."""
    body = b"--xx\r\n" + JSON + b'\r\n\r\n{"name": "a"}\r\n--xx\r\nContent-Type: p/q\r\n\r\n'
    made = multipart(body + data + b"\r\n--xx--\r\n")
    assert (made.name, made.data, made.given["contentType"]) == ("a", data, "p/q")


def test_what_is_stated_comes_before_what_its_part_says() -> None:
    """The resource's own type wins, and the query's name is taken where it has none."""
    body = b"--xx\r\n" + JSON + b'\r\n\r\n{"contentType": "x/y"}\r\n--xx\r\nA: b\r\n\r\n1\r\n--xx--'
    made = multipart(body)
    assert (made.name, made.given) == ("q", {"contentType": "x/y"})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'--xx\r\n\r\n{"name": "a"}\r\n--xx--',
        b'--xx\r\n\r\n{"name": "a"}\r\n--xx\r\n\r\n1',
        b"--xx\r\n\r\n{\r\n--xx\r\n\r\n1\r\n--xx--",
        b"--xx\r\n\r\n[]\r\n--xx\r\n\r\n1\r\n--xx--",
        b"--xx\r\n\r\n" + b"[" * 100_000 + b"\r\n--xx\r\n\r\n1\r\n--xx--",
        b"--xx\r\n\r\n{}\r\n--xx\r\n\r\n1\r\n--xx\r\n\r\n2\r\n--xx--",
        b"--xx\r\n\r\n{}\r\n--xx\r\n\r\n1\r\n--xx\r\n",
    ],
    ids=["empty", "one part", "no end", "no JSON", "no object", "too deep", "three", "goes on"],
)
def test_a_broken_body_is_refused(body: bytes) -> None:
    """Nothing is made of half of it."""
    with pytest.raises(RefusalError):
        multipart(body)


def test_an_upload_without_a_kind_a_boundary_or_a_name_is_refused() -> None:
    """Each by itself."""
    with pytest.raises(RefusalError, match="uploadType"):
        whole("nba", {}, {}, b"")
    with pytest.raises(RefusalError, match="boundary"):
        whole("nba", {"uploadType": "multipart"}, {"content-type": "a/b"}, b"x")
    with pytest.raises(RefusalError, match="name"):
        _ = whole("nba", {"uploadType": "media"}, {}, b"").name


def test_a_part_that_comes_again_replaces_itself() -> None:
    """A client sends a part again whose answer it has not got."""
    sessions = Sessions()
    session = sessions.begin(Upload("nba", {"name": "a"}, {}))
    for _ in range(2):
        upload, ended = sessions.take("nba", session, "bytes 0-2/*", b"abc")
        assert (upload.data, ended) == (b"abc", False)
    assert sessions.take("nba", session, "bytes 3-3/4", b"d") == (upload, True)
    assert upload.data == b"abcd"


@pytest.mark.parametrize(
    "content_range",
    ["bytes 4-5/6", "bytes=0-1", "lines 0-1/2", "bytes 0-9/2", "bytes 0-0/2", f"bytes 0-1/{9**99}"],
)
def test_a_part_out_of_place_is_refused(content_range: str) -> None:
    """It would leave a gap, it is not as long as it says, or it says no place at all."""
    sessions = Sessions()
    session = sessions.begin(Upload("nba", {"name": "a"}, {}))
    place = re.escape(f"Invalid value for Content-Range: {content_range!r:.80}")
    nowhere = f"No such object: upload/{session}"
    for bucket, body, text in (
        ("nba", b"ab", place),
        ("other", b"ab", nowhere),
        ("nba", b"", place),
    ):
        with pytest.raises(RefusalError, match=f"^{text}$"):
            sessions.take(bucket, session, content_range, body)
    upload, ended = sessions.take("nba", session, "", b"ab")
    assert (upload.data, ended) == (b"ab", True)


def test_an_empty_object_ends_with_its_only_request() -> None:
    """Google's client sends `bytes */0`, curl no range at all."""
    for content_range in ("bytes */0", ""):
        sessions = Sessions()
        session = sessions.begin(Upload("nba", {"name": "a"}, {}))
        upload, ended = sessions.take("nba", session, content_range, b"")
        assert (upload.data, ended) == (b"", True)


def test_uploads_at_the_same_time_are_kept_apart() -> None:
    """Each has a session of its own, and the end of one leaves the other open."""
    sessions, names = Sessions(), ("a", "b")
    begun = {name: sessions.begin(Upload("nba", {"name": name}, {})) for name in names}
    for name, session in begun.items():
        sessions.take("nba", session, "bytes 0-0/*", name.encode())
    for name, session in begun.items():
        upload, ended = sessions.take("nba", session, "bytes 1-1/2", b"!")
        assert (upload.name, upload.data, ended) == (name, f"{name}!".encode(), True)
        with pytest.raises(RefusalError):
            sessions.take("nba", session, "bytes */2", b"")


def test_an_upload_without_bytes_is_whole_at_once() -> None:
    """Where no range is stated and nothing comes."""
    sessions = Sessions()
    session = sessions.begin(Upload("nba", {"name": "a"}, {}))
    upload, ended = sessions.take("nba", session, "", b"")
    assert (upload.data, ended) == (b"", True)


def test_no_upload_takes_the_id_of_one_that_has_ended() -> None:
    """One that begins after another's end meets neither it nor one that is open still."""
    sessions = Sessions()
    ended, still = (sessions.begin(Upload("nba", {"name": name}, {})) for name in ("a", "b"))
    sessions.take("nba", ended, "", b"a")
    new = sessions.begin(Upload("nba", {"name": "c"}, {}))
    assert len({ended, still, new}) == 3
    for session, name in ((still, "b"), (new, "c")):
        assert sessions.take("nba", session, "", b"1")[0].name == name

"""Whole texts are sent gzipped to who accepts that; streams and files are not, nor what a foreign page made a browser ask for."""

import asyncio
import gzip
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.kernel.compression import LENGTH_MIN, PIECE_LENGTH, Compressed, accepts_gzip, compressed

Client = TestClient[Litestar]
TEXT = b"a device and another " * 100
READS_GZIP = [(b"accept-encoding", b"gzip, deflate, br")]


def answer(
    *bodies: bytes, sent: Any = READS_GZIP, is_encrypted: Any = True, **headers: str
) -> tuple[dict[bytes, bytes], list[bytes]]:
    """The headers and the parts of the body that leave for an app which answers so."""
    said = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    messages: list[Any] = []

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": said})
        for number, body in enumerate(bodies, 1):
            await send({"type": "http.response.body", "body": body, "more_body": number < len(bodies)})

    async def send(message: Any) -> None:
        messages.append(message)

    asyncio.run(Compressed(app, is_encrypted=is_encrypted)({"type": "http", "headers": sent}, None, send))
    return dict(messages[0]["headers"]), [message["body"] for message in messages[1:]]


def test_a_long_text_is_compressed_and_says_so() -> None:
    headers, (body,) = answer(
        TEXT, content_type="text/html; charset=utf-8", content_length=str(len(TEXT)), vary="Cookie"
    )
    assert gzip.decompress(body) == TEXT
    assert headers[b"content-encoding"] == b"gzip"
    assert headers[b"content-length"] == str(len(body)).encode()
    assert headers[b"vary"] == b"Cookie, Accept-Encoding"


@pytest.mark.parametrize(
    "kind", ["application/json", "application/problem+json", "application/vnd.oai.openapi+json", "text/plain"]
)
def test_these_texts_too(kind: str) -> None:
    assert answer(TEXT, content_type=kind)[0][b"content-encoding"] == b"gzip"


@pytest.mark.parametrize(
    "headers",
    [
        {"content_type": "image/png"},
        {"content_type": "application/pdf"},
        {"content_type": "text/event-stream"},
        {"content_type": "text/html", "content_encoding": "br"},
        {"content_type": "application/json", "content_disposition": "attachment"},
        {},
    ],
)
def test_what_is_no_text_or_a_file_passes_as_it_is(headers: dict[str, str]) -> None:
    said, bodies = answer(TEXT, **headers)
    assert bodies == [TEXT]
    assert said == {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}


def test_a_stream_passes_as_it_is() -> None:
    assert answer(TEXT, TEXT, content_type="text/plain") == ({b"content-type": b"text/plain"}, [TEXT, TEXT])


@pytest.mark.parametrize(("length", "is_compressed"), [(LENGTH_MIN - 1, False), (LENGTH_MIN, True)])
def test_a_text_that_fits_a_packet_is_left_alone(length: int, is_compressed: bool) -> None:
    assert (b"content-encoding" in answer(b"x" * length, content_type="text/html")[0]) is is_compressed


def test_a_long_answer_lets_others_have_their_turn() -> None:
    turns = 0

    async def meanwhile() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def both() -> bytes:
        other = asyncio.create_task(meanwhile())
        body = await compressed(TEXT * 200)
        other.cancel()
        return body

    assert gzip.decompress(asyncio.run(both())) == TEXT * 200
    assert turns >= len(TEXT * 200) // PIECE_LENGTH - 1


@pytest.mark.parametrize(
    ("accepted", "reads_it"),
    [
        ("gzip", True),
        ("gzip, deflate, br, zstd", True),
        ("br;q=1.0, GZIP;q=0.8", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000, br", False),
        ("br", False),
        ("xgzip", False),
        ("identity", False),
        ("", False),
    ],
)
def test_only_who_accepts_it_is_sent_gzip(accepted: str, reads_it: bool) -> None:
    assert accepts_gzip(accepted) is reads_it
    sent = [(b"accept-encoding", accepted.encode())]
    assert (b"content-encoding" in answer(TEXT, sent=sent, content_type="text/html")[0]) is reads_it


@pytest.mark.parametrize(
    ("site", "with_cookie", "is_compressed"),
    [
        ("same-origin", True, True),
        ("none", True, True),
        ("cross-site", True, False),
        ("same-site", True, False),
        (None, True, False),  # an old browser does not say who made it ask
        ("cross-site", False, True),  # nobody's secrets
        (None, False, True),  # programs
    ],
)
def test_what_a_foreign_page_may_have_asked_for_with_a_cookie_keeps_its_length(
    site: str | None, with_cookie: bool, is_compressed: bool
) -> None:
    """Or the length of the answer would tell, guess by guess, what else stands in it (BREACH)."""
    sent = [*READS_GZIP]
    sent += [(b"cookie", b"session=x")] if with_cookie else []
    sent += [(b"sec-fetch-site", site.encode())] if site else []
    assert (b"content-encoding" in answer(TEXT, sent=sent, content_type="text/html")[0]) is is_compressed


def test_on_plain_http_all_texts_are_compressed() -> None:
    """Whoever sees their length there sees them whole; and browsers do not say who asked."""
    sent = [*READS_GZIP, (b"cookie", b"session=x")]
    assert b"content-encoding" in answer(TEXT, sent=sent, is_encrypted=False, content_type="text/html")[0]
    assert b"content-encoding" not in answer(TEXT, sent=sent[1:], is_encrypted=False, content_type="text/html")[0]


@pytest.mark.parametrize("path", ["/publik", "/schema/openapi.json", "/d/00000000"])
def test_pages_and_the_api_are_compressed_by_the_service_itself(client: Client, path: str) -> None:
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    small = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert (small.headers["content-encoding"], small.status_code) == ("gzip", plain.status_code)
    assert "content-encoding" not in plain.headers
    assert int(small.headers["content-length"]) < len(plain.content) / 2
    assert len(small.content) == len(plain.content)

"""Answers are sent gzipped to who accepts that: a list of devices shrinks to a tenth, and so does its time on a slow line.

What is compressed together with what a foreign page made up can be guessed from the length of the answer (BREACH). It takes many
requests that a foreign page makes the victim's browser send with its cookie; those are answered as they are. See
`docs/decisions/0013-compressed-by-ourselves.md`.
"""

import asyncio
import re
import zlib
from collections.abc import Callable, Iterable, MutableMapping
from typing import Any

ASGI = Callable[[Any, Any, Any], Any]
Headers = Iterable[tuple[bytes, bytes]]

LENGTH_MIN = 1000  # bytes; what fits one packet is not faster when it is smaller
LEVEL = 5
PIECE_LENGTH = 65_536  # bytes compressed in a millisecond, between which other requests have their turn
_GZIP = 16 + zlib.MAX_WBITS
_TEXTS = re.compile(rb"^(text/(html|plain)|application/([\w.-]+\+)?json)\b")
_OWN_SITE = {b"same-origin", b"none"}


class Compressed:
    """Wraps an app: its whole texts are compressed, its streams and files pass as they are.

    On a line that is not encrypted, anybody who sees the length sees the text too: nobody needs to guess.
    """

    def __init__(self, app: ASGI, *, is_encrypted: bool) -> None:
        self.app = app
        self.may_compress = may_compress if is_encrypted else reads_gzip

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not self.may_compress(scope.get("headers", [])):
            await self.app(scope, receive, send)
            return
        start: MutableMapping[str, Any] = {}

        async def compressing_send(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            if start:
                body = message.get("body", b"")
                if not message.get("more_body") and _is_worth_it(start["headers"], body):
                    message = {**message, "body": await compressed(body)}
                    start["headers"] = _said_compressed(start["headers"], len(message["body"]))
                await send(dict(start))
                start.clear()
            await send(message)

        await self.app(scope, receive, compressing_send)


def may_compress(headers: Headers) -> bool:
    """Whether this client reads gzip, and no foreign page can have made it ask with somebody's cookie."""
    sent = {name.lower(): value for name, value in headers}
    return reads_gzip(headers) and (b"cookie" not in sent or sent.get(b"sec-fetch-site") in _OWN_SITE)


def reads_gzip(headers: Headers) -> bool:
    return any(name.lower() == b"accept-encoding" and accepts_gzip(value.decode("latin-1")) for name, value in headers)


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether the client takes gzip, by its `Accept-Encoding`, in which `q=0` means never."""
    for choice in accept_encoding.lower().split(","):
        coding, _, quality = choice.partition(";")
        if coding.strip() == "gzip":
            return not re.fullmatch(r"\s*q=0(\.0*)?\s*", quality)
    return False


async def compressed(body: bytes) -> bytes:
    compressor = zlib.compressobj(LEVEL, wbits=_GZIP)
    pieces = []
    for begin in range(0, len(body), PIECE_LENGTH):
        pieces.append(compressor.compress(body[begin : begin + PIECE_LENGTH]))
        if begin + PIECE_LENGTH < len(body):
            await asyncio.sleep(0)
    return b"".join([*pieces, compressor.flush()])


def _is_worth_it(headers: Headers, body: bytes) -> bool:
    """Whether to compress the answer: only whole texts, for files stay as they are and compressed ones do not shrink again."""
    said = {name.lower(): value for name, value in headers}
    kept = b"content-encoding" in said or b"content-disposition" in said
    return len(body) >= LENGTH_MIN and not kept and bool(_TEXTS.match(said.get(b"content-type", b"")))


def _said_compressed(headers: Headers, length: int) -> list[tuple[bytes, bytes]]:
    """An `ETag` stays: it names the version of the thing, which `If-Match` compares, not the bytes."""
    others = [header for header in headers if header[0].lower() not in {b"content-length", b"vary"}]
    varies = [value for name, value in headers if name.lower() == b"vary"]
    return [
        *others,
        (b"content-length", str(length).encode()),
        (b"content-encoding", b"gzip"),
        (b"vary", b", ".join([*varies, b"Accept-Encoding"])),
    ]

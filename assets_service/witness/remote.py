"""A log as it is served: its checkpoint, its tiles, its keys; and where cosignatures are taken."""

import json
from collections.abc import Callable, Iterator
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from assets_service.kernel.errors import Refusal
from assets_service.tlog.errors import NoNote
from assets_service.tlog.keys import VerifierKey, read_key
from assets_service.tlog.note import NOTE_MAX, Note, read_note
from assets_service.tlog.tiles import Address, check_width
from assets_service.witness.errors import LogAway, NotTaken

PATIENCE_S = 30
TILE_MAX = 1 << 16
KEYS_MAX = 1 << 20
_STATEMENT = "assets-seal-key-1"

Fetch = Callable[[str, bytes | None, int], bytes]  # (address, what is sent, how much is read at most) -> the answer


class Remote:
    """The log at an address: that of the service, or of its `/ledger`."""

    def __init__(self, url: str, fetch: Fetch | None = None) -> None:
        if urlsplit(url).scheme not in {"http", "https"}:
            raise LogAway(url=url, why="it begins with neither http:// nor https://")
        self.prefix = f"{url.rstrip('/').removesuffix('/ledger')}/ledger"
        self._fetch = fetch or over_http

    def checkpoint(self) -> Note:
        return read_note(self._get("checkpoint", NOTE_MAX))

    def key(self) -> VerifierKey:
        return read_key(self._get("key", NOTE_MAX).decode("utf-8", "replace").strip())

    def tile(self, address: Address) -> bytes:
        """The tile, exactly as wide as asked for. Raises `WrongWidth`."""
        return check_width(self._get(f"tile/{address}", TILE_MAX), address.width)

    def keys_after(self, key: VerifierKey) -> Iterator[VerifierKey]:
        """The keys that took this one's place, each named in a statement that the one before it signed."""
        for statement in self._statements():
            lines = statement.text.splitlines()
            if lines[:2] == [_STATEMENT, key.name] and statement.by(key):
                statement.verify(key)
                key = read_key(lines[-1])
                yield key

    def cosign(self, note: Note) -> None:
        """Hand in a cosigned checkpoint. Raises `NotTaken`."""
        try:
            self._fetch(f"{self.prefix}/cosignatures", str(note).encode(), NOTE_MAX)
        except LogAway as away:
            raise NotTaken(why=away.facts["why"]) from None

    def _statements(self) -> Iterator[Note]:
        """The signed statements below `/ledger/keys`; what is none is passed over."""
        lines = self._get("keys", KEYS_MAX).decode("utf-8", "replace").split(f"{_STATEMENT}\n")
        for each in lines[1:]:
            try:
                yield read_note(f"{_STATEMENT}\n{each.strip()}\n")
            except (NoNote, Refusal):
                continue

    def _get(self, path: str, most: int) -> bytes:
        return self._fetch(f"{self.prefix}/{path}", None, most)


def over_http(url: str, sent: bytes | None, most: int) -> bytes:
    """Ask over HTTP. Raises `LogAway`."""
    headers = {"Accept-Language": "en"} | ({"Content-Type": "text/plain; charset=utf-8"} if sent else {})
    asked = Request(url, sent, headers)  # noqa: S310 - http or https, see Remote
    try:
        with urlopen(asked, timeout=PATIENCE_S) as answer:  # noqa: S310 - the same
            data: bytes = answer.read(most + 1)
    except HTTPError as error:
        raise LogAway(url=url, why=_said_by(error)) from None
    except (URLError, OSError, ValueError) as error:
        raise LogAway(url=url, why=str(getattr(error, "reason", None) or error)) from None
    if len(data) > most:
        raise LogAway(url=url, why="the answer is too long")
    return data


def _said_by(error: HTTPError) -> str:
    try:
        return str(json.loads(error.read(1 << 16))["detail"])
    except (ValueError, KeyError, TypeError):
        return f"it says {error.code}"

"""An export and its proofs in one answer: a ZIP, written as it is sent, so that both come from one snapshot."""

import zipfile
from collections.abc import Generator, Iterable, Iterator
from io import RawIOBase

MEDIA_TYPE = "application/zip"
PROOFS = ".proofs"  # what the name of the file of proofs ends with, behind the whole name of the export's


def bundled(name: str, parts: Iterable[bytes], proofs: Iterator[bytes]) -> Generator[bytes, None, None]:
    """The ZIP in parts: the export under its name and, once something is sealed, its proofs."""
    out = _Taken()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as whole:
        yield from _put(whole, out, name, parts)
        first = next(proofs, None)
        if first is not None:
            yield from _put(whole, out, f"{name}{PROOFS}", _again(first, proofs))
    yield out.take()


def _put(whole: zipfile.ZipFile, out: "_Taken", name: str, parts: Iterable[bytes]) -> Iterator[bytes]:
    with whole.open(zipfile.ZipInfo(name), "w", force_zip64=True) as file:
        for part in parts:
            file.write(part)
            if taken := out.take():
                yield taken


def _again(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


class _Taken(RawIOBase):
    """What was written since it was last taken."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # bytes are all that a ZIP is made of
        self._parts.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken

"""A stored file as an answer: sent block by block, whoever reads it and however slowly."""

import os
from collections.abc import AsyncGenerator
from typing import BinaryIO

from anyio.to_thread import run_sync
from litestar.response import Stream

_BLOCK = 1 << 18


def stored_file(file: BinaryIO, *, media_type: str, filename: str, headers: dict[str, str] | None = None) -> Stream:
    """An answer that a browser saves as `filename`; `file` is closed when it was sent or the reader has gone."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    own = {"content-length": str(size), "content-disposition": f'attachment; filename="{filename}"'}
    return Stream(_blocks(file), media_type=media_type, headers=own | (headers or {}))


async def _blocks(file: BinaryIO) -> AsyncGenerator[bytes, None]:
    with file:
        while block := await run_sync(file.read, _BLOCK):
            yield block

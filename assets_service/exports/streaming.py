"""Sending parts as they are made: each made in a worker thread, the snapshot closed whatever happens to the reader."""

from collections.abc import AsyncGenerator, Generator
from contextlib import suppress

from anyio import CancelScope
from anyio.to_thread import run_sync
from litestar.response import Stream

from assets_service.kernel.pools import POOLS, Pool


def streamed(parts: Generator[bytes, None, None], *, media_type: str, filename: str) -> Stream:
    """Send the parts. The first is made here, so that a refusal is answered as one and not as a broken file."""
    first = next(parts)
    return Stream(
        _sent(first, parts),
        media_type=media_type,
        headers={
            # A ZIP may come where the route promises the file alone.
            "content-type": f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type,
            "content-disposition": f'attachment; filename="{filename}"',
            "cache-control": "no-store",
        },
    )


async def _sent(first: bytes, parts: Generator[bytes, None, None]) -> AsyncGenerator[bytes, None]:
    # Litestar's own wrapper takes a ValueError for the end; a file cut off by a fault must not look whole.
    try:
        yield first
        while (part := await POOLS.run_in(Pool.EXPORTING, next, parts, b"")) != b"":
            yield part
    finally:
        with CancelScope(shield=True), suppress(ValueError):  # a thread may still be making the next part
            await run_sync(parts.close)

"""A small HTTP/1.1 load generator: N keep-alive connections, each sending its next request when the last is answered."""

import asyncio
import time
from collections.abc import Callable
from statistics import quantiles

from msgspec import Struct

Request = Callable[[int], bytes]  # the n-th request, whole


class Load(Struct):
    """What a run showed: answers per second and how long they took, in milliseconds."""

    per_second: float
    p50_ms: float
    p99_ms: float
    statuses: dict[int, int]

    def __str__(self) -> str:
        return f"{self.per_second:8.0f}/s   p50 {self.p50_ms:6.1f} ms   p99 {self.p99_ms:6.1f} ms   {self.statuses}"


def request(method: str, path: str, *, token: str | None = None, body: bytes = b"", **headers: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def run(port: int, total: int, connections: int, make: Request) -> Load:
    """Send `total` requests over `connections` connections."""
    return asyncio.run(_run(port, total, connections, make))


async def _run(port: int, total: int, connections: int, make: Request) -> Load:
    numbers = iter(range(total))
    took: list[float] = []
    statuses: dict[int, int] = {}

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in numbers:
            began = time.perf_counter()
            writer.write(make(number))
            status = await _read_answer(reader)
            took.append((time.perf_counter() - began) * 1000)
            statuses[status] = statuses.get(status, 0) + 1
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(connections)))
    seconds = time.perf_counter() - began
    cuts = quantiles(took, n=100)
    return Load(total / seconds, cuts[49], cuts[98], statuses)


async def _read_answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    lower = head.lower()
    if (at := lower.find(b"content-length:")) >= 0:
        await reader.readexactly(int(lower[at + 15 : lower.index(b"\r", at)]))
    elif b"transfer-encoding: chunked" in lower:
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    return status

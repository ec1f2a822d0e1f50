"""Deadlines for slow clients: what they send must keep coming, and what they asked for must be taken."""

import asyncio
from collections.abc import Callable, MutableMapping
from typing import Any

from assets_service.kernel.errors import Refusal

ASGI = Callable[[Any, Any, Any], Any]

GRACE_S = 30
BYTES_PER_S_MIN = 2000  # a photo of 3 MB over the slowest network of an island takes 25 minutes: it may
TAKEN_WITHIN_S = 60  # each piece of an answer
WAITED_FOR_FROM = 16_384  # bytes; what is shorter and the last piece is handed to the system at once, read or not


class TooSlow(Refusal):
    """The body did not arrive in time."""

    status = 408
    title = "Too slow"
    message = "What you sent did not arrive in time. Nothing was changed. Please try again."

    @property
    def headers(self) -> dict[str, str]:
        return {"Connection": "close"}


class Deadlines:
    """Wraps the app: a body has `grace_s`, and more the more of it has come; a piece of an answer `taken_within_s`."""

    def __init__(
        self,
        app: ASGI,
        *,
        grace_s: float = GRACE_S,
        bytes_per_s_min: int = BYTES_PER_S_MIN,
        taken_within_s: float = TAKEN_WITHIN_S,
    ) -> None:
        self.app = app
        self.grace_s = grace_s
        self.bytes_per_s_min = bytes_per_s_min
        self.taken_within_s = taken_within_s

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await self.app(scope, self._hurried(receive), self._taken(send))
        else:
            await self.app(scope, receive, send)

    def _hurried(self, receive: Any) -> Any:
        until: float | None = None  # time runs from when we begin to read: whoever waits for his turn is not slow
        is_whole = False

        async def receive_in_time() -> Any:
            nonlocal until, is_whole
            if is_whole:  # what comes now is that the client has hung up, whenever it does
                return await receive()
            until = until or asyncio.get_running_loop().time() + self.grace_s
            try:
                async with asyncio.timeout_at(until):
                    message = await receive()
            except TimeoutError:
                raise TooSlow from None
            until += len(message.get("body", b"")) / self.bytes_per_s_min
            is_whole = not message.get("more_body", False)
            return message

        return receive_in_time

    def _taken(self, send: Any) -> Any:
        async def send_in_time(message: MutableMapping[str, Any]) -> None:
            if len(message.get("body", b"")) < WAITED_FOR_FROM and not message.get("more_body"):
                await send(message)
                return
            try:
                async with asyncio.timeout(self.taken_within_s):
                    await send(message)
            except TimeoutError:
                raise ConnectionAbortedError("Nobody reads the answer.") from None

        return send_in_time

"""A body that stops coming and an answer that nobody takes both end; a slow one that goes on does not."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from assets_service.kernel.deadlines import WAITED_FOR_FROM, Deadlines, TooSlow

Message = dict[str, Any]
GRACE_S = 0.1


def drip(*messages: tuple[float, Message]) -> Callable[[], Awaitable[Message]]:
    """Each message after so many seconds; then silence."""
    each = iter(messages)

    async def receive() -> Message:
        seconds, message = next(each, (3600.0, {}))
        await asyncio.sleep(seconds)
        return message

    return receive


def chunk(size: int, *, more: bool = True) -> Message:
    return {"type": "http.request", "body": b"x" * size, "more_body": more}


async def read_all(_scope: Any, receive: Any, send: Any) -> None:
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 204, "headers": []})


def ask(receive: Any, send: Any = None, *, app: Any = read_all) -> list[Message]:
    sent: list[Message] = []

    async def keep(message: Message) -> None:
        sent.append(message)

    hurried = Deadlines(app, grace_s=GRACE_S, bytes_per_s_min=1000, taken_within_s=GRACE_S)
    asyncio.run(hurried({"type": "http"}, receive, send or keep))
    return sent


@pytest.mark.parametrize(
    "receive",
    [
        drip(),
        drip((0, chunk(1))),
        drip((0, chunk(20)), (0.05, chunk(20)), (0.5, chunk(1, more=False))),
        drip(*[(0.03, chunk(1))] * 100),
    ],
)
def test_a_body_that_does_not_keep_coming_is_refused(receive: Any) -> None:
    with pytest.raises(TooSlow):
        ask(receive)


def test_a_body_that_keeps_coming_may_take_long() -> None:
    sent = ask(drip(*[(0.05, chunk(100))] * 8, (0, chunk(1, more=False))))
    assert [message.get("status") for message in sent] == [204]


def test_who_waits_for_a_hang_up_after_the_body_is_left_in_peace() -> None:
    async def wait_for_hang_up(_scope: Any, receive: Any, send: Any) -> None:
        await receive()
        assert (await receive())["type"] == "http.disconnect"
        await send({"type": "http.response.start"})

    sent = ask(drip((0, chunk(1, more=False)), (GRACE_S * 3, {"type": "http.disconnect"})), app=wait_for_hang_up)
    assert sent


def test_who_waits_for_his_turn_is_not_slow() -> None:
    async def late(_scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(
            GRACE_S * 2
        )  # an export that stood in line, and only now asks whether anybody is still there
        assert not (await receive())["more_body"]
        await send({"type": "http.response.start"})

    assert ask(drip((0.01, chunk(0, more=False))), app=late)


@pytest.mark.parametrize("piece", [{"body": b"x", "more_body": True}, {"body": b"x" * WAITED_FOR_FROM}])
def test_an_answer_that_nobody_takes_is_given_up(piece: Message) -> None:
    async def long_answer(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", **piece})

    async def never_taken(message: Message) -> None:
        await asyncio.sleep(3600 if message["type"] == "http.response.body" else 0)

    with pytest.raises(ConnectionAbortedError):
        ask(drip((0, chunk(1, more=False))), never_taken, app=long_answer)

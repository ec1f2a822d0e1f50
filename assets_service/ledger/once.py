"""At most once, at the door of every write: the transaction, the action id and the kept answer in one block.

with once.writing() as session:
    device = commands.register(session, data, stamp=once.stamp)
    return once.answer(schemas.device(device), status=201)
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from typing import TypeVar, cast

import msgspec
from litestar import Response
from sqlalchemy.orm import Session

from assets_service.kernel.db import Database
from assets_service.ledger import commands
from assets_service.ledger.commands import Answer
from assets_service.ledger.stamp import Stamp

T = TypeVar("T")

_JSON = "application/json"


class Replayed(Exception):  # noqa: N818 - not a fault: the action was already answered
    """Leaves the write block with the answer given the first time."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


class Once:
    """One write of one caller. `key` is the client's action id; without one nothing is kept to be replayed."""

    def __init__(self, db: Database, stamp: Stamp, *, key: str | None, content: bytes) -> None:
        self.db = db
        self.stamp = stamp
        self._key = key
        self._content_hash = sha256(content).hexdigest()
        self._session: Session | None = None

    def about(self, content: bytes) -> "Once":
        """The same write, known by what counts of its body: a file is sent in an envelope that differs each time."""
        return Once(self.db, self.stamp, key=self._key, content=content)

    @contextmanager
    def writing(self) -> Generator[Session]:
        """The transaction. Raises `Replayed`, `ActionReused`, `ActionUnderWay`."""
        with self.db.writing() as session:
            if self._key and (earlier := commands.claim(session, self.stamp, self._content_hash)):
                raise Replayed(earlier)
            self._session = session
            yield session

    def answer(self, view: T, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response[T]:
        """The view as JSON, stored beside its effect when the client gave an action id."""
        body = msgspec.json.encode(view)
        return cast("Response[T]", self._kept(Answer(status, {"content-type": _JSON} | dict(headers or {}), body)))

    def nothing(self) -> Response[None]:
        return cast("Response[None]", self._kept(Answer(204, {}, b"")))

    def see(self, response: Response[None]) -> Response[None]:
        """Send the browser on (`web.page.done(…)`) to a page that can be reloaded without harm."""
        headers = {name.lower(): value for name, value in response.headers.items()}
        for cookie in response.cookies:
            headers["set-cookie"] = cookie.to_header(header="")
        return cast("Response[None]", self._kept(Answer(response.status_code or 303, headers, b"")))

    def _kept(self, answer: Answer) -> Response[bytes]:
        assert self._session is not None, "answer inside the write block, so that it commits with its effect"
        if self._key:
            commands.keep(self._session, self.stamp, answer)
        return respond(answer)


def respond(answer: Answer, *, replayed: bool = False) -> Response[bytes]:
    headers = dict(answer.headers)
    media_type = headers.pop("content-type", "text/plain")
    if replayed:
        headers["Idempotency-Replayed"] = "true"
    return Response(answer.body, status_code=answer.status, headers=headers, media_type=media_type)

"""At most once, at the door of every write.

shipment = once.do(acts.RECEIVE, data, shipment_id)
return once.answer(shipment, etag=shipment.version)
"""

from typing import Any, Protocol, TypeVar

import msgspec
from litestar import Response
from msgspec import Struct, structs
from sqlalchemy.orm import Session
from uuid_utils import uuid7

from assets_service.access.stamp import Stamp
from assets_service.actions import commands
from assets_service.actions.act import Act, Tools
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Refusal
from assets_service.kernel.fields import in_order
from assets_service.kernel.http import check_if_match
from assets_service.kernel.http import etag as tag_of

T = TypeVar("T")
V = TypeVar("V")

_JSON = "application/json"


class Beside(Protocol):
    """What a door does beside an act, in the act's own transaction; a replay does none of it."""

    def before(self, session: Session, target: Any) -> None:
        """Refuse by what the door knows, once the target is found and locked."""

    def after(self, session: Session) -> None:
        """Keep what the door keeps of an act that was carried out."""


class Once:
    """The acts of one caller, each carried out at most once.

    `key` is the client's action id; without one nothing is kept to be replayed. `if_match` is the version of the
    target that the caller has seen, as an `If-Match` header says it.
    """

    def __init__(
        self,
        db: Database,
        stamp: Stamp,
        *,
        key: str | None = None,
        tools: Tools | None = None,
        if_match: str | None = None,
        door: Beside | None = None,
    ) -> None:
        self.db = db
        self.stamp = stamp
        self.tools = (tools or Tools()).plus(db)
        self.is_replay = False
        self._key = key
        self._if_match = if_match
        self._door = door

    def do(self, act: Act[V], ask: Struct | None = None, *keys: object) -> V:
        """Carry the act out on what `keys` name, or give the result it already had under this action id.

        Raises whatever its command refuses, its problems in the order of the ask's fields, `VersionChanged`, `ActionReused`,
        `ActionUnderWay`.
        """
        try:
            return self._done(act, ask, *keys)
        except Refusal as refusal:
            raise refusal.ordered(lambda problems: in_order(problems, act.ask)) from refusal.__cause__

    def _done(self, act: Act[V], ask: Struct | None, *keys: object) -> V:
        key = self._key if act.is_kept else None
        content_hash = act.content_hash(keys, ask) if key else ""
        asked = [ask] if act.ask else []
        if act.prepare:
            if key and (earlier := self._kept_before(content_hash)):
                return self._replayed(act, earlier)
            asked.append(act.prepare(ask, self.stamp, self.tools))
        with self.db.writing() as session:
            if key and (earlier := commands.claim(session, self.stamp, act.name, content_hash)):
                return self._replayed(act, earlier)
            target = act.on(session, *keys, self.stamp) if act.on else None
            check_if_match(self._if_match, getattr(target, "version", None))
            if self._door:
                self._door.before(session, target)
            made = act.command(session, *([target] if act.on else []), *asked, stamp=self.stamp)
            result = act.result(session, target if made is None else made, self.stamp, self.tools)
            if key:
                commands.keep(session, self.stamp, msgspec.json.encode(result))
            if self._door:
                self._door.after(session)
            return result

    def beside(self) -> "Once":
        """Another write of the same caller that has no action id of its own."""
        return Once(self.db, structs.replace(self.stamp, action_id=str(uuid7())), tools=self.tools)

    def _kept_before(self, content_hash: str) -> bytes | None:
        """The result this action already had, or None.

        It is asked before what takes long, so that an act already done is neither prepared again nor refused for having been done.
        """
        with self.db.reading(snapshot=False) as session:
            return commands.kept(session, self.stamp, content_hash)

    def _replayed(self, act: Act[V], result: bytes) -> V:
        self.is_replay = True
        return msgspec.json.decode(result, type=act.gives)

    def answer(
        self, view: T, *, status: int = 200, location: str | None = None, etag: int | None = None
    ) -> Response[T]:
        """The result as JSON, with the address and the version of what it shows."""
        headers = {} if location is None else {"location": location}
        if etag is not None:
            headers["etag"] = tag_of(etag)
        if self.is_replay:
            headers["Idempotency-Replayed"] = "true"
        return Response(view, status_code=status, headers=headers)

"""The log over HTTP: what the open formats ask for at their addresses, public; the head and a device's proof below `/api/v1`."""

from pathlib import Path
from typing import Annotated, Any, cast

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter, RawBody

from assets_service.access.policy import PUBLIC, SIGNED_IN
from assets_service.access.stamp import Stamp
from assets_service.actions.once import Once
from assets_service.kernel.db import Database
from assets_service.kernel.errors import NotFound
from assets_service.kernel.openapi import also_as
from assets_service.seals import acts, queries
from assets_service.seals.answers import TEXT, kept_proof
from assets_service.seals.asks import Cosigned
from assets_service.seals.proofs import proof_of_device
from assets_service.seals.views import ProofView, SealedHead, SealView, head_view, proof_view
from assets_service.tlog.merkle import HASH_BYTES
from assets_service.tlog.note import NOTE_MAX
from assets_service.tlog.tiles import read_address, width_of

BYTES = "application/octet-stream"
FOR_EVER = {"cache-control": "public, max-age=31536000, immutable"}
FOR_SECONDS = {"cache-control": "public, max-age=5"}
_LENGTH = (32).to_bytes(2)  # before each entry of a bundle


@get("/api/v1/ledger/head", policy=SIGNED_IN, sync_to_thread=True, tags=["Ledger"])
def ledger_head(db: NamedDependency[Database]) -> SealedHead:
    """The newest entry of all, its national number and its hash; and the newest checkpoint, to be written down elsewhere."""
    with db.reading() as session:
        return head_view(session)


@get("/ledger/checkpoint", policy=PUBLIC, sync_to_thread=True, include_in_schema=False)
def read_checkpoint(db: NamedDependency[Database]) -> Response[str]:
    with db.reading() as session:
        note = queries.cosigned(session, queries.seal(session, queries.log(session).id))
    return Response(str(note), media_type=TEXT, headers=FOR_SECONDS)


@get("/ledger/key", policy=PUBLIC, sync_to_thread=True, include_in_schema=False)
def read_key(db: NamedDependency[Database]) -> Response[str]:
    with db.reading() as session:
        log = queries.log(session)
    return Response(f"{log.key}\n", media_type=TEXT, headers=FOR_SECONDS)


@get("/ledger/keys", policy=PUBLIC, sync_to_thread=True, include_in_schema=False)
def read_keys(db: NamedDependency[Database]) -> Response[str]:
    """Answer with the log's first key, and each later one in the statement that the key before it signed."""
    with db.reading() as session:
        log = queries.log(session)
    said = [statement or f"{key}\n" for key, statement in zip(log.keys[1:], log.statements, strict=True)]
    return Response("\n".join([f"{log.keys[0]}\n", *said]), media_type=TEXT, headers=FOR_SECONDS)


@get("/ledger/tile/{address:path}", policy=PUBLIC, sync_to_thread=True, include_in_schema=False)
def read_tile(address: FromPath[Path], db: NamedDependency[Database]) -> Response[bytes]:
    """Answer with a tile or a bundle of entries, as wide as asked for. Raises `NoTile`, `NotFound`."""
    wanted = read_address(address.as_posix().lstrip("/"))
    with db.reading() as session:
        log = queries.log(session)
        size = queries.seal(session, log.id).size
        if wanted.width > width_of(wanted.level, wanted.number, size):
            raise NotFound
        if wanted.is_entries:
            content = b"".join(_LENGTH + each for each in queries.bundle(session, log.id, wanted))
        else:
            content = queries.reader(session, log.id)(wanted.level, wanted.number)[: wanted.width * HASH_BYTES]
    return Response(content, media_type=BYTES, headers=FOR_EVER)


@post(
    "/ledger/cosignatures",
    act=acts.COSIGN,
    is_form=False,
    sync_to_thread=True,
    include_in_schema=False,
    request_max_body_size=4 * NOTE_MAX,
)
def cosign(body: RawBody, once: NamedDependency[Once]) -> Response[SealView]:
    """Take a checkpoint of ours that witnesses have cosigned, as a note."""
    return once.answer(once.do(acts.COSIGN, Cosigned(note=body.decode("utf-8", "replace"))))


@get(
    "/api/v1/devices/{code:str}/proof",
    policy=SIGNED_IN,
    sync_to_thread=True,
    tags=["Devices"],
    operation_class=also_as(f"{TEXT}; charset=utf-8"),
)
def device_proof(
    request: Request[Any, Any, Any],
    code: FromPath[str],
    stamp: NamedDependency[Stamp],
    db: NamedDependency[Database],
    size: Annotated[int | None, QueryParameter(ge=1, le=2**53)] = None,
) -> Response[ProofView]:
    """The proof that the device's newest entry is sealed: text (c2sp.org/tlog-proof), or JSON when `Accept` asks for it.

    `size` chooses an earlier checkpoint, for example one that witnesses have cosigned.
    """
    with db.reading() as session:
        entry, proof = proof_of_device(session, code, stamp, size=size)
    if "application/json" in request.headers.get("accept", ""):
        return Response(proof_view(entry, proof))
    return cast("Response[ProofView]", kept_proof(entry.subject, proof))  # OpenAPI describes the JSON

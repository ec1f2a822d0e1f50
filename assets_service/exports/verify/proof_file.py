"""The proofs that were taken beside an export: each leads from what the export says to a leaf of the signed tree."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from assets_service.exports.proof_lines import FORMAT
from assets_service.exports.verify.said import BrokenError, exactly
from assets_service.exports.verify.trust import Trust
from assets_service.kernel.clock import ZONES, local_date
from assets_service.kernel.errors import Refusal
from assets_service.ledger.chain import joined, name_of, private_of, public_of
from assets_service.tlog.checkpoint import Checkpoint
from assets_service.tlog.encoding import from_base64
from assets_service.tlog.merkle import HASH_BYTES, check_inclusion, leaf_hash

_TRAILER = b'{"type":"trailer"'
_DERIVED = {"flags", "openness", "openness_year"}  # counted, or told by no chain: no fact of the device, and not proven


class Header(Struct, tag_field="type", tag="header", forbid_unknown_fields=True):
    format: str
    of: str
    checkpoint: str


class _Trailer(Struct, tag_field="type", tag="trailer", forbid_unknown_fields=True):
    proofs: int
    unsealed: int


class _Chain(Struct, forbid_unknown_fields=True):
    """The head of a chain of the ledger's file."""

    subject: str
    subject_seq: int
    hash: str
    leaf: int | None
    path: str

    @property
    def place(self) -> str:
        return f"{self.subject}, entry {self.subject_seq}"


class _Told(Struct, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """The head of a device's, an office's or a person's chain, with the facts after it."""

    subject: str | UnsetType = UNSET
    subject_seq: int | UnsetType = UNSET
    at: str | UnsetType = UNSET
    told: str
    public_salt: str
    public: str
    private_salt: str | UnsetType = UNSET
    private: str | UnsetType = UNSET
    private_digest: str | UnsetType = UNSET
    name_salt: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    leaf: int | None
    path: str

    @property
    def place(self) -> str:
        return str(self.subject or "a row")

    @property
    def hash(self) -> str:
        """The entry's hash, computed of what is shown of it (docs/ledger-format.md)."""
        return joined("", self.told, joined("facts", public_of(self.public_salt, self.public), self._private))

    @property
    def _private(self) -> str:
        if self.private_digest:
            if self.private is not UNSET:
                raise BrokenError(f"{self.place}: its proof shows private facts, and a digest beside them.")
            return self.private_digest
        lines = (self.private_salt, self.subject, self.subject_seq, self.at, self.private)
        if UNSET in lines:
            raise BrokenError("a proof shows neither the private facts nor their digest.")
        salt, subject, number, at, private = lines
        return private_of(str(salt), str(subject), int(str(number)), str(at), str(private))

    def facts(self) -> dict[str, Any]:
        """The facts that are shown; the hash says that they are the device's."""
        shown: dict[str, Any] = msgspec.json.decode(self.public, type=dict[str, Any])
        return shown | (msgspec.json.decode(self.private, type=dict[str, Any]) if self.private else {})


class _Office:
    """What rows say of an office: its name, and the days on which things were sent and came, which leave these time zones open."""

    def __init__(self) -> None:
        self.name: str | None = None
        self.zones = set(ZONES)


class ProofFile:
    """Reads the proofs beside the export, line by line. Raises `BrokenError`, and what the checkpoint is refused for."""

    def __init__(self, path: Path, trust: Trust) -> None:
        self._lines = _lines(path)
        number, line = next(self._lines)
        header = exactly(line, number, Header)
        if header.format != FORMAT:
            raise BrokenError("these are no proofs of ours.")
        self.of = header.of
        self.checkpoint: Checkpoint = trust.checkpoint(header.checkpoint)
        self.proven = self.unsealed = 0
        self._leaves = set[int | None]()
        self._offices: dict[str, _Office] = {}
        self._persons: dict[str, str] = {}

    def row(self, row: Mapping[str, Any]) -> None:
        """The next row must be what the next proof's facts tell."""
        proof = self._next(_Told, f"row {self.proven + self.unsealed + 1}")
        if proof.leaf is not None and proof.leaf in self._leaves:
            raise BrokenError(f"{proof.place}: the same proof stands there twice.")
        self._leaves.add(proof.leaf)
        try:
            self._row(proof, row, proof.facts())
        except KeyError as missing:
            raise BrokenError(f"{proof.place}: its proof does not show {missing}.") from None

    def _row(self, proof: _Told, row: Mapping[str, Any], known: Mapping[str, Any]) -> None:
        if "code" in row and row["code"] != proof.subject:
            raise BrokenError(f"the row of {row['code']} stands where the proof of {proof.place} is.")
        for name, value in row.items():
            if name not in {*_DERIVED, "code", "office_name", "holder", "received_by", "sent_on", "received_on"}:
                told = _one_break(known[name]) if name == "note" else known[name]
                if told != value:
                    raise BrokenError(f"{proof.place}, {name}: the row says {value!r}, the proven entry {told!r}.")
        self._notice(proof.place, row, known)

    def chain(self, subject: str, subject_seq: int, hash_: str) -> None:
        """The next chain of a ledger must end with the next proof's entry."""
        proof = self._next(_Chain, subject)
        if (proof.subject, proof.subject_seq, proof.hash) != (subject, subject_seq, hash_):
            raise BrokenError(
                f"{subject} ends with entry {subject_seq} here, and another one is proven, {proof.place}."
            )

    def held(self) -> str:
        """What to say of it, once everything was held against it. Raises `BrokenError` for what is left over or wanting."""
        while self._offices or self._persons:
            self._named(self._next(_Told, min([*self._offices, *self._persons])))
        number, line = next(self._lines, (0, b""))
        trailer = exactly(line, number, _Trailer) if line.startswith(_TRAILER) else None
        if trailer is None or next(self._lines, None):
            raise BrokenError("the proofs are of something else, or were cut off.")
        if (trailer.proofs, trailer.unsealed) != (self.proven, self.unsealed):
            raise BrokenError(f"the file says {trailer.proofs} proofs; {self.proven} are here.")
        later = f" {self.unsealed} heads are newer than the checkpoint, and not proven." if self.unsealed else ""
        return f" {self.proven} heads are in the tree of {self.checkpoint.size} leaves that {self.checkpoint.origin} signed.{later}"

    def _next(self, kind: type[Any], wanted: str) -> Any:
        number, line = next(self._lines, (0, b""))
        if not line or line.startswith(_TRAILER):
            raise BrokenError(f"there is no proof of {wanted}.")
        proof = exactly(line, number, kind)
        if proof.leaf is None:
            self.unsealed += 1
            return proof
        try:
            path = from_base64(proof.path)
            hashes = [path[at : at + HASH_BYTES] for at in range(0, len(path), HASH_BYTES)]
            leaf = leaf_hash(bytes.fromhex(proof.hash))
            check_inclusion(leaf, proof.leaf, self.checkpoint.size, self.checkpoint.root, hashes)
        except Refusal as refusal:
            raise BrokenError(f"{proof.place}: {refusal}") from None
        self.proven += 1
        return proof

    def _notice(self, place: str, row: Mapping[str, Any], known: Mapping[str, Any]) -> None:
        """What the row says of its office and of persons is held against their own proofs, which stand at the end."""
        office = self._offices.setdefault(f"office/{known['office']}", _Office())
        if office.name not in {None, row["office_name"]}:
            raise BrokenError(f"{place}: its office has two names in this file.")
        office.name = row["office_name"]
        for day, moment in (("sent_on", "sent_at"), ("received_on", "received_at")):
            if day in row:
                office.zones &= {zone for zone in ZONES if row[day] == _day(known[moment], zone)}
        if not office.zones:
            raise BrokenError(f"{place}: it was not sent or received on the day that the row says.")
        for name in ("holder", "received_by"):
            if name in row and (row[name] is None) != (known[name] is None):
                raise BrokenError(f"{place}, {name}: the row says {row[name]!r}, the proven entry {known[name]!r}.")
            if row.get(name) is not None:
                self._person(place, f"person/{known[name]}", row[name])

    def _person(self, place: str, subject: str, name: str) -> None:
        if self._persons.setdefault(subject, name) != name:
            raise BrokenError(f"{place}: {subject} has two names in this file.")

    def _named(self, proof: _Told) -> None:
        subject, known = str(proof.subject), proof.facts()
        if proof.private is UNSET:  # then nothing of what is hashed says whose proof it is
            raise BrokenError(f"{subject}: its proof shows a digest instead of private facts.")
        if office := self._offices.pop(subject, None):
            if (office.name, known["timezone"] in office.zones) != (known["office_name"], True):
                raise BrokenError(
                    f"{subject}: the rows say {office.name!r}, the proven entry {known['office_name']!r}."
                )
        elif name := self._persons.pop(subject, None):
            shown = name_of(str(proof.name_salt), str(proof.name)) if proof.name_salt else None
            is_kept = shown == known["name_sha256"] and proof.name == name
            if not is_kept and (proof.name_salt or name != f"#{subject.removeprefix('person/')}"):
                raise BrokenError(f"{subject}: the rows say {name!r}, and that is not the name that is proven.")
        else:
            raise BrokenError(f"no row names {subject}.")


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as file:
        yield from enumerate(file, 1)


def _day(moment: str | None, zone: str) -> str | None:
    return local_date(datetime.fromisoformat(moment), zone).isoformat() if moment else None


def _one_break(note: str | None) -> str | None:
    return note.replace("\r\n", "\n").replace("\r", "\n") if note else None

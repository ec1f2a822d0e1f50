"""A ledger's file: every chain whole, every hash right, and a trailer that says what is there (docs/ledger-format.md)."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from msgspec import Struct

from assets_service.exports.verify.beside import KeptLeaves
from assets_service.exports.verify.proof_file import ProofFile
from assets_service.exports.verify.said import BrokenError, NotedHead, Said, exactly
from assets_service.kernel.clock import rfc3339
from assets_service.ledger import facts
from assets_service.ledger.chain import FORMAT, facts_of, joined, told_of_lines
from assets_service.ledger.models import NO_HASH

_WHOLE_COUNTRY = ["00"]
_TRAILER = b'{"type":"trailer"'


class _Header(Struct, tag_field="type", tag="header", forbid_unknown_fields=True):
    format: str
    taken_at: str
    taken_by: str
    scope: list[str]


class _Entry(Struct, forbid_unknown_fields=True):
    seq: int
    subject: str
    subject_seq: int
    kind: str
    at: str
    claimed_at: str | None
    actor: str
    door: str
    action_id: str
    body: str
    salt: str
    facts: str
    prev_hash: str
    hash: str

    @property
    def place(self) -> str:
        return f"{self.subject}, entry {self.subject_seq}"

    def told(self) -> tuple[str, ...]:
        """What happened, in the lines that the entry's hash covers beside the digest of the facts."""
        return (
            self.prev_hash,
            self.subject,
            str(self.subject_seq),
            self.kind,
            self.at,
            self.claimed_at or "-",
            self.actor,
            self.door,
            self.action_id,
            self.body,
        )


class _Trailer(Struct, tag_field="type", tag="trailer", forbid_unknown_fields=True):
    entries: int
    subjects: int
    sha256: str
    ledger_seq: int
    ledger_head: str


class _Reading:
    """What was read so far: the subject of each chain, and the hash of each entry by its national number."""

    def __init__(self, kept: KeptLeaves | None = None, proofs: ProofFile | None = None) -> None:
        self.kept, self.proofs = kept, proofs
        self.entries = 0
        self.subjects: set[str] = set()
        self.hashes: dict[int, str] = {}  # by national number: the head named by the trailer, or noted, may be any
        self.last: _Entry | None = None
        self.facts: facts.Values = {}  # those of the chain that is being read, after its last entry
        self.digest = sha256()

    def take(self, entry: _Entry) -> None:
        """Check the next entry against those before it, and count it. Raises `BrokenError`."""
        if self.last is None or entry.subject != self.last.subject:
            if entry.subject in self.subjects:
                raise BrokenError(f"the chain of {entry.subject} stands here twice.")
            self.end_chain()
            self.subjects.add(entry.subject)
            self.last, self.facts = None, facts.begun(entry.subject)
        _check_follows(self.last, entry)
        _check_itself(entry)
        _check_facts(entry, self.facts)
        if self.last and entry.at < self.last.at:
            raise BrokenError(f"{entry.place}: it is earlier than the entry before it.")
        if entry.seq < 1 or entry.seq in self.hashes:
            raise BrokenError(f"{entry.place}: another entry bears its number {entry.seq}, or none can.")
        if self.last and entry.seq < self.last.seq:
            raise BrokenError(f"{entry.place}: its number {entry.seq} is less than that of the entry before it.")
        self.hashes[entry.seq] = entry.hash
        if self.kept:
            self.kept.take(entry.hash)
        self.digest.update(entry.hash.encode() + b"\n")
        self.entries += 1
        self.last = entry

    def end_chain(self) -> None:
        """Hold the end of the chain that was read last against its proof."""
        if self.proofs and self.last:
            self.proofs.chain(self.last.subject, self.last.subject_seq, self.last.hash)

    def held_beside(self, *, is_whole: bool) -> str:
        self.end_chain()
        return (self.kept.held(is_whole=is_whole) if self.kept else "") + (self.proofs.held() if self.proofs else "")


def verify(
    lines: Iterable[bytes],
    noted: NotedHead | None,
    *,
    kept: KeptLeaves | None = None,
    proofs: ProofFile | None = None,
) -> Said:
    """Verify a ledger's lines, and that the `noted` head is among its entries. Raises `BrokenError`.

    `kept` are the leaves that a witness kept, `proofs` those that were taken with the file.
    """
    read, header, trailer = _Reading(kept, proofs), None, None
    for number, line in enumerate(lines, 1):
        if header is None:
            header = exactly(line, number, _Header)
        elif trailer:
            raise BrokenError("there is something after the trailer.")
        elif line.startswith(_TRAILER):
            trailer = exactly(line, number, _Trailer)
        else:
            read.take(exactly(line, number, _Entry))
    if header is None or header.format != FORMAT:
        raise BrokenError("this is no file of ours.")
    if trailer is None:
        raise BrokenError(f"the file was cut off after {read.entries} entries: its trailer is missing.")
    _check_trailer(read, trailer, is_whole=header.scope == _WHOLE_COUNTRY)
    if noted:
        _check_noted(read, trailer, noted)
    beside = read.held_beside(is_whole=header.scope == _WHOLE_COUNTRY)
    return Said(
        holds=True,
        sentence=f"{read.entries} entries in {len(read.subjects)} chains hold; "
        f"ledger head {trailer.ledger_seq} {trailer.ledger_head}{', and the noted head is among them' if noted else ''}.{beside}",
    )


def _check_follows(last: _Entry | None, entry: _Entry) -> None:
    expected_seq, expected_hash = (last.subject_seq + 1, last.hash) if last else (1, NO_HASH)
    if entry.subject_seq != expected_seq:
        raise BrokenError(f"{entry.subject}, entry {expected_seq}: this entry is missing.")
    if entry.prev_hash != expected_hash:
        raise BrokenError(f"{entry.place}: it does not follow the entry before it.")


def _check_itself(entry: _Entry) -> None:
    if entry.hash != joined("", told_of_lines(entry.salt, *entry.told()), entry.facts):
        raise BrokenError(f"{entry.place}: its content was changed.")
    if any("\n" in line for line in entry.told()):
        raise BrokenError(f"{entry.place}: a field holds a line break, so its hash could be of another entry.")
    for at in (entry.at, entry.claimed_at):
        if at is not None and not _is_time(at):
            raise BrokenError(f"{entry.place}: {at[:40]!r} is no time as the ledger writes it.")


def _check_facts(entry: _Entry, known: facts.Values) -> None:
    """Check that the entry's digest is of the facts that its chain tells; `known`, those before it, become those after it."""
    try:
        facts.fold_body(known, entry.body)
    except ValueError:
        raise BrokenError(f"{entry.place}: its body is not written as a body is.") from None
    texts = facts.texts(entry.subject, known)
    if entry.facts != facts_of(entry.salt, entry.subject, entry.subject_seq, entry.at, texts):
        raise BrokenError(f"{entry.place}: its facts are not those that its chain tells.")


def _is_time(text: str) -> bool:
    try:
        return rfc3339(datetime.fromisoformat(text)) == text
    except ValueError:
        return False


def _check_trailer(read: _Reading, trailer: _Trailer, *, is_whole: bool) -> None:
    """Check the trailer against what was read; in a file of the whole country the newest entry must be the head it names."""
    if (trailer.entries, trailer.sha256) != (read.entries, read.digest.hexdigest()):
        raise BrokenError(
            f"the trailer counts {trailer.entries} entries; {read.entries} are here, or some were replaced."
        )
    if trailer.subjects != len(read.subjects):
        raise BrokenError(f"the trailer counts {trailer.subjects} chains; {len(read.subjects)} are here.")
    newest = max(read.hashes, default=0)
    if newest > trailer.ledger_seq:
        raise BrokenError(f"the trailer's head has the number {trailer.ledger_seq}; entry {newest} is here.")
    if newest < trailer.ledger_seq and is_whole:
        raise BrokenError(
            f"the file says it is the whole country's, but its head, entry {trailer.ledger_seq}, is not here."
        )
    head_here = next((seq for seq, hash_ in read.hashes.items() if hash_ == trailer.ledger_head), trailer.ledger_seq)
    if head_here != trailer.ledger_seq:
        raise BrokenError(f"the head that the trailer names is entry {head_here} here, not {trailer.ledger_seq}.")
    if read.hashes.get(trailer.ledger_seq, trailer.ledger_head) != trailer.ledger_head:
        raise BrokenError(f"entry {trailer.ledger_seq} does not bear the hash that the trailer names as the head.")


def _check_noted(read: _Reading, trailer: _Trailer, noted: NotedHead) -> None:
    if noted.seq > trailer.ledger_seq:
        raise BrokenError(f"the noted head, entry {noted.seq}, is newer than this file, or the ledger was cut off.")
    if noted.seq not in read.hashes:
        raise BrokenError(f"the noted head, entry {noted.seq}, is not in this file: take one of the whole country.")
    if read.hashes[noted.seq] != noted.hash:
        raise BrokenError(f"entry {noted.seq} does not bear the noted hash: the ledger was rewritten.")

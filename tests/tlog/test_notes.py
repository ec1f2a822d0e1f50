"""Notes, checkpoints, cosignatures and proofs are read in one way only; everything else is refused with a reason."""

from base64 import b64encode
from datetime import UTC, datetime

import pytest

from assets_service.kernel.errors import Refusal
from assets_service.tlog.checkpoint import checkpoint_of, read_checkpoint
from assets_service.tlog.cosignature import cosign, cosigned_at, need_witnesses
from assets_service.tlog.errors import (
    FewWitnesses,
    NoCheckpoint,
    NoKey,
    NoNote,
    NoProof,
    NotBase64,
    NoTile,
    NotInTree,
    NotSigned,
    OtherLog,
    SignedTwice,
    UnknownWitness,
    WrongSignature,
    WrongWidth,
)
from assets_service.tlog.keys import LOG, SigningKey, read_key
from assets_service.tlog.note import Note, read_note, signed
from assets_service.tlog.proof import Proof, read_proof
from assets_service.tlog.tiles import Address, addresses_of, check_width, read_address, width_of
from tests.build import NOON
from tests.tlog.build_tlog import ORIGIN, Log, a_key, a_witness, data_of

# As c2sp.org/signed-note prints it.
THEIR_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
THEIR_NOTE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""


def test_the_note_of_the_standard_is_verified_by_its_key() -> None:
    key = read_key(THEIR_KEY)
    read_note(THEIR_NOTE).verify(key)
    assert str(key) == THEIR_KEY
    assert str(read_note(THEIR_NOTE.encode())) == THEIR_NOTE


def a_checkpoint(size: int = 7, *keys: SigningKey) -> str:
    return str(Log(size).checkpoint().signed(*(keys or [a_key()])))


def test_a_checkpoint_is_what_its_key_signed() -> None:
    found, note = read_checkpoint(a_checkpoint(), a_key().verifier)
    assert found == Log(7).checkpoint()
    assert found.text.splitlines()[:2] == [ORIGIN, "7"]
    assert str(note) == a_checkpoint()


def test_a_checkpoint_of_an_empty_log_is_one() -> None:
    found, _ = read_checkpoint(a_checkpoint(0), a_key().verifier)
    assert found.size == 0


def test_signatures_of_strangers_are_passed_over() -> None:
    """So a log can change its key, and anybody may cosign."""
    read_checkpoint(a_checkpoint(7, a_key("somebody.example", seed=9), a_key()), a_key().verifier)


def twice(text: str) -> str:
    return text + text.split("\n\n")[1]


BAD_CHECKPOINTS = {
    "another log's": (str(Log(7).checkpoint().signed(a_key())).replace(ORIGIN, "other.example/ledger"), OtherLog),
    "signed by nobody known": (a_checkpoint(7, a_key(seed=9)), NotSigned),
    "another size under the same signature": (a_checkpoint().replace("\n7\n", "\n8\n"), WrongSignature),
    "two signatures by one key": (twice(a_checkpoint()), SignedTwice),
    "an extension line": (str(signed(Log(7).checkpoint().text + "more\n", a_key())), NoCheckpoint),
    "a size with a leading zero": (str(signed(Log(7).checkpoint().text.replace("7", "07", 1), a_key())), NoCheckpoint),
    "a negative size": (str(signed(f"{ORIGIN}\n-1\n{b64encode(bytes(32)).decode()}\n", a_key())), NoCheckpoint),
    "an enormous size": (str(signed(f"{ORIGIN}\n{2**63}\n{b64encode(bytes(32)).decode()}\n", a_key())), NoCheckpoint),
    "a root that is too short": (str(signed(f"{ORIGIN}\n7\n{b64encode(bytes(31)).decode()}\n", a_key())), NoCheckpoint),
    "no signature": (Log(7).checkpoint().text + "\n", NoNote),
    "no empty line": (a_checkpoint().replace("\n\n", "\n"), NoNote),
    "a hyphen for the dash": (a_checkpoint().replace("—", "-"), NoNote),
    "no last line break": (a_checkpoint().removesuffix("\n"), NoNote),
    "line ends of Windows": (a_checkpoint().replace("\n", "\r\n"), NoNote),
    "a blank in the base64": (a_checkpoint().replace("=\n", " =\n"), NotBase64),
    "base64 without its padding": (a_checkpoint().rstrip("=\n") + "\n", NotBase64),
    "base64 of the web's alphabet": (a_checkpoint()[:-9] + "_" + a_checkpoint()[-8:], NotBase64),
    "a signature of four bytes": (f"{Log(7).checkpoint().text}\n— {ORIGIN} AAAAAA==\n", NoNote),
    "a name with a plus": (a_checkpoint().replace(f"— {ORIGIN}", "— a+b"), NoNote),
    "bytes that are no text": (b"\xff\xfe", NoNote),
    "nothing": (b"", NoNote),
    "far too much": ("a" * 100_000, NoNote),
}


@pytest.mark.parametrize(("text", "refusal"), BAD_CHECKPOINTS.values(), ids=BAD_CHECKPOINTS)
def test_a_checkpoint_is_refused_for(text: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        read_checkpoint(text, a_key().verifier)


BAD_KEYS = {
    "another id": THEIR_KEY.replace("530d903a", "530d903b"),
    "another name": THEIR_KEY.replace("foo", "bar"),
    "an id in capitals": THEIR_KEY.replace("530d903a", "530D903A"),
    "a kind of key that we do not read": str(a_key(sort=2).verifier),
    "a short key": "example.com/foo+530d903a+AekyeRrm56g=",
    "two parts": "example.com/foo+530d903a",
    "a blank": THEIR_KEY + " ",
    "nothing": "",
}


@pytest.mark.parametrize("text", BAD_KEYS.values(), ids=BAD_KEYS)
def test_a_verifier_key_is_refused_for(text: str) -> None:
    with pytest.raises(NoKey):
        read_key(text)


def test_a_key_needs_a_name_that_a_note_can_bear() -> None:
    with pytest.raises(NoKey):
        SigningKey("a name", LOG, bytes(32))


# ---- witnesses ----------------------------------------------------------------------------------------------------


def cosigned(*witnesses: SigningKey, at: datetime = NOON) -> Note:
    note = Log(7).checkpoint().signed(a_key())
    return note.plus([cosign(note, witness, at) for witness in witnesses])


def test_a_cosignature_says_who_saw_the_checkpoint_and_when() -> None:
    note = read_note(str(cosigned(a_witness())))
    assert cosigned_at(note, a_witness().verifier) == NOON
    read_checkpoint(str(note), a_key().verifier)


def test_a_witness_counts_once() -> None:
    note = cosigned(a_witness())
    assert note.plus([cosign(note, a_witness(), datetime(2027, 1, 1, tzinfo=UTC))]) == note


KNOWN = [a_witness(f"witness.example/{number}", number).verifier for number in (2, 3, 4)]
QUORUMS = {
    "one of one": ([2], 1, None),
    "two of three": ([2, 4], 2, None),
    "none needed": ([], 0, None),
    "one, of two that are needed": ([2], 2, FewWitnesses),
    "an unknown witness": ([7], 1, UnknownWitness),
    "nobody": ([], 1, UnknownWitness),
}


@pytest.mark.parametrize(("signers", "needed", "refusal"), QUORUMS.values(), ids=QUORUMS)
def test_of_three_known_witnesses(signers: list[int], needed: int, refusal: type[Refusal] | None) -> None:
    note = cosigned(*(a_witness(f"witness.example/{number}", number) for number in signers))
    if refusal:
        with pytest.raises(refusal):
            need_witnesses(note, KNOWN, needed)
    else:
        assert len(need_witnesses(note, KNOWN, needed)) == len(signers)


def test_a_cosignature_under_another_checkpoint_is_refused() -> None:
    other = Log(8).checkpoint().signed(a_key())
    moved = other.plus([each for each in cosigned(a_witness()).signatures if each.name == a_witness().name])
    with pytest.raises(WrongSignature):
        need_witnesses(moved, [a_witness().verifier], 1)


def test_a_plain_signature_is_no_cosignature() -> None:
    plain = a_key("witness.example.go.id/81", LOG, 2)
    with pytest.raises(NotSigned):
        cosigned_at(Log(7).checkpoint().signed(plain), plain.verifier)


# ---- proofs -------------------------------------------------------------------------------------------------------


def a_proof(index: int = 3, size: int = 7, **facts: bytes) -> Proof:
    return Proof(index, tuple(Log(size).tree().inclusion(index)), a_checkpoint(size), **facts)


@pytest.mark.parametrize(
    "proof", [a_proof(), a_proof(0, 1), a_proof(extra=b"an entry")], ids=["plain", "alone", "extra"]
)
def test_a_proof_is_read_as_it_was_written(proof: Proof) -> None:
    assert read_proof(str(proof)) == proof
    assert proof.verify(data_of(proof.index), a_key().verifier)[0].size in {1, 7}


def test_a_proof_of_another_leaf_is_refused() -> None:
    with pytest.raises(NotInTree):
        a_proof().verify(data_of(4), a_key().verifier)


BAD_PROOFS = {
    "another first line": str(a_proof()).replace("@v1", "@v2", 1),
    "no index": str(a_proof()).replace("index 3\n", ""),
    "an index with a leading zero": str(a_proof()).replace("index 3", "index 03"),
    "an index that is no number": str(a_proof()).replace("index 3", "index three"),
    "a blank in a hash": str(a_proof()).replace("=\n", " =\n", 1),
    "a hash that is too short": str(a_proof()).replace("index 3\n", "index 3\nAAAA\n"),
    "too many hashes": str(a_proof()).replace("index 3\n", "index 3\n" + f"{b64encode(bytes(32)).decode()}\n" * 64),
    "no checkpoint": str(a_proof()).split("\n\n", maxsplit=1)[0],
    "nothing": "",
}


@pytest.mark.parametrize("text", BAD_PROOFS.values(), ids=BAD_PROOFS)
def test_a_proof_is_refused_for(text: str) -> None:
    with pytest.raises((NoProof, NotBase64)):
        read_proof(text)


# ---- tiles --------------------------------------------------------------------------------------------------------

ADDRESSES = {
    "0/000": Address(0, 0),
    "1/x001/x234/067": Address(1, 1234067),
    "0/001.p/44": Address(0, 1, 44),
    "entries/x001/000": Address(0, 1000, is_entries=True),
    "entries/000.p/1": Address(0, 0, 1, is_entries=True),
}


@pytest.mark.parametrize(("text", "address"), ADDRESSES.items(), ids=ADDRESSES)
def test_a_tile_has_one_address(text: str, address: Address) -> None:
    assert read_address(text) == address
    assert str(address) == text


@pytest.mark.parametrize(
    "text",
    ["", "0", "0/0", "0/0000", "00/000", "64/000", "-1/000", "0/000.p/0", "0/000.p/256", "0/000.p/007", "0/x000/001",
     "0/001/000", "0/x001/x234", "entries", "leaves/000", "0/../000", "0/000/", "0/" + "x999/" * 9 + "999"],
)  # fmt: skip
def test_no_tile_has_the_address(text: str) -> None:
    with pytest.raises(NoTile):
        read_address(text)


def test_a_tree_of_70000_leaves_has_the_tiles_that_the_standard_counts() -> None:
    assert [address.width for address in addresses_of(70000)] == [256] * 273 + [112]
    assert [address.width for address in addresses_of(70000, level=1)] == [256, 17]
    assert [address.width for address in addresses_of(70000, level=2)] == [1]
    assert list(addresses_of(70000, level=3)) == []
    assert [address.width for address in addresses_of(256, level=1)] == [1]
    assert width_of(0, 274, 70000) == 0


@pytest.mark.parametrize("length", [0, 31, 32 * 43, 32 * 45, 32 * 44 + 1])
def test_a_tile_of_the_wrong_width_is_refused(length: int) -> None:
    assert len(check_width(bytes(32 * 44), 44)) == 32 * 44
    with pytest.raises(WrongWidth):
        check_width(bytes(length), 44)


def test_whoever_only_reads_a_checkpoint_learns_what_it_claims() -> None:
    assert checkpoint_of(read_note(a_checkpoint())).size == 7

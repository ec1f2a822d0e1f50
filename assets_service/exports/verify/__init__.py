"""Verifying exported files, checkpoints and proofs against what they say of themselves and what is believed, without a database."""

import csv
from collections.abc import Sequence
from pathlib import Path

import msgspec

from assets_service.exports.inventory import FORMAT as INVENTORY_FORMAT
from assets_service.exports.proof_lines import FORMAT as PROOFS_FORMAT
from assets_service.exports.verify import checkpoint_file, inventory_file, ledger_file
from assets_service.exports.verify.beside import KeptLeaves
from assets_service.exports.verify.proof_file import ProofFile
from assets_service.exports.verify.said import BrokenError, NotedHead, Said
from assets_service.exports.verify.trust import NOBODY, Trust
from assets_service.kernel.errors import Refusal
from assets_service.kernel.workbooks import XLSX_MAGIC
from assets_service.ledger.chain import FORMAT as LEDGER_FORMAT
from assets_service.tlog.proof import FIRST_LINE as PROOF_MAGIC

__all__ = ["NotedHead", "Said", "Trust", "verify_file", "verify_files"]

_PDF = "A PDF is for reading: hold its SHA-256 against the CSV, XLSX or JSONL of the same rows."
_NO_LEDGER = "BROKEN: a noted head can be held against a ledger only; this is an inventory."
_UNREADABLE = (UnicodeDecodeError, msgspec.MsgspecError, csv.Error, TypeError, LookupError, ValueError)
_TWO = "BROKEN: give one file of proofs, with the file that it was taken with."


def verify_files(paths: Sequence[Path], *, noted: NotedHead | None = None, trust: Trust = NOBODY) -> list[Said]:
    """Verify each of the files; one with proofs together with the inventory or ledger that stands beside it."""
    proofs = [path for path in paths if _is_proofs(path)]
    others = [path for path in paths if path not in proofs]
    if len(proofs) > 1 or (proofs and len(others) != 1):
        return [Said(holds=False, sentence=_TWO)]
    return [verify_file(path, noted=noted, trust=trust, proofs=proofs[0] if proofs else None) for path in others]


def verify_file(
    path: Path, *, noted: NotedHead | None = None, trust: Trust = NOBODY, proofs: Path | None = None
) -> Said:
    """Verify any file that `exports` wrote, a checkpoint or a proof, recognised by its content.

    `noted` is a head written down earlier, which a ledger must hold. For a file that is not ours it says so and raises nothing.
    """
    try:
        said = _read(path, noted, trust, proofs)
    except (BrokenError, Refusal) as broken:
        return Said(holds=False, sentence=f"BROKEN: {broken}")
    except _UNREADABLE as error:
        return Said(holds=False, sentence=f"BROKEN: the file cannot be read ({error}).")
    return said


def _read(path: Path, noted: NotedHead | None, trust: Trust, proofs: Path | None) -> Said:
    with path.open("rb") as file:
        start = file.read(len(PROOF_MAGIC))
    if start.startswith(b"%PDF"):
        return Said(holds=False, sentence=_PDF)
    if start == PROOF_MAGIC.encode():
        return checkpoint_file.verify_proof(path, trust)
    if checkpoint_file.is_note(path):
        return checkpoint_file.verify_checkpoint(path, trust)
    return _read_export(path, start, noted, trust, ProofFile(proofs, trust) if proofs else None)


def _read_export(path: Path, start: bytes, noted: NotedHead | None, trust: Trust, proofs: ProofFile | None) -> Said:
    form = _format_of(path) if start.startswith(b"{") else None
    if form == LEDGER_FORMAT:
        kept = KeptLeaves(trust.memory) if trust.memory else None
        with path.open("rb") as lines:
            return ledger_file.verify(lines, noted, kept=kept, proofs=proofs)
    if noted:
        return Said(holds=False, sentence=_NO_LEDGER)
    if start.startswith(XLSX_MAGIC):
        return inventory_file.verify_workbook(path, proofs)
    if form is None:
        return inventory_file.verify_delimited(path, proofs)
    if form != INVENTORY_FORMAT:
        raise BrokenError("this is no file of ours.")
    with path.open("rb") as lines:
        return inventory_file.verify_lines(lines, proofs)


def _is_proofs(path: Path) -> bool:
    try:
        return _format_of(path) == PROOFS_FORMAT
    except (UnicodeDecodeError, msgspec.MsgspecError):
        return False


def _format_of(path: Path) -> object:
    with path.open("rb") as lines:
        return msgspec.json.decode(next(lines, b""), type=dict[str, object]).get("format")

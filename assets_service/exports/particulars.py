"""What a file says about itself, in Indonesian: the remarks under a CSV, the sheet *Keterangan*, the last page of a PDF."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from assets_service.exports.columns import CONDITIONS, FLAGS, KINDS, PRESENCES
from assets_service.web.figures import NATIONAL_ZONE

NOT_OFFICIAL = "Daftar pendamping, bukan daftar resmi BMN (SAKTI/SIMAN)."
LABELS = {
    "format": "Format",
    "edition": "Edisi",
    "as_of": "Keadaan per",
    "office": "Kantor",
    "office_only": "Hanya kantor ini",
    "filters": "Saringan",
    "scope": "Lingkup",
    "taken_at": "Diekspor pada",
    "taken_by": "Diekspor oleh",
    "rows": "Jumlah baris",
    "sha256": "SHA-256 baris",
    "ledger_seq": "Nomor entri terakhir",
    "ledger_head": "Sidik terakhir jejak audit",
}  # in the order in which they are shown
FORMER = {
    "Diambil pada": "Diekspor pada",
    "Diambil oleh": "Diekspor oleh",
    "Nomor kepala ledger": "Nomor entri terakhir",
    "Kepala ledger": "Sidik terakhir jejak audit",
}  # labels of earlier files, which are still read
# What each filter is called, and the words of its values.
NARROWED: dict[str, tuple[str, Mapping[str, str]]] = {
    "kind": ("Nama Barang", KINDS),
    "condition": ("Kondisi", CONDITIONS),
    "presence": ("Keberadaan", PRESENCES),
    "flag": ("Perlu Tindakan", FLAGS),
    "due": (
        "Pemeriksaan",
        {
            "overdue": "lewat jatuh tempo",
            "soon": "segera jatuh tempo",
            "never": "belum pernah diperiksa",
            "any": "harus diperiksa",
        },
    ),
    "q": ("Pencarian", {}),
}
CAUTION = "Perhatian"
KNOWN = frozenset({*LABELS.values(), CAUTION})
MACHINE_READ = ("format", "edition", "rows", "sha256", "ledger_seq", "ledger_head")


def told(particulars: dict[str, Any]) -> list[tuple[str, str]]:
    """The particulars as lines of label and value."""
    shown = {name: _shown(name, particulars[name]) for name in LABELS if name in particulars}
    return [*((LABELS[name], value) for name, value in shown.items()), (CAUTION, NOT_OFFICIAL)]


def read(pairs: dict[str, str]) -> dict[str, str]:
    """The values that a program needs, read back from the lines that `told` makes."""
    return {name: pairs[LABELS[name]] for name in MACHINE_READ if LABELS[name] in pairs}


def in_wib(moment: datetime) -> str:
    return f"{moment.astimezone(ZoneInfo(NATIONAL_ZONE)):%d/%m/%Y %H:%M:%S} WIB"


def _shown(name: str, value: Any) -> str:
    if shown := _SHOWN.get(name):
        return shown(value)
    return {None: "tidak disebut", "system": "sistem"}.get(value, str(value))


def _narrowed(filters: dict[str, str]) -> str:
    called = ((*NARROWED[name], value) for name, value in filters.items())
    return "; ".join(f"{heading}: {words.get(value, value)}" for heading, words, value in called)


_SHOWN: dict[str, Callable[[Any], str]] = {
    "as_of": lambda value: in_wib(datetime.fromisoformat(value)) if value else "saat diekspor",
    "taken_at": lambda value: in_wib(datetime.fromisoformat(value)),
    "office": lambda value: value or "semua dalam lingkup",
    "office_only": lambda _: "ya",
    "filters": _narrowed,
    "scope": lambda value: ", ".join(value) or "kosong",
}

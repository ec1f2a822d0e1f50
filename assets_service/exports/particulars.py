"""What a file says about itself, in Indonesian: the remarks under a CSV, the sheet *Keterangan*, the last page of a PDF."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from assets_service.web.figures import NATIONAL_ZONE

NOT_OFFICIAL = "Catatan pendamping; bukan daftar resmi BMN (SAKTI/SIMAN)."
LABELS = {
    "format": "Format",
    "edition": "Edisi",
    "as_of": "Keadaan per",
    "office": "Kantor",
    "scope": "Lingkup",
    "taken_at": "Diambil pada",
    "taken_by": "Diambil oleh",
    "rows": "Jumlah baris",
    "sha256": "SHA-256 baris",
    "ledger_seq": "Nomor kepala ledger",
    "ledger_head": "Kepala ledger",
}  # in the order in which they are shown
MACHINE_READ = ("format", "edition", "rows", "sha256", "ledger_seq", "ledger_head")


def told(particulars: dict[str, Any]) -> list[tuple[str, str]]:
    """Label and value, line by line."""
    shown = {name: _shown(name, particulars[name]) for name in LABELS}
    return [*((LABELS[name], value) for name, value in shown.items()), ("Perhatian", NOT_OFFICIAL)]


def read(pairs: dict[str, str]) -> dict[str, str]:
    """The values a program needs, from label and value as `told` wrote them."""
    return {name: pairs[LABELS[name]] for name in MACHINE_READ if LABELS[name] in pairs}


def in_wib(moment: datetime) -> str:
    return f"{moment.astimezone(ZoneInfo(NATIONAL_ZONE)):%d/%m/%Y %H:%M:%S} WIB"


def _shown(name: str, value: Any) -> str:
    if name == "as_of":
        return in_wib(datetime.fromisoformat(value)) if value else "saat diambil"
    if name == "taken_at":
        return in_wib(datetime.fromisoformat(value))
    if name == "office":
        return value or "semua dalam lingkup"
    if name == "scope":
        return ", ".join(value) or "-"
    return "-" if value is None else str(value)

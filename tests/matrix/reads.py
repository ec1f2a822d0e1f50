"""Every route that reads: what its address names, or what its list tells."""

from msgspec import Struct

from labels import grouped
from tests.matrix.scene import Scene

# What a path's `{code}` or `{name}` stands for, where the thing must be in a state of its own.
SWAPS: dict[str, dict[str, str]] = {
    "GET /pengiriman/{shipment_id:int}/terima": {"shipment_id": "incoming"},
    "GET /pengiriman/{shipment_id:int}/tiba": {"shipment_id": "incoming"},
    "GET /pengiriman/{shipment_id:int}/foto/{photo:str}": {"photo": "parcel"},
    "GET /api/v1/label-runs/{run_id:int}/file": {"run_id": "drawn_run"},
}
# Only somebody of the office itself may; see the same in the writes.
ONLY_THERE = {"GET /pengiriman/{shipment_id:int}/terima", "GET /pengiriman/{shipment_id:int}/tiba"}
# Addresses that name nobody's thing, and a value of each that is there.
OF_NOBODY = {
    "GET /api/v1/programmes/{code:str}": "PPID",
    "GET /api/v1/checklists/{kind:str}": "tablet",
}
# Of what one was answered oneself, and nobody else ever is (tests/web/test_answers.py); of one's own phones (tests/outbox).
OF_ONESELF = {"GET /jawaban/{name:str}", "GET /api/v1/phones", "GET /saya/ponsel"}
# Open to strangers: a label's page says how to return a device, and to whoever may not see it nothing more.
LABEL_PAGES = {"GET /d/{code:str}", "GET /D/{code:str}", "GET /d/{code:str}/temuan"}
OPEN = {
    *("GET /masuk", "GET /publik", "GET /temuan/terima-kasih", "GET /docs", "GET /health/live", "GET /health/ready"),
    *("GET /schema/openapi.json", "GET /schema", "GET /schema/{path:str}", "GET /bahasa/{lang:str}"),
    "GET /static/{file_path:path}",
    *("GET /pindai/luring", "GET /pindai/luring/{lang:str}", "GET /siap", "GET /sw.js", "GET /manifest.webmanifest"),
    *("GET /ledger/checkpoint", "GET /ledger/key", "GET /ledger/keys", "GET /ledger/tile/{address:path}"),
}


class List(Struct, frozen=True):
    """`tells` names what of an office's scene the list shows to whoever may see it; empty: nothing of anybody's."""

    tells: str = ""
    asks: str = ""  # what is asked with it, where it needs something


LISTS: dict[str, List] = {
    "GET /api/v1/me": List(),
    "GET /akun": List(),
    "GET /api/v1/persons": List("person"),
    "GET /orang": List("person"),
    "GET /orang/baru": List("office"),
    "GET /saya": List(),
    "GET /api/v1/offices": List("office"),
    "GET /kantor": List("office"),
    "GET /api/v1/programmes": List(),
    "GET /program": List(),
    "GET /program/{code:str}/distribusi": List(),
    "GET /api/v1/coverage": List("office"),
    "GET /api/v1/openness": List("office"),
    "GET /api/v1/openness/distribution": List(),
    "GET /impor/keterbukaan": List(),
    "GET /api/v1/devices": List("serial"),
    "GET /perangkat": List("grouped"),
    "GET /perangkat/baru": List("office"),
    "GET /perangkat/pemegang": List(asks="?device={device}"),
    "GET /api/v1/lookup": List("serial", asks="?id={serial}"),
    "GET /pindai": List(),
    "GET /pindai/cocok": List("grouped", asks="?kode={serial}"),
    "GET /api/v1/shipments": List("shipment"),
    "GET /pengiriman": List("shipment"),
    "GET /pengiriman/baru": List(),
    "GET /pengiriman/daftar": List(),
    "GET /penyelesaian": List("shipment"),
    "GET /api/v1/differences": List("shipment"),
    "GET /api/v1/conflicts": List("device"),
    "GET /penyelesaian/luring": List("grouped"),
    "GET /api/v1/pocket": List("device"),
    "GET /api/v1/accessories": List(),
    "GET /api/v1/difference-reasons": List(),
    "GET /api/v1/routes": List(),
    "GET /api/v1/routes/proposal": List(asks="?from_office=81&to_office=62"),
    "GET /api/v1/distributions": List(),
    "GET /api/v1/check-policy": List(),
    "GET /pemeriksaan": List("unchecked"),
    "GET /pemeriksaan/jadwal": List(),
    "GET /api/v1/flags": List(),
    "GET /tanda": List(),
    "GET /api/v1/flags/{kind:str}": List("serial"),
    "GET /tanda/{kind:str}": List("grouped"),
    "GET /": List(),
    "GET /impor": List(),
    "GET /api/v1/imports": List("office"),
    "GET /impor/templat.csv": List(),
    "GET /impor/templat.xlsx": List(),
    "GET /api/v1/exports/inventory.csv": List("serial"),
    "GET /api/v1/exports/inventory.jsonl": List("serial"),
    "GET /api/v1/exports/inventory.pdf": List(),
    "GET /api/v1/exports/inventory.xlsx": List(),
    "GET /api/v1/exports/ledger.jsonl": List("device"),
    "GET /ekspor": List(),
    "GET /ekspor/{name:str}": List("serial"),
    "GET /ledger": List(),
    "GET /ledger/periksa": List(),
    "GET /api/v1/ledger/head": List(),
    "GET /api/v1/label-alignment.pdf": List(asks="?stock=tj-121"),
    "GET /api/v1/finder-messages": List("serial"),
    "GET /label/temuan": List("serial"),
    "GET /api/v1/label-runs": List("office"),
    "GET /label/cetak": List(),
    "GET /api/v1/label-stocks": List("stock"),
    "GET /label/stok": List("stock"),
    "GET /label/kosong": List("stock"),
    "GET /label": List(),
    "GET /label/pratinjau.svg": List(asks="?stock=tj-121&way=devices&devices={device}"),
    "GET /metrics": List(),
}
VALUES = {"kind": "unassigned", "name": "inventaris.csv", "code": "BAGI"}
# What a question may name: each is asked of every list, whether it takes it or not.
QUESTIONS = {
    "q": ("serial", "person", "shipment"),
    "id": ("device",),
    "kode": ("serial",),
    "office": ("office",),
    "devices": ("device",),
    "device": ("device",),
    "shipment": ("shipment_id",),
    "stock": ("stock",),
}
# These read no question; a workbook and a PDF are asked as the CSV is.
ASKED_NOTHING = {
    *("GET /api/v1/me", "GET /akun", "GET /impor", "GET /impor/templat.csv", "GET /impor/templat.xlsx", "GET /metrics"),
    *("GET /api/v1/ledger/head", "GET /api/v1/exports/inventory.xlsx", "GET /api/v1/exports/inventory.pdf"),
    *("GET /api/v1/accessories", "GET /api/v1/difference-reasons", "GET /api/v1/routes"),
    *("GET /api/v1/programmes", "GET /program", "GET /orang/baru", "GET /saya"),
}
LENT_DOWNWARDS = {"stock"}  # a stock of an office above may be used, so it is there


def named(scene: Scene, thing: str) -> str:
    """What an office's scene has of a thing, as people read it; for nowhere, what could be one."""
    place = scene.place
    serial, person, _, came, shipment = place.names or ["RAHASIA99", "Kepala 99 Rahasia", "", "ZZZZZZZZ", "99/BA/2026"]
    return {
        "": "",
        "device": place.device,
        "grouped": grouped(place.device),
        "unchecked": grouped(came),
        "serial": serial,
        "person": person,
        "shipment": shipment,
        "shipment_id": str(place.shipment),
        "office": place.office,
        "stock": place.stock,
    }[thing]

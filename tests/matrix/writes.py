"""Every route that writes: a request that is valid wherever its things are one's own."""

from collections.abc import Callable
from itertools import count
from typing import Any

from msgspec import Struct

from tests.build import device_facts
from tests.matrix.scene import Scene

Body = dict[str, Any]
_numbers = count(1)


class Write(Struct, frozen=True, kw_only=True):
    """One route's valid request: `body` names what lies at an office; `files` is sent instead of a body.

    `swaps`: path parameters that mean another thing of the scene than usual.
    `taken`: what the answer says when it worked, where its status does not tell.
    `only_there`: only somebody of the office itself may, nobody above it.
    `of_two`: asks for the role at two offices beside each other.
    `draws`: its answer is read again after its transaction, so it cannot be taken back to try the next one.
    """

    body: Callable[[Scene], Body] = lambda _scene: {}
    files: Callable[[Scene], dict[str, tuple[str, bytes, str]]] | None = None
    swaps: dict[str, str] = {}
    taken: str = ""
    only_there: bool = False
    of_two: bool = False
    draws: bool = False


def new_person(scene: Scene) -> Body:
    return {"name": "Orang Baru", "office": scene.place.office, "username": f"baru{next(_numbers)}"}


def sign_in(_scene: Scene) -> Body:
    return {"username": f"masuk{next(_numbers)}"}


def new_device(scene: Scene) -> Body:
    return device_facts() | {"kind": "smartphone", "office": scene.place.office}


def new_shipment(scene: Scene) -> Body:
    return {"to_office": "62", "devices": [scene.place.device]}


def receipt(scene: Scene) -> Body:
    return {"lines": [{"device": scene.coming, "outcome": "received"}]}


def receipt_form(scene: Scene) -> Body:
    return {f"lines.{scene.coming}.outcome": "received"}


def grant(scene: Scene) -> Body:
    return {"role": "logistics", "office": scene.place.office}


def holder(scene: Scene) -> Body:
    return {"person": scene.holder}


def holders(scene: Scene) -> Body:
    return {"devices": [scene.place.device], "person": scene.holder}


def holders_form(scene: Scene) -> Body:
    return {"device": scene.place.device, "person": scene.holder}


def schedule(scene: Scene) -> Body:
    return {"rule": "months", "months": 3, "office": scene.place.office}


def sheet(scene: Scene) -> Body:
    return {"stock": "tj-121", "devices": [scene.place.device], "draft": True}


def sheet_form(scene: Scene) -> Body:
    return {"stock": "tj-121", "way": "devices", "devices": scene.place.device, "draft": "true"}


def blanks(scene: Scene) -> Body:
    return {"stock": "tj-121", "count": 1, "office": scene.place.office, "draft": "true"}


def new_stock(scene: Scene) -> Body:
    return {
        "name": f"baru-{next(_numbers)}", "title": "Baru", "office": scene.place.office,
        "label_width_mm": 50, "label_height_mm": 30,
    }  # fmt: skip


def table(scene: Scene) -> dict[str, tuple[str, bytes, str]]:
    rows = f"jenis,merek,tipe,nomor seri,kode kantor\ntablet,Samsung,A9,TABEL{next(_numbers):05},{scene.place.office}\n"
    return {"file": ("daftar.csv", rows.encode(), "text/csv")}


def grades(scene: Scene) -> dict[str, tuple[str, bytes, str]]:
    rows = f"Kode Kantor,Tahun,Predikat,Sumber\n{scene.place.office},2023,Informatif,Anugerah\n"
    return {"file": ("predikat.csv", rows.encode(), "text/csv")}


def correction(scene: Scene) -> Body:
    seen = {"device": scene.place.names[3] if scene.place.names else "ZZZZZZZZ", "outcome": "received"}
    return {"reason": "tertukar", "lines": [seen | {"condition": "light", "note": "tergores"}]}


def correction_form(scene: Scene) -> Body:
    code = scene.place.names[3] if scene.place.names else "ZZZZZZZZ"
    said = {"outcome": "received", "condition": "light", "note": "tergores"}
    return {"reason": "tertukar"} | {f"lines.{code}.{name}": value for name, value in said.items()}


def settlement_form(scene: Scene) -> Body:
    said = {"outcome": "recorded", "reason": "other", "note": "kabel ikut"}
    return {f"{name}.{scene.place.finding}": value for name, value in said.items()}


def succession(scene: Scene) -> Body:
    return {"leaver": scene.leaver, "successor": scene.holder, "cause": "moved", "lines": [{"device": scene.theirs}]}


def succession_form(scene: Scene) -> Body:
    return succession(scene) | {"lines": "", f"seen.{scene.theirs}": "present"}


def route(scene: Scene) -> Body:
    return {"from_office": scene.place.office, "to_office": "62", "days": 5}


def handing_out(scene: Scene) -> Body:
    return {"programme": "BAGI", "office": scene.area, "from_office": scene.place.office}


SETTLED = {"outcome": "recorded", "reason": "other", "note": "kabel ikut"}
NAMED = {"name": "Lain", "fits": ["short"]}
GRADE = {"year": 2023, "grade": "informatif", "source": "Anugerah"}
REASON = {"reason": "rusak total"}
PASSWORD = {"password": "kuda baterai stapler benar"}

WRITES: dict[str, Write] = {
    "POST /api/v1/persons": Write(body=new_person),
    "POST /orang/baru": Write(body=new_person),
    "PATCH /api/v1/persons/{person_id:int}": Write(body=lambda _: {"name": "Nama Lain"}),
    "POST /orang/{person_id:int}": Write(body=lambda _: {"name": "Nama Lain"}),
    "PUT /api/v1/persons/{person_id:int}/deactivation": Write(),
    "POST /orang/{person_id:int}/penonaktifan": Write(),
    "PUT /api/v1/persons/{person_id:int}/office": Write(
        body=lambda _: {"office": "81.72", "release": True}, of_two=True
    ),
    "POST /orang/{person_id:int}/kantor": Write(body=lambda _: {"office": "81.72", "successor": "nobody"}, of_two=True),
    "PUT /api/v1/persons/{person_id:int}/sign-in": Write(body=sign_in, swaps={"person_id": "mute"}),
    "POST /orang/{person_id:int}/masuk": Write(body=sign_in, swaps={"person_id": "mute"}),
    "DELETE /api/v1/persons/{person_id:int}/deactivation": Write(swaps={"person_id": "inactive"}),
    "POST /orang/{person_id:int}/pengaktifan": Write(swaps={"person_id": "inactive"}),
    "DELETE /api/v1/persons/{person_id:int}/grants/{grant_id:int}": Write(),
    "POST /orang/{person_id:int}/peran/{grant_id:int}/akhir": Write(),
    "POST /api/v1/persons/{person_id:int}/grants": Write(body=grant),
    "POST /orang/{person_id:int}/peran": Write(body=grant),
    "PUT /api/v1/persons/{person_id:int}/password": Write(body=lambda _: PASSWORD),
    "POST /orang/{person_id:int}/sandi": Write(body=lambda _: PASSWORD),
    "PATCH /api/v1/offices/{code:str}": Write(body=lambda _: {"address": "Jalan Baru"}),
    "POST /kantor/{code:str}/ubah": Write(body=lambda _: {"address": "Jalan Baru"}),
    "POST /api/v1/offices/{code:str}/openness": Write(body=lambda _: GRADE),
    "POST /kantor/{code:str}/keterbukaan": Write(body=lambda _: GRADE),
    "POST /api/v1/openness": Write(files=grades),
    "POST /impor/keterbukaan": Write(files=grades),
    "POST /api/v1/devices": Write(body=new_device),
    "POST /perangkat/baru": Write(body=new_device),
    "PATCH /api/v1/devices/{code:str}": Write(body=lambda _: {"note": "catatan"}),
    "POST /perangkat/{code:str}/ubah": Write(body=lambda _: {"note": "catatan"}),
    "POST /api/v1/devices/{code:str}/codes": Write(body=lambda scene: {"code": scene.blank}),
    "POST /label/{code:str}/perangkat": Write(body=lambda scene: {"device": scene.place.device}),
    "PUT /api/v1/devices/{code:str}/retirement": Write(body=lambda _: REASON),
    "POST /perangkat/{code:str}/penghapusan": Write(body=lambda _: REASON),
    "POST /api/v1/shipments": Write(body=new_shipment),
    "POST /pengiriman/baru": Write(body=lambda scene: new_shipment(scene) | {"devices": scene.place.device}),
    "PUT /api/v1/shipments/{shipment_id:int}/dispatch": Write(swaps={"shipment_id": "draft"}),
    "POST /pengiriman/{shipment_id:int}/kirim": Write(swaps={"shipment_id": "draft"}),
    "PUT /api/v1/shipments/{shipment_id:int}/cancellation": Write(swaps={"shipment_id": "draft"}),
    "POST /pengiriman/{shipment_id:int}/batal": Write(swaps={"shipment_id": "draft"}),
    "PUT /api/v1/shipments/{shipment_id:int}/receipt": Write(
        body=receipt, swaps={"shipment_id": "incoming"}, only_there=True
    ),
    "POST /pengiriman/{shipment_id:int}/terima": Write(
        body=receipt_form, swaps={"shipment_id": "incoming"}, only_there=True
    ),
    "PUT /api/v1/shipments/{shipment_id:int}/arrival": Write(
        body=lambda _: {"seal_intact": True}, swaps={"shipment_id": "incoming"}, only_there=True
    ),
    "POST /pengiriman/{shipment_id:int}/tiba": Write(
        body=lambda _: {"seal_intact": "true"}, swaps={"shipment_id": "incoming"}, only_there=True
    ),
    "POST /api/v1/shipments/{shipment_id:int}/notes": Write(
        body=lambda _: {"note": "di Ambon"}, swaps={"shipment_id": "incoming"}
    ),
    "POST /pengiriman/{shipment_id:int}/catatan": Write(
        body=lambda _: {"note": "di Ambon"}, swaps={"shipment_id": "incoming"}
    ),
    "PUT /api/v1/shipments/{shipment_id:int}/correction": Write(
        body=lambda _: {"reason": "salah tulis", "waybill": "JNE1"}, swaps={"shipment_id": "outgoing"}
    ),
    "POST /pengiriman/{shipment_id:int}/koreksi": Write(
        body=lambda _: {"reason": "salah tulis", "waybill": "JNE1"}, swaps={"shipment_id": "outgoing"}
    ),
    "PUT /api/v1/receipts/{receipt_id:int}/correction": Write(body=correction),
    "POST /pengiriman/{shipment_id:int}/penerimaan/{receipt_id:int}": Write(body=correction_form),
    "PUT /api/v1/differences/{difference_id:int}/settlement": Write(body=lambda _: SETTLED),
    "POST /penyelesaian/{difference_id:int}": Write(body=settlement_form),
    "PUT /api/v1/conflicts/{conflict_id:int}/settlement": Write(
        body=lambda _: {"outcome": "dismissed", "reason": "sudah ditukar"}
    ),
    "POST /penyelesaian/luring/{conflict_id:int}": Write(
        body=lambda scene: {
            f"outcome.{scene.place.conflict}": "dismissed",
            f"reason.{scene.place.conflict}": "sudah ditukar",
        }
    ),
    "PUT /api/v1/devices/{code:str}/holder/correction": Write(
        body=lambda scene: {"person": scene.holder, "reason": "salah orang"}, swaps={"code": "theirs"}
    ),
    "POST /perangkat/{code:str}/pemegang/koreksi": Write(
        body=lambda scene: {"person_meant": scene.holder, "reason": "salah orang"}, swaps={"code": "theirs"}
    ),
    "PUT /api/v1/offices/{code:str}/succession": Write(body=succession),
    "POST /kantor/{code:str}/serah-terima": Write(body=succession_form),
    "PUT /api/v1/persons/{person_id:int}/clearance": Write(swaps={"person_id": "mute"}),
    "POST /orang/{person_id:int}/bebas-tanggungan": Write(swaps={"person_id": "mute"}),
    "PUT /api/v1/routes": Write(body=route),
    "POST /pengiriman/daftar/rute": Write(body=route),
    "POST /api/v1/distributions": Write(body=handing_out),
    "POST /program/distribusi": Write(body=handing_out),
    "PUT /api/v1/distributions/{distribution_id:int}/dispatch": Write(),
    "POST /program/distribusi/{distribution_id:int}/kirim": Write(),
    "DELETE /api/v1/distributions/{distribution_id:int}": Write(),
    "POST /program/distribusi/{distribution_id:int}/batal": Write(),
    "PUT /api/v1/shipments/{shipment_id:int}/findings/{finding_id:int}/resolution": Write(
        body=lambda _: {"note": "kabel ikut"}
    ),
    "POST /pengiriman/{shipment_id:int}/temuan/{finding_id:int}": Write(body=lambda _: {"note": "kabel ikut"}),
    "PUT /api/v1/devices/{code:str}/holder": Write(body=holder),
    "POST /perangkat/{code:str}/pemegang": Write(body=holder),
    "PUT /api/v1/holders": Write(body=holders),
    "POST /perangkat/pemegang": Write(body=holders_form),
    "PUT /api/v1/devices/{code:str}/loss": Write(body=lambda _: REASON),
    "POST /perangkat/{code:str}/hilang": Write(body=lambda _: REASON),
    "PUT /api/v1/devices/{code:str}/recovery": Write(swaps={"code": "lost"}),
    "POST /perangkat/{code:str}/ditemukan": Write(swaps={"code": "lost"}),
    "POST /api/v1/devices/{code:str}/checks": Write(body=lambda _: {"condition": "good"}),
    "POST /perangkat/{code:str}/periksa": Write(body=lambda _: {"condition": "good"}),
    "PUT /api/v1/check-policy": Write(body=schedule),
    "POST /pemeriksaan/jadwal": Write(body=schedule),
    "POST /api/v1/imports": Write(files=table),
    "POST /impor": Write(files=table, taken="/impor/daftar"),
    "DELETE /api/v1/imports/{import_id:int}": Write(),
    "POST /impor/{import_id:int}/pembatalan": Write(),
    "PUT /api/v1/devices/{code:str}/label-attachment": Write(),
    "PUT /api/v1/finder-messages/{message_id:int}/handling": Write(),
    "POST /label/temuan/{message_id:int}": Write(),
    "PUT /api/v1/label-runs/{run_id:int}/cancellation": Write(),
    "POST /label/cetak/{run_id:int}/batal": Write(),
    "PUT /api/v1/label-runs/{run_id:int}/restart": Write(swaps={"run_id": "failed_run"}),
    "POST /label/cetak/{run_id:int}/ulang": Write(swaps={"run_id": "failed_run"}),
    "POST /api/v1/label-runs": Write(body=sheet),
    "POST /label": Write(body=sheet_form),
    "POST /api/v1/label-sheets": Write(body=sheet, draws=True),
    "POST /api/v1/label-blanks": Write(body=lambda scene: blanks(scene) | {"draft": True}),
    "POST /label/kosong": Write(body=blanks),
    "POST /api/v1/label-stocks": Write(body=new_stock),
    "POST /label/stok": Write(body=new_stock),
    "PUT /api/v1/label-stocks/{name:str}/retirement": Write(),
    "POST /label/stok/{name:str}/pensiun": Write(),
}
# Bodies that name another's thing on an address of one's own: one's own scene, then the other's.
SMUGGLED: dict[str, Callable[[Scene, Scene], Body]] = {
    "PUT /api/v1/devices/{code:str}/holder": lambda _, other: holder(other),
    "POST /perangkat/{code:str}/pemegang": lambda _, other: holder(other),
    "PUT /api/v1/devices/{code:str}/holder/correction": lambda _, other: {"person": other.holder, "reason": "x"},
    "POST /perangkat/{code:str}/pemegang/koreksi": lambda _, other: {"person_meant": other.holder, "reason": "x"},
    "PUT /api/v1/offices/{code:str}/succession": lambda own, other: succession(own) | {"successor": other.holder},
    "POST /kantor/{code:str}/serah-terima": lambda own, other: succession_form(own) | {"leaver": other.leaver},
    "POST /api/v1/distributions": lambda own, other: handing_out(own) | {"office": other.area},
    "POST /program/distribusi": lambda own, other: handing_out(own) | {"from_office": other.place.office},
    "PUT /api/v1/holders": lambda own, other: holders(own) | {"devices": [own.place.device, other.place.device]},
    "POST /perangkat/pemegang": lambda own, other: holders_form(own) | {"person": other.holder},
    "PUT /api/v1/persons/{person_id:int}/deactivation": lambda _, other: {"successor": other.holder},
    "POST /orang/{person_id:int}/penonaktifan": lambda _, other: {"successor": other.holder},
    "PUT /api/v1/persons/{person_id:int}/office": lambda _, other: {"office": other.place.office},
    "POST /orang/{person_id:int}/kantor": lambda _, other: {"office": other.place.office},
    "POST /api/v1/persons/{person_id:int}/grants": lambda _, other: grant(other),
    "POST /orang/{person_id:int}/peran": lambda _, other: grant(other),
    "POST /label/{code:str}/perangkat": lambda _, other: {"device": other.place.device},
    "POST /api/v1/devices/{code:str}/checks": lambda _, other: {"condition": "good", "photos": [other.photo[:64]]},
    "POST /perangkat/{code:str}/periksa": lambda _, other: {"condition": "good", "sent": other.photo[:64]},
    "POST /api/v1/shipments": lambda own, other: {"to_office": "62", "devices": [own.place.device, other.place.device]},
    "POST /pengiriman/baru": lambda own, other: {
        "to_office": "62",
        "devices": f"{own.place.device} {other.place.device}",
    },
    "POST /api/v1/label-runs": lambda own, other: sheet(own) | {"devices": [own.place.device, other.place.device]},
    "POST /api/v1/label-sheets": lambda own, other: sheet(own) | {"devices": [own.place.device, other.place.device]},
    "POST /label": lambda own, other: sheet_form(own) | {"devices": f"{own.place.device} {other.place.device}"},
}
# A device that was in the box is reported by whoever opened it, whosever it is: it becomes a finding, and tells nothing.
REPORTED: dict[str, Callable[[Scene], Body]] = {
    "PUT /api/v1/shipments/{shipment_id:int}/receipt": lambda other: {
        "lines": [{"device": other.place.device, "outcome": "received"}]
    },
    "POST /pengiriman/{shipment_id:int}/terima": lambda other: {f"lines.{other.place.device}.outcome": "received"},
}
# Of the whole country: who may writes with a role at the national office.
NATIONAL: dict[str, Write] = {
    "POST /api/v1/programmes": Write(body=lambda _: {"code": f"P{next(_numbers)}", "name": "Program"}),
    "POST /program": Write(body=lambda _: {"code": f"P{next(_numbers)}", "name": "Program"}),
    "PUT /api/v1/programmes/{code:str}/allocation": Write(body=lambda _: {"allocation": []}),
    "POST /program/{code:str}": Write(body=lambda _: {"tablet.province": "1"}),
    "PUT /api/v1/accessories/{kind:str}/{code:str}": Write(
        body=lambda _: {"name": "Lain"}, swaps={"kind": "device_kind", "code": "accessory"}
    ),
    "POST /pengiriman/daftar/kelengkapan/{kind:str}/{code:str}": Write(
        body=lambda _: {"name": "Lain"}, swaps={"kind": "device_kind", "code": "accessory"}
    ),
    "POST /pengiriman/daftar/kelengkapan/{kind:str}": Write(
        body=lambda _: {"name": f"Lain {next(_numbers)}"}, swaps={"kind": "device_kind"}
    ),
    "POST /pengiriman/daftar/alasan": Write(body=lambda _: NAMED | {"name": f"Lain {next(_numbers)}"}),
    "PUT /api/v1/difference-reasons/{code:str}": Write(body=lambda _: NAMED, swaps={"code": "reason"}),
    "POST /pengiriman/daftar/alasan/{code:str}": Write(body=lambda _: NAMED, swaps={"code": "reason"}),
}
# Of nobody but whoever sends it: no address and no field can name another's.
OF_ONESELF = {
    *("POST /api/v1/session", "DELETE /api/v1/session", "PUT /api/v1/me/password", "POST /akun/sandi", "POST /masuk"),
    *("POST /keluar", "POST /api/v1/photos", "PUT /api/v1/photos/{sha256:str}", "POST /impor/daftar"),
    # Each act that is handed in is judged in its place; a phone is its person's alone (tests/outbox).
    *("POST /api/v1/actions", "DELETE /api/v1/phones/{phone_id:uuid}", "POST /saya/ponsel/{phone_id:uuid}/keluar"),
    *("POST /api/v1/actions/file", "POST /penyelesaian/luring/berkas"),
}
# Strangers may: what they write is the same for a code that exists and one that does not (tests/labelling/test_finders.py).
OF_STRANGERS = {"POST /d/{code:str}/temuan", "POST /ledger/cosignatures"}

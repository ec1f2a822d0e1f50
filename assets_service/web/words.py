"""The words people see for the values the rooms store, and the tone each is shown in.

A template writes `{{ device.condition | word("condition") }}`. A value that is not listed is shown as it is stored,
so a new value never breaks a page; `tests/web/test_words.py` notices what is missing.
Tones: `good`, `warn`, `bad`, `info`, `plain`.
"""

from collections.abc import Collection

from assets_service.web.language import phrase

WORDS: dict[str, dict[str, str]] = {
    "condition": {"good": phrase("Good"), "light": phrase("Lightly damaged"), "heavy": phrase("Heavily damaged")},
    "presence": {
        "present": phrase("Present"),
        "in_transit": phrase("In transit"),
        "not_found": phrase("Not found"),
        "lost": phrase("Lost"),
        "written_off": phrase("Written off"),
    },
    "shipment": {
        "draft": phrase("Draft"),
        "sent": phrase("Sent"),
        "closed": phrase("Completed"),
        "cancelled": phrase("Cancelled"),
    },
    # How far a shipment is: its state, and what came of it on the way.
    "standing": {
        "draft": phrase("Draft"),
        "sent": phrase("Sent"),
        "arrived": phrase("Arrived, not opened"),
        "partly": phrase("Partly received"),
        "closed": phrase("Completed"),
        "cancelled": phrase("Cancelled"),
    },
    "line": {
        "open": phrase("Awaiting confirmation"),
        "received": phrase("Received"),
        "received_with_notes": phrase("Received with notes"),
        "short": phrase("Not in the box"),
        "declined": phrase("Declined"),
        "extra": phrase("Extra"),
        "cancelled": phrase("Cancelled"),
        "damaged": phrase("Damaged"),
    },
    "settlement": {
        "found": phrase("Found at the sender"),
        "lost": phrase("Lost"),
        "recorded": phrase("Recorded, nothing moves"),
        "transferred": phrase("Goes over to the receiver"),
        "returned": phrase("Goes back to the sender"),
        "accepted": phrase("Accepted as it is"),
        "corrected": phrase("The receipt was corrected"),
    },
    "movement": {
        "distribution": phrase("Distribution"),
        "transfer": phrase("Transfer between recording units"),
        "loan": phrase("Loan"),
    },
    "loan": {
        "begun": phrase("Lent"),
        "on_time": phrase("Returned on time"),
        "late": phrase("Returned late"),
    },
    "seen": {"present": phrase("Confirmed"), "missing": phrase("Missing")},
    # Why something differs, as the migrations brought it, and why somebody leaves; people may add reasons of their own.
    "reason": {
        "not_packed": phrase("Not packed"),
        "lost_on_the_way": phrase("Lost on the way"),
        "damaged_on_the_way": phrase("Damaged on the way"),
        "wrongly_sent": phrase("Wrongly sent"),
        "miscounted": phrase("Miscounted"),
        "stolen": phrase("Stolen"),
        "other": phrase("Something else"),
        "moved": phrase("Moved to another office"),
        "retired": phrase("Retired from office"),
        "replaced": phrase("Replaced"),
        "died": phrase("Died"),
    },
    "accessory": {
        "charger": phrase("Charger"),
        "cable": phrase("Cable"),
        "box": phrase("Box"),
        "cover": phrase("Cover"),
        "sim": phrase("SIM card"),
        "stylus": phrase("Stylus"),
        "manual": phrase("Manual"),
    },
    "flag": {
        "unassigned": phrase("No holder yet"),
        "undelivered": phrase("Not received by its office"),
        "overdue": phrase("Check overdue"),
        "never_checked": phrase("Never checked"),
        "due_soon": phrase("Check due soon"),
        "unconfirmed": phrase("Sent, not confirmed"),
        "late": phrase("Late on the road"),
        "unopened": phrase("Arrived, not opened"),
        "loan_overdue": phrase("Loan past its day"),
        "lost": phrase("Lost"),
        "not_found": phrase("Not found"),
        "one_sided": phrase("Receipt confirmed by the sender's side"),
        "damaged": phrase("Damaged"),
        "short": phrase("Not in the box"),
        "extra": phrase("Extra in the box"),
        "unlabelled": phrase("No label attached"),
        "unbooked": phrase("Not in the state property books yet"),
        "missing": phrase("Missing from its entitlement"),
    },
    "kind": {"tablet": phrase("Tablet"), "smartphone": phrase("Smartphone")},
    "role": {
        "admin": phrase("Administrator"),
        "logistics": phrase("Logistics staff"),
        "head": phrase("Office head"),
        "auditor": phrase("Auditor"),
    },
    "level": {
        "ri": phrase("National"),
        "provinsi": phrase("Province"),
        "kabupaten": phrase("Regency"),
        "kota": phrase("City"),
    },
    "door": {
        "page": phrase("Page"),
        "api": phrase("API"),
        "outbox": phrase("Phone, offline"),
        "link": phrase("One-time link"),
        "file": phrase("File"),
        "import": phrase("Import"),
        "cli": phrase("Command line"),
    },
    "openness": {
        "informatif": phrase("Informative"),
        "menuju_informatif": phrase("Nearly informative"),
        "cukup_informatif": phrase("Fairly informative"),
        "kurang_informatif": phrase("Less informative"),
        "tidak_informatif": phrase("Not informative"),
    },
    "due": {
        "overdue": phrase("Overdue"),
        "soon": phrase("Due soon"),
        "never": phrase("Never checked"),
        "any": phrase("To be checked"),
    },
    "verdict": {"ok": phrase("In order"), "problem": phrase("Problem"), "not_applicable": phrase("Does not apply")},
    "rule": {
        "half_year": phrase("each half-year"),
        "months": phrase("every few months"),
        "inherit": phrase("as the office above says"),
    },
    "run": {"devices": phrase("labels of devices"), "blanks": phrase("blank labels")},
    "stock": {
        "tj-103": phrase("Tom & Jerry 103 · 64 × 32 mm"),
        "tj-107": phrase("Tom & Jerry 107 · 50 × 18 mm"),
        "tj-108": phrase("Tom & Jerry 108 · 38 × 19 mm"),
        "tj-121": phrase("Tom & Jerry 121 · 75 × 38 mm"),
        "l7160": phrase("Avery L7160 · 63.5 × 38.1 mm"),
        "l7163": phrase("Avery L7163 · 99.1 × 38.1 mm"),
        "l7651": phrase("Avery L7651 · 38.1 × 21.2 mm"),
        "l4731": phrase("Avery L4731 · 25.4 × 10 mm"),
        "l4736": phrase("Avery L4736 · 45.7 × 21.2 mm"),
        "roll-50x30": phrase("Roll 50 × 30 mm"),
        "roll-57x40": phrase("Roll 57 × 40 mm"),
        "roll-30x20": phrase("Roll 30 × 20 mm"),
        "roll-62": phrase("Brother 62 mm · 62 × 29 mm"),
    },
    # What a chain of the ledger is about: `shipment/522`; a device's chain bears its label code alone.
    "chain": {
        "label-run": phrase("Print run"),
        "office": phrase("Office"),
        "person": phrase("Person"),
        "programme": phrase("Programme"),
        "distribution": phrase("Distribution"),
        "list": phrase("Choices"),
        "route": phrase("Route"),
        "shipment": phrase("Shipment"),
        "stock": phrase("Label stock"),
    },
    # How devices were chosen for printing; flags narrow it too.
    "way": {
        "list": phrase("A list"),
        "office": phrase("Office"),
        "only": phrase("Without the offices below"),
        "shipment": phrase("Shipment"),
        "imported": phrase("An import"),
        "unprinted": phrase("Never printed"),
    },
    "edition": {"internal": phrase("Internal"), "public": phrase("Public")},
    # Who acted, when it was no person with an account.
    "actor": {"system": phrase("The system"), "-": phrase("Somebody without an account")},
    # What a field of an entry is called, where a history lists it.
    "offline_act": {
        "check": phrase("Check"),
        "arrival": phrase("Arrival"),
        "receipt": phrase("Receipt"),
        "holder": phrase("Holder"),
        "attach_label": phrase("Label attached"),
        "claim_label": phrase("Label claimed"),
    },
    "changed": {
        "description": phrase("Description"),
        "identity": phrase("Its numbers"),
        "condition": phrase("Condition"),
        "office": phrase("Office"),
        "way": phrase("On its way"),
        "missing": phrase("Reported missing"),
        "found": phrase("Found"),
        "retired": phrase("Written off"),
        "holder": phrase("Holder"),
        "checked": phrase("Checked"),
        "label": phrase("Label"),
        "received": phrase("Received"),
        "untold": phrase("Unknown"),
        "amended": phrase("What was recorded of the shipment"),
        "arrived": phrase("Arrived"),
        "opened": phrase("Opened"),
        "confirmed": phrase("Confirmed"),
        "closed": phrase("Everything is confirmed"),
        "cancelled": phrase("Cancelled"),
    },
    "handed_in": {
        "applied": phrase("Carried out"),
        "unchanged": phrase("Nothing to do"),
        "duplicate": phrase("Carried out before"),
        "waiting": phrase("Waits for one before it"),
        "conflict": phrase("An officer decides"),
        "quarantined": phrase("An officer decides"),
        "refused": phrase("Refused"),
    },
    "ruling": {"applied": phrase("Carried out"), "dismissed": phrase("Not carried out")},
    "field": {
        "act": phrase("Action"),
        "ruling": phrase("Decision"),
        "cause": phrase("Reason"),
        "courier": phrase("Courier"),
        "devices": phrase("Number of devices"),
        "expected_on": phrase("Expected on"),
        "acts": phrase("Number of actions"),
        "items": phrase("Number of devices"),
        "loan": phrase("Loan"),
        "movement": phrase("Movement"),
        "offered": phrase("Offered"),
        "packed": phrase("Accessories packed"),
        "parcels": phrase("Parcels"),
        "phone": phrase("Phone"),
        "position": phrase("Position"),
        "return_due_on": phrase("To be returned by"),
        "return_on": phrase("To be returned by"),
        "seal_intact": phrase("Seal intact"),
        "seal_no": phrase("Seal number"),
        "stated_condition": phrase("Condition there"),
        "stated_outcome": phrase("Said of it"),
        "strokes_sha256": phrase("SHA-256 of the signature"),
        "unpacked": phrase("Accessories that arrived"),
        "wanting": phrase("Devices wanting"),
        "waybill": phrase("Waybill"),
        "weight_g": phrase("Weight (grams)"),
        "accessories": phrase("Accessories"),
        "acquired_on": phrase("Acquired on"),
        "address": phrase("Address"),
        "allocation": phrase("Entitlement"),
        "brand": phrase("Brand"),
        "chosen": phrase("Narrowed by"),
        "check_due_on": phrase("Next check due"),
        "checklist": phrase("Checklist"),
        "condition": phrase("Condition"),
        "draft": phrase("Draft"),
        "due": phrase("Next check"),
        "edition": phrase("Edition"),
        "entries": phrase("Number of entries"),
        "file_sha256": "SHA-256",
        "flag": phrase("Flag"),
        "head_name": phrase("Office head"),
        "head_name_sha256": phrase("Office head"),
        "head_title": phrase("Office head's title"),
        "identity_matches": phrase("Numbers match"),
        "imei1": "IMEI 1",
        "imei2": "IMEI 2",
        "key": phrase("Verifier key"),
        "kind": phrase("Kind"),
        "kode_barang": phrase("Item code"),
        "kode_register": phrase("Register code"),
        "label_present": phrase("Label is on it"),
        "labels": phrase("Number of labels"),
        "letter_code": phrase("Letter code"),
        "level": phrase("Level"),
        "model": phrase("Model"),
        "name": phrase("Name"),
        "nip": "NIP",
        "note": phrase("Note"),
        "nup": "NUP",
        "office_name": phrase("Name of the office"),
        "office_only": phrase("Only this office"),
        "photo": phrase("SHA-256 of the photo"),
        "photos": phrase("Number of photos"),
        "presence": phrase("Presence"),
        "programme": phrase("Programme"),
        "purpose": phrase("Purpose"),
        "import_id": phrase("Import"),
        "q": phrase("Words searched for"),
        "rows": phrase("Number of devices"),
        "selection": phrase("Selection"),
        "serial": phrase("Serial number"),
        "sha256": "SHA-256",
        "statement": phrase("Word of the old key"),
        "stock": phrase("Label stock"),
        "timezone": phrase("Time zone"),
        "title": phrase("Position"),
        "uakpb": phrase("UAKPB code"),
        "value": phrase("Acquisition value"),
    },
    # Checklist items, per kind.
    "checklist": {
        "screen": phrase("Screen"),
        "battery": phrase("Battery"),
        "charger": phrase("Charger"),
        "camera": phrase("Camera"),
        "sim": phrase("SIM card"),
        "screen_lock": phrase("Screen lock"),
        "encryption": phrase("Encryption"),
        "system_up_to_date": phrase("System up to date"),
        "remote_management": phrase("Remote management enrolled"),
    },
}
# What a list was narrowed to, whichever filter says it.
WORDS["chosen"] = {
    value: word for family in ("due", "kind", "condition", "presence", "flag") for value, word in WORDS[family].items()
}

TONES: dict[str, dict[str, str]] = {
    "condition": {"good": "good", "light": "warn", "heavy": "bad"},
    "presence": {"present": "good", "in_transit": "info", "not_found": "bad", "lost": "bad", "written_off": "plain"},
    "handed_in": {
        "applied": "good",
        "unchanged": "good",
        "duplicate": "good",
        "waiting": "info",
        "conflict": "warn",
        "quarantined": "warn",
        "refused": "bad",
    },
    "shipment": {"draft": "plain", "sent": "info", "closed": "good", "cancelled": "plain"},
    "standing": {
        "draft": "plain",
        "sent": "info",
        "arrived": "warn",
        "partly": "warn",
        "closed": "good",
        "cancelled": "plain",
    },
    "line": {
        "open": "info",
        "received": "good",
        "received_with_notes": "warn",
        "short": "bad",
        "declined": "bad",
        "extra": "warn",
        "damaged": "warn",
    },
    "loan": {"begun": "info", "on_time": "good", "late": "warn"},
    "due": {"overdue": "bad", "soon": "warn", "never": "warn"},
    "verdict": {"ok": "good", "problem": "bad"},
    "openness": {
        "informatif": "good",
        "menuju_informatif": "info",
        "cukup_informatif": "warn",
        "kurang_informatif": "warn",
        "tidak_informatif": "bad",
    },
    "flag": {
        "lost": "bad",
        "not_found": "bad",
        "overdue": "bad",
        "short": "bad",
        "one_sided": "warn",
        "damaged": "warn",
        "unconfirmed": "warn",
        "late": "warn",
        "unopened": "warn",
        "loan_overdue": "bad",
        "unassigned": "warn",
        "undelivered": "warn",
        "never_checked": "warn",
        "extra": "warn",
    },
}


# What is seen to once a device is at its office: before that it is no fault of anybody's.
LATER = frozenset({"unassigned", "overdue", "never_checked", "unlabelled", "unbooked"})


def pressing(flags: Collection[str]) -> list[str]:
    """Of a device's flags those to act on now: while its office has not received it, none of a later step."""
    return [flag for flag in flags if "undelivered" not in flags or flag not in LATER]


def word_for(value: object, family: str) -> str:
    """The English phrase for a stored value, or the value itself where none is listed."""
    return WORDS.get(family, {}).get(str(value), str(value))


def ways_of(selection: str) -> list[tuple[str, str]]:
    """A stored choice of devices (`office 81.02 unlabelled`) as English phrases, each with the name that belongs to it."""
    way, *rest = selection.split(" ")
    name = rest.pop(0) if way in {"office", "shipment", "imported"} and rest else ""
    ways = [(word_for(way, "way"), "" if way == "imported" else name)]
    return [*ways, *((word_for(each, "way" if each in WORDS["way"] else "flag"), "") for each in rest)]


def tone_of(value: object, family: str) -> str:
    """The tone a stored value is shown in; `plain` where none is listed."""
    return TONES.get(family, {}).get(str(value), "plain")

"""The words people see for the values the rooms store, and the tone each is shown in.

A template writes ``{{ device.condition | word("condition") }}``. A value that is not listed is shown as it is stored,
so a new value never breaks a page; ``tests/web/test_words.py`` notices what is missing.
Tones: ``good``, ``warn``, ``bad``, ``info``, ``plain``.
"""

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
    "line": {
        "open": phrase("Awaiting confirmation"),
        "received": phrase("Received"),
        "received_with_notes": phrase("Received with notes"),
        "short": phrase("Not in the box"),
        "declined": phrase("Declined"),
        "extra": phrase("Extra"),
        "cancelled": phrase("Cancelled"),
    },
    "flag": {
        "unassigned": phrase("No holder yet"),
        "undelivered": phrase("Not received by its office"),
        "overdue": phrase("Check overdue"),
        "never_checked": phrase("Never checked"),
        "due_soon": phrase("Check due soon"),
        "unconfirmed": phrase("Sent, not confirmed"),
        "lost": phrase("Lost"),
        "not_found": phrase("Not found"),
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
    "due": {"overdue": phrase("Overdue"), "soon": phrase("Due soon"), "never": phrase("Never checked")},
    "verdict": {"ok": phrase("In order"), "problem": phrase("Problem"), "not_applicable": phrase("Not there")},
    # Ledger tags are for ever; the sentence for each is what a device's history shows.
    "entry": {
        "custody.drafted": phrase("Packed, not sent"),
        "custody.sent": phrase("Sent"),
        "custody.received": phrase("Received"),
        "custody.received_with_notes": phrase("Received with notes"),
        "custody.short": phrase("Not in the box"),
        "custody.declined": phrase("Declined"),
        "custody.cancelled": phrase("Shipment cancelled"),
        "custody.extra": phrase("Extra in the box"),
        "custody.extra_resolved": phrase("Finding settled"),
        "custody.held": phrase("Holder named"),
        "custody.released": phrase("Holder released"),
        "custody.lost": phrase("Reported lost"),
        "custody.found": phrase("Found again"),
        "devices.registered": phrase("Registered"),
        "devices.amended": phrase("Data corrected"),
        "devices.retired": phrase("Written off"),
        "devices.code_claimed": phrase("Blank label attached"),
        "exports.inventory_taken": phrase("Inventory exported"),
        "exports.ledger_taken": phrase("Ledger exported"),
        "imports.file_registered": phrase("File imported"),
        "inspections.checked": phrase("Checked"),
        "inspections.photo_uploaded": phrase("Photo sent"),
        "inspections.policy_set": phrase("Check schedule set"),
        "labelling.printed": phrase("Label printed"),
        "labelling.attached": phrase("Label attached"),
        "labelling.finder_wrote": phrase("Message from a finder"),
        "labelling.finder_answered": phrase("Finder's message taken care of"),
        "labelling.run_asked": phrase("Print run asked for"),
        "labelling.run_drawn": phrase("Print run drawn"),
        "labelling.run_cancelled": phrase("Print run cancelled"),
        "labelling.run_restarted": phrase("Print run restarted"),
        "labelling.stock_saved": phrase("Label stock saved"),
        "labelling.stock_retired": phrase("Label stock retired"),
        "offices.added": phrase("Office added"),
        "offices.amended": phrase("Office corrected"),
        "people.added": phrase("Person added"),
        "people.amended": phrase("Person corrected"),
        "people.deactivated": phrase("Person deactivated"),
        "people.reactivated": phrase("Person activated again"),
        "people.password_changed": phrase("Password changed"),
        "people.role_granted": phrase("Role given"),
        "people.role_ended": phrase("Role ended"),
        "programmes.added": phrase("Programme added"),
        "programmes.allocation_set": phrase("Entitlement set"),
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

TONES: dict[str, dict[str, str]] = {
    "condition": {"good": "good", "light": "warn", "heavy": "bad"},
    "presence": {"present": "good", "in_transit": "info", "not_found": "bad", "lost": "bad", "written_off": "plain"},
    "shipment": {"draft": "plain", "sent": "info", "closed": "good", "cancelled": "plain"},
    "line": {
        "open": "info",
        "received": "good",
        "received_with_notes": "warn",
        "short": "bad",
        "declined": "bad",
        "extra": "warn",
    },
    "due": {"overdue": "bad", "soon": "warn", "never": "warn"},
    "verdict": {"ok": "good", "problem": "bad"},
    "flag": {
        "lost": "bad",
        "not_found": "bad",
        "overdue": "bad",
        "short": "bad",
        "damaged": "warn",
        "unconfirmed": "warn",
        "unassigned": "warn",
        "undelivered": "warn",
        "never_checked": "warn",
        "extra": "warn",
    },
}


def word_for(value: object, family: str) -> str:
    """Return the English phrase for a stored value, or the value itself where none is listed."""
    return WORDS.get(family, {}).get(str(value), str(value))


def tone_of(value: object, family: str) -> str:
    """Return the tone a stored value is shown in; ``plain`` where none is listed."""
    return TONES.get(family, {}).get(str(value), "plain")

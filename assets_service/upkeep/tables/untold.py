"""What the ledger does not tell: whole tables, and columns, each with the reason.

Everything else is replayed; a column that is neither here nor replayed fails a test.
"""

_NUMBERED = "a number that the database gave"
_COUNTED = "counts changes, so that two who change at once notice"
_PRIVATE = "personal data: it has to be forgotten when the law says so"
_WRITTEN = "what a person wrote beside an act"
_HOW = "how far the work is, not what happened"
_LAYOUT = "how labels lie on their paper"
_PICTURE = "what the picture's own bytes say"
_WAITING = "of a photo that waits for its act, which may never come"

TABLES = {
    "entries": "the ledger itself: its hashes are followed",
    "chains": "the ledger's heads: each is held against its chain",
    "leaves": "the tree over the ledger: each is held against its entry and its tile",
    "tiles": "the same: each is held against the leaves below it",
    "seals": "signed checkpoints: each root is computed again, each signature checked",
    "cosignatures": "signed by witnesses: each is checked with its key",
    "actions": "answers kept for 400 days, so that nothing is done twice",
    "sign_ins": "sessions: kept for 90 days after their end",
    "throttles": "counts of tries: kept for a day",
    "jobs": "work under way: kept for 30 days",
    "phones": "phones as they last spoke: what is decided about one is an entry of its person's chain",
    "handed_acts": "answers to phones kept for 400 days; what an act did is told by the act",
    "conflicts": "acts that wait for an officer have not happened; what an officer decided is told where it happened",
    "device_kinds": "the ministry's item codes, as the migrations brought them",
    "checklist_items": "what a check looks at, as the migrations brought it",
    "accessories": "what may be packed, as the migrations brought it; an administrator's edits are entries of a list's chain",
    "difference_reasons": "the same of why something differs",
}

COLUMNS = {
    "offices": {"id": _NUMBERED},
    "check_policies": {},
    "openness_grades": {"id": _NUMBERED},
    "names": {"subject": "whose it is: a row under another's is missing there"},
    "persons": {"search": _PRIVATE, "title": _PRIVATE, "nip": _PRIVATE, "is_demo": "only `demo` makes such persons"},
    "grants": {"id": _NUMBERED},
    "programmes": {"id": _NUMBERED},
    "allocations": {"id": _NUMBERED},
    "devices": {
        "id": _NUMBERED,
        "version": _COUNTED,
    },
    "imports": {},
    "device_imeis": {},
    "label_codes": {
        "batch_id": "which run printed it blank",
        "office_id": "for whom it was printed blank",
        "made_at": "when",
    },
    "distributions": {},
    "shipments": {
        "note": _WRITTEN,
        "version": _COUNTED,
        "distribution_id": "which act drafted it: its entries have one action id",
    },
    "shipment_lines": {"id": _NUMBERED},
    "arrivals": {"id": _NUMBERED, "brought_by": _PRIVATE},
    "receipts": {
        "id": _NUMBERED,
        "visit_id": "made by whoever visited, so that a visit is not recorded twice",
        "delivered_by": _PRIVATE,
        "signed_name": _PRIVATE,
        "signed_position": _PRIVATE,
        "note": _WRITTEN,
    },
    "receipt_items": {"id": _NUMBERED},
    "shipment_photos": {"id": _NUMBERED},
    "differences": {"id": _NUMBERED},
    "tracking_notes": {"id": _NUMBERED},
    "routes": {"id": _NUMBERED},
    "loans": {"id": _NUMBERED},
    "former_bookings": {"id": _NUMBERED},
    "successions": {"note": _WRITTEN},
    "succession_items": {"id": _NUMBERED},
    "clearances": {"id": _NUMBERED},
    "checks": {},
    "check_photos": {},
    "photos": {
        "id": _NUMBERED,
        "hash": "held against the stored file",
        "width": _PICTURE,
        "height": _PICTURE,
        "bytes": _PICTURE,
        "person_id": _WAITING,
        "uploaded_at": _WAITING,
        "attached_at": _WAITING,
        "sent_sha256": _WAITING,
    },
    "label_stocks": {},
    "print_runs": {
        "start": _LAYOUT,
        "offset_x_mm": _LAYOUT,
        "offset_y_mm": _LAYOUT,
        "scale": _LAYOUT,
        "drawn": _HOW,
        "job_id": _HOW,
        "ended_at": _HOW,
        "why": _HOW,
        "file_bytes": _HOW,
    },
    "printed_labels": {"id": _NUMBERED, "position": _LAYOUT},
    "finder_messages": {"code": "what a stranger read", "message": _PRIVATE, "contact": _PRIVATE},
}

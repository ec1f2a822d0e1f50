"""The form of a receipt: what it says of each line, its photos, its signature, and where a refusal belongs in it."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from assets_service.custody.asks import Signature
from assets_service.custody.errors import AlreadyConfirmed
from assets_service.custody.models import PHOTOS_MAX
from assets_service.devices import queries as devices
from assets_service.devices.identifiers import read_code
from assets_service.kernel import fields
from assets_service.kernel.errors import Refusal, invalid
from assets_service.kernel.http import Form
from assets_service.photos.pages import keep_photos
from assets_service.web.visit import Visit

_OF_A_LINE = re.compile(r"^/lines/(\d+)/?(\w*)")


def signature_of(form: Form) -> Signature | None:
    """What was drawn on the screen; without a stroke nothing is signed, for the page itself puts the name in. Raises `Invalid`."""
    if not form.text("strokes"):
        return None
    try:
        strokes = msgspec.json.decode(form.text("strokes"))
    except msgspec.DecodeError:
        strokes = []
    said = {"name": form.text("signed_name"), "position": form.text("signed_position") or None, "strokes": strokes}
    if not said["name"]:
        raise invalid("signed_name", "Say who signed, or clear the signature.")
    try:
        signed = fields.read(said, Signature)
        fields.refuse_misfits(signed)
    except Refusal as refusal:
        at = {"/name": "/signed_name", "/position": "/signed_position"}
        raise refusal.placed(lambda pointer: at.get(pointer, "/strokes")) from None
    return signed


def keep_photos_of_lines(visit: Visit) -> None:
    """Store the photos that came with each line; the form has their hashes from then on, as if they had come before. Raises `Invalid`."""
    named = dict.fromkeys((*visit.form.texts, *visit.form.files))
    for name in [name for name in named if name.startswith("lines.") and name.endswith(".photos")]:
        sent = [each for each in visit.form.texts.pop(name, []) if each]  # a browser names an empty choice too
        try:
            keep_photos(visit, sent, name, most=PHOTOS_MAX)
        except Refusal as refusal:
            raise refusal.placed(lambda pointer: pointer.replace(".", "/")) from None
        finally:
            if sent:
                visit.form.texts[name] = sent


def lines_of(form: Form, scanned: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """The receipt's lines from a form, by the codes it has them under: `lines.<code>.outcome`, and beside them what was scanned.

    A scanned device whose line has no outcome yet is received; a line without either stays open.
    """
    said: dict[str, dict[str, Any]] = {}
    for name in form.texts:
        head, _, rest = name.partition(".")
        code, _, field = rest.partition(".")
        if head == "lines" and field in {"outcome", "condition", "reason", "note"} and form.text(name):
            # A line is its device's own: as an address its code is nobody's serial number.
            said.setdefault(code, {"device": f"/d/{code}" if read_code(code) else code})[field] = form.text(name)
    for code, line in said.items():
        if form.text(f"lines.{code}.unpacked") and line.get("outcome") in {"received", "received_with_notes"}:
            line["accessories"] = [each for each in form.texts.get(f"lines.{code}.accessories", []) if each]
        if photos := [each for each in form.texts.get(f"lines.{code}.photos", []) if each]:
            line["photos"] = photos
    told = {code: line for code, line in said.items() if "outcome" in line}
    for read, code in scanned.items():
        told.setdefault(code, said.get(code, {"device": read}) | {"outcome": "received"})
    return told


def scanned(visit: Visit) -> dict[str, str]:
    """Each read with the code of the one device that it names; any other is its own label's code, or what was read."""
    with visit.reading() as session:
        reads = devices.reads_of(session, visit.form.text("codes"), visit.stamp)
        each_fit = devices.seen_each(session, reads, visit.stamp)
    return {
        read: fits[0].code if len(fits) == 1 else _as_read(read) for read, fits in zip(reads, each_fit, strict=True)
    }


def _as_read(read: str) -> str:
    label = read_code(read)
    return label.code if label else read


def about_lines(refusal: Refusal, codes: list[str], form: Form) -> Refusal:
    """The refusal with the problems of the n-th line moved to the fields of its code, or to where the codes were scanned."""

    def by_code(pointer: str) -> str:
        if not pointer.startswith("/lines"):
            return pointer
        if f"{pointer}/".split("/")[2] in codes:
            return pointer
        found = _OF_A_LINE.match(pointer)
        code = codes[int(found[1])] if found else ""
        if not found or not form.text(f"lines.{code}.outcome") or isinstance(refusal, AlreadyConfirmed):
            return "/codes"  # the page has no line for it, or none any more
        return f"/lines/{code}/{found[2] if found[2] in {'condition', 'reason', 'accessories', 'note', 'photos'} else 'outcome'}"

    return refusal.placed(by_code)

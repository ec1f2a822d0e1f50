"""JSON lines, for programs: a header, one object a row, a trailer. Without its trailer a file was cut off on the way."""

from collections.abc import Iterator

import msgspec

from assets_service.exports.inventory import Inventory

PART_BYTES = 1 << 16


def json_lines(inventory: Inventory) -> Iterator[bytes]:
    encode = msgspec.json.encode
    names = [column.name for column in inventory.columns]
    said = inventory.particulars()
    trailer = ("rows", "sha256", "ledger_seq", "ledger_head")
    part = bytearray(
        encode({"type": "header"} | {k: v for k, v in said.items() if k not in trailer} | {"columns": names})
    )
    part += b"\n"
    for row in inventory:
        part += encode(dict(zip(names, row, strict=True)))
        part += b"\n"
        if len(part) > PART_BYTES:
            yield bytes(part)
            part.clear()
    said = inventory.particulars()
    part += encode({"type": "trailer"} | {name: said[name] for name in trailer})
    part += b"\n"
    yield bytes(part)

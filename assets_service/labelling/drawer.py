"""A process that only draws: `python -m assets_service.labelling.drawer` reads labels on stdin, writes the PDF to stdout.

Drawing 10,000 labels keeps an interpreter busy for ten seconds and more; in a process of its own, of low priority, it
takes no turn from those who scan and confirm. It sees no database and no setting: the first line says how the labels
lie on their paper, each line after it is one label.
"""

import os
import signal
import sys
from collections.abc import Iterator

import msgspec
from msgspec import Struct

from assets_service.labelling.errors import Why
from labels import LabelError, LabelText, Stock, sheet_pdf

NICENESS = 10


class Paper(Struct, frozen=True, kw_only=True):
    """The first line: how the labels lie on their paper."""

    stock: Stock
    start: int
    offset_x_mm: float
    offset_y_mm: float
    scale: float
    mark: bytes | None = None


def main() -> int:
    os.nice(NICENESS)
    paper = msgspec.json.decode(sys.stdin.buffer.readline(), type=Paper)
    try:
        sheet_pdf(
            _texts(),
            paper.stock,
            start=paper.start,
            offset_x_mm=paper.offset_x_mm,
            offset_y_mm=paper.offset_y_mm,
            scale=paper.scale,
            mark=paper.mark,
            out=sys.stdout.buffer,
        )
    except LabelError as error:
        sys.stderr.write(msgspec.json.encode(Why(error.message, error.facts)).decode())
        return 1
    sys.stdout.buffer.flush()
    return 0


def refusal_in(errors: bytes) -> LabelError:
    """The refusal that a drawer wrote to its stderr; what is none is shown as it is."""
    try:
        why = msgspec.json.decode(errors, type=Why)
    except msgspec.MsgspecError:
        return LabelError("{it}", it=errors.decode(errors="replace")[-500:])
    return LabelError(why.message, **why.facts)


def _texts() -> Iterator[LabelText]:
    decoder = msgspec.json.Decoder(LabelText)
    for line in sys.stdin.buffer:
        yield decoder.decode(line)


if __name__ == "__main__":
    # A service manager tells every process of the service to end; this one ends when whoever feeds it has put the run down.
    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, signal.SIG_IGN)
    sys.exit(main())

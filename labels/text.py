"""What one label says."""

from msgspec import Struct

from labels.errors import LabelError

_URL_LENGTH_MAX = 400
_CODE_LENGTH_MAX = 32


class LabelText(Struct, frozen=True, kw_only=True):
    """The facts on one label. Empty fields are left out; what the stock has no room for is left out too.

    `url` is what the QR encodes, best in capitals (`HTTPS://ASET.EXAMPLE.GO.ID/D/7K3M9QWX`), for the QR is then smaller.
    `code` is printed beside it in groups of four. `uakpb_year`, `item_code` (kode barang and NUP) and the rest print as given.
    `draft` prints DRAF; `version` above 1 prints behind the code, so that a reprint can be told from the label it replaces.
    """

    url: str
    code: str
    institution: str = ""
    uakpb_year: str = ""
    item_code: str = ""
    name: str = ""
    office: str = ""
    draft: bool = False
    version: int = 1


def check_text(text: LabelText) -> None:
    """Raise `LabelError` unless the URL and the code can be printed as they are."""
    if not text.url or not text.url.isascii() or not text.url.isprintable() or " " in text.url:
        raise LabelError("The address in the QR must be plain ASCII without spaces.")
    if len(text.url) > _URL_LENGTH_MAX:
        raise LabelError(
            "The address in the QR has {characters} characters; at most {most} can be printed.",
            characters=len(text.url), most=_URL_LENGTH_MAX,
        )  # fmt: skip
    if not (text.code.isascii() and text.code.replace("-", "").isalnum() and len(text.code) <= _CODE_LENGTH_MAX):
        raise LabelError("The code beside the QR must be 1 to {most} letters and digits.", most=_CODE_LENGTH_MAX)


def grouped(code: str) -> str:
    """The code as people read it aloud: `7K3M9QWX` -> `7K3M 9QWX`."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))

"""A form that came after its session had ended is kept through the sign-in and offered to be sent again.

It travels in the pages themselves, never in the database, for who sent it is not known yet.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, Any

import msgspec
from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException
from msgspec import Meta, Struct

from assets_service.kernel.errors import Refusal
from assets_service.kernel.http import Form, StrictRequest, provide_form
from assets_service.web.addresses import local

BYTES_MAX = 64 << 10  # more is not read from somebody who is not signed in
FIELDS_MAX = 5000

Text = Annotated[str, Meta(max_length=BYTES_MAX)]


class Carried(Struct):
    """The form's address (escaped as in a URL) and its fields as they were typed."""

    to: Text
    fields: Annotated[list[tuple[Text, Text]], Meta(max_length=FIELDS_MAX)]

    @property
    def packed(self) -> str:
        return urlsafe_b64encode(msgspec.json.encode(self)).decode()


async def take_along(connection: ASGIConnection[Any, Any, Any, Any]) -> Carried | None:
    """What the form sent; None where a page cannot keep it: it is too large, or holds files or a password."""
    length = connection.headers.get("content-length", "")
    if not length.isdigit() or int(length) > BYTES_MAX:
        return None
    request = StrictRequest(connection.scope, connection.receive, connection.send)
    try:
        form = await provide_form(request)
    except (Refusal, HTTPException):
        return None
    for upload in form.uploads:
        upload.file.close()
    if _cannot_be_kept(form):
        return None
    carried = Carried(connection.scope["raw_path"].partition(b"?")[0].decode("latin-1"), _each(form))
    return carried if unpack(carried.packed) else None  # what could not be unpacked again is not said to be kept


def unpack(text: str) -> Carried | None:
    """What a page carried; None for anything that no page of ours made."""
    try:
        carried = msgspec.json.decode(urlsafe_b64decode(text[: 3 * BYTES_MAX].encode()), type=Carried)
    except (ValueError, msgspec.MsgspecError):
        return None
    return carried if local(carried.to, default="") else None


def _cannot_be_kept(form: Form) -> bool:
    has_files = any(upload.filename for upload in form.uploads)
    return has_files or any("password" in name and any(values) for name, values in form.texts.items())


def _each(form: Form) -> list[tuple[str, str]]:
    return [(name, value) for name, values in form.texts.items() for value in values]

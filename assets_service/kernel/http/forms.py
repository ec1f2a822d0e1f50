"""What a page's form sent, read as the same Structs the API takes."""

import re
from typing import Any, TypeVar
from urllib.parse import unquote_to_bytes

import msgspec
from litestar import Request
from litestar.datastructures import UploadFile
from litestar.exceptions import HTTPException
from msgspec import Struct

from assets_service.kernel import fields
from assets_service.kernel.errors import Malformed, WrongType
from assets_service.kernel.texts import seen

T = TypeVar("T")

_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)


class Form(Struct):
    """What a page's form sent: its text fields as typed, its files as uploaded."""

    texts: dict[str, list[str]] = {}
    files: dict[str, list[UploadFile]] = {}

    def text(self, name: str) -> str:
        return seen(self.texts.get(name, [""])[0]).strip()

    @property
    def uploads(self) -> list[UploadFile]:
        return [upload for several in self.files.values() for upload in several]

    @property
    def kept(self) -> dict[str, str]:
        """What was typed, by field name and without passwords, to be shown again beside the refusal."""
        return {
            name: values[0] for name, values in self.texts.items() if "password" not in name and name != "action_id"
        }

    def read(self, kind: type[T], **known: object) -> T:
        """The form as the Struct that the API takes; blank fields count as not sent. Raises `Invalid`."""
        raw: dict[str, object] = {}
        for field in msgspec.structs.fields(kind):  # type: ignore[arg-type]  # every kind read from a form is a Struct
            values = [value.strip() for value in self.texts.get(field.encode_name, []) if value.strip()]
            if values:
                raw[field.encode_name] = values if _is_list(field.type) else _plain(values[0], field.type)
        return fields.read(raw | known, kind, strict=False)

    def as_typed(self, *names: str) -> dict[str, object]:
        """The fields that keep the blanks typed around them, as passwords do; for `read(kind, **…)`."""
        return {name: self.texts[name][0] for name in names if self.texts.get(name, [""])[0]}

    def changes(self, kind: type[T], **known: object) -> T:
        """The form as a Struct of changes: a field that was sent blank is to be emptied. Raises `Invalid`."""
        blank = {
            field.encode_name: None
            for field in msgspec.structs.fields(kind)  # type: ignore[arg-type]  # the same
            if field.encode_name in self.texts and not self.text(field.encode_name)
        }
        return self.read(kind, **(blank | known))


def _is_list(kind: Any) -> bool:
    return "list[" in str(kind)


def _plain(value: str, kind: Any) -> str:
    """A number that was typed with a decimal comma (1,5) with its point."""
    return value.replace(",", ".") if "float" in str(kind) and _DECIMAL_COMMA.fullmatch(value) else value


async def provide_form(request: Request[Any, Any, Any]) -> Form:
    """Read the request's form. Raises `WrongType` and `Malformed`."""
    if request.method == "GET":
        return Form({key: request.query_params.getall(key) for key in request.query_params})
    if request.content_type[0] not in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        raise WrongType(wanted="multipart/form-data")
    try:
        body = await request.body()  # Litestar keeps it, so that the body can still be hashed after the form is read
        if request.content_type[0] == "application/x-www-form-urlencoded":
            unquote_to_bytes(body).decode("utf-8")  # refuses what is not UTF-8
        sent = await request.form()
    except HTTPException:
        raise
    except (UnicodeError, LookupError, ValueError) as error:
        raise Malformed(why="the form is not well-formed.") from error
    form = Form()
    for key, value in sent.multi_items():
        if isinstance(value, str) and "\x00" in value:
            raise Malformed(why="the form has control characters.")
        if isinstance(value, UploadFile):
            form.files.setdefault(key, []).append(value)
        else:
            form.texts.setdefault(key, []).append(str(value).replace("\r\n", "\n"))
    return form

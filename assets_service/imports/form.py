"""The form that brings a file, read the same for programs and for pages."""

from typing import Any

from litestar import Request

from assets_service.imports.tables import BYTES_MAX
from assets_service.imports.views import Say
from assets_service.kernel.errors import FieldProblem, Invalid
from assets_service.kernel.http import Form, language_of

MULTIPART_ROOM = 64_000  # bytes around the file itself


def sent(form: Form) -> bytes:
    """The one file that the form sent. Raises `Invalid`."""
    known = {"file", "dry_run", "action_id"}
    unknown = sorted((form.files.keys() | form.texts.keys()) - known)
    problems = [FieldProblem(f"/{name[:60]}", "There is no such field here.") for name in unknown[:20]]
    files = form.files.get("file", [])
    if len(files) != 1:
        problems.append(FieldProblem("/file", "Choose one CSV or XLSX file."))
    if problems:
        raise Invalid(*problems)
    return files[0].file.read(BYTES_MAX + 1)


def saying(request: Request[Any, Any, Any]) -> Say:
    """A function that puts a msgid and its facts into the caller's language."""
    language, translate = language_of(request), request.app.state.translate
    return lambda msgid, facts: translate(language, msgid, facts)

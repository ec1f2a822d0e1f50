"""Photos in the forms of other rooms, and as a browser shows them."""

from litestar import Response

from assets_service.kernel.errors import FieldProblem, Invalid, Refusal, invalid
from assets_service.photos.acts import ADD
from assets_service.photos.asks import NewPhoto
from assets_service.web.visit import Visit

FORM_BYTES_MAX = 64 << 20  # bytes: what a phone sends whose browser could not make its photos smaller


def keep_photos(visit: Visit, sent: list[str], *fields: str, most: int) -> None:
    """Decode and store the photos of these fields, and add their hashes to `sent`; a bad one does not cost the others.

    Raises `Invalid`.
    """
    uploads = [(field, upload) for field in fields for upload in visit.form.files.get(field, [])]
    if len(uploads) + len(sent) > most:
        raise invalid(fields[-1], "At most {it} photos.", it=most)
    problems: list[FieldProblem] = []
    for field, upload in uploads:
        try:
            sent.append(visit.once.beside().do(ADD, NewPhoto(upload.file.read(), comes_with_act=True)).id)
        except Refusal as refusal:
            problems.append(FieldProblem(f"/{field}", refusal.message, refusal.facts))
    if problems:
        raise Invalid(*problems)


def picture(content: bytes, name: str) -> Response[bytes]:
    """A JPEG of our own making, for a browser to show to whoever may see it."""
    return Response(
        content,
        media_type="image/jpeg",
        headers={
            "content-disposition": f'inline; filename="{name}"',
            "cache-control": "private, max-age=86400, immutable",
            "vary": "Cookie",
            "cross-origin-resource-policy": "same-origin",
            "content-security-policy": "default-src 'none'; sandbox",
        },
    )

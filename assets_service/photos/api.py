"""Photos over HTTP."""

from dataclasses import dataclass

from litestar import Response, post, put
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import OpenAPIFormat, OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.params import FromPath, RawBody

from assets_service.actions.once import Once
from assets_service.kernel.errors import invalid
from assets_service.kernel.http import Form
from assets_service.photos import acts
from assets_service.photos.asks import NewPhoto
from assets_service.photos.reading import BYTES_MAX
from assets_service.photos.views import PhotoView

_MULTIPART_ROOM = 64_000  # bytes around the photo itself


@dataclass
class TakesPhoto(Operation):
    """Describes in OpenAPI a body that we read from the form ourselves."""

    def __post_init__(self) -> None:
        file = Schema(
            type=OpenAPIType.STRING,
            format=OpenAPIFormat.BINARY,
            description="JPEG, PNG or WebP, at most 32 MB. A JPEG may have 210 megapixels, others 40.",
        )
        form = Schema(type=OpenAPIType.OBJECT, required=["file"], properties={"file": file})
        self.request_body = RequestBody(content={"multipart/form-data": OpenAPIMediaType(schema=form)}, required=True)


@dataclass
class TakesBytes(Operation):
    """The same of a body that is the photo itself."""

    def __post_init__(self) -> None:
        photo = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)
        self.request_body = RequestBody(
            content={"application/octet-stream": OpenAPIMediaType(schema=photo)}, required=True
        )


@post(
    "/api/v1/photos",
    act=acts.ADD,
    sync_to_thread=True,
    request_max_body_size=BYTES_MAX + _MULTIPART_ROOM,
    operation_class=TakesPhoto,
    tags=["Checks"],
)
def upload_photo(form: NamedDependency[Form], once: NamedDependency[Once]) -> Response[PhotoView]:
    """Send a photo as `file`; name its `id` in a check within seven days. Metadata is removed, large ones made smaller."""
    sent = form.files.get("file", [])
    if len(sent) != 1:
        raise invalid("file", "Send one photo under the name “file”.")
    return once.answer(once.do(acts.ADD, NewPhoto(sent[0].file.read())), status=201)


@put(
    "/api/v1/photos/{sha256:str}",
    act=acts.NAME,
    sync_to_thread=True,
    status_code=201,
    request_max_body_size=BYTES_MAX,
    operation_class=TakesBytes,
    responses={200: ResponseSpec(PhotoView, description="You have sent it before.")},
    tags=["Checks"],
)
def name_photo(sha256: FromPath[str], body: RawBody, once: NamedDependency[Once]) -> Response[PhotoView]:
    """Send a photo under the SHA-256 of these bytes, by which an act names it within ninety days; 200 if you have sent it before."""
    sent = once.do(acts.NAME, NewPhoto(body, sha256=sha256.lower(), is_named_by_sender=True))
    return once.answer(sent.photo, status=201 if sent.is_new else 200)

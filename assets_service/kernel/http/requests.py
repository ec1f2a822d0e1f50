"""A request, its body read strictly."""

from collections.abc import AsyncGenerator
from typing import Any

from litestar import Request
from litestar.exceptions import InternalServerException

from assets_service.kernel import fields
from assets_service.kernel.errors import Malformed, WrongType


class StrictRequest(Request[Any, Any, Any]):
    """A request whose JSON body is read once and strictly, as the type that the handler declares."""

    async def json(self) -> Any:
        if self.content_type[0] != "application/json":
            raise WrongType(wanted="application/json")
        declared = self.route_handler.parsed_data_field
        return fields.read_json(await self.body(), declared.annotation if declared else Any)

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """The body as it arrives. Raises `Malformed` when the client hangs up, which is no fault of ours."""
        try:
            async for part in super().stream():
                yield part
        except InternalServerException:
            raise Malformed(why="the rest of it never came.") from None


def language_of(request: Request[Any, Any, Any]) -> str:
    chosen: str = request.app.state.language_of(request)
    return chosen


def request_id_of(request: Request[Any, Any, Any]) -> str:
    return str(request.scope.get("state", {}).get("request_id", ""))

"""The shell's own route: choosing the language."""

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from assets_service.kernel.errors import NotFound
from assets_service.web.language import COOKIE, LANGUAGES
from assets_service.web.page import local

YEAR_SECONDS = 365 * 24 * 60 * 60


@get("/bahasa/{lang:str}", include_in_schema=False, sync_to_thread=False)
def choose_language(lang: FromPath[str], back: FromQuery[str] = "/") -> Response[None]:
    """Remember the language and go back to the page the reader came from."""
    if lang not in LANGUAGES:
        raise NotFound
    response: Response[None] = Response(None, status_code=303, headers={"Location": local(back)})
    response.set_cookie(COOKIE, lang, max_age=YEAR_SECONDS, samesite="lax", httponly=True)
    return response

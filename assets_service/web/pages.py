"""The shell's own routes: choosing the language, the answer to a form, and the API's page."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from assets_service.access.policy import SIGNED_IN
from assets_service.access.stamp import Stamp
from assets_service.kernel.errors import NotFound
from assets_service.web.addresses import local
from assets_service.web.answers import ADDRESS, kept_answer
from assets_service.web.language import COOKIE, LANGUAGES
from assets_service.web.page import page

YEAR_SECONDS = 365 * 24 * 60 * 60


@get("/bahasa/{lang:str}", include_in_schema=False, sync_to_thread=False)
def choose_language(lang: FromPath[str], back: FromQuery[str] = "/") -> Response[None]:
    """Remember the language and go back to the page the reader came from."""
    if lang not in LANGUAGES:
        raise NotFound
    response: Response[None] = Response(None, status_code=303, headers={"Location": local(back)})
    response.set_cookie(COOKIE, lang, max_age=YEAR_SECONDS, samesite="lax", httponly=True)
    return response


@get(ADDRESS + "/{name:str}", policy=SIGNED_IN, include_in_schema=False, sync_to_thread=True)
def answer(name: FromPath[str], request: Request[Any, Any, Any], stamp: NamedDependency[Stamp]) -> Response[str]:
    """The page that answered a form of theirs."""
    return kept_answer(request, name, stamp)


@get("/docs", include_in_schema=False, sync_to_thread=False)
def api_docs(request: Request[Any, Any, Any]) -> Response[str]:
    """The API's description, readable and to be tried, from local files only."""
    return page(request, "api_docs.html")

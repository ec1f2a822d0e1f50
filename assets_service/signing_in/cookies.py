"""The cookies: one is the session, the other says which device it is."""

from litestar.datastructures import Cookie

from assets_service.settings import Settings
from assets_service.signing_in.door import COOKIE, DEVICE_COOKIE, cookie_name
from assets_service.signing_in.views import Opened

DEVICE_KNOWN_DAYS = 400  # as long as browsers keep a cookie


def cookies_of(settings: Settings, opened: Opened) -> list[Cookie]:
    """Both, for whoever has just signed in."""
    return [
        session_cookie(settings, opened.session.token),
        _cookie(settings, DEVICE_COOKIE, opened.device, DEVICE_KNOWN_DAYS),
    ]


def session_cookie(settings: Settings, token: str | None) -> Cookie:
    """Without a token it ends the session."""
    return _cookie(settings, COOKIE, token or "", settings.session_days if token else 0)


def _cookie(settings: Settings, name: str, value: str, days: int) -> Cookie:
    """Not readable by scripts, sent only from our own pages."""
    return Cookie(
        key=cookie_name(settings, name),
        value=value,
        max_age=days * 86400,
        httponly=True,
        samesite="lax",
        secure=settings.is_https,
        path="/",
    )

"""The headers that every answer bears, whichever part of the service made it."""

from collections.abc import Iterable, Sequence

Header = tuple[bytes, bytes]

_ALWAYS: Sequence[Header] = (
    (
        b"content-security-policy",
        b"default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(self), geolocation=(), microphone=()"),
    (b"cache-control", b"no-store"),  # names, tokens: what may be kept says so itself
)
_OVER_HTTPS: Sequence[Header] = ((b"strict-transport-security", b"max-age=31536000"),)  # a year


def completed(own: Iterable[Header], *, request_id: str, is_https: bool) -> list[Header]:
    """The answer's own headers, with those added that it left out."""
    headers = [_secured(header) if is_https else header for header in own]
    headers.append((b"x-request-id", request_id.encode()))
    present = {name.lower() for name, _ in headers}
    wanted = (*_ALWAYS, *_OVER_HTTPS) if is_https else _ALWAYS
    return headers + [header for header in wanted if header[0] not in present]


def _secured(header: Header) -> Header:
    """The cookie's header, marked so that it is never sent without TLS."""
    name, value = header
    if name.lower() != b"set-cookie" or b"; secure" in value.lower():
        return header
    return name, value + b"; Secure"

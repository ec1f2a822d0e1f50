"""Hosts and origins that a request names. A client may write anything there."""

import re
from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

PORT_MAX = 65535

_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?")


def is_host(text: str) -> bool:
    """Whether the text is one name or address, with or without a port."""
    found = _HOST.fullmatch(text)
    return found is not None and int(found["port"] or 0) <= PORT_MAX


def hosts_of(headers: Iterable[tuple[bytes, bytes]]) -> list[str]:
    """The hosts that the request names: one, unless no client of ours sent it."""
    return [value.decode("latin-1") for name, value in headers if name == b"host"]


def split_url(url: str) -> SplitResult | None:
    """The parts of a URL; None for a text that is not a URL."""
    try:
        return urlsplit(url)
    except ValueError:
        return None


def origin_of(url: str) -> str:
    """The URL's origin as a browser writes it, `https://host:port`; empty for a text that is not a URL of the web."""
    parts = split_url(url)
    return f"{parts.scheme}://{parts.netloc}".lower() if parts and parts.scheme in {"http", "https"} else ""

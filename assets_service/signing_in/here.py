"""Whether a request comes from this machine itself: demonstration persons act from nowhere else."""

import re
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection

_TRACES_OF_A_PROXY = re.compile(
    r"(x-)?forwarded(-.+)?|via|x-real-ip|(x-|true-)?client-ip|x-cluster-client-ip|cf-.+|fastly-.+|fly-.+|x-amzn?-.+|x-envoy-.+"
)


def is_here(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """By who is connected, by the host that was asked for, and because no proxy has left its trace."""
    peer = connection.client.host if connection.client else ""
    if any(_TRACES_OF_A_PROXY.fullmatch(name.lower()) for name in connection.headers):
        return False
    return _is_loopback(peer) and _is_loopback(_host_asked_for(connection))


def _host_asked_for(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    try:
        return urlsplit(f"//{connection.headers.get('host', '')}").hostname or ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False

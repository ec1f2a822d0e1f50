"""The address on which the server listens, and that nobody else listens there.

Granian's workers share their port by SO_REUSEPORT, so a second server would get half of the requests without a word.
"""

import errno
import os
import socket
from collections.abc import Generator
from contextlib import contextmanager, suppress
from ipaddress import ip_address


class ListeningError(Exception):
    """The server cannot listen at this address; the text says why, in one line."""


def address_of(host: str) -> str:
    """The address that a name like `localhost` stands for; IPv4 where there are both. Raises `ListeningError`."""
    with suppress(ValueError):
        return str(ip_address(host))
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise ListeningError(f"There is no address for the host {host[:80]}.") from None
    families = {family: str(place[0]) for family, _, _, _, place in reversed(found)}
    return families.get(socket.AF_INET) or families[socket.AF_INET6]


def is_loopback(address: str) -> bool:
    return ip_address(address.partition("%")[0]).is_loopback


@contextmanager
def alone_on(address: str, port: int) -> Generator[None]:
    """Make sure that nobody listens there, and that no second server of ours begins to within the block.

    Raises `ListeningError`.
    """
    with _nobody_starts_beside_us(address, port):
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # what an ended server leaves is no hindrance
            try:
                probe.bind((address, port))
            except OSError as error:
                raise _refused(address, port, error) from None
        yield


@contextmanager
def _nobody_starts_beside_us(address: str, port: int) -> Generator[None]:
    """Hold a name that one process can hold and that ends with it: two that start at once would both find the port free."""
    with socket.socket(socket.AF_UNIX) as held:
        with suppress(FileNotFoundError, PermissionError):  # only Linux has such names
            try:
                held.bind(f"\0assets-service:{port}")
            except OSError as error:
                raise _refused(address, port, error) from None
        yield


def _refused(address: str, port: int, error: OSError) -> ListeningError:
    place = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    if error.errno == errno.EADDRINUSE:
        return ListeningError(f"Somebody listens on {place} already.")
    return ListeningError(f"{place} cannot be had: {os.strerror(error.errno or 0)}.")

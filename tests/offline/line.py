"""A line between a browser and the server that can fail in every way that lines fail.

A browser's own offline switch does not reach its service workers; this stands outside of it.
"""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

PORTAL = b"<!doctype html><title>Wi-Fi</title><p>Masuk ke jaringan"
PIECE = 65_536
VERSION = re.compile(rb'("version":")[0-9a-f]{4}')
CONDITION = re.compile(rb"(?i)if-none-match")


class Line:
    """Listens on a port of its own. `cut`: nobody answers; `portal`: somebody else answers everything; `is_deaf`: it takes all and says nothing;

    `lose`: of so many requests that begin with `losing` the answer gets lost after the server gave it; `is_newer`: what comes
    through says that the worker is another one; `is_switched_off`: the worker is the one that removes itself. `asked` is what was asked.
    """

    def __init__(self, server: str) -> None:
        parts = urlsplit(server)
        self._server = (parts.hostname or "", parts.port or 0)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self.address = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.is_cut = False
        self.is_portal = False
        self.is_deaf = False
        self.lose = 0
        self.losing = b"POST /api/v1/actions"
        self.is_newer = False
        self.is_switched_off = False
        self.asked: list[str] = []
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def cut(self) -> None:
        self.is_cut = True
        self._hang_up()

    def mend(self) -> None:
        self.is_cut = self.is_portal = self.is_deaf = False
        self._hang_up()

    def become_portal(self) -> None:
        self.is_portal = True
        self._hang_up()

    def count(self, begin: str) -> int:
        return sum(asked.startswith(begin) for asked in self.asked)

    def close(self) -> None:
        self.is_cut = True
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._hang_up()
        self._thread.join(5)

    def _hang_up(self) -> None:
        for each in list(self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _listen(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            if self.is_cut:
                client.close()
            else:
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError), client, socket.create_connection(self._server) as server, self._known(client, server):
            answering = _Answering(client, server, self)
            while piece := client.recv(PIECE):
                first = piece.split(b"\r\n", 1)[0]
                if first.endswith(b" HTTP/1.1"):
                    self.asked.append(first.decode("latin-1").removesuffix(" HTTP/1.1"))
                if self.is_portal:
                    _answer_as_portal(client)
                    return
                if self.is_deaf:
                    continue
                if self.lose and first.startswith(self.losing):
                    self.lose -= 1
                    answering.is_losing = True
                if self.is_switched_off:
                    piece = piece.replace(b"GET /sw.js ", b"GET /static/worker-off.js ")
                server.sendall(
                    CONDITION.sub(b"x-none-match", piece) if self.is_newer or self.is_switched_off else piece
                )
            server.shutdown(socket.SHUT_RDWR)
            answering.join(5)

    @contextmanager
    def _known(self, *sockets: socket.socket) -> Iterator[None]:
        self._open.update(sockets)
        try:
            yield
        finally:
            self._open.difference_update(sockets)


class _Answering(threading.Thread):
    """What the server answers, on to the client; or lost, once the server has said it."""

    def __init__(self, client: socket.socket, server: socket.socket, line: Line) -> None:
        super().__init__(daemon=True)
        self._line = line
        self.is_losing = False
        self._client = client
        self._server = server
        self.start()

    def run(self) -> None:
        with suppress(OSError):
            while piece := self._server.recv(PIECE):
                if self.is_losing:
                    break
                self._client.sendall(VERSION.sub(rb"\1zzzz", piece) if self._line.is_newer else piece)
        with suppress(OSError):
            self._client.shutdown(socket.SHUT_RDWR)


def _answer_as_portal(client: socket.socket) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(PORTAL)}\r\nConnection: close\r\n\r\n"
    client.sendall(head.encode() + PORTAL)

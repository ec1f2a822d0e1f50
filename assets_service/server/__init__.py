"""The web server around the app."""

import gc

from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from litestar import Litestar

from assets_service.app import create_app
from assets_service.kernel.metrics import figures_of_all
from assets_service.server.listening import alone_on
from assets_service.server.logs import configure_logs
from assets_service.server.parent import end_with_parent
from assets_service.settings import read_settings

BACKLOG = 1024
DRAIN_S = 10  # what is under way when the server is told to end may be answered within this time
HEADERS_WITHIN_MS = 15_000


def app() -> Litestar:
    """What each worker process loads."""
    end_with_parent()
    configure_logs()
    made = create_app(read_settings())
    _seldom_look_for_garbage()
    return made


def _seldom_look_for_garbage() -> None:
    """What was read to begin with is never garbage: to look through it at every turn costs a tenth of a list or a page."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


def run(address: str, port: int, workers: int) -> None:
    """Serve until interrupted. Raises `ListeningError` when somebody listens there already."""
    with alone_on(address, port), figures_of_all(workers):
        Granian(
            "assets_service.server:app",
            address=address,
            port=port,
            workers=workers,
            interface=Interfaces.ASGI,
            factory=True,
            backlog=BACKLOG,
            http1_settings=HTTP1Settings(header_read_timeout=HEADERS_WITHIN_MS),
            workers_kill_timeout=DRAIN_S,
            log_enabled=False,
            respawn_failed_workers=workers
            > 1,  # the others go on; one alone ends, and whoever started us starts it again
        ).serve()

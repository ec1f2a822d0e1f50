"""The web server around the app."""

import json
import logging
import sys
from typing import Any

import structlog
from granian import Granian
from granian.constants import Interfaces
from litestar import Litestar

from assets_service.app import create_app
from assets_service.settings import read_settings

BACKLOG = 1024


def app() -> Litestar:
    """What each worker process loads."""
    configure_logs()
    return create_app(read_settings())


def run(host: str, port: int, workers: int) -> None:
    """Serve until interrupted."""
    Granian(
        "assets_service.server:app",
        address=host,
        port=port,
        workers=workers,
        interface=Interfaces.ASGI,
        factory=True,
        backlog=BACKLOG,
        log_enabled=False,
    ).serve()


def configure_logs() -> None:
    """One JSON line per event on standard error; bodies, cookies and tokens are never among its fields."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )


def _json(event: dict[str, Any], **_: object) -> bytes:
    """Whatever a client sent may stand in it, also what is no UTF-8: escaped."""
    return json.dumps(event, default=str, separators=(",", ":")).encode()

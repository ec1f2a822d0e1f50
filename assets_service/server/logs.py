"""One JSON line per event on standard error."""

import json
import logging
import sys
from typing import Any

import structlog


def configure_logs() -> None:
    """Set logging up. Bodies, cookies and tokens are never among an event's fields."""
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
    """The log line as JSON. It may hold whatever a client sent; what is not UTF-8 is escaped."""
    return json.dumps(event, default=str, separators=(",", ":")).encode()

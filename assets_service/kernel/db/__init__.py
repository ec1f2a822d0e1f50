"""The database: what a row is, and the two doors behind which rows are read and written."""

from assets_service.kernel.db.alone import alone
from assets_service.kernel.db.database import COMMITS_PER_CHECKPOINT, Database
from assets_service.kernel.db.engines import CONNECTIONS_MAX
from assets_service.kernel.db.faults import Fault, NoDriverError, fault_of, in_one_line, is_busy
from assets_service.kernel.db.json_text import json_text
from assets_service.kernel.db.locks import delete_some, lock_each, lock_row, locking
from assets_service.kernel.db.records import STAYS, BigId, Record, UTCDateTime, binary_text, unique_where
from assets_service.kernel.db.settling import oldest_open, settling_mark
from assets_service.kernel.db.write_queue import WriteQueue

__all__ = [
    "COMMITS_PER_CHECKPOINT",
    "CONNECTIONS_MAX",
    "STAYS",
    "BigId",
    "Database",
    "Fault",
    "NoDriverError",
    "Record",
    "UTCDateTime",
    "WriteQueue",
    "alone",
    "binary_text",
    "delete_some",
    "fault_of",
    "in_one_line",
    "is_busy",
    "json_text",
    "lock_each",
    "lock_row",
    "locking",
    "oldest_open",
    "settling_mark",
    "unique_where",
]

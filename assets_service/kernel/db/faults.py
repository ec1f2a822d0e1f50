"""What an error of the database means for whoever asked."""

from enum import StrEnum

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from assets_service.kernel.db.same_file import MOVED

LOCKED = "database is locked"  # SQLite's own words


class NoDriverError(Exception):
    """The Python package that speaks with this kind of database is not installed."""


class Fault(StrEnum):
    """What an error of the database means; of all but the last the same request may succeed later."""

    BUSY = "busy"  # held by others for longer than one waits
    AWAY = "away"  # no server, or no file, answers
    UNWRITABLE = "unwritable"  # read-only or full: reading goes on
    OURS = "ours"


_STATES = {  # PostgreSQL's: https://www.postgresql.org/docs/current/errcodes-appendix.html
    Fault.AWAY: ("08", "57P"),  # no connection; shutting down, crashed, starting
    Fault.UNWRITABLE: ("25006", "53100"),  # a standby, or read-only; the disk is full
    Fault.BUSY: ("40", "53", "55P03", "57014"),  # deadlocks; too little memory, too many connections; timeouts
}
_WORDS = {  # SQLite's
    Fault.BUSY: (LOCKED,),
    Fault.UNWRITABLE: ("readonly database", "database or disk is full"),
    Fault.AWAY: ("unable to open database file", MOVED),
}


def fault_of(error: Exception) -> Fault:
    """What the error means, by the driver's own code or words."""
    if isinstance(error, PoolTimeout):
        return Fault.BUSY
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(cause, "sqlstate", "")  # psycopg's; None where no connection came about, or it broke
    if state is None:
        return Fault.AWAY
    for fault, states in _STATES.items():
        if state and state.startswith(states):
            return fault
    return next((fault for fault, words in _WORDS.items() if any(each in str(cause) for each in words)), Fault.OURS)


def is_busy(error: Exception) -> bool:
    """Whether others hold the database."""
    return fault_of(error) is Fault.BUSY


def in_one_line(error: Exception) -> str:
    """The database's own words for the error: only the first line, which holds no row and no password."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    words = str(cause).strip().partition("\n")[0] or type(cause).__name__
    return f"The database: {words[:250]}"

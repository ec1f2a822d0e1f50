"""What has to be right on the machine itself: space, and who can open what."""

import shutil
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from sqlalchemy.engine import make_url

from assets_service.settings import Settings
from assets_service.upkeep.doctor.finding import Finding
from assets_service.upkeep.owner import strangers_in

DISK_MIN_BYTES = 500_000_000
NAMED_MAX = 3  # the first few; the rest is counted


def labels(settings: Settings) -> Iterator[Finding]:
    said = f"lead to {settings.base_url}"
    if settings.is_local:
        said = f"{settings.base_url} is this machine only: set ASSETS_BASE_URL before printing labels"
    yield Finding("labels", None if settings.is_local else True, said)


def disk(settings: Settings) -> Iterator[Finding]:
    free = shutil.disk_usage(settings.data_dir).free
    yield Finding("disk", free > DISK_MIN_BYTES, f"{free / 1e9:.1f} GB free in {settings.data_dir}")


def private(settings: Settings) -> Iterator[Finding]:
    """Whether nobody but the owner can open the database, the photos and the key."""
    readable = list(_readable_by_others(settings))
    cure = f"; run: chmod -R go= {settings.data_dir}"
    said = f"others can open {_named(readable)}{cure}" if readable else "only the owner opens what is kept"
    yield Finding("private", not readable, said)


def owner(settings: Settings) -> Iterator[Finding]:
    strangers = [path.name for path in strangers_in(settings)]
    said = f"{_named(strangers)}: not of whom {settings.data_dir} belongs to" if strangers else "all of one user"
    yield Finding("owner", not strangers, said)


def _readable_by_others(settings: Settings) -> Iterator[str]:
    kept = {settings.data_dir, *settings.data_dir.rglob("*"), *settings.files_dir.rglob("*")}
    for path in kept | set(_database_files(settings)):
        if not path.is_symlink() and path.stat().st_mode & 0o077:
            yield path.name


def _database_files(settings: Settings) -> Iterable[Path]:
    """The files of a SQLite database, which may lie elsewhere: the database and what it keeps beside it."""
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite":
        return ()
    file = Path(str(url.database)).resolve()
    return file.parent.glob(f"{file.name}*")


def _named(names: Iterable[str]) -> str:
    each = sorted(names)
    more = f" and {len(each) - NAMED_MAX} more" if len(each) > NAMED_MAX else ""
    return ", ".join(islice(each, NAMED_MAX)) + more

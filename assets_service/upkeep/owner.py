"""Whose the data is: a command typed as root must not leave behind what the service cannot open."""

import os
import pwd
import stat
from collections.abc import Iterator
from pathlib import Path

from assets_service.settings import Settings


def other_owner(settings: Settings) -> str | None:
    """The user whom the data directory belongs to, when we are root and it is not root's."""
    if os.geteuid() != 0 or not settings.data_dir.exists():
        return None
    uid = settings.data_dir.stat().st_uid
    return _name_of(uid) if uid else None


def give_back(settings: Settings) -> None:
    """As root, give what was made in a folder of another user to that user."""
    if os.geteuid() != 0:
        return
    for path, owner in _kept(settings):
        found = path.lstat()
        if owner.st_uid != 0 and found.st_uid == 0 and _is_ours_to_give(found):
            os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def strangers_in(settings: Settings) -> Iterator[Path]:
    """Whatever does not belong to the user whom the folder it lies in belongs to."""
    yield from (path for path, owner in _kept(settings) if path.lstat().st_uid != owner.st_uid)


def _kept(settings: Settings) -> Iterator[tuple[Path, os.stat_result]]:
    """Everything in the data directory, and in the store where that is elsewhere; each with the folder's owner."""
    folders = {settings.data_dir, settings.store_dir or settings.data_dir}
    for folder in sorted(each for each in folders if each.exists()):
        owner = folder.stat()
        yield from ((path, owner) for path in folder.rglob("*"))


def _is_ours_to_give(found: os.stat_result) -> bool:
    """Not what the owner of the folder may have linked into it from elsewhere."""
    return stat.S_ISDIR(found.st_mode) or (stat.S_ISREG(found.st_mode) and found.st_nlink == 1)


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"

"""A thing's version as its ETag, so that nobody overwrites what they have not seen."""

from assets_service.kernel.errors import Conflict


class VersionChanged(Conflict):
    message = "Somebody has changed this since you opened it. Look again, then repeat your change."


def etag(version: int) -> str:
    return f'"{version}"'


def check_if_match(header: str | None, version: int | None) -> None:
    """Refuse a write to a version that the caller has not seen; no header, or `*`, means any. Raises `VersionChanged`."""
    if header is None or version is None or header.strip() == "*":
        return
    if etag(version) not in {tag.strip().removeprefix("W/") for tag in header.split(",")}:
        raise VersionChanged

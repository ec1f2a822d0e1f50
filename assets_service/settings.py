"""Settings: one frozen Struct read from `ASSETS_*` variables; a wrong value stops the start with one line."""

import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

KEY_LENGTH_MIN = 32
BASE_URL_LENGTH_MAX = 60  # what still gives a small QR on a small label
MARK_BYTES_MAX = 500_000
_WELL_KNOWN_KEYS = {"changeme", "secret", "development", "insecure", "test"}
_LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1", "0.0.0.0"}  # noqa: S104 - a name to recognise, not an address to bind
LANGUAGES = ("id", "en")
RETURN_CONTACT = "Sekretariat Jenderal Bawaslu RI, Jl. M.H. Thamrin No. 14, Jakarta Pusat"


class SettingError(Exception):
    """A setting cannot be used: which, and why, in one line."""


class Settings(Struct, frozen=True, kw_only=True):
    """Everything that differs between two installations."""

    data_dir: Path
    database_url: str
    base_url: str = "http://127.0.0.1:8000"
    secret_key: str
    smtp_url: str | None = None
    lang: str = "id"
    demo_password: str | None = None
    return_contact: str = RETURN_CONTACT
    label_mark: bytes | None = None
    unconfirmed_after_days: int = 14
    session_days: int = 30

    @property
    def is_local(self) -> bool:
        """Labels printed now would name a host that no phone can reach."""
        return urlsplit(self.base_url).hostname in _LOCAL_HOSTS

    @property
    def is_https(self) -> bool:
        return urlsplit(self.base_url).scheme == "https"


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Raises `SettingError`."""
    data_dir = Path(environ.get("ASSETS_DATA_DIR") or "var").resolve()
    return Settings(
        data_dir=data_dir,
        database_url=_database_url(environ.get("ASSETS_DATABASE_URL") or f"sqlite:///{data_dir}/assets.db"),
        base_url=check_base_url(environ.get("ASSETS_BASE_URL") or f"http://127.0.0.1:{environ.get('PORT') or 8000}"),
        secret_key=_secret_key(environ.get("ASSETS_SECRET_KEY"), data_dir),
        smtp_url=environ.get("ASSETS_SMTP_URL") or None,
        lang=_one_of("ASSETS_LANG", environ.get("ASSETS_LANG") or "id", LANGUAGES),
        demo_password=environ.get("ASSETS_DEMO_PASSWORD") or None,
        return_contact=_bounded("ASSETS_RETURN_CONTACT", environ.get("ASSETS_RETURN_CONTACT"), 300) or RETURN_CONTACT,
        label_mark=_label_mark(environ.get("ASSETS_LABEL_MARK")),
        unconfirmed_after_days=_days(environ, "ASSETS_UNCONFIRMED_AFTER_DAYS", 14),
        session_days=_days(environ, "ASSETS_SESSION_DAYS", 30),
    )


def check_base_url(url: str) -> str:
    """Scheme and host only: labels encode it for years. Raises `SettingError`."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise SettingError("ASSETS_BASE_URL: this is no address; write it like https://aset.example.go.id.") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingError(f"ASSETS_BASE_URL: {url!r} is no http or https address.")
    if parts.path.strip("/") or parts.query or parts.fragment or parts.username:
        raise SettingError("ASSETS_BASE_URL: give scheme and host only, without a path; labels add /D/ and the code.")
    if len(url) > BASE_URL_LENGTH_MAX:
        raise SettingError(
            f"ASSETS_BASE_URL: longer than {BASE_URL_LENGTH_MAX} characters; its QR would not fit a label."
        )
    if not re.fullmatch(r"[A-Za-z0-9.:/\[\]-]+", url):
        raise SettingError("ASSETS_BASE_URL: use letters, digits, dots and hyphens only.")
    return url.rstrip("/")


def _database_url(url: str) -> str:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise SettingError("ASSETS_DATABASE_URL: this is no database address.") from None
    if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        raise SettingError("ASSETS_DATABASE_URL: only sqlite and postgresql are supported.")
    if parsed.get_backend_name() == "sqlite" and parsed.database in {None, "", ":memory:"}:
        raise SettingError("ASSETS_DATABASE_URL: name a file; a database in memory is lost at the end.")
    return url


def _secret_key(given: str | None, data_dir: Path) -> str:
    if given is not None:
        if len(given) < KEY_LENGTH_MIN or given.lower() in _WELL_KNOWN_KEYS or len(set(given)) < 8:  # noqa: PLR2004 - fewer different characters are no key
            raise SettingError(f"ASSETS_SECRET_KEY: at least {KEY_LENGTH_MIN} random characters are needed.")
        return given
    kept = data_dir / "secret_key"
    if kept.exists():
        return _secret_key(kept.read_text().strip(), data_dir)
    data_dir.mkdir(parents=True, exist_ok=True)
    kept.touch(mode=0o600)
    kept.write_text(secrets.token_urlsafe(48))
    return kept.read_text()


def _label_mark(path: str | None) -> bytes | None:
    if not path:
        return None
    from labels import LabelError, check_mark  # noqa: PLC0415 - who has no mark does not wait for Pillow

    try:
        with Path(path).open("rb") as file:
            picture = file.read(MARK_BYTES_MAX + 1)
        if len(picture) > MARK_BYTES_MAX:
            raise SettingError(f"ASSETS_LABEL_MARK: more than {MARK_BYTES_MAX // 1000} kB.")
        check_mark(picture)
    except OSError as error:
        raise SettingError(f"ASSETS_LABEL_MARK: {path[:200]!r} cannot be read ({error.strerror}).") from None
    except LabelError as error:
        raise SettingError(f"ASSETS_LABEL_MARK: {error}") from None
    return picture


def _one_of(name: str, value: str, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise SettingError(f"{name}: {value!r} is not one of {', '.join(choices)}.")
    return value


def _bounded(name: str, value: str | None, length_max: int) -> str:
    if value and len(value) > length_max:
        raise SettingError(f"{name}: at most {length_max} characters.")
    return value or ""


def _days(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name) or str(default)
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= 3650:  # noqa: PLR2004 - ten years
        raise SettingError(f"{name}: a number of days from 1 to 3650 is needed, not {text[:20]!r}.")
    return int(text)

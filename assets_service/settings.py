"""Settings: one frozen Struct read from `ASSETS_*` variables; a wrong value stops the start with one line."""

import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import ip_address
from math import log2
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from assets_service.kernel.errors import Refusal
from assets_service.tlog.keys import WITNESS, VerifierKey, read_key

KEY_LENGTH_MIN = 32
KEY_BITS_MIN = 100
BASE_URL_LENGTH_MAX = 60  # what still gives a small QR on a small label
JOB_THREADS_MAX = 16
MARK_BYTES_MAX = 500_000
MINUTES_MAX = 1440
_LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1", "0.0.0.0"}  # noqa: S104 - a name to recognise, not an address to bind
_DATABASES = {"sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg"}
LANGUAGES = ("id", "en")
RETURN_CONTACT = "Sekretariat Jenderal Bawaslu RI, Jl. M.H. Thamrin No. 14, Jakarta Pusat"


class SettingError(Exception):
    """A setting cannot be used; its text says which and why, in one line."""


class Settings(Struct, frozen=True, kw_only=True):
    """Everything that may differ between two installations."""

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
    session_idle_days: int = 14
    is_offline_on: bool = True
    pocket_days: int = 14
    job_threads: int = 2
    store_dir: Path | None = None
    seal_key: Path | None = None
    seal_minutes: int = 10
    witnesses: tuple[VerifierKey, ...] = ()

    @property
    def seal_key_file(self) -> Path:
        """The key that signs the ledger's checkpoints: a file of its own, in no backup."""
        return self.seal_key or self.data_dir / "seal_key"

    @property
    def files_dir(self) -> Path:
        """Where photos and whatever else was sent are stored, by the hash of their bytes."""
        return self.store_dir or self.data_dir / "files"

    @property
    def is_local(self) -> bool:
        """Whether the base URL names this machine, so that a label printed now would lead no phone here."""
        return urlsplit(self.base_url).hostname in _LOCAL_HOSTS

    @property
    def is_https(self) -> bool:
        return urlsplit(self.base_url).scheme == "https"


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings from the environment's `ASSETS_*` variables. Raises `SettingError`."""
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
        session_idle_days=_days(environ, "ASSETS_SESSION_IDLE_DAYS", 14),
        is_offline_on=_one_of("ASSETS_OFFLINE", environ.get("ASSETS_OFFLINE") or "on", ("on", "off")) == "on",
        pocket_days=_days(environ, "ASSETS_POCKET_DAYS", 14),
        job_threads=_job_threads(environ.get("ASSETS_JOB_THREADS") or "2"),
        store_dir=Path(environ["ASSETS_STORE_DIR"]).resolve() if environ.get("ASSETS_STORE_DIR") else None,
        seal_key=Path(environ["ASSETS_SEAL_KEY"]).resolve() if environ.get("ASSETS_SEAL_KEY") else None,
        seal_minutes=_minutes("ASSETS_SEAL_MINUTES", environ.get("ASSETS_SEAL_MINUTES") or "10"),
        witnesses=_witnesses(environ.get("ASSETS_WITNESSES") or ""),
    )


def check_base_url(url: str) -> str:
    """The base URL, of scheme and host only, for labels bear it for years. Raises `SettingError`."""
    try:
        parts = urlsplit(url)
        is_port = parts.port != 0 and not parts.netloc.endswith(":")
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
    if not is_port or not _is_host(parts.hostname):
        raise SettingError(f"ASSETS_BASE_URL: {parts.netloc[:80]!r} is no host that a phone could find.")
    return url.rstrip("/")


def _is_host(name: str) -> bool:
    """Whether the text is a host: a name by the rules of DNS, or a complete address."""
    labels = name.split(".")
    if ":" not in name and not labels[-1].isdigit():
        return all(re.fullmatch(r"(?!-)[a-z0-9-]{1,63}(?<!-)", label) for label in labels)
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _database_url(url: str) -> str:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise SettingError("ASSETS_DATABASE_URL: this is no database address.") from None
    if parsed.drivername not in _DATABASES:
        raise SettingError("ASSETS_DATABASE_URL: it begins with sqlite:// or postgresql://; nothing else is supported.")
    if parsed.get_backend_name() == "sqlite" and parsed.database in {None, "", ":memory:"}:
        raise SettingError("ASSETS_DATABASE_URL: name a file; a database in memory is lost at the end.")
    return url


def _secret_key(given: str | None, data_dir: Path) -> str:
    if given is not None:
        if not is_random(given):
            raise SettingError(f"ASSETS_SECRET_KEY: at least {KEY_LENGTH_MIN} random characters are needed.")
        return given
    kept = data_dir / "secret_key"
    if not kept.exists():
        _keep_new_key(kept)
    key = kept.read_text().strip()
    if not is_random(key):
        raise SettingError(f"ASSETS_SECRET_KEY: {kept} holds no key; put yours back, or remove the file for a new one.")
    return key


def is_random(key: str) -> bool:
    """Whether nobody can have guessed the key: it is long, of many characters, without repetition, runs like abc, or digits alone."""
    if len(key) < KEY_LENGTH_MIN or key.isdigit():
        return False
    fresh, seen = 0, set()
    for one, two, three in zip(key, key[1:], key[2:], strict=False):
        is_run = ord(three) - ord(two) == ord(two) - ord(one)
        fresh += not is_run and (one, two, three) not in seen
        seen.add((one, two, three))
    return fresh * log2(len(set(key))) >= KEY_BITS_MIN


def _keep_new_key(kept: Path) -> None:
    """Write a new key beside its place and link it in whole; of several processes that start at once all keep the first one's."""
    kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, aside = tempfile.mkstemp(dir=kept.parent, prefix=".secret_key-")
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(handle)
        with suppress(FileExistsError):
            os.link(aside, kept)
    finally:
        Path(aside).unlink()


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


def _job_threads(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,2}", text) or int(text) > JOB_THREADS_MAX:
        raise SettingError(f"ASSETS_JOB_THREADS: a number from 0 to {JOB_THREADS_MAX} is needed, not {text[:20]!r}.")
    return int(text)


def _minutes(name: str, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", text) or int(text) > MINUTES_MAX:
        raise SettingError(f"{name}: a number of minutes from 0 (never) to {MINUTES_MAX} is needed, not {text[:20]!r}.")
    return int(text)


def _witnesses(text: str) -> tuple[VerifierKey, ...]:
    """The verifier keys of who may cosign, with blanks between them."""
    try:
        keys = tuple(read_key(each) for each in text.split())
    except Refusal:
        raise SettingError(
            "ASSETS_WITNESSES: give the verifier keys of the witnesses (name+id+key) with a space between them."
        ) from None
    if any(key.sort != WITNESS for key in keys):
        raise SettingError(
            "ASSETS_WITNESSES: these are not all keys of witnesses; `assets-service witness` shows its own."
        )
    return keys


def _days(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name) or str(default)
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= 3650:  # noqa: PLR2004 - ten years
        raise SettingError(f"{name}: a number of days from 1 to 3650 is needed, not {text[:20]!r}.")
    return int(text)

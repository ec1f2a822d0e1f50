"""Settings: a wrong value stops the start with one line saying which and why."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assets_service.settings import SettingError, check_base_url, read_settings

KEY = "Vf3-qLw8_ZtR5yXo1PbN7cUdKe2GhJmS"


def read(tmp_path: Path, **given: str) -> object:
    return read_settings({"ASSETS_DATA_DIR": str(tmp_path), "ASSETS_SECRET_KEY": KEY} | given)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ASSETS_BASE_URL", "ftp://aset.example.go.id"),
        ("ASSETS_BASE_URL", "aset.example.go.id"),
        ("ASSETS_BASE_URL", "https://"),
        ("ASSETS_BASE_URL", "https://aset.example.go.id/ppid"),
        ("ASSETS_BASE_URL", "https://aset.example.go.id/?a=b"),
        ("ASSETS_BASE_URL", "https://aset.example.go.id/#a"),
        ("ASSETS_BASE_URL", "https://admin@aset.example.go.id"),
        ("ASSETS_BASE_URL", "https://aset.example.go.id:port"),
        ("ASSETS_BASE_URL", "https://aset.example.go.id:99999"),
        ("ASSETS_BASE_URL", "https://as et.example.go.id"),
        ("ASSETS_BASE_URL", "https://ásét.example"),
        ("ASSETS_BASE_URL", "https://" + "a" * 60 + ".go.id"),
        ("ASSETS_BASE_URL", "http://[::1"),
        ("ASSETS_BASE_URL", "https://."),
        ("ASSETS_BASE_URL", "https://-"),
        ("ASSETS_BASE_URL", "https://aset..id"),
        ("ASSETS_BASE_URL", "https://.aset.id"),
        ("ASSETS_BASE_URL", "https://aset-.example.id"),
        ("ASSETS_BASE_URL", "https://-aset.example.id"),
        ("ASSETS_BASE_URL", "https://aset.example.go.id."),
        ("ASSETS_BASE_URL", "https://aset.example.123"),
        ("ASSETS_BASE_URL", "https://300.1.2.3"),
        ("ASSETS_BASE_URL", "https://[aset]"),
        ("ASSETS_BASE_URL", "https://[12345::1]"),
        ("ASSETS_BASE_URL", "https://aset.example.go.id:0"),
        ("ASSETS_BASE_URL", "https://aset.example.go.id:"),
        ("ASSETS_DATABASE_URL", "nothing"),
        ("ASSETS_DATABASE_URL", "mysql://localhost/assets"),
        ("ASSETS_DATABASE_URL", "sqlite://"),
        ("ASSETS_DATABASE_URL", "sqlite:///:memory:"),
        ("ASSETS_JOB_THREADS", "many"),
        ("ASSETS_JOB_THREADS", "17"),
        ("ASSETS_JOB_THREADS", "-1"),
        ("ASSETS_SECRET_KEY", "short"),
        ("ASSETS_SECRET_KEY", "changeme"),
        ("ASSETS_SECRET_KEY", "a" * 64),
        ("ASSETS_SECRET_KEY", "abcabcabc" * 8),
        ("ASSETS_SECRET_KEY", "31415926535897932384626433832795"),
        ("ASSETS_SECRET_KEY", "0123456789" * 6),
        ("ASSETS_SECRET_KEY", "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"),
        ("ASSETS_SECRET_KEY", "changeme" * 5 + "1234"),
        ("ASSETS_LANG", "fr"),
        ("ASSETS_RETURN_CONTACT", "x" * 301),
        ("ASSETS_LABEL_MARK", "/nowhere/mark.png"),
        ("ASSETS_LABEL_MARK", "/etc/passwd"),
        ("ASSETS_LABEL_MARK", "/dev/zero"),
        ("ASSETS_OFFLINE", "maybe"),
        ("ASSETS_POCKET_DAYS", "0"),
        ("ASSETS_UNCONFIRMED_AFTER_DAYS", "0"),
        ("ASSETS_UNCONFIRMED_AFTER_DAYS", "two weeks"),
        ("ASSETS_UNCONFIRMED_AFTER_DAYS", "-1"),
        ("ASSETS_UNCONFIRMED_AFTER_DAYS", "²"),
        ("ASSETS_SESSION_DAYS", "3651"),
        ("ASSETS_SESSION_DAYS", "9" * 5000),
    ],
)
def test_a_wrong_value_is_named_in_one_line(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingError) as refused:
        read(tmp_path, **{name: value})
    said = str(refused.value)
    assert said.startswith(f"{name}: ")
    assert "\n" not in said
    assert len(said) < 200
    if name == "ASSETS_SECRET_KEY":
        assert value not in said


def test_nothing_needs_to_be_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = read_settings({})
    assert settings.data_dir == tmp_path / "var"
    assert settings.database_url == f"sqlite:///{tmp_path}/var/assets.db"
    assert (settings.base_url, settings.lang, settings.is_local) == ("http://127.0.0.1:8000", "id", True)
    assert read_settings({"PORT": "8010"}).base_url == "http://127.0.0.1:8010"


def test_the_secret_key_is_made_once_and_kept_for_the_owner_alone(tmp_path: Path) -> None:
    first, second = (read_settings({"ASSETS_DATA_DIR": str(tmp_path)}).secret_key for _ in range(2))
    assert first == second
    assert len(first) >= 32
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert read_settings({"ASSETS_DATA_DIR": str(tmp_path / "other")}).secret_key != first


def test_processes_that_start_together_share_one_key(tmp_path: Path) -> None:
    """Each worker, and a command beside them, may be the first to find none."""
    program = (
        "import sys; from assets_service.settings import read_settings; sys.stdin.readline(); "
        "print(read_settings().secret_key)"
    )
    environ = os.environ | {"ASSETS_DATA_DIR": str(tmp_path / "data")}
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program], env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(6)
    ]
    answers = [process.communicate("\n", timeout=60)[0] for process in started]
    assert set(answers) == {(tmp_path / "data" / "secret_key").read_text() + "\n"}


def test_whoever_comes_second_takes_the_key_of_the_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both found none; between that and its own writing, the other was quicker."""
    link = os.link

    def be_late(source: str, target: Path) -> None:
        target.write_text(KEY)
        link(source, target)

    monkeypatch.setattr("assets_service.settings.os.link", be_late)
    assert read_settings({"ASSETS_DATA_DIR": str(tmp_path)}).secret_key == KEY
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_a_full_disk_leaves_no_empty_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as disk:
        disk.setattr("assets_service.settings.os.fsync", full)
        with pytest.raises(OSError, match="No space left"):
            read_settings({"ASSETS_DATA_DIR": str(tmp_path)})
    assert list(tmp_path.iterdir()) == []
    assert len(read_settings({"ASSETS_DATA_DIR": str(tmp_path)}).secret_key) >= 32


def test_a_kept_key_that_was_spoiled_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("secret")
    with pytest.raises(SettingError, match=rf"ASSETS_SECRET_KEY: .*{tmp_path}/secret_key"):
        read_settings({"ASSETS_DATA_DIR": str(tmp_path)})


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://aset.example.go.id", "https://aset.example.go.id"),
        ("https://aset.example.go.id/", "https://aset.example.go.id"),
        ("http://10.1.2.3:8080", "http://10.1.2.3:8080"),
        ("http://aset", "http://aset"),
        ("https://xn--ast-bla.example.id", "https://xn--ast-bla.example.id"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("HTTPS://ASET.EXAMPLE.GO.ID", "HTTPS://ASET.EXAMPLE.GO.ID"),
    ],
)
def test_a_base_url_is_scheme_and_host(given: str, kept: str) -> None:
    assert check_base_url(given) == kept


@pytest.mark.parametrize(
    ("url", "is_local", "is_https"),
    [
        ("http://localhost:8000", True, False),
        ("https://[::1]", True, True),
        ("http://0.0.0.0:8000", True, False),
        ("https://aset.example.go.id", False, True),
        ("HTTPS://ASET.EXAMPLE.GO.ID", False, True),
    ],
)
def test_what_a_base_url_says_of_the_installation(tmp_path: Path, url: str, is_local: bool, is_https: bool) -> None:
    settings = read_settings({"ASSETS_DATA_DIR": str(tmp_path), "ASSETS_SECRET_KEY": KEY, "ASSETS_BASE_URL": url})
    assert (settings.is_local, settings.is_https) == (is_local, is_https)


def test_files_may_lie_where_several_servers_find_them(tmp_path: Path) -> None:
    given = {"ASSETS_DATA_DIR": str(tmp_path), "ASSETS_SECRET_KEY": KEY}
    assert read_settings(given).files_dir == tmp_path / "files"
    assert read_settings(given | {"ASSETS_STORE_DIR": str(tmp_path / "shared")}).files_dir == tmp_path / "shared"

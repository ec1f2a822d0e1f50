"""`assets-service seal`: now, with another key, or as another log; and what doctor says of it."""

from pathlib import Path

import pytest

from tests.cli.conftest import Cli

KEY = "Its verifier key: "


@pytest.fixture
def begun(cli: Cli, db: object) -> Cli:
    del db
    assert cli("migrate", "--new").exit_code == 0
    return cli


def key_in(output: str) -> str:
    return output.rpartition(KEY)[2].strip()


def test_seal_prints_the_checkpoint_and_its_key(begun: Cli) -> None:
    first = begun("seal")
    assert first.exit_code == 0
    assert first.output.splitlines()[0] == "127.0.0.1:8000/ledger"
    assert "— 127.0.0.1:8000/ledger " in first.output
    assert begun("seal").output == first.output, "there was nothing more to seal"


def test_a_new_key_signs_from_then_on(begun: Cli, data: Path) -> None:
    old = key_in(begun("seal").output)
    done = begun("seal", "--new-key", "--reason", "Petugas berganti")
    assert done.exit_code == 0
    assert key_in(done.output) not in {"", old}
    assert (data / "seal_key.old").exists()


def test_a_lost_key_is_said_to_be_lost(begun: Cli, data: Path) -> None:
    begun("seal")
    (data / "seal_key").unlink()
    refused = begun("seal", "--new-key")
    assert refused.exit_code == 1
    assert "seal_key" in refused.output
    assert begun("seal", "--key-lost", "--reason", "Diska rusak").exit_code == 0


def test_a_new_log_takes_the_place_of_one_that_cannot_go_on(begun: Cli) -> None:
    begun("seal")
    done = begun("seal", "--new-log")
    assert done.exit_code == 0
    assert done.output.splitlines()[0] == "127.0.0.1:8000/ledger/2"
    assert begun("seal", "--new-log", "--new-key").exit_code == 2


def test_doctor_tells_how_far_the_sealing_is_and_whether_the_key_is_there(begun: Cli, data: Path) -> None:
    assert "note seals: nothing is sealed yet" in begun("doctor").output
    begun("seal")
    assert "ok   seals: 127.0.0.1:8000/ledger: " in begun("doctor").output
    (data / "seal_key").unlink()
    assert "BAD  seals: The key that signs this log" in begun("doctor").output


@pytest.mark.parametrize("value", ["nonsense", "a+b+c", "a+00000000+AAAA"])
def test_a_witness_in_the_settings_must_be_a_key(value: str, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.cli.conftest import running  # noqa: PLC0415

    del monkeypatch
    done = running(ASSETS_DATA_DIR=data, ASSETS_WITNESSES=value)("doctor")
    assert done.exit_code == 1
    assert "ASSETS_WITNESSES" in done.output

"""A password that another program hands over is the one it means, however its system ends a line."""

import unicodedata

import pytest

from assets_service.kernel.db import Database
from assets_service.people import queries
from assets_service.people.passwords import matches
from tests.build import roster
from tests.cli.conftest import Cli

PASSWORD = "séduh kopi di Tual 81"


@pytest.mark.parametrize("ended", ["", "\n", "\r\n", "\r", "\r\nnot this\r\n"])
@pytest.mark.parametrize("before", ["", "\ufeff"])
def test_a_line_ends_as_any_system_ends_it(cli: Cli, db: Database, ended: str, before: str) -> None:
    with db.writing() as session:
        roster(session)
    said = f"{before}{unicodedata.normalize('NFD', PASSWORD)}{ended}"
    words = ("person", "add", "siti", "--name", "Siti", "--role", "head", "--office", "Kab. Maluku Tenggara")
    added = cli(*words, "--password-stdin", stdin=said)
    assert (added.exit_code, added.output) == (0, "siti is head at Bawaslu Kabupaten Maluku Tenggara.\n")
    with db.reading() as session:
        person = queries.by_username(session, "siti")
        assert person
        assert matches(PASSWORD, person.password_hash)

import pytest

from assets_service.kernel.db import Database
from tests.outbox.build_outbox import Client, World, a_world


@pytest.fixture
def world(client: Client, db: Database) -> World:
    return a_world(client, db)

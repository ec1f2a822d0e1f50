import logging

import pytest
import structlog
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.kernel.db import Database
from tests.labelling.build_labelling import Desk, a_country, a_desk


@pytest.fixture(autouse=True, scope="session")
def short_logs() -> None:
    """A crash in plain lines: the coloured ones take seconds each."""
    structlog.configure(
        processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )


@pytest.fixture
def desk(db: Database, client: TestClient[Litestar]) -> Desk:
    """Logistics of the national office."""
    a_country(db)
    return a_desk(db, client)

"""Bad and good input made from our own OpenAPI text: no crash, and every answer as the text says."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from litestar import Litestar
from schemathesis import Case, GenerationMode, checks
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.python import asgi

from assets_service.access.stamp import Role
from assets_service.custody import commands as custody
from assets_service.custody.asks import NewShipment
from assets_service.kernel.db import Database
from tests import build

EXAMPLES = {"sqlite": 6, "postgresql": 2}  # of each sort for each operation
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]


class World:
    """Things that exist, by the names under which bodies and paths speak of them; and who asks."""

    def __init__(self, db: Database) -> None:
        self.db = db
        with db.writing() as session:
            build.roster(session)
            self.codes = [build.a_device(session, at=at).code for at in ("00", "00", "81.02")]
            sent = custody.create(
                session, NewShipment(to_office="81.02", devices=self.codes[:1], send=True), stamp=build.system()
            )
            self.ids = [build.a_person(session, at="81.02").id, sent.id, 1]

    def caller(self) -> dict[str, str]:
        """A new one for each operation: some end their own session."""
        with self.db.writing() as session:
            admin = build.a_person(session, at="00", role=Role.ADMIN)
            build.a_role(session, admin, Role.HEAD, at="81.02")
            return build.bearer(build.a_token(session, admin))

    def known(self, name: str, chance: random.Random) -> Any:
        if name in {"code", "device"}:
            return chance.choice([*self.codes, "81.02"])
        if name in {"office", "to_office", "from_office", "parent"}:
            return "00" if name == "from_office" else chance.choice(["00", "81", "81.02", "62.71"])
        if name == "devices":
            return [chance.choice(self.codes)]
        if name == "person" or name.endswith("_id"):
            return chance.choice(self.ids)
        return {"stock": "tj-121", "id": self.codes[0], "kind": "tablet"}.get(name)

    def place(self, case: Case[Any], chance: random.Random) -> None:
        """Let what was made up speak of things that are there."""
        for part in (case.path_parameters, case.query, case.body):
            if isinstance(part, dict):
                part.pop("cursor", None)
                for name in part:
                    if (value := self.known(name, chance)) is not None and chance.random() < 0.8:
                        part[name] = value


@pytest.fixture
def operations(app: Litestar) -> Iterator[Any]:
    schema = schemathesis.openapi.from_asgi("/schema/openapi.json", app)
    yield [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    asgi.shutdown_lifespans()


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_no_input_breaks_the_service_or_its_description(
    mode: GenerationMode, operations: list[Any], db: Database
) -> None:
    world = World(db)
    examples = EXAMPLES["sqlite" if db.is_sqlite else "postgresql"]
    wrong: list[str] = []
    for operation in operations:
        headers = world.caller()

        @settings(
            max_examples=examples,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode), chance=st.randoms(use_true_random=False))
        def sends(case: Case[Any], chance: random.Random) -> None:
            if mode is GenerationMode.POSITIVE:
                world.place(case, chance)
            answer = case.call(headers=headers)  # noqa: B023 - called in this turn of the loop
            case.validate_response(answer, checks=CHECKS)

        try:
            sends()
        except Unsatisfiable:  # nothing can be wrong in a question without parameters
            continue
        except (Exception, FailureGroup) as error:  # noqa: BLE001 - every operation is asked before the test tells
            wrong.append(f"{operation.label}: {str(error)[:1500]}")
    assert not wrong, "\n\n".join(wrong)

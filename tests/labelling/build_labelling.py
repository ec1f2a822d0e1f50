"""What printing tests stand on: people of three offices, their devices, and a wait for what is drawn behind their back."""

import time
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import numpy as np
import pypdfium2
import zxingcpp
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient
from msgspec import structs

from assets_service.access.stamp import Role
from assets_service.flags.queries import Flags
from assets_service.kernel.db import Database
from assets_service.kernel.store import Store
from assets_service.labelling.asks import NewStock
from assets_service.labelling.commands import Shop
from assets_service.labelling.commands.runs import LABEL_FILES
from assets_service.settings import Settings
from labels import STOCKS
from tests.build import a_device, a_person, a_token, bearer, roster

BASE = "HTTPS://ASET.EXAMPLE.GO.ID/D/"
WAIT_S = 60.0
_QR = zxingcpp.barcode_formats_from_str("QRCode")


@dataclass
class Desk:
    """Somebody at the printing desk, over HTTP."""

    client: TestClient[Litestar]
    token: str

    def get(self, path: str, **params: Any) -> Response:
        return self.client.get(f"/api/v1{path}", params=params, headers=bearer(self.token))

    def post(self, path: str, body: Any, **headers: str) -> Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(f"/api/v1{path}", json=body, headers=bearer(self.token) | named)

    def put(self, path: str, body: Any = None) -> Response:
        return self.client.put(f"/api/v1{path}", json=body, headers=bearer(self.token))

    def see(self, path: str, **params: Any) -> Response:
        return self.client.get(path, params=params, headers=bearer(self.token))

    def send(self, path: str, **fields: Any) -> Response:
        """A form, with the action id that every page puts into it."""
        data = {"action_id": str(uuid4())} | fields
        return self.client.post(path, data=data, headers=bearer(self.token), follow_redirects=False)

    def ended(self, run_id: int) -> dict[str, Any]:
        """The run once it is no longer under way."""
        until = time.monotonic() + WAIT_S
        while time.monotonic() < until:
            run: dict[str, Any] = self.get(f"/label-runs/{run_id}").json()
            if run["state"] not in {"queued", "drawing"}:
                return run
            time.sleep(0.02)
        raise TimeoutError(f"Run {run_id} did not end.")


def a_country(db: Database) -> None:
    with db.writing() as session:
        roster(session)


def a_desk(db: Database, client: TestClient[Litestar], role: Role | None = Role.LOGISTICS, *, at: str = "00") -> Desk:
    with db.writing() as session:
        return Desk(client, a_token(session, a_person(session, at=at, role=role)))


def devices_at(db: Database, office: str, count: int, **facts: Any) -> list[str]:
    """The codes of so many new devices."""
    with db.writing() as session:
        return [a_device(session, at=office, **facts).code for _ in range(count)]


def a_shop(settings: Settings) -> Shop:
    """What the commands that print are given of the installation."""
    return Shop(settings, Flags(14), Store(settings.files_dir, LABEL_FILES))


def a_stock(name: str, office: str, like: str = "tj-121") -> NewStock:
    """A stock of that office's own, with the measures of a shipped one."""
    measures = {
        name: value for name, value in structs.asdict(STOCKS[like]).items() if name in NewStock.__struct_fields__
    }
    return NewStock(**measures | {"name": name, "office": office})


def pages_of(pdf: bytes) -> list[Any]:
    document = pypdfium2.PdfDocument(pdf)
    return [page.render(scale=300 / 72).to_numpy() for page in document]


def addresses_in(pdf: bytes) -> list[str]:
    """What a phone reads off the sheets, sorted."""
    return sorted(
        str(found.text)
        for image in pages_of(pdf)
        for found in zxingcpp.read_barcodes(np.ascontiguousarray(image), formats=_QR)
    )


def problems(response: Response) -> list[str]:
    """The pointers a refusal names."""
    assert response.headers["content-type"] == "application/problem+json"
    return [problem["pointer"] for problem in response.json()["errors"]]

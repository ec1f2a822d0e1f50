"""The yardstick: a bare Litestar app that makes one select, with the same server, database and driver."""

import os

from litestar import Litestar, get
from litestar.params import FromPath
from msgspec import Struct
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from assets_service.devices.models import Device


class Found(Struct):
    code: str
    brand: str
    model: str
    serial: str


def app() -> Litestar:
    engine = create_engine(os.environ["ASSETS_DATABASE_URL"], pool_size=40, max_overflow=40)

    @get("/bare/{code:str}", sync_to_thread=True)
    def bare(code: FromPath[str]) -> Found:
        with Session(engine) as session:
            device = session.scalars(select(Device).where(Device.code == code)).one()
            return Found(device.code, device.brand, device.model, device.serial)

    return Litestar([bare], openapi_config=None)

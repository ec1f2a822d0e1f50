"""One device's label: drawn, seen on it, or a blank that was stuck on it."""

from collections.abc import Callable

from litestar import Controller, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

import labels
from assets_service.access.policy import SIGNED_IN
from assets_service.access.stamp import Stamp
from assets_service.actions.once import Once
from assets_service.devices import queries as devices
from assets_service.devices.asks import CodeClaim
from assets_service.devices.views import DeviceView
from assets_service.kernel.db import Database
from assets_service.kernel.pools import Pool
from assets_service.labelling import acts, queries
from assets_service.labelling.api.parameters import PDF, Dpi, StockParameter
from assets_service.labelling.asks import DEFAULT_STOCK, Attachment
from assets_service.labelling.errors import unreadable
from assets_service.labelling.texts import Prefix, device_text
from assets_service.settings import Settings
from labels import LabelError, LabelText, Stock


class LabelAPI(Controller):
    path = "/api/v1/devices/{code:str}"
    tags = ("Labels",)

    @get("/label.png", policy=SIGNED_IN, pool=Pool.DRAWING, sync_to_thread=True, media_type="image/png")
    def label_png(
        self,
        code: FromPath[str],
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        settings: NamedDependency[Settings],
        stock: StockParameter = DEFAULT_STOCK,
        dpi: Dpi = None,
        draft: FromQuery[bool] = False,
    ) -> Response[bytes]:
        """The label as PNG, in exact dots of a printer of `dpi` (the stock's own when left out)."""
        text, on = _label(db, settings, code, stock, stamp, draft=draft)
        return _drawn(lambda: labels.png(text, on, dpi or on.dpi, settings.label_mark), text, on, "image/png", "png")

    @get("/label.svg", policy=SIGNED_IN, pool=Pool.DRAWING, sync_to_thread=True, media_type="image/svg+xml")
    def label_svg(
        self,
        code: FromPath[str],
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        settings: NamedDependency[Settings],
        stock: StockParameter = DEFAULT_STOCK,
        draft: FromQuery[bool] = False,
    ) -> Response[bytes]:
        text, on = _label(db, settings, code, stock, stamp, draft=draft)
        return _drawn(lambda: labels.svg(text, on, settings.label_mark), text, on, "image/svg+xml", "svg")

    @get("/label.pdf", policy=SIGNED_IN, pool=Pool.DRAWING, sync_to_thread=True, media_type=PDF)
    def label_pdf(
        self,
        code: FromPath[str],
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        settings: NamedDependency[Settings],
        stock: StockParameter = DEFAULT_STOCK,
        draft: FromQuery[bool] = False,
    ) -> Response[bytes]:
        """The label as PDF, on one page of its own size."""
        text, on = _label(db, settings, code, stock, stamp, draft=draft)
        return _drawn(lambda: labels.pdf(text, on, settings.label_mark), text, on, PDF, "pdf")

    @get("/label.zpl", policy=SIGNED_IN, pool=Pool.DRAWING, sync_to_thread=True, media_type="application/zpl")
    def label_zpl(
        self,
        code: FromPath[str],
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        settings: NamedDependency[Settings],
        stock: StockParameter = "roll-50x30",
        dpi: Dpi = None,
        draft: FromQuery[bool] = False,
    ) -> Response[bytes]:
        """The label as ZPL for label printers: a graphic field in whole dots, at 203 dpi unless said otherwise."""
        text, on = _label(db, settings, code, stock, stamp, draft=draft)
        return _drawn(lambda: labels.zpl(text, on, dpi or 203, settings.label_mark), text, on, "application/zpl", "zpl")

    @put("/label-attachment", act=acts.ATTACH, sync_to_thread=True)
    def attach_label(
        self, code: FromPath[str], data: JSONBody[Attachment], once: NamedDependency[Once]
    ) -> Response[DeviceView]:
        """Say that the label was seen on the device. The first time counts; seeing a label that was replaced changes nothing."""
        return once.answer(once.do(acts.ATTACH, data, code))

    @post("/codes", act=acts.CLAIM, sync_to_thread=True)
    def claim_code(
        self, code: FromPath[str], data: JSONBody[CodeClaim], once: NamedDependency[Once]
    ) -> Response[DeviceView]:
        """Give the device a blank label's code as well, and see that label attached; the first claim wins."""
        return once.answer(once.do(acts.CLAIM, data, code), status=201)


def _label(
    db: Database, settings: Settings, code: str, stock: str, stamp: Stamp, *, draft: bool
) -> tuple[LabelText, Stock]:
    """The label's text. While the base URL is local it is marked DRAF: to be looked at, not to be stuck on."""
    with db.reading() as session:
        device = devices.by_code(session, code, stamp)
        text = device_text(
            device,
            device.office.office_name,
            version=device.label_version,
            draft=draft or settings.is_local,
            prefix=Prefix(settings.base_url),
        )
        return text, queries.stock(session, stock, stamp)


def _drawn(draw: Callable[[], bytes], text: LabelText, stock: Stock, media_type: str, ending: str) -> Response[bytes]:
    try:
        body = draw()
    except LabelError:
        raise unreadable(stock, text.url) from None
    headers = {
        "content-disposition": f'inline; filename="label-{text.code}.{ending}"',
        "cache-control": "private, no-cache",
    }
    return Response(body, media_type=media_type, headers=headers)

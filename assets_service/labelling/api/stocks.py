"""Label stocks over HTTP."""

from litestar import Controller, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

import labels
from assets_service.access.policy import SIGNED_IN
from assets_service.access.stamp import Stamp
from assets_service.actions.once import Once
from assets_service.kernel.db import Database
from assets_service.kernel.errors import invalid
from assets_service.kernel.http import Listing
from assets_service.kernel.pools import Pool
from assets_service.labelling import acts, queries
from assets_service.labelling.api.parameters import PDF, OffsetParameter, ScaleParameter, StockParameter
from assets_service.labelling.asks import DEFAULT_STOCK, NewStock
from assets_service.labelling.views import StockView, saved_stock_views, shipped_stock_views
from labels import LabelError


class StocksAPI(Controller):
    path = "/api/v1"
    tags = ("Labels",)

    @get("/label-stocks", policy=SIGNED_IN, sync_to_thread=True)
    def list_stocks(self, stamp: NamedDependency[Stamp], db: NamedDependency[Database]) -> Listing[StockView]:
        """The stocks that come with the product, then those saved for an office above or below the caller's."""
        with db.reading() as session:
            items = shipped_stock_views() + saved_stock_views(session, stamp)
        return Listing(items, None, len(items))

    @post("/label-stocks", act=acts.SAVE_STOCK, sync_to_thread=True)
    def save_stock(self, data: JSONBody[NewStock], once: NamedDependency[Once]) -> Response[StockView]:
        """Save a stock of your own. It never changes: retire it and save another."""
        return once.answer(once.do(acts.SAVE_STOCK, data), status=201)

    @put("/label-stocks/{name:str}/retirement", act=acts.RETIRE_STOCK, status_code=204, sync_to_thread=True)
    def retire_stock(self, name: FromPath[str], once: NamedDependency[Once]) -> Response[None]:
        """Take a stock out of use: new runs cannot use it."""
        once.do(acts.RETIRE_STOCK, None, name)
        return once.answer(None, status=204)

    @get("/label-alignment.pdf", policy=SIGNED_IN, pool=Pool.DRAWING, sync_to_thread=True, media_type=PDF)
    def alignment_page(
        self,
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        stock: StockParameter = DEFAULT_STOCK,
        offset_x_mm: OffsetParameter = 0.0,
        offset_y_mm: OffsetParameter = 0.0,
        scale: ScaleParameter = 1.0,
    ) -> Response[bytes]:
        """A page of outlines and a ruler, to hold against a sheet of labels. Print it at 100 %."""
        with db.reading() as session:
            on = queries.stock(session, stock, stamp)
        try:
            body = labels.alignment_pdf(on, offset_x_mm=offset_x_mm, offset_y_mm=offset_y_mm, scale=scale)
        except LabelError:
            raise invalid("offset_x_mm", "With this offset and scale, labels leave the page.") from None
        return Response(body, media_type=PDF)

"""Label stocks as pages."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from assets_service.access.policy import REGISTRARS
from assets_service.kernel.errors import Refusal
from assets_service.labelling import acts
from assets_service.labelling.asks import NewStock
from assets_service.labelling.views import saved_stock_views, shipped_stock_views
from assets_service.offices import queries as offices
from assets_service.web.language import phrase
from assets_service.web.visit import Visit


class StockPages(Controller):
    path = "/label/stok"
    include_in_schema = False

    @get(policy=REGISTRARS, sync_to_thread=True)
    def list_stocks(self, visit: NamedDependency[Visit]) -> Response[str]:
        return _stocks_page(visit)

    @post(act=acts.SAVE_STOCK, sync_to_thread=True)
    def save_stock(self, visit: NamedDependency[Visit]) -> Response[Any]:
        with visit.shown_again(_stocks_page):
            saved = visit.do(acts.SAVE_STOCK, visit.form.read(NewStock))
            notice = phrase("{title} is saved. Print its alignment page before the first sheet.")
            return visit.done("/label/stok", notice, title=saved.title)

    @post("/{name:str}/pensiun", act=acts.RETIRE_STOCK, sync_to_thread=True)
    def retire_stock(self, name: FromPath[str], visit: NamedDependency[Visit]) -> Response[Any]:
        visit.do(acts.RETIRE_STOCK, None, name)
        return visit.done("/label/stok", phrase("{name} is taken out of use."), tone="info", name=name)


def _stocks_page(visit: Visit, refusal: Refusal | None = None) -> Response[str]:
    with visit.reading() as session:
        stocks = saved_stock_views(session, visit.stamp) + shipped_stock_views()
        choices = offices.choices(session, visit.stamp, *REGISTRARS.roles)
    return visit.page("labelling/stocks.html", refusal, stocks=stocks, offices=choices)

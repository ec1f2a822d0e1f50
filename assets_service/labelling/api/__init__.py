"""Labels over HTTP: one, a sheet, a run; blanks; stocks; what finders wrote."""

from assets_service.labelling.api.finders import FindersAPI
from assets_service.labelling.api.labels import LabelAPI
from assets_service.labelling.api.runs import SheetsAPI
from assets_service.labelling.api.stocks import StocksAPI

__all__ = ["FindersAPI", "LabelAPI", "SheetsAPI", "StocksAPI"]

"""Printing as pages: choose, look, print; runs, blanks, own stocks; what finders wrote and where they write it."""

from assets_service.labelling.pages.blanks import BlankPages
from assets_service.labelling.pages.choosing import LabelPages
from assets_service.labelling.pages.finders import FinderPages
from assets_service.labelling.pages.runs import RunPages
from assets_service.labelling.pages.stocks import StockPages

__all__ = ["BlankPages", "FinderPages", "LabelPages", "RunPages", "StockPages"]

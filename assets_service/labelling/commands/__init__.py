"""Every write of labelling: printing, blanks, attaching, label stocks, finders' messages.

Rows are locked in one order everywhere: a run's job, the run, its devices by their ids.
"""

from assets_service.labelling.commands.attaching import attach
from assets_service.labelling.commands.blanks import claim, order_blanks, prepare_blanks
from assets_service.labelling.commands.choosing import Shop, check_drawable, chosen
from assets_service.labelling.commands.finders import answer_finder, code_read, write_finder
from assets_service.labelling.commands.runs import cancel, order, prepare_sheet, restart, shop_of
from assets_service.labelling.commands.stocks import retire_stock, save_stock

__all__ = [
    "Shop",
    "answer_finder",
    "attach",
    "cancel",
    "check_drawable",
    "chosen",
    "claim",
    "code_read",
    "order",
    "order_blanks",
    "prepare_blanks",
    "prepare_sheet",
    "restart",
    "retire_stock",
    "save_stock",
    "shop_of",
    "write_finder",
]

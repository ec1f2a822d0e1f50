"""What can be done with labels, whatever door it comes through."""

from assets_service.access.policy import PUBLIC, RECEIVERS, REGISTRARS
from assets_service.actions.act import Act, nothing
from assets_service.devices import queries as devices
from assets_service.devices.asks import CodeClaim
from assets_service.devices.views import DeviceView, device_result
from assets_service.labelling import commands, queries
from assets_service.labelling.asks import Attachment, FinderNote, NewBlanks, NewSheet, NewStock
from assets_service.labelling.views import MessageView, RunView, StockView, message_result, run_result, stock_result

PRINT = Act(
    name="labelling.print",
    who=REGISTRARS,
    ask=NewSheet,
    prepare=commands.prepare_sheet,
    command=commands.order,
    gives=RunView,
    result=run_result,
)
PRINT_BLANKS = Act(
    name="labelling.print_blanks",
    who=REGISTRARS,
    ask=NewBlanks,
    prepare=commands.prepare_blanks,
    command=commands.order_blanks,
    gives=RunView,
    result=run_result,
)
CANCEL = Act(
    name="labelling.cancel",
    who=REGISTRARS,
    on=queries.run,
    command=commands.cancel,
    gives=RunView,
    result=run_result,
)
RESTART = Act(
    name="labelling.restart",
    who=REGISTRARS,
    on=queries.run,
    prepare=commands.shop_of,
    command=commands.restart,
    gives=RunView,
    result=run_result,
)
CLAIM = Act(
    name="labelling.claim",
    who=REGISTRARS,
    on=devices.locked,
    ask=CodeClaim,
    command=commands.claim,
    gives=DeviceView,
    result=device_result,
)
ATTACH = Act(
    name="labelling.attach",
    who=RECEIVERS,
    on=devices.locked,
    ask=Attachment,
    command=commands.attach,
    gives=DeviceView,
    result=device_result,
)
SAVE_STOCK = Act(
    name="labelling.save_stock",
    who=REGISTRARS,
    ask=NewStock,
    command=commands.save_stock,
    gives=StockView,
    result=stock_result,
)
RETIRE_STOCK = Act(
    name="labelling.retire_stock",
    who=REGISTRARS,
    on=queries.locked_stock,
    command=commands.retire_stock,
    gives=StockView,
    result=stock_result,
)
WRITE_FINDER = Act(
    name="labelling.write_finder",
    who=PUBLIC,
    on=commands.code_read,
    ask=FinderNote,
    command=commands.write_finder,
    gives=type(None),
    result=nothing,
)
ANSWER_FINDER = Act(
    name="labelling.answer_finder",
    who=RECEIVERS,
    on=queries.locked_message,
    command=commands.answer_finder,
    gives=MessageView,
    result=message_result,
)

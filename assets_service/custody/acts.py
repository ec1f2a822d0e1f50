"""What can be done with custody, whatever door it comes through."""

from assets_service.access.policy import ADMINS, RECEIVERS
from assets_service.actions.act import Act
from assets_service.custody import commands, queries
from assets_service.custody.asks import (
    FindingResolution,
    Leaving,
    Loss,
    NewHolder,
    NewHolders,
    NewShipment,
    Receipt,
    Recovery,
    Remark,
    Transfer,
)
from assets_service.custody.views import HoldingView, ShipmentView, holding_result, shipment_result
from assets_service.devices import queries as devices
from assets_service.devices.views import DeviceView, device_result
from assets_service.people.views import PersonView, person_result

CREATE = Act(
    name="custody.create",
    who=RECEIVERS,
    ask=NewShipment,
    command=commands.create,
    gives=ShipmentView,
    result=shipment_result,
)
DISPATCH = Act(
    name="custody.dispatch",
    who=RECEIVERS,
    on=queries.locked,
    ask=Remark,
    command=commands.dispatch,
    gives=ShipmentView,
    result=shipment_result,
)
CANCEL = Act(
    name="custody.cancel",
    who=RECEIVERS,
    on=queries.locked,
    ask=Remark,
    command=commands.cancel,
    gives=ShipmentView,
    result=shipment_result,
)
RECEIVE = Act(
    name="custody.receive",
    who=RECEIVERS,
    on=queries.locked,
    ask=Receipt,
    command=commands.receive,
    gives=ShipmentView,
    result=shipment_result,
)
RESOLVE_FINDING = Act(
    name="custody.resolve_finding",
    who=RECEIVERS,
    on=queries.locked_finding,
    ask=FindingResolution,
    command=commands.resolve_finding,
    gives=ShipmentView,
    result=shipment_result,
)
HOLD = Act(
    name="custody.hold",
    who=RECEIVERS,
    on=devices.locked,
    ask=NewHolder,
    command=commands.hold,
    gives=DeviceView,
    result=device_result,
)
HOLD_EACH = Act(
    name="custody.hold_each",
    who=RECEIVERS,
    ask=NewHolders,
    command=commands.hold_each,
    gives=HoldingView,
    result=holding_result,
)
DEACTIVATE = Act(
    name="custody.deactivate",
    who=ADMINS,
    on=queries.locked_leaver,
    ask=Leaving,
    command=commands.deactivate,
    gives=PersonView,
    result=person_result,
)
TRANSFER = Act(
    name="custody.transfer",
    who=ADMINS,
    on=queries.locked_leaver,
    ask=Transfer,
    command=commands.transfer,
    gives=PersonView,
    result=person_result,
)
REPORT_LOSS = Act(
    name="custody.report_loss",
    who=RECEIVERS,
    on=devices.locked,
    ask=Loss,
    command=commands.report_loss,
    gives=DeviceView,
    result=device_result,
)
REPORT_FOUND = Act(
    name="custody.report_found",
    who=RECEIVERS,
    on=devices.locked,
    ask=Recovery,
    command=commands.report_found,
    gives=DeviceView,
    result=device_result,
)

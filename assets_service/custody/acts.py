"""What can be done with custody, whatever door it comes through."""

from assets_service.access.policy import ADMINS, RECEIVERS, REGISTRARS
from assets_service.actions.act import Act
from assets_service.custody import commands, queries
from assets_service.custody.asks import (
    AmendShipment,
    FindingResolution,
    HolderCorrection,
    Leaving,
    Loss,
    NewAccessory,
    NewArrival,
    NewHolder,
    NewHolders,
    NewReason,
    NewReceipt,
    NewRoute,
    NewSettlement,
    NewShipment,
    NewSuccession,
    NewTrackingNote,
    ReceiptCorrection,
    Recovery,
    Remark,
    Transfer,
)
from assets_service.custody.views import (
    AccessoryView,
    ClearanceView,
    HoldingView,
    ReasonView,
    ReceiptView,
    RouteView,
    ShipmentView,
    SuccessionView,
    accessory_result,
    clearance_result,
    holding_result,
    reason_result,
    receipt_result,
    route_result,
    shipment_result,
    succession_result,
)
from assets_service.devices import queries as devices
from assets_service.devices.views import DeviceView, device_result
from assets_service.offices import queries as offices
from assets_service.people import queries as people
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
    ask=NewReceipt,
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
ARRIVE = Act(
    name="custody.arrive",
    who=RECEIVERS,
    on=queries.locked,
    ask=NewArrival,
    command=commands.arrive,
    gives=ShipmentView,
    result=shipment_result,
)
NOTE = Act(
    name="custody.note",
    who=RECEIVERS,
    on=queries.locked,
    ask=NewTrackingNote,
    command=commands.note,
    gives=ShipmentView,
    result=shipment_result,
)
CORRECT_SHIPMENT = Act(
    name="custody.correct_shipment",
    who=RECEIVERS,
    on=queries.locked,
    ask=AmendShipment,
    command=commands.correct_shipment,
    gives=ShipmentView,
    result=shipment_result,
)
CORRECT_RECEIPT = Act(
    name="custody.correct_receipt",
    who=RECEIVERS,
    on=queries.locked_receipt,
    ask=ReceiptCorrection,
    command=commands.correct_receipt,
    gives=ReceiptView,
    result=receipt_result,
)
CORRECT_HOLDER = Act(
    name="custody.correct_holder",
    who=RECEIVERS,
    on=devices.locked,
    ask=HolderCorrection,
    command=commands.correct_holder,
    gives=DeviceView,
    result=device_result,
)
SETTLE = Act(
    name="custody.settle",
    who=RECEIVERS,
    on=queries.locked_difference,
    ask=NewSettlement,
    command=commands.settle,
    gives=ShipmentView,
    result=shipment_result,
)
SUCCEED = Act(
    name="custody.succeed",
    who=RECEIVERS,
    on=offices.by_code,
    ask=NewSuccession,
    command=commands.succeed,
    gives=SuccessionView,
    result=succession_result,
)
CLEAR = Act(
    name="custody.clear",
    who=RECEIVERS,
    on=people.locked,
    command=commands.clear,
    gives=ClearanceView,
    result=clearance_result,
)
SET_ROUTE = Act(
    name="custody.set_route",
    who=REGISTRARS,
    ask=NewRoute,
    command=commands.set_route,
    gives=RouteView,
    result=route_result,
)
SAVE_ACCESSORY = Act(
    name="custody.save_accessory",
    who=ADMINS,
    on=queries.locked_accessory,
    ask=NewAccessory,
    command=commands.save_accessory,
    gives=AccessoryView,
    result=accessory_result,
)
SAVE_REASON = Act(
    name="custody.save_reason",
    who=ADMINS,
    on=queries.locked_reason,
    ask=NewReason,
    command=commands.save_reason,
    gives=ReasonView,
    result=reason_result,
)

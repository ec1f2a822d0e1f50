"""What can be done with the register, whatever door it comes through."""

from assets_service.access.policy import ADMINS, REGISTRARS
from assets_service.actions.act import Act
from assets_service.devices import commands, queries
from assets_service.devices.asks import AmendDevice, NewDevice, Retirement
from assets_service.devices.views import DeviceView, device_result

REGISTER = Act(
    name="devices.register",
    who=REGISTRARS,
    ask=NewDevice,
    command=commands.register,
    gives=DeviceView,
    result=device_result,
)
AMEND = Act(
    name="devices.amend",
    who=REGISTRARS,
    on=queries.locked,
    ask=AmendDevice,
    command=commands.amend,
    gives=DeviceView,
    result=device_result,
)
RETIRE = Act(
    name="devices.retire",
    who=ADMINS,
    on=queries.locked,
    ask=Retirement,
    command=commands.retire,
    gives=DeviceView,
    result=device_result,
)

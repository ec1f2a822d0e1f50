"""What can be done with checks, whatever door it comes through."""

from assets_service.access.policy import ADMINS, RECEIVERS
from assets_service.actions.act import Act
from assets_service.devices import queries as devices
from assets_service.inspections import commands
from assets_service.inspections.asks import NewCheck, SetPolicy
from assets_service.inspections.views import Checked, PolicyView, checked_result, policy_result

CHECK = Act(
    name="inspections.check",
    who=RECEIVERS,
    on=devices.locked,
    ask=NewCheck,
    command=commands.check,
    gives=Checked,
    result=checked_result,
)
SET_POLICY = Act(
    name="inspections.set_policy",
    who=ADMINS,
    ask=SetPolicy,
    command=commands.set_policy,
    gives=PolicyView,
    result=policy_result,
)

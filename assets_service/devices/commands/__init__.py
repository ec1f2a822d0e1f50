"""Every write of the register."""

from assets_service.devices.commands.changing import amend, retire
from assets_service.devices.commands.claiming import claim_code
from assets_service.devices.commands.registering import check_each, register, register_each
from assets_service.devices.commands.withdrawing import withdraw_import

__all__ = ["amend", "check_each", "claim_code", "register", "register_each", "retire", "withdraw_import"]

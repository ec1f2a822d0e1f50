"""Every write of programmes: their rules, and handing out what they entitle offices to."""

from assets_service.programmes.commands.distributing import distribute, send, undo
from assets_service.programmes.commands.rules import add, set_allocation

__all__ = ["add", "distribute", "send", "set_allocation", "undo"]

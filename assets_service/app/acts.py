"""Every act of the product by its name, for the outbox and for the test that each writing route is a face of one."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import assets_service
from assets_service.actions.act import Act


def acts() -> dict[str, Act[Any]]:
    """The acts of all rooms (`room/acts.py`), in the order of their names."""
    found: dict[str, Act[Any]] = {}
    for room in iter_modules(assets_service.__path__):
        if _has_acts(room.name):
            module = import_module(f"assets_service.{room.name}.acts")
            for act in vars(module).values():
                if isinstance(act, Act):
                    found[act.name] = act
    return dict(sorted(found.items()))


def _has_acts(room: str) -> bool:
    folder = assets_service.__path__[0]
    return room != "app" and any(part.name == "acts" for part in iter_modules([f"{folder}/{room}"]))

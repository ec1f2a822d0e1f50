"""Where one can go, in the order people need it; the first four fit under a thumb."""

from msgspec import Struct

from assets_service.web.language import phrase

ANYONE = frozenset({"admin", "logistics", "head", "auditor"})
KEEPERS = frozenset({"admin", "logistics"})


class MenuEntry(Struct, frozen=True):
    """One entry of the menu. Leaving it out is a courtesy: the rooms refuse by themselves."""

    path: str
    name: str
    icon: str
    roles: frozenset[str]
    here: bool = False


PLACES = (
    MenuEntry("/", phrase("Today"), "today", ANYONE),
    MenuEntry("/perangkat", phrase("Devices"), "devices", ANYONE),
    MenuEntry("/pindai", phrase("Scan"), "scan", ANYONE),
    MenuEntry("/pengiriman", phrase("Shipments"), "box", ANYONE),
    MenuEntry("/pemeriksaan", phrase("Checks"), "check", ANYONE),
    MenuEntry("/tanda", phrase("Flags"), "flag", ANYONE),
    MenuEntry("/kantor", phrase("Offices"), "office", ANYONE),
    MenuEntry("/label", phrase("Labels"), "label", KEEPERS),
    MenuEntry("/label/temuan", phrase("From finders"), "info", frozenset({"head"})),
    MenuEntry("/impor", phrase("Import"), "import", KEEPERS),
    MenuEntry("/ekspor", phrase("Export"), "export", ANYONE),
    MenuEntry("/ledger", phrase("Ledger"), "ledger", frozenset({"admin", "auditor"})),
    MenuEntry("/orang", phrase("People"), "people", frozenset({"admin"})),
)


def navigation_for(roles: frozenset[str], path: str) -> list[MenuEntry]:
    """The entries of the menu for these roles, with the one in which `path` lies marked."""
    return [
        MenuEntry(place.path, place.name, place.icon, place.roles, here=_lies_in(path, place.path))
        for place in PLACES
        if not roles.isdisjoint(place.roles)
    ]


def _lies_in(path: str, place: str) -> bool:
    if place == "/perangkat" and path.startswith("/d/"):
        return True
    return path == place or (place != "/" and path.startswith(f"{place}/"))

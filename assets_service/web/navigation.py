"""Where one can go, in the order people need it; the first four fit under a thumb."""

from msgspec import Struct

from assets_service.web.language import phrase

ANYONE = frozenset({"admin", "logistics", "head", "auditor"})
KEEPERS = frozenset({"admin", "logistics"})


class Place(Struct, frozen=True):
    """One entry of the navigation; hiding it is a courtesy, the rooms refuse by themselves."""

    path: str
    name: str
    icon: str
    roles: frozenset[str]
    here: bool = False


PLACES = (
    Place("/", phrase("Today"), "today", ANYONE),
    Place("/perangkat", phrase("Devices"), "devices", ANYONE),
    Place("/pindai", phrase("Scan"), "scan", ANYONE),
    Place("/pengiriman", phrase("Shipments"), "box", ANYONE),
    Place("/pemeriksaan", phrase("Checks"), "check", ANYONE),
    Place("/tanda", phrase("Flags"), "flag", ANYONE),
    Place("/kantor", phrase("Offices"), "office", ANYONE),
    Place("/label", phrase("Labels"), "label", KEEPERS),
    Place("/label/temuan", phrase("From finders"), "info", frozenset({"head"})),
    Place("/impor", phrase("Import"), "import", KEEPERS),
    Place("/ekspor", phrase("Export"), "export", ANYONE),
    Place("/ledger", phrase("Ledger"), "ledger", frozenset({"admin", "auditor"})),
    Place("/orang", phrase("People"), "people", frozenset({"admin"})),
)


def navigation_for(roles: frozenset[str], path: str) -> list[Place]:
    """Return the places these roles use, with the one ``path`` lies in marked."""
    return [
        Place(place.path, place.name, place.icon, place.roles, here=_lies_in(path, place.path))
        for place in PLACES
        if not roles.isdisjoint(place.roles)
    ]


def _lies_in(path: str, place: str) -> bool:
    if place == "/perangkat" and path.startswith("/d/"):
        return True
    return path == place or (place != "/" and path.startswith(f"{place}/"))

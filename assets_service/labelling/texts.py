"""What stands on a label: the words and numbers of a device, or of a blank."""

import msgspec

from assets_service.devices.identifiers import dotted
from assets_service.devices.models import Device
from labels import LabelText

INSTITUTION = "Bawaslu RI"


class Prefix(msgspec.Struct, frozen=True):
    """The address in front of a code: the configured host, in capitals, since the QR is then smaller."""

    base_url: str

    def url(self, code: str, version: int = 1) -> str:
        return f"{self.base_url}/D/{code}".upper() + (f".{version}" if version > 1 else "")


def device_text(device: Device, office_name: str, *, version: int, draft: bool, prefix: Prefix) -> LabelText:
    item = f"{dotted(device.kode_barang)} NUP {device.nup}" if device.kode_barang and device.nup is not None else ""
    year = str(device.acquired_on.year) if device.acquired_on else ""
    return LabelText(
        url=prefix.url(device.code, version),
        code=device.code,
        institution=INSTITUTION,
        uakpb_year=".".join(part for part in (device.uakpb, year) if part) if device.uakpb else "",
        item_code=item,
        name=f"{device.brand} {device.model}",
        office=office_name,
        draft=draft,
        version=version,
    )


def blank_text(code: str, *, draft: bool, prefix: Prefix) -> LabelText:
    return LabelText(url=prefix.url(code), code=code, institution=INSTITUTION, draft=draft)


def next_version(label_version: int, *, is_printed: bool, draft: bool = False) -> int:
    """The version that a label printed now bears. A draft replaces nothing."""
    return label_version + 1 if is_printed and not draft else label_version

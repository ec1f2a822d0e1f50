"""What is asked: registering the devices of a file, recording the grades of one."""

from hashlib import sha256
from typing import ClassVar

from msgspec import Struct


class DeviceFile(Struct):
    """The bytes of a CSV or XLSX file. What is asked is known by their SHA-256."""

    secrets: ClassVar[tuple[str, ...]] = ("content",)  # its hash stands for it

    content: bytes
    sha256: str = ""

    def __post_init__(self) -> None:
        self.sha256 = self.sha256 or sha256(self.content).hexdigest()


class GradeFile(DeviceFile):
    """The same of openness grades."""

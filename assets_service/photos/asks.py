"""What is asked: keeping a photo."""

from hashlib import sha256
from typing import ClassVar

from msgspec import Struct


class NewPhoto(Struct):
    """The bytes as they were sent; what is asked is known by their SHA-256."""

    secrets: ClassVar[tuple[str, ...]] = ("content",)  # its hash stands for it

    content: bytes
    sha256: str = ""
    is_named_by_sender: bool = False  # by `sha256`, as a phone names it in the acts that it sends later
    comes_with_act: bool = False  # which tells of it, so that it needs no sentence of its own

    def __post_init__(self) -> None:
        self.sha256 = self.sha256 or sha256(self.content).hexdigest()

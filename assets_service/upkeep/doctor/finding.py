"""What the doctor says of one thing."""

from msgspec import Struct


class Finding(Struct):
    """One thing the doctor checked. `is_well` is None for what is worth knowing but neither good nor bad."""

    what: str
    is_well: bool | None
    said: str

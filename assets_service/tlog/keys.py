"""Keys of Ed25519: the public half as everybody writes it down (a vkey), the secret half that signs."""

from functools import cached_property
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Struct

from assets_service.kernel.errors import Refusal
from assets_service.tlog.encoding import from_base64, to_base64
from assets_service.tlog.errors import NoKey

LOG, WITNESS = 1, 4  # what a key signs: notes as they are; a checkpoint with the time at which it was seen
SEED_BYTES = PUBLIC_BYTES = 32
_ID_BYTES = 4


class VerifierKey(Struct, frozen=True):
    """Whose signatures are believed: a name, what the key signs, and its public half."""

    name: str
    sort: int
    public: bytes

    @property
    def id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + bytes([self.sort]) + self.public).digest()[:_ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{to_base64(bytes([self.sort]) + self.public)}"

    def fits(self, signature: bytes, signed: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, signed)
        except InvalidSignature:
            return False
        return True


class SigningKey:
    """The secret half, under the name by which it is known."""

    def __init__(self, name: str, sort: int, seed: bytes) -> None:
        if not is_name(name):
            raise NoKey
        self.name = name
        self.sort = sort
        self._private = Ed25519PrivateKey.from_private_bytes(seed)

    @cached_property
    def verifier(self) -> VerifierKey:
        return VerifierKey(self.name, self.sort, self._private.public_key().public_bytes_raw())

    def sign(self, data: bytes) -> bytes:
        return self._private.sign(data)


def read_key(text: str) -> VerifierKey:
    """The key in a text `name+id+key`. Raises `NoKey`."""
    name, _, rest = text.partition("+")
    written, _, encoded = rest.partition("+")
    try:
        data = from_base64(encoded)
    except Refusal:
        raise NoKey from None
    key = VerifierKey(name, data[0] if data else 0, data[1:])
    is_ours = key.sort in {LOG, WITNESS} and len(key.public) == PUBLIC_BYTES
    if not (is_name(name) and is_ours and key.id.hex() == written):
        raise NoKey
    return key


def is_name(name: str) -> bool:
    """Whether a key may be called so: no spaces, no plus, nothing that cannot be seen."""
    return bool(name) and name.isprintable() and "+" not in name and not any(sign.isspace() for sign in name)

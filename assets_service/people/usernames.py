"""Usernames that nobody may have, and those that could be taken for another's."""

# What the ledger and the pages call somebody who is no person.
RESERVED = ("system", "sistem", "stranger", "anonim")

_ALIKE = (("0", "o"), ("1", "l"), ("rn", "m"), ("vv", "w"))


def likeness(username: str) -> str:
    """The username with what looks alike made the same: case, dots and hyphens, 0 and o, 1 and l, rn and m, vv and w.

    Two persons never share one.
    """
    seen = "".join(sign for sign in username.strip().casefold() if sign not in "._-")
    for one, other in _ALIKE:
        seen = seen.replace(one, other)
    return seen


def is_reserved(username: str) -> bool:
    return likeness(username) in {"", *map(likeness, RESERVED)}

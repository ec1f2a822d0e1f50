"""`python -m migrations revision "adds …"`: for maintainers, through `make revision m=`."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from migrations import revision

if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] != "revision":  # noqa: PLR2004 - program, verb, message
        sys.exit('usage: python -m migrations revision "what it does"')
    with TemporaryDirectory() as folder:
        revision(sys.argv[2], f"sqlite:///{Path(folder) / 'empty.db'}")

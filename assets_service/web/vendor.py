"""Fetch the scripts of others that we serve ourselves (maintainers only; `make vendor`).

    python -m assets_service.web.vendor

Each goes to `static/vendor/<name>@<version>/` with its licence, named with its SHA-256 in `static/vendor/manifest.json`.
Nothing at run time, in `make run` or in the tests needs the network: `tests/web/test_vendor.py` checks the manifest offline.
To move to a new version: change it here, run, change the version in the templates that name it, run the browser tests, commit.
"""

import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from hashlib import sha256
from pathlib import Path

from msgspec import Struct

VENDOR = Path(__file__).parent / "static" / "vendor"
MANIFEST = VENDOR / "manifest.json"


class Package(Struct, frozen=True):
    """One npm package and the few files of it that pages use."""

    name: str
    version: str
    licence: str
    files: tuple[str, ...]

    @property
    def folder(self) -> str:
        return f"{self.name.removesuffix('.org')}@{self.version}"


PACKAGES = (
    Package("htmx.org", "2.0.11", "0BSD", ("dist/htmx.min.js", "LICENSE")),
    Package(
        "swagger-ui-dist",
        "5.35.0",
        "Apache-2.0",
        ("swagger-ui-bundle.js", "swagger-ui-bundle.js.LICENSE.txt", "swagger-ui.css", "LICENSE", "NOTICE"),
    ),
    Package("zxing-wasm", "3.1.3", "MIT", ("dist/iife/reader/index.js", "dist/reader/zxing_reader.wasm", "LICENSE")),
)


def fetch(package: Package) -> dict[str, str]:
    """Unpack the wanted files of one package; return their SHA-256 by path below `static/vendor`."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is needed to fetch vendored scripts.")
    target = VENDOR / package.folder
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(  # noqa: S603 - fixed arguments
            [npm, "pack", f"{package.name}@{package.version}", "--pack-destination", folder],
            check=True,
            capture_output=True,
        )
        (archive,) = Path(folder).glob("*.tgz")
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        with tarfile.open(archive) as tar:
            for wanted in package.files:
                member = tar.extractfile(f"package/{wanted}")
                assert member is not None
                (target / Path(wanted).name).write_bytes(member.read())
    return {f"{package.folder}/{path.name}": hash_of(path) for path in sorted(target.iterdir())}


def hash_of(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def main() -> None:
    manifest = [
        {
            "name": package.name,
            "version": package.version,
            "licence": package.licence,
            "sha256": fetch(package),
        }
        for package in PACKAGES
    ]
    MANIFEST.write_text(json.dumps(manifest, indent=2) + "\n")


if __name__ == "__main__":
    main()

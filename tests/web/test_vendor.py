"""The scripts of others that we serve are, byte for byte, those that were fetched."""

import json
import re

from assets_service.web.static_files import names
from assets_service.web.templating import TEMPLATES
from assets_service.web.vendor import MANIFEST, PACKAGES, VENDOR, hash_of

KEPT = json.loads(MANIFEST.read_text())


def test_every_file_has_the_hash_it_was_fetched_with() -> None:
    hashes = {path: digest for package in KEPT for path, digest in package["sha256"].items()}
    there = {file.relative_to(VENDOR).as_posix() for file in VENDOR.rglob("*") if file.is_file()} - {MANIFEST.name}
    assert there == hashes.keys()
    assert {path: hash_of(VENDOR / path) for path in there} == hashes


def test_the_manifest_tells_of_the_packages_that_are_asked_for() -> None:
    told = [(package["name"], package["version"], package["licence"]) for package in KEPT]
    assert told == [(package.name, package.version, package.licence) for package in PACKAGES]


def test_each_brings_its_licence() -> None:
    for package in PACKAGES:
        assert (VENDOR / package.folder / "LICENSE").is_file()


def test_templates_name_the_version_that_is_there() -> None:
    named = {
        path
        for file in TEMPLATES.rglob("*.html")
        for path in re.findall(r'asset\("(vendor/[^"]+)"\)', file.read_text())
    }
    assert named
    assert named <= names()

"""What is in the repository: the customer's top level, nobody's machine, locks without addresses."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCKS = ("requirements.lock", "requirements-dev.lock")
TOP_LEVEL = {
    *("assets_service", "migrations", "labels", "tests", "pyproject.toml", "Makefile", "README.md"),
    *("docs", ".ci", ".gitignore", ".gitattributes", ".dockerignore", "LICENSE", "NOTICE", "CHANGELOG.md", *LOCKS),
}
# In two halves, or this file would name them.
UNNAMEABLE = re.compile(
    "|".join(
        "".join(halves)
        for halves in (
            ("/wo", r"rk/(main|shared|\.)"),
            ("/fa", "rm[/-]"),
            ("bash_", "jobs"),
            ("/root/", r"\."),
            (r"pypi\.", "org"),
            ("python", r"hosted\.org"),
            (r"npmjs\.", "org"),
            (r"deb\.", r"debian\.org"),
        )
    )
)


@pytest.fixture(scope="module")
def tracked(root: Path) -> list[Path]:
    if not shutil.which("git") or not (root / ".git").exists():
        pytest.skip("not a git clone")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True).stdout
    return [root / name for name in listed.split("\0") if name and (root / name).is_file()]


def test_the_top_level_is_the_customers(tracked: list[Path], root: Path) -> None:
    assert {file.relative_to(root).parts[0] for file in tracked} <= TOP_LEVEL


def test_no_file_names_somebodys_machine_or_a_registry(tracked: list[Path], root: Path) -> None:
    found = [
        f"{file.relative_to(root)}: {hit.group()}"
        for file in tracked
        if "vendor" not in file.parts
        if (hit := UNNAMEABLE.search(file.read_bytes().decode("utf-8", "replace")))
    ]
    assert found == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_hashes_and_no_address(lock: str, root: Path) -> None:
    text = (root / lock).read_text()
    assert "://" not in text
    assert "@" not in text
    for requirement in re.split(r"\n(?=\S)", text):
        if not requirement.startswith("#"):
            assert "--hash=sha256:" in requirement


def locked(path: Path) -> dict[str, list[str]]:
    """Name to versions; a name may have one for older and one for newer Pythons."""
    versions: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", path.read_text(), re.MULTILINE):
        versions.setdefault(canonicalize_name(name), []).append(version)
    return versions


def asked(root: Path) -> dict[str, list[Requirement]]:
    project = tomllib.loads((root / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    to_run = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["postgres"],
        *groups["build"],
    ]
    return {
        "requirements.lock": [Requirement(line) for line in to_run],
        "requirements-dev.lock": [Requirement(line) for line in [*to_run, *groups["test"], *groups["lint"]]],
    }


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_answers_all_that_the_project_asks(lock: str, root: Path) -> None:
    versions = locked(root / lock)
    unanswered = [
        str(wanted)
        for wanted in asked(root)[lock]
        if not any(wanted.specifier.contains(version) for version in versions.get(canonicalize_name(wanted.name), ()))
    ]
    assert unanswered == [], "run: make lock"


def test_both_locks_agree(root: Path) -> None:
    to_run, to_work = (locked(root / lock) for lock in LOCKS)
    assert {name: to_work.get(name) for name in to_run} == to_run


def test_every_dependency_says_why_it_is_there(root: Path) -> None:
    text = (root / "pyproject.toml").read_text()
    lists = re.findall(r"^(?:dependencies|build|test|lint|postgres) = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    assert len(lists) >= 4
    assert [line for block in lists for line in block.splitlines() if "#" not in line] == []

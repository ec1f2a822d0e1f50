"""R13: no address that a user gives is ever fetched. Our sources hold nothing that could; and tests have no way out."""

import ast
import socket
from pathlib import Path

import pytest

import assets_service
import labels

FETCHERS = {"requests", "httpx", "aiohttp", "urllib3", "urllib.request", "http.client", "ftplib", "socket", "telnetlib"}


def imported(module: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def test_nothing_of_ours_can_ask_another_machine() -> None:
    able = {
        str(module.relative_to(root.parent))
        for root in (Path(assets_service.__file__).parent, Path(labels.__file__).parent)
        for module in root.rglob("*.py")
        if imported(module) & FETCHERS
    }
    assert able <= {
        "assets_service/web/vendor.py",  # a maintainers' tool that no route calls
        "assets_service/server/listening.py",  # where the server itself listens
        "assets_service/witness/remote.py",  # whoever is a witness names the log on their own command line
    }


def test_a_test_cannot_leave_this_machine() -> None:
    with pytest.raises(RuntimeError, match="stay on this machine"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


def test_no_route_can_reach_the_witness() -> None:
    """It asks another machine; only the command line may call it."""
    callers = {
        str(module.relative_to(Path(assets_service.__file__).parent))
        for module in Path(assets_service.__file__).parent.rglob("*.py")
        if any(name.startswith("assets_service.witness.remote") for name in imported(module))
    }
    assert callers <= {"witness/visiting.py", "cli/sealing.py"}

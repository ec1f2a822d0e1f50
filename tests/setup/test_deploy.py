"""What the deployment files and the documents call exists, with the options they give."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from assets_service.cli import main

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "docs" / "deploy"
AS_A_LIST = re.compile(r"\[assets-service, (.*?)\]")  # compose's and Docker's form


def calls() -> Iterator[str]:
    """Each `assets-service …` that somebody is told to type or that a machine runs."""
    for file in [*DEPLOY.iterdir(), ROOT / "docs" / "operating.md", ROOT / "Makefile"]:
        text = re.sub(r"^ *#.*", "", file.read_text(), flags=re.MULTILINE) if file.suffix != ".md" else file.read_text()
        text = AS_A_LIST.sub(lambda listed: "assets-service " + listed[1].replace(", ", " "), text)
        if file.suffix == ".md":
            text = "\n".join(re.findall(r"^    .*$|(?<=`)[^`]+(?=`)", text, re.MULTILINE))
        yield from re.findall(r"(?:\.venv/bin/|\$\(BIN\)/|(?<![=\w/-]))assets-service ([a-z][^#;\n]*)", text)


def test_every_command_that_is_called_exists_with_its_options() -> None:
    found = list(calls())
    assert len(found) > 20
    assert [call for call in found if not is_known(call)] == []


def is_known(call: str) -> bool:
    words = call.split()
    command: click.Command | None = main.commands.get(words[0])
    if isinstance(command, click.Group):
        command = command.commands.get(words[1])
    if command is None:
        return False
    options = {name for parameter in command.params for name in parameter.opts}
    return {word for word in words if word.startswith("--")} <= options


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_reads_the_units(tmp_path: Path) -> None:
    program = tmp_path / "assets-service"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    units = []
    for unit in [*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")]:
        copy = tmp_path / unit.name
        copy.write_text(unit.read_text().replace("/opt/assets-service/.venv/bin/assets-service", str(program)))
        units.append(str(copy))
    assert len(units) == 5
    said = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stderr) == (0, "")


def test_a_shell_reads_what_runs_in_a_container() -> None:
    subprocess.run(["sh", "-n", DEPLOY / "care.sh"], check=True)

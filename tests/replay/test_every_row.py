"""Each row of what has broken systems like this, and the tests that replay it; several live in the room that they are about."""

import ast
from pathlib import Path

import pytest

ROWS = {
    "R1 custody by a side door": {"replay/test_r01_side_doors.py"},
    "R2 foreign ids": {
        *(
            "replay/test_r02_foreign_ids.py",
            "architecture/test_scope.py",
            "matrix/test_reads.py",
            "matrix/test_writes.py",
        ),
    },
    "R3 a missing check on a function": {"architecture/test_routes.py", "replay/test_r16_cross_site.py"},
    "R4 mass assignment": {"replay/test_r01_side_doors.py"},
    "R5 tokens and sessions": {"signing_in/test_sessions.py"},
    "R6 reset poisoning, enumeration": {"replay/test_r06_links_and_hosts.py"},
    "R7 brute force": {"signing_in/test_sessions.py"},
    "R8 script in fields": {"replay/test_r08_script_in_fields.py"},
    "R9 active uploads": {"replay/test_r11_closed_questions.py", "photos/test_photos.py"},
    "R10 formula injection": {"exports/test_in_libreoffice.py", "exports/test_files.py"},
    "R11 injection by sort or filter": {"replay/test_r11_closed_questions.py"},
    "R12 templates in names": {"replay/test_r12_templates_in_names.py"},
    "R13 fetching URLs": {"replay/test_r13_no_way_out.py"},
    "R14 paths": {"replay/test_r11_closed_questions.py", "kernel/test_store.py"},
    "R15 backup and restore": {"upkeep/test_backup.py"},
    "R16 cross-site writes": {"replay/test_r16_cross_site.py", "architecture/test_routes.py"},
    "R17 open redirect": {"replay/test_r06_links_and_hosts.py"},
    "R18 default secrets": {"replay/test_r19_bounds.py", "kernel/test_settings.py"},
    "R19 unbounded input": {"replay/test_r19_bounds.py", "contract/test_odd_input.py", "kernel/test_files_sandbox.py"},
    "R20 secrets in logs": {"replay/test_r19_bounds.py"},
    "R21 races": {"races/test_fifty_at_once.py"},
    "R22 the public label page": {"replay/test_r16_cross_site.py", "labelling/test_finders.py"},
}


@pytest.mark.parametrize("row", ROWS)
def test_a_row_is_replayed(row: str) -> None:
    for name in ROWS[row]:
        tree = ast.parse((Path(__file__).parents[1] / name).read_text())
        assert any(isinstance(node, ast.FunctionDef) and node.name.startswith("test_") for node in tree.body), name

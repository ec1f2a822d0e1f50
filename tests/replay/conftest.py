"""Replays in a real browser are seen once."""

import pytest

ONE_DATABASE_IS_ENOUGH = "test_no_script_of_a_users_runs_on_any_page"  # what a browser runs does not depend on it


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On a run over both databases, look at every page once."""
    twice = [item for item in items if item.name == f"{ONE_DATABASE_IS_ENOUGH}[postgresql]"]
    if twice and any(item.name == f"{ONE_DATABASE_IS_ENOUGH}[sqlite]" for item in items):
        config.hook.pytest_deselected(items=twice)
        items[:] = [item for item in items if item not in twice]

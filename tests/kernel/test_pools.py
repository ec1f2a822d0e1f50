"""Room to work in: what is slow or stands in line stops nothing else, and who would wait too long is told at once."""

from concurrent.futures import wait
from threading import Event, current_thread

import pytest
import structlog

from assets_service.kernel.pools import NoRoom, Pool, Pools, Room, choose
from tests import loops

ROOMS = {pool: Room(1, 1) for pool in Pool}


@pytest.mark.parametrize(
    ("named", "method", "where"),
    [
        (None, "GET", Pool.READING),
        (None, "HEAD", Pool.READING),
        (None, "POST", Pool.WRITING),
        (None, "PUT", Pool.WRITING),
        (Pool.EXPORTING, "GET", Pool.EXPORTING),
        (Pool.SIGNING_IN, "POST", Pool.SIGNING_IN),
    ],
)
def test_a_handler_works_where_it_says_or_else_by_its_method(named: Pool | None, method: str, where: Pool) -> None:
    pools = Pools(ROOMS)

    def chosen() -> str:
        choose(named, method)
        return str(pools.submit(lambda: current_thread().name).result())

    async def in_a_context_of_its_own() -> str:
        return chosen()

    assert loops.run(in_a_context_of_its_own()).startswith(where)
    pools.shutdown()


def test_a_full_room_refuses_and_the_others_go_on() -> None:
    pools, go_on = Pools(ROOMS), Event()

    async def fill() -> None:
        choose(None, "POST")
        waiting = [pools.submit(go_on.wait, 10) for _ in range(2)]
        assert (pools.is_full(Pool.WRITING), pools.is_full(Pool.READING)) == (True, False)
        with pytest.raises(NoRoom):
            pools.submit(go_on.wait)
        assert await pools.run_in(Pool.READING, str, 1) == "1"
        go_on.set()
        wait(waiting)
        assert pools.submit(str, 2).result() == "2"

    loops.run(fill())
    pools.shutdown()


def test_what_is_noted_in_passing_fails_nobody() -> None:
    pools, go_on = Pools(ROOMS), Event()

    def broken() -> None:
        raise OSError("the disk")

    with structlog.testing.capture_logs() as logged:
        assert pools.note_in_passing(broken).result(10) is None
        held = [pools.note_in_passing(go_on.wait, 10) for _ in range(2)]
        assert pools.note_in_passing(broken).result(0) is None
        go_on.set()
        wait(held)
    assert [(one["event"], one["what"]) for one in logged] == [("left out", "broken"), ("left out: no room", "broken")]
    pools.shutdown()

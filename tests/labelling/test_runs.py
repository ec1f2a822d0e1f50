"""Runs: drawn beside the server, told in their row, cancelled, lost and restarted."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role
from assets_service.app.working import works
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Conflict
from assets_service.kernel.jobs import Held, Job, Lost, Stopping, queue
from assets_service.kernel.jobs.worker import Worker
from assets_service.labelling import commands, printing, queries
from assets_service.labelling.asks import NewSheet
from assets_service.labelling.commands import issuing
from assets_service.labelling.commands.runs import LABEL_RUN
from assets_service.labelling.errors import DrawingFailed, PrintedMeanwhile, RunCancelled, RunUnderWay
from assets_service.labelling.models import PrintedLabel, PrintRun
from assets_service.labelling.printing import Press
from assets_service.ledger.queries import verify
from assets_service.settings import Settings
from tests.build import system
from tests.clock import StillClock
from tests.labelling.build_labelling import BASE, Desk, a_country, a_desk, a_shop, addresses_in, devices_at


@pytest.fixture
def press(db: Database, settings: Settings, clock: StillClock) -> Press:
    """Tells of every label."""
    return Press(db, settings, clock=clock, tell_every_s=0.0)


@pytest.fixture
def drawn_in_a_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a long run is."""
    monkeypatch.setattr("assets_service.labelling.printing.INLINE_MAX", 0)


def a_run(db: Database, settings: Settings, codes: list[str], **how: Any) -> int:
    with db.writing() as session:
        data = NewSheet(**{"stock": "tj-121", "devices": codes} | how)
        return commands.order(session, data, a_shop(settings), stamp=system()).id


def state_of(db: Database, run_id: int) -> tuple[str, int, str | None]:
    with db.reading() as session:
        run = session.get_one(PrintRun, run_id)
        return run.state, run.drawn, run.why


def versions(db: Database, codes: list[str]) -> list[int]:
    with db.reading() as session:
        found = queries.printable_by_codes(session, codes, system())
        return [device.label_version for device in found]


@pytest.mark.usefixtures("drawn_in_a_child")
def test_a_run_is_drawn_in_the_background_and_then_fetched(desk: Desk, db: Database) -> None:
    codes = devices_at(db, "81.02", 12)
    asked = desk.post("/label-runs", {"devices": codes, "stock": "tj-121"})
    assert asked.status_code == 202
    assert asked.json()["file_url"] is None
    run_id = asked.json()["id"]
    assert asked.headers["location"] == f"/api/v1/label-runs/{run_id}"
    done = desk.ended(run_id)
    assert (done["state"], done["drawn"], done["why"]) == ("done", 12, None)
    assert addresses_in(desk.get(f"/label-runs/{run_id}/file").content) == sorted(BASE + code for code in codes)


def test_drawing_in_another_process_gives_the_same_file(
    db: Database, settings: Settings, press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_country(db)
    codes = devices_at(db, "81.02", 60)
    here = press.files.read(press.draw(a_run(db, settings, codes, draft=True)))
    monkeypatch.setattr("assets_service.labelling.printing.INLINE_MAX", 0)
    told: list[tuple[int, int]] = []
    there = press.files.read(press.draw(a_run(db, settings, codes, draft=True), lambda *far: told.append(far)))
    assert addresses_in(here) == addresses_in(there)
    assert told[0] == (50, 60)
    assert told[-1] == (60, 60)


@pytest.mark.parametrize("inline_max", [0, 150])
def test_a_cancelled_run_stops_and_hands_nothing_out(
    db: Database, settings: Settings, press: Press, monkeypatch: pytest.MonkeyPatch, inline_max: int
) -> None:
    a_country(db)
    monkeypatch.setattr("assets_service.labelling.printing.INLINE_MAX", inline_max)
    codes = devices_at(db, "81.02", 60)
    run_id = a_run(db, settings, codes)

    def somebody_cancels(drawn: int, _of: int) -> None:
        if drawn == 50:
            with db.writing() as session:
                commands.cancel(session, queries.run(session, run_id, system()), stamp=system())

    with pytest.raises(RunCancelled):
        press.draw(run_id, somebody_cancels)
    assert state_of(db, run_id)[0] == "cancelled"
    assert list(press.files.names()) == []
    # None was handed out, so the first label is still to come, and for no reason.
    with db.reading() as session:
        assert not any(device.is_printed for device in queries.printable_by_codes(session, codes, system()))


def test_a_run_cancelled_at_the_last_moment_hands_nothing_out(
    db: Database, settings: Settings, clock: StillClock
) -> None:
    a_country(db)
    press = Press(db, settings, clock=clock, tell_every_s=999.0)  # hears of it only when it would hand out
    codes = devices_at(db, "81.02", 3)
    run_id = a_run(db, settings, codes)

    def somebody_cancels(drawn: int, of: int) -> None:
        if drawn == of:
            with db.writing() as session:
                commands.cancel(session, queries.run(session, run_id, system()), stamp=system())

    with pytest.raises(RunCancelled):
        press.draw(run_id, somebody_cancels)
    assert state_of(db, run_id)[0] == "cancelled"
    with db.reading() as session:
        assert not any(device.is_printed for device in queries.printable_by_codes(session, codes, system()))


def test_a_run_can_be_cancelled_over_http_until_it_is_done(desk: Desk, db: Database, settings: Settings) -> None:
    codes = devices_at(db, "81.02", 2)
    run_id = a_run(db, settings, codes)  # nobody draws it
    assert desk.get(f"/label-runs/{run_id}/file").status_code == 409
    assert desk.put(f"/label-runs/{run_id}/cancellation").json()["state"] == "cancelled"
    assert desk.put(f"/label-runs/{run_id}/cancellation").status_code == 409
    assert desk.get(f"/label-runs/{run_id}/file").status_code == 409
    done = desk.post("/label-sheets", {"devices": codes, "stock": "tj-121"}).headers["content-location"]
    assert desk.put(f"{done.removeprefix('/api/v1')}/cancellation").status_code == 409


def test_a_run_that_lost_its_worker_is_shown_as_failed_and_restarted(
    desk: Desk, db: Database, settings: Settings, clock: StillClock
) -> None:
    codes = devices_at(db, "81.02", 2)
    run_id = a_run(db, settings, codes)
    assert desk.put(f"/label-runs/{run_id}/restart").status_code == 409
    clock.pass_by(seconds=91)
    lost = desk.get(f"/label-runs/{run_id}").json()
    assert (lost["state"], lost["why"]) == ("failed", "The server that drew it has stopped. Restart it.")
    assert desk.put(f"/label-runs/{run_id}/restart").status_code == 202
    assert desk.ended(run_id)["state"] == "done"
    assert addresses_in(desk.get(f"/label-runs/{run_id}/file").content) == sorted(BASE + code for code in codes)


def test_a_worker_that_comes_back_late_leaves_the_run_to_the_next(
    db: Database, settings: Settings, press: Press, clock: StillClock
) -> None:
    a_country(db)
    run_id = a_run(db, settings, devices_at(db, "81.02", 3))

    def everybody_thinks_it_died(drawn: int, _of: int) -> None:
        if drawn == 1:
            clock.pass_by(seconds=91)
            with db.writing() as session:
                run = queries.run(session, run_id, system(clock.at))
                commands.restart(session, run, a_shop(settings), stamp=system(clock.at))

    with pytest.raises(RunCancelled):
        press.draw(run_id, everybody_thinks_it_died)
    assert state_of(db, run_id)[0] == "queued"
    press.draw(run_id)
    assert state_of(db, run_id) == ("done", 3, None)


def test_a_run_is_drawn_by_one_worker_only(db: Database, settings: Settings, press: Press) -> None:
    a_country(db)
    run_id = a_run(db, settings, devices_at(db, "81.02", 1))
    press.draw(run_id)
    with pytest.raises(RunUnderWay):
        press.draw(run_id)


def test_of_two_runs_of_one_label_the_first_to_end_has_it(db: Database, settings: Settings, press: Press) -> None:
    a_country(db)
    codes = devices_at(db, "81.02", 2)
    first, second = a_run(db, settings, codes), a_run(db, settings, codes[1:])
    press.draw(second)
    with pytest.raises(PrintedMeanwhile, match=codes[1]):
        press.draw(first)
    state, _, why = state_of(db, first)
    assert state == "failed"
    assert why is not None
    assert codes[1] in why
    assert versions(db, codes) == [1, 1]
    with db.writing() as session, pytest.raises(PrintedMeanwhile):  # nobody said why it is printed again
        commands.restart(session, queries.run(session, first, system()), a_shop(settings), stamp=system())


def test_a_failed_reprint_takes_the_next_version_when_restarted(db: Database, settings: Settings, press: Press) -> None:
    a_country(db)
    codes = devices_at(db, "81.02", 1)
    press.draw(a_run(db, settings, codes))
    late, quick = (a_run(db, settings, codes, reason="torn") for _ in range(2))
    press.draw(quick)
    with pytest.raises(PrintedMeanwhile):
        press.draw(late)
    with db.writing() as session:
        run = queries.run(session, late, system())
        commands.restart(session, run, a_shop(settings), stamp=system())
    assert addresses_in(press.files.read(press.draw(late))) == [f"{BASE}{codes[0]}.3"]
    assert versions(db, codes) == [3]


def test_fifty_prints_of_one_device_at_once_make_one_label(db: Database, settings: Settings, press: Press) -> None:
    a_country(db)
    codes = devices_at(db, "81.02", 1)
    runs = [a_run(db, settings, codes) for _ in range(50)]

    def draw(run_id: int) -> bool:
        try:
            press.draw(run_id)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(draw, runs)) == 1
    with db.reading() as session:
        issued = select(PrintedLabel.version).where(PrintedLabel.issued_at.is_not(None))
        assert session.scalars(issued).all() == [1]
        assert verify(session).broken is None


def test_a_run_is_handed_out_in_slices(
    db: Database, settings: Settings, press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_country(db)
    monkeypatch.setattr(issuing, "ISSUED_AT_ONCE", 2)
    codes = devices_at(db, "81.02", 5)
    press.draw(a_run(db, settings, codes))
    with db.reading() as session:
        assert all(device.is_printed for device in queries.printable_by_codes(session, codes, system()))


@pytest.mark.usefixtures("drawn_in_a_child")
def test_a_drawer_that_refuses_says_why_in_the_run(
    db: Database, settings: Settings, press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_country(db)
    run_id = a_run(db, settings, devices_at(db, "81.02", 3), stock="roll-30x20")
    monkeypatch.setattr(press.prefix.__class__, "url", lambda *_: "HTTPS://" + "A" * 390)
    with pytest.raises(DrawingFailed):
        press.draw(run_id)
    state, _, why = state_of(db, run_id)
    assert state == "failed"
    assert why is not None
    assert "390" in why or "398" in why


def test_a_crash_of_ours_is_written_to_the_run(db: Database, settings: Settings, press: Press) -> None:
    a_country(db)
    run_id = a_run(db, settings, devices_at(db, "81.02", 1))

    def disk_full(_drawn: int, _of: int) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        press.draw(run_id, disk_full)
    assert state_of(db, run_id)[0] == "failed"
    assert not Worker(db, works(db, settings)).do_one(), "somebody has to say that it is drawn again"
    assert state_of(db, run_id)[0] == "failed"


def test_a_run_that_waits_for_its_turn_is_not_lost(
    desk: Desk, db: Database, settings: Settings, clock: StillClock
) -> None:
    run_id = a_run(db, settings, devices_at(db, "81.02", 1))
    clock.pass_by(seconds=80)
    with db.writing() as session:
        queue.answer_for_waiting(session, [LABEL_RUN], at=clock())  # as a busy worker does now and then
    clock.pass_by(seconds=80)
    assert desk.get(f"/label-runs/{run_id}").json()["state"] == "queued"
    assert desk.put(f"/label-runs/{run_id}/restart").status_code == 409
    assert desk.put(f"/label-runs/{run_id}/cancellation").json()["state"] == "cancelled"
    assert not Worker(db, works(db, settings), clock=clock).do_one()


def test_a_run_whose_worker_was_killed_is_drawn_by_another(
    db: Database, settings: Settings, press: Press, clock: StillClock
) -> None:
    a_country(db)
    codes = devices_at(db, "81.02", 3)
    run_id = a_run(db, settings, codes)
    with db.writing() as session:
        issuing.begin(session, Held(issuing.take(session, run_id, at=clock()), clock))  # and is never heard of again
    worker = Worker(db, works(db, settings, clock), clock=clock)
    assert not worker.do_one()
    clock.pass_by(seconds=91)
    assert worker.do_one()
    assert state_of(db, run_id) == ("done", 3, None)
    assert press.files.holds(file_of(db, run_id))
    assert versions(db, codes) == [1, 1, 1]


def test_a_run_put_down_by_a_server_that_stops_waits_again(
    desk: Desk, db: Database, settings: Settings, press: Press
) -> None:
    run_id = a_run(db, settings, devices_at(db, "81.02", 3))

    def the_server_stops(_drawn: int, _of: int) -> None:
        raise Stopping

    with db.writing() as session:
        lease = issuing.take(session, run_id, at=press.clock())
    with pytest.raises(Stopping):
        press.do(Held(lease, press.clock), the_server_stops)
    with db.writing() as session:
        queue.put_down(session, lease, at=press.clock())
    assert desk.get(f"/label-runs/{run_id}").json()["state"] == "queued"
    press.draw(run_id)
    assert state_of(db, run_id) == ("done", 3, None)


def file_of(db: Database, run_id: int) -> str:
    with db.reading() as session:
        return session.get_one(PrintRun, run_id).file_sha256 or ""


def test_a_file_no_longer_kept_is_drawn_again(desk: Desk, db: Database, settings: Settings, clock: StillClock) -> None:
    codes = devices_at(db, "81.02", 1)
    location = desk.post("/label-sheets", {"devices": codes, "stock": "tj-121"}).headers["content-location"]
    path = location.removeprefix("/api/v1")
    assert desk.put(f"{path}/restart").status_code == 409
    assert Press(db, settings, clock=clock).files.discard_old(untouched_since=2e12) == 1
    assert desk.get(f"{path}/file").status_code == 404
    assert desk.put(f"{path}/restart").status_code == 202
    run = desk.ended(int(path.rpartition("/")[2]))
    assert run["state"] == "done"
    assert addresses_in(desk.get(f"{path}/file").content) == [BASE + codes[0]]
    assert versions(db, codes) == [1]


@pytest.mark.parametrize(
    ("at", "role", "statuses"),
    [
        ("00", Role.ADMIN, (200, 200, 200)),
        ("81", Role.LOGISTICS, (200, 200, 200)),
        ("81.02", Role.HEAD, (200, 403, 403)),
        ("00", Role.AUDITOR, (200, 403, 403)),
        ("81.72", Role.LOGISTICS, (404, 404, 404)),
        ("31", Role.ADMIN, (404, 404, 404)),
    ],
)
def test_who_sees_fetches_and_cancels_a_run(
    db: Database,
    settings: Settings,
    client: TestClient[Litestar],
    press: Press,
    at: str,
    role: Role,
    statuses: tuple[int, int, int],
) -> None:
    a_country(db)
    codes = devices_at(db, "81.02", 2)
    drawn, waiting = a_run(db, settings, codes[:1]), a_run(db, settings, codes[1:])
    press.draw(drawn)
    somebody = a_desk(db, client, role, at=at)
    answers = (
        somebody.get(f"/label-runs/{drawn}"),
        somebody.get(f"/label-runs/{drawn}/file"),
        somebody.put(f"/label-runs/{waiting}/cancellation"),
    )
    assert tuple(answer.status_code for answer in answers) == statuses
    assert somebody.get("/label-runs").json()["total"] == (0 if statuses[0] == 404 else 2)


def test_runs_are_listed_newest_first_page_by_page(desk: Desk, db: Database, settings: Settings) -> None:
    codes = devices_at(db, "81.02", 1)
    runs = [a_run(db, settings, codes, draft=True) for _ in range(5)]
    seen, cursor = [], None
    while True:
        answer = desk.get("/label-runs", limit=2, **({"cursor": cursor} if cursor else {})).json()
        assert answer["total"] == 5
        seen += [run["id"] for run in answer["items"]]
        cursor = answer["next_cursor"]
        if cursor is None:
            break
    assert seen == runs[::-1]


def test_who_asked_for_labels_of_several_provinces_sees_the_run(
    desk: Desk, db: Database, client: TestClient[Litestar]
) -> None:
    codes = devices_at(db, "81.02", 1) + devices_at(db, "31.71", 1)
    location = desk.post("/label-sheets", {"devices": codes, "stock": "tj-121"}).headers["content-location"]
    path = location.removeprefix("/api/v1")
    assert desk.get(path).json()["office"]["code"] == "00"
    assert a_desk(db, client, at="81").get(path).status_code == 404


def test_whoever_draws_hears_of_every_label(db: Database, settings: Settings, press: Press) -> None:
    a_country(db)
    codes = devices_at(db, "81.02", 3)
    told: list[tuple[int, int]] = []
    with db.writing() as session:
        data = NewSheet(stock="roll-62", office="81.02")
        run_id = commands.order(session, data, a_shop(settings), stamp=system()).id
    name = press.draw(run_id, lambda drawn, of: told.append((drawn, of)))
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert addresses_in(press.files.read(name)) == sorted(BASE + code for code in codes)


@pytest.mark.parametrize(
    "step",
    [
        issuing.begin,
        lambda session, held: issuing.tell(session, held, 1),
        issuing.issue,
        lambda session, held: issuing.finish(session, held, file_sha256="0" * 64, file_bytes=1),
        lambda session, held: issuing.fail(session, held, DrawingFailed(why="late")),
    ],
)
def test_no_step_of_a_worker_counts_once_the_run_was_taken_from_it(
    db: Database, settings: Settings, clock: StillClock, step: Callable[[Session, Held], object]
) -> None:
    a_country(db)
    codes = devices_at(db, "81.02", 1)
    run_id = a_run(db, settings, codes)
    with db.writing() as session:
        held = Held(issuing.take(session, run_id, at=clock()), clock)
        commands.cancel(session, queries.run(session, run_id, system()), stamp=system())
    with pytest.raises(Lost), db.writing() as session:
        step(session, held)
    assert state_of(db, run_id)[0] == "cancelled"
    with db.reading() as session:
        assert not any(device.is_printed for device in queries.printable_by_codes(session, codes, system()))


def test_a_run_whose_job_was_swept_is_drawn_again_by_a_new_one(
    desk: Desk, db: Database, settings: Settings, press: Press
) -> None:
    run_id = a_run(db, settings, devices_at(db, "81.02", 1))
    press.draw(run_id)
    press.files.discard_old(untouched_since=2e12)
    with db.writing() as session:
        session.execute(delete(Job))
    assert desk.put(f"/label-runs/{run_id}/restart").status_code == 202
    assert desk.ended(run_id)["state"] == "done"


def test_a_long_run_is_read_in_batches(
    db: Database, settings: Settings, press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_country(db)
    monkeypatch.setattr("assets_service.labelling.queries.print_runs._CHUNK", 2)
    codes = devices_at(db, "81.02", 5)
    assert addresses_in(press.files.read(press.draw(a_run(db, settings, codes)))) == sorted(
        BASE + code for code in codes
    )


@pytest.mark.usefixtures("drawn_in_a_child")
def test_a_run_whose_drawer_was_killed_is_drawn_again(
    db: Database, settings: Settings, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_country(db)
    run_id = a_run(db, settings, devices_at(db, "81.02", 2))
    worker = Worker(db, works(db, settings, clock), clock=clock)
    with monkeypatch.context() as short_of_memory:
        short_of_memory.setattr(printing, "_DRAWER", ("-c", "import os; os.kill(os.getpid(), 9)"))
        assert worker.do_one()
    assert state_of(db, run_id)[0] == "drawing"
    assert not worker.do_one(), "after a while"
    clock.pass_by(seconds=10)
    assert worker.do_one()
    assert state_of(db, run_id) == ("done", 2, None)

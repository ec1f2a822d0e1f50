"""Drawing a run's file: outside any transaction, with its progress written to the run's row."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, BinaryIO

import msgspec
import structlog
from litestar.datastructures import State
from litestar.di import Provide
from msgspec import Struct, structs
from sqlalchemy.orm import Session

import assets_service
from assets_service.access.stamp import Stamp
from assets_service.kernel.clock import Clock, utc_now
from assets_service.kernel.db import Database
from assets_service.kernel.errors import NotFound, Refusal
from assets_service.kernel.jobs import Bell, Held, Lost, Stopping
from assets_service.kernel.store import Store
from assets_service.labelling import queries
from assets_service.labelling.commands import issuing
from assets_service.labelling.commands.runs import LABEL_FILES
from assets_service.labelling.drawer import Paper, refusal_in
from assets_service.labelling.errors import (
    DrawingFailed,
    FileGone,
    FileWithheld,
    NotDrawn,
    RunCancelled,
    RunNotDrawn,
    RunUnderWay,
    not_drawn,
)
from assets_service.labelling.models import OPEN, RunState
from assets_service.labelling.texts import Prefix
from assets_service.labelling.views import RunView, run_view
from assets_service.settings import Settings
from labels import LabelError, LabelText, Stock, sheet_pdf

INLINE_MAX = 150  # labels drawn quicker than a process starts
_BATCH = 50
_LOOK_EVERY_S = 0.2
_DRAWER = ("-m", "assets_service.labelling.drawer")

log = structlog.get_logger("labelling")

Progress = Callable[[int, int], None]  # (drawn, of)


class KilledError(Exception):
    """Somebody killed the process that drew; the run itself may be well, so its job is tried again."""


class Begun(Struct, frozen=True):
    """What drawing needs of a run, read once."""

    run_id: int
    paper: Paper
    labels: int
    draft: bool


class Press:
    """Draws runs for one installation. `tell_every_s` is how often, in seconds, it records how far a run is and asks whether to go on."""

    def __init__(self, db: Database, settings: Settings, *, clock: Clock = utc_now, tell_every_s: float = 0.5) -> None:
        self.db = db
        self.settings = settings
        self.clock = clock
        self.tell_every_s = tell_every_s
        self.prefix = Prefix(settings.base_url)
        self.files = Store(settings.files_dir, LABEL_FILES)

    def draw(self, run_id: int, progress: Progress | None = None) -> str:
        """Draw the run here and now; returns its file's name in the store.

        Raises `RunUnderWay`, `RunCancelled`, `NotYours`, `Retired`, `PrintedMeanwhile`, `DrawingFailed`.
        """
        with self.db.writing() as session:
            held = Held(issuing.take(session, run_id, at=self.clock()), self.clock)
        try:
            return self.do(held, progress)
        except Lost:
            raise RunCancelled from None
        except KilledError:
            self._failed(held, DrawingFailed(why="Something went wrong on our side."))
            raise

    def do(self, held: Held, progress: Progress | None = None) -> str:
        """Do a run's job. A failure is written to the run and not tried again by itself: somebody waits and decides."""
        with self.db.writing() as session:
            begun = self._begun(session, held)
        try:
            with TemporaryFile() as out:
                self._draw_into(out, begun, held, progress)
                return self._issued(begun, held, out)
        except (Lost, Stopping, KilledError):
            raise
        except LabelError as error:
            raise self._failed(held, not_drawn(error)) from None
        except Refusal as refusal:
            raise self._failed(held, refusal) from None
        except BaseException:
            self._failed(held, DrawingFailed(why="Something went wrong on our side."))
            raise

    def see_to(self, run_id: int, bell: Bell) -> None:
        """Have the run drawn before this returns: a small one here, another by whichever worker is free.

        Raises what `draw` raises, and `NotDrawn`.
        """
        run = self._as_it_is(run_id)
        if run.state not in OPEN:
            return
        if run.labels > INLINE_MAX:
            bell.ring()
            self._wait_for(run_id)
            return
        try:
            self.draw(run_id)
        except RunUnderWay:
            self._wait_for(run_id)
        except Refusal:
            raise
        except Exception:
            log.exception("a print run crashed", run=run_id)
            raise NotDrawn(run=run_id) from None

    def has_failed(self, run_id: int) -> bool:
        return self._as_it_is(run_id).state is RunState.FAILED

    def open(self, run_id: int, stamp: Stamp) -> BinaryIO:
        """The run's file, for the caller to close. Raises `NoSuchRun`, `RunUnderWay`, `RunNotDrawn`, `FileWithheld`, `FileGone`."""
        with self.db.reading() as session:
            run = queries.run(session, run_id, stamp)
            state = queries.state_of(run, self.clock())
            if state in {RunState.QUEUED, RunState.DRAWING}:
                raise RunUnderWay
            if run.file_sha256 is None:
                raise RunNotDrawn(why="it was cancelled." if state is RunState.CANCELLED else "it has failed.")
            if not queries.is_within_sight(session, run, stamp):
                raise FileWithheld
        try:
            return self.files.open(run.file_sha256)
        except NotFound:
            raise FileGone from None

    def _as_it_is(self, run_id: int) -> RunView:
        with self.db.reading() as session:
            return run_view(session, queries.whole_run(session, run_id), self.clock())

    def _wait_for(self, run_id: int) -> None:
        while (run := self._as_it_is(run_id)).state in OPEN:
            time.sleep(_LOOK_EVERY_S)
        if run.state is RunState.FAILED:
            raise NotDrawn(run=run_id)

    def _begun(self, session: Session, held: Held) -> Begun:
        run = issuing.begin(session, held)
        paper = Paper(
            stock=queries.stock_of_run(session, run.stock),
            start=run.start,
            offset_x_mm=run.offset_x_mm,
            offset_y_mm=run.offset_y_mm,
            scale=run.scale,
            mark=self.settings.label_mark,
        )
        return Begun(run.id, paper, run.labels, run.draft)

    def _draw_into(self, out: BinaryIO, begun: Begun, held: Held, progress: Progress | None) -> None:
        last = time.monotonic()

        def on_label(drawn: int) -> None:
            nonlocal last
            if progress:
                progress(drawn, begun.labels)
            if time.monotonic() - last < self.tell_every_s:
                return
            last = time.monotonic()
            with self.db.writing() as session:
                issuing.tell(session, held, drawn)

        texts = queries.texts_of_run(self.db, begun.run_id, draft=begun.draft, prefix=self.prefix)
        draw = _draw_here if begun.labels <= INLINE_MAX else _draw_in_child
        draw(texts, begun.paper, out, on_label)

    def _issued(self, begun: Begun, held: Held, drawn: BinaryIO) -> str:
        """Store the file, then hand its labels out, for whoever has the file can stick them on."""
        size = drawn.seek(0, os.SEEK_END)
        drawn.seek(0)
        sha256 = self.files.put(drawn)
        with self.db.reading() as session:
            issuing.check(session, held)
        while not begun.draft:
            with self.db.writing() as session:
                issued = issuing.issue(session, held)
            if issued < issuing.ISSUED_AT_ONCE:
                break
        with self.db.writing() as session:
            issuing.finish(session, held, file_sha256=sha256, file_bytes=size)
        return sha256

    def _failed(self, held: Held, refusal: Refusal) -> Refusal:
        with suppress(Lost), self.db.writing() as session:
            issuing.fail(session, held, refusal)
        return refusal


def _draw_here(texts: Iterable[LabelText], paper: Paper, out: BinaryIO, on_label: Callable[[int], None]) -> None:
    placement = structs.asdict(paper)
    stock: Stock = placement.pop("stock")
    sheet_pdf(texts, stock, out=out, on_label=on_label, **placement)


def _draw_in_child(texts: Iterable[LabelText], paper: Paper, out: BinaryIO, on_label: Callable[[int], None]) -> None:
    """Draw in another process. Its pipe holds some 200 labels, so the number fed is nearly the number drawn."""
    root = Path(assets_service.__file__).parents[1]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, (str(root), os.environ.get("PYTHONPATH"))))}
    command = [sys.executable, *_DRAWER]
    with subprocess.Popen(  # noqa: S603 - our own module
        command, stdin=subprocess.PIPE, stdout=out, stderr=subprocess.PIPE, env=environment, process_group=0
    ) as child:
        assert child.stdin is not None
        assert child.stderr is not None
        try:
            fed = _feed(child.stdin, texts, paper, on_label)
            while child.poll() is None:
                on_label(fed)
                with suppress(subprocess.TimeoutExpired):
                    child.wait(timeout=0.2)
        except BaseException:
            child.kill()
            with suppress(BrokenPipeError):
                child.stdin.close()
            raise
        if child.returncode < 0:
            raise KilledError(signal.Signals(-child.returncode).name)
        if child.returncode:
            raise refusal_in(child.stderr.read())


def _feed(pipe: IO[bytes], texts: Iterable[LabelText], paper: Paper, on_label: Callable[[int], None]) -> int:
    """Write the labels to the drawer; returns how many. A drawer that refuses closes the pipe and says why on stderr."""
    encoder, fed = msgspec.json.Encoder(), 0
    with suppress(BrokenPipeError):
        pipe.write(encoder.encode(paper) + b"\n")
        texts = iter(texts)
        while batch := list(islice(texts, _BATCH)):
            pipe.write(encoder.encode_lines(batch))
            pipe.flush()
            fed += len(batch)
            on_label(fed)
    with suppress(BrokenPipeError):
        pipe.close()
    return fed


def copy_of(file: BinaryIO, to: Path) -> None:
    """Copy a drawn file to where somebody wants it, whole or not at all."""
    part = to.with_name(f".{to.name}.part")
    with part.open("wb") as copy:
        shutil.copyfileobj(file, copy)
    part.replace(to)


def _press(state: State) -> Press:
    return Press(state.db, state.settings, clock=state.clock)


PRESS = {"press": Provide(_press, sync_to_thread=False)}

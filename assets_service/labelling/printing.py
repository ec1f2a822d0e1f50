"""From a run that was asked for to its file: drawn outside any transaction, told in the run's row as it goes.

Nothing lives in the process: how far a run is, and whether to go on, stands in its row, where any server process reads
it. A run whose worker died stops beating; it is then shown as failed and can be restarted.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from hashlib import file_digest
from itertools import islice
from pathlib import Path
from threading import BoundedSemaphore, Thread
from typing import BinaryIO

import msgspec
import structlog
from litestar.datastructures import State
from litestar.di import Provide
from msgspec import Struct, structs

import assets_service
from assets_service.kernel.clock import Clock, utc_now
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Refusal
from assets_service.labelling import commands, queries
from assets_service.labelling.drawer import Paper
from assets_service.labelling.errors import DrawingFailed, FileGone, RunCancelled, RunEnded, RunNotDrawn, RunUnderWay
from assets_service.labelling.models import PrintRun, RunState
from assets_service.labelling.queries import Prefix
from assets_service.settings import Settings
from labels import LabelError, LabelText, Stock, sheet_pdf

INLINE_MAX = 150  # labels drawn quicker than a process starts
_BATCH = 50
_TURN_WAIT_S = 5.0

log = structlog.get_logger("labelling")

_turn = BoundedSemaphore(1)  # one long run at a time and process; the others wait, beating

Progress = Callable[[int, int], None]  # (drawn, of)


class Job(Struct, frozen=True):
    """What the drawing needs of a run, taken once."""

    run_id: int
    attempt: int
    paper: Paper
    labels: int
    draft: bool


class Press:
    """Draws runs for one installation. `beat_every_s` is how often a run says how far it is, and hears of its cancelling."""

    def __init__(self, db: Database, settings: Settings, *, clock: Clock = utc_now, beat_every_s: float = 0.5) -> None:
        self.db = db
        self.settings = settings
        self.clock = clock
        self.beat_every_s = beat_every_s
        self.prefix = Prefix(settings.base_url)
        self.folder = settings.data_dir / "labels"

    def start(self, run_id: int) -> None:
        """Draw it behind the caller's back."""
        Thread(target=self._draw_quietly, args=(run_id,), name=f"label-run-{run_id}", daemon=True).start()

    def draw(self, run_id: int, progress: Progress | None = None) -> Path:
        """Draw it now. Raises `RunUnderWay`, `RunCancelled`, `PrintedMeanwhile`, `DrawingFailed`."""
        job = self._job(run_id)
        if job.labels <= INLINE_MAX:
            return self._drawn(job, progress)
        while not _turn.acquire(timeout=_TURN_WAIT_S):
            with self.db.writing() as session:
                if not commands.wait(session, job.run_id, job.attempt, at=self.clock()):
                    raise RunCancelled
        try:
            return self._drawn(job, progress)
        finally:
            _turn.release()

    def file_of(self, run: PrintRun) -> Path:
        """Raises `RunUnderWay`, `RunNotDrawn`, `FileGone`."""
        state = queries.state_of(run, self.clock())
        if state in {RunState.QUEUED, RunState.DRAWING}:
            raise RunUnderWay
        if run.file_sha256 is None:
            raise RunNotDrawn(state=state)
        file = self.file(run.file_sha256)
        if not file.exists():
            raise FileGone
        return file

    def file(self, sha256: str) -> Path:
        return self.folder / f"{sha256}.pdf"

    def is_file_kept(self, run: PrintRun) -> bool:
        return run.file_sha256 is not None and self.file(run.file_sha256).exists()

    def sweep(self, *, older_than_days: int = 30) -> int:
        """Remove old files; a run can always be drawn again. How many went."""
        limit = self.clock().timestamp() - older_than_days * 86_400
        old = [file for file in self.folder.glob("*") if file.stat().st_mtime < limit]
        for file in old:
            file.unlink(missing_ok=True)
        return len(old)

    def _draw_quietly(self, run_id: int) -> None:
        try:
            self.draw(run_id)
        except Refusal as refusal:  # it stands in the run's row
            log.info("print run ended", run=run_id, why=str(refusal))
        except Exception:
            log.exception("print run crashed", run=run_id)

    def _job(self, run_id: int) -> Job:
        with self.db.reading() as session:
            run = session.get_one(PrintRun, run_id)
            paper = Paper(
                stock=queries.stock_of_run(session, run.stock),
                start=run.start,
                offset_x_mm=run.offset_x_mm,
                offset_y_mm=run.offset_y_mm,
                scale=run.scale,
                mark=self.settings.label_mark,
            )
            return Job(run.id, run.attempt, paper, run.labels, run.draft)

    def _drawn(self, job: Job, progress: Progress | None) -> Path:
        with self.db.writing() as session:
            if not commands.begin(session, job.run_id, job.attempt, at=self.clock()):
                raise RunUnderWay
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self.folder / f"run-{job.run_id}-{job.attempt}.part"
        try:
            with part.open("wb") as out:
                self._draw_into(out, job, progress)
            return self._kept(job, part)
        except RunEnded:
            raise RunCancelled from None
        except RunCancelled:
            raise
        except LabelError as error:
            raise self._failed(job, DrawingFailed(why=str(error))) from None
        except Refusal as refusal:
            raise self._failed(job, refusal) from None
        except BaseException:
            self._failed(job, DrawingFailed(why="Something went wrong on our side."))
            raise
        finally:
            part.unlink(missing_ok=True)

    def _draw_into(self, out: BinaryIO, job: Job, progress: Progress | None) -> None:
        last = time.monotonic()

        def on_label(drawn: int) -> None:
            nonlocal last
            if progress:
                progress(drawn, job.labels)
            if time.monotonic() - last < self.beat_every_s:
                return
            last = time.monotonic()
            # The last label is not yet told: from then on the run can no longer be cancelled.
            with self.db.writing() as session:
                if not commands.beat(session, job.run_id, job.attempt, min(drawn, job.labels - 1), at=self.clock()):
                    raise RunCancelled

        texts = queries.texts_of_run(self.db, job.run_id, draft=job.draft, prefix=self.prefix)
        draw = _draw_here if job.labels <= INLINE_MAX else _draw_in_child
        draw(texts, job.paper, out, on_label)

    def _kept(self, job: Job, part: Path) -> Path:
        """Name the file by its content, then hand its labels out: whoever has the file can stick them."""
        with part.open("rb") as file:
            sha256 = file_digest(file, "sha256").hexdigest()
        size = part.stat().st_size
        kept = self.file(sha256)
        part.replace(kept)
        if not job.draft:
            with self.db.reading() as session:
                commands.check_unprinted(session, job.run_id)
        while not job.draft:
            with self.db.writing() as session:
                run = session.get_one(PrintRun, job.run_id)
                issued = commands.issue(session, run, job.attempt, at=self.clock())
            if issued < commands.ISSUED_AT_ONCE:
                break
        with self.db.writing() as session:
            run = session.get_one(PrintRun, job.run_id)
            commands.finish(session, run, job.attempt, file_sha256=sha256, file_bytes=size, at=self.clock())
        return kept

    def _failed(self, job: Job, refusal: Refusal) -> Refusal:
        with self.db.writing() as session:
            commands.fail(session, job.run_id, job.attempt, str(refusal), at=self.clock())
        return refusal


def _draw_here(texts: Iterable[LabelText], paper: Paper, out: BinaryIO, on_label: Callable[[int], None]) -> None:
    placement = structs.asdict(paper)
    stock: Stock = placement.pop("stock")
    sheet_pdf(texts, stock, out=out, on_label=on_label, **placement)


def _draw_in_child(texts: Iterable[LabelText], paper: Paper, out: BinaryIO, on_label: Callable[[int], None]) -> None:
    """Feed another process; the pipe holds some 200 labels, so what was fed is what was drawn, nearly."""
    root = Path(assets_service.__file__).parents[1]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, (str(root), os.environ.get("PYTHONPATH"))))}
    command = [sys.executable, "-m", "assets_service.labelling.drawer"]
    with subprocess.Popen(  # noqa: S603 - our own module
        command, stdin=subprocess.PIPE, stdout=out, stderr=subprocess.PIPE, env=environment
    ) as child:
        assert child.stdin is not None
        assert child.stderr is not None
        encoder, fed = msgspec.json.Encoder(), 0
        try:
            with suppress(BrokenPipeError):  # it refused; its sentence is on stderr
                child.stdin.write(encoder.encode(paper) + b"\n")
                texts = iter(texts)
                while batch := list(islice(texts, _BATCH)):
                    child.stdin.write(encoder.encode_lines(batch))
                    child.stdin.flush()
                    fed += len(batch)
                    on_label(fed)
            with suppress(BrokenPipeError):
                child.stdin.close()
            while child.poll() is None:
                on_label(fed)
                with suppress(subprocess.TimeoutExpired):
                    child.wait(timeout=0.2)
        except BaseException:
            child.kill()
            with suppress(BrokenPipeError):
                child.stdin.close()
            raise
        if child.returncode:
            raise LabelError(child.stderr.read().decode(errors="replace")[-500:])


def copy_of(file: Path, to: Path) -> None:
    """Put a drawn file where somebody wants it, whole or not at all."""
    part = to.with_name(f".{to.name}.part")
    shutil.copyfile(file, part)
    part.replace(to)


def provide_press(state: State) -> Press:
    return Press(state.db, state.settings, clock=state.clock)


PRESS = {"press": Provide(provide_press, sync_to_thread=False)}

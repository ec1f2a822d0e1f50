"""A queue that came as a file: judged as the phone's person, never as whoever hands it in."""

from hashlib import sha256

from uuid_utils import uuid7

from assets_service.access.stamp import Door, Stamp
from assets_service.actions.once import Once
from assets_service.kernel.errors import Refusal, invalid
from assets_service.kernel.http import Form
from assets_service.outbox import acts, queries
from assets_service.outbox.asks import Batch, HandedFile
from assets_service.outbox.sealed import FILE_BYTES_MAX, Queue, opened
from assets_service.outbox.taking import Batched, take
from assets_service.photos.acts import NAME
from assets_service.photos.asks import NewPhoto
from assets_service.settings import Settings

MULTIPART_ROOM = 64_000  # bytes around the file itself


def file_in(form: Form) -> bytes:
    """The one file that the form sent. Raises `Invalid`."""
    files = form.files.get("file", [])
    if len(files) != 1:
        raise invalid("file", "Choose the file that the phone saved.")
    return files[0].file.read(FILE_BYTES_MAX + 1)


def take_file(once: Once, content: bytes) -> Batched:
    """Carry out what is in the file, by the rights of the phone's person now, and tell who handed it in.

    Who was deactivated could hand in nothing, and has no rights here either, whatever roles they still bear.
    Raises `NotAQueue`, `NoSuchPhone`, and what a contact raises: then nothing of it was done.
    """
    phone_id, queue = opened(content, once.tools[Settings].secret_key)
    with once.db.reading() as session:
        phone = queries.phone_to_hand_in_for(session, phone_id, queue.person, once.stamp)
        person = phone.person
        stamp = Stamp(
            actor_id=person.id,
            account=person.username or "–",
            rights=queries.rights_at(session, person.id, once.stamp.at) if person.is_active else (),
            at=once.stamp.at,
            door=Door.FILE,
            action_id=str(uuid7()),
        )
    by = Once(once.db, stamp, tools=once.tools)
    _keep_photos(by, queue)
    batch = Batch(phone=phone.id, schema=queue.schema, actions=queue.actions, name=queue.name)  # type: ignore[arg-type]  # an id that is known
    taken = take(by, batch, door=Door.FILE)
    once.do(acts.HAND_IN_FILE, HandedFile(acts=len(taken.each), sha256=sha256(content).hexdigest()), phone.id)
    return taken


def _keep_photos(by: Once, queue: Queue) -> None:
    """Keep the photos; one that cannot be kept is missed by the act that names it, which says so in its place."""
    for name, content in queue.photos.items():
        try:
            by.beside().do(NAME, NewPhoto(content, sha256=name, is_named_by_sender=True))
        except Refusal:
            continue

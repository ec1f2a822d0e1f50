"""What may become a photo, and who sees it."""

import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from PIL import Image

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from assets_service.kernel.sandbox import TooDemanding, Unreadable
from assets_service.kernel.store import Store
from assets_service.photos import reading as photos
from assets_service.photos.errors import NoPhoto, PhotoTooLarge, PhotoTooManyPixels
from assets_service.settings import Settings
from tests import build
from tests.inspections.build_inspections import a_picture

ORIENTATION = 0x0112


@pytest.fixture
def files(tmp_path: Path) -> Store:
    return Store(tmp_path, photos.PHOTOS)


def stored(files: Store, sent: bytes) -> Image.Image:
    return Image.open(BytesIO(files.read(photos.keep(files, sent).hash)))


def a_png(width: int, height: int, data: bytes = b"") -> bytes:
    """A PNG by hand: its header may claim more than its data holds."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_becomes_a_jpeg_of_ours(files: Store, form: str) -> None:
    kept = photos.keep(files, a_picture(form, (800, 600)))
    picture = Image.open(BytesIO(files.read(kept.hash)))
    assert (picture.format, picture.size) == ("JPEG", (800, 600)) == ("JPEG", (kept.width, kept.height))
    assert len(files.read(kept.hash)) == kept.bytes


def test_a_large_one_is_made_smaller_in_its_proportion(files: Store) -> None:
    kept = photos.keep(files, a_picture(size=(6000, 4000)))
    assert (kept.width, kept.height) == (2000, 1333)


def test_nothing_that_came_with_the_picture_is_kept(files: Store) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x9003] = "SECRETMAKER", "SECRETMODEL", "2026:11:20 12:00:00"
    exif[0x8825] = {1: "S", 2: (5.0, 38.0, 0.0), 3: "E", 4: (132.0, 44.0, 0.0)}
    sent = a_picture(exif=exif, comment=b"SECRETCOMMENT", icc_profile=b"SECRETPROFILE" * 20)
    assert b"SECRETMAKER" in sent
    assert b"SECRETCOMMENT" in sent
    ours = files.read(photos.keep(files, sent).hash)
    assert b"SECRET" not in ours
    assert b"Exif" not in ours
    assert not Image.open(BytesIO(ours)).getexif()


def test_a_photo_stands_upright(files: Store) -> None:
    sideways = Image.Exif()
    sideways[0x0112] = 6  # turned a quarter by the hand that held the phone
    top_red = Image.new("RGB", (80, 40), "blue")
    top_red.paste("red", (0, 0, 20, 40))
    out = BytesIO()
    top_red.save(out, "JPEG", exif=sideways)
    upright = stored(files, out.getvalue())
    assert upright.size == (40, 80)
    red, _, blue = upright.convert("RGB").getpixel((20, 5))  # type: ignore[misc]  # an RGB pixel has three
    assert red > blue


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_kind_of_png_becomes_rgb(files: Store, mode: str) -> None:
    out = BytesIO()
    Image.new(mode, (30, 20)).save(out, "PNG")
    assert stored(files, out.getvalue()).mode == "RGB"


def test_what_is_see_through_is_white(files: Store) -> None:
    out = BytesIO()
    Image.new("RGBA", (30, 20), (0, 0, 0, 0)).save(out, "PNG")
    assert stored(files, out.getvalue()).getpixel((10, 10)) == (255, 255, 255)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<!doctype html><script>alert(1)</script>" + a_picture(),
        b"GIF89a" + a_picture(),
        b"%PDF-1.7\n" + a_picture(),
        b"PK\x03\x04" + a_picture(),
        b"RIFF\x00\x00\x00\x00WAVE",
        a_picture("GIF"),
        a_picture("TIFF"),
        a_picture("BMP"),
    ],
)
def test_what_does_not_begin_like_a_photo_is_none(files: Store, sent: bytes) -> None:
    with pytest.raises(NoPhoto):
        photos.keep(files, sent)


@pytest.mark.parametrize(
    "sent",
    [
        b"\xff\xd8\xff" + b"x" * 500,
        a_picture()[:400],
        a_picture("PNG")[:-80],
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\x10\x00\x00\x00WEBPVP8 \x00\x00\x00\x00",
        a_png(100, 100, zlib.compress(b"too short")),
        a_picture()[:2] + a_picture("GIF"),
    ],
)
def test_a_broken_photo_is_refused(files: Store, sent: bytes) -> None:
    with pytest.raises((Unreadable, NoPhoto)):
        photos.keep(files, sent)
    assert list(files.names()) == []


def test_a_polyglot_leaves_its_other_half_behind(files: Store) -> None:
    """A JPEG that is also an archive and a page: what we store is only the picture."""
    sent = a_picture() + b"PK\x03\x04<script>alert(1)</script><?php system($_GET[0]); ?>"
    ours = files.read(photos.keep(files, sent).hash)
    assert b"script" not in ours
    assert b"PK" not in ours
    assert b"php" not in ours


@pytest.mark.parametrize(("width", "height"), [(8000, 5001), (40_000_001, 1), (60_000, 60_000), (2**31 - 1, 2**31 - 1)])
def test_too_many_pixels_are_refused_by_the_header_alone(files: Store, width: int, height: int) -> None:
    bomb = a_png(width, height, zlib.compress(b"\0" * 1_000_000))
    with pytest.raises((PhotoTooManyPixels, Unreadable)) as refused:
        photos.keep(files, bomb)
    if width < 2**31 - 1:
        assert refused.value.facts == {"form": "PNG", "megapixels": 40, "width": width, "height": height, "jpeg": 210}


def a_jpeg(width: int, height: int, **how: Any) -> bytes:
    """A phone's photo that lies on its side: light on the left, dark on the right."""
    picture = Image.new("L", (width, height), 30)
    picture.paste(220, (0, 0, width // 2, height))
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # to be turned to the right
    out = BytesIO()
    picture.save(out, "JPEG", quality=75, exif=exif, **how)
    return out.getvalue()


@pytest.mark.parametrize(
    ("width", "height", "how"),
    [
        (8000, 6000, {}),  # 48 megapixels
        (12000, 9000, {}),  # 108
        (12000, 9000, {"progressive": True}),
        (60_000, 3_000, {}),  # a panorama: its short side may not keep it large
    ],
)
def test_a_jpeg_of_a_large_phone_is_taken_upright(files: Store, width: int, height: int, how: dict[str, Any]) -> None:
    kept = photos.keep(files, a_jpeg(width, height, **how))
    assert (kept.width, kept.height) == (round(2000 * height / width), 2000)
    upright = Image.open(BytesIO(files.read(kept.hash))).convert("L")
    light, dark = (upright.crop((0, top, kept.width, top + 100)).getextrema() for top in (100, 1800))
    assert light[0] > 200  # type: ignore[operator]  # the least of one channel
    assert dark[1] < 50  # type: ignore[operator]  # its most


def test_more_pixels_than_any_phone_has_are_refused_by_the_header_alone(files: Store) -> None:
    with pytest.raises(PhotoTooManyPixels) as refused:
        photos.keep(files, a_jpeg(8, 8).replace(b"\x00\x08\x00\x08\x01", b"\x40\x00\x40\x00\x01", 1))
    assert refused.value.facts == {"megapixels": 210, "width": 16384, "height": 16384}


@pytest.mark.parametrize("mode", ["I;16", "L", "LA", "1", "P"])
def test_a_grey_picture_stays_the_same_picture(files: Store, mode: str) -> None:
    shades = Image.linear_gradient("L")  # from black above to white below
    wide = shades.convert("I").point(lambda value: value * 257.0)
    grey = wide.convert("I;16") if mode == "I;16" else shades.convert(mode)
    out = BytesIO()
    grey.save(out, "PNG")
    ours = Image.open(BytesIO(files.read(photos.keep(files, out.getvalue()).hash))).convert("L")
    means = [sum(ours.crop((0, top, 256, top + 32)).tobytes()) / (256 * 32) for top in range(0, 256, 32)]
    assert all(abs(mean - (top + 16)) < 12 for mean, top in zip(means, range(0, 256, 32), strict=True)), means


def test_a_bomb_within_the_pixels_meets_the_limit_of_memory(files: Store) -> None:
    """Forty million pixels of nothing in 60 KB: decoded in the child, or ended there."""
    rows = zlib.compressobj(9)
    line = b"\0" + b"\0" * (3 * 8000)
    data = b"".join(rows.compress(line) for _ in range(5000)) + rows.flush()
    assert len(data) < 200_000
    try:
        kept = photos.keep(files, a_png(8000, 5000, data))
    except TooDemanding:
        return
    assert (kept.width, kept.height) == (2000, 1250)


def test_32_megabytes_are_the_most(files: Store) -> None:
    whole = a_picture()
    assert photos.keep(files, whole + b"\0" * (photos.BYTES_MAX - len(whole)))
    with pytest.raises(PhotoTooLarge):
        photos.keep(files, whole + b"\0" * (photos.BYTES_MAX - len(whole) + 1))


# Over HTTP -------------------------------------------------------------------------------------------------------


def signed_in(db: Database, at: str, role: Role | None = Role.HEAD) -> dict[str, str]:
    with db.writing() as session:
        return build.bearer(build.a_token(session, build.a_person(session, at=at, role=role)))


@pytest.fixture
def fleet(db: Database) -> dict[str, str]:
    """A device's code by its office."""
    with db.writing() as session:
        build.roster(session)
        return {place: build.a_device(session, at=place).code for place in ("81.02", "81.72")}


def upload(client: TestClient[Litestar], who: dict[str, str], sent: bytes = b"", name: str = "a.jpg") -> str:
    answer = client.post("/api/v1/photos", headers=who, files={"file": (name, sent or a_picture())})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def check(client: TestClient[Litestar], who: dict[str, str], code: str, *names: str) -> int:
    body = {"condition": "good", "photos": list(names)}
    return client.post(f"/api/v1/devices/{code}/checks", headers=who, json=body).status_code


def test_a_photo_is_seen_by_who_sees_the_device_and_by_nobody_else(
    client: TestClient[Litestar], db: Database, fleet: dict[str, str]
) -> None:
    head, sibling, province, colleague = (signed_in(db, place) for place in ("81.02", "81.72", "81", "81.02"))
    auditor, stranger = signed_in(db, "00", Role.AUDITOR), signed_in(db, "81.02", None)
    name = upload(client, head)
    path = f"/berkas/{name}.jpg"
    assert client.get(path, headers=head).status_code == 200
    for other in (sibling, province, colleague, auditor, stranger):
        assert client.get(path, headers=other).status_code == 404, "it still waits for its check"
    assert check(client, sibling, fleet["81.72"], name) == 400
    assert check(client, head, fleet["81.02"], name) == 201
    seen = {who: client.get(path, headers=headers, follow_redirects=False).status_code for who, headers in [
        ("head", head), ("sibling", sibling), ("province", province), ("colleague", colleague),
        ("auditor", auditor), ("stranger", stranger), ("nobody", {}),
    ]}  # fmt: skip
    assert seen == {
        "head": 200, "sibling": 404, "province": 200, "colleague": 200, "auditor": 200, "stranger": 404, "nobody": 303,
    }  # fmt: skip
    assert check(client, sibling, fleet["81.72"], name) == 400, "knowing its name is no right to it"


def test_a_photo_is_served_as_a_picture_and_nothing_else(
    client: TestClient[Litestar], db: Database, fleet: dict[str, str]
) -> None:
    assert fleet
    head = signed_in(db, "81.02")
    name = upload(client, head)
    answer = client.get(f"/berkas/{name}.jpg", headers=head)
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"] == f'inline; filename="{name}.jpg"'
    assert answer.headers["cache-control"].startswith("private")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert Image.open(BytesIO(answer.content)).format == "JPEG"
    for wrong in (
        name,
        f"{name}.html",
        f"{name}.jpg.html",
        f"{name[:-1]}.jpg",
        f"{name.upper()}.jpg",
        "..%2fassets.db",
    ):
        assert client.get(f"/berkas/{wrong}", headers=head).status_code == 404, wrong


@pytest.mark.parametrize(
    ("files", "status"),
    [
        ({"file": ("a.jpg", b"\xff\xd8\xff" + b"x" * 50, "image/jpeg")}, 400),
        ({"file": ("a.jpg", b"<html>", "image/jpeg")}, 415),
        ({"file": ("a.jpg", b"", "image/jpeg")}, 415),
        ({"file": ("a.png", a_png(30_000, 30_000), "image/png")}, 413),
        ({"file": ("a.jpg", a_picture() + b"\0" * photos.BYTES_MAX, "image/jpeg")}, 413),
        ({"file": ("a.jpg", b"\0" * (photos.BYTES_MAX + (2 << 20)), "image/jpeg")}, 413),
        ({"photo": ("a.jpg", a_picture(), "image/jpeg")}, 400),
        ([("file", ("a.jpg", a_picture())), ("file", ("b.jpg", a_picture()))], 400),
    ],
)
def test_what_is_no_photo_is_refused_with_a_sentence(
    client: TestClient[Litestar],
    db: Database,
    fleet: dict[str, str],
    settings: Settings,
    files: object,
    status: int,
) -> None:
    assert fleet
    answer = client.post("/api/v1/photos", headers=signed_in(db, "81.02"), files=files)  # type: ignore[arg-type]
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert not list((settings.data_dir / "files").rglob("*"))


def test_a_photo_needs_a_form(client: TestClient[Litestar], db: Database, fleet: dict[str, str]) -> None:
    assert fleet
    head = signed_in(db, "81.02")
    assert client.post("/api/v1/photos", headers=head, json={"file": "x"}).status_code == 415
    assert client.post("/api/v1/photos", headers=head, content=a_picture()).status_code == 415
    broken = head | {"content-type": "multipart/form-data"}
    assert client.post("/api/v1/photos", headers=broken, content=b"x").status_code == 400
    broken = head | {"content-type": "multipart/form-data; boundary=x"}
    assert client.post("/api/v1/photos", headers=broken, content=b"--x\r\nhello").status_code == 400


def test_an_auditor_and_a_stranger_upload_nothing(
    client: TestClient[Litestar], db: Database, fleet: dict[str, str]
) -> None:
    assert fleet
    for who, status in ((signed_in(db, "00", Role.AUDITOR), 403), ({}, 401)):
        assert client.post("/api/v1/photos", headers=who, files={"file": a_picture()}).status_code == status


def test_an_upload_tried_again_over_a_bad_line_is_the_same_upload(
    client: TestClient[Litestar], db: Database, fleet: dict[str, str]
) -> None:
    assert fleet
    head = signed_in(db, "81.02") | {"Idempotency-Key": "0198f0d2-0000-7000-8000-000000000001"}
    answers = [client.post("/api/v1/photos", headers=head, files={"file": ("a.jpg", a_picture())}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[1].headers["idempotency-replayed"] == "true"
    assert answers[0].json() == answers[1].json()


def test_a_small_picture_is_made_once_and_shown_to_whom_the_photo_is(
    client: TestClient[Litestar],
    db: Database,
    fleet: dict[str, str],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    head, sibling = signed_in(db, "81.02"), signed_in(db, "81.72")
    sent = client.post("/api/v1/photos", headers=head, files={"file": ("a.jpg", a_picture(size=(1600, 1200)))}).json()
    assert check(client, head, fleet["81.02"], sent["id"]) == 201
    first = client.get(sent["thumbnail_url"], headers=head)
    assert (first.status_code, first.headers["content-type"]) == (200, "image/jpeg")
    assert first.headers["cache-control"] == "private, max-age=86400, immutable"
    assert Image.open(BytesIO(first.content)).size == (320, 240)
    assert client.get(sent["thumbnail_url"], headers=sibling).status_code == 404
    assert client.get("/berkas/kecil/x.jpg", headers=head).status_code == 404

    monkeypatch.setattr(photos, "run_limited", None)  # nothing is decoded again
    assert client.get(sent["thumbnail_url"], headers=head).content == first.content
    assert not list((settings.files_dir / "small-photos").glob(".unfinished*"))

"""Registering and amending: what identifies a device, and what two devices never share."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role
from assets_service.devices import commands, queries
from assets_service.devices.asks import AmendDevice, CodeClaim, NewDevice, Retirement
from assets_service.devices.errors import AlreadyRegistered, CodeTaken, InTransit, NoSuchBlank, NoSuchDevice, Retired
from assets_service.devices.identifiers import (
    dotted,
    grouped,
    read_code,
    read_description,
    read_imei,
    read_imeis,
    read_item,
    read_item_code,
    read_register,
    read_rupiah,
    read_uakpb,
)
from assets_service.devices.models import Condition, Device, DeviceImei, Kind, LabelCode, Presence
from assets_service.kernel.errors import FieldProblem, Forbidden, Invalid
from assets_service.ledger import queries as ledger
from tests.build import NOON, a_device, a_person, an_imei, device_facts, office, roster, stamp, system
from tests.programmes.build_programmes import a_programme

UAKPB = "115011200119991234AB"


@pytest.fixture
def country(session: Session) -> Session:
    roster(session)
    return session


def refused(act: Callable[[], object], kind: type[AlreadyRegistered | Invalid] = Invalid) -> list[str]:
    """The fields that `act` is refused for."""
    with pytest.raises(kind) as said:
        act()
    return [problem.pointer for problem in said.value.problems]


# Identifiers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "356938035643809",
        " 356938035643809 ",
        "35-693803-564380-9",
        "35 693803 564380 9",
        "'356938035643809",
        "35.693803.564380/9",
        "356938035643809 / 01",
        "356938035643809/01",
        "35 693803 564380 9 / 78",
        "IMEI: 356938035643809",
        "imei 1 : 356938035643809",
        "IMEI1:356938035643809",
        "No. IMEI 356938035643809 / 01",
        "IMEI (slot 2) 356938035643809",
        "3569380356438001",
        "\ufeff356938035643809\u200b",
        "IMEI/MEID: 356938035643809",
        "356,938,035,643,809",
    ],
)
def test_an_imei_is_read_as_people_and_spreadsheets_write_it(text: str) -> None:
    assert read_imei(text, "imei1") == ("356938035643809", None)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("356938035643800", "The last digit does not fit"),
        ("35693803564380", "An IMEI has 15 digits"),
        ("356938035643809012", "An IMEI has 15 digits"),
        ("3.56E+14", "is a rounded number"),
        ("3,56938E+14", "is a rounded number"),
        ("3.56e14", "is a rounded number"),
        ("35693803564380X", "An IMEI has 15 digits"),
        ("000000000000000", "The last digit does not fit"),
        ("٣٥٦٩٣٨٠٣٥٦٤٣٨٠٩", "An IMEI has 15 digits"),
        ("", "An IMEI has 15 digits"),
    ],
)
def test_why_an_imei_is_none(text: str, why: str) -> None:
    imei, problem = read_imei(text, "imei2")
    assert imei is None
    assert isinstance(problem, FieldProblem)
    assert problem.pointer == "/imei2"
    assert why in problem.message


FIRST, SECOND = "352780550406459", "358422088526912"


@pytest.mark.parametrize(
    "text",
    [
        f"{FIRST} {SECOND}",
        f"{FIRST}/{SECOND}",
        f"{FIRST}{SECOND}",
        f"{FIRST}\t{SECOND}",
        f"{FIRST}; {SECOND}",
        f"{FIRST} & {SECOND}",
        f"IMEI 1: {FIRST} / 01, IMEI 2: {SECOND} / 01",
        f"35-278055-040645-9 | {SECOND}",
        rf"{FIRST}\{SECOND}",
        f"IMEI/MEID: {FIRST}\nIMEI/MEID: {SECOND}",
    ],
)
def test_two_imeis_in_one_text_are_both_read(text: str) -> None:
    assert read_imeis(text, "imei1") == ([FIRST, SECOND], None)
    assert read_imei(text, "imei1")[0] is None  # where one is asked for


@pytest.mark.parametrize(
    ("imei1", "imei2", "kept", "refused_at"),
    [
        (f"{FIRST} {SECOND}", None, (FIRST, SECOND), []),
        (None, f"{FIRST} {SECOND}", (FIRST, SECOND), []),
        (f"{FIRST} {SECOND}", SECOND, (FIRST, SECOND), []),
        (FIRST, f"{FIRST} {SECOND}", (FIRST, SECOND), []),
        (f"{FIRST} {SECOND}", "356938035643809", (FIRST, SECOND), ["/imei1"]),
        (f"{FIRST} {FIRST}", None, (FIRST, None), []),
        (f"{FIRST} {SECOND} 356938035643809", None, (None, None), ["/imei1"]),
        (f"{FIRST} 358422088526919", None, (None, None), ["/imei1"]),
    ],
)
def test_both_imeis_of_one_field_go_to_their_slots(
    imei1: str | None, imei2: str | None, kept: tuple[str | None, str | None], refused_at: list[str]
) -> None:
    facts, problems = read_description({"imei1": imei1, "imei2": imei2})
    assert ([problem.pointer for problem in problems], (facts["imei1"], facts["imei2"])) == (refused_at, kept)


@pytest.mark.parametrize(
    ("text", "register"),
    [
        ("ABCDEF0123456789ABCDEF0123456789", "ABCDEF0123456789ABCDEF0123456789"),
        ("abcdef01-2345-6789-abcd-ef0123456789", "ABCDEF0123456789ABCDEF0123456789"),
        ("12345", None),
        ("A" * 65, None),
        ("kode_register", None),
    ],
)
def test_a_register_code_is_read_whatever_divides_it(text: str, register: str | None) -> None:
    assert read_register(text) == register


@pytest.mark.parametrize(
    ("text", "code", "version"),
    [
        ("7K3M9QXA", "7K3M9QXA", None),
        ("7k3m 9qxa", "7K3M9QXA", None),
        ("7K3M-9QXA.3", "7K3M9QXA", 3),
        ("OIL00000", "01100000", None),
        ("https://aset.example.go.id/d/7k3m9qxa", "7K3M9QXA", None),
        ("HTTPS://OLD.HOST.EXAMPLE/D/7K3M9QXA.2?utm=1#x", "7K3M9QXA", 2),
        ("http://10.0.0.1:8000/d/7K3M%209QXA", "7K3M9QXA", None),
    ],
)
def test_a_label_code_is_read_from_a_scan_or_a_hand(text: str, code: str, version: int | None) -> None:
    assert read_code(text) == (code, version)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7K3M9QX",
        "7K3M9QXAA",
        "7K3M9QXU",
        "7K3M9QX!",
        "7K3M9QXA.x",
        "7K3M9QXA.²",
        "https://a.example/x/7K3M9QXA",
        "a:b",
    ],
)
def test_what_is_no_label_code(text: str) -> None:
    assert read_code(text) is None


def test_numbers_of_the_state_property_books() -> None:
    assert [read_item_code(text) for text in ("3.10.01.02.009", "3100102009", "310010200", "x")] == [
        "3100102009", "3100102009", None, None,
    ]  # fmt: skip
    assert dotted("3100102009") == "3.10.01.02.009"
    assert [read_item(text) for text in ("3.10.01.02.009.17", "3100102009.17", "3100102009", "3100102009.12345678")] == [
        ("3100102009", 17), ("3100102009", 17), None, None,
    ]  # fmt: skip
    assert [read_uakpb(text) for text in ("115.01.1200.119991234.ab", UAKPB, "115")] == [UAKPB, UAKPB, None]
    assert grouped("7K3M9QXA") == "7K3M 9QXA"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("4500000", 4_500_000),
        ("4.500.000", 4_500_000),
        ("Rp 4.500.000,-", 4_500_000),
        ("4500000.00", 4_500_000),
        ("4,500,000.00", 4_500_000),
        ("4.5", None),
        ("-5", None),
        ("1e3", None),
        ("empat juta", None),
    ],
)
def test_a_value_is_whole_rupiah_as_people_write_them(text: str, value: int | None) -> None:
    assert read_rupiah(text) == value


# Registering -----------------------------------------------------------------------------------------------------


def test_the_registering_office_answers_and_nobody_has_received_it(country: Session) -> None:
    device = a_device(country, at="81.02")
    assert (device.office.code, device.holder_id, device.received_at, device.presence) == (
        "81.02", None, None, Presence.PRESENT,
    )  # fmt: skip
    assert (device.version, device.label_version, device.condition) == (1, 1, Condition.GOOD)
    assert country.get_one(LabelCode, device.code).device_id == device.id


def test_left_out_the_office_is_the_callers_own(country: Session) -> None:
    clerk = a_person(country, role=Role.LOGISTICS, at="81")
    device = commands.register(country, NewDevice(kind=Kind.SMARTPHONE, **device_facts()), stamp=stamp(country, clerk))
    assert device.office.code == "81"


@pytest.mark.parametrize(
    ("role", "at", "of", "may"),
    [
        (Role.ADMIN, "00", "81.02", True),
        (Role.LOGISTICS, "00", "81.02", True),
        (Role.LOGISTICS, "81", "81.02", True),
        (Role.LOGISTICS, "81.02", "81.02", True),
        (Role.LOGISTICS, "81.02", "81", False),
        (Role.LOGISTICS, "81.72", "81.02", False),
        (Role.HEAD, "81.02", "81.02", False),
        (Role.AUDITOR, "00", "81.02", False),
        (None, "81.02", "81.02", False),
    ],
)
def test_who_may_register_where(country: Session, role: Role | None, at: str, of: str, *, may: bool) -> None:
    by = stamp(country, a_person(country, role=role, at=at))
    before = queries.count(country)
    if may:
        a_device(country, at=of, by=by)
    else:
        with pytest.raises((Forbidden, Invalid)):
            a_device(country, at=of, by=by)
    assert queries.count(country) == before + may


def test_nobody_without_a_say_has_an_office_to_register_at(country: Session) -> None:
    by = stamp(country, a_person(country, role=Role.HEAD, at="81.02"))
    with pytest.raises(Forbidden):
        commands.register(country, NewDevice(kind=Kind.SMARTPHONE, **device_facts()), stamp=by)


def test_what_is_left_blank_is_nothing(country: Session) -> None:
    device = a_device(country, kind=Kind.TABLET, imei1=" ", kode_barang="", uakpb=" ", note="", programme="")
    assert {device.imei1, device.kode_barang, device.uakpb, device.note, device.programme} == {None}


def test_everything_is_kept_in_one_form(country: Session) -> None:
    a_programme(country)
    device = a_device(
        country,
        brand=" Samsung ",
        imei1="35-693803-564380-9",
        kode_barang="3.06.02.01.004",
        uakpb="115.01.1200.119991234.ab",
        nup=7,
        value=4_500_000,
        acquired_on=date(2024, 9, 5),
        programme="PPID-2024",
    )
    kept = (device.brand, device.imei1, device.kode_barang, device.uakpb, device.nup, device.value, device.programme)
    assert kept == ("Samsung", "356938035643809", "3060201004", UAKPB, 7, 4_500_000, "PPID-2024")


@pytest.mark.parametrize(("kind", "item"), [(Kind.TABLET, "3100102009"), (Kind.SMARTPHONE, "3060201004")])
def test_a_nup_without_an_item_code_takes_its_kinds(country: Session, kind: Kind, item: str) -> None:
    assert a_device(country, kind=kind, nup=1).kode_barang == item


@pytest.mark.parametrize(
    ("facts", "fields"),
    [
        ({"imei1": None}, ["/imei1"]),
        ({"imei1": "356938035643800"}, ["/imei1"]),
        ({"imei1": "3.56E+14", "imei2": "12"}, ["/imei1", "/imei2"]),
        ({"imei1": "356938035643809", "imei2": "35 693803 564380 9"}, ["/imei2"]),
        ({"kode_barang": "31"}, ["/kode_barang"]),
        ({"uakpb": "115"}, ["/uakpb"]),
        ({"kode_register": "A1"}, ["/kode_register"]),
        ({"imei1": "1", "kode_barang": "2", "uakpb": "3"}, ["/imei1", "/kode_barang", "/uakpb"]),
        ({"programme": "nope"}, ["/programme"]),
        ({"acquired_on": date(1949, 12, 31)}, ["/acquired_on"]),
        ({"acquired_on": date(2204, 9, 5)}, ["/acquired_on"]),
    ],
)
def test_what_cannot_be_registered_is_named(country: Session, facts: dict[str, Any], fields: list[str]) -> None:
    assert refused(lambda: a_device(country, **facts)) == fields
    assert queries.count(country) == 0


def test_a_tablet_needs_no_imei(country: Session) -> None:
    assert a_device(country, kind=Kind.TABLET).imei1 is None


# What two devices never share ------------------------------------------------------------------------------------


@pytest.mark.parametrize("slot", ["imei1", "imei2"])
@pytest.mark.parametrize("taken", ["imei1", "imei2"])
def test_an_imei_is_unique_over_both_slots_of_all_devices(country: Session, slot: str, taken: str) -> None:
    mine: dict[str, Any] = {"imei1": an_imei(), "imei2": an_imei()}
    a_device(country, at="31.71", **mine)
    facts: dict[str, Any] = {"imei1": an_imei()} | {slot: mine[taken]}
    assert refused(lambda: a_device(country, at="81.02", **facts), AlreadyRegistered) == [f"/{slot}"]


def test_lines_of_a_note_end_as_a_file_brings_them_back(country: Session) -> None:
    assert a_device(country, note="a\r\nb\rc\nd").note == "a\nb\nc\nd"


@pytest.mark.parametrize("serial", ["1234.0", "1234,00", "1234.00", "3.56E+14", "3,5e+14", "7E+3"])
def test_a_serial_as_only_a_spreadsheet_writes_it_is_refused(country: Session, serial: str) -> None:
    assert refused(lambda: a_device(country, serial=serial), Invalid) == ["/serial"]


@pytest.mark.parametrize(
    "serial",
    ["N/A", "n/a", "NA", "N.A.", "N/D", "none", "nil", "Tidak ada", "tdk ada", "belum ada", "TANPA NOMOR SERI", "0", "0000",
     "xxx", "unknown", "nihil", "rusak", "hilang", "S/N", "Serial Number", "no. seri", "not available", "tidak diketahui"],
)  # fmt: skip
def test_a_word_for_no_serial_is_no_serial(country: Session, serial: str) -> None:
    assert refused(lambda: a_device(country, serial=serial), Invalid) == ["/serial"]


@pytest.mark.parametrize("serial", ["R9A;R9B", "R9A, R9B", "R9A | R9B", "R9A\tR9B"])
def test_two_serials_in_one_field_are_refused(country: Session, serial: str) -> None:
    """What divides two reads can stand in no serial: nobody could name the device by it."""
    assert refused(lambda: a_device(country, serial=serial), Invalid) == ["/serial"]


@pytest.mark.parametrize("serial", ["NA12", "X", "0A", "NIL-7", "R0000"])
def test_a_serial_that_only_begins_like_such_a_word_is_kept(country: Session, serial: str) -> None:
    assert a_device(country, serial=serial).serial == serial


@pytest.mark.parametrize("serial", ["12E5", "R52W7.0", "1.5", "1.0A"])
def test_a_serial_that_only_looks_like_a_number_is_kept(country: Session, serial: str) -> None:
    assert a_device(country, serial=serial).serial == serial


@pytest.mark.parametrize("serial", ["R9WT30ABC", "r9wt30abc", "R9-WT30 ABC"])
def test_a_serial_is_unique_within_its_brand(country: Session, serial: str) -> None:
    a_device(country, brand="Samsung", serial="R9WT30ABC")
    assert refused(lambda: a_device(country, brand="SAMSUNG", serial=serial), AlreadyRegistered) == ["/serial"]
    assert a_device(country, brand="Advan", serial=serial).serial == serial


def test_a_place_in_the_books_is_taken_once(country: Session) -> None:
    booked: dict[str, Any] = {"uakpb": UAKPB, "kode_barang": "3060201004", "nup": 7}
    a_device(country, **booked)
    assert refused(lambda: a_device(country, **booked), AlreadyRegistered) == ["/nup"]
    a_device(country, **booked | {"nup": 8})
    a_device(country, **booked | {"uakpb": None})  # not booked at a unit: nothing to share
    a_device(country, **booked | {"uakpb": None})


def test_every_shared_field_is_named_and_not_whose_it_is(country: Session) -> None:
    facts = device_facts(uakpb=UAKPB, nup=7, imei2=an_imei())
    commands.register(country, NewDevice(kind=Kind.SMARTPHONE, office="31.71", **facts), stamp=system())
    with pytest.raises(AlreadyRegistered) as said:
        commands.register(country, NewDevice(kind=Kind.SMARTPHONE, office="81.02", **facts), stamp=system())
    assert [problem.pointer for problem in said.value.problems] == ["/serial", "/imei1", "/imei2", "/nup"]
    assert "31" not in str(said.value)


# Blank labels ----------------------------------------------------------------------------------------------------


def a_blank(session: Session, code: str = "7K3M9QXA") -> str:
    session.add(LabelCode(code=code, made_at=NOON))
    session.flush()
    return code


def test_a_blank_label_becomes_the_devices_own(country: Session) -> None:
    a_blank(country)
    device = commands.register(
        country,
        NewDevice(kind=Kind.SMARTPHONE, code="HTTPS://ANY.EXAMPLE/D/7K3M9QXA", **device_facts()),
        stamp=system(),
    )
    assert device.code == "7K3M9QXA"
    assert country.scalars(select(LabelCode.device_id).where(LabelCode.code == device.code)).one() == device.id


@pytest.mark.parametrize(
    ("code", "why"), [("7K3M9QXA", CodeTaken), ("ZZZZZZZZ", NoSuchBlank), ("hello", Invalid), ("own", CodeTaken)]
)
def test_which_label_cannot_be_taken(country: Session, code: str, why: type[Exception]) -> None:
    first = commands.register(
        country, NewDevice(kind=Kind.SMARTPHONE, code=a_blank(country), **device_facts()), stamp=system()
    )
    code = a_device(country).code if code == "own" else code
    with pytest.raises(why):
        commands.register(country, NewDevice(kind=Kind.SMARTPHONE, code=code, **device_facts()), stamp=system())
    with pytest.raises(why):
        commands.claim_code(country, first, CodeClaim(code=code), stamp=system())


def test_a_claimed_label_leads_to_the_device_as_its_own_does(country: Session) -> None:
    device = a_device(country)
    commands.claim_code(country, device, CodeClaim(code=a_blank(country)), stamp=system())
    assert queries.by_code(country, "7k3m 9qxa", system()) is device
    assert [entry.kind for entry in ledger.history(country, device.code)] == [
        "devices.registered",
        "devices.code_claimed",
    ]


def test_a_blank_label_leads_nowhere(country: Session) -> None:
    with pytest.raises(NoSuchDevice):
        queries.by_code(country, a_blank(country), system())


# Amending --------------------------------------------------------------------------------------------------------


def test_a_change_is_told_with_the_fields_that_changed(country: Session) -> None:
    device = a_device(country, note="old")
    commands.amend(country, device, AmendDevice(note="new", brand=device.brand, value=5), stamp=system())
    assert (device.note, device.value, device.version) == ("new", 5, 2)
    assert ledger.history(country, device.code)[-1].body == '{"note":"new","value":5}'


def test_what_changes_nothing_is_not_told(country: Session) -> None:
    device = a_device(country, note="old")
    commands.amend(country, device, AmendDevice(note=" old "), stamp=system())
    assert (device.version, ledger.count(country, device.code)) == (1, 1)


def test_the_old_imei_is_free_again_and_the_new_one_taken(country: Session) -> None:
    old, new = an_imei(), an_imei()
    device = a_device(country, imei1=old)
    commands.amend(country, device, AmendDevice(imei1=new), stamp=system())
    country.flush()
    assert set(country.scalars(select(DeviceImei.imei))) == {new}
    a_device(country, imei1=old)
    assert refused(lambda: a_device(country, imei1=new), AlreadyRegistered) == ["/imei1"]


def test_a_device_may_keep_what_is_its_own(country: Session) -> None:
    device = a_device(country, uakpb=UAKPB, nup=7)
    commands.amend(
        country, device, AmendDevice(imei2=device.imei1, imei1=an_imei(), serial=device.serial.lower()), stamp=system()
    )
    assert device.version == 2


def test_search_finds_the_new_and_not_the_old(country: Session) -> None:
    device = a_device(country, serial="OLD111")
    commands.amend(country, device, AmendDevice(serial="NEW222"), stamp=system())

    def found(q: str) -> list[Device]:
        return queries.listed(country, queries.matching(system(), q=q), after=None, limit=5)[0]

    assert (found("new-222"), found("old111")) == ([device], [])


@pytest.mark.parametrize(
    ("role", "at", "may_amend", "may_retire"),
    [
        (Role.ADMIN, "00", True, True),
        (Role.ADMIN, "81.02", True, True),
        (Role.LOGISTICS, "81", True, False),
        (Role.LOGISTICS, "81.72", False, False),
        (Role.ADMIN, "31", False, False),
        (Role.HEAD, "81.02", False, False),
        (Role.AUDITOR, "00", False, False),
    ],
)
def test_who_may_amend_and_who_may_retire(
    country: Session, role: Role, at: str, *, may_amend: bool, may_retire: bool
) -> None:
    device = a_device(country, at="81.02")
    by = stamp(country, a_person(country, role=role, at=at))
    acts: list[tuple[Callable[[], None], bool]] = [
        (lambda: commands.amend(country, device, AmendDevice(note="x"), stamp=by), may_amend),
        (lambda: commands.claim_code(country, device, CodeClaim(code=a_blank(country)), stamp=by), may_amend),
        (lambda: commands.retire(country, device, Retirement(reason="worn out"), stamp=by), may_retire),
    ]
    for act, may in acts:
        if may:
            act()
        else:
            with pytest.raises(Forbidden):
                act()


def test_nothing_more_happens_to_what_is_written_off(country: Session) -> None:
    device = a_device(country)
    a_blank(country)
    commands.retire(country, device, Retirement(reason="worn out", decision_no="SK-1/2026"), stamp=system())
    assert device.presence is Presence.WRITTEN_OFF
    assert ledger.history(country, device.code)[-1].body == (
        '{"decision_no":"SK-1/2026","presence":"written_off","reason":"worn out"}'
    )
    acts: list[Callable[[], None]] = [
        lambda: commands.amend(country, device, AmendDevice(note="x"), stamp=system()),
        lambda: commands.retire(country, device, Retirement(reason="again"), stamp=system()),
        lambda: commands.claim_code(country, device, CodeClaim(code="7K3M9QXA"), stamp=system()),
    ]
    for act in acts:
        with pytest.raises(Retired):
            act()


def test_what_is_on_its_way_is_not_written_off(country: Session) -> None:
    device = a_device(country)
    bound = {"presence": Presence.IN_TRANSIT, "bound_for_id": office(country, "81").id, "sent_at": NOON}
    country.execute(update(Device).where(Device.id == device.id).values(**bound))
    country.refresh(device, ["presence"])
    with pytest.raises(InTransit):
        commands.retire(country, device, Retirement(reason="worn out"), stamp=system())

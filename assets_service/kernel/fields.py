"""Types of fields, and reading a whole body so that every bad field is named in words a clerk understands."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import NoneType, UnionType
from typing import Annotated, Any, ClassVar, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, structs

from assets_service.kernel.errors import FieldProblem, Invalid, Malformed
from assets_service.kernel.texts import seen

T = TypeVar("T")

_LINE = r"^[^\x00-\x1f\x7f\u0085\u2028\u2029]*$(?!\n)"
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
DEPTH_MAX = 32

OneLine = Annotated[str, Meta(max_length=120, pattern=_LINE)]
Name = Annotated[
    str, Meta(min_length=1, max_length=120, pattern=r"^(?=.*\S)[^\x00-\x1f\x7f\u0085\u2028\u2029]*$(?!\n)")
]
Note = Annotated[str, Meta(max_length=2000)]
Code = Annotated[str, Meta(min_length=1, max_length=120, pattern=_LINE)]
Moment = Annotated[datetime, Meta(tz=True)]


class Wire(Struct, forbid_unknown_fields=True, kw_only=True, omit_defaults=False):
    """The base of everything that is sent to us: unknown fields are refused, missing ones take their default."""

    secrets: ClassVar[tuple[str, ...]] = ()  # fields that are kept nowhere, not even hashed
    apart: ClassVar[tuple[str, ...]] = ()  # fields whose content is read later, each part by itself

    @classmethod
    def misfits(cls, said: Mapping[str, Any]) -> Iterable[FieldProblem]:
        """The problems found by rules that need no database, among the fields that could be read.

        It is asked even when other fields are refused. `said` holds the fields that were sent, with the types they have here.
        """
        del said
        return ()


def read_json(body: bytes, kind: type[T]) -> T:
    """The JSON body as a `kind`.

    Raises `Malformed` for what is not JSON (or has a key twice, is too deep, or holds control characters) and `Invalid`
    naming every bad field.
    """
    try:
        raw = json.loads(body.decode("utf-8-sig"), object_pairs_hook=_once_each, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise Malformed(why="it is not UTF-8 text.") from None
    except RecursionError:
        raise Malformed(why="it is nested too deeply.") from None
    except ValueError:
        raise Malformed(why="it is not JSON, with each key once and plain numbers.") from None
    return read(raw, kind)


def read(raw: object, kind: type[T], *, strict: bool = True, at: str = "") -> T:
    """Plain values (dicts, lists, text) as a `kind`. `at` is the pointer of the whole. Raises `Invalid`.

    Forms pass `strict=False`, since everything in a form is text.
    """
    apart = getattr(kind, "apart", ())
    unclean = _unclean(_without(raw, apart), at, 0)
    raw = _seen(raw, but=(*getattr(kind, "secrets", ()), *apart))
    try:
        found = msgspec.convert(raw, kind, strict=strict)
    except msgspec.ValidationError as error:
        misshapen = _problems(raw, kind, at, strict=strict) or [_problem(error, at)]
    else:
        if not unclean:
            return found
        misshapen = _problems(raw, kind, at, strict=strict)
    named = {problem.pointer for problem in unclean}
    raise Invalid(*in_order([*unclean, *(each for each in misshapen if each.pointer not in named)], kind, at))


def in_order(problems: Iterable[FieldProblem], kind: Any, at: str = "") -> list[FieldProblem]:
    """The problems in the order of the fields of `kind`, whose own pointer is `at`; those of no such field at the end."""
    if not _is_struct(kind):
        return list(problems)
    places = {field.encode_name: place for place, field in enumerate(msgspec.structs.fields(kind))}
    first = len(at) + 1
    return sorted(problems, key=lambda each: places.get(each.pointer[first:].split("/")[0], len(places)))


def changes(ask: Struct) -> dict[str, Any]:
    """The fields of an ask of changes that were sent, by name."""
    return {name: value for name, value in structs.asdict(ask).items() if value is not UNSET}


def refuse_misfits(data: Wire, at: str = "") -> None:
    """Apply a body's own rules, whose pointer is `at`, beside rules that need the database. Raises `Invalid`."""
    found = (structs.replace(each, pointer=at + each.pointer) for each in type(data).misfits(structs.asdict(data)))
    if problems := in_order(found, type(data), at):
        raise Invalid(*problems)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is no JSON number")


def _without(raw: object, names: tuple[str, ...]) -> object:
    return {key: item for key, item in raw.items() if key not in names} if names and isinstance(raw, dict) else raw


def _unclean(value: object, pointer: str, depth: int) -> list[FieldProblem]:
    if depth > DEPTH_MAX:
        raise Malformed(why="it is nested too deeply.")
    if isinstance(value, str):
        if _FORBIDDEN.search(value):
            return [FieldProblem(pointer, "Remove the control characters.")]
        return []
    if isinstance(value, dict):
        if any(_FORBIDDEN.search(str(key)) for key in value):
            raise Malformed(why="a field's name has control characters.")
        return [p for key, item in value.items() for p in _unclean(item, _below(pointer, key), depth + 1)]
    if isinstance(value, list):
        return [p for place, item in enumerate(value) for p in _unclean(item, f"{pointer}/{place}", depth + 1)]
    return []


def _seen(value: Any, *, but: tuple[str, ...] = ()) -> Any:
    """The value with every text in it as people see it, except in the fields `but`, which are taken as they were typed."""
    if isinstance(value, str):
        return seen(value)
    if isinstance(value, dict):
        return {key: item if key in but else _seen(item) for key, item in value.items()}
    return [_seen(item) for item in value] if isinstance(value, list) else value


def _problems(raw: object, kind: Any, pointer: str, *, strict: bool) -> list[FieldProblem]:
    """Every bad field at `pointer` and below; structs, lists and mappings are opened so that none hides another."""
    arm = _arm(raw, kind)
    bare = get_args(arm)[0] if get_origin(arm) is Annotated else arm
    found: list[FieldProblem] = []
    if get_origin(bare) is list and isinstance(raw, list):
        (item,) = get_args(bare)
        found = [p for place, one in enumerate(raw) for p in _problems(one, item, f"{pointer}/{place}", strict=strict)]
    elif get_origin(bare) is dict and isinstance(raw, dict):
        found = _mapping_problems(raw, bare, pointer, strict=strict)
    elif _is_struct(bare) and isinstance(raw, dict):
        found = _struct_problems(raw, bare, pointer, strict=strict)
    return found or _own_problem(raw, arm, pointer, strict=strict)


def _arm(raw: object, kind: Any) -> Any:
    """The type of a field without the null and the UNSET it may also be."""
    if raw is None or get_origin(kind) not in {Union, UnionType}:
        return kind
    arms = [arm for arm in get_args(kind) if arm not in {NoneType, UnsetType}]
    return arms[0] if len(arms) == 1 else kind


def _own_problem(raw: object, kind: Any, pointer: str, *, strict: bool) -> list[FieldProblem]:
    try:
        msgspec.convert(raw, kind, strict=strict)
    except msgspec.ValidationError as error:
        return [_problem(error, pointer)]
    return []


def _mapping_problems(raw: dict[str, Any], kind: Any, pointer: str, *, strict: bool) -> list[FieldProblem]:
    name, value = get_args(kind)
    found = []
    for key, one in raw.items():
        at = _below(pointer, key)
        found += _own_problem(key, name, at, strict=strict) or _problems(one, value, at, strict=strict)
    return found


def _struct_problems(raw: dict[str, Any], kind: type[Struct], pointer: str, *, strict: bool) -> list[FieldProblem]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    found = [FieldProblem(_below(pointer, name), "There is no such field.") for name in raw if name not in fields]
    said: dict[str, Any] = {}
    for name, field in fields.items():
        if name not in raw:
            found += [FieldProblem(f"{pointer}/{name}", "This field is needed.")] if field.required else []
        elif bad := _problems(raw[name], field.type, f"{pointer}/{name}", strict=strict):
            found += bad
        else:
            said[name] = msgspec.convert(raw[name], field.type, strict=strict)
    if issubclass(kind, Wire):
        named = {problem.pointer for problem in found}
        also = [structs.replace(each, pointer=pointer + each.pointer) for each in kind.misfits(said)]
        found += [each for each in also if each.pointer not in named]
    return in_order(found, kind, pointer)


def _below(pointer: str, key: str) -> str:
    """The pointer of `key` below `pointer`, escaped as RFC 6901 says, for a key may hold a slash."""
    return f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Struct)


_SENTENCES = (
    (re.compile(r"`array` of length <= (\d+)"), "At most {it}."),
    (re.compile(r"of length <= (\d+)"), "At most {it} characters."),
    (re.compile(r"`array` of length >= (\d+)"), "At least {it} are needed."),
    (re.compile(r"of length >= (\d+)"), "At least {it} characters."),
    (re.compile(r"<= (\S+)$"), "At most {it}."),
    (re.compile(r">= (\S+)$"), "At least {it}."),
    (re.compile(r"matching regex"), "This is not in the expected form."),
    (re.compile(r"Invalid enum value (.+)$"), "{it} is not one of the choices."),
    (re.compile(r"encoded date$|`date\b(?!time)"), "Write the date like 2026-11-22."),
    (re.compile(r"Invalid RFC3339|timezone|`datetime"), "Write the time like 2026-11-22T08:30:00Z."),
    (re.compile(r"got `null`"), "This field cannot be empty."),
    (re.compile(r"Expected `str\b"), "Text is expected here."),
    (re.compile(r"Expected `int\b"), "A whole number is expected here."),
    (re.compile(r"Expected `float\b"), "A number is expected here."),
    (re.compile(r"Expected `bool\b"), "Answer yes or no (true or false)."),
    (re.compile(r"Expected `object\b"), "An object is expected here."),
    (re.compile(r"Expected `array\b"), "A list is expected here."),
    (re.compile(r"Invalid UUID"), "This is not a UUID."),
)


def _problem(error: msgspec.ValidationError, pointer: str) -> FieldProblem:
    return problem_of(str(error), pointer)


def problem_of(error: str, pointer: str) -> FieldProblem:
    """Msgspec's message (`Expected …, got … - at $.path`) as a field's pointer and a sentence for a clerk."""
    text, _, path = error.partition(" - at ")
    place = re.sub(r"\[(\d+)\]", r".\1", path.strip("`").removeprefix("$")).replace("[...]", "").replace(".", "/")
    for pattern, sentence in _SENTENCES:
        if found := pattern.search(text):
            return FieldProblem(pointer + place, sentence, {"it": _figure(found[1])} if found.groups() else {})
    return FieldProblem(pointer + place, "{it}", {"it": text})


def _figure(text: str) -> str | float:
    """A measure as a number, which every language writes in its own way."""
    return float(text) if re.fullmatch(r"-?\d+\.\d+", text) else text

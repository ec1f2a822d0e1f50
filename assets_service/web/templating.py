"""The Jinja environments, one per language: autoescaped, strict about names, compiled once."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from assets_service.web import figures
from assets_service.web.language import SLOT, catalogue, translate
from assets_service.web.static_files import asset
from assets_service.web.words import pressing, tone_of, ways_of, word_for
from labels import matrix

TEMPLATES = Path(__file__).parent / "templates"

Figure = int | float | Decimal


@cache
def templates(lang: str) -> Environment:
    """The templates that speak `lang`.

    Autoescape is always on; a name that a handler forgot fails (StrictUndefined) instead of printing nothing.
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        cache_size=-1,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.loopcontrols"],
    )
    spoken = catalogue(lang)
    environment.install_gettext_translations(spoken, newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
    environment.policies["ext.i18n.trimmed"] = True

    def word(value: object, family: str) -> str:
        return spoken.gettext(word_for(value, family))

    def chosen(selection: str) -> str:
        """How devices were chosen, in words: `office 81.02 unlabelled` is Kantor 81.02, label belum terpasang."""
        first, *narrowed = (f"{spoken.gettext(msgid)} {name}".strip() for msgid, name in ways_of(selection))
        return ", ".join([first, *(each[:1].lower() + each[1:] for each in narrowed)])

    def filled(sentence: str, facts: Mapping[str, Any], shown: Callable[[Any], Markup]) -> Markup:
        """The sentence in the page's language, each `{field}` replaced by its fact as the macro `shown` shows it."""
        return Markup(SLOT.sub(lambda slot: shown(facts[slot[1]]).strip(), escape(spoken.gettext(sentence))))  # noqa: S704 - both parts are escaped

    def called(choice: Any, family: str) -> str:
        """An entry of a list that can be edited: as somebody named it, or in the reader's words while nobody has."""
        usual = word_for(choice.code, family)
        return translate(lang, usual) if translate("id", usual) == choice.name else str(choice.name)

    def code_and_name(choice: Any, family: str) -> tuple[str, str]:
        return choice.code, called(choice, family)

    environment.globals.update(asset=asset, tone_of=tone_of, word=word)
    environment.filters.update(
        word=word,
        chosen=chosen,
        filled=filled,
        said=partial(translate, lang),
        pressing=pressing,
        tone=tone_of,
        date=_dated(figures.day),
        long_date=_dated(figures.long_day),
        datetime=_dated(figures.moment),
        ago=_ago,
        number=_counted(partial(figures.number, lang=lang)),
        percent=_counted(partial(figures.percent, lang=lang)),
        rupiah=_counted(partial(figures.rupiah, lang=lang)),
        imei=_spelled(figures.imei),
        code=_spelled(figures.label_code),
        kode_barang=_spelled(figures.kode_barang),
        initials=_initials,
        as_placed=_as_placed,
        qr=_qr,
        drawn=_drawn,
        called=called,
        code_and_name=code_and_name,
    )
    return environment


NOTHING = Markup('<span class="nothing">–</span>')


def _dated(figure: Callable[..., str]) -> Callable[..., Markup]:
    """Wrap a date in <time>, in the page's language and zone; None shows as a dash."""

    @pass_context
    def filtered(context: Context, value: date | datetime | str | None) -> Markup:
        if value is None:
            return NOTHING
        if isinstance(value, str):  # as the ledger's bodies write it
            value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
        text = figure(value, **_place_of(context))
        return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), text)

    return filtered


@pass_context
def _ago(context: Context, value: date | datetime | None) -> Markup:
    """How far away a day or a moment is, with the exact one on touch."""
    if value is None:
        return NOTHING
    place = _place_of(context)
    text = figures.distance(value, now=context["now"], **place)
    exact = figures.moment(value, **place) if isinstance(value, datetime) else figures.day(value, **place)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(value.isoformat(), exact, text)


def _place_of(context: Context) -> dict[str, Any]:
    return {"lang": context["lang"], "zone": context["zone"]}


def _counted(figure: Callable[[Figure], str]) -> Callable[[Figure | None], str | Markup]:
    def filtered(value: Figure | None) -> str | Markup:
        return NOTHING if value is None else figure(value)

    return filtered


def _spelled(figure: Callable[[str], str]) -> Callable[[str | None], str | Markup]:
    def filtered(value: str | None) -> str | Markup:
        return figure(value) if value else NOTHING

    return filtered


def _as_placed(problems: Mapping[str, str], placed: Sequence[str]) -> list[tuple[str, str]]:
    """The problems in the order of the fields on the page; what is about no field, or one that is not there, comes first."""
    order = {pointer: place for place, pointer in reversed(list(enumerate(placed)))}
    return sorted(problems.items(), key=lambda problem: order.get(problem[0], -1))


def _qr(text: str, said: str) -> Markup:
    """The QR symbol of a text, black on white whatever the page's colours; `said` is read aloud instead."""
    symbol = matrix(text)
    runs = "".join(f"M{column} {row}.5h{length}" for column, row, length in symbol.runs())
    side = symbol.size + 8  # four light modules around it, or readers do not find it
    return Markup(
        '<svg class="qr" viewBox="-4 -4 {0} {0}" role="img" aria-label="{1}"><rect x="-4" y="-4" width="{0}" height="{0}" fill="#fff"/>'
        '<path d="{2}" stroke="#000" shape-rendering="crispEdges"/></svg>'
    ).format(side, said, runs)


def _drawn(strokes: Sequence[Sequence[Sequence[int]]], said: str) -> Markup:
    """A signature's strokes as a picture."""
    paths = "".join(f'<path d="M{" L".join(f"{x} {y}" for x, y in stroke)}"/>' for stroke in strokes if stroke)
    return Markup('<svg class="strokes" viewBox="0 0 640 220" role="img" aria-label="{}">{}</svg>').format(
        said,
        Markup(paths),  # noqa: S704 - numbers alone
    )


def _initials(name: str) -> str:
    """Two letters for a person's mark in the header."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

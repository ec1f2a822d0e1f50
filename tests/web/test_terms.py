"""One word for one idea: what every Indonesian sentence says, and what it never says.

A row that fails names the sentence. Change the sentence; change the table only when the people of the product chose another word.
"""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from assets_service.exports.columns import COLUMNS, CONDITIONS, FLAGS, PRESENCES
from assets_service.exports.particulars import LABELS, NOT_OFFICIAL
from assets_service.web.language import CATALOGUES

CATALOGUE = CATALOGUES / "id" / "LC_MESSAGES" / "messages.po"
TEMPLATES = Path(CATALOGUES).parent / "templates"

# The idea as English says it -> the word that Indonesian has for it.
SAID = {
    r"entitle(d|ment)\b": r"alokasi",
    r"\bledger\b(?!-|\.)": r"jejak audit",
    r"\bentr(y|ies)\b": r"entri",
    r"fingerprint": r"sidik",
    r"extra (device )?in the box|extra device": r"berlebih",
    r"\bno holder\b": r"belum ada pemegang|sekarang belum ada pemegang",
    r"in transit": r"dalam pengiriman",
    r"\bshipments?\b": r"pengiriman",
    r"police report": r"surat tanda terima laporan kehilangan",
    r"office head": r"kepala kantor",
    r"state property": r"Barang Milik Negara|BMN",
    r"label stock": r"kertas label",
    r"blank label": r"label kosong",
    r"\bprint runs?\b": r"pencetakan|riwayat cetak",
    r"\bfinders?\b": r"penemu",
    r"serial number": r"nomor seri",
    r"item code": r"kode barang",
    r"\baccessories\b": r"kelengkapan",
    r"\bcondition\b": r"kondisi",
    r"\bwritten off\b|write-off": r"dihapuskan|penghapusan",
    r"\boverdue\b": r"lewat jatuh tempo",
    r"never checked": r"belum pernah diperiksa",
    r"awaiting confirmation|await confirmation": r"menunggu konfirmasi",
    r"\bauditor\b": r"auditor",
    r"\bpasswords?\b": r"kata sandi|[Pp]ilih yang lain",
    r"\busername\b": r"nama pengguna",
    r"\bprogrammes?\b": r"program",
    r"\broles?\b": r"peran",
}

# What Indonesian does not say here, each with the word it has instead.
UNSAID = {
    r"\bjatah": "alokasi",
    r"\bledger\b(?!\.jsonl|-format)": "jejak audit",
    r"kepala (ledger|jejak)|salin kepala|^kepala$": "sidik terakhir",
    r"\btemuan": "perangkat berlebih",
    r"\b(ber)?tanda\b(?! (tangan|terima|hubung|petik|DRAF|=))": "perlu tindakan",
    r"perlu perhatian": "perlu tindakan",
    r"kedatangan|yang tiba\b|saat tiba": "penerimaan, diterima",
    r"dalam perjalanan": "dalam pengiriman",
    r"pemegang tertentu": "belum ada pemegang",
    r"(tetap|yang|^|\)s) ?terbuka\b": "menunggu konfirmasi, belum ditangani",
    r"penguasaan|yang bertanggung jawab(?! atas)": "penanggung jawab",
    r"koreksi(?!.*(dokumen|berita acara))": "ubah; koreksi only for issued papers",
    r"digambar|tergambar|menggambar|gambar lagi": "dibuat",
    r"bawa serta|\bdiambil\b|pengambilan|\bambil (berkas|XLSX|CSV|PDF)": "ekspor, unduh",
    r"\bkepala\b(?! kantor)": "kepala kantor",
    r"surat laporan polisi": "surat tanda terima laporan kehilangan",
    r"^diperlukan|diperlukan (bila|paling|untuk)": "wajib",
    r"label kosong pertama": "label yang belum terpakai",
    r"(tinggi|lebar|tepi|keluar dari) halaman": "lembar",
    r"\bpencetak\b": "printer",
    r"\bhentikan\b|ditawarkan": "nonaktifkan",
    r"\b(tambah|ubah) orang\b|orang (ditambahkan|dinonaktifkan|diaktifkan)|^orang$": "personel",
    r"serah terima(?! (barang|perangkat|jabatan))": "pengiriman",
    r"alamat label": "tautan label",
    r"^keterangan$": "catatan",
    r"\bpunya\b": "memiliki",
    r"\bbisa\b": "dapat",
    r"\bdulu\b": "dahulu",
    r"apa-apa|sekian\b|peladen|luring(?!\))|seperti itu\b|terdiri dari": "what a clerk says",
    r"\bmilik (perangkat|suatu|kantor)": "terhubung, tercatat",
    r"\b(?!adalah|jumlah|setelah|telah|salah|sebelah|masalah|bermasalah|istilah|ialah|lah)\w+lah\b": "a request without -lah",
    r"\d\.\d\b(?!.*E\+)": "a decimal comma",
    r"Rp\s": "Rp close to its amount",
    r"\d %": "the percent sign close to its number",
    r'"(?!draft|: true)': "curly quotation marks",
}
LOWER_CASE = {r"barang milik negara": "Barang Milik Negara (BMN)"}

# What English no longer says, for it meant two things or was said in two ways.
UNSAID_IN_ENGLISH = {
    r"\b(mend|mends|mended|mending)\b": "correct",
    r"\bamend": "edit",
    r"\bfinding\b": "extra device",
    r"^(Head|Keep|Correct|Run|Not there|What happened|Look at)$": "a word that says which",
    r"\b(stand|stands) here twice": "is listed twice",
    r"nobody in particular": "no holder",
    r"so many months": "every few months",
    r"taken care of": "handled",
}


def messages() -> list[Message]:
    with CATALOGUE.open("rb") as file:
        return [message for message in read_po(file, locale="id") if message.id]


SLOT = re.compile(r"%\(\w+\)s|\{\w+\}")


def plain(english: str | list[str] | tuple[str, ...]) -> str:
    """The sentence for many, without the names of its facts."""
    return SLOT.sub("…", each(english)[-1])


def each(text: str | list[str] | tuple[str, ...] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or [""])


MESSAGES = messages()
INDONESIAN = {said: each(message.id)[-1] for message in MESSAGES for said in each(message.string)} | dict.fromkeys((*(column.heading for column in COLUMNS if column.heading != "Keterangan"), *CONDITIONS.values(), *PRESENCES.values(), *FLAGS.values(), *LABELS.values(), NOT_OFFICIAL), "in an exported file")  # fmt: skip


@pytest.mark.parametrize("idea", SAID)
def test_an_idea_has_one_word(idea: str) -> None:
    found = [message for message in MESSAGES if re.search(idea, plain(message.id), re.IGNORECASE)]
    assert found, "nothing speaks of it any more"
    assert [
        (message.id, message.string)
        for message in found
        if not re.search(SAID[idea], each(message.string)[0], re.IGNORECASE)
    ] == []


@pytest.mark.parametrize("word", UNSAID)
def test_another_word_for_it_is_not_said(word: str) -> None:
    strange = [(said, english) for said, english in INDONESIAN.items() if re.search(word, said, re.IGNORECASE)]
    assert strange == [], f"say: {UNSAID[word]}"


@pytest.mark.parametrize("word", LOWER_CASE)
def test_a_name_has_its_capitals(word: str) -> None:
    assert [said for said in INDONESIAN if word in said] == [], f"say: {LOWER_CASE[word]}"


@pytest.mark.parametrize("word", UNSAID_IN_ENGLISH)
def test_english_has_one_word_too(word: str) -> None:
    strange = [said for message in MESSAGES for said in each(message.id) if re.search(word, said, re.IGNORECASE)]
    assert strange == [], f"say: {UNSAID_IN_ENGLISH[word]}"


def test_each_sentence_is_kept_once() -> None:
    """Indonesian has one form for one and for many."""
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="id")
    assert (catalogue.num_plurals, catalogue.plural_expr) == (1, "0")
    assert [
        message.id for message in MESSAGES if isinstance(message.id, tuple) and len(each(message.string)) != 1
    ] == []

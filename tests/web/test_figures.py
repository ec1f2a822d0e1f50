"""Numbers and distances in time as people write and say them, in both languages."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from assets_service.kernel.fields import problem_of
from assets_service.web.figures import distance, number, rupiah
from assets_service.web.language import translate

NOW = datetime(2026, 11, 26, 5, 30, tzinfo=UTC)  # 12.30 in Jakarta, 14.30 in Jayapura


def said(value: date | datetime, lang: str = "id", zone: str = "Asia/Jakarta") -> str:
    return distance(value, lang=lang, zone=zone, now=NOW)


@pytest.mark.parametrize(
    ("day", "indonesian", "english"),
    [
        (date(2026, 11, 26), "hari ini", "today"),
        (date(2026, 11, 25), "1 hari yang lalu", "1 day ago"),
        (date(2026, 11, 20), "6 hari yang lalu", "6 days ago"),
        (date(2026, 10, 27), "30 hari yang lalu", "30 days ago"),
        (date(2026, 10, 26), "1 bulan yang lalu", "1 month ago"),
        (date(2025, 12, 31), "10 bulan yang lalu", "10 months ago"),  # 330 days
        (date(2025, 11, 27), "11 bulan yang lalu", "11 months ago"),
        (date(2025, 11, 26), "1 tahun yang lalu", "1 year ago"),
        (date(2024, 11, 27), "1 tahun yang lalu", "1 year ago"),
        (date(2026, 12, 2), "dalam 6 hari", "in 6 days"),
        (date(2027, 10, 22), "dalam 10 bulan", "in 10 months"),
        (date(2028, 11, 26), "dalam 2 tahun", "in 2 years"),
    ],
)
def test_a_distance_counts_only_what_is_whole(day: date, indonesian: str, english: str) -> None:
    assert (said(day), said(day, "en")) == (indonesian, english)


@pytest.mark.parametrize(
    ("seconds", "indonesian"),
    [
        (0, "baru saja"),
        (-59, "59 detik yang lalu"),
        (-3599, "59 menit yang lalu"),
        (-3600, "1 jam yang lalu"),
        (-23 * 3600, "23 jam yang lalu"),
        (-24 * 3600, "1 hari yang lalu"),
        (-6 * 24 * 3600, "6 hari yang lalu"),
        (7200, "dalam 2 jam"),
        (3 * 24 * 3600, "dalam 3 hari"),
    ],
)
def test_a_moment_is_told_by_the_clock_within_a_day(seconds: int, indonesian: str) -> None:
    assert said(NOW + timedelta(seconds=seconds)) == indonesian


def test_days_are_those_of_the_office() -> None:
    then = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)  # the 24th in Jakarta, the 25th in Jayapura
    assert said(then) == "2 hari yang lalu"
    assert said(then, zone="Asia/Jayapura") == "1 hari yang lalu"


def test_numbers_have_the_readers_comma_or_point() -> None:
    assert [number(value, lang="id") for value in (63.5, 50.0, 1067, Decimal("0.25"))] == [
        "63,5",
        "50",
        "1.067",
        "0,25",
    ]
    assert [number(value, lang="en") for value in (63.5, 50.0, 1067)] == ["63.5", "50", "1,067"]
    assert rupiah(12_500_000, lang="id") == "Rp12.500.000"


def test_a_measure_in_a_sentence_has_the_readers_comma_or_point() -> None:
    least = problem_of("Expected `float` >= 0.9 - at `$.scale`", "")
    most = problem_of("Expected `float` <= 1000.0 - at `$.width`", "")
    length = problem_of("Expected `str` of length <= 2000", "")
    assert translate("id", least.message, **least.facts) == "Paling sedikit 0,9."
    assert translate("id", most.message, **most.facts) == "Paling banyak 1.000."
    assert translate("en", least.message, **least.facts) == "At least 0.9."
    assert translate("id", length.message, **length.facts) == "Paling banyak 2000 karakter."


def test_a_sentence_within_a_sentence_is_filled_and_translated_too() -> None:
    facts = {"why": "At least {it}.", "it": 0.5}
    assert translate("id", "The request cannot be read: {why}", **facts) == (
        "Permintaan tidak dapat dibaca: Paling sedikit 0,5."
    )

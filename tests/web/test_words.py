"""Every value a room stores and a page shows has its word, and every tone belongs to a word."""

from enum import StrEnum

import pytest

from assets_service.access.stamp import Door, Role
from assets_service.custody.models import LineState, ShipmentState
from assets_service.custody.views import Standing
from assets_service.devices.models import Condition, Kind, Presence
from assets_service.exports.columns import Edition
from assets_service.flags.queries import Flag
from assets_service.inspections.models import Verdict
from assets_service.inspections.queries import Due
from assets_service.labelling.models import RunSort
from assets_service.offices.models import Level
from assets_service.openness.models import Grade
from assets_service.schedules.models import CheckRule
from assets_service.web.words import TONES, WORDS, tone_of, word_for
from labels import STOCKS

FAMILIES: dict[str, type[StrEnum]] = {
    "condition": Condition,
    "presence": Presence,
    "kind": Kind,
    "shipment": ShipmentState,
    "standing": Standing,
    "line": LineState,
    "flag": Flag,
    "role": Role,
    "level": Level,
    "door": Door,
    "due": Due,
    "verdict": Verdict,
    "rule": CheckRule,
    "run": RunSort,
    "edition": Edition,
    "openness": Grade,
}


@pytest.mark.parametrize("family", FAMILIES)
def test_every_value_of_a_family_has_its_word(family: str) -> None:
    assert {value.value for value in FAMILIES[family]} - WORDS[family].keys() == set()


def test_every_stock_that_comes_with_the_product_has_its_title() -> None:
    assert WORDS["stock"] == {stock.name: stock.title for stock in STOCKS.values()}


@pytest.mark.parametrize("family", TONES)
def test_only_what_has_a_word_has_a_tone(family: str) -> None:
    assert TONES[family].keys() - WORDS[family].keys() == set()
    assert set(TONES[family].values()) <= {"good", "warn", "bad", "info", "plain"}


def test_a_value_that_is_not_listed_is_shown_as_it_is_stored() -> None:
    assert (word_for("strange", "condition"), tone_of("strange", "condition")) == ("strange", "plain")
    assert (word_for("good", "nowhere"), tone_of("good", "nowhere")) == ("good", "plain")

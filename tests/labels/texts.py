"""Texts for labels: the longest the country has, the shortest, and the roster's own."""

import csv
from pathlib import Path

import msgspec

from labels import LabelText

OFFICES = [
    row["office_name"]
    for row in csv.DictReader(
        (Path(__file__).parents[2] / "assets_service" / "offices" / "roster.csv").read_text("utf-8").splitlines()
    )
]

SHORTEST = LabelText(url="HTTPS://A.ID/D/7K3M9QWX", code="7K3M9QWX")

LONGEST = LabelText(
    url="HTTPS://ASET.BAWASLU.GO.ID/D/7K3M9QWX",
    code="7K3M9QWX",
    institution="Badan Pengawas Pemilihan Umum Republik Indonesia",
    uakpb_year="115010199654321000KD · 2024",
    item_code="3.10.01.02.009 · 123456",
    name="Samsung Galaxy Tab S6 Lite 2024 Wi-Fi 128 GB Mint SM-P620",
    office=max(OFFICES, key=len),
)


def numbered(count: int) -> list[LabelText]:
    """Labels of a fleet: one code each, the offices in turn."""
    return [
        msgspec.structs.replace(
            LONGEST,
            url=f"HTTPS://ASET.BAWASLU.GO.ID/D/{number:08X}",
            code=f"{number:08X}",
            office=OFFICES[number % len(OFFICES)],
        )
        for number in range(count)
    ]

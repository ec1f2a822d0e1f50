"""The process that only draws."""

import sys
from io import BytesIO, TextIOWrapper

import msgspec
import pytest

from assets_service.labelling import drawer
from assets_service.labelling.drawer import Paper
from labels import STOCKS, LabelText
from tests.labelling.build_labelling import BASE, addresses_in


def spoken_to(monkeypatch: pytest.MonkeyPatch, text: LabelText, stock: str) -> tuple[int, bytes]:
    """What it answers to these lines: its exit code and what it wrote."""
    paper = Paper(stock=STOCKS[stock], start=2, offset_x_mm=0.0, offset_y_mm=0.0, scale=1.0)
    out = BytesIO()
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(msgspec.json.Encoder().encode_lines([paper, text]))))
    stdout = TextIOWrapper(out)
    monkeypatch.setattr(sys, "stdout", stdout)
    monkeypatch.setattr("os.nice", lambda _: 0)
    status = drawer.main()
    written = out.getvalue()
    stdout.detach()
    return status, written


def test_it_draws_what_it_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    status, pdf = spoken_to(monkeypatch, LabelText(url=BASE + "7K3M9QWX", code="7K3M9QWX"), "tj-121")
    assert status == 0
    assert addresses_in(pdf) == [BASE + "7K3M9QWX"]


def test_it_says_why_it_cannot(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    status, _ = spoken_to(monkeypatch, LabelText(url="HTTPS://" + "A" * 300, code="7K3M9QWX"), "l4731")
    assert status == 1
    assert "7K3M9QWX" in capsys.readouterr().err
